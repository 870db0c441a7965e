"""Nodes: who stands at either end of each payment of the log, as a number: the account's holder, else the account."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["Ints", "Nodes"]

Ints = np.ndarray[Any, np.dtype[np.int64]]


class Nodes:
    """Accounts of the log come first, in its order, then entities, sorted.

    :param entities: canonical ids that are nodes too, whether or not they hold an account
    """

    def __init__(self, data: Data, entities: Iterable[str] = ()) -> None:
        self.log = data.log
        held = data.run(data.table("holders").filter(lambda t: t.key.startswith("account:")).order_by("key"))
        self.claims: dict[str, list[str]] = dict(
            zip(held["key"].to_pylist(), held["claim_ids"].to_pylist(), strict=True)
        )
        self.entities = sorted({*entities, *held["entity"].to_pylist()})
        self.index = {entity: len(self.log.accounts) + n for n, entity in enumerate(self.entities)}
        self.size = len(self.log.accounts) + len(self.entities)
        self.keys = _keyed(self.log.accounts)
        self.of = self._of_accounts(held)

    def _of_accounts(self, held: pa.Table) -> Ints:
        """Node of each account."""
        import pyarrow.compute as pc

        own = np.arange(len(self.keys), dtype=np.int64)
        if not len(own) or not len(held):
            return own
        at = np.asarray(pc.fill_null(pc.index_in(self.keys, held["key"].combine_chunks()), -1), np.int64)
        nodes = np.array([self.index[entity] for entity in held["entity"].to_pylist()], np.int64)
        return np.where(at >= 0, nodes[at], own)

    @cached_property
    def payer(self) -> Ints:
        """int64[payments]"""
        return self.of[self.log.payer]

    @cached_property
    def payee(self) -> Ints:
        """int64[payments]"""
        return self.of[self.log.payee]

    def name(self, node: int) -> str:
        """Its canonical id, or ``account:BANK/NUMBER``."""
        accounts = len(self.log.accounts)
        return self.entities[node - accounts] if node >= accounts else f"account:{self.log.accounts[node]}"

    def find(self, parties: Iterable[str]) -> dict[str, int]:
        """Node of each of these that is one. :param parties: canonical ids, and ``account:NUMBER``"""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = set(parties)
        found = {party: self.index[party] for party in wanted if party in self.index}
        numbers = pa.array(sorted(p for p in wanted - set(found) if p.startswith("account:")), pa.string())
        for code in np.flatnonzero(np.asarray(pc.is_in(self.keys, numbers))).tolist() if len(numbers) else ():
            found.setdefault(self.keys[code].as_py(), int(self.of[code]))
        return dict(sorted(found.items()))

    def whose(self, rows: Iterable[int]) -> set[str]:
        """Claims that say who holds the accounts of these payments. :param rows: places in the log"""
        at = np.fromiter(rows, np.int64)
        codes = {int(code) for side in (self.log.payer, self.log.payee) for code in side[at]}
        return {id for code in codes for id in self.claims.get(self.keys[code].as_py()) or ()}


def _keyed(accounts: pa.Array) -> pa.Array:
    """``account:NUMBER`` of each ``BANK/NUMBER``, as `evidence.number_key` writes it."""
    import pyarrow.compute as pc

    number = pc.utf8_upper(pc.replace_substring_regex(accounts, "^[^/]*/", ""))
    return pc.binary_join_element_wise("account:", pc.replace_substring_regex(number, "[^0-9A-Z]", ""), "")
