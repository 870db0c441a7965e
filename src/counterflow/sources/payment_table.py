"""Payments in tables: one transfer a row, between two accounts, or on one account with its counterparty.

Invariant: a payment without date, amount, currency or the accounts that its table has columns for is set aside with its
line and field; nothing is invented for it, and an amount that might mean either direction is no amount.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.errors import UnreadableFile
from counterflow.model import currencies
from counterflow.sources import dates_shape, descriptors
from counterflow.sources.columns import Mask, times
from counterflow.sources.same_ids import Ids
from counterflow.sources.table import Cells, TableReader

__all__ = ["PaymentTable", "directions"]

_TEXT, _FLOAT = pa.string(), pa.float64()
_SIDE = ("account", "bank", "name", "country")
_CURRENCIES = ("currency", "instructed_currency", "received_currency")
_AMOUNTS = ("amount", "instructed_amount", "received_amount", "exchange_rate")
_CONTENT = ("timestamp", "from_bank", "from_account", "to_bank", "to_account", "amount", "currency", "received_amount",
            "received_currency", "method")  # fmt: skip
_LISTED = 1000
"""Repeated ids that are reported: a column of something else than ids would fill the quarantine."""
_STEPS = {"hour": 3600, "day": 86400}


class PaymentTable(TableReader):
    """Reads tables of payments; options: ``mapping``."""

    name = "payments"
    descriptor = descriptors.load("payments")
    own = frozenset({*_CURRENCIES, *_AMOUNTS, "amount_usd", "record", "value_date"})
    inputs = (
        "account", "account_bank", "account_name", "account_country", "counterparty_account", "counterparty_bank",
        "counterparty_name", "counterparty_country", "direction", "debit", "credit", "step", "step_unit",
        "epoch", "identity",
    )  # fmt: skip
    made = {  # noqa: RUF012, never written to
        "account and counterparty_account, with a signed amount, a direction, or columns debit and credit": "payments."
        "from_account, payments.to_account, and likewise bank, name and country of both sides",
        "an amount in US dollars, where the file states one": "payments.amount_usd",
        "line of a row without an id, or what the row says": "payments.payment_id, labels.record",
        "time step of sources without dates, counted from the day that the note names": "payments.timestamp",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """Times, amounts and sides; of labels, the payment that they are of."""
        if cells.part.table == "labels":
            if "record" not in cells.rows.found:
                cells.columns["record"] = state["ids"]
            else:
                cells.columns["record"] = cells.rows.text("record")
            return
        _times(cells, state)
        if cells.has("value_date"):
            _value_date(cells)
        for name in _AMOUNTS:
            if cells.has(name):
                cells.columns[name] = cells.rows.number(name)
        for name in _CURRENCIES:
            if cells.has(name):
                _currency(cells, name)
        if "from_account" in cells.rows.found or "from_account" in cells.rows.mapping.defaults:
            _between(cells)
        else:
            _on_account(cells)
        cells.rows.require("currency", cells.columns["currency"])
        _in_dollars(cells)
        _identify(cells, state)


def _times(cells: Cells, state: dict[str, Any]) -> None:
    rows, columns = cells.rows, cells.columns
    if "timestamp" not in columns:
        columns["timestamp"] = _stepped(cells)
    if rows.mapping.timestamp_format is None and "timestamp" in rows.found and not rows.kept.any():
        _two_ways(cells, state["file"])
    rows.require("timestamp", columns["timestamp"])


def _value_date(cells: Cells) -> None:
    """The day on which the money counts: written as the timestamp is, often without its time of day."""
    written = cells.rows.text("value_date")
    known = cells.rows.mapping.timestamp_format
    values = times(written).values
    for form in dict.fromkeys((known, re.split(r"[T ]", known)[0])) if known else ():
        values = pc.coalesce(values, times(written, form).values)
    odd = np.asarray(pc.and_(pc.is_null(values), pc.is_valid(written)))
    cells.odd("value_date", odd, "is not a date that exists")
    cells.columns["value_date"] = pc.strftime(values, format="%Y-%m-%d")


def _two_ways(cells: Cells, file: str) -> None:
    """Where no row has a date that is written year first, the format must be named; which would do is said.

    :raises UnreadableFile: the whole batch is written in another way
    """
    written = cells.rows.text("timestamp")
    sample = [text for text in written.to_pylist() if text]
    formats = dates_shape.formats(sample)
    if sample and formats:
        shown = " or ".join(f'"{f}"' for f in formats)
        what = "can be read in more than one way" if len(formats) > 1 else "is not written year first"
        reason = f"'{sample[0][:40]}' {what}; say how in a mapping: timestamp_format: {shown}"
        field = " + ".join(cells.rows.found["timestamp"])
        raise UnreadableFile(reason, file=file, line=int(cells.rows.batch.lines[0]), field=field)


def _stepped(cells: Cells) -> pa.Array:
    """Times of sources that count steps from a day of nobody's."""
    rows = cells.rows
    steps = rows.number("step")
    unit, epoch = rows.mapping.defaults.get("step_unit", "day"), rows.mapping.defaults.get("epoch", "1970-01-01")
    start = int(np.datetime64(epoch, "us").astype(np.int64))
    micros = pc.add(pc.multiply(pc.cast(steps, pa.int64(), safe=False), _STEPS[unit] * 1_000_000), start)
    cells.note(np.asarray(pc.is_valid(steps)), f"the source has no dates: {unit}s are counted from {epoch}")
    return pc.cast(micros, pa.timestamp("us", tz="UTC"))


