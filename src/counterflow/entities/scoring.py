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
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from counterflow.entities.agreement import Agreement, align
from counterflow.entities.identifiers import SCHEMES
from counterflow.entities.profile import Profile, Row
from counterflow.entities.words import load
from counterflow.model import schema as vocabulary

__all__ = ["CEILING", "PRIOR", "Comparison", "Feature", "Rarity", "compare"]

PRIOR = -8.5
"""Log-odds that two parties picked from two lists are the same before anything is known: about one in five thousand."""

CEILING = 0.65
"""Highest probability where the names disagree, whatever else agrees: a possible match, for a person to judge."""

_WEAK = {"name": 1.0, "alias": 0.97, "previousName": 0.95, "abbreviation": 0.6, "weakAlias": 0.6}
_MOST = {"person": 10.0, "body": 11.0, "ship": 9.8, "any": 10.0}
"""Log-odds that a name alone is worth at most: with nothing else known it stays short of a match."""

_IMAGINED = 20_000


@dataclass(frozen=True, slots=True)
class Feature:
    """One piece of evidence. :param weight: log-odds; :param left: value or name on that side; :param right: likewise;
    :param says: in words"""

    feature: str
    weight: float
    left: str
    right: str
    says: str


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


class Rarity:
    """How much a word or country tells: the logarithm of how rare it is among the parties at hand, steadied by a
    background of our own so that a small list does not make every word look common or rare.

    :param profiles: the parties at hand; a word counts once a party
    """

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        words: Counter[str] = Counter()
        countries: Counter[str] = Counter()
        numbers: Counter[str] = Counter()
        total = 0
        for profile in profiles:
            total += 1
            words.update({t for row in profile.rows for t in row.form.tokens})
            countries.update(profile.countries)
            numbers.update(i.key for i in profile.identifiers)
        self._words, self._countries, self._numbers, self._total = words, countries, numbers, total
        self._memory: dict[str, float] = {}

    def word(self, word: str) -> float:
        """Log-odds of an agreement on this word, 0.2 to 9."""
        found = self._memory.get(word)
        if found is None:
            seen = _background().get(word, 0.0) + self._words[word] + 1.0
            found = min(9.0, max(0.2, math.log((_IMAGINED + self._total) / seen)))
            found = 2.0 if word == "unit" else max(3.0, found) if word.isdigit() else found
            self._memory[word] = found
        return found

    def number(self, key: str) -> float:
        """What to take off an agreement on a number: it is nobody's own where a crowd quotes it. 0 up to three."""
        return max(0.0, 2.0 * math.log(max(1, self._numbers[key]) / 3))

    def country(self, code: str) -> float:
        """Log-odds of an agreement on this country; half its rarity, since names already tell the language."""
        return min(2.0, 0.5 * math.log((400 + self._total) / (8 + self._countries[code])))


@cache
def _background() -> dict[str, float]:
    scale = _IMAGINED / 10_000
    return {str(word): count * scale for count, words in load("common").items() for word in words}


@cache
def _plain_rarity() -> Rarity:
    return Rarity()


def compare(
    left: Profile, right: Profile, *, rarity: Rarity | None = None, prior: float = PRIOR, least: float = 0.0
) -> Comparison:
    """The evidence that two profiles are one party.

    :param rarity: of words among the parties at hand; without it the background alone
    :param prior: log-odds before any evidence
    :param least: probability of no interest below; names are not looked at where they could not lift it so far
    """
    rarity = rarity or _plain_rarity()
    if not _compatible(left.schema, right.schema):
        says = f"a {left.schema} is not a {right.schema}"
        return Comparison(0.0, 0.0, (Feature("schema", -20.0, left.schema, right.schema, says),), excluded=True)
    numbers, clash = _numbers(left, right, rarity)
    kind = right.kind if left.kind == "any" else left.kind
    features = [*numbers, *_dates(left, right, kind), *_countries(left, right, rarity, kind), *_genders(left, right)]
    hope = prior + _MOST[kind] + 0.4 + sum(f.weight for f in features)
    if _probability(hope) < least:
        return Comparison(_probability(hope), 0.0, tuple(features), excluded=clash)
    agreement, best = _names(left, right, rarity, kind, bool(numbers))
    if best is None and not numbers:
        return Comparison(_probability(prior - 8), agreement, (), excluded=clash)
    if best is not None:
        features.append(_name_feature(*best))
        features += _legal(*best)
        features += _by_aliases_only(left, right, best, kind, rarity)
    logit = prior + sum(f.weight for f in features)
    disagree = best is None or best[2].weight <= 0
    if disagree and left.rows and right.rows:
        features = [f for f in features if f.feature != "name"] + [_no_name(left, right)]
        if len({f.feature for f in numbers if f.weight >= 7}) < 2:
            logit = min(logit, math.log(CEILING / (1 - CEILING)))
    features.sort(key=lambda f: (-abs(f.weight), f.feature, f.left, f.right))
    pair = (best[0], best[1]) if best is not None else None
    return Comparison(_probability(logit), agreement, tuple(features), excluded=clash, best=pair)


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def _compatible(left: str, right: str) -> bool:
    """Whether records of the two schemata can be one party: one descends from the other, or both are bodies."""
    a, b = vocabulary.get(left), vocabulary.get(right)
    if a.is_a(b) or b.is_a(a):
        return True
    return all(s.is_a("Organization") for s in (a, b))


