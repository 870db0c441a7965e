"""Crossings: a deposit with a bridge on one chain, and the payment on another chain that is it, by value and minutes.

A bridge pays out on the other chain what it took in, less a fee, within minutes; nothing in the books ties the two
together. Candidates are payments out of known bridges there; on a chain where no source names a bridge, any payment,
until one address there is seen to pay what the bridge took in again and again: then that is the bridge's. A match is
*unique* where the deposit has one candidate and the candidate one deposit, or where the same address stands on both
sides; else it is ambiguous, and nobody follows it. How likely a candidate was by chance is told from how many payments
of that size there are around.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.crypto.transfers import Transfers, kernel

__all__ = ["Crossings", "find"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

AROUND = 86_400
"""Seconds before and after a deposit in which payments of its size are counted for the odds of a chance match."""
VAULT = 20
"""Payments that an address must have made of what a bridge took in, to be taken for the bridge's."""
WRAPPED = {"WETH": "ETH", "WBTC": "BTC", "WBNB": "BNB", "WTRX": "TRX", "BTCB": "BTC", "RENBTC": "BTC", "TBTC": "BTC",
           "USDC.E": "USDC", "USDBC": "USDC", "USDT.E": "USDT", "XBT": "BTC", "STETH": "ETH"}  # fmt: skip
"""Ticker → the asset that it stands for, one for one."""


@dataclass(frozen=True)
class Crossings:
    """:param deposit: int32[m], transfers into a bridge that have a candidate; `payout`: the best candidate of each
    :param candidates: int32[m], how many there were; :param unique: bool[m]
    :param chance: float64[m], probability that so good a candidate were there by chance
    :param vaults: numbers of addresses that must be the bridge's by what they pay, though no source says so
    """

    deposit: Codes
    payout: Codes
    candidates: Codes
    unique: Flags
    chance: Floats
    vaults: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.deposit)


def find(transfers: Transfers, bridges: Flags, *, minutes: float, fee: float) -> Crossings:
    """The best candidate of each deposit with a bridge.

    Values are compared in US dollars where both sides have them, else in units of an asset that is the same on both
    chains or stands for it.

    :param bridges: bool[names], addresses known to be bridges
    :param minutes: longest time from deposit to payout; :param fee: most that the bridge keeps, as a share
    """
    known = np.zeros(len(transfers.chains), dtype=np.bool_)
    known[transfers.chain[bridges[transfers.sender]]] = True
    deposit, payout = _sides(transfers, bridges, known)
    if not len(deposit) or not len(payout):
        empty = np.zeros(0, dtype=np.int32)
        return Crossings(empty, empty, empty, empty.astype(np.bool_), empty.astype(np.float64))
    found = _candidates(transfers, deposit, payout, minutes, fee)
    vaults = _vaults(transfers, payout, found[3], known)
    if vaults.any():
        every = bridges | vaults
        known[transfers.chain[vaults[transfers.sender]]] = True
        deposit, payout = _sides(transfers, every, known)
        found = _candidates(transfers, deposit, payout, minutes, fee)
    best, candidates, own, asked, around = found
    has = best >= 0
    alone = (own == 1) | ((candidates == 1) & (asked[np.maximum(best, 0)] == 1))
    # two deposits that both take one payout for theirs: neither has it
    twice = np.bincount(best[has & alone], minlength=len(transfers))[np.maximum(best, 0)] > 1
    spread = minutes * 60 / max(1.0, 2 * AROUND - minutes * 60)
    chance = -np.expm1(-(np.maximum(around - 1, 0) + 0.5) * spread)
    return Crossings(
        deposit[has].astype(np.int32), best[has].astype(np.int32), candidates[has].astype(np.int32),
        (alone & ~twice)[has], chance[has], tuple(np.flatnonzero(vaults).tolist()),
    )  # fmt: skip


def _sides(transfers: Transfers, bridges: Flags, known: Flags) -> tuple[Ints, Ints]:
    """Transfers into bridges, and those that may be payouts."""
    into, out = bridges[transfers.receiver], bridges[transfers.sender]
    deposit = np.flatnonzero(into & ~out & transfers.dated)
    return deposit, np.flatnonzero((out | ~known[transfers.chain]) & ~into & transfers.dated)


def _vaults(transfers: Transfers, payout: Ints, asked: Codes, known: Flags) -> Flags:
    """bool[names]: on chains without a known bridge, senders of whose payments nearly all are what a bridge may have
    paid, and far more than of anybody's."""
    names = len(transfers.names)
    there = payout[~known[transfers.chain[payout]]]
    paid = np.bincount(transfers.sender[there], minlength=names)
    matched = np.bincount(transfers.sender[there], asked[there] > 0, minlength=names)
    usual = (matched.sum() - matched) / np.maximum(1, len(there) - paid)  # of everybody else
    found: Flags = (matched >= VAULT) & (matched >= 0.8 * paid) & (matched >= 3 * usual * paid)
    return found


