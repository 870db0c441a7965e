"""A workspace of as many claims as wanted, made without reading anything: companies and persons with names, dates,
numbers and addresses, in one large edition and many small ones after it, each of which withdraws a little.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model.handling import Label
from counterflow.storage.tables import LEDGER
from counterflow.workspace import Workspace

OF_EACH = 10
"""Claims of one subject."""

PROPERTIES = (
    ("name", "name"), ("alias", "name"), ("country", "country"), ("topics", "topic"), ("address", "address"),
    ("registrationNumber", "identifier"),
    ("notes", "text"), ("sourceUrl", "url"), ("incorporationDate", "date"), ("status", "string"),
)  # fmt: skip
FAMILIES = ("Kim", "Pak", "Ri", "Choe", "Chong", "Kang", "Jo", "Yun", "Han", "Sin", "O", "So")
KINDS = (
    "Trading",
    "Shipping",
    "Mining",
    "Construction",
    "General",
    "Bank",
    "Insurance",
    "Technology",
    "Food",
    "Textile",
)
PLACES = ("Pyongyang", "Dandong", "Dalian", "Singapore", "Hong Kong", "Vladivostok", "Kuala Lumpur", "Dubai")


def claims(first: int, subjects: int, dataset: str, label_id: str, at: dt.datetime) -> pa.Table:
    """Claims about that many subjects from number `first` on, sorted as an ingest sorts them."""
    rng = np.random.default_rng(first)
    number = np.repeat(np.arange(first, first + subjects), OF_EACH)
    nth = np.tile(np.arange(OF_EACH), subjects)
    names = np.array([f"{a} {b}" for a in FAMILIES for b in KINDS])
    n = len(number)
    serial = pc.cast(pa.array(number), pa.string())
    word = pa.array(names[rng.integers(0, len(names), n)])
    place = pa.array(np.array(PLACES)[rng.integers(0, len(PLACES), n)])
    value = pc.binary_join_element_wise(word, place, serial, " ")
    for k, fixed in ((2, "kp"), (3, "sanction")):
        value = pc.if_else(pa.array(nth == k), fixed, value)
    ids = rng.integers(0, 2**63, (n, 2), dtype=np.int64)
    columns = {
        "claim_id": pa.array([f"{a:016x}{b:016x}" for a, b in ids.tolist()]),
        "subject": pc.binary_join_element_wise(dataset, serial, ":"),
        "schema": pa.array(["Company"] * n),
        "property": pa.array(np.array([p for p, _ in PROPERTIES])[nth]),
        "prop_type": pa.array(np.array([t for _, t in PROPERTIES])[nth]),
        "value": value,
        "dataset": pa.array([dataset] * n),
        "source_id": pa.array([dataset] * n),
        "locator": pc.binary_join_element_wise("row", serial, " "),
        "reliability": pa.array(["B"] * n),
        "credibility": pa.array(np.full(n, 2, dtype=np.int8)),
        "stance": pa.array(["asserts"] * n),
        "verified": pa.array([True] * n),
        "label_id": pa.array([label_id] * n),
        "recorded_at": pa.repeat(pa.scalar(at, pa.timestamp("us", tz="UTC")), n),
    }
    return LEDGER["claims"].conform(pa.table(columns)).sort_by([("subject", "ascending"), ("property", "ascending")])


def make(folder: Path, total: int, *, small: int = 100) -> Workspace:
    """A workspace of `total` claims: four fifths in one edition, the rest in `small` later ones."""
    workspace = Workspace.create(folder)
    label, at = Label(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    large = total // OF_EACH * 4 // 5
    each = (total // OF_EACH - large) // small
    _commit(workspace, label, claims(0, large, "register", label.id, at), None, at)
    for k in range(small):
        at += dt.timedelta(days=1)
        rows = claims(large + k * each, each, "register", label.id, at)
        gone = rows.slice(0, max(1, len(rows) // 100))
        retracted = LEDGER["retractions"].conform(gone.select(["claim_id", "dataset", "label_id", "recorded_at"]))
        _commit(workspace, label, rows, retracted, at)
    return workspace


def _commit(workspace: Workspace, label: Label, rows: pa.Table, retracted: pa.Table | None, at: dt.datetime) -> None:
    parts = [("claims", label.id, rows)]
    if retracted is not None:
        later = pa.repeat(pa.scalar(at + dt.timedelta(hours=1), pa.timestamp("us", tz="UTC")), len(retracted))
        parts.append(("retractions", label.id, retracted.set_column(4, "recorded_at", later)))
    batch = {
        "dataset": "register", "reader": "benchmark", "files": [], "fingerprint": at.isoformat(),
        "counts": {}, "descriptor": {}, "label_id": label.id, "recorded_at": at.isoformat(),
    }  # fmt: skip
    store = workspace.store
    store.casebook.commit_batch(batch, store.ledger.append(parts), [label], [], "benchmark")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
