"""Slabs: any search over a log that does not fit in memory, a stretch of time after another.

A hit depends on payments within its window from its first one (`patterns`). So a slab is read with a window more at its
end, and what begins in the slab is found in it as in the whole log; and with a stretch before it, for what is part of a
hit that began earlier and for what is known of accounts and pairs. Searches that ask who is a stranger see no further
back than that stretch: for them it is what "never before" means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, considered, from_rows

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["Read", "bounds", "find", "reader"]

Read = Callable[[int, int], Log]
"""The log of the payments at or after a second and before another."""


def reader(data: Data) -> Read:
    """Reads slabs of the payments that `data` shows."""

    def read(begin: int, end: int) -> Log:
        rows = considered(data)
        return from_rows(data.run(rows.filter((rows["at"] >= begin) & (rows["at"] < end))))

    return read


def bounds(data: Data) -> tuple[int, int] | None:
    """The second of the first payment, and the one after the last. None: there are none."""
    rows = considered(data)
    [found] = data.run(rows.agg(begin=rows["at"].min(), end=rows["at"].max())).to_pylist()
    return None if found["begin"] is None else (found["begin"], found["end"] + 1)


def find(
    read: Read,
    begin: int,
    end: int,
    search: Callable[..., Hits],
    *,
    window: int,
    width: int,
    back: int = 0,
    **dials: Any,
) -> Iterator[tuple[Log, Hits]]:
    """Each slab's log, and the hits that begin in it: members are indices into that log.

    :param begin: first second; :param end: the second after the last
    :param search: of this package; :param window: its window, seconds; :param dials: its others
    :param width: seconds of a slab: memory is that of the payments in it and around it
    :param back: seconds before a slab that are read for what is known of its accounts; at least the window
    :return: of each slab; `Hits.exhausted` also counts what ended by a budget in the window after the slab: its sum is
        an upper bound
    """
    for start in range(begin, end, width):
        log = read(start - max(back, window), min(start + width, end) + window + 1)
        first, last = np.searchsorted(log.at, [start, start + width])
        if first == last:
            continue
        hits = search(log, window=window, since=int(first), **dials)
        yield log, hits.select(hits.members[hits.starts[:-1]] < last)
