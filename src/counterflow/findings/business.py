"""Lines of business: which goods a company deals in, by the words of its registered sector.

Rules are data: ``business.yaml`` beside this module.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["chapters"]


@cache
def _lines() -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    import yaml

    text = (resources.files("counterflow.findings") / "business.yaml").read_text("utf-8")
    found = []
    for line in yaml.safe_load(text).values():
        chapters: set[str] = set()
        for part in line["chapters"]:
            low, _, high = str(part).partition("-")
            chapters |= {f"{n:02}" for n in range(int(low), int(high or low) + 1)}
        found.append((tuple(line["words"]), frozenset(chapters)))
    return tuple(found)


def chapters(sector: str) -> frozenset[str]:
    """Chapters of every line of business that a sector's words name; empty where they name none."""
    text = sector.casefold()
    lines = [goods for words, goods in _lines() if any(word in text for word in words)]
    return frozenset().union(*lines)
