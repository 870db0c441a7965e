"""How likely several findings together are traces of one illicit activity, with what they have in common counted once.

The likeliest finding stands as it is. Each further one adds its log-odds above those of a finding of which nothing is
known (`PRIOR`), times three discounts: the part of its evidence that no likelier finding has told; the probability that
it belongs to the others at all; and a half for every likelier finding of its kind, for what explains one silence, or
one payment, innocently tends to explain the next.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["EXPLAINED", "PRIOR", "Member", "Part", "explained", "odds_of", "together"]

PRIOR = 0.15
"""Probability of a finding before any sign: the one that most typologies begin from."""
EXPLAINED = 0.25
"""How readily an innocent explanation must explain a finding, 0 to 1, to be said to."""
LEAST, GREATEST = 0.02, 0.97
"""No rule is surer than that."""


@dataclass(frozen=True)
class Member:
    """A finding of a pattern. :param evidence: records it rests on; :param belongs: probability that it is one with
    the others"""

    finding: str
    typology: str
    kind: str
    probability: float
    evidence: frozenset[str]
    belongs: float


@dataclass(frozen=True)
class Part:
    """What a member adds. :param adds: log-odds; :param new: part of its evidence that no likelier one had told
    :param repeats: likelier members of its kind"""

    finding: str
    adds: float
    new: float
    belongs: float
    repeats: int


def odds_of(probability: float) -> float:
    """Natural log-odds."""
    return math.log(probability / (1 - probability))


def together(members: Sequence[Member]) -> tuple[float, list[Part]]:
    """(probability, what each member adds to its log-odds, the likeliest first)."""
    told: set[str] = set()
    seen: Counter[str] = Counter()
    parts: list[Part] = []
    total = odds_of(PRIOR)
    for m in sorted(members, key=lambda m: (-m.probability, m.finding)):
        new = len(m.evidence - told) / len(m.evidence)
        above = odds_of(min(GREATEST, max(LEAST, m.probability))) - odds_of(PRIOR)
        adds = above if not parts else above * new * m.belongs * 0.5 ** seen[m.kind]
        parts.append(Part(m.finding, adds, new, m.belongs, seen[m.kind]))
        told |= m.evidence
        seen[m.kind] += 1
        total += adds
    return min(GREATEST, max(LEAST, 1 / (1 + math.exp(-total)))), parts


def explained(members: Sequence[Member], explains: Mapping[str, float] | None, typology: str = "") -> list[float]:
    """How readily an innocent explanation explains each member. :param explains: typology or kind → 0 to 1; or None:
    one that only explains the members of `typology`"""
    if explains is None:
        return [0.7 if m.typology == typology else 0.0 for m in members]
    return [float(explains.get(m.typology, explains.get(m.kind, 0.0))) for m in members]
