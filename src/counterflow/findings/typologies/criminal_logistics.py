"""Criminal logistics: a criminal group within two hops of a listed body of the state.

A hop is a relationship, an address or number that both have, a payment, or a consignment with the one who carried or
cleared it. What counts is the number of independent origins of the whole way: one origin that says all of it is a
story, two that each say a part are a lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import criminals, state
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Evidence, Finding
from counterflow.network.consignments import consigned
from counterflow.network.flows import sided
from counterflow.network.ties import PEOPLE, few, name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WAYS = (*PEOPLE, "UnknownLink", "Associate", "Payment", "Membership", "ProjectParticipant")
_BETWEEN = ("Company", "LegalEntity", "Organization", "Person", "Vessel", "BankAccount", "Airplane", "Address")
_KEYS = ("account:", "name:")
"""What is between two parties and no entity: an account that nobody is known to hold, a name that papers print."""
_SHOWN = 10
"""Payments or consignments of one hop that are evidence, the first by id."""
_COLUMNS = ("one", "other", "kind", "ids")


def edges(data: Data, ends: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """one, other, kind (claim, payments, shipments), ids: each tie of these ends (entity) with anybody."""
    import ibis

    parts = [*_said(data, ends, dial), _both_ways(_paid(data), ends), *_shipped(data, ends)]
    return ibis.union(*parts, distinct=False)


def _said(data: Data, ends: ibis.Table, dial: Mapping[str, float]) -> list[ibis.Table]:
    """Relationships, and what few share."""
    import ibis

    claim = ibis.literal("claim")
    links = data.table("links").filter(
        lambda t: (t.stance == "asserts") & t["schema"].isin(_WAYS) & (t.source != t.target)
    )
    out = links.semi_join(ends, links.source == ends.entity)
    back = links.semi_join(ends, links.target == ends.entity)
    shared = data.table("ties")
    shared = shared.filter(shared.what.isin(["address", "contact"]))
    shared = few(shared, dial["sharers"])
    own = shared.semi_join(ends, "entity")
    other = shared.view()
    pairs = own.join(other, (own.via == other.via) & (own.what == other.what))
    pairs = pairs.filter(pairs.entity != pairs.entity_right)
    return [
        out.select(one=out.source, other=out.target, kind=claim, ids=out.claim_ids),
        back.select(one=back.target, other=back.source, kind=claim, ids=back.claim_ids),
        pairs.select(one=pairs.entity, other=pairs.entity_right, kind=claim, ids=pairs.claim_ids),
        pairs.select(one=pairs.entity, other=pairs.entity_right, kind=claim, ids=pairs.claim_ids_right),
    ]


def _paid(data: Data) -> ibis.Table:
    """kind, source, target, row_id of each payment between two parties."""
    import ibis

    rows = sided(data.table("payments"), data.table("holders"))
    return rows.filter(rows.source != rows.target).select("source", "target", "row_id", kind=ibis.literal("payments"))


def _shipped(data: Data, ends: ibis.Table) -> list[ibis.Table]:
    """Consignments between these ends and others, and whoever carried or cleared them, by the name in print."""
    import ibis

    kind = ibis.literal("shipments")
    goods, held = data.table("shipments"), data.table("holders")
    sent = consigned(goods, held).select("source", "target", "row_id", kind=kind)
    named = held.filter(held.key.startswith("name:")).select("key", "entity").semi_join(ends, "entity")
    served = []
    for party in ("shipper_name", "consignee_name"):
        for agent in ("carrier_name", "declarant_name"):
            rows = goods.filter(goods[agent].notnull())
            rows = rows.select("row_id", key="name:" + name_key(rows[party]), agent="name:" + name_key(rows[agent]))
            rows = rows.join(named, "key")
            served.append(rows.select(source=rows.entity, target=rows.agent, row_id="row_id", kind=kind))
    known = held.filter(held.key.startswith("name:")).select(agent="key", who="entity")
    agents = ibis.union(*served, distinct=False)
    agents = agents.left_join(known, agents.target == known.agent)
    agents = agents.mutate(target=ibis.coalesce(agents.who, agents.target)).select("source", "target", "row_id", "kind")
    return [_both_ways(rows, ends) for rows in (sent, agents)]


def _both_ways(rows: ibis.Table, ends: ibis.Table) -> ibis.Table:
    """Rows of which these are at one end, added up by the other end."""
    import ibis

    out = rows.semi_join(ends, rows.source == ends.entity).rename(one="source", other="target")
    back = rows.semi_join(ends, rows.target == ends.entity).rename(one="target", other="source")
    columns = ("one", "other", "kind", "row_id")
    both = ibis.union(out.select(*columns), back.select(*columns), distinct=False)
    both = both.mutate(nth=ibis.row_number().over(group_by=["one", "other", "kind"], order_by="row_id"))
    first = both.filter(both.nth < _SHOWN).group_by("one", "other", "kind")
    return first.agg(ids=lambda t: t.row_id.collect()).select(*_COLUMNS)


def ways(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """group, middle (null where the two are tied outright), body, and of each hop its kind and ids: a criminal group,
    what is between, a listed body of the state."""
    import ibis

    entities = data.table("entities")
    organised = entities.filter(entities["schema"].isin(["Organization", "LegalEntity"])).select("entity")
    bodies = state(data).semi_join(entities.filter(entities.listed), "entity")
    groups = criminals(data).semi_join(organised, "entity").anti_join(bodies, "entity")
    out = edges(data, groups, dial)
    direct = out.semi_join(bodies, out.other == bodies.entity)
    direct = direct.select(group=direct.one, middle=ibis.null("string"), body=direct.other, kind=direct.kind,
                           ids=direct.ids, then_kind=direct.kind, then_ids=direct.ids)  # fmt: skip
    first = out.select("kind", "ids", group="one", middle="other")
    again = edges(data, bodies, dial).view()
    second = again.select(middle="other", body="one", then_kind="kind", then_ids="ids")
    over = first.join(second, "middle").select(*direct.columns)
    over = _between(data, over.anti_join(bodies, over.middle == bodies.entity), groups, dial)
    return ibis.union(direct, over, distinct=False).order_by("group", "body", "middle", "kind", "then_kind")


def _between(data: Data, over: ibis.Table, groups: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Ways over something that may be between two parties: of a kind that moves goods or money, and no hub.

    Whom more than `sharers` parties pay, send to or clear through is a bank, a port or an exchange, and ties nobody.
    """
    import ibis

    entities = data.table("entities")
    between = entities.filter(entities["schema"].isin(_BETWEEN)).select("entity")
    over = over.anti_join(groups, over.middle == groups.entity)
    kept = over.semi_join(between, over.middle == between.entity)
    keys = over.filter(over.middle.startswith(_KEYS[0]) | over.middle.startswith(_KEYS[1]))
    over = ibis.union(kept, keys, distinct=False)
    middles = over.select("middle").distinct()
    paid = _paid(data)
    parties = [
        rows.select(middle=rows[one], party=rows[other]).semi_join(middles, "middle")
        for rows in (paid, consigned(data.table("shipments"), data.table("holders")))
        for one, other in (("source", "target"), ("target", "source"))
    ]
    counted = ibis.union(*parties, distinct=False).group_by("middle").agg(parties=lambda t: t.party.nunique())
    return over.anti_join(counted.filter(counted.parties > int(dial["sharers"])), "middle")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each group, over every body that it is tied to on enough origins."""
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in data.run(ways(data, dial)).to_pylist():
        pairs.setdefault((row["group"], row["body"]), []).append(row)
    origins = _origins(data, {record for rows in pairs.values() for record in _records(rows)})
    found: dict[str, list[dict[str, Any]]] = {}
    for (group, _), rows in sorted(pairs.items()):
        if len({origins[record] for record in _records(rows)}) >= dial["origins"]:
            found.setdefault(group, []).extend(rows)
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
            *(Evidence(kind, id, "a hop between them") for kind, id in sorted(records) if kind != "claim"),
            *evidence.claims(whose - claims, "whose account it is"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(paid[0]["at"]) if paid else None,
        end=evidence.iso(paid[-1]["at"]) if paid else None,
        payments=tuple(dict.fromkeys(row["payment_id"] for row in paid)),
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