def _currency(cells: Cells, name: str) -> None:
    """Codes, and names that can only mean one currency."""
    coded = cells.rows.text(name).dictionary_encode()
    found = pa.array([currencies.code(word) for word in coded.dictionary.to_pylist()], _TEXT)
    cells.columns[name] = values = found.take(coded.indices)
    wrong = np.asarray(pc.and_(pc.is_null(values), pc.is_valid(coded)))
    cells.rows.refuse(wrong, name, "is not an ISO 4217 code; translate it with `values:` in a mapping")


def _between(cells: Cells) -> None:
    """A table with both accounts."""
    rows, columns = cells.rows, cells.columns
    rows.require("amount", columns["amount"])
    rows.refuse(_true(pc.less(columns["amount"], 0.0)), "amount", "is negative; turn the parties round")
    for side in ("from_account", "to_account"):
        rows.require(side, columns.get(side, pa.nulls(len(rows.batch.rows), _TEXT)))


def _on_account(cells: Cells) -> None:
    """A statement of one account: what leaves it and what comes in is told by two columns, a direction, or the sign."""
    rows, columns = cells.rows, cells.columns
    leaves = _split(cells) if "debit" in rows.found or "credit" in rows.found else _directed(cells)
    rows.require("amount", columns["amount"])
    own = {name: rows.text("account" if name == "account" else f"account_{name}") for name in _SIDE}
    rows.require("account", own["account"])
    other = {name: rows.text(f"counterparty_{name}") for name in _SIDE}
    out = pa.array(leaves)
    for name in _SIDE:
        columns[f"from_{name}"] = pc.if_else(out, own[name], other[name])
        columns[f"to_{name}"] = pc.if_else(out, other[name], own[name])


def _split(cells: Cells) -> Mask:
    """Amounts in one column for what leaves and one for what comes in."""
    rows = cells.rows
    debit, credit = (pc.abs(_nonzero(rows.number(name))) for name in ("debit", "credit"))
    both = np.asarray(pc.and_(pc.is_valid(debit), pc.is_valid(credit)))
    rows.refuse(both, "debit", "stands beside a credit; one of the two must be empty")
    cells.columns["amount"] = pc.coalesce(debit, credit)
    return np.asarray(pc.is_valid(debit))


def _directed(cells: Cells) -> Mask:
    """One column of amounts: with a word for the direction, else with a sign."""
    rows, amounts = cells.rows, cells.columns["amount"]
    negative = _true(pc.less(amounts, 0.0))
    cells.columns["amount"] = pc.abs(amounts)
    if "direction" not in rows.found:
        zero = _true(pc.equal(amounts, 0.0))
        rows.refuse(zero, "amount", "has no sign, and nothing else says whether it leaves or comes in")
        return negative
    coded = rows.text("direction").dictionary_encode()
    known = [directions().get(word.casefold().strip(".")) for word in coded.dictionary.to_pylist()]
    words = pa.array(known, _TEXT).take(coded.indices)
    unknown = np.asarray(pc.is_null(words))
    rows.refuse(unknown, "direction", "says neither debit nor credit; translate it with `values:` in a mapping")
    leaves = _true(pc.equal(words, "debit"))
    rows.refuse(negative & ~leaves, "amount", "is negative, and yet a credit")
    return leaves


