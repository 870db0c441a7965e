"""Embassy in business: a company at a mission's address, or owned, run or housed by a mission or a diplomat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import diplomats, missions
from counterflow.findings.typology import Data, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_LETS = r"rent|lease|lett?ing|premises|hostel|vermiet|аренд"


def ventures(data: Data) -> ibis.Table:
    """company, who (mission or diplomat), what, claim_ids: each way in which a company is an embassy's."""
    import ibis

    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select(company=entities.entity)
    at = missions(data)
    companies = companies.anti_join(at, companies.company == at.entity)
    tied = data.table("ties")
    homes = tied.filter(tied.what == "address")
    theirs = homes.semi_join(at, homes.entity == at.entity).view()
    shared = homes.join(theirs, homes.via == theirs.via).filter(lambda t: t.entity != t.entity_right)
    housed = [
        shared.select(company=shared.entity, who=shared.entity_right, what=ibis.literal("has the address of"),
                      claim_id=ids.unnest())
        for ids in (shared.claim_ids, shared.claim_ids_right)
    ]  # fmt: skip
    people = diplomats(data)
    posts = people.select(person=people.person, post=people.claim_ids.unnest()).distinct()
    links = holdings(data, "Ownership", "Directorship", "Control", "Representation")
    run = links.join(posts, links.source == posts.person)
    whose = ibis.literal("is owned or run by")
    persons = [
        run.select(company=run.target, who=run.source, what=whose, claim_id=run.claim_ids.unnest()),
        run.select(company=run.target, who=run.source, what=whose, claim_id=run.post),
    ]
    own = links.semi_join(at, links.source == at.entity)
    loose = holdings(data, "UnknownLink")
    loose = loose.filter(loose.role.lower().re_search(_LETS)).semi_join(at, loose.source == at.entity)
    bodies = [
        own.select(company=own.target, who=own.source, what=whose, claim_id=own.claim_ids.unnest()),
        loose.select(company=loose.target, who=loose.source, what=ibis.literal("rents the premises of"),
                     claim_id=loose.claim_ids.unnest()),
    ]  # fmt: skip
    rows = ibis.union(*housed, *persons, *bodies, distinct=True).semi_join(companies, "company")
    return rows.order_by("company", "who", "what", "claim_id")


_WORTH = {"is owned or run by": 8.0, "has the address of": 6.0, "rents the premises of": 8.0}


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(ventures(data)).to_pylist():
        found.setdefault(row["company"], []).append(row)
    for company, rows in found.items():
        says = {f"{row['what']} {data.caption(row['who'])}": _WORTH[row["what"]] for row in rows}
        best: dict[str, float] = {}
        for said, worth in says.items():
            best.setdefault(said, worth)
        kinds = {row["what"]: _WORTH[row["what"]] for row in rows}
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{data.caption(company)} is in business with a mission or diplomat: it {' and '.join(best)}.",
            subjects=tuple(dict.fromkeys([company, *(row["who"] for row in rows)])),
            probability=weigh(0.2, kinds),
            evidence=evidence.claims({row["claim_id"] for row in rows}, "the tie to the mission"),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            detail={"ties": len(says), "factors": kinds},
        )


TYPOLOGY = Typology(
    name="embassy_business",
    title="Diplomat or embassy in business",
    kind="ownership",
    what="A company has the address of a diplomatic mission, rents its premises, or is owned or run by it or by a "
    "diplomat.",
    why="Missions earn for the state that posts them: rent, trade and agency under immunity.",
    standard="UNSCR 2321 (2016), paragraph 18: premises only for diplomatic or consular activities; Vienna "
    "Convention on Diplomatic Relations (1961), article 42; UN Panel of Experts under resolution 1874",
    needs=("entities", "links"),
    parameters={},
    benign=(
        "a visa or courier service that the host state licensed",
        "a neighbour in the same building",
        "a diplomat's spouse with leave to work",
    ),
    refutes="The lease, or the foreign ministry's list of accredited persons.",
    detect=detect,
)
