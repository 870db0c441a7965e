"""Likelihood in words and numbers (ICD 203), and the probability that an Admiralty grade stands for.

Likelihood (how probable) and confidence (how well founded the judgement is) are two things and never share a phrase.

Sources: US Intelligence Community Directive 203, Analytic Standards (2015), expressions of likelihood; grade to
probability: ``grades.yaml`` beside this module, which says how it was made and which a workspace may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["WORDS", "band", "grade_table", "how_made", "probability", "word"]

WORDS: tuple[tuple[str, float, float], ...] = (
    ("almost no chance", 0.01, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even chance", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 0.99),
)
"""(word, low, high): probabilities of each band."""


@cache
def _shipped() -> Mapping[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(
        resources.files("counterflow.model").joinpath("grades.yaml").read_text("utf-8")
    )
    return found


def grade_table() -> dict[str, float]:
    """Grade (``A1`` to ``F6``) → probability that a single claim of it is true, as shipped."""
    rows = _shipped()["probability"]
    return {f"{letter}{digit}": float(p) for letter, row in rows.items() for digit, p in row.items()}


def how_made() -> str:
    """How the shipped table was made, in a sentence or two."""
    return str(_shipped()["made"])


@cache
def _table() -> Mapping[str, float]:
    return grade_table()


def word(probability: float) -> str:
    """The ICD 203 word for a probability; each band includes its lower end."""
    for name, _low, high in WORDS:
        if probability < high:
            return name
    return WORDS[-1][0]


def band(name: str) -> tuple[float, float]:
    """(low, high) of a word. Raises KeyError for a word that is not ICD 203."""
    return {name: (low, high) for name, low, high in WORDS}[name]


def probability(reliability: str, credibility: int, own: Mapping[str, float] | None = None) -> float:
    """Probability that a single claim of this grade is true. :param own: grade → probability, goes first"""
    grade = f"{reliability}{credibility}"
    return own[grade] if own and grade in own else _table()[grade]
