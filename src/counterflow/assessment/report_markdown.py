"""The written assessment as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["markdown"]


def markdown(data: Mapping[str, Any]) -> str:
    """:param data: the shape of ``GET /api/report``"""
    lines = [
        f"**{data['handling']}**",
        "",
        f"# {_plain(data['title'])}",
        "",
        f"Date of information: {data['date_of_information']}  ",
        f"Audience: {_plain(data['audience'])}",
        "",
        "## Summary",
        "",
        _plain(data["summary"]),
        "",
    ]
    if data["key_judgements"]:
        lines += ["## Key judgements", ""]
        for j in data["key_judgements"]:
            lines.append(f"- {_plain(j['text'])}{_marks(j['endnotes'])}")
            lines.append(f"  Confidence: {j['confidence']} ({_plain(j['because'])}).")
        lines.append("")
    for section in data["sections"]:
        lines += [f"## {_plain(section['heading'])}", ""]
        for p in section["paragraphs"]:
            told = " ".join(f"{_plain(s['text'])}{_marks(s['endnotes'])}" for s in p["sentences"])
            lines += [f"({p['handling']}) {told}", ""]
    lines += ["## Endnotes", ""]
    lines += [f"{note['n']}. {_plain(note['text'])}" for note in data["endnotes"]]
    lines += ["", f"**{data['handling']}**", ""]
    return "\n".join(lines)


def _marks(numbers: list[int]) -> str:
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _plain(text: str) -> str:
    """Text that Markdown must not read as markup or HTML."""
    return re.sub(r"([\\`*_<>#\[\]|])", r"\\\1", text.replace("\n", " "))
