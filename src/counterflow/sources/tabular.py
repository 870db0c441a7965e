"""Tables as received, in batches: CSV (any delimiter, packed or not) and Parquet, with the line of every row.

Invariant: every row of the file comes out once, as a row of a batch or as `Rejected`; its line can always be told.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from counterflow.errors import UnreadableFile, UsageError
from counterflow.sources import share
from counterflow.sources.columns import Mask, Typed, joined, numbers, texts, times
from counterflow.sources.mapping import Mapping, resolve
from counterflow.sources.reader import Head, Rejected, open_text, open_utf8
from counterflow.sources.stream import MARK, Marked

__all__ = ["Batch", "Rows", "batches", "header", "header_of", "printed", "read"]

ROWS = 100_000
HEADER = 2**16
"""Longest header line, in characters: what is longer is no table."""
BLOCK = 16 * 2**20
"""Bytes of CSV parsed at once: about 100,000 rows of payments."""


@dataclass
class Batch:
    """Rows as received. :param lines: 1-based line of each row, for Parquet its row; :param rejected: rows that could
    not be split into columns."""

    rows: pa.Table
    lines: np.ndarray[Any, np.dtype[np.int64]]
    rejected: list[Rejected] = field(default_factory=list)


def _is_parquet(start: bytes) -> bool:
    return start[:4] == b"PAR1"


def _distinct(names: Sequence[str]) -> list[str]:
    """Repeated names told apart: ``Account``, ``Account.1``."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        n = seen[name] = seen.get(name, -1) + 1
        out.append(f"{name}.{n}" if n else name)
    return out


def _delimiter(line: str) -> str:
    return max(",;\t|", key=line.count)


def _split(text: str, delimiter: str | None) -> list[str]:
    first = next(csv.reader(io.StringIO(text), delimiter=delimiter or _delimiter(text.splitlines()[0])), [])
    return _distinct([name.strip() for name in first])


def header_of(head: Head) -> list[str]:
    """Column names of a file that is being recognised; empty where it is no table."""
    if _is_parquet(head.start):
        try:
            return list(pq.read_schema(head.path).names)
        except (pa.ArrowInvalid, OSError):
            return []
    if not head.text.strip() or "\0" in head.text[:1000]:
        return []
    try:
        return _split(head.text, None)
    except csv.Error:
        return []


