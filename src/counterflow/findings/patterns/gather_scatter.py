"""Gather-scatter: an account that strangers pay, and that then pays strangers, within days.

The moment that best parts payments in from payments out splits the window in two, which overlap by a day. A busy
account meets strangers every day, so a hit bears its *surprise*: how unlikely so many payers in the first part and so
many payees in the second are for the account, given whom it met before and in the rest of the window. Amounts say
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.observations import DAY
from counterflow.findings.patterns.fans import SHAPE, unlikely
from counterflow.findings.patterns.hits import Hits, earliest, room
from counterflow.findings.patterns.kernels import chosen

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["find"]

SIDE = DAY
"""Seconds that gathering may go on after the moment that parts the two, and scattering may begin before it."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def find(
    log: Log,
    *,
    window: int = 10 * DAY,
    each: int = 2,
    both: int = 6,
    most: int = 400,
    history: int = 60 * DAY,
    usual: float = 4.0,
    floor: float = 3.0,
    since: int = 0,
) -> Hits:
    """Accounts paid by at least `each` strangers and then paying at least `each`, `both` together, within `window`
    seconds of the first.

    :param most: a window with more strangers is not looked at and counted as exhausted: a shop, a payment institution
    :param history: seconds before the window whose strangers say what is usual for the account
    :param usual: strangers within a window that are usual for an account of which nothing is known
    :param floor: least surprise, decimal logarithm of how unlikely
    :param since: only hits whose first payment is at or after this place in the log
    :return: by first payment. Roles: 0 gathered, 1 scattered. What is part of a hit that began before is not told again
    """
    came, went = log.fresh_into, log.fresh_out
    starts, members, surprise, exhausted = chosen(_search, len(log))(
        log.at, came.starts, came.order, went.starts, went.order, window, each, both, most, history, usual, floor,
        earliest(log.at, since, window), since,
    )  # fmt: skip
    return Hits(starts, members >> 1, int(exhausted), (members & 1).astype(np.int8), surprise).by_first()


def _search(  # noqa: C901, a kernel is one nest of loops
    at: Ints, in_starts: Ints, in_order: Codes, out_starts: Ints, out_order: Codes, window: int, each: int, both: int,
    most: int, history: int, usual: float, floor: float, begin: int, since: int,
) -> tuple[Ints, Ints, Floats, int]:  # fmt: skip
    """starts, members × 2 + role, surprise and exhausted of `Hits`, account by account."""
    starts, members = np.zeros(1024, dtype=np.int64), np.zeros(4096, dtype=np.int64)
    surprise = np.zeros(1024, dtype=np.float64)
    hits, filled, exhausted = 0, 0, 0
    for a in range(len(in_starts) - 1):
        in_last, out_last = in_starts[a + 1], out_starts[a + 1]
        if in_last - in_starts[a] < each or out_last - out_starts[a] < each:
            continue
        in_end, in_past = in_starts[a], in_starts[a]
        out_begin, out_end, out_past = out_starts[a], out_starts[a], out_starts[a]
        told = -1
        for k in range(in_starts[a], in_last):
            first = in_order[k]
            t = at[first]
            while in_end < in_last and at[in_order[in_end]] <= t + window:
                in_end += 1
            while at[in_order[in_past]] < t - history:
                in_past += 1
            while out_begin < out_last and at[out_order[out_begin]] <= t:
                out_begin += 1
            while out_end < out_last and at[out_order[out_end]] <= t + window:
                out_end += 1
            while out_past < out_begin and at[out_order[out_past]] < t - history:
                out_past += 1
            gathered, scattered = in_end - k, out_end - out_begin
            if first < begin or gathered < each or scattered < each or gathered + scattered < both:
                continue
            if gathered + scattered > most:
                exhausted += first >= since
                continue
            parts = _parts(at, in_order, k, in_end, out_order, out_begin, out_end)
            if parts < t:
                continue
            # the two may run side by side for a while around the moment that parts them
            stop, start = min(parts + SIDE, t + window), max(parts - SIDE, t)
            in_stop, out_start = k, out_begin
            while in_stop < in_end and at[in_order[in_stop]] <= stop:
                in_stop += 1
            while out_start < out_end and at[out_order[out_start]] <= start:
                out_start += 1
            gathered, scattered = in_stop - k, out_end - out_start
            if gathered < each or scattered < each or gathered + scattered < both:
                continue
            watched = min(history, t - at[0]) + SHAPE * window / usual
            # what is usual for the account: the time before, and the rest of the window
            known, rest = k - in_past + in_end - in_stop, max(0, t + window - stop)
            s = unlikely(gathered - 1, known + SHAPE, (watched + rest) / max(stop - t, window // 4))
            known, rest = out_start - out_past, start - t
            s += unlikely(scattered, known + SHAPE, (watched + rest) / (t + window - start))
            if s < floor:
                continue
            # what belongs to it reaches further than what tells it
            while in_stop < in_end and at[in_order[in_stop]] <= stop + SIDE:
                in_stop += 1
            while out_start > out_begin and at[out_order[out_start - 1]] > start - SIDE:
                out_start -= 1
            gathered, scattered = in_stop - k, out_end - out_start
            latest = max(in_order[in_stop - 1], out_order[out_end - 1])
            if latest <= told:
                continue
            told = latest
            if first < since:
                continue
            members = room(members, filled + gathered + scattered)
            for p in range(k, in_stop):
                members[filled] = in_order[p] * 2
                filled += 1
            for p in range(out_start, out_end):
                members[filled] = out_order[p] * 2 + 1
                filled += 1
            members[filled - gathered - scattered : filled].sort()
            hits += 1
            starts, surprise = room(starts, hits + 1), room(surprise, hits)
            starts[hits], surprise[hits - 1] = filled, s
    return starts[: hits + 1], members[:filled], surprise[:hits], exhausted


def _parts(at: Ints, in_order: Codes, low: int, high: int, out_order: Codes, begin: int, end: int) -> int:
    """The second that best parts payments in from payments out: the likelihood that each side has its own mixture is
    the most above that of one mixture. -1: payments out come first."""
    came, went = high - low, end - begin
    p, best, moment = begin, 0.0, -1
    for k in range(low, high):  # just after an incoming payment
        while p < end and at[out_order[p]] <= at[in_order[k]]:
            p += 1
        early, out = k - low + 1, p - begin
        if early * went <= out * came:
            continue
        before, after, gain = early + out, came - early + went - out, 0.0
        for n, row, column in (
            (early, came, before), (came - early, came, after), (out, went, before), (went - out, went, after)
        ):  # fmt: skip
            if n > 0:
                gain += n * np.log(n * (came + went) / (row * column))
        if gain > best:
            best, moment = gain, at[in_order[k]]
    return moment