@cache
def directions() -> dict[str, str]:
    """Word for a direction, in small letters → ``debit`` or ``credit``."""
    import yaml

    text = (resources.files("counterflow.sources") / "directions.yaml").read_text("utf-8")
    return {str(word).casefold(): side for side, words in yaml.safe_load(text).items() for word in words}


def _nonzero(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, 0.0), pa.scalar(None, _FLOAT), values)


def _in_dollars(cells: Cells) -> None:
    """The amount in US dollars, where the file itself states one."""
    columns = cells.columns
    stated = [cells.rows.number("amount_usd")] if cells.has("amount_usd") else []
    for name in ("amount", "instructed_amount", "received_amount"):
        currency = columns.get(name.replace("amount", "currency"))
        if name in columns and currency is not None:
            stated.append(pc.if_else(pc.equal(currency, "USD"), columns[name], pa.scalar(None, _FLOAT)))
    columns["amount_usd"] = pc.coalesce(*stated[1:], stated[0]) if cells.has("amount_usd") else pc.coalesce(*stated)


def _identify(cells: Cells, state: dict[str, Any]) -> None:
    """Ids of payments: the file's own, else what the row says, else its line."""
    rows, columns = cells.rows, cells.columns
    if rows.mapping.defaults.get("identity") == "content":
        for name in ("from_bank", "to_bank"):  # some editions of AMLworld print 010 where others print 10
            if name in columns:  # a damaged heading may hide it
                columns[name] = pc.utf8_ltrim(columns[name], "0")
        ids = pa.array(_by_content(columns, state), _TEXT)
    else:
        lines = pc.cast(pa.array(rows.batch.lines), _TEXT)
        ids = pc.coalesce(columns["payment_id"], lines) if "payment_id" in columns else lines
    columns["payment_id"] = state["ids"] = ids
    if "payment_id" in rows.found:
        kept = ids if rows.kept.all() else pc.if_else(pa.array(rows.kept), ids, pa.scalar(None, _TEXT))
        again = state.setdefault("known", Ids()).again(kept, rows.batch.rows)
        listed = np.cumsum(again) <= _LISTED - state.get("listed", 0)
        state["listed"] = state.get("listed", 0) + int(again.sum())
        rows.remark(again & listed, "payment_id", "is the id of an earlier row too; rows that differ are both kept")


def _by_content(columns: dict[str, pa.Array], state: dict[str, Any]) -> list[str]:
    """Sixteen hexadecimal digits of what each row says; rows that say the same are numbered: ``…-2``.

    :param state: ``seen`` day → sorted digests, eight bytes for each row read; ``more`` digest → how often, of repeats
    """
    parts = [pc.fill_null(pc.cast(columns[n], _TEXT), "") for n in _CONTENT if n in columns and n != "timestamp"]
    micros = pc.fill_null(pc.cast(columns["timestamp"], pa.int64()), 0)
    texts: Iterable[str] = pc.binary_join_element_wise(pc.cast(micros, _TEXT), *parts, "\x1f").to_pylist()
    ids = [hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in texts]
    digests = np.array([int(i, 16) for i in ids], dtype=np.uint64)
    days = np.asarray(micros) // 86_400_000_000
    seen, more = state.setdefault("seen", {}), state.setdefault("more", {})
    again: set[int] = set()
    for day in np.unique(days).tolist():
        unique, counts = np.unique(digests[days == day], return_counts=True)
        before = seen.get(day, np.array([], dtype=np.uint64))
        known = unique[np.isin(unique, before, assume_unique=True)]
        again |= {*unique[counts > 1].tolist(), *known.tolist()}
        for digest in known.tolist():
            more.setdefault(digest, 1)
        seen[day] = np.union1d(before, unique)
    for n in np.flatnonzero(np.isin(digests, np.array(sorted(again), dtype=np.uint64))).tolist():
        digest = int(digests[n])
        more[digest] = more.get(digest, 0) + 1
        ids[n] += f"-{more[digest]}" if more[digest] > 1 else ""
    return ids


def _true(mask: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(mask, False))
