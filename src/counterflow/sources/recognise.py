"""Which reader a file or folder is for: every reader is asked, by content, and the surest one reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterflow import registry
from counterflow.errors import UnreadableFile
from counterflow.sources import unrecognised
from counterflow.sources.stream import check_path, read_head, unpacked

__all__ = ["check", "chosen", "recognise"]

_SURE = 0.5
"""Below it a reader takes what no other one claims: prose, for one."""


def recognise(path: Path) -> Any:
    """The reader that recognises a file or folder by its content.

    :raises UnreadableFile: none does; says what it is and what to do next
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
        others: list[str] = []
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
            try:
                found.append((*_best(file), file))
            except UnreadableFile:
                others.append(str(file.relative_to(path)))
        found = [f for f in found if f[0] >= _SURE] or found
        if not found:
            raise
        if len(found) == 1 and (found[0][0] >= _SURE or not others):
            return found[0][1:]
        names = ", ".join(str(file.relative_to(path)) for _, _, file in found[:5])
        if found[0][0] < _SURE and others:
            some = ", ".join(others[:5])
            reason = f"no reader recognises what is in it ({some}); only notes beside it can be read ({names})"
        else:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            reason = (
                f"{len(found)} files in it can be read, each by itself ({names}{more}): name them, not the folder "
                "(an archive unpacked first); `ingest` takes several at once"
            )
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
        raise UnreadableFile(unrecognised.reason(path, head), file=str(path))
    return sure[0][0], sure[0][2]
