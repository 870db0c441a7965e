"""What-if questions that were kept under a name, as one audience may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.errors import NotFound, UsageError
from counterflow.pipeline import Line
from counterflow.views.marking import marking

__all__ = ["KIND", "checked", "scenario", "scenarios"]

KIND = "scenario"
"""Of `storage.writings`."""

_KEYS = (
    "budget", "budgets", "must", "never", "measures", "collateral", "collateral_each", "not_cooperating", "periods",
    "recovery", "period_days", "substitution", "as_of",
)  # fmt: skip


def checked(name: str, question: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Name and question as they are kept. :raises UsageError: no name, or a key that a what-if does not have"""
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise UsageError("A scenario needs a name of up to 120 characters.")
    unknown = sorted(set(question) - set(_KEYS))
    if unknown:
        raise UsageError(f"A scenario is a question of {', '.join(_KEYS)}; it has no '{unknown[0]}'.")
    return name, {k: question[k] for k in _KEYS if question.get(k) not in (None, [], {})}


def scenarios(line: Line) -> list[dict[str, Any]]:
    """Those in force, the newest first: {name, question, by, at, handling}."""
    known = line.labels()
    latest = {row["key"]: row for row in line.writings(KIND)}
    rows = sorted(latest.values(), key=lambda row: -row["id"])
    return [
        {"name": row["key"], "question": row["content"]["question"], "by": row["by"], "at": row["at"],
         **marking(known, row["labels"])}
        for row in rows
        if not row["content"].get("dropped")
    ]  # fmt: skip


def scenario(line: Line, name: str) -> dict[str, Any]:
    """One of them. :raises NotFound: none of that name that may be read"""
    found = next((s for s in scenarios(line) if s["name"] == name), None)
    if found is None:
        raise NotFound("scenario", name)
    return found
