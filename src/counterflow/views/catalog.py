"""The catalogue of datasets as yente gives it: every dataset the audience may read, and the one that holds them all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from counterflow.casework.followthemoney import seen
from counterflow.views.lookup import ALL, rows
from counterflow.views.picture import Picture

__all__ = ["catalog", "described"]


def catalog(picture: Picture) -> dict[str, Any]:
    """``{"datasets": […], "current": [name], "outdated": [], "index_stale": false}``."""
    found = described(picture)
    return {"datasets": found, "current": [d["name"] for d in found], "outdated": [], "index_stale": False}


def described(picture: Picture) -> list[dict[str, Any]]:
    """Datasets by name, the collection of all of them first."""
    held = rows(picture)
    every = dict(held.counts("datasets", held.holding("datasets", sorted(_known(picture)))))
    batches: dict[str, list[dict[str, Any]]] = {}
    for batch in picture.line.batches():
        batches.setdefault(batch["dataset"], []).append(batch)
    names = sorted({*_known(picture), *batches})
    found = [_dataset(name, batches.get(name, []), every.get(name, 0)) for name in names]
    newest = max((d["updated_at"] for d in found if d["updated_at"]), default=None)
    whole = {
        "name": ALL,
        "title": "All datasets of this workspace",
        **_versioned(newest),
        "children": [name for name in names if name != ALL],
        "entity_count": len(held),
        "thing_count": len(held),
        "load": False,
    }
    return [whole, *(d for d in found if d["name"] != ALL)]


def _known(picture: Picture) -> list[str]:
    from counterflow.views.records import datasets

    return datasets(picture)


def _dataset(name: str, batches: list[dict[str, Any]], entities: int) -> dict[str, Any]:
    """Of a dataset no batch of which may be read in full, its name says all."""
    told = batches[0]["descriptor"] if batches else {}
    times = [dt.datetime.fromisoformat(batch["recorded_at"]) for batch in batches]
    publisher = {"name": told["publisher"], "url": told.get("url") or None} if told.get("publisher") else None
    return {
        "name": name,
        "title": told.get("title") or name,
        **_versioned(seen(max(times)) if times else None),
        "children": [],
        "entity_count": entities,
        "thing_count": entities,
        "publisher": publisher,
        "url": told.get("url") or None,
        "license": told.get("licence") or None,
        "frequency": told.get("schedule") or None,
        "load": True,
    }


def _versioned(updated: str | None) -> dict[str, Any]:
    """What is indexed is always what the ledger holds."""
    version = updated.replace("-", "").replace("T", "").replace(":", "") if updated else "0"
    return {"version": version, "index_version": version, "index_current": True, "updated_at": updated,
            "last_export": updated, "resources": []}  # fmt: skip
