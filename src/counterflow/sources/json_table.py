"""Tables as JSON: flat records in lines, in an array, or in an array that an object holds.

As an answer of the UN Comtrade interface has it: ``{"elapsedTime": …, "data": [{…}, {…}]}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources import json_stream
from counterflow.sources.reader import Head, Rejected, read_head
from counterflow.sources.tabular import ROWS, Batch

__all__ = ["UNDER", "batches", "header", "header_of", "is_json", "record_of"]

UNDER = ("data", "dataset", "results", "entries")


def is_json(path: Path) -> bool:
    """Whether the first mark of the file opens an array or an object."""
    try:
        head = read_head(path)
        return not head.start.startswith(b"PAR1") and head.text.lstrip()[:1] in ("[", "{")
    except (OSError, EOFError):  # whoever reads it as a table will say so
        return False


def header_of(head: Head) -> list[str]:
    """Names of the first record of a file that is being recognised; empty where it is no such table."""
    record = record_of(head)
    return list(record) if isinstance(record, dict) else []


def record_of(head: Head) -> Any:
    """The first record of a file that is being recognised; None where there is none."""
    return json_stream.first(head, UNDER)


def header(path: Path) -> list[str]:
    """Names of the first record. :raises UnreadableFile: there is none"""
    names = header_of(read_head(path))
    if not names:
        raise UnreadableFile("holds no array of records", file=str(path))
    return names


def batches(path: Path, columns: Sequence[str]) -> Iterator[Batch]:
    """The records as rows of texts; a name that the first record has not is set aside with its record."""
    records = _records(path)
    known = set(columns)
    while chunk := list(islice(records, ROWS)):
        rows = [(line, row) for line, row in chunk if isinstance(row, dict)]
        rejected = [Rejected(line, None, row) for line, row in chunk if isinstance(row, str)]
        rejected += [
            Rejected(line, name, "is no name of the first record; the others were read", str(row[name]))
            for line, row in rows
            for name in sorted(row.keys() - known)
        ]
        table = pa.table({c: pa.array([_text(row.get(c)) for _, row in rows], pa.string()) for c in columns})
        yield Batch(table, np.array([line for line, _ in rows], dtype=np.int64), rejected)


def _records(path: Path) -> Iterator[tuple[int | None, dict[str, Any] | str]]:
    """Line and record, or what is wrong with it; where the file breaks off, that last of all."""
    try:
        for item in json_stream.items(path, UNDER):
            whole = isinstance(item.value, dict)
            yield item.line, item.value if whole else item.problem or "is no record of names and values"
    except InputError as e:
        yield e.line, f"unreadable from here on: {e.reason}"


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
