"""Front company: a company that no list names, held, run or used by a party that a list does name.

The set-based steps (links of unlisted companies to listed parties, direct or over one shared officer, address or
number) are Ibis and run unchanged on Spark. Each link found is a flag with its claims; a flag is worth less where its
source is poor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.roles import offices
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.likelihood import probability
from counterflow.network.ties import COMPANIES, few, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_DIRECT = (
    # schema of the link, which end is the company, what it says of the company, likelihood ratio
    ("Ownership", "target", "is held by", 8.0),
    ("Control", "target", "is controlled by", 8.0),
    ("Directorship", "target", "is directed by", 5.0),
    ("Representation", "source", "acts for", 5.0),
    ("Employment", "target", "employs", 2.0),
)
_SHARED = {
    "officer": ("shares an officer with", 3.0), "address": ("shares an address with", 2.0),
    "contact": ("shares a telephone, e-mail or web site with", 4.0),
}  # fmt: skip
_WORTH = {what: worth for _, _, what, worth in _DIRECT} | dict(_SHARED.values())
_COLUMNS = ("company", "what", "listed", "via", "one", "other")


def flags(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """company, what, listed (the party), via (officer, address or number shared, or null), and the claims of both sides
    of each flag: one, other."""
    import ibis

    parts = [*(_direct(data, *row[:3]) for row in _DIRECT), _shared(data, dial)]
    return ibis.union(*parts, distinct=False).order_by("company", "what", "listed", "via")


def _companies(data: Data) -> ibis.Table:
    """Unlisted companies; an office of the state, however it is held, is nobody's front."""
    entities = data.table("entities")
    rows = entities.filter(entities["schema"].isin(COMPANIES) & ~entities.listed.fill_null(False))
    return rows.select(company=rows.entity).anti_join(offices(data).select(company="entity"), "company")


def _listed(data: Data) -> ibis.Table:
    entities = data.table("entities")
    return entities.filter(entities.listed).select(listed=entities.entity)


def _direct(data: Data, schema: str, end: str, what: str) -> ibis.Table:
    import ibis

    links = holdings(data, schema)
    company, party = (links.target, links.source) if end == "target" else (links.source, links.target)
    rows = links.select(company=company, listed=party, one=links.claim_ids, other=links.claim_ids)
    rows = rows.semi_join(_companies(data), "company").semi_join(_listed(data), "listed")
    return rows.mutate(what=ibis.literal(what), via=ibis.null("string")).select(*_COLUMNS)


def _shared(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Flags of unlisted companies and listed parties that are tied to the same unlisted person, address or number."""
    tied, entities = data.table("ties").drop("tie"), data.table("entities")
    people = entities.filter((entities["schema"] == "Person") & ~entities.listed.fill_null(False))
    serve = holdings(data, "Directorship", "Ownership", "Control").select(entity="target", via="source")
    serve = serve.semi_join(people.select(via="entity"), "via")
    officers = tied.filter(tied.what == "officer").semi_join(serve, ["entity", "via"])
    rows = few(officers.union(tied.filter(tied.what.isin(["address", "contact"]))), dial["sharers"])
    rows = rows.mutate(said=rows.what.cases(*((key, words) for key, (words, _) in _SHARED.items()), else_=""))
    mine = rows.select("what", "via", "said", company="entity", one="claim_ids").semi_join(_companies(data), "company")
    theirs = rows.select("what", "via", listed="entity", other="claim_ids").semi_join(_listed(data), "listed")
    both = mine.join(theirs.view(), ["what", "via"])
    return both.select("company", "listed", "via", "one", "other", what="said").select(*_COLUMNS)


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company whose flags together are telling."""
    found = data.run(flags(data, dial)).to_pylist()
    trust = _trust(data, {id for row in found for side in ("one", "other") for id in row[side] or ()})
    for company, group in groupby(found, key=itemgetter("company")):
        rows = list(group)
        factors = _factors(rows, trust, data)
        score = weigh(dial["prior"], factors)
        if score >= dial["least"]:
            yield _finding(company, rows, factors, score, data)


def _trust(data: Data, claim_ids: set[str]) -> dict[str, float]:
    """claim → 0 to 1: how much its grade adds to a coin's toss."""
    claims = data.table("claims").filter(lambda t: t.claim_id.isin(sorted(claim_ids)))
    rows = data.run(claims.select("claim_id", "reliability", "credibility")).to_pylist() if claim_ids else []
    return {
        row["claim_id"]: max(
            0.0, 2 * probability(row["reliability"] or "F", int(row["credibility"] or 6), data.grades) - 1
        )
        for row in rows
    }


def _factors(rows: list[dict[str, Any]], trust: Mapping[str, float], data: Data) -> dict[str, float]:
    """Each kind of flag once, at its best source: ten directors who are listed are one kind of sign."""
    best: dict[str, tuple[float, str]] = {}
    for row in rows:
        # the weaker of the two sides is what the flag is worth, each side at its best claim
        sides = (max((trust.get(id, 0.0) for id in row[side] or ()), default=0.0) for side in ("one", "other"))
        worth = 1 + (_WORTH[row["what"]] - 1) * min(sides)
        said = f"{row['what']} {data.caption(row['listed'])}"
        if row["what"] not in best or (-worth, said) < (-best[row["what"]][0], best[row["what"]][1]):
            best[row["what"]] = (worth, said)
    return {said: round(worth, 3) for worth, said in sorted(best.values(), key=lambda b: (-b[0], b[1]))}


def _finding(
    company: str, rows: list[dict[str, Any]], factors: Mapping[str, float], score: float, data: Data
) -> Finding:
    claims = {(row["what"], id) for row in rows for id in [*(row["one"] or ()), *(row["other"] or ())]}
    roles: dict[str, str] = {}
    for what, id in sorted(claims):
        roles.setdefault(id, what)
    parties = sorted({row["listed"] for row in rows})
    said = list(factors)
    reasons = " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(company)} is named by no sanctions list, but {reasons}.",
        subjects=(company, *parties, *sorted({r["via"] for r in rows if r["what"] == _SHARED["officer"][0]})),
        probability=score,
        evidence=tuple(item for id, what in sorted(roles.items()) for item in evidence.claims([id], what)),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        detail={"flags": len(rows), "kinds": len(factors), "listed_parties": len(parties), "factors": dict(factors)},
    )


TYPOLOGY = Typology(
    name="front_company",
    title="Front company of a listed party",
    kind="ownership",
    what="A company that no list names is held, controlled or directed by a listed party, acts for one, or shares its "
    "officers, address or telephone.",
    why="Listed parties trade, bank and ship through companies that screening by name does not find.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018); FinCEN advisory FIN-2017-A008; UN "
    "Panel of Experts under resolution 1874",
    needs=("links", "entities"),
    parameters={
        "prior": Parameter(0.25, "probability", "before any flag"),
        "least": Parameter(0.45, "probability", "companies below this are not reported"),
        "sharers": Parameter(
            10, "parties", "a person, address or number shared by more parties than this tells nothing"
        ),
    },
    benign=(
        "a subsidiary that a general licence covers, or one that was sold before the listing",
        "a namesake of the listed director",
        "a business centre or agent whose address many use",
    ),
    refutes="A register entry that shows other owners and officers at the time, or proof that the persons differ.",
    detect=detect,
)
