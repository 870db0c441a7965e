"""Places on the sea: cells that hold what is near together, on every latitude.

A cell is at least `size` metres high and wide. Its width in degrees grows towards the poles with the parallel that
bounds it, and cells fit a whole number of times around the globe, so that neighbours are neighbours across the date
line too: two points within `size` metres lie in the same or in adjoining cells. Ibis throughout; runs on any engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

__all__ = ["METRES_PER_DEGREE", "cells", "neighbours"]

METRES_PER_DEGREE = 111_195.0
"""One degree of latitude on a sphere of 6,371 km."""


def _columns(row: Any, height: float) -> Any:
    """Number of cells around the globe in a row of cells, from the parallel nearest to the pole that bounds it."""
    edge = ((row.abs() + 1) * height).clip(upper=89.0)
    return (edge.radians().cos() * (360.0 / height)).floor()


def cells(table: ibis.Table, size: float) -> ibis.Table:
    """`table` (with lat, lon) and the cell of every row: cell_y, cell_x. :param size: metres, at least"""
    height = size / METRES_PER_DEGREE
    table = table.mutate(cell_y=(table.lat / height).floor().cast("int64"))
    around = _columns(table.cell_y, height)
    column = ((table.lon + 180.0) / 360.0 * around).floor() % around
    return table.mutate(cell_x=column.cast("int64"))


def neighbours(table: ibis.Table, size: float) -> ibis.Table:
    """`table` with nine rows for each: near_y, near_x are the cells around its place, as `cells` numbers them."""
    import ibis
    import pyarrow as pa

    height = size / METRES_PER_DEGREE
    around = {"step_y": [y for y in (-1, 0, 1) for _ in range(3)], "step_x": [-1, 0, 1] * 3}
    steps = ibis.memtable(pa.table(around))
    spread = table.cross_join(steps)
    spread = spread.mutate(near_y=(spread.lat / height).floor().cast("int64") + spread.step_y)
    circle = _columns(spread.near_y, height)
    # counted in the neighbour's own row, whose cells are of another width
    column = ((spread.lon + 180.0) / 360.0 * circle).floor() + spread.step_x
    return spread.mutate(near_x=((column + circle) % circle).cast("int64")).drop("step_y", "step_x").distinct()
