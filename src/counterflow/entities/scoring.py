"""Scoring: how likely two profiles are the same party, as a sum of evidence that can be read out feature by feature.

Each feature adds log-odds (natural logarithm): positive where it speaks for one party, negative where against, and
*nothing at all where either side is silent*. What is left out is not what is contradicted: a missing patronymic costs
little, another patronymic costs much. A word agrees the more strongly the rarer it is (Fellegi and Sunter 1969; Winkler
1989 for the frequency-based form), so "Korea Trading Company" alone proves nothing.

Invariant: the prior and the weights of all features add up to the log-odds of the probability. A number alone never
makes two parties one: where the names disagree the probability stays under `CEILING`, unless two numbers of different
kinds agree, not both only quoted; what that takes off is a feature too.

The weights and where they come from: ``evidence/weights.yaml``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from counterflow.entities.evidence import dates, naming, numbers, origin, particulars
from counterflow.entities.evidence.feature import Feature
from counterflow.entities.evidence.weights import Weights, everybody
from counterflow.entities.identifiers import SCHEMES
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity, background
from counterflow.model import schema as vocabulary

__all__ = ["CEILING", "STANDINGS", "Comparison", "compare", "compatible"]

CEILING = 0.65
"""Highest probability where the names disagree, whatever else agrees: a possible match, for a person to judge."""

_CEILING = math.log(CEILING / (1 - CEILING))

STANDINGS = {
    "confirmed": "the names agree, and so does something that strangers seldom share",
    "supported": "the names agree, and something that many share, such as a country",
    "same name": "the names agree as fully as names can; nothing else is known",
    "similar name": "the names agree in part or nearly; nothing else is known",
    "contradicted": "the names agree, but something else speaks against it",
    "number only": "a number agrees, but no name does",
    "different": "the names disagree",
}
"""What a comparison rests on, which a probability alone does not show."""

_NAMING = {"name", "legalForm", "mainName"}
_SAME = 0.93
"""Likeness from which two names are the same, spelt in two ways."""

_CONFIRMS = 2.0
"""Log-odds beside the name from which an agreement is confirmed: a year of birth, any number."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The evidence on two profiles.

    :param probability: that both are one party; :param similarity: of the best pair of names, 0 to 1
    :param features: strongest first; with `prior` they add up to the log-odds
    :param excluded: they cannot be one party (kinds or exclusive numbers differ)
    :param best: the rows of the names that agree best
    :param thresholds: probability from which the verdict is ``match``, and from which ``possible``
    """

    probability: float
    similarity: float
    features: tuple[Feature, ...]
    excluded: bool = False
    best: tuple[Row, Row] | None = None
    prior: float = 0.0
    thresholds: tuple[float, float] = (1.0, 1.0)

    @property
    def verdict(self) -> str:
        """``match``, ``possible`` or ``no-match``: the thresholds are the weights'. Where the names disagree a number
        alone is never a match."""
        match, possible = self.thresholds
        if self.reaches(match):
            return "match"
        return "possible" if self.probability >= possible else "no-match"

    def reaches(self, threshold: float) -> bool:
        """Whether it is a match from this probability on; up to `CEILING` no name that disagrees is."""
        named = any(f.feature == "name" and f.weight > 0 for f in self.features)
        return self.probability >= threshold and (named or self.probability > CEILING + 1e-9)

    @property
    def standing(self) -> str:
        """What it rests on: a key of `STANDINGS`."""
        name = sum(f.weight for f in self.features if f.feature == "name")
        others = [f.weight for f in self.features if f.feature not in _NAMING]
        if self.excluded or name <= 0:
            numbered = any(f.feature in SCHEMES and f.weight > 0 for f in self.features)
            return "number only" if numbered and not self.excluded else "different"
        if sum(w for w in others if w < 0) <= -1.0:
            return "contradicted"
        told = sum(w for w in others if w > 0)
        if told > 0:
            return "confirmed" if told >= _CONFIRMS else "supported"
        return "same name" if self.similarity >= _SAME else "similar name"

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
        if agree and all(f.feature in _NAMING for f in self.features):
            text += "; nothing else is known that would confirm it"
        if against:
            text += "; but " + "; ".join(against)
        return text[:1].upper() + text[1:] + "."

    def explanation(self) -> dict[str, Any]:
        """Plain data: the sentence, the standing, which names matched, and the waterfall from the prior up, with the
        probabilities at which its verdicts begin."""
        found: dict[str, Any] = {"sentence": self.sentence, "standing": self.standing}
        if self.best is not None:
            found["matched"] = {
                side: {"subject": row.named.subject, "property": row.named.property, "name": row.named.name.text}
                for side, row in zip(("left", "right"), self.best, strict=True)
            }
        found["prior"] = round(self.prior, 3)
        found["thresholds"] = dict(zip(("match", "possible"), self.thresholds, strict=True))
        found["features"] = [f.to_dict() for f in self.features]
        return found


def compare(
    left: Profile,
    right: Profile,
    *,
    rarity: Rarity | None = None,
    least: float = 0.0,
    weights: Weights | None = None,
) -> Comparison:
    """The evidence that two profiles are one party.

    :param rarity: of words among the parties at hand; without it the background alone
    :param least: probability of no interest below; names are not looked at where they could not lift it so far
    :param weights: for the way of asking; `counterflow.entities.evidence.weights.everybody` if not given
    """
    rarity = rarity or background()
    weights = weights or everybody()
    prior = weights.prior
    if not compatible(left.schema, right.schema):
        says = f"a {left.schema} is not a {right.schema}"
        return Comparison(
            0.0, 0.0, (Feature("schema", -20.0, left.schema, right.schema, says),), True, None, prior, weights.verdict
        )
    shared, clash, enough = numbers.features(left, right, rarity)
    kind = right.kind if left.kind == "any" else left.kind
    name_weights = weights.name[kind]
    features = [
        *shared,
        *dates.features(left, right, kind),
        *origin.countries(left, right, rarity, kind),
        *origin.genders(left, right),
        *particulars.features(left, right),
    ]
    if weights.scale:
        features = [f._replace(weight=f.weight * weights.scale.get(f.feature, 1.0)) for f in features]
    logit = prior + sum(f.weight for f in features)
    hope = logit + name_weights.top + naming.LEGAL
    if _probability(hope) < least:
        return Comparison(_probability(hope), 0.0, tuple(features), clash, None, prior, weights.verdict)
    likeness, best = naming.likeliest(left, right, rarity, kind, name_weights, bool(shared))
    named = naming.features(left, right, best, kind, rarity, name_weights)
    logit += sum(f.weight for f in named)
    features += named
    if named and named[0].weight <= 0 and logit > _CEILING and not enough:
        says = "a number alone does not make two parties one"
        features.append(Feature("ceiling", _CEILING - logit, "", "", says))
        logit = _CEILING
    features.sort(key=_strength)
    pair = None if best is None else (best[0], best[1])
    return Comparison(_probability(logit), likeness, tuple(features), clash, pair, prior, weights.verdict)


def _strength(f: Feature) -> tuple[float, str, str, str]:
    return -abs(f.weight), f.feature, f.left, f.right


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def compatible(left: str, right: str) -> bool:
    """Whether records of the two schemata can be one party: one descends from the other, or both are bodies."""
    a, b = vocabulary.get(left), vocabulary.get(right)
    if a.is_a(b) or b.is_a(a):
        return True
    return all(s.is_a("Organization") for s in (a, b))
