"""Goods as the typologies read them: consignments between parties, what they are worth, and who pays for what.

A party is the one entity that bears a printed name, legal form apart; where nobody is known by it, the name itself
(``name:…``), so that papers that name nobody of a register still meet each other. Ibis throughout; runs on any engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from counterflow.findings import evidence
from counterflow.model import currencies
from counterflow.model.rates import dollars
from counterflow.network.flows import told_once
from counterflow.network.ties import name_key

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = [
    "DECLARED", "INVOICED", "caption", "consignments", "containers", "day_of", "distance", "document", "iso_day",
    "numbers", "paid", "parties", "printed", "quoted", "quoting", "sold", "tied", "worth",
]  # fmt: skip

DECLARED, INVOICED = "declared", "invoiced"
"""What a paper shows: that goods moved (declaration, bill of lading, manifest), or that somebody asks to be paid."""

_YEARS = range(1970, 2070)
_NUMBER = 5
"""Letters and digits without which the number of a paper says nothing when a payment quotes it."""


def consignments(data: Data, *columns: str) -> ibis.Table:
    """Consignments of a whole day with a party on each side: row_id, day (days since 1970), seller, buyer (parties),
    seller_claims, buyer_claims, shipper_name, consignee_name, what (`DECLARED` or `INVOICED`), and the columns asked
    for.

    :param columns: of the shipments table; ``usd``: the value in US dollars by the year's average, null where currency
        or value is not known
    """
    import ibis

    rows = data.table("shipments")
    rows = rows.filter(rows.date.length() == 10)
    priced = {"usd"} & set(columns)
    own = [c for c in columns if c != "usd"] + [c for c in ("value", "currency", "date") if priced]
    own = list(dict.fromkeys(["row_id", "shipper_name", "consignee_name", *own]))
    rows = rows.select(
        *own, day=day_of(rows.date), what=document(rows), _from="number:" + rows.shipper_id,
        _to="number:" + rows.consignee_id,
    )  # fmt: skip
    sold, bought = printed(data), printed(data).view()
    rows = rows.left_join(sold, rows.shipper_name == sold.printed).select(
        rows, seller=ibis.coalesce(sold.party, rows._from), seller_claims=sold.claim_ids
    )
    rows = rows.left_join(bought, rows.consignee_name == bought.printed).select(
        rows, buyer=ibis.coalesce(bought.party, rows._to), buyer_claims=bought.claim_ids
    )
    rows = rows.filter(rows.seller != rows.buyer).drop("_from", "_to")
    return worth(rows) if priced else rows


def printed(data: Data) -> ibis.Table:
    """printed, party, claim_ids: every name that a shipment or a payment prints, once. Worked out once a run."""
    import ibis

    known = _PRINTED.get(data)
    if known is None:
        known = _PRINTED[data] = data.run(parties(data).order_by("printed"))
    return ibis.memtable(known)


_PRINTED: WeakKeyDictionary[Data, Any] = WeakKeyDictionary()


def parties(data: Data) -> ibis.Table:
    """What `printed` holds, as an expression."""
    import ibis

    goods, money, held = (data.table(name) for name in ("shipments", "payments", "holders"))
    sides = ("shipper", "consignee", "declarant", "carrier")
    written = [goods.select(printed=goods[f"{side}_name"]) for side in sides]
    written += [money.select(printed=money[f"{side}_name"]) for side in ("from", "to")]
    names = ibis.union(*written, distinct=True).filter(lambda t: t.printed.notnull())
    names = names.mutate(key="name:" + name_key(names.printed)).filter(lambda t: t.key != "name:")
    rows = names.left_join(held, names.key == held.key)
    return rows.select(names.printed, held.claim_ids, party=ibis.coalesce(held.entity, names.key))


def document(rows: ibis.Table) -> Any:
    """Whether a consignment is written in an invoice or in a paper that shows that goods moved."""
    import ibis

    kind = rows.kind.lower()
    bare = rows.kind.isnull() & rows.invoice.notnull() & rows.bill_of_lading.isnull()
    return ibis.ifelse(kind.contains("invoice").fill_null(False) | bare, INVOICED, DECLARED)


def worth(rows: ibis.Table) -> ibis.Table:
    """Rows with usd: their value in US dollars by the average of the date's year; null where that is not known."""
    import ibis
    import pyarrow as pa

    rate = ibis.memtable(pa.table(dict(zip(("money", "year", "rate"), _rates(), strict=True))))
    found = rows.left_join(rate, (rows.currency == rate.money) & (rows.date[0:4] == rate.year))
    return found.select(rows, usd=rows.value * rate.rate)


