"""Criminal logistics: a criminal group within two hops of a listed body of the state.

A hop is a relationship, an address or number that both have, a payment, or a consignment with the one who carried or
cleared it. What counts is the number of independent origins of the whole way: one origin that says all of it is a
story, two that each say a part are a lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.nodes import Nodes
from counterflow.findings.roles import criminals, state
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.consignments import consigned
from counterflow.network.ties import PEOPLE, few, name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]

_WAYS = (*PEOPLE, "UnknownLink", "Associate", "Payment", "Membership", "ProjectParticipant")
_BETWEEN = ("Company", "LegalEntity", "Organization", "Person", "Vessel", "BankAccount", "Airplane", "Address")
_KEYS = ("account:", "name:")
"""What is between two parties and no entity: an account that nobody is known to hold, a name that papers print."""
_SHOWN = 10
"""Payments or consignments of one hop that are evidence, the first by id."""


class _Ties:
    """Asks for ties, each kind by itself: what one engine does well with one long question another does not."""

    def __init__(self, data: Data, dial: Mapping[str, float]) -> None:
        self.data, self.dial = data, dial
        self.nodes = Nodes(data)

    def of(self, ends: Sequence[str], others: Sequence[str] | None = None) -> Iterator[Row]:
        """one, other, kind (claim, payments, shipments), ids: each tie of these ends with anybody, or with these."""
        papers = _papers(self.data, ends, _PARTIES)
        parts = [_linked(self.data, ends), _shared(self.data, ends, self.dial)]
        parts += [_sent(self.data, papers, ends), _cleared(self.data, papers, ends)] if papers is not None else []
        for rows in parts:
            wanted = rows if others is None else evidence.among(rows, "other", others)
            yield from self.data.run(wanted).to_pylist()
        yield from self.paid(ends, None if others is None else set(others))

    def paid(self, ends: Sequence[str], others: set[str] | None) -> Iterator[Row]:
        """Payments between these ends and others."""
        nodes = self.nodes
        own = np.array(sorted(nodes.find(ends).values()), np.int64)
        found: dict[tuple[str, str], list[str]] = {}
        sides = np.isin(nodes.payer, own), np.isin(nodes.payee, own)
        for at in np.flatnonzero((sides[0] | sides[1]) & (nodes.payer != nodes.payee)).tolist():
            ways = ((nodes.payer[at], nodes.payee[at]), (nodes.payee[at], nodes.payer[at]))
            for (one, other), mine in zip(ways, sides, strict=True):
                if mine[at]:
                    pair = nodes.name(int(one)), nodes.name(int(other))
                    if others is None or pair[1] in others:
                        found.setdefault(pair, []).append(nodes.log.rows["row_id"][at].as_py())
        for (one_name, other_name), ids in found.items():
            yield {"one": one_name, "other": other_name, "kind": "payments", "ids": sorted(ids)[:_SHOWN]}

    def hubs(self, middles: Sequence[str]) -> set[str]:
        """Those with whom more than `sharers` parties deal: a bank, a port, an exchange, a line."""
        nodes, most = self.nodes, int(self.dial["sharers"])
        known = {nodes.name(node): node for node in nodes.find(middles).values()}
        known |= {m: node for m in middles for node in [self._account(m)] if node is not None}
        own = np.array(sorted(set(known.values())), np.int64)
        found = set()
        for one, other in ((nodes.payer, nodes.payee), (nodes.payee, nodes.payer)):
            pairs = np.unique(one[there := np.isin(one, own)] * nodes.size + other[there])
            counts = np.bincount(pairs // nodes.size, minlength=nodes.size)
            found |= {middle for middle, node in known.items() if counts[node] > most}
        return found | _served(self.data, [m for m in middles if m not in found], most)

    def _account(self, middle: str) -> int | None:
        """Node of ``account:BANK/NUMBER``."""
        import pyarrow.compute as pc

        if not middle.startswith("account:"):
            return None
        at = pc.index(self.nodes.log.accounts, middle.removeprefix("account:")).as_py()
        return None if at < 0 else int(self.nodes.of[at])


_PARTIES = ("shipper_name", "consignee_name")
_AGENTS = ("carrier_name", "declarant_name")


def _papers(data: Data, ends: Sequence[str], columns: Sequence[str]) -> ibis.Table | None:
    """Consignments that print a name of these ends in one of these columns; None: there are none.

    Names are compared once for each text that occurs, not for each row.
    """
    import ibis

    goods, held = data.table("shipments"), data.table("holders")
    names = evidence.among(held.filter(held.key.startswith("name:")), "entity", ends).select("key")
    names = set(data.run(names).column("key").to_pylist()) | {end for end in ends if end.startswith("name:")}
    if not names:
        return None
    texts = ibis.union(*(goods.select(text=goods[column]) for column in columns), distinct=True)
    texts = texts.filter(texts.text.notnull()).select("text", key="name:" + name_key(texts.text))
    printed = data.run(evidence.among(texts, "key", sorted(names))).column("text").to_pylist()
    if not printed:
        return None
    parts = [evidence.among(goods, column, sorted(set(printed))) for column in columns]
    return ibis.union(*parts, distinct=True)


def _served(data: Data, middles: Sequence[str], most: int) -> set[str]:
    """Those who carry, clear, send to or receive from more than so many others, by the names that papers print."""
    import ibis

    papers = _papers(data, middles, (*_PARTIES, *_AGENTS)) if middles else None
    if papers is None:
        return set()
    held = data.table("holders")
    named = held.filter(held.key.startswith("name:")).select("key", "entity")
    sides = [
        papers.select(key="name:" + name_key(papers[one]), party=papers[other])
        for one in (*_PARTIES, *_AGENTS)
        for other in _PARTIES
        if one != other
    ]
    rows = ibis.union(*sides, distinct=True)
    rows = rows.left_join(named, "key")
    rows = rows.select("party", middle=ibis.coalesce(rows.entity, rows.key))
    counted = evidence.among(rows, "middle", middles).group_by("middle").agg(n=lambda t: t.party.nunique())
    return set(data.run(counted.filter(counted.n > most)).column("middle").to_pylist())


def _linked(data: Data, ends: Sequence[str]) -> ibis.Table:
    """Relationships."""
    import ibis

    links = data.table("links").filter(
        lambda t: (t.stance == "asserts") & t["schema"].isin(_WAYS) & (t.source != t.target)
    )
    sides = [
        evidence.among(links, one, ends).select("claim_ids", one=one, other=other)
        for one, other in (("source", "target"), ("target", "source"))
    ]
    rows = ibis.union(*sides, distinct=False)
    return rows.select("one", "other", kind=ibis.literal("claim"), ids="claim_ids")


def _shared(data: Data, ends: Sequence[str], dial: Mapping[str, float]) -> ibis.Table:
    """Addresses and numbers that few share."""
    import ibis

    shared = data.table("ties")
    shared = few(shared.filter(shared.what.isin(["address", "contact"])), dial["sharers"])
    mine, theirs = evidence.among(shared, "entity", ends), shared.view()
    pairs = mine.join(theirs, (mine.via == theirs.via) & (mine.what == theirs.what))
    pairs = pairs.filter(pairs.entity != pairs.entity_right)
    ids = pairs.claim_ids.concat(pairs.claim_ids_right)
    return pairs.select(one=pairs.entity, other=pairs.entity_right, kind=ibis.literal("claim"), ids=ids)


def _sent(data: Data, papers: ibis.Table, ends: Sequence[str]) -> ibis.Table:
    """Consignments between these ends and others, and the ships that carried them."""
    import ibis

    rows = consigned(papers, data.table("holders")).select("source", "target", "row_id")
    rows = rows.filter(rows.source != rows.target)
    sides = [
        evidence.among(rows, one, ends).select("row_id", one=one, other=other)
        for one, other in (("source", "target"), ("target", "source"))
    ]
    return _added_up(ibis.union(*sides, distinct=False))


def _cleared(data: Data, papers: ibis.Table, ends: Sequence[str]) -> ibis.Table:
    """Consignments of these ends, and whoever carried or cleared them, by the name in print."""
    import ibis

    held = data.table("holders")
    sides = [
        papers.filter(papers[agent].notnull()).select("row_id", party=party, by=agent)
        for party in _PARTIES
        for agent in _AGENTS
    ]
    both = ibis.union(*sides, distinct=False)
    both = both.select("row_id", key="name:" + name_key(both.party), by="name:" + name_key(both.by))
    named = held.filter(held.key.startswith("name:")).select("key", "entity")
    known = named.select(agent_key="key", agent="entity")
    rows = both.join(evidence.among(named, "entity", ends), "key")
    rows = rows.left_join(known, rows.by == known.agent_key)
    return _added_up(rows.select("row_id", one=rows.entity, other=ibis.coalesce(rows.agent, rows.by)))


def _added_up(rows: ibis.Table) -> ibis.Table:
    """The first consignments of each pair."""
    import ibis

    rows = rows.distinct()
    rows = rows.mutate(nth=ibis.row_number().over(group_by=["one", "other"], order_by="row_id"))
    first = rows.filter(rows.nth < _SHOWN).group_by("one", "other").agg(ids=lambda t: t.row_id.collect())
    return first.mutate(kind=ibis.literal("shipments"))


def ways(data: Data, dial: Mapping[str, float]) -> dict[tuple[str, str], list[Row]]:
    """(group, body) → ways: middle (None where the two are tied outright), and of each hop its kind and ids."""
    entities = data.table("entities")
    organised = entities.filter(entities["schema"].isin(["Organization", "LegalEntity"])).select("entity")
    listed = entities.filter(entities.listed.fill_null(False))
    bodies = set(data.run(state(data).semi_join(listed, "entity").distinct()).column("entity").to_pylist())
    gangs = criminals(data).semi_join(organised, "entity")
    groups = set(data.run(gangs).column("entity").to_pylist()) - bodies
    found: dict[tuple[str, str], list[Row]] = {}
    if not (bodies and groups):
        return found
    ties, first = _Ties(data, dial), dict[str, list[Row]]()
    for row in ties.of(sorted(groups)):
        if row["other"] in bodies:
            hop = {"middle": None, "kind": row["kind"], "ids": row["ids"], "then_kind": row["kind"], "then_ids": ()}
            found.setdefault((row["one"], row["other"]), []).append(hop)
        elif row["other"] not in groups:
            first.setdefault(row["other"], []).append(row)
    middles = _between(data, first)
    seconds = list(ties.of(sorted(bodies), middles)) if middles else []
    hubs = ties.hubs(sorted({then["other"] for then in seconds})) if seconds else set()
    for then in seconds:
        for row in first[then["other"]] if then["other"] not in hubs else ():
            hop = {"middle": then["other"], "kind": row["kind"], "ids": row["ids"], "then_kind": then["kind"],
                   "then_ids": then["ids"]}  # fmt: skip
            found.setdefault((row["one"], then["one"]), []).append(hop)
    for pair, hops in found.items():
        found[pair] = sorted(hops, key=lambda h: (h["middle"] or "", h["kind"], h["then_kind"], sorted(h["ids"] or ())))
    return dict(sorted(found.items()))


def _between(data: Data, middles: Iterable[str]) -> list[str]:
    """Those that may be between two parties: of a kind that moves goods or money."""
    asked = sorted(middles)
    entities = data.table("entities")
    kinds = evidence.among(entities.filter(entities["schema"].isin(_BETWEEN)), "entity", asked).select("entity")
    known = set(data.run(kinds).column("entity").to_pylist()) if asked else set()
    return [middle for middle in asked if middle in known or middle.startswith(_KEYS)]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each group, over every body that it is tied to on enough origins."""
    pairs = ways(data, dial)
    origins = _origins(data, {record for rows in pairs.values() for record in _records(rows)})
    found: dict[str, list[Row]] = {}
    for (group, body), rows in pairs.items():
        if len({origins[record] for record in _records(rows)}) >= dial["origins"]:
            found.setdefault(group, []).extend(row | {"body": body} for row in rows)
    for group, rows in found.items():
        yield _finding(data, group, rows, origins)


