"""Hits: the payments of each pattern that a search found, as columns, and what the search could not look through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Hits"]

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Hits:
    """:param starts: int64[hits + 1]; payments of hit h are ``members[starts[h]:starts[h + 1]]``
    :param members: int64, indices into the log, of each hit in time order
    :param exhausted: how many starts of the search ended by its budget or a cap on degree: from those, patterns may be
        missing. Never silent: every finding of the search states it
    :param surprise: float64[hits], how unlikely it would be without a cause, decimal logarithm: what hits rank by;
        else None
    :param role: int8 for each member, where the search tells roles apart (which layer, in or out); else empty
    """

    starts: Ints
    members: Ints
    exhausted: int = 0
    role: np.ndarray[Any, np.dtype[np.int8]] | None = None
    surprise: np.ndarray[Any, np.dtype[np.float64]] | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[Ints]:
        for h in range(len(self)):
            yield self.members[self.starts[h] : self.starts[h + 1]]

    @property
    def sizes(self) -> Ints:
        """Payments of each hit."""
        return np.diff(self.starts)