@cache
def _rates() -> tuple[list[str], list[str], list[float]]:
    """Currency, year and dollars for a unit."""
    names = sorted(currencies.codes())
    table = dollars(names, _YEARS.start, _YEARS.stop - 1)
    rows = [
        (c, str(y), float(rate))
        for c, row in zip(names, table, strict=True)
        for y, rate in zip(_YEARS, row, strict=True)
    ]
    told = [row for row in rows if not np.isnan(row[2])]
    return [c for c, _, _ in told], [y for _, y, _ in told], [rate for _, _, rate in told]


def day_of(date: Any) -> Any:
    """A whole ISO date as days since 1970."""
    return date.cast("timestamp").epoch_seconds().cast("int64") // 86_400


def iso_day(day: int) -> str:
    """Days since 1970 as an ISO date."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=int(day))).isoformat()


def paid(data: Data, *columns: str) -> ibis.Table:
    """Payments, each once: row_id, payment_id, day, payer, payee (parties), payer_name, payee_name, from_account,
    to_account, amount, currency, usd, payer_claims, payee_claims; said (purpose and reference) and further columns of
    the table where asked for.

    A party is who holds the account, else who is printed, else the account.
    """
    import ibis

    table = told_once(data.table("payments"))
    table = table.select(
        "row_id", "payment_id", "from_account", "to_account", "amount", "currency", "amount_usd",
        *(c for c in columns if c != "said"), payer_name="from_name", payee_name="to_name", value="amount",
        day=table.timestamp.epoch_seconds().cast("int64") // 86_400, date=table.timestamp.strftime("%Y-%m-%d"),
        said=ibis.coalesce(table.purpose, "") + " " + ibis.coalesce(table.reference, ""),
        _from=ibis.coalesce(table.from_bank, "") + "/" + table.from_account,
        _to=ibis.coalesce(table.to_bank, "") + "/" + table.to_account,
    )  # fmt: skip
    for role, side in (("payer", "from"), ("payee", "to")):
        held, name = data.table("holders").view(), printed(data).view()
        key = "account:" + table[f"{side}_account"].upper().re_replace("[^0-9A-Z]", "")
        table = table.left_join(held, key == held.key).select(table, _held=held.entity, _claims=held.claim_ids)
        rows = table.left_join(name, table[f"{role}_name"] == name.printed)
        table = rows.select(
            table, **{role: ibis.coalesce(table._held, name.party, "account:" + table[f"_{side}"]),
                      f"{role}_claims": ibis.coalesce(table._claims, name.claim_ids)}
        ).drop("_held", "_claims")  # fmt: skip
    table = worth(table.drop("_from", "_to"))
    return table.mutate(usd=ibis.coalesce(table.amount_usd, table.usd)).drop("amount_usd", "value", "date")


def quoted(payments: ibis.Table) -> ibis.Table:
    """row_id, number: every number of a paper that a payment's text may quote, as letters and digits.

    :param payments: row_id and said, see `paid`
    """
    words = payments.select("row_id", number=payments.said.upper().re_split(r"[\s,;:()#.]+").unnest())
    words = words.mutate(number=words.number.re_replace("[^0-9A-Z]", ""))
    return words.filter((words.number.length() >= _NUMBER) & words.number.re_search("[0-9]")).distinct()


def quoting(data: Data, wanted: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Number of a paper → payments that quote it, by day: row_id, payment_id, day, payer, payer_name, from_account,
    from_bank, payer_claims. :param wanted: as `numbers` writes them"""
    money = paid(data, "from_bank")
    named = evidence.among(quoted(money), "number", sorted(set(wanted)))
    columns = ("row_id", "payment_id", "day", "payer", "payer_name", "from_account", "from_bank", "payer_claims")
    told = money.join(named, "row_id").select(*columns, "number").order_by("day", "row_id", "number")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(told).to_pylist():
        found.setdefault(row["number"], []).append(row)
    return found


