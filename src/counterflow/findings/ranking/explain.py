"""Reasons in words: which column, its value, and by how much it moved the odds (TreeSHAP, Lundberg 2020)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["reasons", "value_in_words", "what_in_words"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_NAMED = re.compile(r"(payer|payee)(?:_(out|in))?_(.+?)(?:_(\d+[smhd]))?$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LEAST = 0.1
"""Log-odds under which a reason is not worth a reader's time."""


def reasons(
    names: Sequence[str], says: Mapping[str, str], values: Any, parts: Floats, most: int = 5
) -> list[dict[str, Any]]:
    """The strongest contributions of one payment, or of the mean of several, strongest first.

    :param values: of the columns; :param parts: log-odds that each column adds
    """
    order = np.argsort(-np.abs(parts), kind="stable")[:most]
    return [
        {
            "column": names[k],
            "what": what_in_words(names[k], says[names[k]]),
            "value": None if math.isnan(values[k]) else float(f"{values[k]:.6g}"),
            "said": value_in_words(says[names[k]], float(values[k])),
            "odds": float(f"{math.exp(float(np.clip(parts[k], -20, 20))):.4g}"),
            "text": f"{what_in_words(names[k], says[names[k]])}: {value_in_words(says[names[k]], float(values[k]))}, "
            + _moved(float(parts[k])),
        }
        for k in order.tolist()
        if abs(parts[k]) >= LEAST
    ]


def what_in_words(name: str, says: str) -> str:
    """Whose, which way and in which window, then what: ``payer, paid out, 7 days: payments``."""
    found = _NAMED.match(name)
    text = says.partition(";")[0].rstrip(".").replace("Seconds since", "Time since")
    if found is None:
        return text[0].lower() + text[1:]
    side, way, _, window = found.groups()
    parts = [side]
    if way is not None and window is not None:
        parts.append("paid out" if way == "out" else "received")
    if window is not None:
        parts.append(f"last {window[:-1]} {_UNITS[window[-1]]}")
    return f"{', '.join(parts)}: {text[0].lower() + text[1:]}"


def value_in_words(says: str, value: float) -> str:
    """A time as a length, a flag as yes or no, a figure as such."""
    if math.isnan(value):
        empty = re.search(r"empty: (.+?)\.?$", says)
        return empty[1] if empty else "none"
    if says.startswith("Seconds"):
        hours = value / 3600
        return (
            f"{value / 60:.0f} minutes"
            if hours < 2
            else f"{hours:.0f} hours"
            if hours < 72
            else f"{hours / 24:.0f} days"
        )
    if says.startswith("1:"):
        return "yes" if value else "no"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"


def _moved(log_odds: float) -> str:
    times = math.exp(min(abs(log_odds), 20.0))
    return f"odds × {times:.3g}" if log_odds > 0 else f"odds ÷ {times:.3g}"
