"""Originals as received, by SHA-256, in a folder. A file already there is not copied again."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from counterflow.errors import NotFound

__all__ = ["FolderBlobs", "sha256_of"]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class FolderBlobs:
    """Blobs in ``<folder>/ab/abcdef…``; written beside and renamed, so a reader never sees half a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: Path) -> str:
        """Keep a copy; returns its SHA-256."""
        digest = sha256_of(path)
        target = self._place(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{digest}.{os.getpid()}")
            try:
                shutil.copyfile(path, partial)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
        return digest

    def path(self, sha256: str) -> Path:
        """Where that original lies. :raises NotFound: not kept here"""
        place = self._place(sha256)
        if not place.exists():
            raise NotFound("original", sha256)
        return place

    def restore(self, files: Sequence[Mapping[str, str]], folder: Path, name: str) -> Path:
        """Put originals back under the names they came with, as a reader wants them.

        :param files: ``{"name", "sha256"}`` of each, names relative to the folder that they came in
        :param name: what the file or folder was called; :returns: its path, below `folder`
        """
        alone = len(files) == 1 and files[0]["name"] == name
        for file in files:
            target = folder / file["name"] if alone else folder / name / file["name"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(file["sha256"]), target)
        return folder / name

    def drop(self, sha256: str) -> None:
        """Remove an original that nothing refers to any more."""
        self._place(sha256).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove copies that a killed process did not finish."""
        for path in self.folder.glob("??/.*"):
            path.unlink(missing_ok=True)

    def verify(self, expected: Iterable[str] = ()) -> list[str]:
        """Originals whose content is no longer what their name says, and those of `expected` that are not there."""
        altered = [
            f"original {p.name} has been altered"
            for p in sorted(self.folder.glob("??/*"))
            if not p.name.startswith(".") and sha256_of(p) != p.name
        ]
        missing = [f"original {digest} is missing" for digest in sorted(expected) if not self._place(digest).exists()]
        return altered + missing

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256
