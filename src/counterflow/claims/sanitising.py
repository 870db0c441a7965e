"""Tear lines: a claim restated by its originator so that more may read it.

The restatement is a claim of its own, of a wider label, and says nothing of where it came from. That it stands for
another is a row that bears the original's label: who may not read the original sees a claim like any other.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from counterflow.claims.builder import Builder
from counterflow.claims.ingest import Store
from counterflow.claims.marking import commit, elsewhere, known
from counterflow.errors import NotFound, UsageError
from counterflow.model.claim import Grade
from counterflow.model.handling import Label, combine
from counterflow.model.source import Descriptor
from counterflow.sources.reader import Said, Statements
from counterflow.storage.ports import Scope
from counterflow.storage.tables import SOURCES
from counterflow.storage.writings import append, ready

__all__ = ["DATASET", "SANITISES", "tear_line"]

DATASET = "statements"
SANITISES = "sanitises"
"""Kind of writings: that a claim is the tear line of another. Key: the restatement."""
_DESCRIPTOR = Descriptor(
    DATASET, "Statements of this organisation", "", "internal", "", "as written", "B2", kind="data"
)  # fmt: skip


def tear_line(
    store: Store, scope: Scope, who: str, claim: str, value: str, label: Label, *, reason: str,
    grade: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Restate a claim for a wider circle.

    The subject keeps its id where whoever may read the restatement knows of it anyway; else it gets one of its own.

    :param value: what may be said instead; :param label: of the restatement; :param reason: what was left out, and why
    :returns: claim, original, subject, value, handling
    :raises NotFound: no such claim that may be read; UsageError: no reason, the same words, or no wider label
    """
    claims = scope.table("claims")
    rows = scope.run(claims.filter(claims.claim_id == claim)).to_pylist()
    if not rows:
        raise NotFound("claim", claim)
    original = rows[0]
    own = scope.labels()[original["label_id"]]
    if not reason.strip():
        raise UsageError("A tear line wants its reason: what was left out, and why.")
    if combine([label, own]) == label:
        raise UsageError(f"{label.text} is no wider than {own.text}: whoever may read it may read the original.")
    if value.strip() == original["value"]:
        raise UsageError("A tear line says less than the original; these are the same words.")
    schema, widest = known(scope, original["subject"])
    public = combine([label, widest]) == label
    subject = original["subject"] if public else f"{DATASET}:{secrets.token_hex(6)}"
    ready(store.casebook)
    link = {"original": claim, "reason": reason.strip()}
    with store.casebook.writing():
        made = _written(store, who, subject, schema, original["property"], value.strip(), label,
                        Grade.parse(grade) if grade else Grade("B", original["credibility"]), own, link)  # fmt: skip
    return {"claim": made, "original": claim, "subject": subject, "value": value.strip(), "handling": label.text}


def _written(
    store: Store, who: str, subject: str, schema: str, property: str, value: str, label: Label, grade: Grade,
    narrow: Label, link: Mapping[str, Any],
) -> str:  # fmt: skip
    at = store.casebook.next_time()
    time = dt.datetime.fromisoformat(at)
    builder = Builder(DATASET, DATASET, _DESCRIPTOR, grade, label, time)
    said = Said(property, value, locator=f"statement of {at[:10]}", reliability=grade.reliability,
                credibility=grade.credibility)  # fmt: skip
    builder.take(Statements(elsewhere(subject), schema, [said]))
    if builder.quarantine:
        raise UsageError(f"{property}: {builder.quarantine.first[0].reason}")
    rows = builder.claim_rows()
    claim = str(rows.column("claim_id")[0].as_py())
    sources = [{**row, "recorded_at": time} for _, row in builder.source_rows()]
    parts = [("sources", label.id, SOURCES.conform(pa.Table.from_pylist(sources, SOURCES.schema))),
             ("claims", label.id, rows)]  # fmt: skip

    def also(tx: Any) -> None:
        told = ("tear line", {"claim": claim, **link})
        append(store.casebook, tx, [(SANITISES, claim, link)], [[narrow, label]], who, told=told)

    commit(store, _DESCRIPTOR, parts, label, grade, claim, at, who, added=1, also=also)
    return claim
