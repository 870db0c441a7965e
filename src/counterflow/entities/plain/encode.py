"""Columns as numbers: each distinct value once, evened out, with all that comparing it needs.

A column becomes an array of codes, one a row; what a code stands for lies in flat arrays shared by all columns, so that
the compiled kernels see numbers only. A code is an index into these arrays; -1 is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.entities.names import skeleton
from counterflow.entities.plain.spec import Field

__all__ = ["Columns", "encode"]

Ints = npt.NDArray[np.int32]

_SPACE = re.compile(r"[^0-9a-z]+")
_DIGITS = re.compile(r"\d+")
TEXTS = ("name", "place", "free text")
"""Kinds that are compared word by word."""

_EMPTY = {"", "na", "n a", "nan", "none", "null", "unknown"}


@dataclass
class Columns:
    """Everything about all distinct values of all columns.

    :param codes: shape (rows, fields): which value, an index into the arrays by value; -1: missing
    :param text: all values, one after the other, ASCII; `start` where each begins, shape (values + 1,)
    :param bones: consonants of the value as a number, equal for equal consonants
    :param date: year, month, day of a value of a date, 0 for what is not known; shape (values, 3)
    :param count: rows that have the value; :param base: first value of each field, shape (fields + 1,)
    :param words: words of a name or free text as indices into the arrays by word; `word_start` where each value's begin
    :param word_text: likewise the letters of words; `rarity` of a word: ln(rows / rows that have it)
    """

    fields: tuple[Field, ...]
    codes: Ints
    text: npt.NDArray[np.uint8]
    start: npt.NDArray[np.int64]
    bones: npt.NDArray[np.int64]
    date: Ints
    count: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]
    words: Ints
    word_start: npt.NDArray[np.int64]
    word_text: npt.NDArray[np.uint8]
    word_text_start: npt.NDArray[np.int64]
    word_bones: npt.NDArray[np.int64]
    rarity: npt.NDArray[np.float32]
    values: list[str] = field(default_factory=list)


def encode(table: pa.Table, fields: Sequence[Field]) -> Columns:
    """`table` as numbers. :param table: has every field's column; numbers and dates may be typed"""
    codes, values, base, kinds = [], [], [0], []
    for f in fields:
        code, texts = _column(table.column(f.column), f, base[-1])
        codes.append(code)
        values += texts
        kinds += [f] * len(texts)
        base.append(len(values))
    matrix = np.ascontiguousarray(np.stack(codes, axis=1)) if codes else np.empty((table.num_rows, 0), np.int32)
    text, start = _flat(values)
    ids: dict[str, int] = {}
    bones = np.array([_bones(v, ids) for v in values], dtype=np.int64)
    date = np.zeros((len(values), 3), dtype=np.int32)
    for n, f in enumerate(fields):
        if f.kind == "date":
            for at in range(base[n], base[n + 1]):
                date[at] = _date(values[at], f.order)
    count = np.bincount(matrix[matrix >= 0].ravel(), minlength=len(values))
    words, word_start, vocabulary, rarity = _words(values, kinds, count, table.num_rows)
    word_text, word_text_start = _flat(vocabulary)
    return Columns(
        tuple(fields), matrix, text, start, bones, date, count, np.array(base, dtype=np.int64), words, word_start,
        word_text, word_text_start, np.array([_bones(w, ids) for w in vocabulary], dtype=np.int64), rarity, values,
    )  # fmt: skip


def _column(column: pa.ChunkedArray, f: Field, base: int) -> tuple[Ints, list[str]]:
    """Codes of a column and its distinct values, evened out: small letters and digits, one blank between words."""
    if isinstance(column.type, pa.ListType):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), " ")
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    evened: dict[str, int] = {}
    turned = np.empty(len(encoded.dictionary) + 1, dtype=np.int32)
    for at, raw in enumerate(encoded.dictionary.to_pylist()):
        text = _even(raw, f.kind)
        turned[at] = -1 if text in _EMPTY else base + evened.setdefault(text, len(evened))
    turned[-1] = -1
    index = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return turned[index], list(evened)


def _even(raw: str, kind: str) -> str:
    if not raw.isascii():
        from counterflow.entities.transliterate import latin

        raw = latin(raw)
    return (" " if kind != "number" else "").join(_SPACE.sub(" ", raw.lower().replace("'", "")).split())


def _flat(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    start = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(t) for t in texts], out=start[1:])
    return np.frombuffer("".join(texts).encode("ascii", "replace") or b"\0", dtype=np.uint8), start


def _bones(text: str, ids: dict[str, int]) -> int:
    return ids.setdefault(" ".join(sorted(map(skeleton, text.split()))), len(ids))


def _date(text: str, order: str) -> tuple[int, int, int]:
    """Year, month and day; 0 for what is not said."""
    parts = _DIGITS.findall(text)
    if len(parts) == 1 and len(parts[0]) == 8:
        p = parts[0]
        parts = [p[:4], p[4:6], p[6:]] if order == "ymd" else [p[:2], p[2:4], p[4:]]
    numbers = [int(p) for p in parts[:3] if len(p) <= 4]
    if len(numbers) == 3:
        y, m, d = (numbers[order.index(letter)] for letter in "ymd")
        if max(numbers) > 31 and y <= 31:  # written the other way round than the rest
            y, d = (d, y) if d > 31 else (m, d)
            m = next(n for n in numbers if n not in (y, d)) if len({*numbers}) == 3 else m
        return y, m, d
    if len(numbers) == 2:
        return (numbers[0], numbers[1], 0) if numbers[0] > 31 else (numbers[1], numbers[0], 0)
    return (numbers[0], 0, 0) if numbers else (0, 0, 0)


def _words(
    values: Sequence[str], kinds: Sequence[Field], count: npt.NDArray[Any], rows: int
) -> tuple[Ints, npt.NDArray[np.int64], list[str], npt.NDArray[np.float32]]:
    """Words of names and free texts, each once a value and the rarest first."""
    ids: dict[str, int] = {}
    split = [
        [ids.setdefault(w, len(ids)) for w in dict.fromkeys(v.split())] if f.kind in TEXTS else []
        for v, f in zip(values, kinds, strict=True)
    ]
    seen = np.zeros(len(ids) + 1)
    for row, times in zip(split, count.tolist(), strict=True):
        for w in row:
            seen[w] += times
    rarity = np.log((rows + 1) / (seen + 1)).astype(np.float32)
    told = rarity.tolist()
    flat = [w for row in split for w in sorted(row, key=lambda w: -told[w])]
    start = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in split], out=start[1:])
    return np.array(flat, dtype=np.int32), start, list(ids), rarity
