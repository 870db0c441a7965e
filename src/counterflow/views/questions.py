"""Files of questions: one party a line, as JSON or as a table. What a line holds that cannot be asked is answered with
an error in its place, and the file goes on."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from counterflow.entities.identifiers import PROPERTIES
from counterflow.entities.profile import NAMES
from counterflow.entities.words import load
from counterflow.errors import InputError
from counterflow.model import schema as vocabulary
from counterflow.sources.reader import open_text, unpacked_name

__all__ = ["SUFFIXES", "questions_in", "read_questions"]

SUFFIXES = (".jsonl", ".json", ".ndjson", ".csv", ".tsv")
"""Ends of names of files of questions, packed or not."""

LONGEST = 1 << 20
"""Characters of a line that are read."""

_KINDS = {
    "person": "Person", "individual": "Person", "natural person": "Person", "p": "Person", "i": "Person",
    "company": "Company", "entity": "LegalEntity", "organisation": "Organization", "organization": "Organization",
    "corporate": "Company", "legal entity": "LegalEntity", "legal person": "LegalEntity", "vessel": "Vessel",
    "ship": "Vessel", "aircraft": "Airplane", "bank": "Company",
}  # fmt: skip


def read_questions(path: Path) -> Iterator[dict[str, Any]]:
    """Questions of a file, as `counterflow.views.screening.screen` takes them.

    ``.jsonl``: an object a line, with id, schema and properties; ``.csv``, ``.tsv``: a party a row, its headings told
    by name (``Full name``, ``DOB``, ``Nationalité``), several values of a cell between semicolons. ``-`` is JSON lines
    from standard input.

    :raises InputError: there is no such file, or a table has no column with a name or number
    """
    if str(path) == "-":
        return _from_lines(sys.stdin)
    if not path.is_file():
        raise InputError("there is no such file", file=str(path))
    stream = open_text(path, errors="replace")
    try:
        table = Path(unpacked_name(path)).suffix in (".csv", ".tsv")
        return _closing(stream, _from_table(stream, path) if table else _from_lines(stream))
    except InputError:
        stream.close()
        raise


def _closing(stream: IO[str], questions: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    with stream:
        yield from questions


def questions_in(text: str, *, table: bool, before: int = 0) -> Iterator[dict[str, Any]]:
    """Questions of a text, or of part of a longer one.

    :param table: it is one, headings first, as every part of one must be
    :param before: lines that stand before it, those of the headings not counted
    :raises InputError: a table has no column with a name or number
    """
    stream = io.StringIO(text)
    return _from_table(stream, Path("the table"), before) if table else _from_lines(stream, before)


class _Lines:
    """Lines of a stream with their numbers; one that is too long is empty instead. :ivar long: numbers of those"""

    def __init__(self, stream: IO[str], before: int = 0) -> None:
        self._stream, self.number = stream, before
        self.long: list[int] = []

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST):
            self.number += 1
            if len(line) == LONGEST and not line.endswith("\n"):
                while (rest := self._stream.readline(LONGEST)) and not rest.endswith("\n"):
                    pass
                self.long.append(self.number)
                line = "\n"
            yield line.replace("\0", "\N{REPLACEMENT CHARACTER}")

    def refused(self) -> Iterator[dict[str, Any]]:
        """An answer for each line that was too long since the last call."""
        for n in self.long:
            yield _wrong(n, f"is longer than {LONGEST:,} characters")
        self.long.clear()


def _wrong(line: int, reason: str) -> dict[str, Any]:
    return {"id": f"line {line}", "error": f"line {line} {reason}"}


def _from_lines(stream: IO[str], before: int = 0) -> Iterator[dict[str, Any]]:
    lines = _Lines(stream, before)
    for text in lines:
        yield from lines.refused()
        if not text.strip():
            continue
        try:
            found = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as e:
            found = _wrong(lines.number, f"is not JSON: {e}")
        if not isinstance(found, dict):
            found = _wrong(lines.number, "must be an object with schema and properties")
        yield found if found.get("id") else {**found, "id": f"line {lines.number}"}


def _from_table(stream: IO[str], path: Path, before: int = 0) -> Iterator[dict[str, Any]]:
    lines = _Lines(stream, before)
    texts = iter(lines)
    head = next(texts, "").lstrip("\ufeff")
    delimiter = max(",;\t|", key=head.count)
    rows = csv.reader(itertools.chain([head], texts), delimiter=delimiter)
    headings = next(rows, [])
    columns = [_property(heading) for heading in headings]
    if not any(column in NAMES or column in PROPERTIES or column == "lastName" for column in columns):
        raise InputError(
            f"no heading says a name or number, e.g. name, birth_date; found {headings}", file=str(path), line=1
        )
    unknown = [h for h, c in zip(headings, columns, strict=True) if c is None and h.strip()]
    return _rows(rows, lines, columns, unknown)


def _rows(
    rows: Iterator[list[str]], lines: _Lines, columns: list[str | None], unknown: list[str]
) -> Iterator[dict[str, Any]]:
    while True:
        try:
            row = next(rows, None)
        except csv.Error as e:
            yield _wrong(lines.number, f"is no row of a table: {e}")
            continue
        yield from lines.refused()
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(columns):
            yield _wrong(lines.number, f"has {len(row)} cells, the head {len(columns)}")
            continue
        told: dict[str, list[str]] = {}
        for column, cell in zip(columns, row, strict=False):
            values = [v.strip() for v in cell.split(";") if v.strip()]
            if column is not None and values:
                told.setdefault(column, []).extend(values)
        id, kind = (" ".join(told.pop(key, ())) for key in ("id", "schema"))
        found = {"id": id or f"line {lines.number}", "schema": _KINDS.get(kind.casefold(), kind) or None}
        yield {**found, "properties": told, "unread": unknown} if unknown else {**found, "properties": told}


def _property(heading: str) -> str | None:
    key = _plain(heading)
    return _headings().get(key)


def _plain(heading: str) -> str:
    """Without case, accents, blanks and signs: ``Date of birth`` and ``date_of_birth`` are one heading."""
    decomposed = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(c for c in decomposed if c.isalnum())


@cache
def _headings() -> Mapping[str, str]:
    parties = (s for s in vocabulary.all().values() if any(map(s.is_a, ("LegalEntity", "Vehicle", "CryptoWallet"))))
    own = {p for schema in parties for p in schema.properties}
    found = {_plain(name): name for name in sorted(own)} | {"id": "id", "schema": "schema"}
    told: Mapping[str, Iterable[str]] = load("headings")
    return found | {_plain(str(heading)): name for name, headings in told.items() for heading in headings}
