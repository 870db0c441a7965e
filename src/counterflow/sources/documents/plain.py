"""Plain text and Markdown. Lines such as ``Title: …`` and ``Author: …`` near the top say what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.errors import UnreadableFile
from counterflow.sources import encoding
from counterflow.sources.documents.written import Written, pages_of
from counterflow.sources.rows import is_table

__all__ = ["is_prose", "read"]

_SENTENCE_END = re.compile(r"[^\W\d_][)\"'”’\]]*[.!?]['\"”’)]*\s+[\"'“(]*[^\W\d_]|[。！？]|[가-힣][.]\s")
_HEAD = re.compile(
    r"(?P<key>title|authors?|by|publisher|source|url|date(?:[ -]+(?:originally )?(?:published|written))?|published)"
    r"\s*:\s*"
    r"(?P<value>\S.*)",
    re.IGNORECASE,
)
_LOOKED_AT = 60


def is_prose(text: str) -> bool:
    """Whether a text is sentences, not a table, a list of records or code."""
    start = text[:20_000]
    if start.lstrip()[:1] in ("{", "[", "<") or "\0" in start or "\ufffd" in start[:2000]:
        return False
    words = sum(c.isalpha() or c.isspace() for c in start)
    return len(_SENTENCE_END.findall(start)) >= 2 and words > 0.7 * len(start) and not is_table(start)


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: neither UTF-8 nor clearly anything else, or no text"""
    found = encoding.of(content[: encoding.SAMPLE], whole=len(content) <= encoding.SAMPLE, file=file)
    text = content.decode(found.name, "replace").removeprefix("\ufeff")
    if "\0" in text:
        raise UnreadableFile("holds NUL bytes: this is no text", file=file)
    written = Written("text", pages_of(_paragraphs(text))).describe(_head(text))
    wrong = text.count("\ufffd")
    if wrong:
        written.faults.append(("", f"{wrong} characters are no text in {found.name} and are shown as \ufffd"))
    if found.why:
        written.note = f"text in {found.name}, told {found.why}"
    return written


def _paragraphs(text: str) -> Iterator[str]:
    """Blocks between empty lines; memory does not grow with their number."""
    start = 0
    for gap in re.finditer(r"\n[^\S\n]*\r?\n\s*", text):
        yield text[start : gap.start()]
        start = gap.end()
    yield text[start:]


def _head(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = text[:20_000].splitlines()[:_LOOKED_AT]
    for line in lines:
        if line.startswith("# "):
            found.setdefault("title", line[2:].strip())
        match = _HEAD.fullmatch(line.strip().strip("*"))
        if match:
            key = match["key"].lower().rstrip("s")
            name = (
                "date"
                if key.startswith(("date", "published"))
                else {"by": "author", "source": "publisher"}.get(key, key)
            )
            if name == "date" and "published" in key:  # better than when it was written
                found["date"] = match["value"].strip(" .")
            else:
                found.setdefault(name, match["value"].strip(" ."))
    return found
