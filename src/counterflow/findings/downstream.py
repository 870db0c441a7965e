"""Downstream: where the money of a party goes, payment after payment in time, until it reaches one of a few parties.

The search runs backward from those few: what is known of each party is the last moment at which its money could still
leave and arrive, over at most so many steps. One pass over all payments for each step, however many parties ask. What a
company has is its owner's, and a payment that a claim tells of counts as one, at whatever time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.nodes import Ints, Nodes
from counterflow.network.ties import holdings

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["Downstream", "Step"]

Flags = np.ndarray[Any, np.dtype[np.bool_]]

_EVER = np.iinfo(np.int64).max
_HOLD = ("Ownership", "Control")
_SAID = "is said to pay"


@dataclass(frozen=True)
class Step:
    """Money from one party to the next.

    :param rows: places in the log of all payments between the two, in time order; none: a claim says it
    :param how: in words; :param claim_ids: that say so, and whose accounts these are
    """

    source: str
    target: str
    how: str
    rows: tuple[int, ...] = ()
    claim_ids: tuple[str, ...] = ()

    @property
    def money(self) -> bool:
        """Whether it is a payment, and not what somebody holds."""
        return bool(self.rows) or self.how == _SAID


class Downstream:
    """Ways of money to some parties.

    :param targets: canonical ids; :param hops: steps, at most
    :param hub: payers beyond which a party is passed over: what goes in and comes out of a bank is not one money
    """

    def __init__(self, data: Data, targets: Collection[str], hops: int, hub: int) -> None:
        self._log = data.log
        links = list(_linked(data, targets, hops))
        self._nodes = Nodes(data, {*targets, *(end for link in links for end in link[:2])})
        self._links = links
        ends = [[self._nodes.index[link[side]] for link in links] for side in (0, 1)]
        self._by_link = tuple(np.array(side, np.int64) for side in ends)
        self._levels = self._search([self._nodes.index[t] for t in targets], hops, hub)

    def _search(self, targets: Sequence[int], hops: int, hub: int) -> list[tuple[Ints, Ints]]:
        """For each number of steps: the last second at which money can leave a node, -1: never; and by what, a
        payment's place in the log, or -2 less the number of a link."""
        nodes, at = self._nodes, self._log.at
        (sender, receiver), moved = self._by_link, nodes.payer != nodes.payee
        limit = np.full(nodes.size, -1, np.int64)
        limit[list(targets)] = _EVER
        levels = []
        for _ in range(hops):
            usable = np.flatnonzero(moved & (at <= limit[nodes.payee]))
            last, by = np.full(nodes.size, -1, np.int64), np.full(nodes.size, -1, np.int64)
            source = nodes.payer[usable]
            last[source], by[source] = at[usable], usable  # in order of time: the last one stands
            better = np.flatnonzero(limit[receiver] > last[sender])
            better = better[np.argsort(limit[receiver[better]], kind="stable")]
            last[sender[better]], by[sender[better]] = limit[receiver[better]], -2 - better
            last[list(targets)] = -1
            levels.append((last, by))
            limit = np.where(self._crowded(last >= 0, hub), -1, last)
        return levels

    def _crowded(self, reached: Flags, hub: int) -> Flags:
        """Nodes that more than `hub` others pay."""
        nodes = self._nodes
        into = reached[nodes.payee] & (nodes.payer != nodes.payee)
        pairs = np.unique(nodes.payer[into] * nodes.size + nodes.payee[into])
        found: Flags = np.bincount(pairs % nodes.size, minlength=nodes.size) > hub
        return found

    def name(self, node: int) -> str:
        """Its canonical id, or ``account:BANK/NUMBER``."""
        return self._nodes.name(node)

    def nodes(self, parties: Iterable[str]) -> dict[str, int]:
        """Node of each of these from which money gets there. :param parties: canonical ids, and ``account:NUMBER``"""
        return {party: node for party, node in self._nodes.find(parties).items() if self._ways(node) is not None}

    def _ways(self, node: int) -> int | None:
        return next((n for n, (last, _) in enumerate(self._levels) if last[node] >= 0), None)

    def paths(self, nodes: Iterable[int]) -> dict[int, list[Step]]:
        """The way of fewest steps from each of these nodes."""
        walks = {node: self._walk(node) for node in nodes}
        pairs = sorted({(u, v) for walk in walks.values() for u, v, link in walk if link < 0})
        rows = self._between(pairs)
        return {node: [self._step(u, v, link, rows) for u, v, link in walk] for node, walk in walks.items()}

    def _walk(self, node: int) -> list[tuple[int, int, int]]:
        """(from, to, number of the link or -1 for payments) of each step."""
        level, walk = self._ways(node), []
        while level is not None and level >= 0:
            by = int(self._levels[level][1][node])
            link = -2 - by if by <= -2 else -1
            then = int(self._by_link[1][link]) if link >= 0 else int(self._nodes.payee[by])
            walk.append((node, then, link))
            node, level = then, level - 1
        return walk

    def _between(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
        nodes = self._nodes
        found: dict[tuple[int, int], list[int]] = {pair: [] for pair in pairs}
        keys = np.array(sorted(u * nodes.size + v for u, v in pairs), np.int64)
        for at in np.flatnonzero(np.isin(nodes.payer * nodes.size + nodes.payee, keys)).tolist():
            found[int(nodes.payer[at]), int(nodes.payee[at])].append(at)
        return found

    def _step(self, u: int, v: int, link: int, rows: dict[tuple[int, int], list[int]]) -> Step:
        if link >= 0:
            _, _, how, claim_ids = self._links[link]
            return Step(self.name(u), self.name(v), how, (), claim_ids)
        own = rows[u, v]
        return Step(self.name(u), self.name(v), "paid", tuple(own), tuple(sorted(self._nodes.whose(own))))


def _linked(data: Data, targets: Collection[str], hops: int) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Whose money goes to whom by a claim, how, and the claims: links to the targets and to who holds accounts, and on
    from there. A register has millions of others, which lead nowhere."""
    links = holdings(data, "Payment", *_HOLD)
    held = links["schema"].isin(_HOLD)
    links = links.select(
        "link", "claim_ids", held=held, sender=held.ifelse(links.target, links.source),
        receiver=held.ifelse(links.source, links.target),
    )  # fmt: skip
    accounts = data.table("holders").filter(lambda t: t.key.startswith("account:")).select("entity").distinct()
    asked = {*targets, *data.run(accounts).column("entity").to_pylist()}
    known: set[str] = set()
    for _ in range(hops):
        known |= asked
        rows = data.run(evidence.among(links, "receiver", sorted(asked)).order_by("link")).to_pylist() if asked else []
        for row in rows:
            how = "is held by" if row["held"] else _SAID
            yield row["sender"], row["receiver"], how, tuple(row["claim_ids"] or ())
        asked = {row["sender"] for row in rows} - known
