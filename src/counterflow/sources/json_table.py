"""Tables as JSON: an array of flat records, alone or under the one key of an object that holds it.

As an answer of the UN Comtrade interface has it: ``{"elapsedTime": …, "data": [{…}, {…}]}``. Streamed with ijson; a
record is a row, its number the place.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import Head, Rejected, open_binary
from counterflow.sources.tabular import ROWS, Batch

__all__ = ["batches", "header", "header_of", "is_json"]

_OPENS = (b"[", b"{")
_BLANKS = b"\xef\xbb\xbf \t\r\n"


def is_json(path: Path) -> bool:
    """Whether the first mark of the file opens an array or an object."""
    try:
        with open_binary(path) as stream:
            return stream.read(256).lstrip(_BLANKS)[:1] in _OPENS
    except (OSError, EOFError):
        return False


def header_of(head: Head) -> list[str]:
    """Names of the first record of a file that is being recognised; empty where it is no such table."""
    import ijson

    if head.start.lstrip(_BLANKS)[:1] not in _OPENS:
        return []
    try:
        for record in ijson.items(io.BytesIO(head.start), _prefix(io.BytesIO(head.start)), use_float=True):
            return list(record) if isinstance(record, dict) else []
    except (ijson.JSONError, UnicodeDecodeError):
        pass
    return []


def header(path: Path) -> list[str]:
    """Names of the first record. :raises UnreadableFile: there is no record"""
    for record in _records(path):
        if isinstance(record, str):
            raise UnreadableFile(f"is no JSON: {record}", file=str(path))
        return list(record)
    raise UnreadableFile("holds no array of records", file=str(path))


def batches(path: Path, columns: Sequence[str]) -> Iterator[Batch]:
    """The records as rows of texts; a name that the first record has not is set aside with its record."""
    records = _records(path)
    at, known = 1, set(columns)
    while chunk := list(islice(records, ROWS)):
        damage = [
            Rejected(at + len(chunk) - 1, None, f"unreadable from here on: {r}") for r in chunk if isinstance(r, str)
        ]
        rows = [r for r in chunk if not isinstance(r, str)]
        strange = [
            Rejected(n, name, "is no name of the first record; the others were read", str(row[name]))
            for n, row in enumerate(rows, at)
            for name in sorted(row.keys() - known)
        ]
        table = pa.table({c: pa.array([_text(r.get(c)) for r in rows], pa.string()) for c in columns})
        yield Batch(table, np.arange(at, at + len(rows)), strange + damage)
        at += len(rows)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _prefix(stream: IO[bytes]) -> str:
    """Where ijson finds the records: those of the first array, at the top or one level down."""
    import ijson

    for prefix, event, _ in ijson.parse(stream):
        if event == "start_array" and "." not in prefix:
            return f"{prefix}.item" if prefix else "item"
    return "item"


def _records(path: Path) -> Iterator[dict[str, Any] | str]:
    """The records; where the file breaks off, last of all what is wrong."""
    import ijson

    try:
        with open_binary(path) as stream:
            prefix = _prefix(stream)
        with open_binary(path) as stream:
            for record in ijson.items(stream, prefix, use_float=True):
                if isinstance(record, dict):
                    yield record
    except (ijson.JSONError, OSError, EOFError, UnicodeDecodeError) as e:
        yield str(e).splitlines()[0] if str(e) else "it breaks off"
