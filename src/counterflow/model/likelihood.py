"""Likelihood in words and numbers (ICD 203), and the probability that an Admiralty grade stands for.

Likelihood (how probable) and confidence (how well founded the judgement is) are two things and never share a phrase.

Sources: US Intelligence Community Directive 203, Analytic Standards (2015), expressions of likelihood; grade to
probability: the table below is a starting point that users see and may change, not a measurement.
"""

from __future__ import annotations

__all__ = ["GRADE_PROBABILITY", "WORDS", "band", "probability", "word"]

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

GRADE_PROBABILITY: dict[int, float] = {1: 0.95, 2: 0.80, 3: 0.60, 4: 0.35, 5: 0.15, 6: 0.50}
"""Credibility digit → probability that the item is true, before other evidence, for a completely reliable source."""

_RELIABILITY_WEIGHT = {"A": 1.0, "B": 0.9, "C": 0.7, "D": 0.4, "E": 0.15, "F": 0.5}


def word(probability: float) -> str:
    """The ICD 203 word for a probability; each band includes its lower end."""
    for name, _low, high in WORDS:
        if probability < high:
            return name
    return WORDS[-1][0]


def band(name: str) -> tuple[float, float]:
    """(low, high) of a word. Raises KeyError for a word that is not ICD 203."""
    return {name: (low, high) for name, low, high in WORDS}[name]


def probability(reliability: str, credibility: int) -> float:
    """Probability that a single claim of this grade is true; a poor source pulls it towards even odds."""
    weight = _RELIABILITY_WEIGHT[reliability]
    return 0.5 + (GRADE_PROBABILITY[credibility] - 0.5) * weight
