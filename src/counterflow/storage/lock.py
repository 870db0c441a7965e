"""A lock that one process holds at a time, released when it ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

__all__ = ["held"]


@contextlib.contextmanager
def held(path: Path, patience: float = 0.2) -> Iterator[None]:
    """Hold the lock in the file `path`. (SQLite's locks work on every system, a process that dies lets go of them.)

    :param patience: seconds to wait for another process
    :raises BlockingIOError: another process holds it; :raises OSError: the disk is full, or cannot be written
    """
    lock = sqlite3.connect(path, isolation_level=None, timeout=patience, check_same_thread=False)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as e:
            if "locked" in str(e):
                raise BlockingIOError(str(path)) from e
            raise OSError(errno.ENOSPC if "full" in str(e) else errno.EIO, str(e), str(path)) from e
        yield
    finally:
        lock.close()
