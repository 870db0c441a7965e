"""Editions of a source, and what two of them say differently, for one audience."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from counterflow.claims import editions as known
from counterflow.claims.differences import differences
from counterflow.claims.editions import Edition
from counterflow.claims.rereading import claims_of
from counterflow.pipeline import Line
from counterflow.views.marking import marking

__all__ = ["diff", "held_back", "of_dataset", "printed"]


def of_dataset(line: Line, dataset: str) -> list[Edition]:
    """Editions of which the audience may read everything, oldest first."""
    return known.editions(line.batches(), dataset)


def diff(line: Line, dataset: str, first: str | None = None, last: str | None = None) -> dict[str, Any]:
    """``{"dataset", "before", "after", "counts", "changes"}`` of two editions, by default the last two.

    :raises NotFound: no such list; :raises UsageError: there are no two editions, or none so early
    """
    labels = line.labels()
    before, after = known.pair(of_dataset(line, dataset), dataset, first, last)
    found = differences(_claims(line, before), _claims(line, after))
    changes = [
        {
            "change": c.change,
            "subject": c.subject,
            "schema": c.schema,
            "caption": c.caption,
            "text": c.text,
            "fields": [
                {"property": f.name, "label": f.label, "before": list(f.before), "after": list(f.after),
                 "text": f.text}
                for f in c.fields
            ],
            **marking(labels, c.label_ids),
        }
        for c in found
    ]  # fmt: skip
    counts = {word: sum(c.change == word for c in found) for word in ("added", "removed", "changed")}
    return {"dataset": dataset, "before": printed(before), "after": printed(after), "counts": counts,
            "changes": changes}  # fmt: skip


def printed(edition: Edition) -> dict[str, Any]:
    """An edition as an answer."""
    return {
        "date": edition.date,
        "dated": edition.dated,
        "archived": edition.archived,
        "ingested_at": edition.recorded_at,
        **{key: edition.counts[key] for key in ("parties", "entities", "claims", "added", "retracted", "quarantined")},
        "files": [f["name"] for f in edition.files],
    }


def _claims(line: Line, edition: Edition) -> list[dict[str, Any]]:
    """What was in force once an edition had been taken; of one that never was, what its original says."""
    store = line.store
    if edition.archived:
        batch = {key: getattr(edition, key) for key in ("dataset", "reader", "files", "descriptor", "recorded_at")}
        rows: list[dict[str, Any]] = claims_of(store.blobs, batch, line.reader.labels()[edition.label_id]).to_pylist()
        return rows
    scope = store.ledger.scope(line.audience, known_on=edition.recorded_at)
    claims = scope.table("claims")
    told = claims.filter(claims.dataset == edition.dataset).distinct()
    return list(scope.run(told.order_by(["claim_id", "recorded_at", "label_id"])).to_pylist())


def held_back(line: Line) -> Iterator[dict[str, Any]]:
    """Editions that wait for a decision, as far as the audience may know of them."""
    readable = line.labels()
    for row in line.reader.held():
        if row["label_id"] in readable and (line.known_on is None or row["held_at"] <= line.known_on):
            described = row["descriptor"]
            yield {
                "dataset": row["dataset"],
                "file": row["file"],
                "edition": described.get("edition"),
                "held_at": row["held_at"],
                "counts": row["counts"],
                "failed": row["failed"],
                "described": described,
                **marking(readable, [row["label_id"]]),
            }
