"""Merkle trees over an append-only log: what was once in it can be shown to be in it still, in a few hashes.

Source: RFC 9162 (Certificate Transparency 2.0), section 2.1: SHA-256, with 0x00 before a leaf and 0x01 before a pair,
so that no leaf passes for a pair. All hashes are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

__all__ = [
    "EMPTY",
    "Frontier",
    "consistency",
    "consistent",
    "half_of",
    "inclusion",
    "leaf",
    "node",
    "root",
    "root_along",
]

EMPTY = sha256(b"").digest()
"""Root of a log without entries."""

Subtree = Callable[[int, int], bytes]
"""(first, after the last) → root of those leaves."""


def leaf(data: bytes) -> bytes:
    """Hash of an entry."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash of a pair."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: enough to add leaves and to tell the root, in 32 bytes a level.

    :param size: leaves so far; :param peaks: roots of the full subtrees that they make up, the largest first
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)

    def add(self, hash: bytes) -> None:
        """One more leaf, by its hash."""
        self.peaks.append(hash)
        full = self.size
        while full & 1:
            right = self.peaks.pop()
            self.peaks[-1] = node(self.peaks[-1], right)
            full >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Of all leaves so far."""
        return fold(self.peaks)


def fold(peaks: Sequence[bytes]) -> bytes:
    """Root over full subtrees that stand side by side, the largest first."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node(peak, found)
    return found


def root(hashes: Iterable[bytes]) -> bytes:
    """Root over these leaf hashes: pairs level by level, the odd one out carried up, which is the tree of 2.1.1."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, level[-1]] if len(level) & 1 else pairs
    return level[0] if level else EMPTY


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The path that shows that leaf `index` (from 0) is among the first `size`: section 2.1.3.1."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among {size}")
    return _path(index, 0, size, subtree)


def _path(index: int, first: int, after: int, subtree: Subtree) -> list[bytes]:
    if after - first == 1:
        return []
    half = first + half_of(after - first)
    if index < half:
        return [*_path(index, first, half, subtree), subtree(half, after)]
    return [*_path(index, half, after, subtree), subtree(first, half)]


def consistency(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """The path that shows that the first `first` of `second` leaves were all there was before: section 2.1.4.1."""
    if not 0 < first <= second:
        raise ValueError(f"{first} is not between 1 and {second}")
    return _steps(first, 0, second, subtree, whole=True)


def _steps(old: int, first: int, after: int, subtree: Subtree, *, whole: bool) -> list[bytes]:
    if old == after - first:
        return [] if whole else [subtree(first, after)]
    half = half_of(after - first)
    middle = first + half
    if old <= half:
        return [*_steps(old, first, middle, subtree, whole=whole), subtree(middle, after)]
    return [*_steps(old - half, middle, after, subtree, whole=False), subtree(first, middle)]


def half_of(n: int) -> int:
    """How many of n leaves are in the left half: the largest power of two below n, for n of two or more."""
    return int(1 << (n - 1).bit_length() - 1)


def root_along(hash: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf hash; None: no path of that length leads anywhere. Section 2.1.3.2."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, hash
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path shows that the log of `first` entries is the beginning of that of `second`. Section 2.1.4.2."""
    if first == second:
        return first_root == second_root and not path
    if not 0 < first < second or not path:
        return False
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(step, old), node(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, step)
        at, last = at >> 1, last >> 1
    return old == first_root and new == second_root and last == 0
