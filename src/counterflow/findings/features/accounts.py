"""Accounts by number: a mark of 64 bits for each bank and account, and the number under which it is known.

Two accounts share a mark with a chance of 2⁻⁶⁴ each pair; their columns would then be mixed, which costs little. What
is kept of an account is its mark, not its name.
"""

from __future__ import annotations

import numpy as np

from counterflow.entities.compiling import fetch
from counterflow.findings.features.lists import Array

__all__ = ["look_up", "marks_of", "refill"]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_NONE = np.uint64(0)
AHEAD = 12
"""Accounts whose place in the table is fetched before it is looked at."""


def marks_of(banks: Array, bank_bytes: Array, begins: Array, written: Array, marks: Array, bank_marks: Array) -> None:
    """Fill `marks` with that of each bank and account, and `bank_marks` with that of the bank."""
    for i in range(len(marks)):
        mark = np.uint64(banks[i + 1] - banks[i])
        for k in range(banks[i], banks[i + 1]):
            mark = (mark ^ np.uint64(bank_bytes[k])) * _ODD
            mark ^= mark >> _HALF
        bank_marks[i] = mark
        mark = (mark ^ np.uint64(begins[i + 1] - begins[i])) * _ODD
        for k in range(begins[i], begins[i + 1]):
            mark = (mark ^ np.uint64(written[k])) * _ODD
            mark ^= mark >> _HALF
        marks[i] = mark


def look_up(marks: Array, wanted: Array, begin: int, slots: Array, known: Array, count: Array, numbers: Array) -> int:
    """The number of each mark, a new one where there is none.

    :param wanted: which rows are asked for; the others get -1; :param begin: row to begin with
    :param slots: uint64[2 × a power of two]: mark, and its number plus one
    :param known: marks by number, half as many as there are slots; :param count: int64[1], how many there are
    :return: rows done: fewer than there are where the table is full
    """
    mask = len(slots) // 2 - 1
    for i in range(begin, len(marks)):
        if i + AHEAD < len(marks):
            fetch(slots, 2 * (np.int64(marks[i + AHEAD] >> _HALF) & mask))
        numbers[i] = -1
        if wanted[i]:
            mark = marks[i]
            slot = np.int64(mark >> _HALF) & mask
            while slots[2 * slot + 1] != _NONE and slots[2 * slot] != mark:
                slot = (slot + 1) & mask
            if slots[2 * slot + 1] == _NONE:
                if count[0] == len(known):
                    return i
                known[count[0]] = mark
                count[0] += 1
                slots[2 * slot] = mark
                slots[2 * slot + 1] = np.uint64(count[0])
            numbers[i] = np.int64(slots[2 * slot + 1]) - 1
    return len(marks)


def refill(slots: Array, known: Array, count: int) -> None:
    """Fill an empty table with the marks that are known."""
    mask = len(slots) // 2 - 1
    for n in range(count):
        slot = np.int64(known[n] >> _HALF) & mask
        while slots[2 * slot + 1] != _NONE:
            slot = (slot + 1) & mask
        slots[2 * slot] = known[n]
        slots[2 * slot + 1] = np.uint64(n + 1)
