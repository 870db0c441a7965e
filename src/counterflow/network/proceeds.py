"""Proceeds: which part of what a company earns is listed parties', over every chain and circle of shares.

Integrated ownership, v = b + A v with A the shares between unlisted parties and b those that listed ones hold directly;
so v = (I - A)⁻¹ b. It multiplies along chains, which is right for money and wrong for the legal test: this figure is
never a status. Its bounds are those over all completions of what is not known: the lower one takes the least shares,
the upper one gives each company's unknown part to whoever earns most for listed parties (policy iteration).

A circle of companies that hold each other wholly has no outside owner to earn for: I - A is singular and the figure
does not exist; neither does it where holders are recorded with more than the whole. Both are said, not guessed.

Source: Brioschi, Buzzacchi and Colombo, Risk Capital Financing and the Separation of Ownership and Control in Business
Groups (Journal of Banking and Finance 13, 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.network.grouping import Bools, Floats, Ints, Smalls
from counterflow.network.holdings import Holdings
from counterflow.network.regime import MEASURES
from counterflow.network.sizes import WHOLE

__all__ = ["Proceeds", "proceeds"]

_ROUNDS = 200
_EXACT = 1e-12


@dataclass(frozen=True)
class Proceeds:
    """Of each node of the holdings: part of its earnings, 0 to 1. :param undefined: there is no such figure"""

    low: Floats
    high: Floats
    undefined: Bools


def proceeds(holdings: Holdings, listed: Smalls) -> Proceeds:
    """:param listed: nodes of listed parties, whose own part is 1"""
    tests = holdings.tests
    kept = np.flatnonzero(holdings.measure[tests.test] == MEASURES.index("shares"))
    owner, test = holdings.owner[kept].astype(np.int64), tests.test[kept]
    company = tests.company[test].astype(np.int64)
    low, high = tests.low[kept] / WHOLE, tests.high[kept] / WHOLE
    nodes = len(holdings.nodes)
    mine = np.zeros(nodes, bool)
    mine[listed] = True
    known = np.zeros(nodes)
    np.add.at(known, company, low)
    over = known > 1 + _EXACT
    least, stuck = _solved(owner, company, low, mine, nodes)
    most, undefined = least, stuck
    for _ in range(_ROUNDS):
        given = _given(owner, company, low, high, most, known)
        better, undefined = _solved(owner, company, given, mine, nodes)
        if np.abs(better - most).max(initial=0.0) < _EXACT:
            break
        most = better
    wrong = _below(owner, company, high, over | stuck | undefined, mine)
    return Proceeds(least, np.maximum(least, most), wrong)


def _given(owner: Ints, company: Ints, low: Floats, high: Floats, worth: Floats, known: Floats) -> Floats:
    """Shares of one completion: each company's unknown part goes to the holders that are worth most, as far as theirs
    may go."""
    order = np.lexsort((np.arange(len(owner)), -worth[owner], company))
    room, groups = 1 - known[company[order]], company[order]
    extra = (high - low)[order]
    before = np.cumsum(extra) - extra
    first = np.ones(len(order), bool)
    first[1:] = groups[1:] != groups[:-1]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    out = low.copy()
    out[order] += np.clip(room - (before - before[start]), 0, extra) if len(order) else extra
    return out


def _solved(owner: Ints, company: Ints, share: Floats, mine: Bools, nodes: int) -> tuple[Floats, Bools]:
    """v, and the nodes of closed circles, where there is none."""
    from scipy.sparse import csr_array, eye_array
    from scipy.sparse.linalg import spsolve

    free = ~mine[company]
    owner, company, share = owner[free], company[free], share[free]
    inner = ~mine[owner] & (share > 0)
    gain = csr_array((share[inner], (company[inner], owner[inner])), shape=(nodes, nodes))
    closed = _closed(gain)
    direct = np.bincount(company[~inner], np.where(mine[owner[~inner]], share[~inner], 0.0), minlength=nodes)
    value: Floats = np.where(mine, 1.0, np.where(closed, 0.0, direct))
    outside = np.where(mine | closed, 0.0, 1.0)
    change = np.zeros(nodes)
    for _ in range(_ROUNDS):
        after = np.where(mine, 1.0, outside * (direct + gain @ np.where(mine, 0.0, value)))
        change = np.abs(after - value)
        value = after
        if change.max(initial=0.0) < _EXACT:
            return value, closed
    moving = change >= _EXACT  # circles that are all but closed, and whoever earns from them
    while (more := moving | ((gain @ moving.astype(float)) > 0) & ~mine).sum() > moving.sum():
        moving = more
    slow = np.flatnonzero(moving)
    rest = np.where(moving | mine, 0.0, value)
    part = gain[slow][:, slow]
    value[slow] = spsolve((eye_array(len(slow)) - part).tocsc(), direct[slow] + (gain @ rest)[slow])
    return value, closed


def _closed(gain: Any) -> Bools:
    """Nodes in circles that hold each other wholly: no chain upwards leads to a party with another owner."""
    from scipy.sparse.csgraph import connected_components

    count, group = connected_components(gain, directed=True, connection="strong")
    total = np.asarray(gain.sum(axis=1)).ravel()
    rows, columns = gain.nonzero()
    open_ = np.zeros(count, bool)
    open_[group[total < 1 - _EXACT]] = True
    open_[group[rows[group[rows] != group[columns]]]] = True  # something comes in from another group
    found: Bools = ~open_[group]
    return found


def _below(owner: Ints, company: Ints, share: Floats, wrong: Bools, mine: Bools) -> Bools:
    """Nodes without a figure, and all that earn from them."""
    found = wrong & ~mine
    while True:
        more = found.copy()
        more[company[found[owner] & (share > 0)]] = True
        more &= ~mine
        if (more == found).all():
            return found
        found = more
