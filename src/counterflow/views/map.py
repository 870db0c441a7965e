"""The map: events with a place, ship tracks, and findings with a position."""

from __future__ import annotations

from typing import Any

from counterflow.views.findings import brief
from counterflow.views.picture import Picture
from counterflow.views.tracks import tracks

__all__ = ["world"]

_EVENT_FIELDS = ("name", "eventType", "activity", "date", "latitude", "longitude", "geoPrecision", "amountUsd")


def world(picture: Picture) -> dict[str, Any]:
    """Everything that has a place; the time bar of the client filters by date."""
    return {
        "events": _events(picture),
        "tracks": tracks(picture),
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
