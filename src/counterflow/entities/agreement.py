"""Agreement of two forms of names: which words answer to which, and what is left over.

Words are paired off one to one, best pairs first. A pair is equal, equal in sound (romanisation), equal in consonants
(transliteration from scripts without vowels), or a slip of the pen apart. Numbers only ever equal themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from counterflow.entities import korean
from counterflow.entities.names import Form, skeleton

__all__ = ["SAME", "SPELT", "Alignment", "align", "alike"]


SAME = 0.93
"""Likeness of two words from which they are taken for one word, spelt in two ways."""

SPELT = 0.9
"""Likeness from which two words may be one word by another romanisation: Daesong, Taesong."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words of two forms answer to which.

    :param pairs: (word on the left, word on the right, likeness 0 to 1), each word once
    :param only_left: words without a counterpart; :param only_right: likewise
    """

    pairs: tuple[tuple[str, str, float], ...]
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()

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


@lru_cache(maxsize=262144)
def alike(a: str, b: str) -> float:
    """How alike two words are, 0 to 1; 0 where they are different words."""
    if a == b:
        return 1.0
    if a.isdigit() or b.isdigit():
        return 0.0
    if len(a) > len(b):
        a, b = b, a
    if len(a) == 1:
        return 0.6 if b.startswith(a) else 0.0
    size = len(b)
    allowed = 0 if size <= 3 else 1 if size <= 5 else 2 if size <= 9 else 3
    best = 0.0
    if size - len(a) <= allowed:
        distance = OSA.distance(a, b, score_cutoff=allowed)
        if distance <= allowed:
            best = max(0.0, 1.0 - 1.3 * distance / size)
    if best < 0.9 and _same_sound(a, b):
        best = max(best, 0.9)
    if best < 0.88:
        bones = skeleton(a)
        if bones == skeleton(b) and (len(bones) >= 3 or (len(bones) == 2 and min(len(a), len(b)) >= 4)):
            vowels_too = OSA.normalized_distance(a, b) <= 0.42  # Hasan and Husayn have the same consonants
            if vowels_too or not (_has_vowels(a) and _has_vowels(b)):
                best = max(best, 0.88 if len(bones) >= 3 else 0.75)
    return best if best >= 0.7 else 0.0


def _has_vowels(word: str) -> bool:
    """Whether it is written with its vowels: transliterated Arabic and Hebrew are not."""
    return sum(c in "aeiou" for c in word) * 4 >= len(word)


def _same_sound(a: str, b: str) -> bool:
    """Whether two words of two or more syllables may be spellings of one Korean word."""
    if len(a) < 5 or len(b) - len(a) > 4:
        return False
    for one in korean.syllables(a)[:2]:
        for two in korean.syllables(b)[:2]:
            if len(one) == len(two) >= 2 and all(
                korean.sounds(x) & korean.sounds(y) for x, y in zip(one, two, strict=True)
            ):
                return True
    return False


def align(left: Form, right: Form, kind: str) -> Alignment:
    """The words of two forms paired off. What that tells is weighed in `counterflow.entities.evidence.naming`.

    :param kind: ``person``, ``body``, ``ship`` or ``any``
    """
    a, b = left.tokens, right.tokens
    pairs = _korean_pairs(left, right) or _pairs(left, right)
    used_a, used_b = {p[0] for p in pairs}, {p[1] for p in pairs}
    only_a = tuple(t for i, t in enumerate(a) if i not in used_a)
    only_b = tuple(t for j, t in enumerate(b) if j not in used_b)
    if (only_a or only_b) and (score := _as_one_run(left, right, kind)):
        return Alignment(tuple((word, word, score) for word in (a if len(a) >= len(b) else b)))
    return Alignment(tuple((a[i], b[j], score) for i, j, score in pairs), only_a, only_b)


def _korean_pairs(left: Form, right: Form) -> list[tuple[int, int, float]]:
    """All syllables paired in order, the surname first or last; empty where the sounds do not all meet."""
    count = len(left.sounds)
    if not count or len(right.sounds) != count:
        return []
    for turn in (0, 1, count - 1):
        found = []
        for i in range(count):
            j = (i + turn) % count
            if not left.sounds[i] & right.sounds[j]:
                break
            found.append((i, j, 1.0 if left.tokens[i] == right.tokens[j] else 0.93))
        else:
            return found
    return []


def _pairs(left: Form, right: Form) -> list[tuple[int, int, float]]:
    """Words paired one to one, most alike first. Korean syllables are too short for slips of the pen."""
    found: list[tuple[int, int, float]] = []
    free_b = dict.fromkeys(range(len(right.tokens)))
    rest_a = []
    for i, one in enumerate(left.tokens):
        same = next((j for j in free_b if right.tokens[j] == one), None)
        if same is None:
            rest_a.append(i)
        else:
            found.append((i, same, 1.0))
            del free_b[same]
    if not rest_a or not free_b:
        return found
    syllabic = bool(left.sounds and right.sounds)
    scored = []
    for i in rest_a:
        for j in free_b:
            if syllabic:
                score = 0.93 if left.sounds[i] & right.sounds[j] else 0.0
            else:
                score = alike(left.tokens[i], right.tokens[j])
            if score:
                scored.append((-score, abs(i - j), i, j))
    taken: set[int] = set()
    for minus, _, i, j in sorted(scored):
        if i not in taken and j in free_b:
            taken.add(i)
            del free_b[j]
            found.append((i, j, -minus))
    return found


def _as_one_run(left: Form, right: Form, kind: str) -> float:
    """How alike the names are without their blanks: Hongxiang, Hong Xiang; 0 where they are not.

    For persons a slip may also fall on a blank (Myongc-Hin); never within a Korean name that is spelt well on both
    sides, where one letter makes another person.
    """
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
    return 0.0 if distance > allowed else (0.95, 0.85, 0.78)[distance]
