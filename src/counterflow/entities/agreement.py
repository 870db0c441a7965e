"""Agreement of two forms of names: which words answer to which, what is left over, and how alike the names are.

Words are paired off one to one, best pairs first. A pair is equal, equal in sound (romanisation), equal in consonants
(transliteration from scripts without vowels), heard alike across scripts (`phonetics`), short for one another
(nicknames, initials), or some slips of the pen apart. Numbers only ever equal themselves.

`Alignment.likeness` says how alike two names are with nothing else known, 0 to 1; from `ALIKE` on they are taken for
names of one party. It falls with the slips that a name of this length may bear, faster with a word that stands against
another, slowly with words that one side leaves out. It asks for no list: how rare the words are is weighed elsewhere
(`counterflow.entities.evidence.naming`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from counterflow.entities import phonetics
from counterflow.entities.chinese import same_characters
from counterflow.entities.forms import Form, Name
from counterflow.entities.names import skeleton
from counterflow.entities.word_likeness import INFINITE, WORD, alike, by_ear, by_letter, in_latin
from counterflow.entities.words import load

__all__ = ["ALIKE", "SAME", "SPELT", "UNHEARD", "Alignment", "align", "alike", "answers", "similarity"]


SAME = 0.93
"""Likeness of two words from which they are taken for one word, spelt in two ways."""

SPELT = 0.9
"""Likeness from which two words may be one word by another romanisation: Daesong, Taesong."""

ALIKE = 0.7
"""Likeness of two names from which, with nothing else known, they are taken for names of one party."""

SLIPS = (0.6, 6.0, 3.2)
"""Slips of the pen that bring a name down to `ALIKE`: so many, one more for so many letters, at most."""

LEFT_OUT = 0.24
"""Cost of as much name left out by one side as agrees."""

UNHEARD = {True: 1.25, False: 1.1}
"""Cost of a name across scripts that is not heard alike at all; by whether one is written without its vowels."""

FEW = 0.025
"""Cost of each consonant short of seven in a name heard across scripts where one leaves out its vowels."""

AGAINST = 0.36
"""Cost of a whole word that stands against another."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words of two forms answer to which.

    :param pairs: (word on the left, word on the right, likeness 0 to 1), each word once
    :param only_left: words without a counterpart; :param only_right: likewise
    :param likeness: of the two names as a whole, 0 to 1; they are taken for one from `ALIKE` on
    """

    pairs: tuple[tuple[str, str, float], ...]
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()
    likeness: float = 0.0

    @property
    def says(self) -> str:
        """The alignment in words."""
        if not self.pairs:
            return "no word agrees"
        if self.only_left and self.only_right:
            one, two = " ".join(self.only_left), " ".join(self.only_right)
            return f"part of the name agrees, but {one} stands against {two}"
        if self.only_left or self.only_right:
            return f"the name agrees but for {' '.join(self.only_left or self.only_right)}"
        return "same name" if all(score >= SAME for _, _, score in self.pairs) else "name alike"


def align(left: Form, right: Form, kind: str) -> Alignment:
    """The words of two forms paired off. What that tells is weighed in `counterflow.entities.evidence.naming`.

    :param kind: ``person``, ``body``, ``ship`` or ``any``
    """
    by_character = left.script == right.script == "Han"
    if left.sounds and right.sounds and not by_character and (pairs := _by_syllable(left, right)):
        return pairs
    a, b = left.tokens, right.tokens
    same_script = left.script == right.script
    paired, cost, agreed = _pairs(left, right, same_script, kind)
    used_a, used_b = {p[0] for p in paired}, {p[1] for p in paired}
    rest_a = [i for i in range(len(a)) if i not in used_a]
    rest_b = [j for j in range(len(b)) if j not in used_b]
    if not same_script and rest_a and rest_b and (score := _cut_otherwise(left, rest_a, right, rest_b)):
        one, two = "".join(a[i] for i in rest_a), "".join(b[j] for j in rest_b)
        all_pairs = (*((a[i], b[j], s) for i, j, s in paired), (one, two, score))
        share = (len(one) + len(two)) / (len(left.joined) + len(right.joined))
        return Alignment(
            all_pairs, likeness=1 - (1 - share) * cost - share * UNHEARD[_bare(left, right)] * (1 - score) - 0.03
        )
    only_a, only_b = tuple(a[i] for i in rest_a), tuple(b[j] for j in rest_b)
    loose = [(a[i], b[j]) for i, j, score in paired if score < WORD]
    if same_script and (only_a or only_b or loose) and (score := _as_one_run(left, right, kind)):
        words = a if len(a) >= len(b) else b
        return Alignment(tuple((word, word, score) for word in words), likeness=score)
    likeness = _likeness(agreed, cost, only_a, only_b, kind, same_script)
    if kind == "person" and _father_and_son(a, b, paired):
        likeness = min(likeness, 1 - AGAINST)
    if not same_script and "Arabic" in (left.script, right.script) and paired:
        likeness -= _out_of_line(a, b, paired)
    firm = tuple((a[i], b[j], score) for i, j, score in paired if score >= WORD)
    return Alignment(firm, only_a + tuple(x for x, _ in loose), only_b + tuple(y for _, y in loose), likeness)


def _father_and_son(a: tuple[str, ...], b: tuple[str, ...], paired: list[tuple[int, int, float]]) -> bool:
    """Whether one is X son of Y and the other Y son of X."""
    if "bin" not in a or "bin" not in b:
        return False
    at, where = a.index("bin"), b.index("bin")
    turned = [(i < at) != (j < where) for i, j, _ in paired if i < at or j < where]
    return len(turned) > 1 and all(turned)


def answers(left: Form, i: int, right: Form, j: int) -> float:
    """How alike two words of two forms without sounds are; 0 where `align` would not pair them as one word."""
    same_script = left.script == right.script
    if left.tokens[i] == right.tokens[j] and (not same_script or left.script not in _BY_CHARACTER):
        return 1.0
    found = _word_score(left, i, right, j, same_script, False)[0]
    return found if found >= WORD else 0.0


def _out_of_line(a: tuple[str, ...], b: tuple[str, ...], paired: list[tuple[int, int, float]]) -> float:
    """Cost of another first word, or another order: an Arabic name is one's own, the father's, the grandfather's."""
    heavy = [[n for n, word in enumerate(words) if _telling(word, "person") >= 0.5] for words in (a, b)]
    side = 0 if len(heavy[0]) >= len(heavy[1]) else 1
    unequal = len(heavy[0]) != len(heavy[1])
    lost = unequal and heavy[side][0] not in {p[side] for p in paired}
    order = [j for _, j, _ in sorted(paired)]
    return (0.15 if lost else 0.0) + (0.05 if order != sorted(order) else 0.0)


