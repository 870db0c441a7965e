"""Where everything came from: datasets with their files, the sources they cite, and what was set aside."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from counterflow.storage.tables import OBSERVATIONS
from counterflow.views.claims import source_in_print
from counterflow.views.picture import Picture

__all__ = ["counts", "described", "quarantine", "sources"]


def sources(picture: Picture) -> dict[str, Any]:
    """Datasets, sources and quarantine, as far as the audience may read them."""
    return {"datasets": _datasets(picture), "sources": _sources(picture), "quarantine": quarantine(picture)}


def counts(picture: Picture) -> dict[str, int]:
    """How much of each thing the audience may read."""
    found = {name: _count(picture, name) for name in ("sources", "claims", *OBSERVATIONS)}
    return {
        **found,
        "entities": len(picture.entities),
        "links": len(picture.links),
        "findings": len(picture.findings),
    }


def quarantine(picture: Picture) -> list[dict[str, Any]]:
    """Rows set aside, oldest first."""
    readable = picture.scope.labels()
    rows = picture.line.store.casebook.quarantine()
    keys = ("dataset", "file", "line", "field", "reason", "raw")
    return [{key: row[key] for key in keys} for row in rows if row["label_id"] in readable]


def described(picture: Picture, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Title, publisher, grade… of what an observation came in with; empty where the audience may not read all of it."""
    readable = picture.scope.labels().keys()
    came = row["dataset"], dt.datetime.fromisoformat(row["recorded_at"])
    for batch in picture.line.store.casebook.batches():
        if (batch["dataset"], dt.datetime.fromisoformat(batch["recorded_at"])) == came and batch["labels"] <= readable:
            found: Mapping[str, Any] = batch["descriptor"]
            return found
    return {}


def _count(picture: Picture, table: str) -> int:
    rows = picture.scope.table(table)
    return int(picture.scope.run(rows.aggregate(n=rows.count())).column("n")[0].as_py())


def _datasets(picture: Picture) -> list[dict[str, Any]]:
    """Datasets with their files. A file is shown only to who may read all that came in it: its name, hash and time are
    answers too."""
    readable = picture.scope.labels()
    rows = _rows_by_time(picture)
    claims = picture.scope.table("claims")
    per = claims.group_by("dataset").agg(claims=claims.count(), entities=claims.subject.nunique())
    of_claims = {row["dataset"]: row for row in picture.scope.run(per).to_pylist()}
    aside = Counter(row["batch_id"] for row in picture.line.store.casebook.quarantine() if row["label_id"] in readable)
    found: dict[str, dict[str, Any]] = {}
    labels: dict[str, set[str]] = {}
    for batch in picture.line.store.casebook.batches():
        if not batch["labels"] <= readable.keys():
            continue
        name, described = batch["dataset"], batch["descriptor"]
        known = of_claims.get(name, {"claims": 0, "entities": 0})
        labels.setdefault(name, set()).update(batch["labels"])
        entry = found.setdefault(
            name,
            {
                "dataset": name,
                **{key: described[key] for key in ("title", "publisher", "licence", "url", "schedule", "grade")},
                "claims": known["claims"],
                "entities": known["entities"],
                "observations": sum(n for (d, _, table), n in rows.items() if d == name and table in OBSERVATIONS),
                "files": [],
            },
        )
        of_batch = {table: n for (d, at, table), n in rows.items() if (d, at) == (name, batch["recorded_at"])}
        entry["files"] += [
            {
                **file,
                "reader": batch["reader"],
                "ingested_at": batch["recorded_at"],
                "claims": of_batch.get("claims", 0),
                "observations": sum(n for table, n in of_batch.items() if table in OBSERVATIONS),
                "quarantined": aside[batch["batch_id"]],
            }
            for file in batch["files"]
        ]
    return [{**found[name], **picture.handling(labels[name])} for name in sorted(found)]


def _rows_by_time(picture: Picture) -> dict[tuple[str, str, str], int]:
    """(dataset, recording time, table) → rows the audience may read."""
    found = {}
    for table in ("claims", *OBSERVATIONS):
        rows = picture.scope.table(table)
        for row in picture.scope.run(rows.group_by(["dataset", "recorded_at"]).agg(n=rows.count())).to_pylist():
            found[row["dataset"], row["recorded_at"].isoformat(timespec="microseconds"), table] = row["n"]
    return found


def _sources(picture: Picture) -> list[dict[str, Any]]:
    claims = picture.scope.table("claims")
    cited = claims.group_by("source_id").agg(claims=claims.count())
    numbers = {row["source_id"]: row["claims"] for row in picture.scope.run(cited).to_pylist()}
    return [
        {
            **source_in_print(row),
            "claims": numbers.get(id, 0),
            **picture.handling([row["label_id"]]),
        }
        for id, row in sorted(picture.sources.items())
    ]
