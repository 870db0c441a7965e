"""Which acts want a second person: data, not code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from counterflow.errors import UnknownName, UsageError

__all__ = ["ACTS", "rules", "wanted"]

ACTS = ("dismiss", "close", "refer", "purge", "release")
"""Acts that rules may name."""


@cache
def rules(text: str | None = None) -> Mapping[str, Mapping[str, Any]]:
    """Act → {title, at_least}. :param text: YAML in place of the shipped rules

    :raises UnknownName: no such act; UsageError: a bound that is none
    """
    import yaml

    if text is None:
        text = resources.files("counterflow.casework.cases").joinpath("four_eyes.yaml").read_text("utf-8")
    found = yaml.safe_load(text) or {}
    if not isinstance(found, dict):
        raise UsageError("Rules of four eyes are acts, each with a title.")
    for act, rule in found.items():
        if act not in ACTS:
            raise UnknownName("act of four eyes", str(act), ACTS)
        least = (rule or {}).get("at_least", 0)
        if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise UsageError(f"at_least of '{act}' must be from 0 to 1, not {least!r}.")
    return found


def wanted(act: str, text: str | None = None, probability: float = 1.0) -> bool:
    """Whether an act wants a second person. :param probability: of the finding that it is about"""
    rule = rules(text).get(act)
    return act in rules(text) and probability >= float((rule or {}).get("at_least", 0))
