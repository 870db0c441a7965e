"""Which reader a file or folder is for: every reader is asked, by content, and the surest one reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterflow import registry
from counterflow.errors import UnreadableFile
from counterflow.sources.archive import unpacked
from counterflow.sources.stream import Head, check_path, read_head

__all__ = ["check", "chosen", "recognise"]

_SURE = 0.5
"""Below it a reader takes what no other one claims: prose, for one."""


def recognise(path: Path) -> Any:
    """The reader that recognises a file or folder by its content.

    :raises UnreadableFile: none does; names the readers there are
    """
    return _best(path)[1]


def chosen(path: Path) -> tuple[Any, Path]:
    """The reader for a file or folder, and what it reads: of a folder that no reader takes whole, the one file in it
    that some reader recognises (a note beside the data does not count).

    :raises UnreadableFile: none does, or several do
    """
    try:
        return recognise(path), path
    except UnreadableFile as whole:
        if not path.is_dir():
            raise
        found: list[tuple[float, Any, Path]] = []
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
            try:
                found.append((*_best(file), file))
            except UnreadableFile:
                continue
        found = [f for f in found if f[0] >= _SURE] or found
        if len(found) == 1:
            return found[0][1:]
        if not found:
            raise
        names = ", ".join(str(file.relative_to(path)) for _, _, file in found[:5])
        reason = f"{len(found)} files in it can be read, each by itself ({names}…): ingest them one by one"
        raise UnreadableFile(reason, file=str(path)) from whole


def check(path: Path) -> None:
    """:raises InputError: no reader recognises a file, folder or archive"""
    with unpacked(path) as place:
        chosen(place)


def _best(path: Path) -> tuple[float, Any]:
    check_path(path)
    try:
        head = read_head(path)
    except OSError as e:
        raise UnreadableFile(f"cannot be opened ({e.strerror})", file=str(path)) from e
    readers = [registry.get("readers", name) for name in registry.names("readers")]
    sure = sorted(((r.recognises(head), r.name, r) for r in readers), key=lambda x: (-x[0], x[1]))
    if not sure or sure[0][0] <= 0:
        names = ", ".join(registry.names("readers"))
        what = "folder" if path.is_dir() else "content"
        reason = _plainly_wrong(path, head) or f"no reader recognises this {what}. Name one with --reader: {names}"
        raise UnreadableFile(reason, file=str(path))
    return sure[0][0], sure[0][2]


def _plainly_wrong(path: Path, head: Head) -> str | None:
    """What is plainly wrong with something that no reader recognises."""
    if path.is_dir():
        empty = not any(path.iterdir())
        return "the folder is empty" if empty else None
    if not head.start:
        return "the file is empty" if path.stat().st_size == 0 else "the compressed file is broken or empty"
    if "<!DOCTYPE" in head.text:
        return "it brings a DOCTYPE, which no list needs; refused unread"
    if b"\0" in head.start:
        return "this is no text (it holds NUL bytes), and no reader recognises it"
    return None
