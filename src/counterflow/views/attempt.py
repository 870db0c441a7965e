"""An attempt as it is drawn: its payments in time order between its accounts, and what each account does in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from counterflow.findings.parties import Parties, Party
from counterflow.findings.run import ScopeData
from counterflow.model.rates import dollars
from counterflow.views.attempt_on_chain import parties, transfers
from counterflow.views.picture import Picture

__all__ = ["MOST", "attempt", "behind", "drawn"]

MOST = 1000
"""Payments of one attempt that are told; the first in time."""

AHEAD = 10_000
"""Payments of all findings whose accounts are looked up at once: finding by finding costs as much for each."""

_COLUMNS = (
    "row_id", "payment_id", "timestamp", "from_bank", "from_account", "from_name", "to_bank", "to_account", "to_name",
    "amount", "currency", "amount_usd", "purpose", "status", "locator", "label_id",
)  # fmt: skip

Row = dict[str, Any]


def attempt(picture: Picture, found: Mapping[str, Any]) -> Row | None:
    """``payments`` in time order, ``accounts`` in the order of the flow, ``left_out``; None: it rests on no payment.
    Transfers on blockchains are payments between addresses.

    A payment that names no account on a side goes to or from an account of the name that it prints.

    :param found: a finding of `Picture.findings`
    """
    on_chain = {e["id"]: e["role"] for e in found["evidence"] if e["kind"] == "transfers"}
    if on_chain:
        return drawn(picture, transfers(picture, on_chain))
    roles = {e["id"]: e["role"] for e in found["evidence"] if e["kind"] == "payments"}
    if not roles:
        return None
    paid = picture.scope.find("payments", "row_id", roles).select(_COLUMNS)
    every = paid.sort_by([("timestamp", "ascending"), ("row_id", "ascending")]).to_pylist()
    told = [_payment(picture, row, roles[row["row_id"]]) for row in every[:MOST]]
    names = {_key(r, side): r[f"{side}_name"] for r in every for side in ("from", "to") if r[f"{side}_name"]}
    return {
        "payments": told,
        "accounts": _accounts(picture, told, names, _parties(picture).of(_keys(told))),
        "left_out": max(0, len(every) - MOST),
    }


def drawn(picture: Picture, moved: list[Row]) -> Row:
    """Transfers between addresses, in the same shape. :param moved: as `attempt_on_chain.transfers` gives them"""
    told = moved[:MOST]
    accounts = _accounts(picture, told, {}, parties(picture, _keys(told))) if told else []
    return {"payments": told, "accounts": accounts, "left_out": max(0, len(moved) - MOST)}


def behind(picture: Picture, found: Mapping[str, Any], keys: list[str]) -> Mapping[str, Party]:
    """Account or address → who stands behind it. :param keys: of the accounts of `attempt`"""
    if any(e["kind"] == "transfers" for e in found["evidence"]):
        return parties(picture, keys)
    return _parties(picture).of(keys)


def _payment(picture: Picture, row: Row, role: str) -> Row:
    usd, basis = row["amount_usd"], "stated"
    if usd is None and row["currency"] == "USD":
        usd = row["amount"]
    elif usd is None and row["currency"] and row["timestamp"] is not None and row["amount"] is not None:
        year = row["timestamp"].year
        rate = float(dollars([row["currency"]], year, year)[0, 0])
        usd, basis = (None if rate != rate else round(row["amount"] * rate, 2)), "yearly average rate"
    return {
        "id": row["row_id"],
        "payment": row["payment_id"],
        "at": row["timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ") if row["timestamp"] is not None else None,
        "from": _key(row, "from"),
        "to": _key(row, "to"),
        **{key: row[key] for key in ("amount", "currency", "purpose", "status", "locator")},
        "usd": usd,
        "usd_basis": basis if usd is not None else None,
        "role": role,
        **picture.handling([row["label_id"]]),
    }


def _key(row: Row, side: str) -> str:
    """``BANK/NUMBER``; ``/name: NAME`` where no account is named."""
    number = row[f"{side}_account"] or f"name: {row[f'{side}_name'] or '?'}"
    return f"{row[f'{side}_bank'] or ''}/{number}"


def _keys(payments: list[Row]) -> list[str]:
    """Accounts in the order in which they come up."""
    return list(dict.fromkeys(key for p in payments for key in (p["from"], p["to"])))


def _accounts(picture: Picture, payments: list[Row], names: Mapping[str, str], held: Mapping[str, Party]) -> list[Row]:
    """:param names: account → the holder's name as payments print it; :param held: account → who holds it"""
    paying: dict[str, list[Row]] = {}
    paid: dict[str, list[Row]] = {}
    for p in payments:
        if p["from"] != p["to"]:
            paying.setdefault(p["from"], []).append(p)
            paid.setdefault(p["to"], []).append(p)
    order = _keys(payments)
    first, last = payments[0]["from"], payments[-1]["to"]
    told = []
    for place, key in enumerate(order):
        role = "relay" if key in paying and key in paid else "source" if key in paying else "sink"
        if role == "relay" and key == first == last:
            role = "origin"  # the money comes back to it
        told.append(
            (
                _RANK[role],
                place,
                _account(picture, key, held[key], names.get(key), role, paying.get(key, []), paid.get(key, [])),
            )
        )
    return [row for _, _, row in sorted(told, key=lambda t: t[:2])]


_RANK = {"origin": 0, "source": 0, "relay": 1, "sink": 2}
"""Order of roles from above to below."""


def _account(
    picture: Picture, key: str, party: Party, printed: str | None, role: str, out: list[Row], into: list[Row]
) -> Row:
    holder = party.holder
    named = re.fullmatch(r"name: (.*)", party.number)
    return {
        "key": key,
        "bank": party.bank,
        "number": None if named else party.number,
        "caption": holder.caption if holder.known else named[1] if named else printed or party.number,
        "holder": holder.entity if holder.known else None,
        "listed": holder.listed,
        "near": {"entity": party.near.entity, "caption": picture.caption(party.near.entity), "hops": party.near.hops}
        if party.near and party.near.hops
        else None,
        "countries": list(party.countries),
        "role": role,
        "paid_out": len(out),
        "paid_in": len(into),
        "usd_out": _sum(out),
        "usd_in": _sum(into),
    }


def _sum(payments: list[Row]) -> float | None:
    """In US dollars; None: unknown of some."""
    worth = [p["usd"] for p in payments]
    return None if any(w is None for w in worth) else round(sum(worth), 2)


def _parties(picture: Picture) -> Parties:
    """Who stands behind accounts; where they are not too many, those of all findings are looked up together."""

    def made() -> Parties:
        found = Parties(ScopeData(picture.scope))
        ids = {e["id"] for one in picture.findings for e in one["evidence"] if e["kind"] == "payments"}
        if 0 < len(ids) <= AHEAD:
            rows = picture.scope.find("payments", "row_id", ids).select(_COLUMNS).to_pylist()
            found.of(sorted({_key(row, side) for row in rows for side in ("from", "to")}))
        return found

    found: Parties = picture.once(("parties",), made)
    return found
