"""FollowTheMoney statements as CSV: one row for each claim, in the column layout of ``ftm`` and OpenSanctions.

``origin`` holds the source. Three columns of ours come last, where FollowTheMoney's readers pass them over:
``handling``, ``grade`` and ``verified``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.followthemoney import COMMON_LOSSES, id_of, seen, written
from counterflow.casework.selection import Selection
from counterflow.casework.spreadsheet import safe_cell
from counterflow.model import schema as vocabulary

__all__ = ["EXPORTER"]

COLUMNS = (
    "canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "origin", "lang", "original_value",
    "external", "first_seen", "last_seen", "id", "handling", "grade", "verified",
)  # fmt: skip


def _write(selection: Selection, out: BinaryIO, tally: Tally) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text, dialect="unix")
    rows.writerow(COLUMNS)
    for id, claims in selection.told():
        for row in _statements(selection, id, claims, tally):
            rows.writerow([safe_cell(row[column]) for column in COLUMNS])
    text.detach()


def _statements(
    selection: Selection, id: str, claims: list[dict[str, Any]], tally: Tally
) -> Iterator[dict[str, object]]:
    for claim in claims:
        schema = vocabulary.get(vocabulary.get(claim["schema"]).ftm)
        is_id = claim["prop_type"] == "entity"
        place = written(claim["schema"], claim["property"], claim["value"])
        if claim["stance"] != "asserts":
            tally.left_out["stance"] += 1
        elif place is None:
            tally.left_out[claim["property"]] += 1
        else:
            prop, value = place
            tally.wrote([claim["label_id"]])
            yield {
                "canonical_id": id_of(id),
                "entity_id": id_of(claim["subject"]),
                "prop": prop,
                "prop_type": schema.property(prop).type,
                "schema": schema.name,
                "value": id_of(selection.canonical(claim["value"])) if is_id else value,
                "dataset": claim["dataset"],
                "origin": claim["source_id"],
                "lang": claim["lang"],
                "original_value": id_of(claim["value"]) if is_id else claim["original"],
                "external": "f",
                "first_seen": seen(claim["recorded_at"]),
                "last_seen": None,
                "id": claim["claim_id"],
                "handling": selection.handling([claim["label_id"]]),
                "grade": f"{claim['reliability']}{claim['credibility']}",
                "verified": claim["verified"],
            }


EXPORTER = Exporter(
    name="ftm_statements",
    title="FollowTheMoney statements, CSV",
    media_type="text/csv",
    extension=".statements.csv",
    losses=(
        *COMMON_LOSSES,
        Loss("value", "one that a spreadsheet would run as a formula has an apostrophe before it"),
    ),
    write=_write,
)
"""The plug-in."""
