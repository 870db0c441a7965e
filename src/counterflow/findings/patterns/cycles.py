"""Temporal cycles: payments that come back to the account they started from, each later than the one before.

Two balls of accounts are grown: those from which money can still come home in the later half of the window, once for
all payments of one account that are close in time; and those that a payment's money can have reached in the earlier
half. Only where they meet is there anything to enumerate, and then only along ways that lead home. A ball looks at a
payment once, so its cost is that of the payments in it and not of the ways through them. A hub is reached and not
looked through: what may be missing behind it is declared. Growing candidates first and enumerating only where they
close is the idea of 2SCENT (Kumar and Calders, PVLDB 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.entities.compiling import fetch
from counterflow.findings.patterns.chance import chance_fit, together
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.kernels import chosen
from counterflow.findings.patterns.links import MORE, NEXT, OTHER, ROW, WHEN, after

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find", "surprises"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MOST = 8
"""Cycles told of one first payment; that there are more is declared."""
TOGETHER = 64
"""Most payments of one account, within an eighth of the window, that share the ball of ways home."""
REACHED, ARRIVE, HOMING, LEAVE, INDIRECT, CLEARED = range(6)
"""Labels of an account. Mark of the search that reached it, and when at the earliest; mark of the search in which it
can come home, when money must leave it at the latest, mark if over another account; mark of the search in which no
payment to it closed a cycle."""
AHEAD = 4
"""Payments ahead of the one whose ways are looked for, whose first steps are fetched from memory."""
LABELS = 8
"""Cells for the labels of an account: all of them in one line of the processor's cache."""