def header(path: Path, mapping: Mapping) -> list[str]:
    """Column names of a table.

    :raises UnreadableFile: there is no such file, it is empty, or neither text nor Parquet
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
        if _is_parquet(start):
            return list(pq.read_schema(path).names)
        with open_text(path, mapping.encoding, "replace") as text:
            line = text.readline(HEADER)
        names = _split(line or "\n", mapping.delimiter)
    except OSError as e:
        raise UnreadableFile(f"cannot be read as a table: {e.strerror or e}", file=str(path)) from e
    except (EOFError, zlib.error, UnicodeError, csv.Error, pa.ArrowInvalid) as e:
        raise UnreadableFile(f"cannot be read as a table: {e}", file=str(path)) from e
    if len(line) == HEADER:
        raise UnreadableFile(f"the first line is longer than {HEADER:,} characters", file=str(path), line=1)
    if "\ufffd" in line or "\0" in line:
        reason = f"the first line is no {mapping.encoding or 'UTF-8'} text; another encoding can be named in a mapping"
        raise UnreadableFile(reason, file=str(path), line=1)
    if not any(names):
        raise UnreadableFile("the first line holds no column names", file=str(path), line=1)
    return names


def batches(path: Path, mapping: Mapping, columns: Sequence[str]) -> Iterator[Batch]:
    """The rows of a table, about 100,000 at a time.

    :param columns: the file's column names, from `header`
    """
    with path.open("rb") as stream:
        parquet = _is_parquet(stream.read(4))
    yield from _parquet(path) if parquet else _csv(path, mapping, columns)


def _parquet(path: Path) -> Iterator[Batch]:
    line = 1
    with pq.ParquetFile(path, pre_buffer=False) as file:  # else it keeps what has been read until the end
        total = max(1, file.metadata.num_rows)
        share.tell(lambda: (line - 1) / total)
        for batch in file.iter_batches(ROWS):
            rows = pa.Table.from_batches([batch])
            first, line = line, line + len(rows)
            yield Batch(rows, np.arange(first, line))


class _Lines:
    """Numbers rows. Records are counted by the parser, blank ones and refused ones too; a quoted line break makes a
    record longer than one line."""

    def __init__(self) -> None:
        self.refused: list[tuple[int, str, int]] = []  # record, text, columns found
        self.record = 2  # the first is the header
        self.extra = 0

    def refuse(self, row: Any) -> str:
        self.refused.append((row.number, row.text.replace(MARK, "\ufffd"), row.actual_columns))
        return "skip"

    def number(self, rows: pa.Table, width: int) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[Rejected]]:
        """Lines of the next `rows`, and the refused records among them."""
        n = len(rows)
        breaks = np.zeros(n, dtype=np.int64)
        for column in rows.columns:
            if _breaks_in(column):
                breaks += np.asarray(pc.fill_null(pc.count_substring(column, b"\n"), 0))
        candidates = np.arange(self.record, self.record + n + len(self.refused))
        if self.refused:
            candidates = candidates[~np.isin(candidates, [r[0] for r in self.refused])]
        records = candidates[:n]
        before = self.extra + np.concatenate([[0], np.cumsum(breaks)])
        last = int(records[-1]) if n else self.record - 1
        done = [r for r in self.refused if r[0] < last]
        self.refused = self.refused[len(done) :]
        rejected = [
            Rejected(record + int(before[np.searchsorted(records, record)]), None, _width(found, width), text)
            for record, text, found in done
            if text.strip()
        ]
        self.record, self.extra = last + 1, int(before[-1])
        return records + before[:n], rejected

    def rest(self, width: int) -> list[Rejected]:
        """Refused records after the last row."""
        left = [(r + self.extra, text, found) for r, text, found in self.refused if text.strip()]
        return [Rejected(line, None, _width(found, width), text) for line, text, found in left]


def _breaks_in(column: pa.ChunkedArray) -> bool:
    """Whether a line break stands anywhere in a column of bytes (or in what its rows were cut from)."""
    blocks = (np.frombuffer(chunk.buffers()[2] or b"", dtype=np.uint8) for chunk in column.chunks)
    return any(bool((block == ord("\n")).any()) for block in blocks)


def _width(found: int, wanted: int) -> str:
    return f"{found} columns where the header has {wanted}"


def _csv(path: Path, mapping: Mapping, columns: Sequence[str]) -> Iterator[Batch]:
    with open_text(path, mapping.encoding, "replace") as text:
        delimiter = mapping.delimiter or _delimiter(text.readline(HEADER))
    lines = _Lines()
    width = len(columns)
    try:
        with open_utf8(path, mapping.encoding) as stream:
            text_only = Marked(stream)  # Arrow hands back only text, and gives up where a row of wrong width is none
            parsed = pyarrow.csv.open_csv(
                io.BufferedReader(text_only, 1 << 20),  # a block is as long as what one call of read gives
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False,  # only then are refused rows numbered
                    block_size=BLOCK,
                    column_names=list(columns),
                    skip_rows=1,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False,
                    invalid_row_handler=lines.refuse,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.binary()), check_utf8=False, strings_can_be_null=False
                ),
            )  # fmt: skip
            for batch in parsed:
                rows = pa.Table.from_batches([batch])
                if text_only.marked:
                    rows = pa.table(
                        [pc.replace_substring(c, MARK.encode(), b"\xff") for c in rows.columns], names=rows.column_names
                    )
                numbers, rejected = lines.number(rows, width)
                filled = _filled(rows)
                if not filled.all():
                    rows, numbers = rows.filter(pa.array(filled)), numbers[filled]
                yield Batch(rows, numbers, rejected)
    except (pa.ArrowInvalid, EOFError, OSError, zlib.error) as e:
        if lines.record == 2 and "Empty CSV" in str(e):
            return  # a header and nothing below it
        reason = f"a row is longer than {BLOCK:,} bytes" if "straddling" in str(e) else str(e)
        broken = Rejected(lines.record + lines.extra, None, f"unreadable from here on: {reason}")
        yield _nothing(columns, [broken])
        return
    yield _nothing(columns, lines.rest(width))


def _nothing(columns: Sequence[str], rejected: list[Rejected]) -> Batch:
    rows = pa.table({name: pa.array([], pa.binary()) for name in columns})
    return Batch(rows, np.array([], dtype=np.int64), rejected)


def _filled(rows: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows are not blank lines."""
    filled = np.zeros(len(rows), dtype=bool)
    for column in rows.columns:
        filled |= np.asarray(pc.greater(pc.binary_length(column), 0))
        if filled.all():
            break
    return filled


