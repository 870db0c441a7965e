"""Lines with their 90 % bands as SVG: fans over time, frontiers, curves to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Line", "band_chart", "bar_chart"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 340.0, 64.0, 20.0, 30.0, 46.0
COLOURS = ("#9b1c31", "#1f6f78", "#5b4b8a", "#8a5a00", "#3d5a2a")
_FONT = 'font-size="11" font-family="DejaVu Sans, sans-serif" fill="#333"'


@dataclass(frozen=True)
class Line:
    """:param points: (x, low, central, high), from left to right"""

    title: str
    points: tuple[tuple[float, float, float, float], ...]


def band_chart(
    lines: Sequence[Line],
    *,
    across: str,
    up: str,
    ticks: Sequence[tuple[float, str]],
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """:param across, up: what the axes are; :param ticks, marks: (x, text) below and as upright lines"""
    xs = [p[0] for line in lines for p in line.points]
    left, right = min(xs), max(xs)
    floor = min(0.0, *(p[1] for line in lines for p in line.points))
    top = max(1e-9, *(p[3] for line in lines for p in line.points))

    def x(value: float) -> float:
        return LEFT + (value - left) / max(1e-9, right - left) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - floor) / (top - floor) * (HEIGHT - TOP - BOTTOM)

    parts = []
    for n in range(5):
        level = floor + (top - floor) * n / 4
        parts.append(
            f'<line x1="{LEFT:.0f}" x2="{WIDTH - RIGHT:.0f}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6:.0f}" y="{y(level) + 4:.1f}" text-anchor="end">{level:,.0f}</text>'
        )
    for at, text in ticks:
        parts.append(f'<text x="{x(at):.1f}" y="{HEIGHT - BOTTOM + 16:.0f}" text-anchor="middle">{escape(text)}</text>')
    for at, text in marks:
        parts.append(
            f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{TOP:.0f}" y2="{HEIGHT - BOTTOM:.0f}" stroke="#777"'
            f' stroke-dasharray="3 3"/><text x="{x(at) + 3:.1f}" y="{TOP + 9:.0f}" font-size="9.5">'
            f"{escape(text)}</text>"
        )
    for n, line in enumerate(lines):
        colour = COLOURS[n % len(COLOURS)]
        upper = "L".join(f"{x(a):.1f},{y(high):.1f}" for a, _, _, high in line.points)
        lower = "L".join(f"{x(a):.1f},{y(low):.1f}" for a, low, _, _ in reversed(line.points))
        middle = "L".join(f"{x(a):.1f},{y(central):.1f}" for a, _, central, _ in line.points)
        parts.append(
            f'<path d="M{upper}L{lower}Z" fill="{colour}" fill-opacity="0.15"/>'
            f'<path d="M{middle}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<rect x="{LEFT + 170 * n:.0f}" y="6" width="12" height="10" fill="{colour}"/>'
            f'<text x="{LEFT + 170 * n + 16:.0f}" y="15">{escape(line.title)}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8:.0f}" text-anchor="middle">{escape(across)}</text>'
    )
    return _drawn(up, WIDTH, HEIGHT, parts)


def bar_chart(rows: Sequence[tuple[str, float, str]], *, up: str) -> str:
    """Bars lying down. :param rows: (what, length, said beside it)"""
    most = max(1e-9, *(abs(length) for _, length, _ in rows))
    parts = []
    for n, (what, length, said) in enumerate(rows):
        y = 8 + 22.0 * n
        wide = abs(length) / most * 260
        shown = what if len(what) <= 62 else what[:61].rstrip() + "…"
        parts.append(
            f'<text x="0" y="{y + 12:.1f}">{escape(shown)}</text><rect x="380" y="{y:.1f}" width="{wide:.1f}"'
            f' height="15" fill="#9b1c31" fill-opacity="0.75"/><text x="{386 + wide:.1f}" y="{y + 12:.1f}">'
            f"{escape(said)}</text>"
        )
    return _drawn(up, WIDTH, 16 + 22.0 * len(rows), parts)


def _drawn(label: str, wide: float, tall: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {tall:.0f}" role="img"'
        f' aria-label="{escape(label)}" {_FONT}>{"".join(parts)}</svg>'
    )
