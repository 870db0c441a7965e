"""Pairs of records compared in print: one answer a pair, in order, whatever one line holds.

Needs no workspace: a pair that somebody put side by side is judged by what the two records say and by nothing else, so
that the same pair gets the same answer everywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.entities.evidence.weights import pairs
from counterflow.entities.profile import Profile
from counterflow.entities.records import read
from counterflow.entities.scoring import compare
from counterflow.errors import InputError, UsageError
from counterflow.sources.reader import open_text, unpacked_name
from counterflow.views.questions import read_questions

__all__ = ["compare_pairs", "read_pairs"]

SIDES = ("left", "right")


def compare_pairs(asked: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each pair compared, as soon as it is read.

    :param asked: ``id``, ``left`` and ``right``, both FollowTheMoney-shaped records; one that holds ``error`` instead,
        or that cannot be compared, is answered with that error and the rest goes on
    :returns: ``{"id", "probability", "verdict", "score", "excluded", "explanation"}``, with ``problems`` where part
        of a record could not be used, or ``{"id", "error"}``; see `counterflow.entities.scoring.Comparison`
    """
    weights = pairs()
    for n, pair in enumerate(asked, 1):
        id = pair.get("id") or n
        problems: list[str] = []
        try:
            if "error" in pair:
                raise UsageError(str(pair["error"]))
            left, right = (_side(pair, side, problems) for side in SIDES)
        except UsageError as e:
            yield {"id": id, "error": str(e)}
            continue
        found = compare(left, right, weights=weights)
        answer = {
            "id": id,
            "probability": round(found.probability, 4),
            "verdict": found.verdict,
            "score": round(found.similarity, 4),
            "excluded": found.excluded,
            "explanation": found.explanation(),
        }
        yield {**answer, "problems": problems} if problems else answer


def _side(pair: Mapping[str, Any], side: str, problems: list[str]) -> Profile:
    if side not in pair:
        raise UsageError(f'{side} is missing: a pair is {{"id": …, "left": {{…}}, "right": {{…}}}}')
    try:
        profile, found = read(pair[side], side)
    except UsageError as e:
        raise UsageError(f"{side}: {e}") from e
    problems += [f"{side}: {text}" for text in found]
    return profile


def read_pairs(path: Path) -> Iterator[dict[str, Any]]:
    """Pairs of a file: ``.jsonl`` or ``-`` with an object a line; ``.csv`` with columns ``left.name``, ``right.name``,
    ``left.birthDate``…, and ``id`` and ``schema`` or ``left.schema``; several values between semicolons.

    :raises InputError: there is no such file, or a table has no names on both sides
    """
    if str(path) == "-" or Path(unpacked_name(path)).suffix != ".csv":
        yield from read_questions(path)
        return
    if not path.is_file():
        raise InputError("there is no such file", file=str(path))
    with open_text(path, errors="replace") as text:
        yield from _rows(csv.DictReader(line.replace("\0", "") for line in text), path)


def _rows(rows: csv.DictReader[str], path: Path) -> Iterator[dict[str, Any]]:
    columns = rows.fieldnames or []
    if not all(any(c.startswith(f"{side}.") for c in columns) for side in SIDES):
        raise InputError(
            f"a table of pairs needs columns such as left.name and right.name; found {columns}", file=str(path), line=1
        )
    while True:
        try:
            row = next(rows, None)
        except csv.Error as e:
            yield {"id": f"line {rows.line_num}", "error": f"line {rows.line_num} is no row of a table: {e}"}
            continue
        if row is None:
            return
        yield {"id": row.get("id") or f"line {rows.line_num}", **{side: _of_row(row, side) for side in SIDES}}


def _of_row(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    told = {
        column.partition(".")[2]: [part.strip() for part in cell.split(";") if part.strip()]
        for column, cell in row.items()
        if isinstance(cell, str) and str(column).startswith(f"{side}.")
    }
    schema = " ".join(told.pop("schema", ())) or row.get("schema")
    return {"schema": schema or None, "properties": {key: values for key, values in told.items() if values}}
