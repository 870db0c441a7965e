"""Conglomerate abroad: an unlisted company in another country that bears the name of a listed one and is tied to it.

A name alone is everybody's: the words in common must be nobody else's, and a link or something shared (person,
address, telephone, agent) must tie the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.wording import bearers, everyday, words
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, few

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]


def parties(data: Data) -> ibis.Table:
    """entity, names, countries, listed of every company."""
    entities = data.table("entities")
    rows = entities.filter(entities["schema"].isin(COMPANIES))
    return rows.select("entity", "names", "countries", listed=rows.listed.fill_null(False)).order_by("entity")


def tied(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """left (unlisted), right (listed), what, claim_id of each pair that is linked or shares something few share."""
    import ibis

    rows = parties(data)
    mine = rows.filter(~rows.listed).select(company=rows.entity)
    theirs = rows.filter(rows.listed).select(company=rows.entity)
    links = data.table("links").filter(lambda t: t.stance == "asserts")
    pairs = []
    for one, other in (("source", "target"), ("target", "source")):
        found = links.select(
            left=links[one], right=links[other], what=ibis.literal("is linked to"), claim_ids=links.claim_ids
        )
        pairs.append(found)
    shared = data.table("ties")
    shared = few(shared, dial["sharers"])
    own = shared.semi_join(mine, shared.entity == mine.company)
    other = shared.semi_join(theirs, shared.entity == theirs.company).view()
    both = own.join(other, (own.via == other.via) & (own.what == other.what))
    for ids in (both.claim_ids, both.claim_ids_right):
        says = "shares its " + both.what + " with"
        pairs.append(both.select(left=both.entity, right=both.entity_right, what=says, claim_ids=ids))
    found = ibis.union(*pairs, distinct=False)
    found = found.semi_join(mine, found.left == mine.company).semi_join(theirs, found.right == theirs.company)
    found = found.select("left", "right", "what", claim_id=found.claim_ids.unnest()).distinct()
    return found.order_by("left", "right", "what", "claim_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company abroad and the conglomerate whose name it bears."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in data.run(tied(data, dial)).to_pylist():
        pairs.setdefault((row["left"], row["right"]), []).append(row)
    if not pairs:
        return
    wanted = sorted({entity for pair in pairs for entity in pair})
    rows = {r["entity"]: r for r in data.run(parties(data).filter(lambda t: t.entity.isin(wanted))).to_pylist()}
    own = {entity: {w for n in row["names"] or () for w in words(n)} for entity, row in rows.items()}
    shared = {w for left, right in pairs for w in own[left] & own[right] if not everyday(w)}
    rare = {word for word, count in bearers(data, shared).items() if count <= dial["bearers"]}
    found: dict[tuple[str, str], list[Row]] = {}
    for (left, right), ties_ in pairs.items():
        places = rows[left]["countries"]
        abroad = places and set(places).isdisjoint(rows[right]["countries"] or ())
        if abroad and own[left] & own[right] & rare:
            found[left, right] = ties_
    named = _name_claims(data, {entity for pair in found for entity in pair})
    for (company, listed), ties_ in sorted(found.items()):
        common = sorted(own[company] & own[listed] & rare)
        factors = {f"bears the name {' '.join(common)}": 3.0, ties_[0]["what"]: 4.0}
        places = " and ".join(place.upper() for place in rows[company]["countries"])
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{data.caption(company)} in {places} bears the name of the listed {data.caption(listed)} "
            f"({' '.join(common)}) and {ties_[0]['what']} it.",
            subjects=(company, listed),
            probability=weigh(0.2, factors),
            evidence=(
                *evidence.claims({row["claim_id"] for row in ties_}, "the tie"),
                *evidence.claims({*named[company], *named[listed]} - {row["claim_id"] for row in ties_}, "the name"),
            ),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            detail={"common_words": common, "factors": factors},
        )


def _name_claims(data: Data, entities: set[str]) -> dict[str, set[str]]:
    said = facts(data, "name").filter(lambda t: t.entity.isin(sorted(entities)))
    found: dict[str, set[str]] = {entity: set() for entity in entities}
    for row in data.run(said.order_by("entity", "claim_id")).to_pylist() if entities else ():
        found[row["entity"]].add(row["claim_id"])
    return found


TYPOLOGY = Typology(
    name="conglomerate_abroad",
    title="Overseas company of a listed conglomerate",
    kind="ownership",
    what="A company that no list names stands in another country, bears a rare word of a listed company's name and "
    "is tied to it.",
    why="Conglomerates trade through companies abroad that the list of the parent does not name.",
    standard="UN Panel of Experts under resolution 1874 on overseas companies of listed conglomerates; UNSCR 2375 "
    "(2017), paragraph 18: joint ventures; FinCEN advisory FIN-2017-A008",
    needs=("entities", "members", "claims"),
    parameters={
        "bearers": Parameter(12, "companies", "that bear a word; one that more bear is common"),
        "sharers": Parameter(50, "parties", "an address, number or agent that more share ties nobody"),
    },
    benign=("a company sold before the listing that kept its name", "a namesake whose director once worked there"),
    refutes="A register entry that shows other owners from before the listing.",
    detect=detect,
)
