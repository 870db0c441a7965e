"""Retention: when records have to be looked at anew, and what becomes of them.

Every record is reviewed by the date on its label, else so many years after it was recorded: kept with the reason why it
is still needed, or purged. A review holds for what had been recorded by then.

Source: 28 CFR 23.20(h): information is to be reviewed and validated, and purged no later than five years after it came
in unless validated; (c): kept only on reasonable suspicion, the predicate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.model.handling import Label
from counterflow.storage.tables import LEDGER

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["DONE", "PROPOSAL", "REVIEW", "YEARS", "Held", "due", "later"]

REVIEW = "retention_review"
"""Kind of writings: that a dataset was looked at, and why it is kept. Key: the dataset."""
PROPOSAL, DONE = "purge_proposal", "purge_done"
"""Kinds of writings: that somebody wants records purged, and that a second person did it. Key: the proposal."""
YEARS = 5


@dataclass(frozen=True)
class Held:
    """Records of one dataset and label, recorded on one day.

    :param due: ISO date by which they are to be reviewed
    """

    dataset: str
    label_id: str
    recorded: str
    records: int
    due: str


def later(day: str, years: int) -> str:
    """The same day so many years on; 29 February becomes 1 March."""
    year, rest = int(day[:4]) + years, day[4:10]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04}{'-03-01' if rest == '-02-29' and not leap else rest}"


def due(
    scope: Scope, labels: Mapping[str, Label], reviews: Iterable[Mapping[str, Any]], on: str, years: int = YEARS
) -> list[Held]:
    """What is to be reviewed by a day, the longest overdue first.

    :param reviews: rows of `REVIEW` writings: key, at, content; :param on: ISO date
    """
    last: dict[str, tuple[str, str]] = {}
    for row in reviews:
        last[row["key"]] = max(last.get(row["key"], ("", "")), (row["at"][:10], row["content"]["until"]))
    counts: dict[tuple[str, str, str], int] = {}
    for name in LEDGER:
        rows = scope.table(name)
        day = rows.recorded_at.strftime("%Y-%m-%d")
        grouped = rows.group_by(["dataset", "label_id", day.name("recorded")]).agg(records=rows.count())
        for row in scope.run(grouped).to_pylist():
            key = (row["dataset"], row["label_id"], row["recorded"])
            counts[key] = counts.get(key, 0) + row["records"]
    found = []
    for (dataset, label_id, recorded), records in counts.items():
        if label_id not in labels:
            continue
        by = labels[label_id].review_by or later(recorded, years)
        reviewed, until = last.get(dataset, ("", ""))
        if reviewed >= recorded:
            by = max(by, until)
        if by <= on:
            found.append(Held(dataset, label_id, recorded, records, by))
    return sorted(found, key=lambda h: (h.due, h.dataset, h.label_id, h.recorded))
