"""The running statistics of each account and window, and what they say of each payment.

An account is swept by itself, over the payments that a batch adds to its two lists: so the whole of its state stays
close by. All sums are of whole numbers. Payments of one second see none of each other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from counterflow.entities.compiling import fetch
from counterflow.findings.features.lists import (
    ACCOUNT,
    CHAIN,
    CODE,
    DISTINCT,
    DROPPED,
    EXTRA,
    FINE,
    FRESH,
    HEAD,
    HEADS,
    LEAST,
    LENGTH,
    LINK,
    MET,
    MOST,
    NEW,
    OCTAVE,
    PART,
    PREV,
    ROW,
    S1,
    S2,
    S3,
    S4,
    SEEN,
    SIDE,
    START,
    SUMS,
    WHOLE,
    Array,
    leave,
    logarithm,
)  # fmt: skip

__all__ = ["sweep"]

LIFE = 8
AGE, OUT_EVER, IN_EVER, PAYEES, PAYERS, SINCE_OUT, SINCE_IN, QUIET = range(LIFE)
RICH, COUNTS, AGAINST = 10, 3, 3
UNIT = 0.6931471805599453 / OCTAVE
NEVER = 2**31 - 1
AHEAD = 4
"""Rows of an account that are fetched before they are written: memory is slower than all that is computed here."""


def sweep(  # noqa: C901, a kernel is one nest of loops
    touched: Array, header: Array, links: Array, amounts: Array, chain: Array, sums: Array, heads: Array, spans: Array,
    rich: Any, at: Array, amount: Array, rows: Array, own: Array, block: Array, out: Array, wide: Any, payer: Any,
    payee: Any,
) -> None:  # fmt: skip
    """Write the sections of payer and payee.

    :param spans: windows in seconds, `rich` of them with statistics of amounts; :param own: next payment to oneself
    :param block: float32, room for one section; :param out: float32, rows of `wide` columns, one after the other
    :param payer: the payer's section's first column, likewise `payee`
    """
    windows = len(spans)
    width = RICH * rich + COUNTS * (windows - rich)
    half = LIFE + 2 * width + AGAINST * rich
    for n in range(len(touched)):
        a = np.int64(touched[n])
        if n + 4 < len(touched):
            _fetch_sums(2 * np.int64(touched[n + 4]) * windows, windows, sums, heads)
        if n + 2 < len(touched):
            _fetch_ends(touched[n + 2], windows, header, links, amounts, chain, heads)
        if n + 1 < len(touched):
            _near(touched[n + 1], header, chain, out, wide, payer, payee, half)
        ho, hi = a * ACCOUNT, a * ACCOUNT + SIDE
        origin_out = np.int64(header[ho + START]) - header[ho + DROPPED]
        origin_in = np.int64(header[hi + START]) - header[hi + DROPPED]
        end_out = header[ho + DROPPED] + header[ho + LENGTH]
        end_in = header[hi + DROPPED] + header[hi + LENGTH]
        next_out, next_in, mine = header[ho + FRESH], header[hi + FRESH], header[hi + EXTRA]
        first = True  # after that, what did not change in the block need not be written again
        while True:
            t = np.int64(NEVER) + 1
            if next_out < end_out:
                t = np.int64(links[LINK * (origin_out + next_out)])
            if next_in < end_in:
                t = min(t, np.int64(links[LINK * (origin_in + next_in)]))
            if mine >= 0:
                t = min(t, np.int64(at[mine]))
            if t > NEVER:
                break
            for side in range(2):
                h = ho + side * SIDE
                origin = origin_out if side == 0 else origin_in
                end = end_out if side == 0 else end_in
                window = (2 * a + side) * windows
                before = header[h + SEEN]
                _arrive(h, origin, end, t, window, rich, windows, header, links, amounts, chain, sums, heads)
                seen = header[h + SEEN]
                for w in range(windows):
                    head = heads[(window + w) * HEADS + HEAD]
                    leave(window + w, w < rich, origin, seen, t - spans[w], links, amounts, chain, sums, heads)
                    if first or seen != before or head != heads[(window + w) * HEADS + HEAD]:
                        _describe(window + w, w < rich, origin, seen, amounts, sums, heads, block,
                                  LIFE + side * width + RICH * min(w, rich) + COUNTS * max(w - rich, 0))  # fmt: skip
            first = False
            _live(ho, t, origin_out, origin_in, header, links, block, AGE)
            while next_out < end_out and links[LINK * (origin_out + next_out)] == t:
                k = origin_out + next_out
                q = chain[CHAIN * k + CODE] >> 1
                _against(a, amounts[k], q, True, rich, windows, header, sums, heads, block)
                _write(block, half, out, np.int64(chain[CHAIN * k + ROW]) * wide + payer)
                if next_out + AHEAD < end_out:
                    _fetch_row(out, np.int64(chain[CHAIN * (k + AHEAD) + ROW]) * wide + payer, half)
                next_out += 1
            while next_in < end_in and links[LINK * (origin_in + next_in)] == t:
                k = origin_in + next_in
                q = chain[CHAIN * k + CODE] >> 1
                _against(a, amounts[k], q, False, rich, windows, header, sums, heads, block)
                _write(block, half, out, np.int64(chain[CHAIN * k + ROW]) * wide + payee)
                if next_in + AHEAD < end_in:
                    _fetch_row(out, np.int64(chain[CHAIN * (k + AHEAD) + ROW]) * wide + payee, half)
                next_in += 1
            while mine >= 0 and at[mine] == t:
                q = logarithm(amount[mine])
                _against(a, amount[mine], q, True, rich, windows, header, sums, heads, block)
                _write(block, half, out, np.int64(rows[mine]) * wide + payer)
                _against(a, amount[mine], q, False, rich, windows, header, sums, heads, block)
                _write(block, half, out, np.int64(rows[mine]) * wide + payee)
                mine = own[mine]
        header[hi + EXTRA] = -1


def _fetch_sums(base: Any, windows: Any, sums: Array, heads: Array) -> None:
    for w in range(2 * windows):
        fetch(sums, (base + w) * SUMS)
    for w in range(0, 2 * windows, 4):
        fetch(heads, (base + w) * HEADS)


def _fetch_ends(
    account: Any, windows: Any, header: Array, links: Array, amounts: Array, chain: Array, heads: Array
) -> None:
    """The payments that leave an account's windows next, and those that enter them."""
    for side in range(2):
        h = np.int64(account) * ACCOUNT + side * SIDE
        origin = np.int64(header[h + START]) - header[h + DROPPED]
        for w in range(-1, windows):
            k = heads[((2 * np.int64(account) + side) * windows + w) * HEADS + HEAD] if w >= 0 else header[h + SEEN]
            fetch(links, LINK * (origin + k))
            fetch(amounts, origin + k)
            fetch(chain, CHAIN * (origin + k))


