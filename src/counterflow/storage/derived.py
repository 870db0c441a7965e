"""Derived results: files that a stage made for one audience, kept under the fingerprint of what they were made from.

Invariant: a folder is either whole or not there (written beside and renamed), and holds nothing that could not be made
again to the same bytes. Deleting ``derived/`` is always safe.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["DerivedFolder"]


class DerivedFolder:
    """``<folder>/<audience key>/<stage>-<fingerprint>/``. :param audience_key: hash of the audience's labels"""

    def __init__(self, folder: Path, audience_key: str) -> None:
        self.folder = folder / audience_key

    def place(self, stage: str, fingerprint: str) -> Path:
        """Where that result lies or would lie."""
        return self.folder / f"{stage}-{fingerprint}"

    def has(self, stage: str, fingerprint: str) -> bool:
        """Whether it is there, whole."""
        return self.place(stage, fingerprint).is_dir()

    def make(self, stage: str, fingerprint: str, write: Callable[[Path], None]) -> Path:
        """Let `write` fill a fresh folder, then put it in place; older results of the same stage go.

        Where two processes make the same result, the second finds the first's and keeps it: they are equal.
        """
        final = self.place(stage, fingerprint)
        if final.is_dir():
            return final
        partial = self.folder / f".{stage}-{fingerprint}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            write(partial)
            try:
                partial.rename(final)
            except OSError:
                if not final.is_dir():
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return final

    def prune(self, keep: set[str]) -> None:
        """Remove results that are no longer current, and what a killed process left.

        :param keep: beginnings of the folder names that stay
        """
        if self.folder.is_dir():
            for path in sorted(self.folder.iterdir()):
                if not path.name.startswith(tuple(sorted(keep))):
                    shutil.rmtree(path, ignore_errors=True)
