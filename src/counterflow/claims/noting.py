"""What an analyst notes about somebody becomes a claim on them: labelled, graded, dated, saying who noted it.

Invariant: a note is handled as strictly as the case that it stands in, as what it cites, and as the widest label under
which its subject is known. Claim and row of the case are one transaction. An older version is retracted, never erased.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from counterflow.claims.builder import Builder
from counterflow.claims.ingest import Store
from counterflow.claims.marking import commit, elsewhere
from counterflow.errors import UsageError, WorkspaceError
from counterflow.model.claim import Grade
from counterflow.model.handling import Label, combine
from counterflow.model.source import Descriptor
from counterflow.sources.reader import Said, Statements
from counterflow.storage.tables import RETRACTIONS, SOURCES

__all__ = ["DATASET", "note"]

DATASET = "notes"
_DESCRIPTOR = Descriptor(
    DATASET, "Notes of analysts in cases", "", "internal", "", "as written", "F6", kind="note"
)  # fmt: skip
PATIENCE = 10
"""Seconds to wait for another writer: a note is short, and so is what it waits for."""


def note(
    store: Store, who: str, *, about: str, schema: str, text: str, grade: str, locator: str, labels: Iterable[Label],
    before: str = "", also: Callable[[str], Callable[[Any], object]],
) -> str:  # fmt: skip
    """Write the claim and, in the same transaction, the row that it stands in; returns its id.

    :param about: subject, of that `schema`; :param locator: case and row
    :param before: claim of an older version, to be retracted
    :param also: claim id → what writes the row
    :raises WorkspaceError: somebody else kept writing
    """
    label = combine(labels)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with store.casebook.writing():
                return _written(store, who, about, schema, text, Grade.parse(grade), locator, label, before, also)
        except WorkspaceError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _written(
    store: Store, who: str, about: str, schema: str, text: str, grade: Grade, locator: str, label: Label, before: str,
    also: Callable[[str], Callable[[Any], object]],
) -> str:  # fmt: skip
    at = store.casebook.next_time()
    time_ = dt.datetime.fromisoformat(at)
    builder = Builder(DATASET, DATASET, _DESCRIPTOR, grade, label, time_)
    said = Said("notes", text, locator=locator, reliability=grade.reliability, credibility=grade.credibility,
                note=f"noted by {who}")  # fmt: skip
    builder.take(Statements(elsewhere(about), schema, [said]))
    if builder.quarantine:
        raise UsageError(f"The note: {builder.quarantine.first[0].reason}")
    rows = builder.claim_rows()
    claim = str(rows.column("claim_id")[0].as_py())
    sources = [{**row, "recorded_at": time_} for _, row in builder.source_rows()]
    parts = [("sources", label.id, SOURCES.conform(pa.Table.from_pylist(sources, SOURCES.schema))),
             ("claims", label.id, rows)]  # fmt: skip
    if before and before != claim:
        gone = {"claim_id": before, "dataset": DATASET, "reason": "the note was changed", "label_id": label.id,
                "recorded_at": time_}  # fmt: skip
        parts.append(("retractions", label.id, pa.Table.from_pylist([gone], RETRACTIONS.schema)))
    commit(store, _DESCRIPTOR, parts, label, grade, claim, at, who, added=1, retracted=len(parts) - 2, also=also(claim))
    return claim
