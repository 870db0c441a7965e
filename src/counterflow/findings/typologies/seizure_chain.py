"""Seizure chain: what was seized leads, over the ship, company or person named with it, to a listed party or its state.

The ship is known by its number or by a name that it alone bears, persons and companies by such names; a seizure that
claims tell of leads over those whom they say were involved. From there a listed party, or a body of a state that has
listed bodies, must be within two links. What counts is on how many independent origins the whole rests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import state
from counterflow.findings.seized import named, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model import schema as vocabulary
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.parties import Near

__all__ = ["TYPOLOGY"]

_COLUMNS = ("row_id", "date", "country", "place", "lat", "lon", "goods", "quantity", "unit", "imo", "source_id")


@dataclass
class Seized:
    """What was seized with one party. :param rows: of the table; :param told: in words, with the day
    :param by: what the party is known by; :param claims: that name it; :param events: seizures that claims tell of
    """

    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    by: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    events: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def goals(data: Data) -> ibis.Table:
    """entity: listed parties, and public bodies of states that have listed ones."""
    entities = data.table("entities")
    listed = entities.filter(entities.listed)
    bodies = entities.semi_join(state(data), "entity")
    condemned = listed.filter(listed["schema"] == "PublicBody").select(country=listed.countries.unnest()).distinct()
    public = bodies.filter(bodies["schema"] == "PublicBody").select("entity", country=bodies.countries.unnest())
    public = public.semi_join(condemned, "country")
    return entities.filter(entities.listed | entities.entity.isin(public.entity)).select("entity")


def events(data: Data) -> ibis.Table:
    """event, caption, date, entity, claim_ids: parties of the seizures that claims tell of."""
    links, entities, claims, members = (data.table(name) for name in ("links", "entities", "claims", "members"))
    seizures = entities.filter(entities["schema"] == "Seizure").select(event=entities.entity, caption=entities.caption)
    schemata = sorted(s.name for s in vocabulary.all().values() if s.is_a("LegalEntity") or s.is_a("Vehicle"))
    parties = entities.filter(entities["schema"].isin(schemata)).select("entity")
    involved = links.filter((links["schema"] == "Seizure") & (links.stance == "asserts"))
    involved = involved.semi_join(parties, involved.target == parties.entity)
    rows = involved.join(seizures, involved.source == seizures.event)
    rows = rows.select("event", "caption", entity=involved.target, claim_ids=involved.claim_ids)
    said = claims.filter((claims["schema"] == "Seizure") & (claims.property == "date"))
    dated = said.join(members, said.subject == members.subject)
    dated = dated.group_by(members.entity.name("happened")).agg(date=said.value.min())
    return rows.left_join(dated, rows.event == dated.happened).select(
        "event", "caption", "entity", "claim_ids", date=dated.date
    )  # fmt: skip


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each party that was named with what was seized."""
    seized = _seized(data)
    ends = data.run(goals(data)).column("entity").to_pylist()
    near = data.parties.near(sorted(seized), int(dial["hops"]), ends, int(dial["hub"]))
    # who has only the seizure itself in common with a listed party has nothing in common with it
    chains = {e: near[e] for e in sorted(near) if not seized[e].events.keys() & {*near[e].chain}}
    lists = evidence.listings(data, {chain.entity for chain in chains.values()})
    claims = {e: {*seized[e].claims, *n.claim_ids, *lists.get(n.entity, ())} for e, n in chains.items()}
    origins = evidence.origins(data, {id for ids in claims.values() for id in ids})
    for entity, chain in chains.items():
        own = seized[entity]
        roots = {origins[id] for id in claims[entity]} | {r["source_id"] for r in own.rows.values()}
        if len(roots) >= dial["origins"]:
            yield _finding(data, entity, own, chain, lists.get(chain.entity, ()), len(roots))


def _seized(data: Data) -> dict[str, Seized]:
    """Party → what was seized with it."""
    found: dict[str, Seized] = {}
    rows = data.seizures
    pairs = data.run(named(rows, data).order_by("entity", "row_id", "claim_id")).to_pylist()
    ids = sorted({p["row_id"] for p in pairs})
    records = data.run(evidence.among(rows, "row_id", ids).select(*_COLUMNS)).to_pylist() if ids else []
    of = {r["row_id"]: r for r in records}
    for p in pairs:
        one = found.setdefault(p["entity"], Seized())
        one.rows[p["row_id"]] = of[p["row_id"]]
        one.roles[p["row_id"]] = p["role"]
        one.by.add(p["by"])
        one.claims.add(p["claim_id"])
    for e in data.run(events(data).order_by("entity", "event")).to_pylist():
        one = found.setdefault(e["entity"], Seized())
        one.by.add("claim")
        one.claims.update(e["claim_ids"])
        one.events[e["event"]] = (e["caption"], e["date"])
    return found


