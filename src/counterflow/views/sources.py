"""Where everything came from: datasets with their files, the sources they cite, and what was set aside."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.casework.spreadsheet import safe_cell
from counterflow.claims.editions import Edition, editions, standing
from counterflow.claims.retry import in_force
from counterflow.model.dates import latest
from counterflow.pipeline import Line
from counterflow.storage.tables import OBSERVATIONS
from counterflow.views.claims import source_in_print
from counterflow.views.editions import held_back, printed
from counterflow.views.marking import marking
from counterflow.views.picture import Picture

if TYPE_CHECKING:
    from counterflow.model.handling import Label

__all__ = ["counts", "described", "quarantine", "sources", "write_quarantine"]


def sources(picture: Picture) -> dict[str, Any]:
    """Datasets, sources and quarantine, as far as the audience may read them."""
    return {"datasets": _datasets(picture), "sources": _sources(picture), "quarantine": quarantine(picture.line)[:MOST]}


MOST = 1000
"""Rows set aside that the overview holds; each data set says how many there are, and `quarantine` gives them all."""


def counts(picture: Picture) -> dict[str, int]:
    """How much of each thing the audience may read."""
    names = ("sources", "claims", *OBSERVATIONS)
    found = picture.once(("counts",), lambda: {name: _count(picture, name) for name in names})
    return {
        **found,
        "entities": len(picture.entities),
        "links": len(picture.rows("links")),
        "findings": len(picture.findings),
    }


def quarantine(line: Line, dataset: str | None = None) -> list[dict[str, Any]]:
    """Rows set aside that still wait, oldest first; those of one dataset where it is named."""
    labels = line.labels()
    keys = ("dataset", "file", "line", "field", "reason", "raw")
    return [
        {**{key: row[key] for key in keys}, **marking(labels, [row["label_id"]])}
        for row in _aside(line)
        if dataset in (None, row["dataset"])
    ]


def write_quarantine(line: Line, out: Path, dataset: str | None = None) -> int:
    """Write rows set aside as CSV, each cell made harmless to a spreadsheet; returns how many."""
    rows = quarantine(line, dataset)
    columns = ("dataset", "file", "line", "field", "reason", "raw", "handling")
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([safe_cell(row[name]) for name in columns] for row in rows)
    return len(rows)


def _aside(line: Line) -> list[Mapping[str, Any]]:
    readable, batches = line.labels(), line.batches()
    numbers = {batch["batch_id"] for batch in batches}
    rows = line.reader.quarantine()
    return in_force(batches, [r for r in rows if r["label_id"] in readable and r["batch_id"] in numbers])


def described(picture: Picture, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Title, publisher, grade… of what an observation came in with; empty where the audience may not read all of it."""
    came = row["dataset"], dt.datetime.fromisoformat(row["recorded_at"])
    for batch in picture.line.batches():
        if (batch["dataset"], dt.datetime.fromisoformat(batch["recorded_at"])) == came:
            found: Mapping[str, Any] = batch["descriptor"]
            return found
    return {}


def _count(picture: Picture, table: str) -> int:
    rows = picture.scope.table(table)
    return int(picture.scope.run(rows.aggregate(n=rows.count())).column("n")[0].as_py())


