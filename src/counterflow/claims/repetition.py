"""Repetition in the ledger: the origins table of one audience, and claims with the origin that each goes back to.

Wherever origins are counted they are counted by `rooted`, so that a copy adds nothing, whoever prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.claims.origins import Repeat, Statement, repeats, roots
from counterflow.errors import UnknownName
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["known", "origins", "rooted"]

_ABOUT = ("activity", "kind", "unit", "currency")
_FIGURES = ("low", "high")


def origins(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.ORIGINS`, sorted; from the sources, claims and documents that the scope's audience may
    read."""
    sources = {r["source_id"]: r for r in scope.run(scope.table("sources").order_by("recorded_at")).to_pylist()}
    records = _records(scope)
    found = repeats(sources.values(), [_statement(subject, rows) for subject, rows in sorted(records.items())],
                    _texts(scope))  # fmt: skip
    stated = {id: row["origin"] for id, row in sources.items() if row["origin"]}
    ends = roots(stated, found)
    rows = [_row(r, ends, sources, records) for r in found if r.of not in stated]
    rows += [_stated(of, origin, ends, sources) for of, origin in stated.items() if of in ends]
    return pa.Table.from_pylist(sorted(rows, key=lambda r: str(r["of"])), schema=DERIVED["origins"].schema)


def _texts(scope: Scope) -> dict[str, str]:
    """Source → the text of its document, where that is kept, page after page."""
    try:
        passages = scope.table("passages")
    except UnknownName:
        return {}
    rows = scope.run(passages.select("source_id", "page", "text").order_by("source_id", "page", "text")).to_pylist()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["source_id"], []).append(row["text"] or "")
    return {id: "\n".join(pages) for id, pages in found.items()}


def known(scope: Scope) -> pa.Table:
    """The origins table of a scope, made now where it has not been adopted."""
    try:
        return scope.run(scope.table("origins").order_by("of"))
    except UnknownName:
        return origins(scope)


def _records(scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """Claims that a source of its own stands behind, by subject: in a list that is its own source nobody repeats."""
    claims = scope.table("claims")
    told = claims.property.isin([*_ABOUT, *_FIGURES, "basis"])
    wanted = claims.filter((claims.source_id != claims.dataset) & (told | claims.note.notnull()))
    rows = wanted.select("subject", "schema", "property", "value", "note", "source_id", "label_id").distinct()
    found: dict[str, list[dict[str, Any]]] = {}
    for row in scope.run(rows.order_by("subject", "property", "value", "source_id")).to_pylist():
        found.setdefault(row["subject"], []).append(row)
    # a record that several sources tell of is nobody's copy as a whole
    return {s: rows for s, rows in found.items() if len({row["source_id"] for row in rows}) == 1}


def _statement(subject: str, rows: list[dict[str, Any]]) -> Statement:
    said: dict[str, list[str]] = {}
    for row in rows:
        said.setdefault(row["property"], []).append(row["value"])
    figures = [float(said[name][0]) for name in _FIGURES if name in said and _number(said[name][0])]
    return Statement(
        subject,
        rows[0]["source_id"],
        (rows[0]["schema"], *(" ".join(said.get(name, [])) for name in _ABOUT)),
        tuple(figures) if "low" in said and "high" in said else (),
        "; ".join(said.get("basis", [])),
        "; ".join(sorted({row["note"] for row in rows if row["note"]})),
    )


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _row(
    found: Repeat,
    ends: Mapping[str, str],
    sources: Mapping[str, dict[str, Any]],
    records: Mapping[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    labels = {sources[found.origin]["label_id"]}
    kind = "source" if found.of in sources else "record"
    labels |= {sources[found.of]["label_id"]} if kind == "source" else {r["label_id"] for r in records[found.of]}
    labels |= {r["label_id"] for r in records.get(found.record, ())}
    return {
        "of": found.of,
        "kind": kind,
        "repeats": ends.get(found.of, found.origin),
        "step": found.origin,
        "record": found.record or None,
        "basis": "found",
        "reasons": list(found.reasons),
        "label_ids": sorted(labels),
    }


def _stated(of: str, origin: str, ends: Mapping[str, str], sources: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "of": of,
        "kind": "source",
        "repeats": ends[of],
        "step": origin,
        "record": None,
        "basis": "stated",
        "reasons": ["its origin is stated"],
        "label_ids": sorted({sources[s]["label_id"] for s in (of, origin) if s in sources}),
    }


def rooted(scope: Scope, claims: ibis.Table) -> ibis.Table:
    """Claims with a column ``root``: the source that each goes back to. Needs the scope's origins; without them, what
    each claim states of itself."""
    import ibis

    own = ibis.coalesce(claims.origin, claims.source_id)
    try:
        table = scope.table("origins")
    except UnknownName:
        return claims.mutate(root=own)
    by_source = table.filter(table.kind == "source").select(_source=table.of, _by_source=table.repeats)
    by_record = table.filter(table.kind == "record").select(_record=table.of, _by_record=table.repeats)
    claims = claims.mutate(root=own)
    joined = claims.left_join(by_source, claims.root == by_source._source)
    joined = joined.left_join(by_record, joined.subject == by_record._record)
    told = ibis.ifelse(joined.origin.isnull(), joined._by_record, ibis.null("string"))
    return joined.mutate(root=ibis.coalesce(told, joined._by_source, joined.root)).drop(
        "_source", "_by_source", "_record", "_by_record"
    )
