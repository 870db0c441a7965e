"""Currencies: ISO 4217 codes, and the names that bank files print instead of them.

Invariant: a name is turned into a code only where it can mean one currency: ``US Dollar`` is USD, ``dollar`` is none.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

__all__ = ["code", "codes", "names"]


@cache
def _table() -> dict[str, Any]:
    import yaml

    text = (resources.files("counterflow.model") / "values" / "currencies.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
    return table


@cache
def codes() -> frozenset[str]:
    """Codes in force, those withdrawn since about 1990, the crypto codes in common use, and the one for testing."""
    return frozenset(code for kind in ("in_force", "withdrawn", "crypto", "testing") for code in _table()[kind].split())


@cache
def names() -> dict[str, str]:
    """Name in small letters → code."""
    return {name.casefold(): code for code, others in _table()["names"].items() for name in others}


def code(text: str) -> str | None:
    """The code in, or meant by, a text; None where it is neither code nor unmistakable name."""
    text = " ".join(text.split())
    upper = text.upper()
    return upper if upper in codes() else names().get(text.casefold())
