"""The matrix of rival hypotheses as SVG: a row an item, a column a hypothesis, the rating as letters and as shade."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

__all__ = ["matrix_chart"]

WIDTH, LABEL, GRADE, BAR, ROW, HEAD = 1000.0, 330.0, 40.0, 74.0, 30.0, 96.0
_SHADE = {"CC": "#2f6f4f", "C": "#a9cdb8", "N": "#f2f2f2", "I": "#e9b8b0", "II": "#a33a2b"}
_INK = {"CC": "#fff", "II": "#fff"}


def matrix_chart(matrix: Mapping[str, Any]) -> str:
    """:param matrix: the shape of ``GET /api/hypotheses/{id}``"""
    columns = matrix["hypotheses"]
    rows = sorted(matrix["evidence"], key=lambda i: (-i["diagnosticity"], i["id"]))
    wide = (WIDTH - LABEL - GRADE - BAR) / max(1, len(columns))
    tall = HEAD + ROW * len(rows) + 24
    most = max([i["diagnosticity"] for i in rows], default=1.0)
    parts = []
    for n, h in enumerate(columns):
        x = LABEL + GRADE + BAR + n * wide
        for k, line in enumerate(_lines(f"{h['rank']}. {h['text']}", int(wide / 5.6), 5)):
            parts.append(f'<text x="{x + 4:.1f}" y="{14 + 13 * k:.0f}" fill="#111">{escape(line)}</text>')
        parts.append(
            f'<text x="{x + 4:.1f}" y="{HEAD - 10:.0f}" fill="#444" font-weight="bold">{h["against"]:.1f} bits against'
            "</text>"
        )
    for r, item in enumerate(rows):
        y = HEAD + r * ROW
        lines = _lines(item["text"], 58, 2)
        for k, line in enumerate(lines):
            at = y + (18.0 if len(lines) == 1 else 12.0 + 12 * k)
            parts.append(f'<text x="0" y="{at:.1f}" fill="#111">{escape(line)}</text>')
        parts.append(f'<text x="{LABEL + 8:.0f}" y="{y + 18:.1f}" fill="#333">{escape(item["grade"])}</text>')
        share = (item["diagnosticity"] - 1) / max(1e-9, most - 1)
        parts.append(
            f'<rect x="{LABEL + GRADE:.0f}" y="{y + 9:.1f}" width="{max(0.5, share * (BAR - 12)):.1f}" height="11"'
            f' fill="#5b4b8a"><title>{item["diagnosticity"]:.1f} to 1</title></rect>'
        )
        for n, h in enumerate(columns):
            rating = item["ratings"][h["id"]]["rating"]
            x = LABEL + GRADE + BAR + n * wide
            faint = ' opacity="0.35"' if item["why_silent"] else ""
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{wide - 2:.1f}" height="{ROW - 2:.0f}"'
                f' fill="{_SHADE[rating]}"{faint}/><text x="{x + wide / 2:.1f}" y="{y + 19:.1f}" text-anchor="middle"'
                f' fill="{_INK.get(rating, "#222")}">{rating}</text>'
            )
    parts.append(f'<text x="{LABEL:.0f}" y="{HEAD - 10:.0f}" fill="#444">grade  tells apart</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {tall:.0f}" role="img"'
        f' aria-label="{escape(matrix["title"])}" font-size="11" font-family="DejaVu Sans, sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def _lines(text: str, room: int, most: int) -> list[str]:
    """Broken between words into at most so many lines; what does not fit ends in an ellipsis."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][: room - 1].rstrip() + "…"]
