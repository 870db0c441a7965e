"""Scatter-gather: one account pays several relays, and each of them pays one and the same account on, within days.

For each source the payments of its relays are looked through once and counted by where they go; only a sink that enough
relays paid is looked at closely. A hub is no relay: that it was not looked through is declared. Two friends of a friend
are common where a sink is paid by many and relays pay many: so a hit bears its *surprise*, how unlikely as many relays
would meet there by chance, given how busy source, relays and sink are in its window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.patterns.chance import chance_fit, together
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen
from counterflow.findings.patterns.links import MORE, NEXT, OTHER, WHEN, after

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find", "surprises"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SOURCE, COUNT, RELAY, HEAD, MET = range(5)
"""Labels of an account: mark of the source that reaches it over a relay, over how many relays, the last of them; mark
of the source that pays it, and the first row of these payments."""


def find(
    log: Log,
    *,
    window: int = 7 * DAY,
    relays: int = 3,
    degree: int = 300,
    least: float = 0.0,
    floor: float = 0.0,
    since: int = 0,
) -> Hits:
    """Two layers of payments from one account to another over at least `relays` others, in time order.

    :param degree: a relay with more payments within the window after it was paid is a hub, and not looked through
    :param least: smallest amount of a payment
    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    :return: by first payment; with every payment of the two layers within the window from it. Roles: 0 out of the
        source, 1 into the sink. What is part of a hit that began before is not told again
    """
    onward, backward = log.links
    out, into = log.out, log.into
    low = np.zeros(len(log), dtype=np.bool_) if least <= 0 else log.amount < least
    starts, members, surprise, exhausted = chosen(_search, len(log))(
        log.at, onward, out.starts, out.order, backward, into.starts, into.order, low, window, relays, degree, floor,
        earliest(log.at, since, window), since,
    )  # fmt: skip
    return Hits(starts, members >> 1, int(exhausted), (members & 1).astype(np.int8), surprise).by_first()


def surprises(log: Log, hits: Hits) -> Floats:
    """float64[hits]: the surprise of each hit of `find`, and with it how well each relay keeps the worth of what it was
    paid. Worth ranks: relays that keep none are told where there are enough of them."""
    worth = np.log(log.worth)
    fit, steps = np.zeros(len(hits)), np.ones(len(hits))
    for h, members in enumerate(hits):
        into = hits.role[hits.starts[h] : hits.starts[h + 1]] == 1 if hits.role is not None else members < 0
        came, went = members[~into], members[into]
        relays = np.unique(log.payee[came])
        shares = [chance_fit(worth[came[log.payee[came] == r]], worth[went[log.payer[went] == r]]) for r in relays]
        fit[h], steps[h] = -2 * np.log(shares).sum(), len(shares)
    return (hits.surprise if hits.surprise is not None else np.zeros(len(hits))) + together(fit, steps)


def _search(  # noqa: C901, a kernel is one nest of loops
    at: Ints, onward: Ints, out_starts: Ints, out_order: Codes, backward: Ints, in_starts: Ints, in_order: Codes,
    low: Flags, window: int, relays: int, degree: int, floor: float, begin: int, since: int,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """starts, members × 2 + role, surprise and exhausted of `Hits`, source by source."""
    accounts = len(out_starts) - 1
    label = np.full((accounts, 5), -1, dtype=np.int64)
    again = np.zeros(len(out_order), dtype=np.int64)  # next row of the same payer to the same payee, -1: none
    sinks = np.zeros(64, dtype=np.int64)
    legs, rows = np.zeros(64, dtype=np.int64), np.zeros(64, dtype=np.int64)
    starts, members = np.zeros(1024, dtype=np.int64), np.zeros(4096, dtype=np.int64)
    surprise = np.zeros(1024, dtype=np.float64)
    hits, filled, exhausted = 0, 0, 0
    for source in range(accounts):
        first, last = out_starts[source], out_starts[source + 1]
        while first < last and out_order[first] < begin:
            first += 1
        if last - first < relays:
            continue
        for k in range(last - 1, first - 1, -1):
            r = onward[k, OTHER]
            again[k] = label[r, MET] if label[r, HEAD] == source else -1
            label[r, HEAD], label[r, MET] = source, k
        found = 0
        for k in range(first, last):
            r = onward[k, OTHER]
            if label[r, MET] != k or r == source:
                continue
            # all legs to one relay together: each of its payments is looked at once
            leg, done = k, -1
            while leg >= 0:
                row = onward[leg, NEXT]
                until = int(onward[leg, WHEN]) + window
                if row >= 0 and not low[out_order[leg]]:
                    stop = row + onward[row, MORE] + 1
                    if row + degree < stop and onward[row + degree, WHEN] <= until:
                        exhausted += out_order[leg] >= since
                    else:
                        row = max(row, done)
                        while row < stop and onward[row, WHEN] <= until:
                            sink = onward[row, OTHER]
                            if label[sink, SOURCE] != source:
                                label[sink, SOURCE], label[sink, COUNT], label[sink, RELAY] = source, 1, r
                            elif label[sink, RELAY] != r:
                                label[sink, RELAY] = r
                                label[sink, COUNT] += 1
                                if label[sink, COUNT] == relays and sink != source:
                                    sinks = room(sinks, found + 1)
                                    sinks[found] = sink
                                    found += 1
                            row += 1
                        done = row
                leg = again[leg]
        if found == 0:
            continue
        for sink in sinks[:found]:
            # what relays paid it in any window that begins with a leg: first leg to that relay, row
            kept, done, low_row, high_row = 0, in_starts[sink], in_starts[sink], in_starts[sink]
            for k in range(first, last):
                while low_row < in_starts[sink + 1] and backward[low_row, WHEN] <= onward[k, WHEN]:
                    low_row += 1
                while high_row < in_starts[sink + 1] and backward[high_row, WHEN] <= int(onward[k, WHEN]) + window:
                    high_row += 1
                if high_row - low_row > 4 * degree:
                    exhausted += out_order[k] >= since
                    continue
                for row in range(max(low_row, done), high_row):
                    r = backward[row, OTHER]
                    if label[r, HEAD] == source and r != source and r != sink and not low[in_order[row]]:
                        legs, rows = room(legs, kept + 1), room(rows, kept + 1)
                        legs[kept], rows[kept] = label[r, MET], row
                        kept += 1
                done = max(done, high_row)
            if kept < relays:
                continue
            one = np.argsort(legs[:kept], kind="mergesort")
            # every leg to one of these relays may begin a window
            count = 0
            for e in range(len(one)):
                if e == 0 or legs[one[e]] != legs[one[e - 1]]:
                    leg = legs[one[e]]
                    while leg >= 0:
                        count += 1
                        leg = again[leg]
            anchors = np.empty(count, dtype=np.int64)
            count = 0
            for e in range(len(one)):
                if e == 0 or legs[one[e]] != legs[one[e - 1]]:
                    leg = legs[one[e]]
                    while leg >= 0:
                        anchors[count] = leg
                        count += 1
                        leg = again[leg]
            anchors.sort()
            told = -1
            for place in range(count):
                anchor = int(anchors[place])
                after_ = int(onward[anchor, WHEN])
                until = after_ + window
                number, added, latest, opens = 0, filled, -1, False
                e = 0
                while e < len(one):
                    f = e
                    while f < len(one) and legs[one[f]] == legs[one[e]]:
                        f += 1
                    leg = legs[one[e]]
                    while leg >= 0 and (leg < anchor or low[out_order[leg]]):
                        leg = again[leg]
                    if leg < 0 or onward[leg, WHEN] > until:
                        e = f
                        continue
                    first_leg, final = onward[leg, WHEN], -1
                    for g in range(e, f):
                        t = backward[rows[one[g]], WHEN]
                        if after_ < t <= until:
                            final = max(final, t)
                    if final < 0:
                        e = f
                        continue
                    advance, early = final <= first_leg, first_leg
                    if not advance:  # in order: what comes before it was paid belongs to something else
                        number += 1
                        opens = opens or leg == anchor
                    else:  # it paid in advance
                        early, final = after_, until
                    for g in range(e, f):
                        row = rows[one[g]]
                        if early < backward[row, WHEN] <= until:
                            members = room(members, added + 1)
                            members[added] = in_order[row] * 2 + 1
                            added += 1
                            latest = max(latest, in_order[row])
                    while leg >= 0 and onward[leg, WHEN] <= final:
                        if advance or onward[leg, WHEN] < final:
                            members = room(members, added + 1)
                            members[added] = out_order[leg] * 2
                            added += 1
                            latest = max(latest, out_order[leg])
                        leg = again[leg]
                    e = f
                if number < relays or not opens or latest <= told:
                    continue
                told = latest
                if out_order[anchor] < since:
                    continue
                paid = after(onward, anchor, last, until) - anchor
                came = after(backward, in_starts[sink], in_starts[sink + 1], until)
                came -= after(backward, in_starts[sink], in_starts[sink + 1], after_)
                moved = np.searchsorted(at, at[0] + until, side="right") - out_order[anchor]
                busy = 0
                for e in range(len(one)):
                    if e == 0 or legs[one[e]] != legs[one[e - 1]]:
                        r = onward[legs[one[e]], OTHER]
                        busy += after(onward, out_starts[r], out_starts[r + 1], until)
                        busy -= after(onward, out_starts[r], out_starts[r + 1], after_)
                chance = paid * busy / number * came / moved
                unlikely = (chance - number * np.log(chance)) / np.log(10.0)
                for x in range(2, number + 1):
                    unlikely += np.log10(x)
                if unlikely < floor:
                    continue
                members[filled:added].sort()
                filled = added
                hits += 1
                starts = room(starts, hits + 1)
                surprise = room(surprise, hits)
                starts[hits], surprise[hits - 1] = filled, unlikely
    return starts[: hits + 1], members[:filled], surprise[:hits], exhausted
