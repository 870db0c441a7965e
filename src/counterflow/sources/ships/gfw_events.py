"""Events as the interface of Global Fishing Watch answers them, version 3: nested records, laid flat under our names.

An event has its time, place and ship, and one object of its own kind: ``encounter``, ``port_visit``, ``loitering``,
``fishing`` or ``gap``. What no column of ours takes (regions, authorisations, the next port) keeps its own path as its
name. Invariant: every value of a record comes out once.

Format: https://globalfishingwatch.org/our-apis/documentation (events). No file of it was at hand: the public
description is followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from counterflow.errors import InputError
from counterflow.sources import json_stream, json_table
from counterflow.sources.reader import Head, Rejected
from counterflow.sources.tabular import ROWS, Batch

__all__ = ["COLUMNS", "batches", "is_events"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "event_id": ("id",),
    "kind": ("type",),
    "timestamp": ("start",),
    "end": ("end",),
    "lat": ("position.lat",),
    "lon": ("position.lon",),
    "end_lat": ("gap.onPosition.lat",),
    "end_lon": ("gap.onPosition.lon",),
    "mmsi": ("vessel.ssvid",),
    "vessel_id": ("vessel.id",),
    "vessel_name": ("vessel.name",),
    "flag": ("vessel.flag",),
    "vessel_type": ("vessel.type",),
    "other_mmsi": ("encounter.vessel.ssvid",),
    "other_id": ("encounter.vessel.id",),
    "other_name": ("encounter.vessel.name",),
    "other_flag": ("encounter.vessel.flag",),
    "other_type": ("encounter.vessel.type",),
    "distance": ("encounter.medianDistanceKilometers",),
    "speed": (
        "encounter.medianSpeedKnots", "loitering.averageSpeedKnots", "fishing.averageSpeedKnots",
        "gap.impliedSpeedKnots",
    ),
    "duration": (
        "port_visit.durationHrs", "loitering.totalTimeHours", "fishing.averageDurationHours", "gap.durationHours",
    ),
    "travelled": ("loitering.totalDistanceKm", "fishing.totalDistanceKm", "gap.distanceKm"),
    "shore_distance": ("distances.startDistanceFromShoreKm", "loitering.averageDistanceFromShoreKm"),
    "port_distance": ("distances.startDistanceFromPortKm",),
    "place": ("port_visit.startAnchorage.name", "port_visit.intermediateAnchorage.name", "port_visit.endAnchorage.name",
              "port_visit.startAnchorage.anchorageId"),
    "country": ("port_visit.startAnchorage.flag", "port_visit.intermediateAnchorage.flag",
                "port_visit.endAnchorage.flag"),
    "confidence": ("port_visit.confidence",),
}  # fmt: skip
"""Our column → paths of theirs, the first that has a value."""
REST = "as received"
"""Column of what no other takes, as JSON."""


def is_events(head: Head) -> bool:
    """Whether the first record is such an event."""
    found = json_table.record_of(head)
    return (
        isinstance(found, dict)
        and {"id", "type", "start", "end"} <= found.keys()
        and isinstance(found.get("position"), dict)
        and isinstance(found.get("vessel"), dict)
    )


def batches(path: Path) -> Iterator[Batch]:
    """Rows with all of `COLUMNS` and `REST`; what is no event is set aside."""
    records = _records(path)
    while chunk := list(islice(records, ROWS)):
        good = [(line, _flat(value)) for line, value in chunk if isinstance(value, dict)]
        rejected = [Rejected(line, None, value) for line, value in chunk if isinstance(value, str)]
        table = {name: pa.array([row.get(name) for _, row in good], pa.string()) for name in (*COLUMNS, REST)}
        yield Batch(pa.table(table), np.array([line for line, _ in good], dtype=np.int64), rejected)


def _records(path: Path) -> Iterator[tuple[int | None, dict[str, Any] | str]]:
    try:
        for item in json_stream.items(path, json_table.UNDER):
            whole = isinstance(item.value, dict)
            yield item.line, item.value if whole else item.problem or "is no record of names and values"
    except InputError as e:
        yield e.line, f"unreadable from here on: {e.reason}"


def _flat(record: dict[str, Any]) -> dict[str, str]:
    """Our columns of one event; the record's own values that were taken are removed from it."""
    row = {}
    for ours, paths in COLUMNS.items():
        for path in paths:
            if (value := _take(record, path.split("."))) is not None:
                row[ours] = value
                break
    left = _without_empty(record)
    if left:
        row[REST] = json.dumps(left, ensure_ascii=False, sort_keys=True)
    return row


def _take(record: dict[str, Any], path: list[str]) -> str | None:
    *above, last = path
    for key in above:
        inner = record.get(key)
        if not isinstance(inner, dict):
            return None
        record = inner
    value = record.get(last)
    if value is None or isinstance(value, dict | list) or value == "":
        return None
    del record[last]
    return value if isinstance(value, str) else json.dumps(value)


def _without_empty(value: Any) -> Any:
    """A value without nulls, empty texts and what holds nothing else."""
    if isinstance(value, dict):
        return {k: v for k, inner in value.items() if (v := _without_empty(inner)) not in (None, "", {}, [])}
    return (
        [v for inner in value if (v := _without_empty(inner)) not in (None, "", {}, [])]
        if isinstance(value, list)
        else value
    )
