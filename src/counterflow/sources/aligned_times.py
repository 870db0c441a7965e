"""Times that are all written alike, read column by column of their characters: what nearly every machine writes.

Invariant: a row is read here only where the careful way (regular expressions, `columns.times`) would read the very same
time; all others are left to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Parts", "aligned"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]

_DATE, _CLOCK, _SECONDS = "YYYY-mm-dd", "THH:MM", ":SS"
_ISO = {len(t): t for t in (
    _DATE, _DATE + _CLOCK, _DATE + _CLOCK + "Z", _DATE + _CLOCK + _SECONDS, _DATE + _CLOCK + _SECONDS + "Z",
    *(f"{_DATE}{_CLOCK}{_SECONDS}.{'f' * digits}{zone}" for digits, zone in ((3, ""), (3, "Z"), (6, ""), (6, "Z"))),
)}  # fmt: skip
"""Length of a time in ISO 8601 → where its parts stand."""

_MARKS = {"-": b"-/", "T": b"T ", ".": b".,"}
"""Characters that may stand for one of ISO's."""

_WIDTHS = {"Y": "YYYY", "m": "mm", "d": "dd", "H": "HH", "M": "MM", "S": "SS"}


@dataclass(frozen=True)
class Parts:
    """:param rows: which rows were read; :param numbers: Y, m, d, H, M, S, f (in microseconds) → one for each such row;
    absent: not written; :param utc: a zone is stated, and it is Z"""

    rows: Mask
    numbers: Mapping[str, Numbers]
    utc: bool


def aligned(values: pa.StringArray, format: str | None) -> Parts | None:
    """Parts of the times that have the commonest length.

    :param values: trimmed text, nulls where there is none
    :param format: None for ISO 8601, or directives of strptime
    :returns: None where this format, or that length, is not read here
    """
    n = len(values)
    _, offsets, data = values.buffers()
    if data is None or not n:
        return None
    starts = np.frombuffer(offsets, dtype=np.int32, count=n + 1, offset=values.offset * 4).astype(np.int64)
    lengths = np.diff(starts)
    if values.null_count:
        lengths = np.where(np.asarray(values.is_valid()), lengths, 0)
    width = int(np.bincount(np.minimum(lengths, 64)).argmax())
    template = _ISO.get(width) if format is None else _template(format)
    if template is None or len(template) != width:
        return None
    rows = lengths == width
    letters = np.frombuffer(data, dtype=np.uint8)
    if rows.all() and starts[-1] - starts[0] == n * width:
        grid = letters[starts[0] : starts[-1]].reshape(n, width)
    else:
        grid = letters[starts[:-1][rows][:, None] + np.arange(width)]
    good = np.ones(len(grid), dtype=bool)
    numbers: dict[str, Numbers] = {}
    for at, letter in enumerate(template):
        column = grid[:, at]
        if letter in "YmdHMSf":
            digit = column - np.uint8(48)  # below the digits it wraps round to above them
            good &= digit < 10
            before = numbers.get(letter)
            numbers[letter] = digit.astype(np.int64) if before is None else before * 10 + digit
        else:
            allowed = _MARKS.get(letter, letter.encode()) if format is None else letter.encode()
            good &= (column == allowed[0]) | (column == allowed[-1])
    if "f" in numbers:
        numbers["f"] *= 10 ** (6 - template.count("f"))
    if not good.all():
        rows = rows.copy()
        rows[rows] = good
        numbers = {letter: found[good] for letter, found in numbers.items()}
    return Parts(rows, numbers, format is None and template.endswith("Z"))


def _template(format: str) -> str | None:
    """Where the parts stand in a format whose parts all have a fixed width; None for any other."""
    parts = re.split(r"%(.)", format)
    fixed = [_WIDTHS.get(part) if k % 2 else part for k, part in enumerate(parts)]
    if any(part is None for part in fixed) or "Y" not in format or not format.isascii():
        return None
    literal = "".join(part for k, part in enumerate(fixed) if part and not k % 2)
    once = len({*parts[1::2]}) == len(parts[1::2])
    return "".join(part for part in fixed if part) if once and not set(literal) & set("YmdHMSf") else None
