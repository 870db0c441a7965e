"""A money flow as an SVG drawing: columns from left to right, bands as wide as the central amount, intervals in print."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

__all__ = ["sankey"]

WIDTH, HEIGHT, BAR, GAP, TOP = 1180.0, 760.0, 10.0, 9.0, 26.0
_FILL = {"activity": "#8a5a00", "operator": "#5b4b8a", "channel": "#1f6f78", "cashbox": "#9b1c31", "use": "#3d5a2a"}


def sankey(flow: Mapping[str, Any]) -> str:
    """:param flow: the shape of ``GET /api/flow``; empty string where it has no arcs"""
    arcs = flow["arcs"]
    if not arcs:
        return ""
    nodes = {n["id"]: n for n in flow["nodes"]}
    column = _columns(flow)
    size = {id: max(_sum(arcs, "target", id), _sum(arcs, "source", id)) for id in nodes}
    columns = [[i for i in nodes if column[i] == c] for c in range(max(column.values()) + 1)]
    scale = min((HEIGHT - TOP - GAP * len(c)) / max(1e-9, sum(size[i] for i in c)) for c in columns if c)
    step = (WIDTH - 250) / max(1, len(columns) - 1)
    place: dict[str, tuple[float, float]] = {}
    for c, ids in enumerate(columns):
        y = TOP
        for id in sorted(ids, key=lambda i: (-size[i], i)):
            place[id] = (c * step, y)
            y += max(1.5, size[id] * scale) + GAP
    bands = _bands(arcs, place, scale)
    boxes = [_box(nodes[i], place[i], max(1.5, size[i] * scale), _amount(arcs, i)) for i in nodes]
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="Money flow in {escape(flow["unit"])}"'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(bands)}{"".join(boxes)}</svg>'
    )


def _columns(flow: Mapping[str, Any]) -> dict[str, int]:
    """Longest way from an activity; uses stand in the last column."""
    depth = {n["id"]: 0 for n in flow["nodes"]}
    for _ in depth:
        for arc in flow["arcs"]:
            depth[arc["target"]] = max(depth[arc["target"]], depth[arc["source"]] + 1)
    last = max(depth.values())
    return {n["id"]: last if n["layer"] == "use" else depth[n["id"]] for n in flow["nodes"]}


def _sum(arcs: list[dict[str, Any]], end: str, id: str) -> float:
    return float(sum(a["central"] for a in arcs if a[end] == id))


def _amount(arcs: list[dict[str, Any]], id: str) -> str:
    """Central amount of a node; with its interval where one arc carries it all."""
    into = [a for a in arcs if a["target"] == id] or [a for a in arcs if a["source"] == id]
    middle = sum(a["central"] for a in into)
    if len(into) == 1:
        return f"{middle:,.0f} ({into[0]['low']:,.0f}–{into[0]['high']:,.0f})"
    return f"{middle:,.0f}"


def _bands(arcs: list[dict[str, Any]], place: Mapping[str, tuple[float, float]], scale: float) -> list[str]:
    left = {id: y for id, (_, y) in place.items()}
    right = dict(left)
    drawn = []
    for arc in sorted(arcs, key=lambda a: (place[a["source"]][1], place[a["target"]][1])):
        wide = max(0.6, arc["central"] * scale)
        x0, x1 = place[arc["source"]][0] + BAR, place[arc["target"]][0]
        y0, y1 = right[arc["source"]] + wide / 2, left[arc["target"]] + wide / 2
        right[arc["source"]] += wide
        left[arc["target"]] += wide
        middle = (x0 + x1) / 2
        dash = ' stroke-dasharray="6 3"' if not arc["claim_ids"] else ""
        shade = "0.28" if arc["assumption"] else "0.5"
        title = f"{arc['central']:,.0f} ({arc['low']:,.0f} to {arc['high']:,.0f}); {arc['basis']}"
        drawn.append(
            f'<path d="M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}" fill="none"'
            f' stroke="#555" stroke-opacity="{shade}" stroke-width="{wide:.1f}"{dash}><title>{escape(title)}</title></path>'
        )
    return drawn


def _box(node: Mapping[str, Any], at: tuple[float, float], tall: float, amount: str) -> str:
    x, y = at
    caption = node["caption"] if len(node["caption"]) <= 34 else node["caption"][:33] + "…"
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BAR:.0f}" height="{tall:.1f}" fill="{_FILL[node["layer"]]}"/>'
        f'<text x="{x + BAR + 4:.1f}" y="{y + min(tall / 2, 40) + 4:.1f}" font-size="10.5">{escape(caption)}'
        f' <tspan fill="#444">{escape(amount)}</tspan></text>'
    )
