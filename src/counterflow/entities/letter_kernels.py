"""Kernels of names as letters: near as strings, by bits; plain functions, which numba can compile."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["bits_set", "close", "in_common"]


def in_common(rows: Any, text: Any, others: Any, at: Any, places: Any) -> Any:
    """Length of the longest common subsequence of a text with each row's, by bits, 63 letters a word (Hyyrö 2004).

    :param text: at most 252 bytes; :param places: zeros (256 letters, 4 words), and left so
    """
    blocks = (len(text) + 62) // 63
    full, one = np.uint64((1 << 63) - 1), np.uint64(1)
    for i in range(len(text)):
        places[text[i], i // 63] |= one << np.uint64(i % 63)
    state = np.empty(4, np.uint64)
    common = np.zeros(len(rows), np.int64)
    for k in range(len(rows)):
        state[:] = full
        for p in range(at[rows[k]], at[rows[k] + 1]):
            carry = np.uint64(0)
            for b in range(blocks):
                s = state[b]
                u = s & places[others[p], b]
                added = s + u + carry
                carry = added >> np.uint64(63)
                state[b] = (added & full) | (s & ~u)
        for b in range(blocks):
            bits = ~state[b] & full
            while bits:
                bits &= bits - one
                common[k] += 1
    for i in range(len(text)):
        places[text[i], i // 63] = np.uint64(0)
    return common


def bits_set(x: Any) -> int:
    """How many bits of a 64-bit number are set."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


def close(letters: Any, size: Any, begin: Any, end: Any, bags: Any, joined_at: Any, out: Any) -> Any:
    """Rows that may be a slip or two apart without blanks, whatever the order of words: one where either has fewer than
    14 letters, none where it has fewer than 9.

    :param letters: bag of the name asked about; :param size: its letters without blanks
    :returns: how many; rows in `out`, as many as it has room for
    """
    count = 0
    bits = bags[begin:end]
    for n in range(len(bits)):
        apart = bits_set(bits[n] ^ letters)
        if apart > 4:
            continue
        other = joined_at[begin + n + 1] - joined_at[begin + n]
        shortest = min(other, size)
        most = 0 if shortest < 9 else 1 if shortest < 14 else 2
        if apart <= 2 * most and abs(other - size) <= most and count < len(out):
            out[count] = begin + n
            count += 1
    return count