def find(
    log: Log,
    *,
    window: int,
    low: int = 3,
    high: int = 12,
    kept: float = 0.0,
    least: float = 0.0,
    budget: int = 2000,
    degree: int = 100,
    since: int = 0,
    homes: Flags | None = None,
) -> Hits:
    """Cycles of `low` to `high` payments that close within `window` seconds of their first.

    :param kept: least share of an amount that the next payment, of the same currency, must have (at most 1.02 of it);
        0: any amount and currency
    :param least: smallest amount of a step
    :param budget: most payments looked at from one start, for each ball and again to enumerate
    :param degree: payments within the window from which an account is a hub
    :param since: first payment (index into the log) that may begin a cycle
    :param homes: bool[accounts], accounts that a cycle may begin at; None: any
    :return: by first payment, each way over other accounts once, no account twice in one; roles are hops, from 0. Where
        `kept` is 0 a hit has every payment that is on a cycle along its way from its first payment; else only those of
        one cycle
    """
    out, into = log.out, log.into
    onward, backward = log.links
    anywhere = np.ones(len(log.accounts), dtype=np.bool_) if homes is None else homes
    starts, members, exhausted = chosen(_search, len(log))(
        out.starts, out.order, into.starts, onward, backward, log.amount[out.order], log.currency[out.order],
        anywhere, since, window, low, high, float(kept), float(least), budget, degree, MOST,
    )  # fmt: skip
    role = (members % high).astype(np.int8)
    return Hits(starts, members // high, int(exhausted), role).by_first()


def surprises(log: Log, hits: Hits, window: int) -> Floats:
    """float64[hits]: decimal logarithm of how unlikely a ring is by chance: a way home of as many steps, given how much
    the accounts on it pay, and how much home is paid, in the window from its first payment; and, together, how well the
    worth of each step is that of the one before. Worth ranks: a ring that keeps none is told where the way alone is
    unlikely enough."""
    worth = np.log(log.worth)
    found = np.zeros(len(hits), dtype=np.float64)
    fit, steps = np.zeros(len(hits)), np.ones(len(hits))
    for h, members in enumerate(hits):
        begin = int(log.at[members[0]])
        role = hits.role[hits.starts[h] : hits.starts[h + 1]] if hits.role is not None else np.arange(len(members))
        last = int(np.searchsorted(log.at, begin + window, side="right"))
        ring = {int(r): int(log.payer[i]) for i, r in zip(members, role, strict=True)}
        chance = -np.log10(max(1, last - int(members[0])))
        for hop in range(1, len(ring)):
            out = log.out.order[log.out.starts[ring[hop]] : log.out.starts[ring[hop] + 1]]
            chance += np.log10(max(1, np.searchsorted(out, last) - np.searchsorted(out, members[0])) / hop)
        into = log.into.order[log.into.starts[ring[0]] : log.into.starts[ring[0] + 1]]
        found[h] = -chance - np.log10(max(1, np.searchsorted(into, last) - np.searchsorted(into, members[0])))
        shares = [chance_fit(worth[members[role == n]], worth[members[role == n + 1]]) for n in range(len(ring) - 1)]
        fit[h], steps[h] = -2 * np.log(shares).sum(), max(1, len(shares))
    return found + together(fit, steps)


def _search(  # noqa: C901, a kernel is one nest of loops
    out_starts: Ints, out_order: Codes, in_starts: Ints, onward: Ints, backward: Ints, amount: Floats, currency: Codes,
    homes: Flags, since: int, window: int, low: int, high: int, kept: float, least: float, budget: int, degree: int,
    most: int,
) -> tuple[Ints, Ints, int]:  # fmt: skip
    """starts, members, exhausted of `Hits`, account by account; members as in `_along`.

    :param amount: of each row of `onward`; `currency` likewise
    """
    label = np.zeros((len(out_starts) - 1, LABELS), dtype=onward.dtype)
    stack = np.zeros((budget + 2, 3), dtype=np.int64)
    ways = np.zeros((most, high + 1), dtype=np.int64)
    walk = np.zeros((high, 3), dtype=np.int64)
    starts = np.zeros(1024, dtype=np.int64)
    members = np.zeros(8192, dtype=np.int64)
    hits, filled, exhausted, mark, near, together, latest = 0, 0, 0, 0, 0, 0, 0
    turn, shared, bounded = 0, False, False
    for home in range(len(out_starts) - 1):
        lowest, highest = in_starts[home], in_starts[home + 1]
        paid, final = lowest, lowest - 1  # first row home later than the payment, last one within the window
        if not homes[home]:
            continue
        for k in range(out_starts[home], out_starts[home + 1]):
            if k + AHEAD < len(onward):
                fetch(label, LABELS * int(onward[k + AHEAD, OTHER]))
                fetch(onward, ROW * int(onward[k + AHEAD, NEXT]))
            away, begin = onward[k, OTHER], int(onward[k, WHEN])
            if out_order[k] < since or home == away or amount[k] < least or onward[k, NEXT] < 0:
                continue
            end = begin + window
            while paid < highest and backward[paid, WHEN] <= begin:
                paid += 1
            if paid == highest or backward[paid, WHEN] > end:
                continue  # nobody pays home in the window
            while final + 1 < highest and backward[final + 1, WHEN] <= end:
                final += 1
            hub = paid + degree < highest and backward[paid + degree, WHEN] <= end
            led, spent = False, False
            if kept == 0:  # else so few steps keep the amount that all of them are tried
                if k >= together:  # the ways home of the next payments of this account
                    together, last = k + 1, min(out_starts[home + 1], k + TOGETHER)
                    while together < last and onward[together, WHEN] <= begin + window // 8:
                        together += 1
                    latest = int(onward[together - 1, WHEN]) + window
                    turn, shared = (begin + latest) // 2, False
                if not hub:
                    if not shared:
                        mark += 1
                        near, shared = mark, True
                        row = after(backward, paid, highest, latest) - 1
                        bounded = _homeward(row, home, -1, turn, near, budget, degree, backward, label, stack)
                    if not bounded:
                        if label[away, CLEARED] == near:
                            continue
                        mark += 1
                        meet, capped = _forward(
                            onward[k, NEXT], home, away, begin, turn, mark, near, low, budget, degree, onward, label,
                            stack,
                        )  # fmt: skip
                        if not meet and not capped:
                            label[away, CLEARED] = near
                            continue
                shared = False  # its labels are written over from here on
                # what a cap hides depends on what was looked at: so on this payment's own window alone
                mark += 2
                middle = end if hub else begin + window // 2
                cut = not hub and _homeward(final, home, -1, middle, mark - 1, budget, degree, backward, label, stack)
                comes, capped = _forward(
                    onward[k, NEXT], home, away, begin, middle, mark, mark - 1, low, budget, degree, onward, label,
                    stack,
                )  # fmt: skip
                if not comes and (hub or not (cut or capped)):
                    exhausted += capped
                    continue
                if not hub:
                    mark += 1
                    led = True
                    spent = _homeward(final, home, away, begin, mark, budget, degree, backward, label, stack)
            told, bound = _enumerate(
                k, home, amount, currency, onward, label, ways, walk, mark if led else 0, end, low, high, kept, least,
                degree if hub and kept == 0 else budget,
            )  # fmt: skip
            exhausted += spent or bound
            for way in range(told):
                steps = _along(ways[way], amount, out_order, onward, end, least, kept)
                if hits + 2 > len(starts):
                    starts = np.concatenate((starts, np.zeros_like(starts)))
                while filled + len(steps) > len(members):
                    members = np.concatenate((members, np.zeros_like(members)))
                members[filled : filled + len(steps)] = steps
                hits += 1
                filled += len(steps)
                starts[hits] = filled
    return starts[: hits + 1], members[:filled], exhausted


def _homeward(
    final: int, home: int, avoid: int, turn: int, mark: int, budget: int, degree: int, backward: Ints, label: Ints,
    stack: Ints,
) -> bool:  # fmt: skip
    """Label from where there is a way home after `turn`, by the payment in row `final` or before, not over `avoid`.

    :return: whether a hub was not looked through or the budget was spent
    """
    cut, looked, depth = False, 0, 1
    stack[0, 0], stack[0, 1], stack[0, 2] = home, final, turn
    while depth > 0 and looked < budget:
        depth -= 1
        here, k, until = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        lowest = k - backward[k, MORE]
        if k - degree >= lowest and here != home and backward[k - degree, WHEN] > until:
            cut = True
            continue
        while k >= lowest and backward[k, WHEN] > until and looked < budget:
            looked += 1
            t, there, row = backward[k, WHEN], backward[k, OTHER], backward[k, NEXT]
            k -= 1
            if there == home:
                continue
            if there == avoid:
                continue
            if here != home:
                label[there, INDIRECT] = mark
            known = turn
            if label[there, HOMING] == mark:
                if t <= label[there, LEAVE]:
                    continue
                known = label[there, LEAVE] - 1  # what came to it in that second could not leave with it, but now can
            label[there, HOMING], label[there, LEAVE] = mark, t
            if row >= 0:
                fetch(backward, ROW * int(row))
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = there, row, known
                depth += 1
    return cut or depth > 0 or looked >= budget


def _forward(
    row: int, home: int, away: int, begin: int, turn: int, mark: int, near: int, low: int, budget: int, degree: int,
    onward: Ints, label: Ints, stack: Ints,
) -> tuple[bool, bool]:  # fmt: skip
    """Label what money that came to `away` at `begin` reaches by `turn`; its next payment is in `row`.

    :param near: mark of the ways home after `turn`
    :return: whether it comes home, over at least one account more where `low` is above 2, and then it ends; whether a
        hub was not looked through or the budget was spent
    """
    meet = label[away, INDIRECT] == near or (low <= 2 and label[away, HOMING] == near)
    halted, looked, depth = False, 0, 1 if row >= 0 else 0
    label[away, REACHED], label[away, ARRIVE] = mark, begin
    stack[0, 0], stack[0, 1], stack[0, 2] = away, row, turn
    while depth > 0 and not meet and looked < budget:
        depth -= 1
        here, k, until = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        last = k + onward[k, MORE]
        if k + degree <= last and onward[k + degree, WHEN] <= until:
            halted = True
            continue
        while k <= last and onward[k, WHEN] <= until:
            looked += 1
            t, there, row = onward[k, WHEN], onward[k, OTHER], onward[k, NEXT]
            k += 1
            if there == home:
                meet = meet or here != away or low <= 2
            else:
                known = turn
                if label[there, REACHED] == mark:
                    known = label[there, ARRIVE]
                else:
                    meet = meet or (label[there, HOMING] == near and label[there, LEAVE] > t)
                if known == turn or t < known:
                    label[there, REACHED], label[there, ARRIVE] = mark, t
                    if row >= 0:
                        fetch(onward, ROW * int(row))
                        stack[depth, 0], stack[depth, 1], stack[depth, 2] = there, row, known
                        depth += 1
            if meet or looked >= budget:
                break
    return meet, halted or depth > 0 or looked >= budget


def _enumerate(
    first: int, home: int, amount: Floats, currency: Codes, onward: Ints, label: Ints, ways: Ints, walk: Ints,
    mark: int, end: int, low: int, high: int, kept: float, least: float, budget: int,
) -> tuple[int, bool]:  # fmt: skip
    """Fill `ways` with the rows of cycles from `first`, the earliest along each way over accounts; length of each in
    its last cell.

    :param walk: room for `high` steps: row, first row after it, next row to look at
    :param mark: of the labels that lead home; 0: there are none
    :return: how many; whether there may be more
    """
    told, looked, depth, bound = 0, 0, 0, False
    walk[0, 0], walk[0, 1], walk[0, 2] = first, onward[first, NEXT], onward[first, NEXT]
    while depth >= 0:
        opened, k = walk[depth, 1], walk[depth, 2]
        if opened < 0 or k > opened + onward[opened, MORE] or onward[k, WHEN] > end or depth + 1 >= high:
            depth -= 1
            continue
        walk[depth, 2] += 1
        looked += 1
        if looked > budget or told >= len(ways):
            bound = True
            break
        t, there = onward[k, WHEN], onward[k, OTHER]
        if there != home and mark > 0 and (label[there, HOMING] != mark or label[there, LEAVE] <= t):
            continue
        if amount[k] < least:
            continue
        met = False
        if kept > 0:
            edge = walk[depth, 0]
            share = amount[k] / amount[edge]
            met = currency[k] != currency[edge] or share < kept or share > 1.02
        else:  # a later payment along the same way is no other way
            for j in range(opened, k):
                met = met or (onward[j, OTHER] == there and amount[j] >= least)
        for d in range(depth + 1):
            met = met or onward[walk[d, 0], OTHER] == there
        if met:
            continue
        if there == home:
            if depth + 2 >= low:
                ways[told, : depth + 1] = walk[: depth + 1, 0]
                ways[told, depth + 1] = k
                ways[told, high] = depth + 2
                told += 1
            continue
        depth += 1
        walk[depth, 0], walk[depth, 1], walk[depth, 2] = k, onward[k, NEXT], onward[k, NEXT]
    return told, bound


def _along(way: Ints, amount: Floats, out_order: Codes, onward: Ints, end: int, least: float, kept: float) -> Ints:
    """Payments of all cycles along a way from its first payment, sorted: index into the log × longest way + hop.

    A payment of a hop is on one if it is no earlier than that of the earliest cycle and no later than that of the
    latest: what comes before can be the earliest, and what comes after the latest.
    """
    high = len(way) - 1
    length = way[high]
    last = way[:length].copy()
    count, before = length, end + 1
    if kept == 0:
        for hop in range(length - 1, 0, -1):
            there = onward[way[hop], OTHER]
            k = after(onward, way[hop], way[hop] + onward[way[hop], MORE] + 1, before - 1) - 1
            while onward[k, OTHER] != there or amount[k] < least:
                k -= 1
            before, last[hop] = onward[k, WHEN], k
            for j in range(way[hop] + 1, k + 1):
                count += onward[j, OTHER] == there and amount[j] >= least
    found = np.zeros(count, dtype=np.int64)
    filled = 0
    for hop in range(length):
        there = onward[way[hop], OTHER]
        for k in range(way[hop], last[hop] + 1):
            if k == way[hop] or (onward[k, OTHER] == there and amount[k] >= least):
                found[filled] = np.int64(out_order[k]) * high + hop
                filled += 1
    return np.sort(found[:filled])