def _candidates(transfers: Transfers, deposit: Ints, payout: Ints, minutes: float, fee: float) -> Any:
    """Of each deposit the best candidate (-1: none), how many there are, how many of them at its own address; of each
    transfer how many deposits it would do for; of each deposit how many payments of its size there are around."""
    unit = _units(transfers)
    width = -np.log1p(-fee) + np.log(1.001)
    place, entered, at, value = _entries(transfers, payout, unit, width)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(entered)) + 1, [len(place)]))[: len(place) + 1]
    return kernel(_match, len(transfers))(
        deposit, transfers.at, transfers.usd, transfers.amount, unit, transfers.chain, transfers.sender,
        transfers.receiver, place, at, value, entered[starts[:-1]], starts, fee, int(minutes * 60), width,
    )  # fmt: skip


def _units(transfers: Transfers) -> Codes:
    """int32[n]: what asset a transfer is of, wrapped or not."""
    stands = [WRAPPED.get(t, t) for t in transfers.tickers]
    number = {t: n for n, t in enumerate(sorted(set(stands)))}
    codes = np.array([number[t] if t else -1 for t in stands], dtype=np.int32)
    found: Codes = codes[transfers.ticker] if len(codes) else np.full(len(transfers), -1, dtype=np.int32)
    return found


def _entries(transfers: Transfers, payout: Ints, unit: Codes, width: float) -> tuple[Ints, Ints, Ints, Floats]:
    """Payouts by what they are compared in (0: US dollars, else the asset), size and time: transfer, key of kind and
    bucket of the value's logarithm, at, value."""
    dollars = payout[transfers.usd[payout] > 0]
    units = payout[(transfers.amount[payout] > 0) & (unit[payout] >= 0)]
    place = np.concatenate((dollars, units))
    kind = np.concatenate((np.zeros(len(dollars), dtype=np.int64), unit[units].astype(np.int64) + 1))
    value = np.concatenate((transfers.usd[dollars], transfers.amount[units]))
    bucket = np.floor(np.log(value) / width).astype(np.int64)
    keys = kind * (1 << 32) + bucket + (1 << 31)
    order = np.argsort(keys, kind="stable")  # of one key they are in order of time already
    return place[order], keys[order], transfers.at[place[order]], value[order]


def _match(
    deposit: Ints, when: Ints, usd: Floats, amount: Floats, unit: Codes, chain: Codes, sender: Codes, receiver: Codes,
    place: Ints, at: Ints, value: Floats, keys: Ints, starts: Ints, fee: float, window: int, width: float,
) -> tuple[Ints, Codes, Codes, Codes, Floats]:  # fmt: skip
    m = len(deposit)
    best = np.full(m, -1, dtype=np.int64)
    candidates, own = np.zeros(m, dtype=np.int32), np.zeros(m, dtype=np.int32)
    asked = np.zeros(len(when), dtype=np.int32)
    around = np.zeros(m)
    for k in range(m):
        d = deposit[k]
        nearest = np.inf
        best_own = False
        for turn in range(2):  # in US dollars, then in the asset itself
            sum_ = usd[d] if turn == 0 else amount[d]
            if not sum_ > 0.0 or (turn == 1 and unit[d] < 0):
                continue
            kind = 0 if turn == 0 else int(unit[d]) + 1
            low, high = sum_ * (1 - fee), sum_ * 1.001
            for b in range(int(np.floor(np.log(low) / width)), int(np.floor(np.log(high) / width)) + 1):
                key = kind * (1 << 32) + b + (1 << 31)
                g = np.searchsorted(keys, key)
                if g >= len(keys) or keys[g] != key:
                    continue
                begin, end = starts[g], starts[g + 1]
                times = at[begin:end]
                for e in range(
                    begin + np.searchsorted(times, when[d] - AROUND),
                    begin + np.searchsorted(times, when[d] + AROUND, side="right"),
                ):
                    w = place[e]
                    if chain[w] == chain[d] or value[e] < low or value[e] > high:
                        continue
                    if turn == 1 and usd[w] > 0.0 and usd[d] > 0.0:
                        continue  # compared in dollars already
                    around[k] += 1
                    if w <= d or at[e] > when[d] + window:
                        continue
                    candidates[k] += 1
                    asked[w] += 1
                    mine = receiver[w] == sender[d]
                    own[k] += mine
                    off = abs(1.0 - value[e] / sum_)
                    if (mine and not best_own) or (mine == best_own and off < nearest):
                        nearest, best[k], best_own = off, w, mine
    return best, candidates, own, asked, around
