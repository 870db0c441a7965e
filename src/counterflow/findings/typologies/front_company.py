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
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.likelihood import probability

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

COMPANIES = ("Company", "LegalEntity", "Organization")

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
    "number": ("shares a telephone, e-mail or web site with", 4.0),
}  # fmt: skip
_WORTH = {what: worth for _, _, what, worth in _DIRECT} | dict(_SHARED.values())


def flags(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """company, what, listed (the party), via (officer, address or number shared, or null), evidence of each flag."""
    import ibis

    parts = [_direct(data, *row[:3]) for row in _DIRECT]
    parts += [_shared_officer(data, dial), _shared_address(data, dial), _shared_number(data, dial)]
    return ibis.union(*parts, distinct=False).order_by("company", "what", "listed", "via")


_COLUMNS = ("company", "what", "listed", "via", "reliability", "credibility", "one", "other")


def _companies(data: Data) -> ibis.Table:
    entities = data.table("entities")
    rows = entities.filter(entities["schema"].isin(COMPANIES) & ~entities.listed.fill_null(False))
    return rows.select(company_id=rows.entity)


def _listed(data: Data) -> ibis.Table:
    entities = data.table("entities")
    return entities.filter(entities.listed).select(listed_id=entities.entity)


def _asserted(data: Data, *schemata: str) -> ibis.Table:
    links = data.table("links")
    return links.filter((links.stance == "asserts") & links["schema"].isin(schemata) & (links.source != links.target))


def _direct(data: Data, schema: str, end: str, what: str) -> ibis.Table:
    import ibis

    links = _asserted(data, schema)
    company, party = (links.target, links.source) if end == "target" else (links.source, links.target)
    rows = links.mutate(company=company, listed=party)
    rows = rows.semi_join(_companies(data), rows.company == _companies(data).company_id)
    rows = rows.semi_join(_listed(data), rows.listed == _listed(data).listed_id)
    return rows.select(
        "company", "listed", "reliability", what=ibis.literal(what), via=ibis.null("string"),
        credibility=rows.credibility.cast("int64"), one=rows.claim_ids, other=rows.claim_ids,
    ).select(*_COLUMNS)  # fmt: skip


def _ties(links: ibis.Table, middle: str, end: str) -> ibis.Table:
    """Links as (party, via): whom they tie to what is shared."""
    return links.select(
        via=links[middle], party=links[end], claim_ids=links.claim_ids, reliability=links.reliability,
        credibility=links.credibility.cast("int64"),
    )  # fmt: skip


def _meet(data: Data, mine: ibis.Table, theirs: ibis.Table, what: str) -> ibis.Table:
    """Flags of unlisted companies and listed parties that are tied to the same thing."""
    import ibis

    mine = mine.semi_join(_companies(data), mine.party == _companies(data).company_id)
    theirs = theirs.semi_join(_listed(data), theirs.party == _listed(data).listed_id).view()
    joined = mine.join(theirs, mine.via == theirs.via)
    return joined.select(
        company=mine.party, what=ibis.literal(what), listed=theirs.party, via=mine.via,
        # the weaker of the two links is what the flag is worth
        reliability=ibis.greatest(mine.reliability, theirs.reliability),
        credibility=ibis.greatest(mine.credibility, theirs.credibility), one=mine.claim_ids, other=theirs.claim_ids,
    ).select(*_COLUMNS)  # fmt: skip


def _shared_officer(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    links = _asserted(data, "Directorship", "Ownership")
    entities = data.table("entities")
    people = entities.filter((entities["schema"] == "Person") & ~entities.listed.fill_null(False))
    ties = _ties(links.semi_join(people, links.source == people.entity), "source", "target")
    return _meet(data, _few(ties, dial), _few(ties, dial), _SHARED["officer"][0])


def _shared_address(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    entities = data.table("entities")
    links = data.table("links").filter(lambda t: t.stance == "asserts")
    places = entities.filter(entities["schema"] == "Address")
    ties = _ties(links.semi_join(places, links.target == places.entity), "target", "source")
    return _meet(data, _few(ties, dial), _few(ties, dial), _SHARED["address"][0])


def _shared_number(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    claims, members = data.table("claims"), data.table("members")
    said = claims.filter(claims.prop_type.isin(["phone", "email", "url"]) & (claims.stance == "asserts"))
    held = said.join(members, said.subject == members.subject)
    grouped = held.group_by([held.value, held.entity]).agg(
        claim_ids=held.claim_id.collect(), reliability=held.reliability.min(),
        credibility=held.credibility.min().cast("int64"),
    )  # fmt: skip
    ties = grouped.rename(via="value", party="entity").select("via", "party", "claim_ids", "reliability", "credibility")
    return _meet(data, _few(ties, dial), _few(ties, dial), _SHARED["number"][0])


def _few(ties: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Without what very many share: an agent's address, or a nominee, says nothing of the company."""
    counted = ties.group_by("via").agg(parties=ties.party.nunique())
    return ties.semi_join(counted.filter(counted.parties <= int(dial["sharers"])), "via")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each company whose flags together are telling."""
    for company, group in groupby(data.run(flags(data, dial)).to_pylist(), key=itemgetter("company")):
        rows = list(group)
        factors = _factors(rows, data)
        score = weigh(dial["prior"], factors)
        if score >= dial["least"]:
            yield _finding(company, rows, factors, score, data)


def _factors(rows: list[dict[str, Any]], data: Data) -> dict[str, float]:
    """Each kind of flag once, at its best source: ten directors who are listed are one kind of sign."""
    best: dict[str, tuple[float, str]] = {}
    for row in rows:
        trust = 2 * probability(row["reliability"] or "F", int(row["credibility"] or 6)) - 1
        worth = 1 + (_WORTH[row["what"]] - 1) * max(0.0, trust)
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
