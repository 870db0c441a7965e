"""Rows of a CSV file one by one, for registers whose rows are texts; what is bulk and typed goes through `tabular`.

Invariant: each line of the file is in a row that comes out, or in one that is set aside with its lines and reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import Head, Lines, Rejected, open_text

__all__ = ["header_of", "is_table", "rows"]

_WORST = "\ufffd\0"


def header_of(head: Head) -> list[str]:
    """Column names of a file that is being recognised, without spaces around them; empty where it is no table."""
    line = head.text.partition("\n")[0].rstrip("\r")
    if not line or any(c in line for c in _WORST):
        return []
    try:
        return [name.strip() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def is_table(text: str) -> bool:
    """Whether the start of a text is rows of cells: each of the first ones has as many as the first, by some mark."""
    start = text[:100_000]
    return any(_parted(start, mark, width) for mark, width in ((",", 2), (";", 2), ("\t", 2), ("|", 2), ("%", 3)))


def _parted(text: str, mark: str, least: int) -> bool:
    try:
        found = [row for row in islice(csv.reader(io.StringIO(text), delimiter=mark), 6) if row]
    except csv.Error:
        return False
    found = found[:5]  # the sixth may be cut
    return len(found) > 1 and len(found[0]) >= least and all(len(row) == len(found[0]) for row in found)


def rows(path: Path, *, names: list[str] | None = None) -> Iterator[tuple[int, list[str]] | Rejected]:
    """(line, cells) of each row, the header first, as line 1; blank lines are passed over.

    :param names: the columns, where the file has no header: then the first row is one like the others
    :raises UnreadableFile: the file is empty; InputError: it ends inside its packing, or a line is beyond all measure
    """
    width = len(names) if names else 0
    try:
        with open_text(path, errors="replace") as text:
            lines = Lines(text, path)
            reader = csv.reader(lines)
            while True:
                begin = lines.number + 1
                try:
                    row = next(reader)
                except StopIteration:
                    break
                except csv.Error as error:
                    yield Rejected(begin, None, f"lines {begin} to {lines.number}: {error}", raw=lines.last[:500])
                    continue
                if not width:
                    width = len(row)
                    if not any(row) or any(c in cell for cell in row for c in _WORST):
                        raise UnreadableFile("the first line holds no column names", file=str(path), line=1)
                elif not row:
                    continue
                elif len(row) != width:
                    reason = f"{len(row)} columns where the header has {width}"
                    yield Rejected(begin, None, reason, raw=",".join(row)[:500])
                    continue
                elif any("\ufffd" in cell or "\0" in cell for cell in row):
                    yield Rejected(begin, None, "holds bytes that are no text", raw=",".join(row)[:500])
                    continue
                yield begin, row
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read to its end ({error}); fetch it again", file=str(path)) from None
    if not width:
        raise UnreadableFile("is empty", file=str(path), line=1)
