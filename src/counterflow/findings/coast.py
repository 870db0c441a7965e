"""The coast: how far a place at sea is from land, by Natural Earth's land at 1:50 million.

`land-50m.json.gz` is the land of the npm package world-atlas 2.0.2 (ISC) as it is: Natural Earth 4.1, public domain, as
TopoJSON. At that scale a coast is right within some kilometres: islets, piers and narrow inlets are missing, and lakes
and rivers are land. It tells a roadstead from the open sea, not a berth from its fairway.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, MILE, apart

__all__ = ["ashore", "over_land", "shore"]

Floats = np.ndarray[Any, np.dtype[np.float64]]


def shore(lat: float, lon: float) -> float:
    """Metres from a place to the nearest coast; negative: it lies on land, so far from the sea."""
    rows, columns = _coast()
    row = int(np.floor(lat))
    about = np.concatenate([rows[r] for r in range(row - _BAND, row + _BAND + 1) if r in rows] or [_NONE])
    near = _nearest(lat, lon, about)
    if near > (_BAND - 1) * METRES_PER_DEGREE:  # a coast beyond these rows may be nearer
        near = _nearest(lat, lon, np.concatenate(list(rows.values())))
    return -near if _on_land(lat, lon, columns.get(int(np.floor(lon)), _NONE)) else near


def ashore(lat: float, lon: float, within: float) -> bool:
    """Whether a place lies on land or so near to a coast: `shore` asked for little, and quick. :param within: metres"""
    rows, columns = _coast()
    reach = within / METRES_PER_DEGREE
    low, high = (int(np.floor(edge)) for edge in (lat - reach, lat + reach))
    about = np.concatenate([rows[row] for row in range(low, high + 1) if row in rows] or [_NONE])
    return _nearest(lat, lon, about) <= within or _on_land(lat, lon, columns.get(int(np.floor(lon)), _NONE))


def over_land(lat: float, lon: float) -> dict[str, float]:
    """A sign that a place told is false, with its factor: it lies further inland than the coast may be wrong by."""
    inland = -shore(lat, lon) / MILE
    return {f"over land, {inland:,.0f} nautical miles from the sea": 3.0} if inland >= 5 else {}


_BAND = 4
"""Degrees of latitude, north and south, in which the nearest coast is looked for first."""
_NONE = np.zeros((0, 4))


def _nearest(lat: float, lon: float, ends: Floats) -> float:
    """Metres to the nearest of these stretches of coast; infinite where there is none.

    :param ends: lon, lat, lon, lat of each
    """
    if not len(ends):
        return float("inf")
    narrow = max(0.02, float(np.cos(np.radians(lat))))
    x = ((ends[:, 0] - lon + 540.0) % 360.0 - 180.0) * narrow
    dx = ((ends[:, 2] - ends[:, 0] + 540.0) % 360.0 - 180.0) * narrow
    y, dy = ends[:, 1] - lat, ends[:, 3] - ends[:, 1]
    part = np.clip(-(x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0.0, 1.0)
    k = int(np.argmin((x + part * dx) ** 2 + (y + part * dy) ** 2))
    east, north = float(x[k] + part[k] * dx[k]) / narrow, float(y[k] + part[k] * dy[k])
    return apart(lat, lon, lat + north, lon + east)


def _on_land(lat: float, lon: float, ends: Floats) -> bool:
    """Whether a line due north of the place, to a pole that is sea, crosses coasts an odd number of times."""
    x = (ends[:, 0] - lon + 540.0) % 360.0 - 180.0
    to_x = x + (ends[:, 2] - ends[:, 0] + 540.0) % 360.0 - 180.0
    met = (x <= 0) != (to_x <= 0)
    x, to_x, ends = x[met], to_x[met], ends[met]
    return bool((ends[:, 1] - x / (to_x - x) * (ends[:, 3] - ends[:, 1]) > lat).sum() % 2)


@cache
def _coast() -> tuple[dict[int, Floats], dict[int, Floats]]:
    """Stretches of coast by degree of latitude and by degree of longitude that they touch, each lon, lat, lon, lat.

    Rings are stitched across the date line: a stretch from 179.9° to -179.9° is short.
    """
    packed = (resources.files("counterflow.findings") / "land-50m.json.gz").read_bytes()
    topology = json.loads(gzip.decompress(packed))
    scale, offset = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + offset for arc in topology["arcs"]]
    rings = [
        np.concatenate([arcs[k] if k >= 0 else arcs[~k][::-1] for k in ring])
        for shape in topology["objects"]["land"]["geometries"] for polygon in shape["arcs"] for ring in polygon
    ]  # fmt: skip
    ends = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    ends = ends[(ends[:, :2] != ends[:, 2:]).any(axis=1)]
    east = (ends[:, 2] - ends[:, 0] + 540.0) % 360.0 - 180.0
    return _by_degree(ends, ends[:, 1], ends[:, 3]), _by_degree(ends, ends[:, 0], ends[:, 0] + east)


def _by_degree(ends: Floats, one: Floats, other: Floats) -> dict[int, Floats]:
    """Stretches by each whole degree between their two ends; of longitudes, from -180 to 179."""
    low, high = (np.floor(pick(one, other)).astype(int) for pick in (np.minimum, np.maximum))
    wide = high - low + 1
    row = np.repeat(np.arange(len(ends)), wide)
    degree = np.repeat(low, wide) + np.arange(len(row)) - np.repeat(np.cumsum(wide) - wide, wide)
    degree = (degree + 180) % 360 - 180
    order = np.argsort(degree, kind="stable")
    at = np.flatnonzero(np.diff(degree[order], prepend=-1000))
    return {int(degree[order[k]]): ends[row[part]] for k, part in zip(at, np.split(order, at[1:]), strict=True)}
