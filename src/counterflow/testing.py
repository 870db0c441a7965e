"""Contract suites that built-ins and plug-ins pass alike, and a scope over tables in memory for testing a stage.

Subclass a suite in a test module, say what is under test, and pytest runs the suite's tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from counterflow.model.handling import PUBLIC, Audience, Label

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.storage.ibis import IbisScope

__all__ = ["scope_of"]


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
    from counterflow.storage.tables import LEDGER

    scope = IbisScope(connect(), audience or Audience("test", owner=True), labels or {PUBLIC.id: PUBLIC})
    for name, table in LEDGER.items():
        scope.adopt(name, tables.get(name, table.schema.empty_table()))
    for name, rows in tables.items():
        if name not in LEDGER:
            scope.adopt(name, rows)
    return scope
