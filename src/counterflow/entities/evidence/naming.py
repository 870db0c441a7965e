"""Evidence of names: the pair of forms that tells most, weighed by the rarity of the words that agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

from rapidfuzz import fuzz, process

from counterflow.entities.agreement import SPELT, Alignment, align
from counterflow.entities.evidence.feature import Feature
from counterflow.entities.evidence.weights import NameWeights
from counterflow.entities.forms import Form
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity
from counterflow.entities.words import load

__all__ = [
    "BY_EAR",
    "LEGAL",
    "ONE_WORD",
    "SYLLABIC",
    "WEAK",
    "Best",
    "Signals",
    "features",
    "likeliest",
    "signals",
    "weigh",
]

NO_NAME = -3.0
"""Log-odds of two names of which no word agrees. Strangers' mostly do not; but neither do one's own, now and then."""

ONE_WORD = 0.75
"""Share of the most that a name may tell where only one word of it agrees."""

LEGAL = 0.4
"""Log-odds of one legal form."""

BY_EAR = 0.6
"""Share of a name's worth at most where Chinese characters are heard as another script's: they leave much choice."""

OFFICE = 0.85
"""Share of a name's worth that is left where every state has one so called: a Ministry of Defence wants a country."""

LOOSE = 0.9
"""Likeness of the words that are paired, by their rarity, below which there is more between them than a slip."""

WEAK = {"name": 1.0, "alias": 0.97, "previousName": 0.95, "abbreviation": 0.6, "weakAlias": 0.6}

Best = tuple[Row, Row, Alignment, float]
"""A row of each side, their alignment, and its log-odds."""


class Signals(NamedTuple):
    """What an alignment holds, in points of rarity (log-odds of an agreement on a word).

    :param agreed: of the words that agree, less where they are only alike; :param surest: likeness of the rarest pair
    :param words: pairs of words; :param left_out: what one side says more than the other
    :param against: of words that stand against each other
    :param numbers: what unmatched numbers cost beyond being unmatched words: Hyok Sin 2 is not Hyok Sin 6
    :param similarity: share of the points that agree, 0 to 1; :param alike: of those of the words that are paired
    """

    agreed: float = 0.0
    surest: float = 0.0
    words: int = 0
    left_out: float = 0.0
    against: float = 0.0
    numbers: float = 0.0
    similarity: float = 0.0
    alike: float = 0.0


def signals(found: Alignment, rarity: Callable[[str], float]) -> Signals:
    """What an alignment holds.

    :param rarity: log-odds of an agreement on a word
    """
    if not found.pairs:
        return Signals()
    agreed = total = surest = 0.0
    telling = -1.0
    for one, two, likeness in found.pairs:
        weight, other = rarity(one), rarity(two)
        if weight > telling or (weight == telling and likeness < surest):
            telling, surest = weight, likeness
        weight = min(weight, other)
        agreed += weight * (1.25 * likeness - 0.25)
        total += weight
    only_a, only_b = found.only_left, found.only_right
    alike = max(0.0, min(1.0, agreed / total))
    if not only_a and not only_b:
        return Signals(agreed, surest, len(found.pairs), similarity=alike, alike=alike)
    rest_a, rest_b = sum(map(rarity, only_a)), sum(map(rarity, only_b))
    one_number, two_number = any(t.isdigit() for t in only_a), any(t.isdigit() for t in only_b)
    return Signals(
        agreed,
        surest,
        len(found.pairs),
        abs(rest_a - rest_b),
        min(rest_a, rest_b),
        5.0 if one_number and two_number else 1.5 if one_number or two_number else 0.0,
        max(0.0, min(1.0, agreed / (total + max(rest_a, rest_b)))),
        alike,
    )


def weigh(found: Signals, likeness: float, kind: str, weights: NameWeights, weak: float = 1.0) -> float:
    """Log-odds of a name, negative where the names contradict each other.

    :param likeness: of the names as a whole, `counterflow.entities.agreement.Alignment.likeness`
    :param kind: ``person``, ``body``, ``ship`` or ``any``
    :param weak: factor below 1 for abbreviations and weak aliases
    """
    if weights.likeness:
        told = _between(weights.likeness, likeness)
        return told * weak if told > 0 else told
    if not found.words:
        return NO_NAME
    worth = weights.agreed * found.agreed + weights.left * found.left_out
    if not found.left_out and not found.against:
        worth += weights.whole
    most = weights.most
    if kind == "body":
        # A firm set up to pass for another, or to follow it after a listing, is called almost the same: its most
        # telling word is only alike. Such a pair wants more than a country and a legal form in common.
        if found.surest < SPELT:
            most *= weights.lookalike
    elif found.words == 1:
        most *= ONE_WORD
    worth = min(most, worth)
    worth = (worth * weak if worth > 0 else worth) + weights.late * found.left_out
    worth += weights.loose * max(0.0, LOOSE - found.alike)
    return worth + weights.against * found.against - found.numbers


