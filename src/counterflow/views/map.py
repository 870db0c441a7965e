"""The map: events with a place, ship tracks, and findings with a position."""

from __future__ import annotations

from typing import Any

from counterflow.views.findings import brief
from counterflow.views.picture import Picture

__all__ = ["world"]

TRACK_POINTS = 1500
"""Points drawn of one track at most; a longer one is thinned evenly, its ends kept."""

_EVENT_FIELDS = ("name", "eventType", "activity", "date", "latitude", "longitude", "geoPrecision", "amountUsd")


def world(picture: Picture) -> dict[str, Any]:
    """Everything that has a place; the time bar of the client filters by date."""
    return {
        "events": _events(picture),
        "tracks": _tracks(picture),
        "findings": [brief(picture, f) for f in picture.findings if f["lat"] is not None],
    }


def _events(picture: Picture) -> list[dict[str, Any]]:
    claims = picture.scope.table("claims")
    placed = claims.filter(claims.property == "latitude").select("subject").distinct()
    rows = claims.filter(claims.property.isin(_EVENT_FIELDS)).semi_join(placed, "subject")
    found: dict[str, dict[str, Any]] = {}
    for row in picture.scope.run(rows.order_by("subject", "property", "claim_id")).to_pylist():
        event = found.setdefault(row["subject"], {"labels": set()})
        event.setdefault(row["property"], row["value"])
        event["labels"].add(row["label_id"])
    return [
        {
            "id": picture.canonical(subject),
            "caption": e.get("name", subject),
            "kind": e.get("eventType"),
            "activity": e.get("activity"),
            "date": e.get("date"),
            "lat": float(e["latitude"]),
            "lon": float(e["longitude"]),
            "precision": e.get("geoPrecision"),
            "value_usd": float(e["amountUsd"]) if "amountUsd" in e else None,
            **picture.handling(e["labels"]),
        }
        for subject, e in sorted(found.items())
        if "longitude" in e
    ]


def _tracks(picture: Picture) -> list[dict[str, Any]]:
    positions = picture.scope.table("positions")
    rows = picture.scope.run(
        positions.select("mmsi", "imo", "vessel_name", "timestamp", "lat", "lon", "sog", "label_id").order_by(
            "mmsi", "timestamp", "lat", "lon"
        )
    )
    holders = {row["key"]: row["entity"] for row in picture.rows("holders").to_pylist()}
    tracks: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        tracks.setdefault(row["mmsi"], []).append(row)
    return [_track(picture, holders, mmsi, points) for mmsi, points in tracks.items()]


def _track(picture: Picture, holders: dict[str, str], mmsi: str, points: list[dict[str, Any]]) -> dict[str, Any]:
    imo = next((p["imo"] for p in points if p["imo"]), None)
    name = next((p["vessel_name"] for p in points if p["vessel_name"]), None)
    known = holders.get(f"imo:{imo}") or holders.get(f"mmsi:{mmsi}")
    step = max(1, -(-len(points) // TRACK_POINTS))
    drawn = points[::step] + ([points[-1]] if (len(points) - 1) % step else [])
    return {
        "vessel": {
            "id": known,
            "caption": picture.caption(known) if known else name or f"MMSI {mmsi}",
            "imo": imo,
            "mmsi": mmsi,
        },
        **picture.handling({p["label_id"] for p in points}),
        "points": [
            [round(p["lon"], 5), round(p["lat"], 5), p["timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ"), p["sog"]]
            for p in drawn
        ],
    }
