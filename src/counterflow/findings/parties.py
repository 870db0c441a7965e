"""Parties: who stands behind the accounts of a pattern, where, and how near to a listed party.

An account's holder is whom the network knows to hold its number; where nobody is known, the name that its payments
print. Its places are the countries of its bank (as stated, by its BIC, by its IBAN), of its address and of its holder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterflow.findings import evidence
from counterflow.model.account_country import bic_country, iban_country

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.typology import Data
    from counterflow.network.graph import Graph
    from counterflow.network.paths import Nearest

__all__ = ["HOPS", "OWNERS", "Near", "Parties", "Party"]

HOPS = 3
"""Links within which a listed party is told: beyond, in a dense network, everybody is near somebody."""

OWNERS = ("Ownership", "Directorship")
"""Links from who owns or directs to whom."""


@dataclass(frozen=True)
class Near:
    """The way from a party to the nearest listed one. :param hops: links on it; :param chain: entities from the first
    after the party to the listed one; :param claim_ids: claims that the links rest on"""

    entity: str
    hops: int
    chain: tuple[str, ...]
    claim_ids: tuple[str, ...]


@dataclass(frozen=True)
class Party:
    """Who stands behind an account.

    :param bank: as the file names it, empty where it names none; :param number: the account's
    :param caption: the holder's name, else the printed one with the number, else the number
    :param countries: ISO 3166-1 alpha-2, in lower case, the bank's first
    :param owners: entities that own or direct the holder
    :param near: the nearest listed party within `HOPS`; None: none, or nobody known to hold the account
    """

    bank: str
    number: str
    holder: evidence.Holder
    caption: str
    countries: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    near: Near | None = None


class Parties:
    """Looked up many at a time, each once for a run of all typologies."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._known: dict[str, Party] = {}
        self._reached: dict[tuple[frozenset[str], int | None], Nearest] = {}

    def of(self, accounts: Iterable[str]) -> dict[str, Party]:
        """account → who stands behind it. :param accounts: ``BANK/NUMBER``"""
        asked = list(dict.fromkeys(accounts))
        fresh = [a for a in asked if a not in self._known]
        if fresh:
            keys = {a: evidence.number_key(a.partition("/")[2]) for a in fresh}
            held = evidence.holders(self._data, keys.values())
            printed = self._printed(fresh) if self._prints else {}
            entities = sorted({h.entity for h in held.values() if h.known})
            owners, near, places = (self._owners(entities), self.near(entities), self._countries(entities))
            for account, key in keys.items():
                holder, (name, stated) = held[key], printed.get(account, ("", ()))
                bank, _, number = account.partition("/")
                caption = f"{name} (account {number})" if name and not holder.known else holder.caption
                found = (*stated[:1], *_country(bank, number), *stated[1:], *places.get(holder.entity, ()))
                self._known[account] = Party(
                    bank, number, holder, caption, tuple(dict.fromkeys(c for c in found if c)),
                    owners.get(holder.entity, ()), near.get(holder.entity),
                )  # fmt: skip
        return {account: self._known[account] for account in asked}

    @cached_property
    def _prints(self) -> bool:
        """Whether any payment prints a name or a country at all."""
        paid = self._data.table("payments")
        said = [paid[f"{s}_{c}"].count() for s in ("from", "to") for c in ("name", "country", "bank_country")]
        row = self._data.run(paid.agg(**{f"n{i}": n for i, n in enumerate(said)})).to_pylist()[0]
        return any(row.values())

    def _printed(self, accounts: list[str]) -> dict[str, tuple[str, tuple[str, str]]]:
        """account → (name, (bank's country, own country)) as payments print them; the first in order where several."""
        import ibis

        paid = self._data.table("payments")
        sides = [
            paid.select(
                account=ibis.coalesce(paid[f"{s}_bank"], "") + "/" + paid[f"{s}_account"], name=paid[f"{s}_name"],
                bank=paid[f"{s}_bank_country"], country=paid[f"{s}_country"],
            )
            for s in ("from", "to")
        ]  # fmt: skip
        rows = evidence.among(ibis.union(*sides, distinct=False), "account", accounts)
        rows = rows.group_by("account").agg(name=rows.name.min(), bank=rows.bank.min(), country=rows.country.min())
        return {
            r["account"]: (r["name"] or "", (r["bank"] or "", r["country"] or ""))
            for r in self._data.run(rows).to_pylist()
        }

    def _countries(self, entities: list[str]) -> dict[str, tuple[str, ...]]:
        if not entities:
            return {}
        rows = self._data.table("entities")
        rows = evidence.among(rows, "entity", entities).select("entity", "countries")
        return {r["entity"]: tuple(c.lower() for c in r["countries"] or ()) for r in self._data.run(rows).to_pylist()}

    @cached_property
    def _links(self) -> pa.Table:
        links = self._data.table("links")
        return self._data.run(links.filter(links.stance == "asserts").order_by("link"))

    @cached_property
    def _graph(self) -> Graph:
        from counterflow.network.edges import acts
        from counterflow.network.graph import Graph

        return Graph(self._links, acts(self._data), self._data.grades)  # type: ignore[arg-type]

    @cached_property
    def _listed(self) -> tuple[str, ...]:
        entities = self._data.table("entities")
        return tuple(self._data.run(entities.filter(entities.listed).select("entity")).column(0).to_pylist())

    def near(
        self, entities: Iterable[str], hops: int = HOPS, goals: Collection[str] | None = None, hub: int | None = None
    ) -> dict[str, Near]:
        """entity → the way to the nearest listed party, where one is within so many links; a listed one is its own.

        :param goals: parties to find the way to in place of the listed ones
        :param hub: links of a party in between beyond which it ties nobody to anybody; None: however many
        """
        asked = list(dict.fromkeys(entities))
        ends = set(self._listed if goals is None else goals)
        found = {e: Near(e, 0, (), ()) for e in asked if e in ends}
        rest = [e for e in asked if e not in found]
        if not rest or not ends or not len(self._links):
            return found
        graph, ways = self._graph, self._ways(frozenset(ends), hub)
        for entity in rest:
            node = graph.index.get(entity, -1)
            if node < 0 or not 0 < ways.hops[node] <= hops:
                continue
            chain: list[str] = []
            ids: list[str] = []
            at = node
            for link in ways.chain(graph.columns, node):
                source, target = int(graph.source[link]), int(graph.target[link])
                at = target if source == at else source
                chain.append(str(graph.nodes[at]))
                ids += graph.links.column("claim_ids")[link].as_py() or []
            found[entity] = Near(str(graph.nodes[at]), len(chain), tuple(chain), tuple(sorted(set(ids))))
        return found

    def _ways(self, goals: frozenset[str], hub: int | None) -> Nearest:
        """From each node of the network the way to the nearest of these."""
        from counterflow.network.paths import nearest

        if (goals, hub) not in self._reached:
            graph = self._graph
            seeds = np.array(sorted(graph.index[e] for e in goals if e in graph.index), np.int32)
            open_ = graph.ways(graph.as_of(self._data.as_of))
            if hub is not None:
                crowded = graph.degree > hub
                crowded[seeds] = False
                open_ &= ~(crowded[graph.source] | crowded[graph.target])
            self._reached[goals, hub] = nearest(graph.columns, seeds, open_)
        return self._reached[goals, hub]

    def _owners(self, entities: list[str]) -> dict[str, tuple[str, ...]]:
        if not entities:
            return {}
        import pyarrow as pa
        import pyarrow.compute as pc

        links = self._links
        mine = pc.and_(
            pc.is_in(links.column("target"), pa.array(entities, pa.string())),
            pc.is_in(links.column("schema"), pa.array(OWNERS, pa.string())),
        )
        owners: dict[str, dict[str, None]] = {}
        for row in links.filter(mine).select(["source", "target"]).to_pylist():
            owners.setdefault(row["target"], {})[row["source"]] = None
        return {entity: tuple(sorted(names)) for entity, names in owners.items()}


def _country(bank: str, number: str) -> Iterator[str]:
    """The countries that a bank's BIC and an account's IBAN name, in lower case."""
    yield from (code for code in (bic_country(bank), iban_country(number)) if code)
