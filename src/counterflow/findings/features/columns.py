"""The columns, declared once: names, order and meaning, from ``columns.yaml``. The kernels write them in this order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from counterflow.findings.features.windows import Windows, written

__all__ = ["COUNTS", "Column", "Layout", "columns", "layout", "names"]

COUNTS = 3
"""How many of a window's statistics are counts: what windows of `fans` have."""
SIDES, WAYS = ("payer", "payee"), ("out", "in")


@dataclass(frozen=True)
class Column:
    """:param name: as in the table; :param section: of the declaration; :param says: what it is, in a sentence"""

    name: str
    section: str
    says: str


@dataclass(frozen=True)
class Layout:
    """Where the sections begin in a row; the account's section is the same for payer and payee.

    :param payer: first column of the payer's; :param payee: of the payee's; :param patterns: of the patterns
    :param width: columns of a row
    """

    pair: int
    payer: int
    payee: int
    patterns: int
    width: int


@cache
def declared() -> dict[str, dict[str, str]]:
    """Section → name with its blanks → meaning."""
    import yaml

    text = (resources.files("counterflow.findings.features") / "columns.yaml").read_text("utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


@cache
def columns(windows: Windows) -> tuple[Column, ...]:
    """Every column with these windows, in order."""
    sections = declared()
    found = [Column(name, part, says) for part in ("payment", "pair") for name, says in sections[part].items()]
    for side in SIDES:
        found += _section("account", {"side": side})
        for way in WAYS:
            for n, span in enumerate(windows.spans):
                whole = _section("stats", {"side": side, "way": way, "w": written(span)})
                found += whole if n < len(windows.stats) else whole[:COUNTS]
        for span in windows.stats:
            found += _section("against", {"side": side, "w": written(span)})
    return (*found, *_section("patterns", {}))


def _section(part: str, blanks: dict[str, str]) -> list[Column]:
    return [Column(name.format(**blanks), part, says) for name, says in declared()[part].items()]


def names(windows: Windows) -> tuple[str, ...]:
    """Names of the columns, in order."""
    return tuple(column.name for column in columns(windows))


@cache
def layout(windows: Windows) -> Layout:
    """Where the kernels write."""
    parts: dict[str, Any] = {part: len(found) for part, found in declared().items()}
    window = parts["stats"] * len(windows.stats) + COUNTS * len(windows.fans)
    half = parts["account"] + 2 * window + parts["against"] * len(windows.stats)
    pair = parts["payment"]
    payer = pair + parts["pair"]
    return Layout(pair, payer, payer + half, payer + 2 * half, payer + 2 * half + parts["patterns"])
