"""Derived results: files that a stage made for one audience, kept under the fingerprint of what they were made from.

Invariant: a folder is either whole or not there (written beside and renamed), and holds nothing that could not be made
again to the same bytes. Deleting ``derived/`` is always safe.
"""

from __future__ import annotations

import os
import shutil
import threading
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
        partial = self.folder / f".{stage}-{fingerprint}.{threading.get_ident()}.{os.getpid()}"
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

    def newest(self, stage: str, n: int) -> set[str]:
        """Names of the last `n` results of a stage."""
        found = sorted(self.folder.glob(f"{stage}-*"), key=lambda path: (path.stat().st_mtime, path.name))
        return {path.name for path in found[-n:]}

    def prune(self, keep: set[str]) -> None:
        """Remove results that are no longer current, and what a killed process left; not what is being written now.

        :param keep: beginnings of the folder names that stay
        """
        if self.folder.is_dir():
            for path in sorted(self.folder.iterdir()):
                if not path.name.startswith(tuple(sorted(keep))) and not _being_written(path.name):
                    shutil.rmtree(path, ignore_errors=True)


def _being_written(name: str) -> bool:
    """Whether a folder is the unfinished work of a process that lives, another thread of this one for instance."""
    pid = name.rpartition(".")[2] if name.startswith(".") else ""
    if not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)  # signal 0 asks, and does nothing
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's: it lives
        return True
    return True
