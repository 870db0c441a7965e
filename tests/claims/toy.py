"""A small reader of JSON lines, and an ingest of what is given to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from counterflow.claims.ingest import EVERYTHING, IngestReport, Store, ingest
from counterflow.model.source import Assertion, Descriptor, Source
from counterflow.sources.reader import Head, Observations, Record, Rejected, Statements


class Toy:
    """JSON lines {"id", "schema", property: value…}; a line that is no JSON is rejected; {"pay": […]} are payments; a
    file may begin with a line ``# 2024-10-16``, its date."""

    name = "toy"

    def __init__(self, *, complete: bool = True, assertions: tuple[Assertion, ...] = ()) -> None:
        self.descriptor = Descriptor(
            dataset="toy", title="Toy list", publisher="nobody", licence="CC0", url="", schedule="never", grade="B2",
            label={"tlp": "TLP:CLEAR"}, complete=complete, assertions=assertions,
            dated_by=(r"^# (?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",),
        )  # fmt: skip

    def recognises(self, head: Head) -> float:
        return 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if text.startswith("#"):
                continue
            try:
                row = json.loads(text)
            except ValueError:
                yield Rejected(n, None, "not JSON", text)
                continue
            if "pay" in row:
                yield Observations(
                    "payments", pa.table({"payment_id": row["pay"], "locator": ["line"] * len(row["pay"])})
                )
            elif "source" in row:
                yield Source(row["source"], row["source"], label=row.get("label"))
            else:
                record = Statements(
                    row.pop("id"), row.pop("schema"), locator=f"line {n}", source_id=row.pop("by", None)
                )
                for name, value in row.items():
                    record.say(name, value)
                yield record


def take(
    store: Store, tmp_path: Path, *rows: dict[str, Any] | str, reader: Toy | None = None, **how: Any
) -> IngestReport:
    path = tmp_path / "toy.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return ingest(path, reader or Toy(), store, who="test", **how)


def in_force(store: Store) -> set[tuple[str, str, str]]:
    scope = store.ledger.scope(EVERYTHING)
    rows = scope.run(scope.table("claims")).to_pylist()
    return {(r["subject"], r["property"], r["value"]) for r in rows}


KIM = {"id": "1", "schema": "Person", "name": "Kim", "birthDate": "1950-02"}
FIRM = {"id": "2", "schema": "Company", "name": "Zokwang"}
