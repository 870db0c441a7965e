"""Payments shaped like AMLworld HI-Small, for benchmarks: generated, with the real laundering attempts embedded.

The published file's background is not at hand; what is known of it is: 5,078,345 payments, 515,080 accounts, 591,212 of
the payments to oneself, ten days. Here: heavy-tailed activity, counterparties that are paid again, payments returned,
friends of friends, several currencies, minute resolution. What is measured on it is generated for precision and real
for recall.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["background", "embedded"]

START = dt.datetime(2022, 9, 1, tzinfo=dt.UTC)
DAYS = 10
CURRENCIES = {
    "USD": 0.37, "EUR": 0.23, "CHF": 0.05, "CNY": 0.04, "INR": 0.04, "JPY": 0.03, "GBP": 0.04, "RUB": 0.03, "AUD": 0.03,
    "CAD": 0.03, "MXN": 0.02, "ILS": 0.03, "BRL": 0.02, "SAR": 0.02, "BTC": 0.02,
}  # fmt: skip
FORMATS = {"Cheque": 0.37, "Credit Card": 0.26, "ACH": 0.12, "Cash": 0.1, "Reinvestment": 0.09, "Wire": 0.03,
           "Bitcoin": 0.03}  # fmt: skip


def background(
    n: int, seed: int = 0, *, accounts: int | None = None, first: int = 0, reciprocal_hubs: int = 0
) -> pa.Table:
    """n payments: payment_id, timestamp, from_bank, from_account, to_bank, to_account, amount, currency, method.

    :param accounts: default 515,080 for 5,078,345 payments, in proportion
    :param first: number of the first payment, for ids
    :param reciprocal_hubs: so many accounts pay and are paid by everybody, back and forth: the worst case of a search
    """
    rng = np.random.default_rng(seed)
    m = accounts or max(50, round(n * 515_080 / 5_078_345))
    weight = rng.lognormal(0.0, 1.6, m)
    payer = rng.choice(m, n, p=weight / weight.sum()).astype(np.int64)
    attraction = rng.lognormal(0.0, 1.4, m)
    fresh = rng.choice(m, n, p=attraction / attraction.sum()).astype(np.int64)
    # each account has a handful of usual counterparties, the first of them the most usual
    usual = (payer * 2_654_435_761 + np.minimum(rng.geometric(0.35, n), 12) * 40_503) % m
    payee = np.where(rng.random(n) < 0.72, usual, fresh)
    kind = rng.random(n)
    payee = np.where(kind < 0.117, payer, payee)
    at = np.sort(rng.integers(0, DAYS * 24 * 60, n)) * 60
    back = np.flatnonzero((kind > 0.97) & (np.arange(n) > 50))  # a payment returned, or a friend of a friend paid
    to = back - rng.integers(1, 50, len(back))
    payer[back], payee[back] = payee[to], np.where(rng.random(len(back)) < 0.7, payer[to], payee[back])
    if reciprocal_hubs:
        hub = rng.integers(0, reciprocal_hubs, n)
        turn = rng.random(n)
        payer, payee = np.where(turn < 0.25, hub, payer), np.where((turn >= 0.25) & (turn < 0.5), hub, payee)
    bank = (np.arange(m) * 7919) % max(3, m // 17)
    currency = rng.choice(len(CURRENCIES), m, p=np.array(list(CURRENCIES.values())) / sum(CURRENCIES.values()))
    formats = rng.choice(len(FORMATS), n, p=np.array(list(FORMATS.values())) / sum(FORMATS.values()))
    return pa.table(
        {
            "payment_id": pc.binary_join_element_wise("B", pc.cast(pa.array(np.arange(n) + first), pa.string()), ""),
            "timestamp": pa.array(at * 1_000_000 + int(START.timestamp() * 1e6), pa.timestamp("us", "UTC")),
            "from_bank": _text(bank[payer], ""), "from_account": _text(payer, "G"),
            "to_bank": _text(bank[payee], ""), "to_account": _text(payee, "G"),
            "amount": pa.array(np.round(rng.lognormal(7.2, 2.2, n) + 0.01, 2)),
            "currency": pa.array(list(CURRENCIES)).take(pa.array(currency[payer])),
            "method": pa.array(list(FORMATS)).take(pa.array(formats)),
        }
    )  # fmt: skip


def embedded(n: int, attempts: Path, seed: int = 0, *, lone: float = 0.5, **more: Any) -> tuple[pa.Table, pa.Table]:
    """n payments, the real attempts among them, in time order; and the answers: payment_id, attempt_id, typology.

    Accounts of the attempts are accounts of the background, drawn by how busy they are: a launderer's account has
    ordinary business too.

    :param attempts: the file ``hi_small_attempts.parquet``
    :param lone: share of the attempts' accounts that do nothing else; 0 is the hardest
    """
    real = pq.read_table(attempts)
    real = real.cast(
        pa.schema([f.with_type(pa.string()) if pa.types.is_large_string(f.type) else f for f in real.schema])
    )
    rng = np.random.default_rng(seed + 1)
    rows = background(n - len(real), seed, **more)
    keys = [pc.binary_join_element_wise(real[f"{side}_bank"], real[f"{side}_account"], "/") for side in ("from", "to")]
    coded = pa.chunked_array([c for k in keys for c in k.chunks]).combine_chunks().dictionary_encode()
    # a payment drawn at random lends the attempt's account its payer: busy accounts are drawn more often
    pool = rng.permutation(len(rows))[: 20 * len(coded.dictionary)]
    drawn = rows.select(["from_bank", "from_account"]).take(pa.array(pool)).group_by(["from_bank", "from_account"])
    hosts = drawn.aggregate([]).slice(0, len(coded.dictionary)).combine_chunks()
    own = rng.random(len(coded.dictionary)) < lone
    banks = pc.if_else(pa.array(own), pc.list_element(pc.split_pattern(coded.dictionary, "/"), 0), hosts["from_bank"])
    numbers = pc.if_else(
        pa.array(own), pc.list_element(pc.split_pattern(coded.dictionary, "/"), 1), hosts["from_account"]
    )
    half = len(real)
    payer, payee = coded.indices[:half], coded.indices[half:]
    names = {"US Dollar": "USD", "Euro": "EUR", "Saudi Riyal": "SAR", "Swiss Franc": "CHF", "Rupee": "INR",
             "Yuan": "CNY", "Yen": "JPY", "Canadian Dollar": "CAD", "Ruble": "RUB", "UK Pound": "GBP",
             "Australian Dollar": "AUD", "Mexican Peso": "MXN", "Shekel": "ILS", "Brazil Real": "BRL",
             "Bitcoin": "BTC"}  # fmt: skip
    ids = pc.binary_join_element_wise("L", pc.cast(pa.array(np.arange(half)), pa.string()), "")
    planted = pa.table(
        {
            "payment_id": ids,
            "timestamp": pc.assume_timezone(real["timestamp"].cast(pa.timestamp("us")), "UTC"),
            "from_bank": banks.take(payer), "from_account": numbers.take(payer),
            "to_bank": banks.take(payee), "to_account": numbers.take(payee),
            "amount": real["amount_paid"],
            "currency": pa.array([names[c] for c in real["payment_currency"].to_pylist()]),
            "method": real["payment_format"],
        }
    )  # fmt: skip
    answers = pa.table({"payment_id": ids, "attempt_id": real["attempt_id"], "typology": real["typology"]})
    whole = pa.concat_tables([rows, planted.cast(rows.schema)]).sort_by("timestamp")
    return whole, answers


def _text(numbers: np.ndarray[Any, Any], prefix: str) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")
