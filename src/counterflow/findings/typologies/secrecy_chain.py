"""Secrecy chain: an owner behind owners, each in a jurisdiction that does not say who owns its companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from counterflow.findings.signs import GATHERED_BY, sign
from counterflow.findings.typology import Data, Parameter, Typology
from counterflow.model.finding import Finding
from counterflow.network.ties import COMPANIES, facts, holdings

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY", "secretive"]


def secretive() -> tuple[str, ...]:
    """Jurisdictions of `secrecy.yaml`: ISO 3166-1 alpha-2, lower case."""
    import yaml

    text = (resources.files("counterflow.findings") / "secrecy.yaml").read_text("utf-8")
    return tuple(sorted(yaml.safe_load(text)["jurisdictions"]))


def layers(data: Data) -> ibis.Table:
    """source, target, secret (whether the owner's jurisdiction is one), claim_ids (of the holding), why (of the
    jurisdiction)."""
    entities = data.table("entities")
    companies = entities.filter(entities["schema"].isin(COMPANIES)).select(company=entities.entity)
    said = facts(data, "jurisdiction", "country")
    where = said.filter(said.value.isin(secretive()))
    where = where.group_by("entity").agg(why=where.claim_id.min(), where=where.value.min())
    held = holdings(data, "Ownership", "Control")
    held = held.semi_join(companies, held.source == companies.company)
    rows = held.join(where, held.source == where.entity)
    return rows.select("source", "target", "where", "why", "claim_ids").order_by("target", "source", "where")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One sign for each company under enough layers; what stands inside a longer chain is not told again."""
    rows = data.run(layers(data)).to_pylist()
    above: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        above.setdefault(row["target"], []).append(row)
    inner = {row["source"] for row in rows}
    for company in sorted(set(above) - inner) or sorted(above):
        chain = _longest(company, above)
        if len(chain) >= dial["layers"]:
            names = ", ".join(f"{data.caption(row['source'])} ({row['where'].upper()})" for row in chain)
            claims = {id for row in chain for id in [row["why"], *(row["claim_ids"] or ())]}
            yield sign(TYPOLOGY, data, [company], f"stands under {len(chain)} owners in secrecy jurisdictions: {names}",
                       3.0, claims, others=[row["source"] for row in chain], detail={"layers": len(chain)})  # fmt: skip


def _longest(company: str, above: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The longest way up without a repeat, breadth first; the first of several."""
    best: list[dict[str, Any]] = []
    seen = {company}
    ways: list[list[dict[str, Any]]] = [[row] for row in above.get(company, ())]
    while ways:
        ways = [way for way in ways if way[-1]["source"] not in seen]
        best = ways[0] if ways else best
        seen |= {way[-1]["source"] for way in ways}
        ways = [[*way, row] for way in ways for row in above.get(way[-1]["source"], ())]
    return best


TYPOLOGY = Typology(
    name="secrecy_chain",
    title="Chain of secrecy jurisdictions",
    kind="ownership",
    what="A company is owned through at least two companies, one above the other, in jurisdictions that keep owners "
    "secret.",
    why="Each layer is another court to ask, and none of them may answer.",
    standard="FATF and Egmont Group, Concealment of Beneficial Ownership (2018): complex structures over several "
    "jurisdictions; Global Witness and DataKind (2018): 72 per cent of foreign owners tied to a secrecy jurisdiction",
    needs=("links", "claims", "members", "entities"),
    parameters={"layers": Parameter(2, "companies", "one above the other in such jurisdictions")},
    benign=("a fund whose investors come from many countries", "a ship finance company"),
    refutes="A beneficial owner's declaration that a bank has verified.",
    detect=detect,
    part_of=GATHERED_BY,
    alone=False,
)
