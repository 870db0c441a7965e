"""A money flow as SVG: columns from left to right, bands as wide as the central amount, intervals as text."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

__all__ = ["sankey"]

WIDTH, HEIGHT, BAR, GAP, TOP = 1240.0, 800.0, 9.0, 12.0, 8.0
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
    step = (WIDTH - 190) / max(1, len(columns) - 1)
    place: dict[str, tuple[float, float]] = {}
    for c, ids in enumerate(columns):
        y = TOP
        for id in sorted(ids, key=lambda i: (-size[i], i)):
            place[id] = (c * step, y)
            y += max(1.5, size[id] * scale) + GAP
    bands = _bands(arcs, place, scale)
    boxes = [_box(nodes[i], place[i], max(1.5, size[i] * scale), step) for i in nodes]
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
        colour = "#666" if arc["claim_ids"] else "#b98a5e"
        shade = "0.25" if arc["assumption"] else "0.45"
        title = f"{arc['central']:,.0f} ({arc['low']:,.0f} to {arc['high']:,.0f}); {arc['basis']}"
        drawn.append(
            f'<path d="M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}" fill="none"'
            f' stroke="{colour}" stroke-opacity="{shade}" stroke-width="{wide:.1f}">'
            f"<title>{escape(title)}</title></path>"
        )
    return drawn


def _box(node: Mapping[str, Any], at: tuple[float, float], tall: float, step: float) -> str:
    """A bar with its caption and amount: on two lines where it is tall enough, else on one, cut to the column."""
    x, y = at
    amount = f"{node['central']:,.0f} ({node['low']:,.0f}–{node['high']:,.0f})"
    room = int((min(step, 190.0) - BAR - 8) / 5.4)
    two = tall >= 26
    caption = _cut(node["caption"].removesuffix(" (collective)"), room if two else max(8, room - len(amount) - 1))
    left, middle = x + BAR + 3, y + min(tall / 2, 60.0)
    lines = [(caption, middle - 2, "#111"), (amount, middle + 10, "#444")] if two else []
    text = "".join(f'<text x="{left:.1f}" y="{h:.1f}" fill="{c}">{escape(t)}</text>' for t, h, c in lines)
    if not two:
        text = (
            f'<text x="{left:.1f}" y="{middle + 3.5:.1f}" fill="#111">{escape(caption)}'
            f' <tspan fill="#444">{escape(amount)}</tspan></text>'
        )
    title = f"{node['caption']}: {amount}"
    return (
        f'<g font-size="10.5" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" paint-order="stroke">'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BAR:.0f}" height="{tall:.1f}"'
        f' fill="{_FILL[node["layer"]]}" stroke="none">'
        f"<title>{escape(title)}</title></rect>{text}</g>"
    )


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(1, room - 1)].rstrip() + "…"
