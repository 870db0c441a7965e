"""Burst: companies formed on one day at one address, or by one agent or officer, as if by the dozen.

An agent who forms companies every day forms several on some days by chance: a day counts where it stands out from what
that address, agent or officer has on an average one, by four standard deviations of a Poisson count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from counterflow.findings.observations import DAY
from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WHERE = {"address": "at one address", "agent": "by one agent", "officer": "under one officer"}


def bursts(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """day, what, via, companies, and the claims of formation and of the tie."""
    formed = facts(data, "incorporationDate")
    formed = formed.filter(formed.value.length() == 10)
    if data.as_of is not None:
        formed = formed.filter(formed.value <= data.as_of.ljust(10, "~"))
    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES))
    formed = formed.semi_join(companies, "entity").select("entity", day=formed.value, formed=formed.claim_id)
    tied = data.table("ties")
    tied = tied.filter(tied.what.isin(list(_WHERE))).select("entity", "via", "what", tie=tied.claim_ids.unnest())
    rows = formed.join(tied, "entity")
    grouped = rows.group_by(["day", "what", "via"]).agg(
        number=rows.entity.nunique(),
        companies=rows.entity.collect(distinct=True),
        formed=rows.formed.collect(distinct=True),
        tie=rows.tie.collect(distinct=True),
    )
    usual = rows.mutate(born=rows.day.cast("timestamp").epoch_seconds().cast("int64"))
    usual = usual.group_by(["what", "via"]).agg(all=usual.entity.nunique(), span=usual.born.max() - usual.born.min())
    usual = usual.mutate(mean=usual["all"] / (usual.span / DAY).clip(lower=365))
    grouped = grouped.join(usual, ["what", "via"])
    stands_out = grouped.number >= grouped["mean"] + 4 * grouped["mean"].sqrt()
    kept = grouped.filter(stands_out & (grouped.number >= int(dial["companies"])))
    columns = ("day", "what", "via", "companies", "formed", "tie")
    return kept.select(*columns).order_by("day", "what", "via")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each day and set of companies; an address and an agent that bind the same set are one burst, and
    a set inside a larger one of the day is told with that one."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    days: dict[str, list[frozenset[str]]] = {}
    for row in data.run(bursts(data, dial)).to_pylist():
        kept = found.setdefault((row["day"], *sorted(row["companies"])), {"what": [], "via": [], "claims": []})
        kept["what"].append(row["what"])
        kept["via"] += [row["via"]] if row["what"] != "address" else []
        kept["claims"] += [*row["formed"], *row["tie"]]
    for day, *companies in sorted(found, key=lambda key: (key[0], -len(key), key)):
        if any(told.issuperset(companies) for told in days.get(day, ())):
            continue
        days.setdefault(day, []).append(frozenset(companies))
        kept = found[day, *companies]
        where = " and ".join(_WHERE[what] for what in dict.fromkeys(kept["what"]))
        says = f"was formed on {day} with {len(companies) - 1} other companies {where}"
        yield sign(TYPOLOGY, data, companies, says, 8.0, kept["claims"], others=kept["via"], start=day, end=day,
                   detail={"companies_formed": len(companies)})  # fmt: skip


TYPOLOGY = Typology(
    name="incorporation_burst",
    title="Burst of incorporations",
    kind="ownership",
    what="Several companies are formed on one day at one address, by one agent or under one officer.",
    why="Layers for a scheme are bought together, and used one after the other.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018), annex E; UK Companies House bulk "
    "incorporations studied by Global Witness and DataKind (2018)",
    needs=("claims", "members", "entities"),
    parameters={"companies": Parameter(4, "companies", "formed on one day with one tie, fewer tell nothing")},
    benign=(
        "special-purpose companies of one financing, film or wind park",
        "shelf companies of a licensed agent, sold later to many",
    ),
    refutes="Different owners, bankers and lines of business in the years that follow.",
    detect=detect,
    part_of=GATHERED_BY,
)
