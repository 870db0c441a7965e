"""Shows how a file would be read through a mapping, before anything is kept: first rows, what is set aside, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from counterflow import registry
from counterflow.errors import UnknownName
from counterflow.sources.reader import Observations, Reader, Record, Rejected
from counterflow.sources.suggest import readable, tables

__all__ = ["Preview", "preview"]

_SHOWN = 100
"""Rows set aside that are shown; all of them are counted."""


@dataclass
class Preview:
    """How a file would be read.

    :param rows: the first rows; :param columns: those that hold something in them, in the order of the table
    :param aside: the first rows that would be set aside; :param rejected: how many there are in all
    :param counts: table → rows that would be read
    :param reasons: field and reason, values left out → how many; the most frequent first
    :param cut: the file is longer than what was read of it
    """

    table: str
    reader: str
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    aside: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    reasons: list[dict[str, Any]] = field(default_factory=list)
    cut: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def preview(
    path: Path, mapping: Mapping[str, Any] | str, table: str = "payments", *, rows: int = 20, most: int | None = None
) -> Preview:
    """Read a file and keep only what is shown.

    :param mapping: its contents, or the name of a file that holds them
    :param table: one of `suggest.tables`; :param rows: how many to show
    :param most: stop after about so many rows; None: read all of it
    :raises UnknownName: no such table; InputError and UsageError as reading it would
    """
    known = tables()
    if table not in known:
        raise UnknownName("table", table, sorted(known))
    found = Preview(table, known[table])
    reader = registry.get("readers", known[table])
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for record in _read(reader, path, mapping):
        if most is not None and sum(counts.values()) + found.rejected >= most:
            found.cut = True
            break
        if isinstance(record, Observations):
            counts[record.table] += len(record.rows)
            left = rows - len(found.rows)
            if record.table == table and left > 0:
                found.rows += [_printed(row) for row in record.rows.slice(0, left).to_pylist()]
        elif isinstance(record, Rejected):
            found.rejected += 1
            reasons[record.field or "", _general(record.reason)] += 1
            if len(found.aside) < _SHOWN:
                shown = {"line": record.line, "field": record.field, "reason": record.reason, "raw": record.raw[:500]}
                found.aside.append(shown)
    found.counts = dict(counts)
    found.columns = list(dict.fromkeys(name for row in found.rows for name, value in row.items() if value is not None))
    found.reasons = [{"field": f or None, "reason": r, "rows": n} for (f, r), n in reasons.most_common(_SHOWN)]
    return found


def _read(reader: Reader, path: Path, mapping: Mapping[str, Any] | str) -> Iterator[Record]:
    with readable(path):
        yield from reader.read(path, {"mapping": mapping})


def _printed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _general(reason: str) -> str:
    """A reason without the value that it begins with: ``'five' is not a number`` → ``is not a number``."""
    return reason.rpartition("' ")[2] if reason.startswith("'") else reason
