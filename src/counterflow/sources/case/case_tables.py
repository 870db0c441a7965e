"""The tables of a case folder: their columns, and rows checked one by one.

Invariant: a row comes out checked, or as `Rejected` with file, line, field, what was received and what would be right;
never both, never neither. A table whose columns are wrong is not read at all.

Nothing here knows what a row means; `counterflow.sources.case.case_csv` does.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from counterflow.errors import UnreadableFile
from counterflow.model import dates
from counterflow.model.claim import CREDIBILITY, RELIABILITY
from counterflow.sources.reader import Rejected, open_text

__all__ = ["NEEDED", "TABLES", "Column", "Known", "Row", "check", "nearest", "rows"]

_CITED = "source_id:source! origin_id:source locator credibility:digit stance:stance verified:verified note"
_RIVAL = f"{_CITED} conflict_group"

_LAYOUT = {
    "sources": "source_id! title! publisher author date:date kind reliability:letter! url consulted:consulted"
    " origin_id:source licence note",
    "entities": f"entity_id! schema! name! aliases:list countries:list identifiers:list date:dates topics:list"
    f" keywords:list summary {_CITED}",
    "facts": f"entity_id:entity! property! value! lang {_CITED}",
    "relations": f"relation_id! schema! subject_id:entity! object_id:entity! role start_date:date end_date:date"
    f" amount:number currency amount_kind activity:activity countries:list {_RIVAL}",
    "measures": f"measure_id! name! authority! start_date:date end_date:date summary activities:activity keywords:list"
    f" scope countries:list target_ids:entity {_RIVAL}",
    "events": f"event_id! name! kind! date:date end_date:date place latitude:number longitude:number"
    f" geo_precision:place quantity:number unit amount_usd:number activity:activity involved_ids:entity {_RIVAL}",
    "estimates": f"estimate_id! name! activity:activity! kind! low:number high:number unit! currency start_date:date"
    f" end_date:date period basis about_ids:entity {_RIVAL}",
}
"""Table → ``column[:type][!]``; ``!``: no row may leave it empty, so the file must have the column."""

_CHOICES = {
    "letter": tuple(RELIABILITY),
    "digit": tuple(str(digit) for digit in CREDIBILITY),
    "stance": ("asserts", "denies", "doubts"),
    "verified": ("yes", "general-knowledge"),
    "consulted": ("full", "part", "no"),
    "place": ("exact", "place", "approx", "none"),
}
_LISTS = frozenset({"list", "dates", "entity", "activity"})
_ORDERED = (("start_date", "end_date"), ("date", "end_date"))
_RANGES = {"latitude": 90.0, "longitude": 180.0}

_LARGEST = 1 << 26

NEEDED = ("sources", "entities")
"""Tables without which a folder is no case."""


@dataclass(frozen=True)
class Column:
    """:param type: what a cell may hold; :param needed: no cell may be empty"""

    name: str
    type: str
    needed: bool


def _columns(layout: str) -> tuple[Column, ...]:
    words = [(word.rstrip("!").partition(":"), word.endswith("!")) for word in layout.split()]
    return tuple(Column(name, type or "text", needed) for (name, _, type), needed in words)


TABLES: Mapping[str, tuple[Column, ...]] = {name: _columns(layout) for name, layout in _LAYOUT.items()}
"""The columns of each table, in order; the first of every table but ``facts`` is its id."""


@dataclass(frozen=True)
class Row:
    """One row as received, surrounding blanks gone. :param line: 1-based line on which it begins"""

    table: str
    line: int
    cells: Mapping[str, str]

    @property
    def file(self) -> str:
        """Name of the file it stands in."""
        return f"{self.table}.csv"

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def many(self, column: str) -> list[str]:
        """The values of a cell that may hold several, separated by ``;``."""
        return [value for value in (part.strip() for part in self[column].split(";")) if value]

    def reject(self, field: str, reason: str) -> Rejected:
        """This row as one that was not read."""
        about = self[TABLES[self.table][0].name]
        property = self["property"] if self.table == "facts" else ""
        raw = ",".join(self.cells.values())
        return Rejected(self.line, field, reason, raw, file=self.file, subject=about, property=property)


@dataclass
class Known:
    """What rows may refer to. Ids that hold ``::`` belong to another dataset and are looked for at ingest."""

    sources: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    activities: set[str] = field(default_factory=set)


def nearest(word: str, valid: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` where something valid is close to `word`, else nothing."""
    close = difflib.get_close_matches(word, list(valid), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def rows(folder: Path, table: str) -> Iterator[Row | Rejected]:
    """The rows of one table of a case, unchecked, in file order; blank lines are left out.

    :raises UnreadableFile: the file is missing, is no text, or lacks a column
    """
    path = folder / f"{table}.csv"
    try:
        with open_text(path, errors="replace") as stream:
            text = stream.read(_LARGEST)
    except FileNotFoundError as e:
        needed = " and ".join(f"{name}.csv" for name in NEEDED)
        raise UnreadableFile(f"there is no such file; a case needs {needed}", file=str(path)) from e
    except (OSError, EOFError, zlib.error) as e:
        raise UnreadableFile(f"cannot be read: {e}", file=str(path)) from e
    if len(text) == _LARGEST:
        raise UnreadableFile(f"has more than {_LARGEST:,} characters: nobody wrote this by hand", file=str(path))
    if "\0" in text:
        raise UnreadableFile("holds NUL bytes: this is not a CSV file", file=str(path))
    parsed = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in parsed:
            begins, line = line, parsed.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                yield from _header(header, table, path, begins)
            elif len(cells) != len(header):
                reason = f"{len(cells)} cells where the header has {len(header)}; a comma in a value needs quotes"
                yield Rejected(begins, None, reason, ",".join(cells), file=path.name)
            elif wrong := next((n for n, cell in zip(header, cells, strict=True) if "\ufffd" in cell), None):
                yield Rejected(begins, wrong, "is not UTF-8 text", ",".join(cells), file=path.name)
            else:
                yield Row(table, begins, {n: cell.strip() for n, cell in zip(header, cells, strict=True)})
    except csv.Error as e:
        yield Rejected(line, None, f"unreadable from here on: {e}", file=path.name)
    if header is None:
        raise UnreadableFile("is empty; the first line must hold the column names", file=str(path), line=1)


def _header(header: list[str], table: str, path: Path, line: int) -> Iterator[Rejected]:
    """Raise where a column is missing; say which columns are not known."""
    names = [column.name for column in TABLES[table]]
    unknown = [name for name in header if name not in names]
    for column in TABLES[table]:
        if column.needed and column.name not in header:
            close = difflib.get_close_matches(column.name, unknown, n=1)
            hint = f"; is it the one called '{close[0]}'?" if close else ""
            reason = f"there is no column '{column.name}'{hint} Columns: {', '.join(names)}"
            raise UnreadableFile(reason, file=str(path), line=line, field=column.name)
    twice = sorted({name for name in header if name in names and header.count(name) > 1})
    if twice:
        raise UnreadableFile(f"two columns are called '{twice[0]}'", file=str(path), line=line, field=twice[0])
    for name in unknown:
        reason = f"unknown column, left out.{nearest(name, names)} Columns: {', '.join(names)}"
        yield Rejected(line, name, reason, raw=name, file=path.name)


def check(row: Row, known: Known) -> Rejected | None:
    """The first thing wrong with a row, or None."""
    for column in TABLES[row.table]:
        text = row[column.name]
        if not text:
            if column.needed:
                return row.reject(column.name, "is empty")
            continue
        for value in row.many(column.name) if column.type in _LISTS else [text]:
            reason = _CHECKS.get(column.type, _choice)(value, column.type, known)
            if reason:
                return row.reject(column.name, f"'{value}' {reason}")
    return _together(row)


def _together(row: Row) -> Rejected | None:
    """What two cells must be to each other, and numbers to the world."""
    for first, last in _ORDERED:
        if row[first] and row[last] and dates.earliest(row[first]) > dates.latest(row[last]):
            return row.reject(last, f"'{row[last]}' is before {first} '{row[first]}'")
    if row["low"] and row["high"] and float(row["low"]) > float(row["high"]):
        return row.reject("high", f"'{row['high']}' is less than low '{row['low']}'")
    for column, limit in _RANGES.items():
        if row[column] and abs(float(row[column])) > limit:
            return row.reject(column, f"'{row[column]}' is not between -{limit:g} and {limit:g} degrees")
    return None


def _date(value: str, _type: str, _known: Known) -> str | None:
    return None if dates.clean(value) == value else "is not a date that exists; write 2016, 2016-09 or 2016-09-29"


def _number(value: str, _type: str, _known: Known) -> str | None:
    try:
        fine = math.isfinite(float(value)) and "_" not in value
    except ValueError:
        fine = False
    return None if fine else "is not a number; write 1500000.5, without separators"


def _choice(value: str, type: str, _known: Known) -> str | None:
    valid = _CHOICES[type]
    return None if value in valid else f"is not known here.{nearest(value, valid)} Valid: {', '.join(valid)}"


def _among(pick: Callable[[Known], set[str]], file: str, what: str) -> Callable[[str, str, Known], str | None]:
    def verify(value: str, _type: str, known: Known) -> str | None:
        valid = pick(known)
        return None if "::" in value or value in valid else f"is no {what} of {file}.{nearest(value, sorted(valid))}"

    return verify


def _activity(value: str, type: str, known: Known) -> str | None:
    """A case that names its activities must name each; one that names none may write what it likes."""
    return _IS_ACTIVITY(value, type, known) if known.activities else None


_IS_ACTIVITY = _among(lambda known: known.activities, "entities.csv", "Activity")
_CHECKS: Mapping[str, Callable[[str, str, Known], str | None]] = {
    "text": lambda *_: None,
    "list": lambda *_: None,
    "date": _date,
    "dates": _date,
    "number": _number,
    "source": _among(lambda known: known.sources, "sources.csv", "source"),
    "entity": _among(lambda known: known.entities, "entities.csv", "entity"),
    "activity": _activity,
}