def _between(knots: Sequence[tuple[float, float]], at: float) -> float:
    """The height at a point of the line through (point, height), points rising."""
    before = knots[0]
    for knot in knots:
        if at <= knot[0]:
            span = knot[0] - before[0]
            return before[1] + (knot[1] - before[1]) * ((at - before[0]) / span if span else 1.0)
        before = knot
    return before[1]


def likeliest(
    left: Profile, right: Profile, rarity: Rarity, kind: str, weights: NameWeights, anyway: bool
) -> tuple[float, Best | None]:
    """The pair of forms that tells most, and how alike it is."""
    found: Best | None = None
    similarity = 0.0
    for a, b in _promising(left.rows, right.rows, anyway):
        weak = WEAK[a.named.property] * WEAK[b.named.property]
        aligned = align(a.form, b.form, kind)
        by_ear = a.form.script != b.form.script and not (a.form.sounds and b.form.sounds)
        if by_ear and not weights.likeness:
            weak *= _heard(a.form, b.form, aligned.likeness)
        if kind == "body" and not weights.likeness and all(one in _offices() for one, _, _ in aligned.pairs):
            weak *= OFFICE
        held = signals(aligned, rarity.word)
        weight = weigh(held, aligned.likeness, kind, weights, weak)
        if found is None or (weight, held.similarity) > (found[3], similarity):
            found, similarity = (a, b, aligned, weight), held.similarity
    return similarity, found


@cache
def _offices() -> frozenset[str]:
    return frozenset(load("terms")["offices"])


MANY = 400
"""Pairs of forms from which they are looked through all at once."""


SYLLABIC = frozenset({"Han", "Hangul", "Kana"})


def _heard(one: Form, two: Form, likeness: float) -> float:
    """Share of a name's worth that is left where it was only heard across scripts, 0 to 1.

    Few sounds are easily alike, so a short name must be heard clearly; and what Chinese, Korean and Japanese letters
    stand for leaves the ear so much choice that many a stranger's name will do.
    """
    if one.script in SYLLABIC or two.script in SYLLABIC:
        most = BY_EAR if "Han" in (one.script, two.script) else 1.0
        return max(0.0, min(most, (likeness - 0.8) / 0.12))
    clear = max(0.0, min(1.0, (likeness - 0.7) / 0.12))
    return clear if likeness >= 0.9 else clear * min(1.0, min(len(one.joined), len(two.joined)) / 12)


def _promising(left: tuple[Row, ...], right: tuple[Row, ...], anyway: bool) -> list[tuple[Row, Row]]:
    """Pairs of forms worth aligning: all where there are few, else those nearest as strings or equal in sound.

    :param anyway: something else speaks for them, so that even an unlike pair is of interest
    """
    if len(left) * len(right) <= 4:
        return [(a, b) for a in left for b in right if _fair(a, b)]
    flats = {b.flat: b for b in right}
    same = [(a, b) for a in left if (b := flats.get(a.flat)) is not None]
    if any(_tells_all(a) and _tells_all(b) for a, b in same):
        return sorted(same, key=lambda pair: -len(pair[0].flat))[:4]
    if len(left) * len(right) < MANY:
        ratios = sorted(((-fuzz.ratio(a.flat, b.flat), i, j) for i, a in enumerate(left) for j, b in enumerate(right)))[
            :4
        ]
        found = [(-minus, i, j) for minus, i, j in ratios]
    else:
        import numpy as np

        near = process.cdist([a.flat for a in left], [b.flat for b in right], scorer=fuzz.ratio, dtype=np.float32)
        order = np.argsort(-near, axis=None, kind="stable")[:4].tolist()
        found = [(float(near.flat[n]), *divmod(n, len(right))) for n in order]
    least = 0.0 if anyway else max(NEAR, found[0][0] - 25)
    picked = [(i, j) for ratio, i, j in found if ratio >= least]
    if found[0][0] < CLEAR and (met := _most_in_common(left, right)):
        picked.append(met)
    if any(a.sound for a in left):
        by_sound = {b.sound: j for j, b in reversed(list(enumerate(right))) if b.sound}
        picked += [(i, by_sound[a.sound]) for i, a in enumerate(left) if a.sound in by_sound][:2]
    return [(left[i], right[j]) for i, j in dict.fromkeys(picked) if _fair(left[i], right[j])]


