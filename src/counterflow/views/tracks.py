"""Tracks of ships with what happened on them: each event with its place, span and uncertainty, by whoever told it.

Points are thinned by the engine, so that the answer stays small however long ships were heard; the ends of every
silence are kept, for a silence is what the line is read for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.views.picture import Picture

if TYPE_CHECKING:
    import ibis

__all__ = ["tracks"]

POINTS = 1500
"""Points drawn of one track at most, silences apart; a longer one is thinned evenly, its ends kept."""
ALL_POINTS = 90_000
"""Points drawn of all tracks together, about."""
SILENCE = 6 * 3600
"""Seconds without a message from which a line is dashed."""


def tracks(picture: Picture) -> list[dict[str, Any]]:
    """One for each MMSI, in order, with its events in order of time."""
    points: dict[str, list[list[Any]]] = {}
    for p in picture.scope.run(_thinned(picture)).to_pylist():
        when = p["timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ")
        point = [round(p["lon"], 5), round(p["lat"], 5), when, p["sog"], bool(p["silent"])]
        points.setdefault(p["mmsi"], []).append(point)
    holders = {row["key"]: row["entity"] for row in picture.rows("holders").to_pylist()}
    found = _found(picture)
    told = _told(picture)
    return [
        _track(picture, holders, ship, points[ship["mmsi"]], found, told.get(ship["mmsi"], []))
        for ship in picture.scope.run(_ships(picture)).to_pylist()
        if ship["mmsi"] in points
    ]


def _thinned(picture: Picture) -> ibis.Table:
    """Every so manieth position of a ship, its first and last, and both ends of each silence."""
    import ibis

    rows = picture.scope.table("positions")
    ships = picture.scope.run(rows.aggregate(n=rows.mmsi.nunique())).to_pydict()["n"][0]
    most = max(40, min(POINTS, ALL_POINTS // max(1, ships)))
    rows = rows.mutate(at=rows.timestamp.epoch_seconds().cast("int64"))
    order = ibis.window(group_by="mmsi", order_by=["at", "lat", "lon", "row_id"])
    each = ibis.window(group_by="mmsi")
    rows = rows.mutate(
        place=ibis.row_number().over(order), count=rows.mmsi.count().over(each),
        before=rows["at"].lag().over(order), after=rows["at"].lead().over(order),
    )  # fmt: skip
    rows = rows.mutate(
        silent=(rows.after - rows["at"] >= SILENCE).fill_null(False),
        back=(rows["at"] - rows.before >= SILENCE).fill_null(False),
        step=((rows["count"] + most - 1) // most).cast("int64"),
    )
    kept = rows.filter((rows.place % rows.step == 0) | rows.after.isnull() | rows.silent | rows.back)
    return kept.order_by("mmsi", "place").select("mmsi", "timestamp", "lat", "lon", "sog", "silent")


def _ships(picture: Picture) -> ibis.Table:
    """What each number was sent with: the least name and IMO number of several, and all its labels."""
    rows = picture.scope.table("positions")
    return (
        rows.group_by("mmsi")
        .agg(imo=rows.imo.min(), name=rows.vessel_name.min(), labels=rows.label_id.collect(distinct=True))
        .order_by("mmsi")
    )


def _track(
    picture: Picture, holders: dict[str, str], ship: dict[str, Any], points: list[list[Any]],
    found: dict[str, list[dict[str, Any]]], told: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    imo, mmsi = ship["imo"], ship["mmsi"]
    known = holders.get(f"imo:{imo}") or holders.get(f"mmsi:{mmsi}")
    events = {e["id"]: e for key in (imo, mmsi) if key for e in found.get(key, ())}
    return {
        "vessel": {
            "id": known,
            "caption": picture.caption(known) if known else ship["name"] or f"MMSI {mmsi}",
            "imo": imo,
            "mmsi": mmsi,
        },
        **picture.handling(ship["labels"]),
        "points": points,
        "events": sorted([*events.values(), *told], key=lambda e: (e["start"], e["id"])),
    }


def _found(picture: Picture) -> dict[str, list[dict[str, Any]]]:
    """IMO number or MMSI → what typologies found of the ship at a time."""
    events: dict[str, list[dict[str, Any]]] = {}
    for f in picture.findings:
        if not f["vessels"] or f["start"] is None:
            continue
        typology, detail = registry.get("typologies", f["typology"]), f["detail"]
        if typology.kind != "ship":
            continue
        event = {
            "id": f["id"], "finding": f["id"], "kind": f["typology"], "title": typology.title, "told_by": None,
            "start": f["start"], "end": f["end"] or f["start"], "lat": f["lat"], "lon": f["lon"],
            "to": [detail["next_lon"], detail["next_lat"]] if "next_lat" in detail else None,
            "uncertainty_metres": detail.get("uncertainty_metres"), **picture.handling(f["label_ids"]),
        }  # fmt: skip
        for vessel in f["vessels"]:
            events.setdefault(vessel, []).append(event)
    return events


def _told(picture: Picture) -> dict[str, list[dict[str, Any]]]:
    """MMSI → what others worked out from the ship's track."""
    rows = picture.scope.table("ship_events")
    heard = picture.scope.table("positions").select("mmsi").distinct()
    rows = rows.semi_join(heard, "mmsi").order_by("timestamp", "row_id")
    events: dict[str, list[dict[str, Any]]] = {}
    for row in picture.scope.run(rows).to_pylist():
        start, end = (t and t.strftime("%Y-%m-%dT%H:%M:%SZ") for t in (row["timestamp"], row["end"]))
        to = [row["end_lon"], row["end_lat"]] if row["end_lat"] is not None and row["end_lon"] is not None else None
        events.setdefault(row["mmsi"], []).append(
            {
                "id": row["row_id"], "finding": None, "kind": row["kind"], "title": row["kind"].replace("_", " "),
                "told_by": row["dataset"], "start": start, "end": end or start, "lat": row["lat"], "lon": row["lon"],
                "to": to, "uncertainty_metres": None, **picture.handling([row["label_id"]]),
            }
        )  # fmt: skip
    return events
