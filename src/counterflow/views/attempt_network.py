"""An attempt on the link chart: its accounts or who holds them, what they paid each other, and how they are tied."""

from __future__ import annotations

from collections import Counter
from typing import Any

from counterflow.findings.parties import Party
from counterflow.network.edges import CARRIED, PAID, SENT
from counterflow.views.attempt import attempt, behind
from counterflow.views.findings import by_id
from counterflow.views.network import edge, node
from counterflow.views.picture import Picture

__all__ = ["attempt_network"]

MOST = 300
"""Accounts that are drawn; the first in the order of the flow."""

Row = dict[str, Any]


def attempt_network(picture: Picture, finding: str) -> Row:
    """The chart of a finding over payments, shaped as `network.neighbourhood`, with its ``attempt`` and ``sentence``.

    A known holder stands for all accounts it has in it. Owners, and the way to the nearest listed party, are drawn too.
    Of a finding that rests on no payment: its subjects and the links between them.

    :raises NotFound: no such finding that this audience may read
    """
    found = by_id(picture, finding)
    drawn = attempt(picture, found)
    accounts = drawn["accounts"][:MOST] if drawn else []
    named = {a["key"]: a["holder"] or f"account:{a['key']}" for a in accounts}
    known = behind(picture, found, [a["key"] for a in accounts]) if accounts else {}
    entities = {id: 0 for id in found["subjects"] if picture.canonical(id) in picture.entities} if not drawn else {}
    entities |= {a["holder"]: 0 for a in accounts if a["holder"]}
    for party in known.values():
        for hops, id in _around(party):
            entities.setdefault(id, hops)
    handling = picture.handling(found["label_ids"])
    told = [
        *(_account(a, handling) for a in accounts if not a["holder"]),
        *({**node(picture, id), "hops": hops, "degree": None} for id, hops in entities.items()),
    ]
    edges = [*(_paid(drawn["payments"], named, handling) if drawn else ()), *_tied(picture, list(entities))]
    busiest = max(accounts, key=lambda a: a["paid_in"] + a["paid_out"], default=None)
    first = named[busiest["key"]] if busiest else next(iter(entities), None)
    away = _hops(first, edges)
    told = [{**one, "hops": away.get(one["id"], 1 + one["hops"]) if one["id"] != first else 0} for one in told]
    return {
        "finding": finding, "sentence": found["sentence"], "attempt": drawn, "center": first, "hops": 1, "as_of": None,
        "until": None, "total": len(drawn["accounts"]) if drawn else len(told),
        "truncated": drawn is not None and len(drawn["accounts"]) > MOST, "nodes": told, "edges": edges, "span": None,
        **handling,
    }  # fmt: skip


def _hops(centre: str | None, edges: list[Row]) -> dict[str, int]:
    """Lines from the centre to everyone that they reach."""
    near: dict[str, set[str]] = {}
    for row in edges:
        near.setdefault(row["source"], set()).add(row["target"])
        near.setdefault(row["target"], set()).add(row["source"])
    found = {centre: 0} if centre else {}
    front = list(found)
    while front:
        front = list({other for one in front for other in near.get(one, ()) if other not in found})
        found |= dict.fromkeys(front, 1 + max(found.values()))
    return found


def _around(party: Party) -> list[tuple[int, str]]:
    """Owners of a holder, and the entities on its way to a listed party, with how far they are."""
    chain = party.near.chain if party.near and party.holder.known else ()
    return [*((1, id) for id in party.owners), *enumerate(chain, 1)]


def _account(account: Row, handling: Row) -> Row:
    return {
        "id": f"account:{account['key']}", "caption": account["caption"], "schema": "BankAccount", "topics": [],
        "countries": account["countries"], "listed": False, "hops": 0, "degree": None, **handling,
    }  # fmt: skip


def _paid(payments: list[Row], named: dict[str, str], handling: Row) -> list[Row]:
    """One line for each pair: how many payments, from when to when, and what they come to."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for p in payments:
        if p["from"] in named and p["to"] in named and p["from"] != p["to"]:
            pairs.setdefault((named[p["from"]], named[p["to"]]), []).append(p)
    told = []
    for (source, target), own in pairs.items():
        times = [p["at"] for p in own if p["at"]]
        currencies = Counter(p["currency"] for p in own)
        one = len(currencies) == 1 and all(p["amount"] is not None for p in own)
        usd = None if any(p["usd"] is None for p in own) else round(sum(p["usd"] for p in own), 2)
        told.append({
            "id": f"paid>{source}>{target}", "source": source, "target": target, "schema": "Payment",
            "label": "paid in this attempt", "role": f"{len(own)} payments" if len(own) > 1 else own[0]["role"],
            "start": times[0] if times else None, "end": times[-1] if times else None,
            "share_low": None, "share_high": None,
            "amount": round(sum(p["amount"] for p in own), 2) if one else usd,
            "currency": own[0]["currency"] if one else "USD" if usd is not None else None,
            "stance": "asserts", "verified": True, "grade": None, "origins": 1, "conflict": None, "claim_ids": [],
            "rows": [p["id"] for p in own], **handling,
        })  # fmt: skip
    return told


def _tied(picture: Picture, entities: list[str]) -> list[Row]:
    """Links between these entities but sums of payments and goods."""
    import pyarrow as pa
    import pyarrow.compute as pc

    links = picture.graph.links
    among = pa.array(entities, pa.string())
    mine = pc.and_(pc.is_in(links.column("source"), among), pc.is_in(links.column("target"), among))
    rows = links.filter(mine).to_pylist()
    return [edge(picture, row) for row in rows if not row["link"].startswith((PAID, SENT, CARRIED))]