def _near(account: Any, header: Array, chain: Array, out: Array, wide: Any, payer: Any, payee: Any, half: Any) -> None:
    """Have the first rows of an account's payments fetched, while another account is swept."""
    for side in range(2):
        h = np.int64(account) * ACCOUNT + side * SIDE
        first = np.int64(header[h + START]) + header[h + FRESH] - header[h + DROPPED]
        last = np.int64(header[h + START]) + header[h + LENGTH]
        for k in range(first, min(first + AHEAD, last)):
            _fetch_row(out, np.int64(chain[CHAIN * k + ROW]) * wide + (payer if side == 0 else payee), half)


def _fetch_row(out: Array, place: Any, half: Any) -> None:
    for c in range(0, half, 16):
        fetch(out, place + c)
    fetch(out, place + half - 1)


def _write(block: Array, half: Any, out: Array, place: Any) -> None:
    for c in range(half):
        out[place + c] = block[c]


def _arrive(
    h: Any, origin: Any, end: Any, t: Any, base: Any, rich: Any, windows: Any, header: Array, links: Array,
    amounts: Array, chain: Array, sums: Array, heads: Array,
) -> None:  # fmt: skip
    """Let all windows see the payments before second t."""
    seen = header[h + SEEN]
    while seen < end and links[LINK * (origin + seen)] < t:
        k = origin + seen
        code = np.int64(chain[CHAIN * k + CODE])
        before = links[LINK * k + PREV]
        q = code >> 1
        value = amounts[k]
        floor = math.floor(value)
        header[h + MET] += before < 0
        for w in range(windows):
            s, p = (base + w) * SUMS, (base + w) * HEADS
            head = heads[p + HEAD]
            if before < head:
                sums[s + DISTINCT] += 1
            sums[s + NEW] += code & 1
            if w < rich:
                sums[s + S1] += q
                sums[s + S2] += q * q
                sums[s + S3] += q * q * q
                sums[s + S4] += q * q * q * q
                sums[s + WHOLE] += np.int64(floor)
                sums[s + PART] += np.int64(round((value - floor) * FINE))
                if head == seen:
                    heads[p + LEAST] = seen
                    heads[p + MOST] = seen
                else:
                    if heads[p + LEAST] >= 0 and value <= amounts[origin + heads[p + LEAST]]:
                        heads[p + LEAST] = seen
                    if heads[p + MOST] >= 0 and value >= amounts[origin + heads[p + MOST]]:
                        heads[p + MOST] = seen
        seen += 1
    header[h + SEEN] = seen


