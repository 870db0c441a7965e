"""Corridors: payments added up between countries and days or months. One expression, the same on every engine.

The country of a side is its bank's as the source states it, else as the bank's BIC names it, else as the IBAN does,
else the party's as stated, else that of whoever holds the account. Which of these it was is
counted with it; where none is known, the payment stays in the sum with no country.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from counterflow.model.account_country import bic_country, iban_country
from counterflow.model.rates import dollars
from counterflow.network.flows import told_once

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.storage.ports import Scope

__all__ = ["BASES", "between_countries"]

BASES = ("bank", "BIC", "IBAN", "party", "holder")
"""How the country of a side is known, the surest first."""

DAYS = 120
"""Days up to which payments are added up by day; over a longer time by month."""


def between_countries(scope: Scope, only: Sequence[str] | None = None) -> pa.Table:
    """source, target (ISO 3166-1 alpha-2, or null), source_basis, target_basis (of `BASES`, or null), period (partial
    ISO date, or null), label_id of the payments, label_ids of all that it rests on (also of who holds an account and
    where they are, if that placed it), payments, amount_usd (of those whose worth is known), rated (how many are).

    :param only: row_ids of the payments that are wanted; None: all
    """
    import ibis
    import pyarrow as pa

    paid = told_once(scope.table("payments"))
    if only is not None:
        paid = paid.semi_join(ibis.memtable(pa.table({"row_id": pa.array(only, pa.string())})), "row_id")
    paid = paid.mutate(
        from_key="account:" + paid.from_account.upper().re_replace("[^0-9A-Z]", ""),
        to_key="account:" + paid.to_account.upper().re_replace("[^0-9A-Z]", ""),
    )
    told = scope.run(paid.agg(first=paid.timestamp.min(), last=paid.timestamp.max())).to_pylist()[0]
    first, last = told["first"], told["last"]
    daily = first is None or (last - first).days <= DAYS
    bics = _named(scope, paid, "bank", bic_country)
    ibans = _named(scope, paid, "account", iban_country)
    holders = _holders(scope)
    for side in ("from", "to"):
        paid = _joined(paid, bics, f"{side}_bank", f"{side}_bic")
        paid = _joined(paid, ibans, f"{side}_account", f"{side}_iban")
        paid = _joined(paid, holders, f"{side}_key", f"{side}_holder", f"{side}_labels")
        ways = [paid[f"{side}_{c}"] for c in ("bank_country", "bic", "iban", "country", "holder")]
        basis = ibis.cases(*((way.notnull(), name) for way, name in zip(ways, BASES, strict=True)))
        paid = paid.mutate(**{f"{side}_code": ibis.coalesce(*ways).lower(), f"{side}_basis": basis})
    none = ibis.literal([], type="array<string>")
    own = [ibis.ifelse(paid[f"{s}_basis"] == "holder", paid[f"{s}_labels"], none) for s in ("from", "to")]
    paid = paid.mutate(shown=ibis.array([paid.label_id]).concat(*own))
    paid = _worth(scope, paid, first.year if first else 2000, last.year if last else 2000)
    rows = paid.mutate(period=paid.timestamp.strftime("%Y-%m-%d" if daily else "%Y-%m"))
    by = {"source": "from_code", "target": "to_code", "source_basis": "from_basis", "target_basis": "to_basis"}
    rows = rows.group_by([*(rows[c].name(n) for n, c in by.items()), "period", "label_id"])
    added = rows.agg(
        payments=lambda t: t.count(),
        # whole cents: adding floats in parallel gives another last digit each time
        amount_usd=lambda t: (t.usd * 100).round().cast("int64").sum() / 100,
        rated=lambda t: t.usd.count(),
        label_ids=lambda t: t.shown.collect().flatten().unique().sort(),
    )
    return scope.run(added.order_by([*by, "period", "label_id"]))


def _joined(paid: ibis.Table, places: ibis.Table, column: str, name: str, labels: str = "") -> ibis.Table:
    """With the country that `places` (key, code) gives for a column. :param labels: name for its labels"""
    other = places.view()
    more = {labels: other.labels} if labels else {}
    return paid.left_join(other, paid[column] == other.key).select(paid, other.code.name(name), **more)


def _named(scope: Scope, paid: ibis.Table, what: str, country: Callable[[str], str | None]) -> ibis.Table:
    """key, code: of each bank or account that names a country itself. Only what may do so leaves the engine."""
    import ibis

    sides = ibis.union(*(paid.select(key=paid[f"{side}_{what}"]) for side in ("from", "to")), distinct=True)
    shape = "^[A-Z]{6}[A-Z0-9]{2}" if what == "bank" else "^ *[A-Za-z]{2}[0-9]{2}"
    sides = sides.filter(sides.key.notnull()).filter(lambda t: t.key.re_search(shape))
    keys = scope.run(sides.order_by("key")).column("key").to_pylist()
    return _table([(key, code) for key in keys if (code := country(key))])


def _holders(scope: Scope) -> ibis.Table:
    """key, code, labels: the first country of whoever holds an account, and the labels of the claims that say both."""
    import ibis
    import pyarrow as pa

    holders, entities, members = scope.table("holders"), scope.table("entities"), scope.table("members")
    held = holders.filter(holders.key.startswith("account:"))
    rows = held.join(entities, held.entity == entities.entity)
    found = scope.run(
        rows.select(held.key, held.entity, held.label_ids, entities.countries).order_by("key")
    ).to_pylist()
    found = [row for row in found if row["countries"]]
    claims = scope.table("claims").filter(lambda t: t.prop_type == "country")
    said = claims.join(members, claims.subject == members.subject).semi_join(held, "entity")
    labels: dict[str, set[str]] = {}
    for row in scope.run(said.select("entity", "label_id").distinct()).to_pylist():
        labels.setdefault(row["entity"], set()).add(row["label_id"])
    every = [sorted({*(row["label_ids"] or []), *labels.get(row["entity"], ())}) for row in found]
    columns = {
        "key": pa.array([row["key"] for row in found], pa.string()),
        "code": pa.array([row["countries"][0] for row in found], pa.string()),
        "labels": pa.array(every, pa.list_(pa.string())),
    }
    return ibis.memtable(pa.table(columns))


def _worth(scope: Scope, paid: ibis.Table, first: int, last: int) -> ibis.Table:
    """With usd: as stated, else by the year's average rate; null where neither is known."""
    import ibis
    import pyarrow as pa

    currencies = sorted(c for c in scope.run(paid.select("currency").distinct()).column(0).to_pylist() if c)
    rows = [
        (c, first + i, float(rate))
        for c, yearly in zip(currencies, dollars(currencies, first, last), strict=True)
        for i, rate in enumerate(yearly)
        if not math.isnan(rate)
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    types = (pa.string(), pa.int64(), pa.float64())
    names = ("rated_in", "rated_for", "rate")
    table = ibis.memtable(pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)}))
    paid = paid.mutate(year=paid.timestamp.year().cast("int64"))
    paid = paid.left_join(table, (paid.currency == table.rated_in) & (paid.year == table.rated_for))
    stated = ibis.ifelse(paid.currency == "USD", paid.amount, ibis.null("float64"))
    return paid.mutate(usd=ibis.coalesce(paid.amount_usd, stated, paid.amount * paid.rate))


def _table(pairs: Iterable[tuple[str, str]]) -> ibis.Table:
    import ibis
    import pyarrow as pa

    keys, codes = list(zip(*pairs, strict=True)) or [(), ()]
    return ibis.memtable(pa.table({"key": pa.array(keys, pa.string()), "code": pa.array(codes, pa.string())}))