def _finding(data: Data, entity: str, own: Seized, chain: Near, listings: Sequence[str], origins: int) -> Finding:
    rows = sorted(own.rows.values(), key=lambda r: (r["date"], r["row_id"]))
    said = [(r["date"], told(r)) for r in rows]
    for caption, date in own.events.values():
        said.append((date or "", f"{caption.removeprefix('Seizure: ')}{f' on {date}' if date else ''}"))
    said.sort()
    several = f"; {len(said)} seizures in all" if len(said) > 1 else ""
    between = [data.caption(e) for e in chain.chain[:-1]]
    listed = data.listed(chain.entity)
    goal = f"{data.caption(chain.entity)}, {'a listed party' if listed else 'a body of a state with listed bodies'}"
    if not chain.hops:
        way = "itself a listed party" if listed else "itself a body of a state with listed bodies"
    else:
        over = f", over {', '.join(between)}" if between else ""
        way = f"{chain.hops} link{'s' * (chain.hops > 1)} from {goal}{over}"
    factors: dict[str, float] = {
        way: (4.0, 3.0, 1.5)[min(chain.hops, 2)],
        f"{origins} independent origins": round(min(3.0, 0.5 + origins / 2), 3),
    }
    if len(said) > 1:
        factors[f"{len(said)} seizures"] = min(3.0, 1 + len(said) / 4)
    if own.by == {"name"}:
        factors["known by name alone"] = 0.5
    placed = next((r for r in rows if r["lat"] is not None and r["lon"] is not None), None)
    dates = [date for date, _ in said if date]
    ships = tuple(dict.fromkeys(r["imo"] for r in rows if r["imo"] and own.roles[r["row_id"]] == "carried it"))
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(entity)}, named with the seizure of {said[0][1]}{several}, is {way}, on {origins} "
        f"independent origin{'s' * (origins > 1)}.",
        subjects=tuple(dict.fromkeys([entity, *chain.chain])),
        probability=weigh(0.2, factors),
        evidence=(
            *(Evidence("seizures", r["row_id"], own.roles[r["row_id"]]) for r in rows),
            *evidence.claims(own.claims, "who was named with the seizure"),
            *evidence.claims(set(chain.claim_ids) - own.claims, "a link of the way"),
            *evidence.claims(set(listings) - own.claims - set(chain.claim_ids), "whom a list names"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=dates[0] if dates else None,
        end=dates[-1] if dates else None,
        lat=placed["lat"] if placed else None,
        lon=placed["lon"] if placed else None,
        vessels=ships,
        detail={
            "hops": chain.hops, "through": between, "origins": origins, "seizures": len(said),
            "known_by": sorted(own.by), "events": sorted(own.events), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="seizure_chain",
    title="Seizure that leads to a state carrier",
    kind="seizure",
    what="A ship, company or person named with a seizure is, or is within two links of, a listed party or a body of a "
    "state that has listed bodies.",
    why="One cargo is an accident, its carrier's owner is a business: the way from the goods to the state makes "
    "trafficking state trafficking.",
    standard="UN Panel of Experts under resolution 1874, S/2014/147 (the Chong Chon Gang: ship, manager, owner); US "
    "Department of State, International Narcotics Control Strategy Report (the Pong Su)",
    needs=("entities",),
    parameters={
        "hops": Parameter(2, "links", "longest way from whom the seizure names to the listed party"),
        "origins": Parameter(2, "origins", "independent, over the seizure and the whole way; 1 takes a single story"),
        "hub": Parameter(300, "links", "a party in between that has more ties nobody to anybody"),
    },
    benign=(
        "a carrier or forwarder that knew nothing of what it carried",
        "another ship, company or person of the same name",
        "a party named as victim, witness or authority",
    ),
    refutes="Register extracts, charter party and bill of lading that show other owners and charterers at that time.",
    detect=detect,
)
