"""The SQL of an expression, remembered: the same is asked for every audience, and again whenever something came in; and
to compile a question takes longer than to answer it of some thousand rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

__all__ = ["remembering"]

KEPT = 400
"""Expressions remembered at most: three times those of a whole run. The one asked for longest ago is forgotten."""

_known: OrderedDict[Hashable, str] = OrderedDict()
_lock = threading.Lock()


def remembering(connection: Any) -> Any:
    """The same Ibis backend, which compiles an expression once a process, whatever rows in memory it is over."""
    import ibis.expr.operations as ops

    compiled = connection.compile

    def compile(expr: Any, /, **how: Any) -> str:
        # Rows in memory have another name each time: what is remembered is the expression over tables by number. It is
        # compared as a whole, and holds none of the rows.
        rows = {table: f"cf_rows_{n}_" for n, table in enumerate(expr.op().find(ops.InMemoryTable))}
        numbered = {t: ops.DatabaseTable(name, schema=t.schema, source=None) for t, name in rows.items()}
        op = expr.op().replace(numbered) if rows else expr.op()
        key = (op, *sorted(how.items()))
        with _lock:
            sql = _known.get(key, "")
        if not sql:
            sql = compiled(op.to_expr(), **how)
        with _lock:
            _known[key] = sql
            _known.move_to_end(key)
            if len(_known) > KEPT:
                _known.popitem(last=False)
        for table, name in rows.items():
            sql = sql.replace(f'"{name}"', f'"{table.name}"')
        return sql

    connection.compile = compile
    return connection
