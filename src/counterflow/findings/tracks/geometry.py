"""Distances on the sphere and cells on the sea, for kernels over arrays.

`findings.places` and `findings.observations.metres` say the same as Ibis expressions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from counterflow.entities.compiling import compiled

__all__ = ["KNOT", "METRES_PER_DEGREE", "MILE", "apart", "cells", "fitting", "metres", "sailed"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

MILE = 1852.0
"""Metres of a nautical mile."""
KNOT = MILE / 3600
"""Metres a second."""
METRES_PER_DEGREE = 111_195.0
COMPILE_FROM = 4_000


def fitting(kernel: Callable[..., Any], n: int) -> Callable[..., Any]:
    """The kernel compiled where the rows are many enough for it to pay, else as it is."""
    return compiled(kernel) if n >= COMPILE_FROM else kernel


def apart(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in metres of two positions in degrees: haversine, mean earth radius 6,371,008.8 m."""
    half_lat = math.radians(other_lat - lat) / 2
    half_lon = math.radians(other_lon - lon) / 2
    chord = math.sin(half_lat) ** 2
    chord += math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(half_lon) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, chord)))


def metres(lat: Floats, lon: Floats, other_lat: Floats | float, other_lon: Floats | float) -> Floats:
    """`apart` of each position from another, or of all from one."""
    half_lat, half_lon = np.radians(other_lat - lat) / 2, np.radians(other_lon - lon) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(np.radians(lat)) * np.cos(np.radians(other_lat)) * np.sin(half_lon) ** 2
    found: Floats = 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return found


def sailed(lat: Floats, lon: Floats, knots: Floats, course: Floats, hours: Floats | float) -> tuple[Floats, Floats]:
    """Where ships are so many hours on (negative: before) at one speed and course; at rest where either is NaN."""
    going = np.isfinite(knots) & np.isfinite(course)
    degrees = np.where(going, knots, 0.0) * hours / 60
    bearing = np.radians(np.where(going, course, 0.0))
    north = np.clip(lat + degrees * np.cos(bearing), -90.0, 90.0)
    east = lon + degrees * np.sin(bearing) / np.maximum(0.02, np.cos(np.radians(lat)))
    return north, (east + 180.0) % 360.0 - 180.0


def cells(lat: Floats, lon: Floats, size: float, up: int = 0, right: int = 0) -> Ints:
    """Number of the cell in which each position lies, or of the one so many rows up and columns to the right of it.

    A cell is at least `size` metres high and wide: it grows wider in degrees towards the poles, and cells fit a whole
    number of times around the globe, so that neighbours are neighbours across the date line too. The column is counted
    in the row of the cell itself, whose cells may be of another width than those below.
    """
    height = size / METRES_PER_DEGREE
    row = np.floor(lat / height).astype(np.int64) + up
    edge = np.minimum(90.0, (np.abs(row) + 1) * height)
    around = np.maximum(1, np.floor(np.cos(np.radians(edge)) * (360.0 / height))).astype(np.int64)
    column = (np.floor((lon + 180.0) / 360.0 * around).astype(np.int64) + right) % around
    found: Ints = row * (1 << 32) + column
    return found
