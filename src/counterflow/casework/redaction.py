"""Redaction: passages of a document taken out before it is released, with the reason on each.

A redacted document is set anew from its text with the passages gone: nothing is painted over, so there is nothing under
the paint. A passage leaves a mark of one width whatever was there, with a number and a reason code to cite it by; pages
keep their numbers. The same words go wherever else they stand, in the title too.

Source: NSA, Redacting with Confidence (2005): cover-ups, hidden text and metadata are how redactions fail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from counterflow.errors import UnknownName

__all__ = ["REDACTION", "code", "codes", "in_force", "paper", "redacted", "same", "text"]

REDACTION = "redaction"
"""Kind of writings: a passage that is to be taken out; without a code, that it stays in. Key: the document."""


@cache
def codes() -> Mapping[str, str]:
    """Reason code → what it means."""
    import yaml

    found = yaml.safe_load((resources.files("counterflow.casework") / "redaction_codes.yaml").read_text("utf-8"))
    return {str(key): str(value) for key, value in found.items()}


def code(given: str) -> str:
    """A reason code. :raises UnknownName: there is none of that name"""
    if given not in codes():
        raise UnknownName("reason code", given, codes())
    return given


def same(page: int, words: str) -> tuple[int, str]:
    """What makes two passages one: page and words, however these are written."""
    return page, " ".join(words.split()).casefold()


def in_force(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of rows of `REDACTION`, the oldest first, the last on each passage, where it does not take it back."""
    last: dict[tuple[int, str], Mapping[str, Any]] = {}
    for row in rows:
        key = same(row["content"]["page"], row["content"]["words"])
        last.pop(key, None)
        last[key] = row
    return [row for row in last.values() if row["content"]["code"]]


def redacted(title: str, pages: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A document without its redacted passages.

    :param pages: page, text, label_id of each; :param rows: contents of `REDACTION`: page, words (none: all), code
    :returns: title, pages: [{page, text, label_id}], marks: [{n, page, code}]
    """
    marks: list[dict[str, Any]] = []
    whole = {row["page"]: row["code"] for row in rows if not row["words"]}
    some = sorted((row for row in rows if row["words"]), key=lambda row: -len(row["words"]))  # the longest first
    pattern = re.compile("|".join(f"(?P<w{n}>{_loose(row['words'])})" for n, row in enumerate(some)) or r"(?!)", re.I)

    def taken(page: int, reason: str) -> str:
        marks.append({"n": len(marks) + 1, "page": page, "code": reason})
        return f"█████ [R{len(marks)} {reason}]"

    def without(page: int, words: str) -> str:
        return pattern.sub(lambda m: taken(page, some[int(str(m.lastgroup)[1:])]["code"]), words)

    done = []
    for row in pages:
        page = int(row["page"])
        kept = taken(page, whole[page]) if page in whole else without(page, row["text"])
        done.append({"page": page, "text": kept, "label_id": row["label_id"]})
    return {"title": without(0, title), "pages": done, "marks": marks}


def text(document: Mapping[str, Any], handling: str) -> str:
    """A redacted document as plain text, banner first and last."""
    pages = "\n".join(f"\n--- page {p['page']} ---\n{p['text']}" for p in document["pages"])
    return f"{handling}\n\n{document['title']}\n{pages}\n\n{_legend(document)}\n{handling}\n"


def paper(document: Mapping[str, Any], handling: str, markings: Mapping[str, str]) -> dict[str, Any]:
    """The same in the shape that PDF and Word are set from. :param markings: label id → marking in print"""
    sections = [
        {"heading": f"Page {p['page']}", "paragraphs": [
            {"handling": markings[p["label_id"]], "sentences": [{"text": line, "endnotes": []}]}
            for block in p["text"].split("\n\n") if (line := " ".join(block.split()))
        ]}
        for p in document["pages"]
    ]  # fmt: skip
    return {
        "title": document["title"], "handling": handling, "audience": "as released", "date_of_information": "",
        "summary_handling": handling, "summary_sentences": [{"text": _legend(document), "endnotes": []}],
        "key_judgements": [], "sections": sections, "figures": [], "endnotes": [],
    }  # fmt: skip


def _legend(document: Mapping[str, Any]) -> str:
    used = sorted({mark["code"] for mark in document["marks"]})
    told = "; ".join(f"{one}: {codes()[one]}" for one in used)
    return f"{len(document['marks'])} passages were taken out. {told}".rstrip()


def _loose(words: str) -> str:
    """The words however their blanks and lines fall."""
    return r"\s+".join(map(re.escape, words.split()))
