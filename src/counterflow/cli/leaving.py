"""Ctrl-C ends a command within moments, whatever it is at.

Python hears of Ctrl-C only between two of its own steps, and waits for its threads before it ends: one kernel over
millions of payments may hold up either. What a command was at does not count before it is committed, and folders are
whole or not there; so nobody need wait. What the command cleans up on its way out it does clean up, if it can be told.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from types import FrameType

from counterflow.cli import main
from counterflow.cli.app import INTERRUPTED

__all__ = ["run"]

PATIENCE = 0.5
"""Seconds in which the command may hear of Ctrl-C itself."""

_heard = threading.Event()


def run() -> None:
    """The program."""
    if os.name == "posix":
        _listen()
    try:
        main(prog_name="counterflow")
    except SystemExit as end:
        if _heard.is_set() and threading.active_count() > 2:  # beside this one and the one that listens
            _leave(end.code if isinstance(end.code, int) else INTERRUPTED)
        raise


def _listen() -> None:
    """Have a thread told of every signal at once, though the command be in the middle of a kernel."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.signal(signal.SIGINT, _hear)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(told,), name="interrupt", daemon=True).start()


def _hear(number: int, frame: FrameType | None) -> None:
    _heard.set()
    signal.default_int_handler(number, frame)


def _wait(told: int) -> None:
    again = False
    while number := os.read(told, 1):
        # who serves has a way of its own to end
        if number[0] != signal.SIGINT or signal.getsignal(signal.SIGINT) is not _hear:
            continue
        if again or not _heard.wait(PATIENCE):
            with contextlib.suppress(OSError):
                os.write(2, b"counterflow: interrupted\n")
            _leave(INTERRUPTED)
        again = True


def _leave(code: int) -> None:
    """End the process without waiting for its threads; private folders go."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
