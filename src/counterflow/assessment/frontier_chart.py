"""The frontier of budget and effect as SVG: what each budget leaves, as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["frontier_chart"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 330.0, 64.0, 20.0, 16.0, 46.0


def frontier_chart(frontier: Sequence[Mapping[str, Any]], now: float, unit: str) -> str:
    """:param frontier: as in ``POST /api/whatif``, at least two points; :param now: what flows without measures"""
    if len(frontier) < 2:
        return ""
    points = sorted((float(p["budget"]), float(p["residual"])) for p in frontier)
    most, top = max(points[-1][0], 1e-9), max(now, *(y for _, y in points), 1e-9)

    def x(budget: float) -> float:
        return LEFT + budget / most * (WIDTH - LEFT - RIGHT)

    def y(amount: float) -> float:
        return HEIGHT - BOTTOM - amount / top * (HEIGHT - TOP - BOTTOM)

    path = f"M{x(points[0][0]):.1f},{y(points[0][1]):.1f}"
    path += "".join(f"H{x(b):.1f}V{y(r):.1f}" for b, r in points[1:])
    grid = "".join(
        f'<line x1="{LEFT:.0f}" x2="{WIDTH - RIGHT:.0f}" y1="{y(top * n / 4):.1f}" y2="{y(top * n / 4):.1f}"'
        f' stroke="#ddd"/><text x="{LEFT - 6:.0f}" y="{y(top * n / 4) + 4:.1f}" text-anchor="end">{top * n / 4:,.0f}'
        "</text>"
        for n in range(5)
    )
    ticks = "".join(
        f'<text x="{x(most * n / 5):.1f}" y="{HEIGHT - BOTTOM + 16:.0f}" text-anchor="middle">{most * n / 5:.0f}</text>'
        for n in range(6)
    )
    dots = "".join(f'<circle cx="{x(b):.1f}" cy="{y(r):.1f}" r="2.6" fill="#9b1c31"/>' for b, r in points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label='
        f'"What each budget leaves, {escape(unit)}" font-size="11" font-family="DejaVu Sans, sans-serif" fill="#333">'
        f'{grid}{ticks}<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8:.0f}" text-anchor="middle">'
        f'points spent</text><line x1="{LEFT:.0f}" x2="{WIDTH - RIGHT:.0f}" y1="{y(now):.1f}" y2="{y(now):.1f}"'
        f' stroke="#333" stroke-dasharray="5 4"/><path d="{path}" fill="none" stroke="#9b1c31" stroke-width="2"/>'
        f"{dots}</svg>"
    )
