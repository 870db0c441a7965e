"""Generated blockchains: ordinary traffic of three chains with thefts laundered inside it, and the truth about these.

All of it is generated: no amount, address or time is real. The course of a theft is the one that public notices tell of
(FBI notice of 26 February 2025 and tracing firms' reports): a stolen token is swapped to the chain's coin, sent over a
bridge to Bitcoin, peeled off, and brought to a few deposit addresses of traders whom an exchange pays out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.storage.tables import LEDGER

__all__ = ["World", "world"]

START = int(dt.datetime(2025, 2, 1, tzinfo=dt.UTC).timestamp())
DAYS = 30
USD = {"ETH": 2500.0, "USDT": 1.0, "BTC": 90_000.0}
CHAINS = ("ethereum", "tron", "bitcoin")
MAIN = {"ethereum": "ETH", "tron": "USDT", "bitcoin": "BTC"}


@dataclass
class World:
    """:param transfers: rows of the ledger's table; :param labels: address → (topic, keyword)
    :param deposits: address → US dollars of stolen money that truly arrived there
    :param crossings: transaction of the deposit → transaction of the payout, of stolen money
    :param peels: transactions of each peel chain
    """

    transfers: pa.Table
    labels: Mapping[str, tuple[str, str]]
    deposits: dict[str, float] = field(default_factory=dict)
    crossings: dict[str, str] = field(default_factory=dict)
    peels: list[set[str]] = field(default_factory=list)


def world(n: int, thefts: int = 5, seed: int = 0, *, noise: float = 0.2, known: bool = True) -> World:
    """About n transfers.

    :param noise: how hard the launderers make it: the share of their addresses that move clean money too, about
        as much again, and in thirds of it the peels that are purchases and the crossings that are late or in two parts;
        the crowd at the bridge grows with it
    :param known: whether the bridge's address on Bitcoin is labelled too
    """
    rng = np.random.default_rng(seed)
    labels: dict[str, tuple[str, str]] = {"0xbridge": ("", "bridge"), "0xpool": ("", "dex")}
    labels |= {f"hot{c}{k}": ("", "exchange") for c in range(3) for k in range(4)}
    if known:
        labels["bc1bridge"] = ("", "bridge")
    parts = [_ordinary(n, rng, noise)]
    made = World(parts[0], labels)
    rows: list[tuple[Any, ...]] = []
    for theft in range(thefts):
        _theft(theft, rng, noise, rows, made)
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 8
    parts.append(_table(*(np.array(c) for c in columns)))
    whole = pa.concat_tables(parts)
    ids = pc.binary_join_element_wise(
        "g", pc.utf8_lpad(pc.cast(pa.array(np.arange(len(whole))), pa.string()), 9, "0"), ""
    )
    schema = LEDGER["transfers"].schema
    columns = {name: whole[name] for name in whole.column_names} | {"row_id": ids}
    constant = {"dataset": "generated", "source_id": "generated", "label_id": "", "locator": "generated"}
    made.transfers = pa.table(
        [columns[f.name].cast(f.type) if f.name in columns
         else pa.array([constant[f.name]]).take(pa.array(np.zeros(len(whole), np.int64))) if f.name in constant
         else pa.nulls(len(whole), f.type) for f in schema], schema=schema,
    )  # fmt: skip
    return made


def _table(tx: Any, chain: Any, at: Any, sender: Any, receiver: Any, asset: Any, amount: Any, usd: Any) -> pa.Table:
    return pa.table(
        {
            "tx": pa.array(tx, pa.string()), "chain": pa.array(chain, pa.string()),
            "timestamp": pa.array(np.asarray(at, dtype=np.int64) * 1_000_000, pa.timestamp("us", "UTC")),
            "from_address": pa.array(sender, pa.string()), "to_address": pa.array(receiver, pa.string()),
            "asset": pa.array(asset, pa.string()), "amount": pa.array(np.asarray(amount, dtype=float)),
            "amount_usd": pa.array(np.asarray(usd, dtype=float)),
        }
    )  # fmt: skip


def _ordinary(n: int, rng: np.random.Generator, noise: float) -> pa.Table:
    """Heavy-tailed payments, exchanges with a tenth of all rows, swaps at a pool, and a crowd at the bridge."""
    m = max(60, n // 6)
    chain = rng.choice(3, n, p=[0.5, 0.25, 0.25])
    weight = rng.lognormal(0, 1.6, m)
    payer = rng.choice(m, n, p=weight / weight.sum())
    payee = rng.choice(m, n, p=np.roll(weight, m // 3) / weight.sum())
    at = START + np.sort(rng.integers(0, DAYS * 86_400, n))
    value = np.round(rng.lognormal(6.5, 1.8, n), 2) + 0.01
    kind = rng.random(n)
    address = pc.utf8_lpad(pc.cast(pa.array(np.arange(m)), pa.string()), 36, "0")
    prefix = pa.array(["0xad", "TRad", "bc1q"])

    def name(who: Any, where: Any) -> pa.Array:
        return pc.binary_join_element_wise(prefix.take(pa.array(where)), address.take(pa.array(who)), "")

    hot = np.char.add(np.char.add("hot", chain.astype(str)), rng.integers(0, 4, n).astype(str))
    sender, receiver = name(payer, chain), name(payee, chain)
    sender = pc.if_else(pa.array((kind > 0.80) & (kind < 0.90)), pa.array(hot), sender)
    receiver = pc.if_else(pa.array(kind >= 0.90), pa.array(hot), receiver)
    asset = np.array([MAIN[c] for c in CHAINS])[chain]
    asset = np.where((chain == 0) & (rng.random(n) < 0.4), "USDT", asset)
    amount = value / np.vectorize(USD.get)(asset)
    tx = pc.binary_join_element_wise("x", pc.cast(pa.array(np.arange(n)), pa.string()), "")
    table = _table(tx, np.array(CHAINS)[chain], at, sender, receiver, asset, amount, value)
    rows: list[tuple[Any, ...]] = []
    for k in range(n // 100):  # swaps
        who, when, usd = (
            f"0xad{rng.integers(m):036}",
            START + int(rng.integers(DAYS * 86_400)),
            float(rng.lognormal(6.5, 1.5)),
        )
        _swap(rows, f"s{k}", when, who, *(("ETH", "USDT") if k % 2 else ("USDT", "ETH")), usd)
    for k in range(int(n / 200 * (1 + 4 * noise))):  # a crowd at the bridge
        when, usd = START + int(rng.integers(DAYS * 86_400)), float(rng.lognormal(7.5, 1.5))
        _cross(rows, f"b{k}", when, f"0xad{rng.integers(m):036}", f"bc1q{rng.integers(m):036}", usd, rng)
    return pa.concat_tables([table, _table(*(np.array(c) for c in zip(*rows, strict=True)))])


def _pay(rows: list[Any], tx: str, chain: str, at: int, sender: str, receiver: str, asset: str, usd: float) -> None:
    rows.append((tx, chain, at, sender, receiver, asset, usd / USD[asset], usd))


def _swap(rows: list[Any], tx: str, at: int, who: str, given: str, got: str, usd: float) -> None:
    _pay(rows, tx, "ethereum", at, who, "0xpool", given, usd)
    _pay(rows, tx, "ethereum", at, "0xpool", who, got, usd * 0.997)


def _cross(
    rows: list[Any], tx: str, at: int, who: str, whom: str, usd: float, rng: np.random.Generator, odd: float = 0.0
) -> tuple[int, float]:
    """Over the bridge. :param odd: probability that it pays out hours later, or in two parts"""
    _pay(rows, tx, "ethereum", at, who, "0xbridge", "ETH", usd)
    later, left = at + int(rng.integers(240, 2400)), usd * (1 - rng.uniform(0.0005, 0.006))
    if rng.random() < odd:
        if rng.random() < 0.5:
            later += int(rng.integers(3600, 6 * 3600))
        else:
            part = left * rng.uniform(0.2, 0.8)
            _pay(rows, tx + "p", "bitcoin", later, "bc1bridge", whom, "BTC", part)
            _pay(rows, tx + "q", "bitcoin", later + 60, "bc1bridge", whom, "BTC", left - part)
            return later + 60, left
    _pay(rows, tx + "o", "bitcoin", later, "bc1bridge", whom, "BTC", left)
    return later, left


def _theft(k: int, rng: np.random.Generator, noise: float, rows: list[Any], made: World) -> None:
    thief = f"0xthief{k}"
    made.labels[thief] = ("crime.theft", "")  # type: ignore[index]
    at = START + int(rng.integers(0, 8 * 86_400))
    whole = float(rng.uniform(2e6, 2e7))
    _pay(rows, f"h{k}", "ethereum", at, f"0xvictim{k}", thief, "USDT", whole)
    branches = int(rng.integers(5, 12))
    traders = [f"bc1otc{k}x{j}" for j in range(int(rng.integers(2, 4)))]
    swept: dict[str, list[tuple[int, float]]] = {}
    for b, share in enumerate(rng.dirichlet(np.full(branches, 4.0))):
        id, who, usd = f"h{k}b{b}", f"0xhop{k}x{b}", float(share * whole)
        when = at + int(rng.integers(600, 2 * 86_400))
        if rng.random() < noise:  # an address with business of its own
            _pay(
                rows,
                id + "c",
                "ethereum",
                when - int(rng.integers(-600, 600)),
                f"0xad{rng.integers(50):036}",
                who,
                "USDT",
                usd * rng.uniform(0.3, 1.7),
            )
        _pay(rows, id, "ethereum", when, thief, who, "USDT", usd)
        when += int(rng.integers(300, 6 * 3600))
        _swap(rows, id + "s", when, who, "USDT", "ETH", usd)
        when += int(rng.integers(300, 6 * 3600))
        first = f"bc1peel{k}x{b}x0"
        when, usd = _cross(rows, id + "d", when, who, first, usd * 0.997, rng, noise / 3)
        made.crossings[id + "d"] = id + "do"
        members: set[str] = set()
        here, ratio = first, rng.uniform(0.04, 0.12)
        if rng.random() < noise:
            _pay(
                rows,
                id + "k",
                "bitcoin",
                when - int(rng.integers(-600, 600)),
                f"bc1q{rng.integers(50):036}",
                here,
                "BTC",
                usd * rng.uniform(0.3, 1.7),
            )
        for step in range(int(rng.integers(6, 14))):
            when += int(rng.integers(900, 9 * 3600))
            peeled = usd * ratio * rng.uniform(0.85, 1.15)
            trader, after, tx = traders[int(rng.integers(len(traders)))], f"bc1peel{k}x{b}x{step + 1}", f"{id}p{step}"
            trader = f"bc1q{rng.integers(50):036}" if rng.random() < noise / 3 else trader  # a purchase
            _pay(rows, tx, "bitcoin", when, here, trader, "BTC", peeled)
            usd -= peeled
            _pay(rows, tx, "bitcoin", when, here, after, "BTC", usd)
            if trader in traders:
                swept.setdefault(trader, []).append((when, peeled))
            members.add(tx)
            here = after
        made.peels.append(members)
        trader = traders[0]
        when += int(rng.integers(900, 9 * 3600))
        _pay(rows, id + "e", "bitcoin", when, here, trader, "BTC", usd)
        swept.setdefault(trader, []).append((when, usd))
    for trader, came in swept.items():
        made.deposits[trader] = sum(usd for _, usd in came)
        if rng.random() < noise:  # a trader with honest customers too
            _pay(
                rows,
                f"{trader}c",
                "bitcoin",
                at,
                f"bc1q{rng.integers(50):036}",
                trader,
                "BTC",
                made.deposits[trader] / 2,
            )
        for j, (when, usd) in enumerate(sorted(came)):
            _pay(rows, f"{trader}w{j}", "bitcoin", when + 3600, trader, "hot20", "BTC", usd)