def _describe(
    window: Any, whole: bool, origin: Any, seen: Any, amounts: Array, sums: Array, heads: Array, block: Array, c: Any
) -> None:
    """One window's statistics, from column c of the block."""
    s, p = window * SUMS, window * HEADS
    n = seen - heads[p + HEAD]
    block[c] = n
    block[c + 1] = sums[s + DISTINCT]
    block[c + 2] = sums[s + NEW]
    if whole:
        if n == 0:
            block[c + 3] = 0
            for k in range(4, RICH):
                block[c + k] = np.nan
        else:
            if heads[p + LEAST] < 0 or heads[p + MOST] < 0:
                least = most = heads[p + HEAD]
                for k in range(heads[p + HEAD] + 1, seen):
                    if amounts[origin + k] <= amounts[origin + least]:
                        least = k
                    if amounts[origin + k] >= amounts[origin + most]:
                        most = k
                heads[p + LEAST], heads[p + MOST] = least, most
            total = sums[s + WHOLE] + sums[s + PART] / FINE
            block[c + 3] = total
            block[c + 4] = total / n
            block[c + 5] = amounts[origin + heads[p + LEAST]]
            block[c + 6] = amounts[origin + heads[p + MOST]]
            # powers about a whole number close to the mean: small, and exact still
            m = np.int64(round(sums[s + S1] / n))
            t1 = sums[s + S1] - n * m
            t2 = sums[s + S2] - 2 * m * sums[s + S1] + n * m * m
            block[c + 7] = 0
            block[c + 8] = np.nan
            block[c + 9] = np.nan
            if n * t2 != t1 * t1:
                t3 = sums[s + S3] - 3 * m * sums[s + S2] + 3 * m * m * sums[s + S1] - n * m * m * m
                t4 = (sums[s + S4] - 4 * m * sums[s + S3] + 6 * m * m * sums[s + S2] - 4 * m * m * m * sums[s + S1]
                      + n * m * m * m * m)  # fmt: skip
                d, r2 = t1 / n, t2 / n
                variance = r2 - d * d
                third = t3 / n - 3 * d * r2 + 2 * d * d * d
                fourth = t4 / n - 4 * d * (t3 / n) + 6 * d * d * r2 - 3 * d * d * d * d
                sd = math.sqrt(variance)
                block[c + 7] = sd * UNIT
                block[c + 8] = third / (variance * sd)
                block[c + 9] = fourth / (variance * variance) - 3


def _live(h: Any, t: Any, origin_out: Any, origin_in: Any, header: Array, links: Array, block: Array, c: Any) -> None:
    """How long the account is known, how much it did, how long it was quiet."""
    first = np.int64(header[h + EXTRA])
    block[c + AGE] = t - first if first < t else np.nan
    seen_out, seen_in = header[h + SEEN], header[h + SIDE + SEEN]
    block[c + OUT_EVER] = seen_out
    block[c + IN_EVER] = seen_in
    block[c + PAYEES] = header[h + MET]
    block[c + PAYERS] = header[h + SIDE + MET]
    since_out = t - np.int64(links[LINK * (origin_out + seen_out - 1)]) if seen_out > 0 else np.int64(-1)
    since_in = t - np.int64(links[LINK * (origin_in + seen_in - 1)]) if seen_in > 0 else np.int64(-1)
    block[c + SINCE_OUT] = since_out if since_out >= 0 else np.nan
    block[c + SINCE_IN] = since_in if since_in >= 0 else np.nan
    quiet = min(since_out, since_in) if since_out >= 0 and since_in >= 0 else max(since_out, since_in)
    block[c + QUIET] = quiet if quiet >= 0 else np.nan


def _against(
    a: Any, amount: Any, q: Any, paying: Any, rich: Any, windows: Any, header: Array, sums: Array, heads: Array,
    block: Array,
) -> None:  # fmt: skip
    """What a payment is against its account's windows. :param q: its amount's logarithm; :param paying: as the payer"""
    width = RICH * rich + COUNTS * (windows - rich)
    side = 0 if paying else 1
    seen = header[a * ACCOUNT + side * SIDE + SEEN]
    for w in range(rich):
        c = LIFE + 2 * width + AGAINST * w
        out, into = (2 * a * windows + w) * SUMS, ((2 * a + 1) * windows + w) * SUMS
        paid = sums[out + WHOLE] + sums[out + PART] / FINE
        came = sums[into + WHOLE] + sums[into + PART] / FINE
        block[c] = (paid + (amount if paying else 0.0)) / came if came > 0 else np.nan
        block[c + 1] = amount / came if came > 0 else np.nan
        n = seen - heads[((2 * a + side) * windows + w) * HEADS + HEAD]
        sd = block[LIFE + side * width + RICH * w + 7]
        block[c + 2] = np.nan
        if n > 0 and sd > 0:
            block[c + 2] = (q - sums[(out if paying else into) + S1] / n) * UNIT / sd
