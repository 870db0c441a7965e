"""The written assessment as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["markdown", "printed"]


def markdown(data: Mapping[str, Any]) -> str:
    """:param data: the shape of ``GET /api/report``"""
    lines = [
        f"**{data['handling']}**",
        "",
        f"# {_plain(data['title'])}",
        "",
        f"Date of information: {data['date_of_information']}  ",
        f"Audience: {_plain(data['audience'])}",
        *([_plain(data["version"])] if data.get("version") else []),
        "",
        "## Summary",
        "",
        f"({data['summary_handling']}) {_told(data['summary_sentences'])}",
        "",
    ]
    if data["key_judgements"]:
        lines += ["## Key judgements", ""]
        for j in data["key_judgements"]:
            lines.append(f"- ({j['handling']}) {printed(j)}")
            lines.append(f"  Confidence: {j['confidence']} ({_plain(j['because'])}).")
        lines.append("")
    for section in data["sections"]:
        lines += [f"## {_plain(section['heading'])}", ""]
        for p in section["paragraphs"]:
            lines += [f"({p['handling']}) {_told(p['sentences'])}", ""]
        lines += [
            f"*({f['handling']}) Figure: {_plain(f['caption'])} (drawn in the HTML, PDF and DOCX reports)*\n"
            for f in data["figures"]
            if f["section"] == section["heading"]
        ]
    lines += ["## Endnotes", ""]
    lines += [f"{note['n']}. {_plain(note['text'])}" for note in data["endnotes"]]
    lines += ["", f"**{data['handling']}**", ""]
    return "\n".join(lines)


def _told(sentences: list[dict[str, Any]]) -> str:
    return " ".join(map(printed, sentences))


def printed(unit: Mapping[str, Any]) -> str:
    """A sentence or judgement with its citations, as it stands in the text."""
    return f"{_plain(unit['text'])}{_marks(unit['endnotes'])}"


def _marks(numbers: list[int]) -> str:
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _plain(text: str) -> str:
    """Text that Markdown must not read as markup or HTML."""
    return re.sub(r"([\\`*_<>#\[\]|])", r"\\\1", text.replace("\n", " "))