def numbers(rows: ibis.Table) -> ibis.Table:
    """consignment (row_id), number: the numbers of its papers, written as `quoted` writes them."""
    import ibis

    told = [
        rows.filter(rows[name].notnull()).select(
            consignment="row_id", number=rows[name].upper().re_replace("[^0-9A-Z]", "")
        )
        for name in ("shipment_id", "bill_of_lading", "invoice")
    ]  # fmt: skip
    found = ibis.union(*told, distinct=True)
    return found.filter((found.number.length() >= _NUMBER) & found.number.re_search("[0-9]"))


def containers(rows: ibis.Table) -> ibis.Table:
    """Rows once for each container that they name, as box: four letters and seven digits (ISO 6346)."""
    rows = rows.filter(rows.container.notnull())
    text = rows.container.upper().strip()
    # numbers that are parted by blanks, and numbers with blanks in them
    words = text.re_split(r"[\s,;/|]+").union(text.re_split(r"\s*[,;/|]+\s*"))
    each = rows.mutate(box=words.unnest())
    each = each.mutate(box=each.box.re_replace("[^0-9A-Z]", ""))
    return each.filter(each.box.re_search("^[A-Z]{4}[0-9]{7}$"))


def tied(data: Data, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of these pairs those that a link joins, or a third party or an address, officer or number that both have: with
    the claims of it."""
    wanted = {frozenset(pair) for pair in pairs}
    every = sorted({party for pair in wanted for party in pair})
    if not every:
        return {}
    links, shared = data.table("links"), data.table("ties")
    links = links.filter((links.stance == "asserts") & (links.source != links.target))
    near: dict[str, dict[str, tuple[str, ...]]] = {}
    for one, other in (("source", "target"), ("target", "source")):
        rows = evidence.among(links, one, every).select(one, other, "claim_ids").order_by(one, other, "claim_ids")
        for row in data.run(rows).to_pylist():
            near.setdefault(row[one], {}).setdefault(row[other], tuple(row["claim_ids"] or ()))
    rows = evidence.among(shared, "entity", every).select("entity", "what", "via", "claim_ids")
    for row in data.run(rows.order_by("entity", "what", "via")).to_pylist():
        near.setdefault(row["entity"], {}).setdefault(f"{row['what']}:{row['via']}", tuple(row["claim_ids"] or ()))
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for pair in wanted:
        one, other = sorted(pair) if len(pair) == 2 else (*pair, *pair)
        mine, theirs = near.get(one, {}), near.get(other, {})
        if one == other:
            claims: tuple[str, ...] | None = ()
        elif other in mine:
            claims = mine[other]
        else:
            over = min(mine.keys() & theirs.keys(), default=None)
            claims = None if over is None else (*mine[over], *theirs[over])
        if claims is not None:
            found[one, other] = found[other, one] = claims
    return found


def caption(data: Data, party: str, printed: str | None) -> str:
    """The name to print: of an entity its caption, else as the paper writes it."""
    kind, colon, number = party.partition(":")
    unknown = colon and kind in ("name", "number", "account")
    return (printed or f"{kind} {number}") if unknown else data.caption(party)


@cache
def _places() -> Mapping[str, tuple[float, float]]:
    import yaml

    text = (resources.files("counterflow.model") / "values" / "country_places.yaml").read_text("utf-8")
    return {str(code): (float(lat), float(lon)) for code, (lat, lon) in yaml.safe_load(text).items()}


@cache
def distance(one: str, other: str) -> float | None:
    """Kilometres between the middles of two countries, great circle; None: one of them has no place.

    Between middles: two neighbours may be thousands of kilometres apart, so ask only what such a margin cannot change.
    """
    a, b = _places().get(one), _places().get(other)
    if a is None or b is None:
        return None
    (lat, lon), (lat2, lon2) = np.radians(a), np.radians(b)
    chord = np.sin((lat2 - lat) / 2) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return float(2 * 6371.0088 * np.arcsin(np.sqrt(min(1.0, float(chord)))))


def sold(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is sold, in the words of the papers; else by code."""
    told = [r.get("description") or (f"HS {r['hs_code']}" if r.get("hs_code") else "goods") for r in rows]
    several = list(dict.fromkeys(told))
    return ", ".join(several[:2]) + (f" and {len(several) - 2} more" if len(several) > 2 else "")
