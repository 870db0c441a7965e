"""Analysis of competing hypotheses: what each item of evidence says of each hypothesis, and what of it counts.

A rating says how well an item fits a hypothesis; the grade says how far the item may be believed; both together give
one likelihood. Invariant: an origin speaks once, with one account. Its account fits a hypothesis no better than the
statement of it that fits worst, and no better than the best of them where none speaks against it; of the same statement
the best grade counts. So repeating a story moves nothing. Across origins likelihoods are multiplied; origins that lean
on each other count less, by a declared factor.

Hypotheses are ranked by what stands against them, least first. A preference is stated only where the likeliest is also
the one with least against it, and where evidence shuffled among the hypotheses would seldom prefer one as clearly.

Sources: Heuer, Psychology of Intelligence Analysis (1999), ch. 8; soft evidence after Pearl, Probabilistic Reasoning
in Intelligent Systems (1988), 2.2.2; the permutation test after Fisher.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterflow.assessment.mincut import Floats
from counterflow.model.likelihood import word

__all__ = ["FITS", "RATINGS", "Analysis", "Item", "Witness", "analyse", "diagnosticity", "logs_of"]

FITS: Mapping[str, float] = {"CC": 0.95, "C": 0.75, "N": 0.50, "I": 0.25, "II": 0.05}
"""Rating → probability of the item if the hypothesis holds. N also stands for "does not apply"."""

RATINGS: Mapping[str, str] = {
    "CC": "very consistent",
    "C": "consistent",
    "N": "neutral",
    "I": "inconsistent",
    "II": "very inconsistent",
}
"""Rating → its words."""

SHUFFLES, SEED, CHANCE = 999, 39, 0.05
LIKELY = 0.55
_EVEN = math.log(0.5)
CERTAIN = 0.97
"""Never certain: the true explanation may not be among those named."""


@dataclass(frozen=True)
class Item:
    """:param ratings: of every hypothesis, in their order, keys of `FITS`
    :param origins: origin → probability that what it says is true, from the best grade of its claims"""

    id: str
    ratings: tuple[str, ...]
    origins: Mapping[str, float]


@dataclass(frozen=True)
class Witness:
    """An origin as it counts. :param items: those that make up its account; :param weight: 1, or less where the origin
    leans on others; :param logs: log-likelihood of each hypothesis, before the weight"""

    origin: str
    items: tuple[str, ...]
    weight: float
    logs: tuple[float, ...]


@dataclass(frozen=True)
class Analysis:
    """:param witnesses: by origin; :param probability: of each hypothesis, from equal odds
    :param against: bits of evidence against each, from inconsistent ratings only"""

    witnesses: tuple[Witness, ...]
    against: tuple[float, ...]
    probability: tuple[float, ...]

    @property
    def leader(self) -> int:
        """The hypothesis with least against it; of equals the likelier, then the first."""
        return min(range(len(self.against)), key=lambda h: (round(self.against[h], 9), -round(self.probability[h], 9)))

    @property
    def likeliest(self) -> int:
        """The most probable; of equals the first."""
        return int(np.argmax(np.round(self.probability, 9)))

    @property
    def order(self) -> list[int]:
        """Hypotheses, that with least against it first."""
        return sorted(
            range(len(self.against)), key=lambda h: (round(self.against[h], 9), -round(self.probability[h], 9), h)
        )

    @cached_property
    def chance(self) -> float:
        """How often shuffled evidence puts one hypothesis as far ahead of the next: the negative control."""
        if not self.witnesses:
            return 1.0
        logs = np.array([w.logs for w in self.witnesses]) * np.array([[w.weight] for w in self.witnesses])
        order = np.random.default_rng(SEED).random((SHUFFLES, *logs.shape)).argsort(axis=2)
        shuffled = np.take_along_axis(np.broadcast_to(logs, order.shape), order, axis=2).sum(axis=1)
        lead = _lead(logs.sum(axis=0)[None, :])[0]
        return float((1 + (_lead(shuffled) >= lead - 1e-9).sum()) / (SHUFFLES + 1))

    @property
    def preferred(self) -> int | None:
        """The hypothesis that the evidence prefers; None: no preference."""
        best = self.likeliest
        sure = self.probability[best] >= LIKELY and self.chance <= CHANCE
        return best if sure and best == self.leader else None

    @property
    def why_none(self) -> str:
        """Why nothing is preferred, in words; empty where something is."""
        if self.preferred is not None:
            return ""
        if not self.witnesses:
            return "no evidence counts"
        if self.probability[self.likeliest] < LIKELY:
            return "no hypothesis stands out"
        if self.chance > CHANCE:
            return f"shuffled evidence prefers a hypothesis as clearly in {self.chance:.0%} of cases"
        return "the likeliest hypothesis is not the one with least against it"

    def bands(self) -> tuple[str, ...]:
        """The ICD 203 word of each hypothesis."""
        return tuple(word(p) for p in self.probability)


def _lead(logs: Floats) -> Floats:
    """Of each row, how far the highest stands above the next."""
    top = np.sort(logs, axis=1)
    found: Floats = top[:, -1] - top[:, -2]
    return found


def logs_of(ratings: Sequence[str], credible: float) -> tuple[float, ...]:
    """Log-likelihood of each hypothesis given a report of that credibility.

    A report that is thought false is no evidence of its contrary: below even odds it says nothing.
    """
    q = max(0.5, credible)
    return tuple(math.log(q * FITS[r] + (1 - q) * (1 - FITS[r])) for r in ratings)


def diagnosticity(logs: Sequence[float]) -> float:
    """Likelihood ratio between the hypothesis that an item fits best and the one it fits worst; 1: tells nothing."""
    return math.exp(max(logs) - min(logs))


def _account(told: Sequence[tuple[str, tuple[float, ...]]]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """What an origin says in all, from (item, log-likelihoods) of its statements; and the items that make it up."""
    speaking, account = set(), []
    for column in zip(*(logs for _, logs in told), strict=True):
        worst = min(column)
        value = worst if worst < _EVEN - 1e-12 else max(column)
        account.append(value)
        if abs(value - _EVEN) > 1e-12:
            speaking.add(told[column.index(value)][0])
    return tuple(sorted(speaking)), tuple(account)


def analyse(
    items: Sequence[Item],
    hypotheses: int,
    *,
    without: Collection[str] = (),
    families: Mapping[str, str] | None = None,
    dependence: float = 0.5,
) -> Analysis:
    """What the evidence says of so many hypotheses.

    :param without: items or origins left out
    :param families: origin → name of the group whose members lean on each other; the others stand alone
    :param dependence: 0 counts members of a family in full, 1 only the strongest of them
    """
    accounts: dict[str, list[tuple[str, tuple[float, ...]]]] = {}
    for item in sorted(items, key=lambda i: i.id):
        for origin, credible in item.origins.items():
            logs = logs_of(item.ratings, credible)
            if item.id not in without and origin not in without and diagnosticity(logs) > 1 + 1e-12:
                accounts.setdefault(origin, []).append((item.id, logs))
    merged = [(origin, *_account(told)) for origin, told in accounts.items()]
    met: dict[str, int] = {}
    witnesses = []
    for origin, speaking, account in sorted(merged, key=lambda m: (-diagnosticity(m[2]), m[0])):
        family = (families or {}).get(origin)
        before = met.get(family, 0) if family else 0
        if family:
            met[family] = before + 1
        witnesses.append(Witness(origin, speaking, (1 - dependence) ** before, account))
    against, total = np.zeros(hypotheses), np.zeros(hypotheses)
    for w in witnesses:
        own = np.array(w.logs)
        total += w.weight * own
        against += w.weight * np.maximum(0.0, _EVEN - own) / math.log(2)
    odds = np.exp(total - total.max())
    share = odds / odds.sum()
    capped = tuple(float(min(CERTAIN, max(1 - CERTAIN, p))) for p in share)
    return Analysis(tuple(sorted(witnesses, key=lambda w: w.origin)), tuple(map(float, against)), capped)
