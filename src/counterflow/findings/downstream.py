"""Downstream: where the money of a party goes, payment after payment in time, until it reaches one of a few parties.

The search runs backward from those few: what is known of each party is the last moment at which its money could still
leave and arrive, over at most so many steps. One pass over all payments for each step, however many parties ask. What a
company has is its owner's, and a payment that a claim tells of counts as one, at whatever time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.network.ties import holdings

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["Downstream", "Step"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
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
        self._data, self._log = data, data.log
        self._links = self._linked()
        held = data.run(data.table("holders").filter(lambda t: t.key.startswith("account:")).order_by("key"))
        self._claims = dict(zip(held["key"].to_pylist(), held["claim_ids"].to_pylist(), strict=True))
        entities = sorted({*targets, *held["entity"].to_pylist(), *(e for row in self._links for e in row[:2])})
        self._entities = entities
        self._index = {entity: len(self._log.accounts) + n for n, entity in enumerate(entities)}
        self._keys = _keyed(self._log.accounts)
        self._node = self._of_accounts(held)
        self._from, self._to = self._node[self._log.payer], self._node[self._log.payee]
        self._size = len(self._log.accounts) + len(entities)
        self._levels = self._search([self._index[t] for t in targets], hops, hub)

    def _linked(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Whose money goes to whom by a claim, how, and the claims."""
        rows = holdings(self._data, "Payment", *_HOLD).select("source", "target", "claim_ids", kind="schema")
        found = []
        for row in self._data.run(rows.order_by("source", "target", "kind")).to_pylist():
            paid = row["kind"] not in _HOLD
            ends = (row["source"], row["target"]) if paid else (row["target"], row["source"])
            how = _SAID if paid else "is held by"
            found.append((*ends, how, tuple(row["claim_ids"] or ())))
        return found

    def _of_accounts(self, held: Any) -> Ints:
        """Node of each account: its holder, or itself."""
        import pyarrow.compute as pc

        own = np.arange(len(self._keys), dtype=np.int64)
        if not len(own) or not len(held):
            return own
        at = np.asarray(pc.fill_null(pc.index_in(self._keys, held["key"].combine_chunks()), -1), np.int64)
        nodes = np.array([self._index[entity] for entity in held["entity"].to_pylist()], np.int64)
        return np.where(at >= 0, nodes[at], own)

    def _search(self, targets: Sequence[int], hops: int, hub: int) -> list[tuple[Ints, Ints]]:
        """For each number of steps: the last second at which money can leave a node, -1: never; and by what, a
        payment's place in the log, or -2 less the number of a link."""
        at, moved = self._log.at, self._from != self._to
        links = [(self._index[u], self._index[v]) for u, v, _, _ in self._links]
        limit = np.full(self._size, -1, np.int64)
        limit[list(targets)] = _EVER
        levels = []
        for _ in range(hops):
            usable = np.flatnonzero(moved & (at <= limit[self._to]))
            last, by = np.full(self._size, -1, np.int64), np.full(self._size, -1, np.int64)
            source = self._from[usable]
            last[source], by[source] = at[usable], usable  # in order of time: the last one stands
            for n, (u, v) in enumerate(links):
                if limit[v] > last[u]:
                    last[u], by[u] = limit[v], -2 - n
            last[list(targets)] = -1
            levels.append((last, by))
            limit = np.where(self._crowded(last >= 0, hub), -1, last)
        return levels

    def _crowded(self, reached: Flags, hub: int) -> Flags:
        """Nodes that more than `hub` others pay."""
        into = reached[self._to] & (self._from != self._to)
        pairs = np.unique(self._from[into] * self._size + self._to[into])
        found: Flags = np.bincount(pairs % self._size, minlength=self._size) > hub
        return found

    def name(self, node: int) -> str:
        """Its canonical id, or ``account:BANK/NUMBER``."""
        accounts = len(self._log.accounts)
        return self._entities[node - accounts] if node >= accounts else f"account:{self._log.accounts[node]}"

    def nodes(self, parties: Iterable[str]) -> dict[str, int]:
        """Node of each of these from which money gets there. :param parties: canonical ids, and ``account:NUMBER``"""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = set(parties)
        found = {party: self._index[party] for party in wanted if party in self._index}
        numbers = pa.array(sorted(p for p in wanted - set(found) if p.startswith("account:")), pa.string())
        for code in np.flatnonzero(np.asarray(pc.is_in(self._keys, numbers))).tolist() if len(numbers) else ():
            found.setdefault(self._keys[code].as_py(), int(self._node[code]))
        return {party: node for party, node in sorted(found.items()) if self._ways(node) is not None}

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
            then = self._index[self._links[link][1]] if link >= 0 else int(self._to[by])
            walk.append((node, then, link))
            node, level = then, level - 1
        return walk

    def _between(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = {pair: [] for pair in pairs}
        keys = np.array(sorted(u * self._size + v for u, v in pairs), np.int64)
        for at in np.flatnonzero(np.isin(self._from * self._size + self._to, keys)).tolist():
            found[int(self._from[at]), int(self._to[at])].append(at)
        return found

    def _step(self, u: int, v: int, link: int, rows: dict[tuple[int, int], list[int]]) -> Step:
        if link >= 0:
            _, _, how, claim_ids = self._links[link]
            return Step(self.name(u), self.name(v), how, (), claim_ids)
        own = rows[u, v]
        accounts = {int(code) for side in (self._log.payer, self._log.payee) for code in side[own]}
        keys = {self._keys[code].as_py() for code in accounts}
        ids = {id for key in keys for id in self._claims.get(key) or ()}
        return Step(self.name(u), self.name(v), "paid", tuple(own), tuple(sorted(ids)))


def _keyed(accounts: pa.Array) -> pa.Array:
    """``account:NUMBER`` of each ``BANK/NUMBER``, as `evidence.number_key` writes it."""
    import pyarrow.compute as pc

    number = pc.replace_substring_regex(accounts, "^[^/]*/", "")
    return pc.binary_join_element_wise(
        "account:", pc.replace_substring_regex(pc.utf8_upper(number), "[^0-9A-Z]", ""), ""
    )
