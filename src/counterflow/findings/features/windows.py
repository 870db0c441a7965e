"""How far back the columns look: windows in seconds, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from counterflow.errors import UsageError

__all__ = ["DAY", "HOUR", "SHORT", "Windows", "asked", "seconds", "written"]

HOUR, DAY = 3_600, 86_400
_UNITS = {"s": 1, "m": 60, "h": HOUR, "d": DAY, "w": 7 * DAY}
LONGEST = 3_660 * DAY


@dataclass(frozen=True)
class Windows:
    """In seconds; a payment exactly that old still counts.

    :param stats: windows of all statistics of amounts, of each account and each side
    :param fans: windows of counts alone: payments, counterparties, first-time counterparties
    :param cycle: within it a cycle closes, from its first payment to this one
    :param relay: within it a scatter-gather closes, likewise
    """

    stats: tuple[int, ...] = (DAY, 7 * DAY)
    fans: tuple[int, ...] = ()
    cycle: int = 5 * DAY
    relay: int = 5 * DAY

    def __post_init__(self) -> None:
        for f in fields(self):
            given = getattr(self, f.name)
            for span in given if isinstance(given, tuple) else (given,):
                if not 0 < span <= LONGEST:
                    raise UsageError(f"window {f.name}: {span} seconds. Valid: 1 second to ten years.")
        for name in ("stats", "fans"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise UsageError(f"window {name}: one length stands there twice.")
        if set(self.stats) & set(self.fans):
            raise UsageError("window fans: a window of stats counts already; give another length.")

    @property
    def spans(self) -> tuple[int, ...]:
        """Of stats, then of fans: the windows that each account keeps running."""
        return self.stats + self.fans

    @property
    def longest(self) -> int:
        """How long a payment must be remembered."""
        return max(*self.spans, self.cycle, self.relay) if self.spans else max(self.cycle, self.relay)


SHORT = Windows(stats=(DAY,), fans=(12 * HOUR,), cycle=12 * HOUR, relay=6 * HOUR)
"""The windows of the Graph Feature Preprocessor's published results. Few laundering attempts end within them."""


def asked(texts: Iterable[str]) -> Windows:
    """Windows as the command line says them: ``stats=1d,7d``, ``fans=12h``, ``cycle=5d``, ``relay=5d``, or ``short``
    for `SHORT`; the later of two counts. :raises UsageError: anything else"""
    found = Windows()
    for text in texts:
        name, _, spans = text.partition("=")
        if text == "short":
            found = SHORT
            continue
        if name not in {f.name for f in fields(Windows)} or not spans:
            raise UsageError(f"--window '{text}'. Valid: stats=1d,7d  fans=12h  cycle=5d  relay=5d  short.")
        given = tuple(seconds(part) for part in spans.split(","))
        if name in ("cycle", "relay") and len(given) > 1:
            raise UsageError(f"--window '{text}': {name} is one window.")
        value: Any = given[0] if name in ("cycle", "relay") else given
        found = replace(found, **{name: value})
    return found


def seconds(text: str) -> int:
    """``90m``, ``24h``, ``7d``, ``2w`` in seconds. :raises UsageError: it is none of these"""
    found = re.fullmatch(r"\s*(\d{1,9})\s*([smhdw])\s*", text.casefold())
    if not found:
        raise UsageError(f"'{text}' is not a window. Valid: a number and s, m, h, d or w, such as 12h or 5d.")
    return int(found[1]) * _UNITS[found[2]]


def written(span: int) -> str:
    """The shortest way to write it in whole days, hours, minutes or seconds: ``7d``."""
    for unit in "dhm":
        if span % _UNITS[unit] == 0:
            return f"{span // _UNITS[unit]}{unit}"
    return f"{span}s"