def _by_syllable(left: Form, right: Form) -> Alignment | None:
    """All syllables paired in order, the surname first or last; None where the sounds do not all meet."""
    count = len(left.sounds)
    if len(right.sounds) != count:
        return None
    for turn in dict.fromkeys((0, 1, count - 1)):
        found = []
        for i in range(count):
            j = (i + turn) % count
            if not left.sounds[i] & right.sounds[j]:
                break
            found.append((left.tokens[i], right.tokens[j], 1.0 if left.tokens[i] == right.tokens[j] else 0.93))
        else:
            return Alignment(tuple(found), likeness=0.9 if count > 2 else 0.85)
    return None


def _pairs(left: Form, right: Form, same_script: bool, kind: str) -> tuple[list[tuple[int, int, float]], float, float]:
    """Words paired one to one, most alike first; the cost of their differences and the weight of what agrees.

    Korean syllables are too short for slips of the pen.
    """
    found: list[tuple[int, int, float]] = []
    free_b = dict.fromkeys(range(len(right.tokens)))
    by_character = same_script and left.script in _BY_CHARACTER
    syllabic = bool(left.sounds and right.sounds) and not by_character
    by_letter = same_script and not syllabic and not by_character
    rest_a = []
    for i, one in enumerate(left.tokens):
        same = next((j for j in free_b if right.tokens[j] == one), None) if by_letter or not same_script else None
        if same is None:
            rest_a.append(i)
        else:
            found.append((i, same, 1.0))
            del free_b[same]
    slips = unheard = heard_weight = 0.0
    if rest_a and free_b:
        scored = []
        for i in rest_a:
            for j in free_b:
                score, slip = _word_score(left, i, right, j, same_script, syllabic)
                if score:
                    scored.append((-score, abs(i - j), i + j, i, j, slip))
        scored.sort()
        taken: set[int] = set()
        for minus, _, _, i, j, slip in scored:
            if i not in taken and j in free_b:
                taken.add(i)
                del free_b[j]
                found.append((i, j, -minus))
                slips += slip
                if not same_script:
                    size = len(left.tokens[i]) + len(right.tokens[j])
                    unheard += (1 + minus) * size
                    heard_weight += size
    agreed = sum(min(_telling(left.tokens[i], kind), _telling(right.tokens[j], kind)) for i, j, _ in found)
    if heard_weight:
        return found, _cost_by_ear(left, right, found, unheard, heard_weight), agreed
    if not slips:
        return found, 0.0, agreed
    letters = sum(min(len(left.tokens[i]), len(right.tokens[j])) for i, j, _ in found)
    base, per, most = SLIPS
    return found, 0.3 * slips / min(most, base + letters / per), agreed


