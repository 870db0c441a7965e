"""Passages: a page of a document, found for whoever may read it."""

from __future__ import annotations

from typing import Any

from counterflow.errors import NotFound
from counterflow.storage.ports import Scope

__all__ = ["passage", "resolved"]


def passage(scope: Scope, id: str, number: int) -> dict[str, Any]:
    """Row of the passages table of one page, as first recorded. :raises NotFound: no such page that may be read"""
    id = resolved(scope, id)
    t = scope.table("passages")
    wanted = t.filter((t.source_id == id) & (t.page == number)).order_by("recorded_at", "row_id").limit(1)
    rows: list[dict[str, Any]] = scope.run(wanted).to_pylist()
    if not rows:
        raise NotFound("page", f"{id}, page {number}")
    return rows[0]


def resolved(scope: Scope, id: str) -> str:
    """Id of a document from itself, from the beginning of its hash, or from the hash.

    :raises NotFound: none, or several, or none that may be read
    """
    t = scope.table("passages")
    if len(scope.run(t.filter(t.source_id == id).select("source_id").limit(1))):
        return id
    if len(id) >= 6 and id.isalnum():
        found = scope.run(t.filter(t.document.startswith(id)).select("source_id").distinct()).to_pylist()
        if len(found) == 1:
            return str(found[0]["source_id"])
    raise NotFound("document", id)
