"""Derived results: files that a stage made for one audience, kept under the fingerprint of what they were made from.

Invariant: a folder is either whole or not there (written beside and renamed), and holds nothing that could not be made
again to the same bytes. Deleting ``derived/`` is always safe.

All of them lie below the number of purges that there had been when they were begun. A purge takes all that lie below
another number away at once, and what was begun before it is not put in place any more: nothing that it took out comes
back in a result that somebody else was just making.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from counterflow.errors import Purged

if TYPE_CHECKING:
    from counterflow.storage.epoch import Epoch

__all__ = ["DerivedFolder", "emptied"]


class DerivedFolder:
    """``<root>/<audience key>/<stage>-<fingerprint>/``.

    :param root: what was begun after the same number of purges; :param audience_key: hash of the audience's labels
    :param epoch: between that purge and the next; None: nobody purges here
    """

    def __init__(self, root: Path, audience_key: str, epoch: Epoch | None = None) -> None:
        self.root = root
        self.folder = root / audience_key
        self._epoch = epoch

    @property
    def stands(self) -> bool:
        """Whether what was made here is there: neither purged nor deleted. Soon told, and asked often."""
        return self.root.is_dir()

    def place(self, stage: str, fingerprint: str) -> Path:
        """Where that result lies or would lie."""
        return self.folder / f"{stage}-{fingerprint}"

    def has(self, stage: str, fingerprint: str) -> bool:
        """Whether it is there, whole."""
        return self.place(stage, fingerprint).is_dir()

    def make(self, stage: str, fingerprint: str, write: Callable[[Path], None]) -> Path:
        """Let `write` fill a fresh folder, then put it in place; older results of the same stage go.

        Where two processes make the same result, the second finds the first's and keeps it: they are equal.

        :raises Purged: there was a purge meanwhile; nothing is left of it
        """
        final = self.place(stage, fingerprint)
        if final.is_dir():
            return final
        partial = self.folder / f".{stage}-{fingerprint}.{threading.get_ident()}.{os.getpid()}"
        self.root.mkdir(parents=True, exist_ok=True)
        # it had gone: a purge that comes later than this takes away what is made from here on
        if self._epoch is not None and self._epoch.over:
            _gone(self.root)
            raise Purged
        try:
            with contextlib.nullcontext() if self._epoch is None else self._epoch.lasting():
                self.folder.mkdir(exist_ok=True)  # not what it lies in
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
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


def emptied(folder: Path, purges: int) -> None:
    """Remove all that was begun after fewer purges: each root at once for whoever reads in it."""
    for root in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ():
        if not (root.name.isdecimal() and int(root.name) >= purges):
            _gone(root)


def _gone(root: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=".gone-", dir=root.parent))
    with contextlib.suppress(FileNotFoundError):  # somebody else took it
        root.rename(aside / root.name)
    shutil.rmtree(aside, ignore_errors=True)


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