def _bare(left: Form, right: Form) -> bool:
    """Whether one of them is written without its vowels."""
    return left.script in phonetics.ABJADS or right.script in phonetics.ABJADS


def _cost_by_ear(left: Form, right: Form, found: list[tuple[int, int, float]], unheard: float, size: float) -> float:
    """Cost of what is heard differently across scripts. Without vowels, a few consonants are soon met by chance."""
    equal = sum(2 * len(left.tokens[i]) for i, _, s in found if s == 1.0)
    bare = _bare(left, right)
    cost = UNHEARD[bare] * unheard / (size + equal)
    if bare:
        told = sum(min(len(skeleton(left.tokens[i])), len(skeleton(right.tokens[j]))) for i, j, _ in found)
        cost += FEW * max(0, 7 - told)
    return cost


_BY_CHARACTER = frozenset({"Han"})


def _word_score(left: Form, i: int, right: Form, j: int, same_script: bool, syllabic: bool) -> tuple[float, float]:
    """Likeness of two words, 0 where they are different words, and the slips of the pen between them."""
    a, b = left.tokens[i], right.tokens[j]
    if syllabic:
        if not left.sounds[i] & right.sounds[j]:
            return 0.0, 0.0
        return (1.0 if a == b else 0.93), 0.0
    if not same_script:
        if a in _light() or b in _light():
            return (1.0 if a == b else 0.0), 0.0
        one = left.written[i] if left.written else a
        two = right.written[j] if right.written else b
        return by_ear(one, left.script, two, right.script), 0.0
    if left.script == "Han":
        return same_characters(left.written[i], right.written[j]), 0.0
    if left.written and right.written:
        slips = by_letter(left.written[i], right.written[j], left.script)
        found = 1.0 if not slips else 1.0 - 0.13 * slips if slips < INFINITE else 0.0
        return found, slips if found else 0.0
    return in_latin(a, b)


@cache
def _light() -> dict[str, float]:
    """Words of little weight in a person's name."""
    return {word: weight for weight, words in load("terms")["light"].items() for word in words}


@cache
def _common() -> dict[str, float]:
    """What every other firm is called."""
    weights: dict[str, float] = {}
    for count, words in load("common").items():
        for word in words:
            weights[str(word)] = 0.4 if count >= 100 else 0.7
    return weights


def _telling(word: str, kind: str) -> float:
    """Weight of a word of a name: 1 for a name of its own."""
    if kind == "person":
        return _light().get(word, 1.0 if len(word) > 1 else 0.4)
    if word.isdigit():
        return 1.2
    return _common().get(word, 1.0)