def _finding(data: Data, group: str, rows: list[dict[str, Any]], origins: Mapping[tuple[str, str], str]) -> Finding:
    records = _records(rows)
    independent = len({origins[record] for record in records})
    bodies = list(dict.fromkeys(row["body"] for row in rows))
    middles = list(dict.fromkeys(row["middle"] for row in rows if row["middle"]))
    over = f" over {', '.join(_caption(data, middle) for middle in middles[:4])}" if middles else ""
    names = " and ".join(data.caption(body) for body in bodies[:3])
    factors = {"the way between them": 3.0, f"{independent} independent origins": float(independent)}
    if len({kind for kind, _ in records}) > 1:
        factors["papers, payments and registers tell it in parts"] = 1.5
    paid = _payments(data, [id for kind, id in records if kind == "payments"])
    held = evidence.holders(
        data, {evidence.number_key(row[side]) for row in paid for side in ("from_account", "to_account") if row[side]}
    )
    claims = {id for kind, id in records if kind == "claim"}
    whose = {id for holder in held.values() if holder.entity in {group, *bodies, *middles} for id in holder.claim_ids}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(group)} is tied to {names}{over}, as {independent} independent origins say.",
        subjects=tuple(dict.fromkeys([group, *bodies, *middles])),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.claims(claims, "a hop between them"),
            *evidence.of_rows("payments", (row["row_id"] for row in paid), "a hop between them"),
            *evidence.of_rows("shipments", sorted(i for k, i in records if k == "shipments"), "a hop between them"),
            *evidence.claims(whose - claims, "whose account it is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(paid[0]["at"]) if paid else None,
        end=evidence.iso(paid[-1]["at"]) if paid else None,
        payments=tuple(row["payment_id"] for row in paid),
        accounts=tuple(sorted({row[s] for row in paid for s in ("from_account", "to_account") if row[s]})),
        detail={"origins": independent, "state_bodies": len(bodies), "between": len(middles), "factors": factors},
    )


