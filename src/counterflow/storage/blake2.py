"""BLAKE2b (RFC 7693) over rows, sixteen abreast, one lane a row: a processor's vector unit hashes them together.

The compression function reads and writes one array in which word w of lane l stands at ``w * LANES + l``; compilers
recognise the inner loops for what they are.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["kernel"]

LANES = 16
BLOCK = 128

_IV = np.array(
    [0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
     0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179], dtype=np.uint64,
)  # fmt: skip
_SIGMA = np.array(
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
     [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
     [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
     [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
     [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0]],
    dtype=np.int64,
)  # fmt: skip
_U = np.uint64


def _compiled(function: Any) -> Any:
    """Kept on disk between runs where there is a place to write."""

    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return numba.njit(function)


@numba.njit(inline="always")
def _copy(source: Any, at: int, target: Any, to: int) -> None:
    """Eight bytes."""
    a, b, c, d = source[at], source[at + 1], source[at + 2], source[at + 3]
    e, f, g, h = source[at + 4], source[at + 5], source[at + 6], source[at + 7]
    target[to], target[to + 1], target[to + 2], target[to + 3] = a, b, c, d
    target[to + 4], target[to + 5], target[to + 6], target[to + 7] = e, f, g, h


@numba.njit(inline="always")
def _mix(v: Any, a: int, b: int, c: int, d: int, x: int, y: int) -> None:
    """The function G on words a, b, c, d of every lane, with words x and y of the (permuted) message."""
    for lane in range(LANES):
        va = v[a * LANES + lane] + v[b * LANES + lane] + v[(16 + x) * LANES + lane]
        vd = v[d * LANES + lane] ^ va
        vd = (vd >> _U(32)) | (vd << _U(32))
        vc = v[c * LANES + lane] + vd
        vb = v[b * LANES + lane] ^ vc
        vb = (vb >> _U(24)) | (vb << _U(40))
        va = va + vb + v[(16 + y) * LANES + lane]
        vd ^= va
        vd = (vd >> _U(16)) | (vd << _U(48))
        vc = vc + vd
        vb ^= vc
        vb = (vb >> _U(63)) | (vb << _U(1))
        v[a * LANES + lane], v[b * LANES + lane] = va, vb
        v[c * LANES + lane], v[d * LANES + lane] = vc, vd


@_compiled
def _rounds(v: Any, message: Any) -> None:
    for r in range(12):
        for j in range(16):
            source = _SIGMA[r % 10, j]
            for lane in range(LANES):
                v[(16 + j) * LANES + lane] = message[source * LANES + lane]
        _mix(v, 0, 4, 8, 12, 0, 1)
        _mix(v, 1, 5, 9, 13, 2, 3)
        _mix(v, 2, 6, 10, 14, 4, 5)
        _mix(v, 3, 7, 11, 15, 6, 7)
        _mix(v, 0, 5, 10, 15, 8, 9)
        _mix(v, 1, 6, 11, 12, 10, 11)
        _mix(v, 2, 7, 8, 13, 12, 13)
        _mix(v, 3, 4, 9, 14, 14, 15)


@_compiled
def kernel(offsets: Any, data: Any, salt: Any, out: Any) -> None:  # noqa: C901, a kernel is one nest of loops
    """Digests of rows into `out`.

    :param offsets: (n + 1, columns) int64 into data, which holds the columns one behind the other
    :param data: uint8, eight more than the offsets reach; :param salt: two uint64
    :param out: (n, words of a digest) uint64
    """
    n, columns = out.shape[0], offsets.shape[1]
    longest = 0
    for i in range(n):
        length = 0
        for t in range(columns):
            length += offsets[i + 1, t] - offsets[i, t]
        longest = max(longest, length)
    room = ((longest + 8) // BLOCK + 1) * BLOCK
    rows = np.zeros(LANES * room, dtype=np.uint8)  # the message of each lane
    words = rows.view(np.uint64)
    lengths = np.zeros(LANES, dtype=np.int64)
    message = np.zeros(16 * LANES, dtype=np.uint64)
    h = np.empty(8 * LANES, dtype=np.uint64)
    v = np.empty(32 * LANES, dtype=np.uint64)
    parameters = _U(0x01010000) ^ _U(8 * out.shape[1])
    for first in range(0, n, LANES):
        lanes = min(LANES, n - first)
        blocks = 1
        for lane in range(lanes):
            i = first + lane
            start = lane * room
            fill = start
            for t in range(columns):
                begin = offsets[i, t]
                length = offsets[i + 1, t] - begin
                for j in range(0, length, 8):  # up to seven bytes too many, which the next text overwrites
                    _copy(data, begin + j, rows, fill + j)
                fill += length
            length = fill - start
            lengths[lane] = length
            blocks = max(blocks, (length + BLOCK - 1) // BLOCK)
            end = start + max(1, (length + BLOCK - 1) // BLOCK) * BLOCK
            rows[fill:end] = 0
        for j in range(8):
            for lane in range(LANES):
                h[j * LANES + lane] = _IV[j]
        for lane in range(LANES):
            h[lane] ^= parameters
            h[4 * LANES + lane] ^= salt[0]
            h[5 * LANES + lane] ^= salt[1]
        for b in range(blocks):
            for j in range(8):
                for lane in range(LANES):
                    v[j * LANES + lane] = h[j * LANES + lane]
                    v[(j + 8) * LANES + lane] = _IV[j]
            for lane in range(lanes):
                left = lengths[lane] - b * BLOCK
                start = (lane * room + b * BLOCK) // 8
                if left > 0 or b == 0:
                    for j in range(16):
                        message[j * LANES + lane] = words[start + j]
                v[12 * LANES + lane] ^= _U(min(lengths[lane], (b + 1) * BLOCK))
                if left <= BLOCK:
                    v[14 * LANES + lane] = ~v[14 * LANES + lane]
            _rounds(v, message)
            for lane in range(lanes):
                if b == 0 or lengths[lane] > b * BLOCK:
                    for j in range(8):
                        h[j * LANES + lane] ^= v[j * LANES + lane] ^ v[(j + 8) * LANES + lane]
        for lane in range(lanes):
            for j in range(out.shape[1]):
                out[first + lane, j] = h[j * LANES + lane]