class Rows:
    """One batch seen through a mapping: typed columns of ours, and rows set aside for the first thing wrong with them.

    :param found: our column → theirs, from `mapping.resolve`
    """

    def __init__(self, batch: Batch, mapping: Mapping, found: Map[str, tuple[str, ...]]) -> None:
        self.batch, self.mapping, self.found = batch, mapping, found
        self.kept: Mask = np.ones(len(batch.rows), dtype=bool)
        self._rejected = list(batch.rejected)

    def text(self, ours: str) -> pa.Array:
        """Text; null where empty or absent."""
        return self._valued(ours, self._typed(ours, texts(self._raw(ours)), "is not UTF-8 text"))

    def number(self, ours: str) -> pa.Array:
        """Float; rows that hold something else are set aside."""
        default = self.mapping.defaults.get(ours)
        typed = numbers(self._raw(ours), self.mapping.decimal, self.mapping.thousands)
        values = self._typed(ours, typed, "is not a number")
        if ours in self.mapping.scale:
            values = pc.multiply(values, float(self.mapping.scale[ours]))
        if default is None:
            return values
        try:
            return pc.fill_null(values, float(default))
        except ValueError:
            raise UsageError(f"mapping: defaults.{ours} must be a number; this is '{default}'.") from None

    def time(self, ours: str) -> pa.Array:
        """UTC timestamp; rows that hold something else are set aside."""
        wanted = self.mapping.timestamp_format or "ISO 8601, e.g. 2017-09-01T12:30:00Z"
        typed = times(self._raw(ours), self.mapping.timestamp_format, self.mapping.timezone)
        return self._typed(ours, typed, f"is not a time that exists (expected: {wanted})")

    def require(self, ours: str, values: pa.Array) -> None:
        """Set aside rows without a value."""
        self.refuse(np.asarray(pc.is_null(values)), ours, "is missing", quoting=False)

    def refuse(self, wrong: Mask, ours: str, reason: str, *, quoting: bool = True) -> None:
        """Set rows aside. :param reason: what follows the value, e.g. ``is negative``; quoting: begin with the value"""
        self.remark(wrong, ours, reason, quoting=quoting)
        self.kept &= ~wrong

    def remark(self, where: Mask, ours: str, reason: str, *, quoting: bool = True) -> None:
        """Report rows of those that are kept, and keep them. Parameters as of `refuse`."""
        hit = np.flatnonzero(where & self.kept)
        if not len(hit):
            return
        field = " + ".join(self.found.get(ours, (ours,)))
        values = printed(self._raw(ours).take(hit)) if quoting else [""] * len(hit)
        raws = [",".join(v) for v in zip(*(printed(c.take(hit)) for c in self.batch.rows.columns), strict=True)]
        for i, value, raw in zip(hit.tolist(), values, raws, strict=True):
            said = f"'{value}' {reason}" if quoting else reason
            self._rejected.append(Rejected(int(self.batch.lines[i]), field, said, raw))

    def rejected(self) -> list[Rejected]:
        """All rows set aside so far, in file order."""
        return sorted(self._rejected, key=lambda r: r.line or 0)

    def table(self, columns: Map[str, pa.Array]) -> pa.Table:
        """The rows that were kept, with a locator each."""
        locators = pc.binary_join_element_wise("line", pc.cast(pa.array(self.batch.lines), pa.string()), " ")
        table = pa.table({**columns, "locator": locators})
        return table if self.kept.all() else table.filter(pa.array(self.kept))

    def _raw(self, ours: str) -> pa.Array:
        parts = self.found.get(ours, ())
        if not parts:
            return pa.nulls(len(self.batch.rows), pa.string())
        if len(parts) == 1:
            return self.batch.rows.column(parts[0]).combine_chunks()
        texts_of = [texts(self.batch.rows.column(p)).values for p in parts]
        return joined(texts_of, " ")

    def _typed(self, ours: str, typed: Typed, reason: str) -> pa.Array:
        self.refuse(typed.wrong, ours, reason)
        return typed.values

    def _valued(self, ours: str, values: pa.Array) -> pa.Array:
        """Texts translated, and defaults filled in, as the mapping says."""
        translated = self.mapping.values.get(ours)
        if translated:
            at = pc.index_in(values, pa.array(list(translated), pa.string()))
            values = pc.coalesce(pa.array(list(translated.values()), pa.string()).take(at), values)
        default = self.mapping.defaults.get(ours)
        return values if default is None else pc.fill_null(values, str(default))


def printed(values: pa.Array) -> list[str]:
    """Values as received, as texts; what is no text with U+FFFD in it."""
    return [
        "" if v is None else v.decode("utf-8", errors="replace") if isinstance(v, bytes) else str(v)
        for v in values.to_pylist()
    ]


def read(path: Path, mapping: Mapping, aliases: Map[str, Sequence[str]], required: Sequence[str]) -> Iterator[Rows]:
    """A table through a mapping, batch by batch.

    :param aliases: our columns, each with other names it commonly goes by
    :param required: columns that the file must have, or a default
    :raises UnreadableFile: not a table, or a required column is missing
    """
    columns = header(path, mapping)
    found = resolve(mapping, columns, aliases, required, str(path))
    for batch in batches(path, mapping, columns):
        yield Rows(batch, mapping, found)
