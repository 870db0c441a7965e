"""Scoring: how likely two profiles are the same party, as a sum of evidence that can be read out feature by feature.

Each feature adds log-odds (natural logarithm): positive where it speaks for one party, negative where against, and
*nothing at all where either side is silent*. What is left out is not what is contradicted: a missing patronymic costs
little, another patronymic costs much. A word agrees the more strongly the rarer it is (Fellegi and Sunter 1969; Winkler
1989 for the frequency-based form), so "Korea Trading Company" alone proves nothing.

Invariant: a number alone never makes two parties one. Where the names disagree, the probability stays under `CEILING`,
unless two numbers of different kinds agree.

The weights are set by hand from what they stand for (how often true pairs agree, how often strangers do), not fitted to
any labelled set; ``tests/entities/test_accuracy.py`` says how far they carry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from counterflow.entities.evidence import dates, naming, numbers, origin
from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity, background
from counterflow.model import schema as vocabulary

__all__ = ["CEILING", "PRIOR", "Comparison", "compare", "compatible"]

PRIOR = -8.5
"""Log-odds that two parties picked from two lists are the same before anything is known: about one in five thousand."""

CEILING = 0.65
"""Highest probability where the names disagree, whatever else agrees: a possible match, for a person to judge."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """:param probability: that both are one party; :param similarity: of the best pair of names, 0 to 1;
    :param features: strongest first; :param excluded: they cannot be one party (kinds or exclusive numbers differ)"""

    probability: float
    similarity: float
    features: tuple[Feature, ...]
    excluded: bool = False
    best: tuple[Row, Row] | None = None

    @property
    def verdict(self) -> str:
        """``match`` (from 0.9), ``possible`` (from 0.3) or ``no-match``."""
        return "match" if self.probability >= 0.9 else "possible" if self.probability >= 0.3 else "no-match"

    @property
    def reasons(self) -> list[str]:
        """What each feature says, strongest first."""
        return [f.says for f in self.features]

    @property
    def sentence(self) -> str:
        """One plain sentence: what agrees, what does not, what is not known."""
        agree = [f.says for f in self.features if f.weight > 0]
        against = [f.says for f in self.features if f.weight < 0]
        text = "; ".join(agree) if agree else "Nothing agrees"
        if {f.feature for f in self.features if f.weight > 0} == {"name"}:
            text += "; nothing else is known that would confirm it"
        if against:
            text += "; but " + "; ".join(against)
        return text[:1].upper() + text[1:] + "."


def compare(
    left: Profile, right: Profile, *, rarity: Rarity | None = None, prior: float = PRIOR, least: float = 0.0
) -> Comparison:
    """The evidence that two profiles are one party.

    :param rarity: of words among the parties at hand; without it the background alone
    :param prior: log-odds before any evidence
    :param least: probability of no interest below; names are not looked at where they could not lift it so far
    """
    rarity = rarity or background()
    if not compatible(left.schema, right.schema):
        says = f"a {left.schema} is not a {right.schema}"
        return Comparison(0.0, 0.0, (Feature("schema", -20.0, left.schema, right.schema, says),), excluded=True)
    shared, clash = numbers.features(left, right, rarity)
    kind = right.kind if left.kind == "any" else left.kind
    features = [
        *shared,
        *dates.features(left, right, kind),
        *origin.countries(left, right, rarity, kind),
        *origin.genders(left, right),
    ]
    hope = prior + naming.MOST[kind] + 0.4 + sum(f.weight for f in features)
    if _probability(hope) < least:
        return Comparison(_probability(hope), 0.0, tuple(features), excluded=clash)
    likeness, best = naming.likeliest(left, right, rarity, kind, bool(shared))
    if best is None and not shared:
        return Comparison(_probability(prior - 8), likeness, (), excluded=clash)
    if best is not None:
        features += naming.features(left, right, best, kind, rarity)
    logit = prior + sum(f.weight for f in features)
    disagree = best is None or best[3] <= 0
    if disagree and left.rows and right.rows:
        features = [f for f in features if f.feature != "name"] + [naming.disagreement(left, right)]
        if len({f.feature for f in shared if f.weight >= 7}) < 2:
            logit = min(logit, math.log(CEILING / (1 - CEILING)))
    features.sort(key=lambda f: (-abs(f.weight), f.feature, f.left, f.right))
    pair = (best[0], best[1]) if best is not None else None
    return Comparison(_probability(logit), likeness, tuple(features), excluded=clash, best=pair)


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def compatible(left: str, right: str) -> bool:
    """Whether records of the two schemata can be one party: one descends from the other, or both are bodies."""
    a, b = vocabulary.get(left), vocabulary.get(right)
    if a.is_a(b) or b.is_a(a):
        return True
    return all(s.is_a("Organization") for s in (a, b))