def _likeness(
    agreed: float, cost: float, only_a: tuple[str, ...], only_b: tuple[str, ...], kind: str, same_script: bool
) -> float:
    """How alike the names are as a whole, from the weight of what agrees, the cost of its differences and the rest."""
    if not agreed:
        return 0.0
    rest_a, rest_b = [_telling(w, kind) for w in only_a], [_telling(w, kind) for w in only_b]
    left_out = abs(sum(rest_a) - sum(rest_b))
    if rest_a and rest_b:
        worst = min(max(rest_a), max(rest_b))
        cost += AGAINST * (max(1.0, min(sum(rest_a), sum(rest_b))) if worst >= 0.3 else worst)
    if left_out:
        if kind == "person":
            share = left_out / agreed
            cost += LEFT_OUT * (1 if same_script else 2.0) * share + (0.2 if agreed < 1.3 and left_out > 0.5 else 0.0)
        else:
            cost += 0.4 * left_out
    return max(0.0, min(1.0, 1.0 - cost))


def _cut_otherwise(left: Form, rest_a: list[int], right: Form, rest_b: list[int]) -> float:
    """How alike the words left over sound without their blanks, 0 where they do not: abd al-aziz, عبدالعزيز."""
    if len(rest_a) == len(rest_b) == 1:
        return 0.0
    one = "".join((left.written or left.tokens)[i] for i in rest_a)
    two = "".join((right.written or right.tokens)[j] for j in rest_b)
    least = 3 if len(rest_a) < len(left.tokens) else 5  # of a whole name: a few consonants are met by chance
    if min(len(phonetics.bones(one, left.script)), len(phonetics.bones(two, right.script))) < least:
        return 0.0
    found = phonetics.heard(one, left.script, two, right.script)
    return found if found >= (0.82 if _bare(left, right) else 0.72) else 0.0


def _as_one_run(left: Form, right: Form, kind: str) -> float:
    """How alike the names are without their blanks: Hongxiang, Hong Xiang; 0 where they are not.

    For persons a slip may also fall on a blank (Myongc-Hin); never within a Korean name that is spelt well on both
    sides, where one letter makes another person.
    """
    if left.script == "Han":
        return same_characters("".join(left.written), "".join(right.written))
    if len(left.tokens) != len(right.tokens):
        head, tail = left.tokens[0], right.tokens[-1]
        turned = head == tail and left.joined[len(head) :] == right.joined[: -len(tail)]
        if turned or left.joined == right.joined:
            return 0.95
    shortest = min(len(left.joined), len(right.joined))
    if kind not in ("person", "any") or shortest < 9 or (left.sounds and len(left.sounds) == len(right.sounds)):
        return 0.0
    allowed = 1 if shortest < 14 else 2
    distance = OSA.distance(left.joined, right.joined, score_cutoff=allowed)
    if distance > allowed:  # lists differ in where the surname stands: words that agree may stand anywhere
        one, two = _unshared(left.tokens, right.tokens), _unshared(right.tokens, left.tokens)
        distance = OSA.distance(one, two, score_cutoff=allowed) if one and two else distance
    return 0.0 if distance > allowed else (0.95, 0.85, 0.78)[distance]


def _unshared(words: tuple[str, ...], others: tuple[str, ...]) -> str:
    """The words that are not among the others, in order and without blanks."""
    free = list(others)
    left = []
    for word in words:
        if word in free:
            free.remove(word)
        else:
            left.append(word)
    return "".join(left)


def fair(left: Form, right: Form, left_sounds: bool, right_sounds: bool) -> bool:
    """Two Korean names are compared by syllables: as words, Kwang and Kang would pass for a slip of the pen.

    :param left_sounds: whether the name has any form with sounds; :param right_sounds: likewise
    """
    return left.tokens == right.tokens or not (left_sounds and right_sounds and not (left.sounds and right.sounds))


def similarity(left: Name, right: Name, kind: str) -> float:
    """How alike two names are with nothing else known, 0 to 1, by the best pair of their forms; see `ALIKE`."""
    sounds_a, sounds_b = any(f.sounds for f in left.forms), any(f.sounds for f in right.forms)
    return max(
        (align(a, b, kind).likeness for a in left.forms for b in right.forms if fair(a, b, sounds_a, sounds_b)),
        default=0.0,
    )