_Best = tuple[Row, Row, Agreement]


def _names(left: Profile, right: Profile, rarity: Rarity, kind: str, anyway: bool) -> tuple[float, _Best | None]:
    """The pair of forms that tells most, and how alike it is."""
    found: _Best | None = None
    top = 0.0
    for a, b in _promising(left.rows, right.rows, anyway):
        weak = _WEAK[a.named.property] * _WEAK[b.named.property]
        agreement = align(a.form, b.form, kind, rarity.word, most=_MOST[kind], weak=weak)
        if found is None or (agreement.weight, agreement.similarity) > (found[2].weight, found[2].similarity):
            found = (a, b, agreement)
        top = max(top, agreement.similarity)
    return (found[2].similarity if found else top), found


def _promising(left: tuple[Row, ...], right: tuple[Row, ...], anyway: bool) -> list[tuple[Row, Row]]:
    """Pairs of forms worth aligning: all where there are few, else those nearest as strings or equal in sound."""
    if len(left) * len(right) <= 4:
        return [(a, b) for a in left for b in right if _fair(a, b)]
    import numpy as np
    from rapidfuzz import fuzz, process

    near = process.cdist([a.flat for a in left], [b.flat for b in right], scorer=fuzz.ratio, dtype=np.float32)
    order = np.argsort(-near, axis=None, kind="stable")[:4]
    least = 0 if anyway else max(55, near.flat[order[0]] - 25)
    picked = [divmod(int(n), len(right)) for n in order if near.flat[n] >= least]
    by_sound: dict[str, int] = {}
    for j, b in enumerate(right):
        if b.sound:
            by_sound.setdefault(b.sound, j)
    picked += [(i, by_sound[a.sound]) for i, a in enumerate(left) if a.sound in by_sound][:2]
    return [(left[i], right[j]) for i, j in dict.fromkeys(picked) if _fair(left[i], right[j])]


def _fair(a: Row, b: Row) -> bool:
    """Two Korean names are compared by syllables: as words, Kwang and Kang would pass for a slip of the pen."""
    return a.flat == b.flat or not ((a.blunt and (b.sound or b.blunt)) or (b.blunt and a.sound))


_SAID = {
    "name": "name",
    "alias": "alias",
    "previousName": "former name",
    "abbreviation": "abbreviation",
    "weakAlias": "weak alias",
}


def _name_feature(a: Row, b: Row, agreement: Agreement) -> Feature:
    one, two = a.named.name.text, b.named.name.text
    ways = sorted({r.form.how for r in (a, b)} - {"as written"})
    by = f" ({', '.join(ways)})" if ways else ""
    says = f"{agreement.says}{by}: {_SAID[a.named.property]} “{one}” and {_SAID[b.named.property]} “{two}”"
    return Feature("name", round(agreement.weight, 3), one, two, says)


def _no_name(left: Profile, right: Profile) -> Feature:
    one, two = left.rows[0].named.name.text, right.rows[0].named.name.text
    return Feature("name", -2.0, one, two, f"no name agrees: “{one}” against “{two}”")


def _legal(a: Row, b: Row, agreement: Agreement) -> list[Feature]:
    one, two = a.form.legal, b.form.legal
    if not one or not two or agreement.weight <= 0:
        return []
    if one == two:
        return [Feature("legalForm", 0.4, one, two, f"same legal form ({one})")]
    loose = {"limited", "corporation", "company"}
    weight = -0.2 if {one, two} <= loose else -0.6
    return [Feature("legalForm", weight, one, two, f"legal forms differ: {one} and {two}")]


def _by_aliases_only(left: Profile, right: Profile, best: _Best, kind: str, rarity: Rarity) -> list[Feature]:
    """What speaks against two bodies that share an alias while the main name of neither is any name of the other: many
    a movement calls itself Ansar Allah, Hizballah and the Houthis among them."""
    if kind != "body" or best[2].weight <= 0 or "name" in (best[0].named.property, best[1].named.property):
        return []
    ours = [row for row in left.rows if row.named.property == "name"]
    theirs = [row for row in right.rows if row.named.property == "name"]
    pairs = [*((a, b) for a in ours for b in right.rows), *((a, b) for a in left.rows for b in theirs)]
    if (
        not ours
        or not theirs
        or any(align(a.form, b.form, kind, rarity.word, most=_MOST[kind]).weight > 0 for a, b in pairs if _fair(a, b))
    ):
        return []
    one, two = ours[0].named.name.text, theirs[0].named.name.text
    return [Feature("mainName", -1.5, one, two, f"only aliases agree: “{one}” is no name of “{two}”")]


