"""A scope over tables in memory, and claims in short: what testing a stage needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.model import schema as vocabulary
from counterflow.model.handling import PUBLIC, Audience, Label
from counterflow.storage.tables import DERIVED, LEDGER

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.storage.ibis import IbisScope

__all__ = ["claims_of", "scope_of", "whole"]


def scope_of(
    tables: Mapping[str, pa.Table],
    *,
    audience: Audience | None = None,
    labels: Mapping[str, Label] | None = None,
) -> IbisScope:
    """A scope over Arrow tables, on an in-memory engine; ledger tables not given are empty.

    :param labels: label_id → Label; default: `PUBLIC` under its own id
    """
    from counterflow.storage.duckdb import connect
    from counterflow.storage.ibis import IbisScope

    scope = IbisScope(connect(), audience or Audience("test", owner=True), labels or {PUBLIC.id: PUBLIC})
    for name, table in LEDGER.items():
        scope.adopt(name, tables.get(name, table.schema.empty_table()))
    for name, rows in tables.items():
        if name not in LEDGER:
            scope.adopt(name, rows)
    return scope


def whole(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """These tables with every derived one: ties made from the others, what else is not given empty."""
    from counterflow.network.ties import ties

    found = {name: table.schema.empty_table() for name, table in DERIVED.items()} | dict(tables)
    tied = "links" in tables or "claims" in tables
    return found | {"ties": ties(scope_of(found))} if tied and "ties" not in tables else found


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
