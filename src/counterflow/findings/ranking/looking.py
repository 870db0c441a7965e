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
from counterflow.findings.ranking.trees import Forest, Growing, grow

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["learn", "look"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
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
    columns = given.values[:, : given.first]
    light = replace(how, rounds=max(1, how.rounds // 2))
    apart = np.zeros(len(log))
    for part in folds(until):
        others = rows[(rows < part.start) | (rows >= part.stop)]
        if len(others) and true[others].any():
            forest = grow(columns, others, true[others], names, [FIRST], light)
            apart[part] = _share(forest.score(columns[part]))
    first = grow(columns, rows, true[rows], names, [FIRST], light)
    neighbours(log, apart, given.values[:, given.first :])
    second = grow(given.values, rows, true[rows], given.names, seeds, how)
    look(log, given, first)
    return first, second


def look(log: Log, given: Inputs, first: Forest) -> None:
    """Fill in the columns of the second look."""
    neighbours(log, _share(first.score(given.values[:, : given.first])), given.values[:, given.first :])


def _share(log_odds: Floats) -> Floats:
    """The probability that the first forest means; not calibrated, which the second does not mind."""
    odds: Floats = np.exp(log_odds)
    return odds / (1 + odds)
