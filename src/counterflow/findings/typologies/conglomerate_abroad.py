"""Conglomerate abroad: an unlisted company in another country that bears the name of a listed one and is tied to it.

A name alone is everybody's: the words in common must be rare among all parties, and a link or something shared (person,
address, telephone, agent) must tie the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, ties

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

Row = dict[str, Any]


def parties(data: Data) -> ibis.Table:
    """entity, names, countries, listed of every company."""
    entities = data.table("entities")
    rows = entities.filter(entities["schema"].isin(COMPANIES))
    return rows.select("entity", "names", "countries", listed=rows.listed.fill_null(False)).order_by("entity")


def tied(data: Data) -> ibis.Table:
    """left, right, what, claim_ids of each pair that is linked or shares something."""
    import ibis

    links = data.table("links").filter(lambda t: t.stance == "asserts")
    both = [
        links.select(
            left=links[a], right=links[b], what=ibis.literal("is linked to"), claim_id=links.claim_ids.unnest()
        )
        for a, b in (("source", "target"), ("target", "source"))
    ]
    shared = ties(data)
    other = shared.view()
    pairs = shared.join(other, (shared.via == other.via) & (shared.what == other.what))
    pairs = pairs.filter(pairs.entity != pairs.entity_right)
    common = [
        pairs.select(left=pairs.entity, right=pairs.entity_right, what="shares its " + pairs.what + " with",
                     claim_id=ids.unnest())
        for ids in (pairs.claim_ids, pairs.claim_ids_right)
    ]  # fmt: skip
    return ibis.union(*both, *common, distinct=True).order_by("left", "right", "what", "claim_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company abroad and the conglomerate whose name it bears."""
    rows = {row["entity"]: row for row in data.run(parties(data)).to_pylist()}
    words = {entity: _words(row["names"] or ()) for entity, row in rows.items()}
    bearers: dict[str, set[str]] = {}
    for entity, own in words.items():
        for word in own:
            bearers.setdefault(word, set()).add(entity)
    rare = {word for word, of in bearers.items() if len(of) <= dial["bearers"]}
    found: dict[tuple[str, str], list[Row]] = {}
    for row in data.run(tied(data)).to_pylist():
        left, right = rows.get(row["left"]), rows.get(row["right"])
        if left and right and not left["listed"] and right["listed"]:
            abroad = left["countries"] and set(left["countries"]).isdisjoint(right["countries"] or ())
            if abroad and words[row["left"]] & words[row["right"]] & rare:
                found.setdefault((row["left"], row["right"]), []).append(row)
    named = _name_claims(data, {entity for pair in found for entity in pair})
    for (company, listed), ties_ in sorted(found.items()):
        common = sorted(words[company] & words[listed] & rare)
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


def _words(names: Any) -> set[str]:
    from counterflow.entities.names import analyse

    return {w for name in names for form in analyse(name, "organisation").forms[:1] for w in form.tokens if len(w) >= 5}


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
    parameters={"bearers": Parameter(12, "companies", "that bear a word; one that more bear is common")},
    benign=("a company sold before the listing that kept its name", "a namesake whose director once worked there"),
    refutes="A register entry that shows other owners from before the listing.",
    detect=detect,
)