def _datasets(picture: Picture) -> list[dict[str, Any]]:
    """Datasets with their files and editions. A file is shown only to who may read all that came in it: its name, hash
    and time are answers too."""
    line = picture.line
    rows = picture.once(("rows by time",), lambda: _rows_by_time(picture))
    of_claims = picture.once(("claims of data sets",), lambda: _of_claims(picture))
    waiting, labels = _aside(line), line.labels()
    aside = Counter(row["batch_id"] for row in waiting)
    held: dict[str, list[dict[str, Any]]] = {}
    for row in held_back(line):
        held.setdefault(row["dataset"], []).append(row)
    batches: dict[str, list[dict[str, Any]]] = {}
    for batch in line.batches():
        batches.setdefault(batch["dataset"], []).append(batch)
    found = []
    for name in sorted({*batches, *held}):
        mine = batches.get(name, [])
        # the first to come names it: a case folder's own words, not those of a bank's table that came under its name
        described = mine[0]["descriptor"] if mine else held[name][-1]["described"]
        known = of_claims.get(name, {"claims": 0, "entities": 0})
        ours = editions(mine, name)
        now = standing(mine, name)
        found.append(
            {
                "dataset": name,
                **{key: described[key] for key in ("title", "publisher", "licence", "url", "schedule", "grade")},
                "kind": described["kind"],
                "complete": described["complete"],
                "readers": sorted({batch["reader"] for batch in mine}),
                "claims": known["claims"],
                "entities": known["entities"],
                "observations": sum(n for (d, _, table), n in rows.items() if d == name and table in OBSERVATIONS),
                "quarantined": sum(row["dataset"] == name for row in waiting),
                "reasons": _reasons(row for row in waiting if row["dataset"] == name),
                "editions": [{**printed(e), "in_force": now is not None and e.batch == now.batch} for e in ours],
                "overdue": _overdue(described.get("every") or 0, now),
                "held": [{k: v for k, v in row.items() if k != "described"} for row in held.get(name, [])],
                "files": [file for batch in mine for file in _files(batch, rows, aside[batch["batch_id"]])],
                **_marked(labels, mine, held.get(name, [])),
            }
        )
    return found


def _files(batch: Mapping[str, Any], rows: Mapping[tuple[str, str, str], int], aside: int) -> list[dict[str, Any]]:
    of_batch = {t: n for (d, at, t), n in rows.items() if (d, at) == (batch["dataset"], batch["recorded_at"])}
    return [
        {
            **file,
            "reader": batch["reader"],
            "ingested_at": batch["recorded_at"],
            "claims": of_batch.get("claims", 0),
            "observations": sum(n for table, n in of_batch.items() if table in OBSERVATIONS),
            "quarantined": aside,
        }
        for file in batch["files"]
    ]


def _marked(known: Mapping[str, Label], batches: list[dict[str, Any]], held: list[dict[str, Any]]) -> dict[str, Any]:
    """A dataset is marked as all that came with it; one of which nothing was taken, as what waits."""
    labels = {label for batch in batches for label in batch["labels"]}
    return marking(known, labels) if labels else {key: held[-1][key] for key in ("handling", "exercise")}


def _reasons(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How often each reason was given, most often first; what it quotes is left out."""
    counted = Counter((row["field"], _QUOTED.sub("'…'", row["reason"])) for row in rows)
    return [
        {"field": field, "reason": reason, "rows": n}
        for (field, reason), n in sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    ]


_QUOTED = re.compile(r"'[^']*'")


def _overdue(every: int, now: Edition | None) -> bool | None:
    """Whether the publisher must have brought out a newer edition by today; None where that is not known."""
    if not every or now is None:
        return None
    return (dt.datetime.now(dt.UTC).date() - latest(now.date)).days > every


def _rows_by_time(picture: Picture) -> dict[tuple[str, str, str], int]:
    """(dataset, recording time, table) → rows the audience may read."""
    found = {}
    for table in ("claims", *OBSERVATIONS):
        rows = picture.scope.table(table)
        for row in picture.scope.run(rows.group_by(["dataset", "recorded_at"]).agg(n=rows.count())).to_pylist():
            found[row["dataset"], row["recorded_at"].isoformat(timespec="microseconds"), table] = row["n"]
    return found


def _of_claims(picture: Picture) -> dict[str, dict[str, Any]]:
    claims = picture.scope.table("claims")
    per = claims.group_by("dataset").agg(claims=claims.count(), entities=claims.subject.nunique())
    return {row["dataset"]: row for row in picture.scope.run(per).to_pylist()}


def _cited(picture: Picture) -> dict[str, int]:
    claims = picture.scope.table("claims")
    cited = claims.group_by("source_id").agg(claims=claims.count())
    return {row["source_id"]: row["claims"] for row in picture.scope.run(cited).to_pylist()}


def _sources(picture: Picture) -> list[dict[str, Any]]:
    numbers = picture.once(("claims of sources",), lambda: _cited(picture))
    return [
        {
            **source_in_print(row),
            "claims": numbers.get(id, 0),
            **picture.handling([row["label_id"]]),
        }
        for id, row in sorted(picture.sources.items())
    ]