def _numbers(left: Profile, right: Profile, rarity: Rarity) -> tuple[list[Feature], bool]:
    """Agreeing and contradicting numbers, and whether an exclusive one excludes that they are one party."""
    if not left.identifiers or not right.identifiers:
        return [], False
    features, clash = [], False
    theirs = {i.key: i for i in right.identifiers}
    shared = [i for i in left.identifiers if i.key in theirs]
    agreed = {i.scheme for i in shared}
    for i in shared:
        scheme = SCHEMES[i.scheme]
        weight = scheme.agree if i.valid else min(3.0, scheme.agree / 2)
        weight = max(0.0, weight - rarity.number(i.key))
        flaw = "" if i.valid else " (its check digit is wrong)"
        features.append(
            Feature(i.scheme, weight, i.printed, theirs[i.key].printed, f"same {scheme.label} {i.printed}{flaw}")
        )
    for name in sorted({i.scheme for i in left.identifiers} & {i.scheme for i in right.identifiers} - agreed):
        ours = [i for i in left.identifiers if i.scheme == name and i.valid]
        other = [i for i in right.identifiers if i.scheme == name and i.valid]
        scheme = SCHEMES[name]
        if ours and other and scheme.differ:
            says = f"{scheme.label}s differ: {ours[0].printed} and {other[0].printed}"
            features.append(Feature(name, scheme.differ, ours[0].printed, other[0].printed, says))
            clash = clash or scheme.exclusive
    return features, clash


_DATE_WORD = {"person": "birth", "ship": "build", "body": "founding", "any": "birth or founding"}


def _dates(left: Profile, right: Profile, kind: str) -> list[Feature]:
    if not left.dates or not right.dates:
        return []
    best = max(((_date_weight(a, b), a, b) for a in left.dates for b in right.dates), key=lambda w: w[0][0])
    (weight, how), a, b = best
    if kind not in ("person", "any"):
        weight = max(-1.5, min(2.0, weight))
    says = how.format(_DATE_WORD[kind]) + (f" {a}" if a == b else f": {a} and {b}")
    return [Feature("date", weight, a, b, says)]


def _date_weight(a: str, b: str) -> tuple[float, str]:
    """Log-odds of two partial dates, and what to call their relation; ``{}`` stands for birth, build or founding."""
    gap = abs(int(a[:4]) - int(b[:4]))
    if len(a) >= 10 and len(b) >= 10:
        if a == b:
            return (3.5 if a.endswith("-01-01") else 5.0), "same date of {}"
        if gap == 0 and a[5:7] == b[8:10] and a[8:10] == b[5:7]:
            return 3.5, "day and month swapped in the date of {}"
        if _days_apart(a, b) <= 1:
            return 3.8, "dates of {} a day apart"
        if a[4:] == b[4:] and gap <= 10 and not a.endswith("-01-01"):
            return 1.5, "{} on the same day of another year"
        if gap == 0:
            return (2.0, "same month of {}") if a[5:7] == b[5:7] else (-3.0, "dates of {} in one year, other months")
    elif gap == 0:
        if min(len(a), len(b)) >= 7:
            return (3.2, "same month of {}") if a[:7] == b[:7] else (-1.0, "dates of {} in one year, other months")
        return 2.3, "same year of {}"
    if gap <= 1:
        return (-0.5 if min(len(a), len(b)) >= 10 else 0.8), "years of {} next to each other"
    if gap <= 3:
        return -2.5, "years of {} close but different"
    return -6.0, "different dates of {}"


def _days_apart(a: str, b: str) -> int:
    import datetime as dt

    return abs((dt.date.fromisoformat(a[:10]) - dt.date.fromisoformat(b[:10])).days)


def _countries(left: Profile, right: Profile, rarity: Rarity, kind: str) -> list[Feature]:
    if not left.countries or not right.countries:
        return []
    shared = sorted(set(left.countries) & set(right.countries))
    if shared:
        best = max(shared, key=lambda c: (rarity.country(c), c))
        return [Feature("country", rarity.country(best), best, best, f"same country {best.upper()}")]
    weight = {"person": -0.5, "body": -1.5, "ship": -0.2, "any": -0.5}[kind]
    one, two = left.countries[0], right.countries[0]
    if {one, two} <= _ONE_STATE:
        return []
    if left.nations and right.nations and kind == "person":
        one, two, weight = left.nations[0], right.nations[0], -2.0
    return [Feature("country", weight, one, two, f"different countries {one.upper()} and {two.upper()}")]


_ONE_STATE = {"cn", "hk", "mo"}
"""Lists write either for the same address."""


def _genders(left: Profile, right: Profile) -> list[Feature]:
    if len(left.genders) != 1 or len(right.genders) != 1:
        return []
    one, two = left.genders[0], right.genders[0]
    if one == two:
        return [Feature("gender", 0.3, one, two, f"both {one}")]
    return [Feature("gender", -3.0, one, two, f"one {one}, one {two}")]
