"""Two looks at every payment: by a first forest over what was known of it, and by a second that knows how the
neighbours scored.

What the second forest learns from must not be told by heart: payments of the training part are scored, for their
neighbours' sake, by forests that learnt from other stretches of it. Later payments see the scores as they will in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.ranking.inputs import Inputs
from counterflow.findings.ranking.neighbours import folds, neighbours
from counterflow.findings.ranking.offline import suspected_after
from counterflow.findings.ranking.trees import Forest, Growing, grow

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["each_seed", "learn", "look"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Matrix = np.ndarray[Any, np.dtype[np.float32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

FIRST = 7
"""Seed of the first look."""


def learn(
    log: Log, given: Inputs, rows: Rows, true: Flags, until: int, seeds: Sequence[int], how: Growing
) -> tuple[Forest, Forest]:
    """The first and the second forest; the columns of the second look are filled in on the way.

    :param rows: of the log, those that are learnt from; :param true: bool[n], of the whole log
    :param until: row of the log at which the training part ends
    """
    names = given.names[: given.first]

    def once(asked: Rows) -> Matrix:
        return given.take(asked, looks=1)

    light = replace(how, rounds=max(1, how.rounds // 2))
    apart = np.zeros(len(log))
    for part in folds(until):
        others = rows[(rows < part.start) | (rows >= part.stop)]
        if len(others) and true[others].any():
            forest = grow(once, others, true[others], names, [FIRST], light)
            apart[part] = _share(each_seed(forest, given, part, looks=1)[0])
    first = grow(once, rows, true[rows], names, [FIRST], light)
    _fill(log, given, apart)
    second = grow(given.take, rows, true[rows], given.names, seeds, how)
    look(log, given, first)
    return first, second


def look(log: Log, given: Inputs, first: Forest) -> None:
    """Fill in the columns of the second look."""
    _fill(log, given, _share(each_seed(first, given, slice(0, len(log)), looks=1)[0]))


def each_seed(forest: Forest, given: Inputs, part: slice, *, looks: int = 2) -> Floats:
    """float64[seeds, rows]: scores of some of the payments by the trees of each seed."""
    scores = np.empty((len(forest.boosters), part.stop - part.start))
    for some, values in given.slabs(part, looks=looks):
        for k in range(len(scores)):
            scores[k, some.start - part.start : some.stop - part.start] = forest.of_seed(k, values)
    return scores


def _fill(log: Log, given: Inputs, probability: Floats) -> None:
    for begin, cells in neighbours(log, probability):
        given.suspected[0].write(begin, cells)
    for part in given.parts:
        for begin, cells in suspected_after(log, part, probability):
            given.suspected[1].write(begin, cells)


def _share(log_odds: Floats) -> Floats:
    """The probability that the first forest means; not calibrated, which the second does not mind."""
    odds: Floats = np.exp(log_odds)
    return odds / (1 + odds)
