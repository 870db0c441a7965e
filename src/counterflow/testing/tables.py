"""A scope over tables in memory, and claims in short: what testing a stage needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from counterflow.model import schema as vocabulary
from counterflow.model.handling import PUBLIC, Audience, Label
from counterflow.network.ties import ties
from counterflow.storage.ibis import IbisScope
from counterflow.storage.tables import DERIVED, LEDGER

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

__all__ = ["OfferedScope", "claims_of", "scope_of", "whole"]


class OfferedScope(IbisScope):
    """A scope whose tables are adopted once somebody asks for them: most questions are about a few of the thirty."""

    def __init__(self, connection: Any, audience: Audience, labels: Mapping[str, Label]) -> None:
        super().__init__(connection, audience, labels)
        self._offered: dict[str, Callable[[], pa.Table]] = {}

    def offer(self, name: str, rows: Callable[[], pa.Table]) -> None:
        """Make rows available under a table's name, made when first asked for."""
        self._offered[name] = rows

    def table(self, name: str) -> ibis.Table:
        """See `IbisScope.table`."""
        with self._lock:
            if name not in self._tables and name in self._offered:
                self.adopt(name, self._offered[name]())
        return super().table(name)


def scope_of(
    tables: Mapping[str, pa.Table],
    *,
    derived: bool = False,
    audience: Audience | None = None,
    labels: Mapping[str, Label] | None = None,
) -> IbisScope:
    """A scope over Arrow tables, on an in-memory engine; ledger tables not given are empty.

    :param derived: derived tables not given are there too, as `whole` makes them, once somebody asks for them
    :param labels: label_id → Label; default: `PUBLIC` under its own id
    """
    from counterflow.storage.duckdb import connect

    scope = OfferedScope(connect(), audience or Audience("test", owner=True), labels or {PUBLIC.id: PUBLIC})
    for name, table in (LEDGER | DERIVED if derived else LEDGER).items():
        scope.offer(name, table.schema.empty_table)
    if derived and _tied(tables):
        scope.offer("ties", lambda: ties(scope))
    for name, rows in tables.items():
        scope.offer(name, partial(_same, rows))
    return scope


def _same(rows: pa.Table) -> pa.Table:
    return rows


def _tied(tables: Mapping[str, pa.Table]) -> bool:
    """Whether ties can be made from them."""
    return "ties" not in tables and ("links" in tables or "claims" in tables)


def whole(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """These tables with every derived one: ties made from the others, what else is not given empty."""
    found = {name: table.schema.empty_table() for name, table in DERIVED.items()} | dict(tables)
    return found | {"ties": ties(scope_of(found))} if _tied(tables) else found


def claims_of(rows: Iterable[tuple[str, str, str, str] | tuple[str, str, str, str, Mapping[str, Any]]]) -> pa.Table:
    """Claims in short: (subject, schema, property, value[, other columns]) as rows of the claims table.

    Subjects and entity values are written ``dataset:id``; grade B2, public, asserted, verified unless said otherwise.
    """
    import pyarrow as pa

    from counterflow.model.claim import Claim
    from counterflow.storage.tables import CLAIMS

    found = []
    for subject, schema, property, value, *more in rows:
        dataset = subject.partition(":")[0]
        given: dict[str, Any] = {
            "dataset": dataset, "source_id": dataset, "locator": "row 1", "reliability": "B", "credibility": 2,
            "label_id": PUBLIC.id, "prop_type": vocabulary.get(schema).property(property).type,
        } | dict(more[0] if more else {})  # fmt: skip
        recorded_at = given.pop("recorded_at", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        claim = Claim(subject=subject, schema=schema, property=property, value=value, **given)
        columns = {n: getattr(claim, n) for n in CLAIMS.schema.names if n not in ("claim_id", "recorded_at")}
        found.append({"claim_id": claim.id, **columns, "recorded_at": recorded_at})
    return pa.Table.from_pylist(found, CLAIMS.schema)
