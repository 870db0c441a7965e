"""An attempt on the link chart: its accounts or who holds them, what they paid each other, and how they are tied.

Whoever is on it is there for a reason, which may be known to fewer than they are themselves: that they hold an account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from counterflow.findings.parties import OWNERS, Party
from counterflow.network.edges import CARRIED, PAID, SENT
from counterflow.views.attempt import attempt, behind
from counterflow.views.findings import by_id
from counterflow.views.network import edge, node
from counterflow.views.picture import Picture

__all__ = ["Reasons", "attempt_network", "paid", "reasons"]

MOST = 300
"""Accounts that are drawn; the first in the order of the flow."""

Row = dict[str, Any]
Labels = frozenset[str]


@dataclass(frozen=True)
class Reasons:
    """Why an attempt's chart shows what it does.

    :param finding: labels of the finding and all that it rests on: payments and accounts are known under these
    :param of: node → labels of what puts it there
    """

    finding: Labels
    of: Mapping[str, Labels]


def paid(source: str, target: str) -> str:
    """Id of the line that adds up what one paid another."""
    return f"paid>{source}>{target}"


def attempt_network(picture: Picture, finding: str) -> Row:
    """The chart of a finding over payments, shaped as `network.neighbourhood`, with its ``attempt`` and ``sentence``.

    A known holder stands for all accounts it has in it. Owners, and the way to the nearest listed party, are drawn too.
    Of a finding that rests on no payment: its subjects and the links between them.

    :raises NotFound: no such finding that this audience may read
    """
    found = by_id(picture, finding)
    drawn, accounts, named, known = _accounts(picture, found)
    entities = dict.fromkeys(_subjects(picture, found), 0) if not drawn else {}
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


def reasons(picture: Picture, finding: str) -> Reasons:
    """Under which labels somebody is known to be on the chart of an attempt: as the holder of all their accounts in it,
    or, as an owner of a holder or on the way to a listed party, by the reason that needs the fewest labels.

    :raises NotFound: no such finding that this audience may read
    """
    found = by_id(picture, finding)
    own = frozenset(found["label_ids"])
    drawn, accounts, named, known = _accounts(picture, found)
    if not drawn:
        return Reasons(own, dict.fromkeys(_subjects(picture, found), own))
    labels = _labels(picture, known.values())
    held: dict[str, Labels] = {}
    for account in accounts:
        claims = known[account["key"]].holder.claim_ids if account["holder"] else ()
        held[named[account["key"]]] = held.get(named[account["key"]], own).union(*(labels[id] for id in claims))
    around: dict[str, Labels] = {}
    owners = _owners(picture, set(held))
    for account in (a for a in accounts if a["holder"]):
        party, base = known[account["key"]], held[account["holder"]]
        near = base.union(*(labels[id] for id in party.near.claim_ids)) if party.near else base
        for id, why in (
            *((o, base | owners.get((o, account["holder"]), own)) for o in party.owners),
            *((id, near) for id in (party.near.chain if party.near else ())),
        ):
            if id not in around or (len(why), sorted(why)) < (len(around[id]), sorted(around[id])):
                around[id] = why
    return Reasons(own, {**held, **{id: why for id, why in around.items() if id not in held}})


def _labels(picture: Picture, parties: Iterable[Party]) -> dict[str, Labels]:
    """Claim → its labels, of those that say who holds an account and how near a listed party is."""
    ids = {id for p in parties for id in (*p.holder.claim_ids, *(p.near.claim_ids if p.near else ()))}
    found: dict[str, Labels] = {}
    for row in picture.scope.find("claims", "claim_id", sorted(ids)).to_pylist() if ids else ():
        found[row["claim_id"]] = found.get(row["claim_id"], frozenset()) | {row["label_id"]}
    return found


def _owners(picture: Picture, holders: set[str]) -> dict[tuple[str, str], Labels]:
    """(owner, holder) → labels of the links that say so."""
    found: dict[tuple[str, str], Labels] = {}
    for row in picture.links:
        if row["target"] in holders and row["schema"] in OWNERS:
            key = row["source"], row["target"]
            found[key] = found.get(key, frozenset()).union(row["label_ids"])
    return found


def _accounts(
    picture: Picture, found: Mapping[str, Any]
) -> tuple[Row | None, list[Row], dict[str, str], Mapping[str, Party]]:
    """The attempt as drawn in time; of its accounts those on the chart, key → node, and key → who stands behind it."""
    drawn = attempt(picture, found)
    accounts = drawn["accounts"][:MOST] if drawn else []
    named = {a["key"]: a["holder"] or f"account:{a['key']}" for a in accounts}
    return drawn, accounts, named, behind(picture, found, list(named)) if accounts else {}


def _subjects(picture: Picture, found: Mapping[str, Any]) -> list[str]:
    return [id for id in found["subjects"] if picture.canonical(id) in picture.entities]


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
            "id": paid(source, target), "source": source, "target": target, "schema": "Payment",
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
