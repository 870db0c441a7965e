"""Criminal logistics: a criminal group within two hops of a listed body of the state, over a firm, person, ship
or account.

What counts is the number of independent origins of the whole way: one origin that says all of it is a story, two that
each say a part are a lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import criminals, state
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import PEOPLE, few

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WAYS = (*PEOPLE, "UnknownLink", "Associate", "Payment", "Membership", "ProjectParticipant")
_BETWEEN = ("Company", "LegalEntity", "Organization", "Person", "Vessel", "BankAccount", "Airplane", "Address")


def edges(data: Data, ends: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """one, other, claim_ids: each tie of these ends (entity) with anybody, linked or over something few share."""
    import ibis

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
    return ibis.union(
        out.select(one=out.source, other=out.target, claim_ids=out.claim_ids),
        back.select(one=back.target, other=back.source, claim_ids=back.claim_ids),
        pairs.select(one=pairs.entity, other=pairs.entity_right, claim_ids=pairs.claim_ids),
        pairs.select(one=pairs.entity, other=pairs.entity_right, claim_ids=pairs.claim_ids_right),
        distinct=False,
    )


def ways(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """group, middle (null where the two are linked outright), body, first, second (claims of the hops): a criminal
    group, what is between, a listed body of the state."""
    import ibis

    entities = data.table("entities")
    between = entities.filter(entities["schema"].isin(_BETWEEN)).select("entity")
    organised = entities.filter(entities["schema"].isin(["Organization", "LegalEntity"])).select("entity")
    bodies = state(data).semi_join(entities.filter(entities.listed), "entity")
    groups = criminals(data).semi_join(organised, "entity").anti_join(bodies, "entity")
    between = between.anti_join(bodies, "entity").anti_join(groups, "entity")
    out = edges(data, groups, dial)
    direct = out.semi_join(bodies, out.other == bodies.entity)
    direct = direct.select(group=direct.one, middle=ibis.null("string"), body=direct.other, first=direct.claim_ids,
                           second=direct.claim_ids)  # fmt: skip
    first = out.semi_join(between, out.other == between.entity)
    first = first.select(group="one", middle="other", first="claim_ids")
    again = edges(data, bodies, dial).view()
    second = again.select(middle="other", body="one", second="claim_ids")
    over = first.join(second, "middle").select("group", "middle", "body", "first", "second")
    rows = ibis.union(direct, over, distinct=False)
    return rows.order_by("group", "body", "middle")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each group, over every body that it is tied to on enough origins."""
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in data.run(ways(data, dial)).to_pylist():
        pairs.setdefault((row["group"], row["body"]), []).append(row)
    origins = evidence.origins(data, {id for rows in pairs.values() for id in _claims(rows)})
    found: dict[str, list[dict[str, Any]]] = {}
    for (group, _), rows in sorted(pairs.items()):
        if len({origins[id] for id in _claims(rows)}) >= dial["origins"]:
            found.setdefault(group, []).extend(rows)
    for group, rows in found.items():
        claims = _claims(rows)
        independent = len({origins[id] for id in claims})
        bodies = list(dict.fromkeys(row["body"] for row in rows))
        middles = list(dict.fromkeys(row["middle"] for row in rows if row["middle"]))
        over = f" over {', '.join(data.caption(middle) for middle in middles[:4])}" if middles else ""
        names = " and ".join(data.caption(body) for body in bodies[:3])
        factors = {"the way between them": 3.0, f"{independent} independent origins": float(independent)}
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{data.caption(group)} is tied to {names}{over}, as {independent} independent origins say.",
            subjects=tuple(dict.fromkeys([group, *bodies, *middles])),
            probability=weigh(0.15, factors),
            evidence=evidence.claims(claims, "a hop between them"),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            detail={"origins": independent, "state_bodies": len(bodies), "between": len(middles), "factors": factors},
        )


def _claims(rows: list[dict[str, Any]]) -> set[str]:
    return {id for row in rows for id in [*row["first"], *row["second"]]}


TYPOLOGY = Typology(
    name="criminal_logistics",
    title="Criminal group's logistics near a state body",
    kind="ownership",
    what="A criminal group and a listed body of the state are tied within two hops over a firm, person, ship, "
    "address or account, on at least two independent origins.",
    why="State trafficking sells through criminal partners; who moves goods for both is where they can be stopped.",
    standard="UN Panel of Experts under resolution 1874; US Department of State, International Narcotics Control "
    "Strategy Report on state-run trafficking and its criminal partners",
    needs=("links", "entities"),
    parameters={
        "origins": Parameter(2, "origins", "independent, over the whole way"),
        "sharers": Parameter(50, "parties", "an address or number that more share ties nobody"),
    },
    benign=("a forwarder, bank or port that serves everybody", "an investigator or court that deals with both"),
    refutes="Contracts of the one between them that show unrelated cargo or clients.",
    detect=detect,
)
