"""Impossible owner: an owner or director too young, too old, not yet born, already dead or dissolved.

Dates may be partial: only what no reading of them allows is a sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_DATES = ("birthDate", "deathDate", "dissolutionDate", "incorporationDate")
_YEAR = 365.2425


def owners(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """source, target, schema, start, claim_ids of links to companies, with each date of the owner: property, value,
    claim_id; only where the years alone allow that all dates of a kind are impossible."""
    import ibis

    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select(company=entities.entity)
    links = holdings(data, "Ownership", "Directorship", "Control")
    links = links.semi_join(companies, links.target == companies.company)
    dates = facts(data, *_DATES)
    rows = links.join(dates, links.source == dates.entity)
    begun, year = _year(ibis.coalesce(rows.start, ibis.literal(data.as_of, "string"))), _year(rows.value)
    age = begun - year
    odd = rows.property.cases(
        ("birthDate", (age <= int(dial["youngest"])) | (age >= int(dial["oldest"]))),
        ("incorporationDate", age <= 0),
        else_=age >= 0,
    )
    rows = rows.mutate(odd=odd.fill_null(False).cast("int64"))
    rows = rows.mutate(odd=rows.odd.min().over(ibis.window(group_by=["target", "source", "property"])))
    columns = ("source", "target", "schema", "start", "claim_ids", "property", "value", "claim_id")
    rows = rows.filter(rows.odd == 1).select(*columns)
    return rows.order_by("target", "source", "schema", "start", "property", "value", "claim_id")


def _year(text: Any) -> Any:
    return text.substr(0, 4).try_cast("int64")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company and owner, with the gravest of what is impossible about them."""
    best: dict[tuple[str, str], tuple[float, str, set[str]]] = {}
    dates: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in data.run(owners(data, dial)).to_pylist():
        dates.setdefault((row["target"], row["source"], row["property"]), []).append(row)
    for (company, owner, name), rows in dates.items():
        # rival dates: all of them must be impossible
        said = [_impossible(name, row["value"], row["start"] or data.as_of, dial) for row in rows]
        if all(said):
            weight, words = min(s for s in said if s)
            claims = {id for row in rows for id in [row["claim_id"], *(row["claim_ids"] or ())]}
            if (company, owner) not in best or weight > best[company, owner][0]:
                best[company, owner] = (weight, words, claims)
    for (company, owner), (weight, words, claims) in sorted(best.items()):
        says = f"is owned or run by {data.caption(owner)}, who {words}"
        yield sign(TYPOLOGY, data, [company], says, weight, claims, others=[owner])


def _impossible(name: str, value: str, start: str | None, dial: Mapping[str, float]) -> tuple[float, str] | None:
    """Weight and words where no reading of the two dates is possible; a holding of no date is one of `as_of`."""
    if start is None:
        return None
    first, last = earliest(value), latest(value)
    begun, at_latest = earliest(start), latest(start)
    if name == "birthDate":
        if first > at_latest:
            return 6.0, f"was born in {value}, after it began"
        if (at_latest - first).days < dial["youngest"] * _YEAR:
            return 4.0, f"was born in {value} and a minor when it began ({start})"
        if (begun - last).days > dial["oldest"] * _YEAR:
            return 5.0, f"was born in {value}, more than {dial['oldest']:.0f} years before it began ({start})"
    elif name == "deathDate" and last < begun:
        return 6.0, f"died in {value}, before it began ({start})"
    elif name == "dissolutionDate" and last < begun:
        return 4.0, f"was dissolved in {value}, before it began ({start})"
    elif name == "incorporationDate" and first > at_latest:
        return 4.0, f"was formed in {value}, after it began ({start})"
    return None


TYPOLOGY = Typology(
    name="impossible_owner",
    title="Owner who cannot be one",
    kind="ownership",
    what="A company's owner or director is a minor, is impossibly old, was not yet born or formed, or was dead or "
    "dissolved when the holding began.",
    why="Names are lent, invented and taken from graves.",
    standard="Global Witness and DataKind, The Companies We Keep (2018): owners of impossible age; FATF and Egmont "
    "Group, Concealment of Beneficial Ownership (2018)",
    needs=("links", "claims", "members", "entities"),
    parameters={
        "youngest": Parameter(16, "years", "age from which a person may hold or direct a company"),
        "oldest": Parameter(105, "years", "age beyond which nobody begins to"),
    },
    benign=("an heir who is a minor", "a slip in the register's date"),
    refutes="The person's own document.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
