"""Columns of a table as received, to typed columns: whole columns at a time, and which rows would not go.

Every function takes an Arrow column as it came (bytes of a CSV, or whatever a Parquet file holds) and returns values
beside a mask of rows that hold no such value. Empty is not wrong here: it becomes null, and a reader says what must be
there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.errors import UsageError
from counterflow.sources.aligned_times import aligned

__all__ = ["Mask", "Typed", "joined", "numbers", "texts", "times"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Whole = np.ndarray[Any, np.dtype[np.int64]]


_EDGE = np.arange(256) <= 32
_EDGE[127:] = True
"""Bytes that white space may begin or end with, in UTF-8."""
_DIGITS = np.isin(np.arange(256), list(b"0123456789.-"))


@dataclass(frozen=True)
class Typed:
    """:param values: nulls where empty or wrong; :param wrong: rows that are not empty and yet no such value"""

    values: pa.Array
    wrong: Mask


def texts(column: pa.ChunkedArray | pa.Array) -> Typed:
    """As text without surrounding blanks; bytes that are not UTF-8 are wrong."""
    column = _whole(column)
    wrong = np.zeros(len(column), dtype=bool)
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        try:
            column = pc.cast(column, pa.string())
        except pa.ArrowInvalid:
            column, wrong = _decoded(column)
    elif pa.types.is_floating(column.type):  # an identifier that a spreadsheet turned into 9322451.0
        whole = pc.equal(column, pc.floor(column))
        as_int = pc.cast(pc.cast(pc.if_else(whole, column, None), pa.int64(), safe=False), pa.string())
        column = pc.coalesce(as_int, pc.cast(column, pa.string()))
    elif not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    return Typed(_trimmed(column), wrong)


def _trimmed(column: pa.Array) -> pa.Array:
    """Without surrounding white space; null where nothing is left. Text that has none around it is not copied."""
    n = len(column)
    _, offsets, data = column.buffers()
    if column.offset or data is None or not n:
        return _trimmed_copy(column)
    starts = np.frombuffer(offsets, dtype=np.int32, count=n + 1)
    filled = starts[1:] > starts[:-1]
    if column.null_count:
        filled &= np.asarray(pc.is_valid(column))
    letters = np.frombuffer(data, dtype=np.uint8)
    if filled.all():
        suspect = _EDGE[letters[starts[:-1]]] | _EDGE[letters[starts[1:] - 1]]
    else:
        suspect = np.zeros(n, dtype=bool)
        suspect[filled] = _EDGE[letters[starts[:-1][filled]]] | _EDGE[letters[starts[1:][filled] - 1]]
    if suspect.any():
        some = column.filter(pa.array(suspect))
        if not pc.utf8_trim_whitespace(some).equals(some):
            return _trimmed_copy(column)
    if filled.all():
        return column
    valid = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), n, [valid, offsets, data])


def _trimmed_copy(column: pa.Array) -> pa.Array:
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def joined(columns: Sequence[pa.Array], separator: str) -> pa.Array:
    """Texts side by side, nulls left out; null where all are."""
    whole = columns[0]
    for column in columns[1:]:
        both = pc.binary_join_element_wise(whole, column, separator)  # its null_handling="skip" drops rows of nulls
        whole = pc.coalesce(both, whole, column)
    return whole


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _decoded(column: pa.Array) -> tuple[pa.Array, Mask]:
    out: list[str | None] = []
    wrong = np.zeros(len(column), dtype=bool)
    for i, raw in enumerate(column.to_pylist()):
        try:
            out.append(None if raw is None else raw.decode())
        except UnicodeDecodeError:
            out.append(None)
            wrong[i] = True
    return pa.array(out, pa.string()), wrong


def numbers(column: pa.ChunkedArray | pa.Array, decimal: str = ".", thousands: str = "") -> Typed:
    """As 64-bit floats; NaN, infinities and anything but a plain decimal number are wrong."""
    column = _whole(column)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        values = pc.cast(column, pa.float64())
        empty = np.asarray(pc.fill_null(pc.is_nan(values), False))
        infinite = np.asarray(pc.fill_null(pc.is_inf(values), False))
        return Typed(pc.if_else(pa.array(empty | infinite), pa.scalar(None, pa.float64()), values), infinite)
    text = texts(column)
    values = text.values
    plain = _plain_numbers(values) if decimal == "." and not thousands else None
    if plain is not None:
        return Typed(plain, text.wrong)
    if thousands:
        values = pc.replace_substring(values, thousands, "")
    if decimal != ".":
        values = pc.replace_substring(values, decimal, ".")
    good = pc.match_substring_regex(values, r"^[+-]?(\d{1,300}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$")
    wrong = text.wrong | ~np.asarray(pc.fill_null(good, True))
    clean = pc.if_else(good, pc.utf8_ltrim(values, "+"), pa.scalar(None, pa.string()))
    return Typed(pc.cast(clean, pa.float64()), wrong)


def _plain_numbers(values: pa.Array) -> pa.Array | None:
    """Numbers of nothing but digits, a point and a minus, as the pattern of `numbers` would take them; None where any
    is something else."""
    _, offsets, data = values.buffers()
    if data is None:
        return None
    ends = np.frombuffer(offsets, dtype=np.int32, count=len(values) + 1, offset=values.offset * 4)
    if not _DIGITS[np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]].all():
        return None
    try:
        found = pc.cast(values, pa.float64())
    except pa.ArrowInvalid:
        return None
    return None if pc.any(pc.is_inf(found)).as_py() else found


_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})", "y": r"(?P<yy>\d{2})", "m": r"(?P<month>\d{1,2})", "d": r"(?P<day>\d{1,2})",
    "b": r"(?P<mon>[A-Za-z]{3})", "H": r"(?P<hour>\d{1,2})", "I": r"(?P<hour>\d{1,2})", "p": r"(?P<half>[AaPp][Mm])",
    "M": r"(?P<minute>\d{1,2})", "S": r"(?P<second>\d{1,2})", "f": r"(?P<fraction>\d{1,9})",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})", "%": "%",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = (
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?"
)
_STAMP = pa.timestamp("us", tz="UTC")


def times(column: pa.ChunkedArray | pa.Array, format: str | None = None, timezone: str = "UTC") -> Typed:
    """As UTC timestamps in microseconds.

    :param format: None for ISO 8601 (year first, ``T`` or blank, seconds and zone optional; ten or thirteen bare digits
        are seconds or milliseconds since 1970), ``epoch``, ``epoch_ms``, or directives of strptime
    :param timezone: IANA zone of times that state none
    :raises UsageError: the format has a directive that is not supported, or there is no such zone
    """
    column = _whole(column)
    if pa.types.is_timestamp(column.type):
        zoned = column if column.type.tz else _localised(column, timezone)
        return Typed(pc.cast(zoned, _STAMP, safe=False), np.zeros(len(column), dtype=bool))
    if pa.types.is_date(column.type):
        return Typed(pc.cast(pc.cast(column, pa.timestamp("us")), _STAMP), np.zeros(len(column), dtype=bool))
    text = texts(column)
    if format in ("epoch", "epoch_ms"):
        return _epoch(text, 1_000_000 if format == "epoch" else 1000)
    parts = aligned(text.values, format) if timezone == "UTC" else None
    if parts is None:
        return _carefully(text, format, timezone)
    found = parts.numbers
    none = np.zeros(len(found["Y"]), dtype=np.int64)
    clock = (found.get(letter, none) for letter in "HMS")
    stamps, exists = _stamps(found["Y"], found.get("m", none + 1), found.get("d", none + 1), *clock)
    stamps += found.get("f", none)
    if parts.rows.all():
        return Typed(pa.array(stamps, mask=~exists).cast(_STAMP), text.wrong | ~exists)
    rest = _carefully(Typed(text.values.filter(pa.array(~parts.rows)), text.wrong[~parts.rows]), format, timezone)
    wrong, micros, valid = text.wrong.copy(), np.zeros(len(parts.rows), dtype=np.int64), parts.rows.copy()
    micros[parts.rows], valid[parts.rows], wrong[parts.rows] = stamps, exists, ~exists
    micros[~parts.rows] = np.asarray(pc.fill_null(pc.cast(rest.values, pa.int64()), 0))
    wrong[~parts.rows], valid[~parts.rows] = rest.wrong, np.asarray(pc.is_valid(rest.values))
    return Typed(pa.array(micros, mask=~valid).cast(_STAMP), wrong)


def _carefully(text: Typed, format: str | None, timezone: str) -> Typed:
    """By regular expressions, whatever the way of writing."""
    if format is not None:
        return _civil(text, _pattern(format), timezone)
    bare = pc.fill_null(pc.match_substring_regex(text.values, r"^\d{10}(\d{3})?(\.\d+)?$"), False)
    civil = _civil(Typed(pc.if_else(bare, pa.scalar(None, pa.string()), text.values), text.wrong), _ISO, timezone)
    if not pc.any(bare).as_py():
        return civil
    counted = pc.if_else(bare, text.values, pa.scalar(None, pa.string()))
    long = pc.match_substring_regex(counted, r"^\d{13}")
    seconds, millis = (_epoch(Typed(counted, text.wrong), factor).values for factor in (1_000_000, 1000))
    return Typed(pc.coalesce(civil.values, pc.if_else(long, millis, seconds)), civil.wrong)


def _pattern(format: str) -> str:
    def directive(found: re.Match[str]) -> str:
        name = found[1]
        if name not in _DIRECTIVES:
            valid = " ".join("%" + d for d in _DIRECTIVES)
            raise UsageError(f"timestamp_format '{format}' uses %{name}. Valid: {valid}, epoch, epoch_ms.")
        return _DIRECTIVES[name]

    parts = re.split(r"(%.)", format)
    return "".join(re.sub(r"%(.)", directive, p) if p.startswith("%") else re.escape(p) for p in parts)


def _epoch(text: Typed, factor: int) -> Typed:
    count = numbers(text.values)
    # 1e11 seconds is the year 5138: whatever is beyond was counted in another unit
    far = np.asarray(pc.fill_null(pc.greater(pc.abs(count.values), 1e11 * 1e6 / factor), False))
    scaled = pc.round(pc.multiply(pc.if_else(pa.array(far), None, count.values), float(factor)))
    return Typed(pc.cast(pc.cast(scaled, pa.int64()), _STAMP), text.wrong | count.wrong | far)


def _civil(text: Typed, pattern: str, timezone: str) -> Typed:
    parts = pc.extract_regex(text.values, f"^{pattern}$")
    found = np.asarray(pc.is_valid(parts))
    names = {f.name for f in parts.type}

    def whole(name: str, default: int = 0) -> Whole:
        if name not in names:
            return np.full(len(found), default, dtype=np.int64)
        digits = pc.struct_field(parts, name)
        blank = pc.fill_null(pc.equal(digits, ""), True)
        return np.asarray(pc.cast(pc.if_else(blank, str(default), digits), pa.int64()))

    def words(name: str, of: Map[str, int]) -> Whole:
        at = pc.index_in(pc.utf8_lower(pc.struct_field(parts, name)), pa.array(list(of)))
        values: Whole = np.array([*of.values(), -1], dtype=np.int64)
        return values[np.asarray(pc.fill_null(at, len(of)), dtype=np.int64)]

    year = whole("year", 1970)
    if "yy" in names:
        short = whole("yy")
        year = np.where(short < 69, 2000 + short, 1900 + short)  # POSIX
    month = words("mon", {m: i for i, m in enumerate(_MONTHS, 1)}) if "mon" in names else whole("month", 1)
    day, hour = whole("day", 1), whole("hour")
    if "half" in names:
        found = found & (hour >= 1) & (hour <= 12)
        hour = hour % 12 + 12 * words("half", {"am": 0, "pm": 1})
    minute, second = whole("minute"), whole("second")
    micros, exists = _stamps(year, month, day, hour, minute, second)
    exists &= found
    micros += _fraction(parts, names)
    values = pa.array(micros, mask=~exists).cast(pa.timestamp("us"))
    zoned, offset = _offsets(parts, names, len(found))
    utc = pc.cast(_localised(values, timezone), pa.int64())
    stated = pc.subtract(pc.cast(values, pa.int64()), pa.array(offset * 60_000_000))
    empty = np.asarray(pc.is_null(text.values))
    result = pc.cast(pc.if_else(pa.array(zoned), stated, utc), _STAMP)
    return Typed(result, text.wrong | (~exists & ~empty))


def _stamps(year: Whole, month: Whole, day: Whole, hour: Whole, minute: Whole, second: Whole) -> tuple[Whole, Mask]:
    """Microseconds since 1970, and which of these times exist."""
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    exists &= (hour < 24) & (minute < 60) & (second < 60)
    first = (np.where(exists, year, 1970) - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    first += np.where(exists, month, 1) - 1
    exists &= day <= (((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64))
    days = first.astype("datetime64[D]").astype(np.int64) + np.where(exists, day, 1) - 1
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000, exists


def _fraction(parts: pa.Array, names: set[str]) -> Whole:
    if "fraction" not in names:
        return np.zeros(len(parts), dtype=np.int64)
    digits = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.struct_field(parts, "fraction"), 6, "0"), 0, 6)
    return np.asarray(pc.cast(pc.fill_null(digits, "0"), pa.int64()))


def _offsets(parts: pa.Array, names: set[str], n: int) -> tuple[Mask, np.ndarray[Any, np.dtype[np.int64]]]:
    """Which rows state a zone, and their distance from UTC in minutes."""
    if "zone" not in names:
        return np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64)
    coded = pc.struct_field(parts, "zone").dictionary_encode()
    minutes = []
    for zone in coded.dictionary.to_pylist():
        digits = re.sub(r"\D", "", zone).ljust(4, "0")
        minutes.append((-1 if zone.startswith("-") else 1) * (int(digits[:2]) * 60 + int(digits[2:])))
    stated = [zone != "" for zone in coded.dictionary.to_pylist()]
    at = np.asarray(pc.fill_null(coded.indices, len(minutes)))
    return np.array([*stated, False])[at], np.array([*minutes, 0], dtype=np.int64)[at]


def _localised(values: pa.Array, timezone: str) -> pa.Array:
    if timezone == "UTC":
        return pc.cast(values, _STAMP) if not values.type.tz else values
    try:
        return pc.cast(pc.assume_timezone(values, timezone, ambiguous="earliest", nonexistent="earliest"), _STAMP)
    except pa.ArrowInvalid as e:
        raise UsageError(f"timezone '{timezone}' is not known; write an IANA name such as Europe/Vienna. ({e})") from e
