"""Interest of listed parties in a ship: who owns, runs, manages or insures her is listed, or owned by listed parties.

Owned parts of the ship itself are `listed_owner`; here the parties around her are put to the fifty per cent rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.control import Control
from counterflow.network.holdings import holdings_of
from counterflow.network.regime import Rule

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_HANDS = r"own|manag|operat|insur|charter|crew|agent|controls"
"""What a role must say: a party that sold a ship stores, or met her at sea, does not run her."""


def around(data: Data) -> ibis.Table:
    """Links between a ship and a party, whichever way they point: ship, party, schema, role, start, end, claim_ids."""
    import ibis

    links, entities = data.table("links"), data.table("entities")
    ships = entities.filter(entities["schema"] == "Vessel").select("entity")
    words = links.role.fill_null("").lower().re_search(_HANDS)
    links = links.filter((links.stance == "asserts") & ((links["schema"] == "Ownership") | words))
    columns = ["schema", "role", "start", "end", "claim_ids", "link"]
    to = links.semi_join(ships, links.target == ships.entity)
    of = links.semi_join(ships, links.source == ships.entity)
    to, of = (
        rows.select(ship=rows[ship], party=rows[party], **{c: rows[c] for c in columns})
        for rows, ship, party in ((to, "target", "source"), (of, "source", "target"))
    )
    return ibis.union(to, of).order_by("ship", "party", "link")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each unlisted ship, with every party of hers that is listed or owned by listed ones."""
    rows = data.run(around(data)).to_pylist()
    if not rows:
        return
    links = data.table("links")
    owned = data.run(links.filter((links["schema"] == "Ownership") & (links.stance == "asserts")).order_by("link"))
    made = holdings_of(owned, data.as_of)
    listed = {node: True for node in made.nodes.tolist() if data.listed(node)}
    listed |= {row["party"]: True for row in rows if data.listed(row["party"])}
    control = Control(made, listed, Rule(line=dial["line"], reached_by={"shares": "together"}))
    by_ship: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if (
            not data.listed(row["ship"])
            and row["party"] != row["ship"]
            and control.status(row["party"]) != "not-blocked"
        ):
            by_ship.setdefault(row["ship"], []).append(row)
    holdings = owned.to_pylist() if by_ship else []
    for ship, around_her in by_ship.items():
        yield _finding(ship, around_her, control, holdings, data)


def _finding(
    ship: str, around_her: list[dict[str, Any]], control: Control, owned: list[dict[str, Any]], data: Data
) -> Finding:
    parties = list(dict.fromkeys(row["party"] for row in around_her))
    said, ids, sure = [], {id for row in around_her for id in row["claim_ids"] or ()}, False
    for party in parties:
        roles = sorted({_role(row) for row in around_her if row["party"] == party})
        status = "listed" if party in control.listed else "owned by listed parties"
        if party not in control.listed:
            if control.status(party) != "blocked":
                status = "perhaps owned by listed parties"
            ids |= {id for step in control.chain(party) for row in step.rows for id in owned[row]["claim_ids"] or ()}
        sure = sure or not status.startswith("perhaps")
        said.append(f"{data.caption(party)} ({', '.join(roles)}), {status}")
    factors = {"; ".join(said): 1.0 if sure else 0.4}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(ship)} has to do with {'; '.join(said)}.",
        subjects=(ship, *parties),
        probability=weigh(0.8, factors),
        evidence=evidence.claims(ids, "who has to do with the ship"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=min((row["start"] for row in around_her if row["start"]), default=None),
        end=max((row["end"] for row in around_her if row["end"]), default=None),
        detail={"parties": said, "line_per_cent": control.rule.line, "factors": factors},
    )


def _role(row: Mapping[str, Any]) -> str:
    if row["role"]:
        return str(row["role"])
    return {"Ownership": "owner"}.get(row["schema"], str(row["schema"]).lower())


TYPOLOGY = Typology(
    name="listed_ship_interest",
    title="Ship in the hands of listed parties",
    kind="ownership",
    what="A ship that no list names is owned, run, managed or insured by a listed party, or by one that such parties "
    "own.",
    why="Owners and managers of one ship after another are how a fleet goes on when its ships are listed.",
    standard="OFAC FAQ 398-402 (fifty per cent rule); UN Security Council resolution 2321 (2016), paragraphs 12 and "
    "24: "
    "ships controlled by listed parties; US State, Treasury and Coast Guard, Guidance (May 2020): complex ownership",
    needs=("links", "entities"),
    parameters={"line": Parameter(50, "per cent", "share of listed owners together from which a party is owned")},
    benign=(
        "a manager or owner of former years: see the dates",
        "a party of the same name",
        "an insurer or agent that serves every ship",
    ),
    refutes="The present owner's, manager's and insurer's papers.",
    detect=detect,
)
