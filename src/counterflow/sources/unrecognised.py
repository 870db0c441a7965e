"""What to say of a file that no reader recognises: what it is, where it belongs, and what to type next.

Readers that take several files together may say of one of them what it lacks (``lacks(head)``): that is said first. A
table that nobody knows can still be mapped; of anything else the readers are named whose fields it shares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from counterflow import registry
from counterflow.errors import CounterflowError
from counterflow.sources import json_table, tabular
from counterflow.sources.mapping import plain, shortened
from counterflow.sources.reader import Head, read_head
from counterflow.sources.rows import is_table

__all__ = ["lacks", "nearest", "reason"]

_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file: save it as XLSX, DOCX or CSV",
    b"SQLite format 3": "an SQLite database: export its tables as CSV",
    b"ARROW1": "an Arrow file: save it as Parquet",
    b"\x89PNG": "a picture: make text of it first",
    b"\xff\xd8\xff": "a picture: make text of it first",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it first",
    b"Rar!": "a RAR archive: unpack it first",
}
_SHOWN = 12
_LIKE = 0.4
"""Share of a file's names, by number and by weight, from which a reader that has them too is called near."""
_UNHEARD = 0.3
"""Weight of a name that no publisher's field has; one that only one reader knows weighs 1."""
_MAPPED = 2.0
"""Likeness from which a suggested table is named (`suggest.Suggestion.likeness`): about four columns that fit."""


def reason(path: Path, head: Head) -> str:
    """In words, without the name of the file."""
    if path.is_dir():
        return _folder(path)
    if not head.start:
        return "the file is empty" if path.stat().st_size == 0 else "the compressed file is broken or empty"
    if "<!DOCTYPE" in head.text:
        return "it brings a DOCTYPE, which no list needs; refused unread"
    return lacks(head) or _table(path, head) or _other(head)


def lacks(head: Head) -> str:
    """What should lie beside a file, or where it belongs, as the reader says whose it is; empty where all is there."""
    for name in registry.names("readers"):
        told = getattr(registry.get("readers", name), "lacks", None)
        if told is not None and (words := told(head)):
            return str(words)
    return ""


def nearest(words: Collection[str], most: int = 3) -> list[str]:
    """Readers whose publishers' fields share the most names with a file's, the nearest first; rare names count more."""
    wanted = {plain(word) for word in words} - {""}
    known = _vocabularies()
    often = Counter(word for names in known.values() for word in names)
    total = sum(1 / often[word] if word in often else _UNHEARD for word in wanted)
    found = []
    for reader, names in known.items():
        shared = wanted & names
        weight = sum(1 / often[word] for word in shared)
        if len(shared) > 1 and len(shared) >= _LIKE * len(wanted) and weight >= _LIKE * total:
            found.append((-weight, reader))
    return [reader for _, reader in sorted(found)[:most]]


@cache
def _vocabularies() -> dict[str, frozenset[str]]:
    """Reader → names of the publishers' fields that it takes, and their parts."""
    found = {}
    for name in registry.names("readers"):
        keys = registry.get("readers", name).fields
        parts = [part for key in keys for part in (key, *re.split(r"[/,:()\s]+", key))]
        found[name] = frozenset(plain(part) for part in parts if len(part) > 1)
    return found


def _folder(path: Path) -> str:
    files = [p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    if not files:
        return "the folder is empty"
    for file in files[:_SHOWN]:
        if told := lacks(read_head(file)):
            return f"{file.relative_to(path)} in it is {told}"
    names = ", ".join(str(file.relative_to(path)) for file in files[:5])
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    return f"no reader recognises this folder, nor a file in it ({names}{more}); ingest one of them to be told why"


def _table(path: Path, head: Head) -> str:
    """What is said of a table with columns that no reader knows; empty where it is no table."""
    names = _columns(head)
    if not names:
        return ""
    shown = shortened(", ".join(names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    if sum(not any(c.isalpha() for c in name) for name in names) * 2 > len(names):
        return f"a table without column names, and of no format that has none (first row: {shown}): put them above it"
    said = [f"a table whose columns no reader knows: {shown}"]
    near = nearest(names)
    if near:
        said.append(f"It is most like those of {', '.join(near)} (--reader NAME)")
    return ". ".join([*said, _drafted(path) or _DRAFT])


_DRAFT = "`counterflow mapping suggest FILE` drafts a mapping, `ingest --reader NAME --mapping FILE` reads through it"


def _drafted(path: Path) -> str:
    from counterflow.sources.suggest import suggest

    try:
        found = suggest(path)
    except CounterflowError:  # no rows, or a header beyond all measure
        return ""
    if found.likeness < _MAPPED:
        return ""
    fits = [f"{c.theirs} → {c.ours}" for c in found.columns if c.ours]
    lacking = f" and lacks {'; '.join(found.missing)}" if found.missing else ""
    return (
        f"As {found.table} it has {', '.join(fits[:5])}{lacking}: `counterflow mapping suggest FILE` drafts a mapping, "
        f"`ingest --reader {found.reader} --mapping FILE` reads through it"
    )


def _columns(head: Head) -> list[str]:
    if head.start[:4] == b"PAR1":
        return tabular.header_of(head)
    if head.text.lstrip()[:1] in ("{", "["):
        return [] if _nested(head) else json_table.header_of(head)
    return tabular.header_of(head) if is_table(head.text) else []


def _nested(head: Head) -> bool:
    """Whether the first record of JSON holds records."""
    first = json_table.record_of(head)
    return isinstance(first, dict) and any(isinstance(v, dict | list) for v in first.values())


def _other(head: Head) -> str:
    """What is said of anything else."""
    for magic, what in _BINARY.items():
        if head.start.startswith(magic):
            return f"it is {what}"
    if b"\0" in head.start[:4096] or head.start.startswith(b"PK\x03\x04"):
        sheet = head.start.startswith(b"PK") and b"xl/" in head.start
        return (
            "a spreadsheet whose columns no reader knows: save the sheet as CSV, and it can be mapped"
            if sheet
            else "it is no text (it holds NUL bytes), and of no format that is known"
        )
    words = list(_words(head))
    near = nearest(words)
    what = _kind(head, words)
    if near:
        return f"no reader recognises this {what}. The nearest by its names: {', '.join(near)} (--reader NAME)"
    return f"no reader recognises this {what}. What can be read: docs/reference/formats.md, or `counterflow doctor`"


def _kind(head: Head, words: list[str]) -> str:
    start = head.text.lstrip()[:1]
    if start == "<":
        return f"XML (root element {words[0][:80]})" if words else "XML"
    if start in ("{", "["):
        return f"JSON ({', '.join(words[:_SHOWN])[:200]})" if words else "JSON"
    return "text: neither sentences, nor a table, nor records"


def _words(head: Head) -> Iterator[str]:
    """Names of elements or keys, in their order."""
    text = head.text
    if text.lstrip()[:1] == "<":
        found: Any = re.findall(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", text)
    elif text.lstrip()[:1] in ("{", "["):
        found = re.findall(r'"([^"\\]{1,80})"\s*:', text)
    else:
        found = re.findall(r"^\W{0,3}([A-Za-z_][\w.-]{1,40})", text, re.MULTILINE)[:200]
    return iter(dict.fromkeys(found))
