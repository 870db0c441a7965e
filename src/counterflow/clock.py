"""The time, which never goes back: what has run out stays so, whatever is done to the clock of the machine.

A process goes on from the latest time that it has read, as fast as the time that no setting changes (`time.monotonic`);
a clock that is put forward is followed. Whoever opens a workspace goes on from its last entry of the audit log. So a
clock that is put back prolongs nothing, and one that was far ahead has ended what it ended.
"""

from __future__ import annotations

import datetime as dt
import threading
import time

__all__ = ["behind", "now", "reached", "stamp", "today"]

_lock = threading.Lock()
_anchor = [(dt.datetime.min.replace(tzinfo=dt.UTC), 0.0)]
"""The latest time that was read of the machine or of a log, and the monotonic time of then, in seconds."""


def _system() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """The time, UTC; never earlier than it was."""
    with _lock:
        (then, before), system, passed = _anchor[0], _system(), time.monotonic()
        going_on = then + dt.timedelta(seconds=passed - before)
        if system < going_on:
            return going_on
        _anchor[0] = (system, passed)
        return system


def stamp() -> str:
    """The same in ISO 8601, to the microsecond."""
    return now().isoformat(timespec="microseconds")


def today() -> str:
    """Its date, ISO 8601."""
    return now().date().isoformat()


def reached(at: dt.datetime) -> None:
    """Take note that it was so late already, as a log says."""
    if at > now():
        with _lock:
            _anchor[0] = (at, time.monotonic())


def behind() -> dt.timedelta:
    """By how much the clock of the machine is behind."""
    return max(now() - _system(), dt.timedelta(0))