NEAR = 50.0
"""Likeness of two names as strings, 0 to 100, from which their words may yet agree."""


CLEAR = 88.0
"""Likeness of two names as strings from which none other can be the one that is meant."""


def _most_in_common(left: tuple[Row, ...], right: tuple[Row, ...]) -> tuple[int, int] | None:
    """The two forms with most letters in equal words: a slip at the head of a word moves it where words are sorted."""
    held = [frozenset(b.form.tokens) for b in right]
    best, met = (1, ""), None
    for i, a in enumerate(left):
        words = frozenset(a.form.tokens)
        for j, others in enumerate(held):
            common = sum(map(len, words & others))
            if (
                common >= best[0]
                and (found := (common, min(a.flat, right[j].flat) + max(a.flat, right[j].flat))) > best
            ):
                best, met = found, (i, j)
    return met


def _tells_all(row: Row) -> bool:
    """Whether nothing can agree better than this form with itself: two words or more of a name that is not weak."""
    return len(row.form.tokens) > 1 and WEAK[row.named.property] > 0.9


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


def features(
    left: Profile, right: Profile, best: Best | None, kind: str, rarity: Rarity, weights: NameWeights
) -> list[Feature]:
    """What the best pair of names says, its legal forms, and whether only aliases agree; nothing where a side has no
    name at all."""
    if best is None:
        return [_no_name(left, right)] if left.rows and right.rows else []
    a, b, _, weight = best
    one, two = a.named.name.text, b.named.name.text
    name = Feature("name", weight, one, two, partial(_in_words, best))
    return [name, *_legal(best), *_by_aliases_only(left, right, best, kind, rarity, weights)]


def _in_words(best: Best) -> str:
    a, b, aligned, weight = best
    ways = sorted({r.form.how for r in (a, b)} - {"as written"})
    by = f" ({', '.join(ways)})" if ways else ""
    one, two = a.named.name.text, b.named.name.text
    if weight <= 0 and not aligned.pairs:
        return f"no name agrees: “{one}” against “{two}”"
    return f"{aligned.says}{by}: {_SAID[a.named.property]} “{one}” and {_SAID[b.named.property]} “{two}”"


def _no_name(left: Profile, right: Profile) -> Feature:
    one, two = left.rows[0].named.name.text, right.rows[0].named.name.text
    return Feature("name", NO_NAME, one, two, f"no name agrees: “{one}” against “{two}”")


def _legal(best: Best) -> list[Feature]:
    a, b, _, weight = best
    one, two = a.form.legal, b.form.legal
    if not one or not two or weight <= 0:
        return []
    if one == two:
        return [Feature("legalForm", LEGAL, one, two, f"same legal form ({one})")]
    loose = {"limited", "corporation", "company"}
    differ = -0.2 if {one, two} <= loose else -0.6
    return [Feature("legalForm", differ, one, two, f"legal forms differ: {one} and {two}")]


def _tells(a: Row, b: Row, kind: str, rarity: Rarity, weights: NameWeights) -> float:
    aligned = align(a.form, b.form, kind)
    return weigh(signals(aligned, rarity.word), aligned.likeness, kind, weights)


def _by_aliases_only(
    left: Profile, right: Profile, best: Best, kind: str, rarity: Rarity, weights: NameWeights
) -> list[Feature]:
    """What speaks against two bodies that share an alias while the main name of neither is any name of the other: many
    a movement calls itself Ansar Allah, Hizballah and the Houthis among them."""
    if kind != "body" or best[3] <= 0 or "name" in (best[0].named.property, best[1].named.property):
        return []
    ours = [row for row in left.rows if row.named.property == "name"]
    theirs = [row for row in right.rows if row.named.property == "name"]
    pairs = [*((a, b) for a in ours for b in right.rows), *((a, b) for a in left.rows for b in theirs)]
    if not ours or not theirs or any(_tells(a, b, kind, rarity, weights) > 0 for a, b in pairs if _fair(a, b)):
        return []
    one, two = ours[0].named.name.text, theirs[0].named.name.text
    return [Feature("mainName", -1.5, one, two, f"only aliases agree: “{one}” is no name of “{two}”")]
