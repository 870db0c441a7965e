"""Evidence of names: the pair of forms that tells most, weighed by the rarity of the words that agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from counterflow.entities.agreement import SPELT, Alignment, align
from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity

__all__ = ["MOST", "Best", "disagreement", "features", "likeliest"]

MOST = {"person": 10.0, "body": 11.0, "ship": 9.8, "any": 10.0}
"""Log-odds that a name alone is worth at most: with nothing else known it stays short of a match."""

WHOLE = 0.8
"""Log-odds that nothing is left over on either side: chance agreements usually leave something."""

LOOKALIKE = 0.5
"""Share of a body's name that counts where its most telling word is only alike: a firm set up to pass for another, or
to follow it after a listing, is called just that. Such a pair wants more than a country and a legal form in common."""

_WEAK = {"name": 1.0, "alias": 0.97, "previousName": 0.95, "abbreviation": 0.6, "weakAlias": 0.6}

Best = tuple[Row, Row, Alignment, float]
"""A row of each side, their alignment, and its log-odds."""


def weigh(found: Alignment, kind: str, rarity: Callable[[str], float], weak: float = 1.0) -> tuple[float, float]:
    """Log-odds of an alignment, negative where the names contradict each other, and its likeness, 0 to 1.

    :param kind: ``person``, ``body``, ``ship`` or ``any``
    :param rarity: log-odds of an agreement on a word
    :param weak: factor below 1 for abbreviations and weak aliases
    """
    if not found.pairs:
        return -3.0, 0.0
    agreed = total = telling = 0.0
    surest = 0.0
    for one, two, likeness in found.pairs:
        weight = min(rarity(one), rarity(two))
        agreed += weight * (1.25 * likeness - 0.25)
        total += weight
        if (rarity(one), -likeness) > (telling, -surest):
            telling, surest = rarity(one), likeness
    only_a, only_b = found.only_left, found.only_right
    rest_a, rest_b = sum(map(rarity, only_a)), sum(map(rarity, only_b))
    against, left_out = min(rest_a, rest_b), abs(rest_a - rest_b)
    similarity = agreed / (total + max(rest_a, rest_b))
    # A person's name is often cut short, a body's rarely: its branch or parent goes by the longer or shorter name.
    early, late = (0.35 * left_out, 0.0) if kind == "person" else (0.0, 0.6 * left_out)
    most = MOST[kind]
    cap = most if len(found.pairs) > 1 or kind == "body" else 0.75 * most
    if kind == "body" and surest < SPELT:
        cap = LOOKALIKE * most
    whole = 0.0 if only_a or only_b else WHOLE
    worth = min(cap, 0.88 * agreed + whole - early) * weak - late - 1.1 * against - _number_gap(only_a, only_b)
    return worth, max(0.0, min(1.0, similarity))


def _number_gap(only_a: tuple[str, ...], only_b: tuple[str, ...]) -> float:
    """What unmatched numbers cost beyond being unmatched words: Hyok Sin 2 is not Hyok Sin 6."""
    one, two = any(t.isdigit() for t in only_a), any(t.isdigit() for t in only_b)
    return 5.0 if one and two else 1.5 if one or two else 0.0


def likeliest(left: Profile, right: Profile, rarity: Rarity, kind: str, anyway: bool) -> tuple[float, Best | None]:
    """The pair of forms that tells most, and how alike it is."""
    found: Best | None = None
    likeness = 0.0
    for a, b in _promising(left.rows, right.rows, anyway):
        weak = _WEAK[a.named.property] * _WEAK[b.named.property]
        aligned = align(a.form, b.form, kind)
        weight, similarity = weigh(aligned, kind, rarity.word, weak)
        if found is None or (weight, similarity) > (found[3], likeness):
            found, likeness = (a, b, aligned, weight), similarity
    return likeness, found


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


def features(left: Profile, right: Profile, best: Best, kind: str, rarity: Rarity) -> list[Feature]:
    """What the best pair of names says, its legal forms, and whether only aliases agree."""
    a, b, _, weight = best
    one, two = a.named.name.text, b.named.name.text
    name = Feature("name", round(weight, 3), one, two, partial(_in_words, best))
    return [name, *_legal(best), *_by_aliases_only(left, right, best, kind, rarity)]


def _in_words(best: Best) -> str:
    a, b, aligned, _ = best
    ways = sorted({r.form.how for r in (a, b)} - {"as written"})
    by = f" ({', '.join(ways)})" if ways else ""
    one, two = a.named.name.text, b.named.name.text
    return f"{aligned.says}{by}: {_SAID[a.named.property]} “{one}” and {_SAID[b.named.property]} “{two}”"


def disagreement(left: Profile, right: Profile) -> Feature:
    """That no name of one side is a name of the other."""
    one, two = left.rows[0].named.name.text, right.rows[0].named.name.text
    return Feature("name", -2.0, one, two, f"no name agrees: “{one}” against “{two}”")


def _legal(best: Best) -> list[Feature]:
    a, b, _, weight = best
    one, two = a.form.legal, b.form.legal
    if not one or not two or weight <= 0:
        return []
    if one == two:
        return [Feature("legalForm", 0.4, one, two, f"same legal form ({one})")]
    loose = {"limited", "corporation", "company"}
    differ = -0.2 if {one, two} <= loose else -0.6
    return [Feature("legalForm", differ, one, two, f"legal forms differ: {one} and {two}")]


def _by_aliases_only(left: Profile, right: Profile, best: Best, kind: str, rarity: Rarity) -> list[Feature]:
    """What speaks against two bodies that share an alias while the main name of neither is any name of the other: many
    a movement calls itself Ansar Allah, Hizballah and the Houthis among them."""
    if kind != "body" or best[3] <= 0 or "name" in (best[0].named.property, best[1].named.property):
        return []
    ours = [row for row in left.rows if row.named.property == "name"]
    theirs = [row for row in right.rows if row.named.property == "name"]
    pairs = [*((a, b) for a in ours for b in right.rows), *((a, b) for a in left.rows for b in theirs)]
    if (
        not ours
        or not theirs
        or any(weigh(align(a.form, b.form, kind), kind, rarity.word)[0] > 0 for a, b in pairs if _fair(a, b))
    ):
        return []
    one, two = ours[0].named.name.text, theirs[0].named.name.text
    return [Feature("mainName", -1.5, one, two, f"only aliases agree: “{one}” is no name of “{two}”")]