def _caption(data: Data, middle: str) -> str:
    for key in _KEYS:
        if middle.startswith(key):
            return f"{key[:-1]} {middle.removeprefix(key)}"
    return data.caption(middle)


def _records(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Kind and id of every record of these ways."""
    hops = (("kind", "ids"), ("then_kind", "then_ids"))
    return {(row[kind], id) for row in rows for kind, ids in hops for id in row[ids] or ()}


def _payments(data: Data, ids: list[str]) -> list[dict[str, Any]]:
    """These payments in order of time."""
    rows = data.table("payments")
    rows = rows.select("row_id", "payment_id", "from_account", "to_account",
                       at=rows.timestamp.epoch_seconds().cast("int64"))  # fmt: skip
    found: list[dict[str, Any]] = data.run(evidence.among(rows, "row_id", sorted(ids))).to_pylist() if ids else []
    return sorted(found, key=lambda row: (row["at"], row["row_id"]))


def _origins(data: Data, records: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Record → who said it first: of a claim the source that it repeats, of a row its source."""
    import ibis

    found: dict[tuple[str, str], str] = {}
    for kind in sorted({kind for kind, _ in records}):
        table = data.table("claims" if kind == "claim" else kind)
        key = "claim_id" if kind == "claim" else "row_id"
        origin = ibis.coalesce(table.origin, table.source_id) if kind == "claim" else table.source_id
        rows = evidence.among(
            table.select(id=table[key], origin=origin), "id", sorted(i for k, i in records if k == kind)
        )
        found |= {(kind, row["id"]): row["origin"] for row in data.run(rows).to_pylist()}
    return found


TYPOLOGY = Typology(
    name="criminal_logistics",
    title="Criminal group's logistics near a state body",
    kind="ownership",
    what="A criminal group and a listed body of the state are tied within two hops over a firm, person, ship, "
    "address, forwarder or account, by relationships, payments or consignments, on at least two independent origins.",
    why="State trafficking sells through criminal partners; who moves goods for both is where they can be stopped.",
    standard="UN Panel of Experts under resolution 1874; US Department of State, International Narcotics Control "
    "Strategy Report on state-run trafficking and its criminal partners",
    needs=("entities",),
    parameters={
        "origins": Parameter(2, "origins", "independent, over the whole way"),
        "sharers": Parameter(
            50, "parties", "an address or number that more share, or an account that more deal with, ties nobody"
        ),
    },
    benign=("a forwarder, bank or port that serves everybody", "an investigator or court that deals with both"),
    refutes="Contracts of the one between them that show unrelated cargo or clients.",
    detect=detect,
)
