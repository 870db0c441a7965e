"""Hands: who owns, runs, manages, charters or insures a ship, and whether listed parties are behind them.

Parties around a ship are put to the fifty per cent rule; what is owned of the ship itself is a holding like any other
(`network.holdings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.network.control import Control
from counterflow.network.holdings import holdings_of
from counterflow.network.regime import Rule

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["Hand", "hands"]

_HANDS = r"own|manag|operat|insur|charter|crew|agent|controls"
"""What a role must say: a party that sold a ship stores, or met her at sea, does not run her."""


@dataclass(frozen=True)
class Hand:
    """A listed party, or one that listed parties own, that has to do with a ship.

    :param status: ``listed``, ``owned by listed parties`` or ``perhaps owned by listed parties``
    :param start, end: partial dates between which, as far as told; :param claim_ids: of the tie, and of what is owned
    """

    party: str
    caption: str
    roles: tuple[str, ...]
    status: str
    start: str | None
    end: str | None
    claim_ids: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether the shares that are told decide it."""
        return not self.status.startswith("perhaps")

    @property
    def says(self) -> str:
        """``Korea Ship (owner), listed``."""
        return f"{self.caption} ({', '.join(self.roles)}), {self.status}"


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


def hands(data: Data, line: float) -> dict[str, list[Hand]]:
    """Ship → hands of hers that are listed, or owned by listed parties. :param line: per cent"""
    rows = data.run(around(data)).to_pylist()
    if not rows:
        return {}
    links = data.table("links")
    owned = data.run(links.filter((links["schema"] == "Ownership") & (links.stance == "asserts")).order_by("link"))
    made = holdings_of(owned, data.as_of)
    listed = {node: True for node in made.nodes.tolist() if data.listed(node)}
    listed |= {row["party"]: True for row in rows if data.listed(row["party"])}
    control = Control(made, listed, Rule(line=line, reached_by={"shares": "together"}))
    by_pair: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["party"] != row["ship"] and control.status(row["party"]) != "not-blocked":
            by_pair.setdefault((row["ship"], row["party"]), []).append(row)
    holdings = owned.to_pylist() if by_pair else []
    found: dict[str, list[Hand]] = {}
    for (ship, party), those in by_pair.items():
        found.setdefault(ship, []).append(_hand(party, those, control, holdings, data))
    return found


def _hand(
    party: str, rows: Sequence[Mapping[str, Any]], control: Control, holdings: Sequence[Mapping[str, Any]], data: Data
) -> Hand:
    ids = {id for row in rows for id in row["claim_ids"] or ()}
    status = "listed"
    if party not in control.listed:
        status = "owned by listed parties" if control.status(party) == "blocked" else "perhaps owned by listed parties"
        ids |= {id for step in control.chain(party) for row in step.rows for id in holdings[row]["claim_ids"] or ()}
    start = min((row["start"] for row in rows if row["start"]), default=None)
    end = max((row["end"] for row in rows if row["end"]), default=None)
    roles = tuple(sorted({_role(row) for row in rows}))
    return Hand(party, data.caption(party), roles, status, start, end, tuple(sorted(ids)))


def _role(row: Mapping[str, Any]) -> str:
    if row["role"]:
        return str(row["role"])
    return {"Ownership": "owner"}.get(row["schema"], str(row["schema"]).lower())
