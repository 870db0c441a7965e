"""Likeness of two words: how many slips of the pen they are apart, or how alike they sound.

Equal in sound (romanisation), equal in consonants (transliteration from scripts without vowels), short for one another
(nicknames, initials), one given name in two languages, or some letters apart. Numbers only ever equal themselves.
"""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz.distance import OSA, Indel

from counterflow.entities import korean, phonetics
from counterflow.entities.names import skeleton
from counterflow.entities.words import load

__all__ = [
    "HEARD",
    "INFINITE",
    "LETTERS",
    "WORD",
    "alike",
    "by_ear",
    "by_letter",
    "given_names",
    "has_vowels",
    "in_latin",
]

WORD = 0.7
"""Least likeness of two words that answer to each other; below it a slip is weighed only as part of the whole name."""

HEARD = {True: (0.85, 0.8, 0.76, 0.66, 0.6), False: (0.7, 0.64, 0.6, 0.58, 0.55)}
"""Least likeness by ear of two words of different scripts that answer to each other, by the consonants they have: more
where one is written without its vowels (True)."""

LETTERS = 0.4
"""Least share of letters in common, in order, of words that are looked at any closer."""

INFINITE = 99.0
"""Slips between two words that are not one word."""


@lru_cache(maxsize=262144)
def alike(a: str, b: str) -> float:
    """How alike two Latin words are, 0 to 1; 0 where they are different words."""
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
            if vowels_too or not (has_vowels(a) and has_vowels(b)):
                best = max(best, 0.88 if len(bones) >= 3 else 0.75)
    if best < 0.85 and (told := _one_given_name(a, b)):
        best = max(best, told)
    return best if best >= WORD else 0.0


SHORT, TRANSLATED = 0.85, 0.72
"""Likeness of a given name and its short form; and of one given name in two languages, which tells less."""

ACROSS = 1000
"""Number of the first row of names across languages; smaller ones are of short forms."""


@cache
def given_names() -> dict[str, frozenset[int]]:
    """A given name → rows of the table that it stands in: those of short forms, and from `ACROSS` on of languages."""
    found: dict[str, set[int]] = {}
    for first, kind in ((0, "short"), (ACROSS, "across")):
        for n, names in enumerate(load("given_names")[kind], first):
            for name in names:
                found.setdefault(name, set()).add(n)
    return {name: frozenset(of) for name, of in found.items()}


def _one_given_name(a: str, b: str) -> float:
    """Likeness of two given names that may stand for each other, 0 where they may not."""
    names = given_names()
    if a not in names or b not in names:
        return 0.0
    return max((SHORT if n < ACROSS else TRANSLATED for n in names[a] & names[b]), default=0.0)


def has_vowels(word: str) -> bool:
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


@lru_cache(maxsize=262144)
def _slips(a: str, b: str) -> float:
    """Slips of the pen between two Latin words; infinite where they are too many for words of this length."""
    size = max(len(a), len(b))
    allowed = 0 if size <= 2 else 1 if size == 3 else 2 if size <= 12 else 3
    distance = OSA.distance(a, b, score_cutoff=max(allowed, 2 * size // 5))
    if distance > 1 and 3 * distance <= size and (apart := phonetics.heard_apart(a, b)) <= 0.6:
        return min(distance, 0.5 + apart)
    return INFINITE if distance > allowed or _two_known(a, b) else float(distance)


@lru_cache(maxsize=65536)
def by_letter(a: str, b: str, script: str) -> float:
    """The same for two words of one other script, by its own letters; an abjad has few of them, each tells more."""
    size = max(len(a), len(b))
    if script in phonetics.ABJADS:
        allowed = 0 if size <= 2 else 1 if size <= 5 else 2
    else:
        allowed = 0 if size <= 2 else 1 if size <= 4 else 2
    distance = OSA.distance(a, b, score_cutoff=allowed)
    return INFINITE if distance > allowed else float(distance)


@cache
def _known() -> frozenset[str]:
    return frozenset(load("terms")["countries"])


def _two_known(a: str, b: str) -> bool:
    """Chile and China, Chad and China: two words, not a slip."""
    return a in _known() and b in _known()


@lru_cache(maxsize=262144)
def by_ear(one: str, script: str, two: str, other: str) -> float:
    """Likeness by ear, 0 where it is too little for words of so few consonants."""
    found = phonetics.heard(one, script, two, other)
    least = HEARD[script in phonetics.ABJADS or other in phonetics.ABJADS]
    if found < least[-1]:
        return 0.0
    told = min(len(phonetics.bones(one, script)), len(phonetics.bones(two, other)))
    return found if found >= least[min(told, len(least) - 1)] else 0.0


@lru_cache(maxsize=262144)
def in_latin(a: str, b: str) -> tuple[float, float]:
    """Likeness of two Latin words, 0 where they are different words, and the slips of the pen between them."""
    known = given_names()
    if Indel.normalized_similarity(a, b) < LETTERS and len(a) > 1 < len(b) and not (a in known and b in known):
        return 0.0, 0.0
    found, slips = alike(a, b), _slips(a, b)
    if len(a) == 1 or len(b) == 1:  # an initial is no slip, but it is not the name either
        return found, 0.8
    if found >= 0.85:
        return found, min(slips, 0.9)
    if found:
        return found, min(slips, 1.2)
    if slips < INFINITE:
        return max(0.3, 1.0 - 1.3 * slips / max(len(a), len(b))), slips
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if 2 <= len(short) <= len(long) - 2 and long.startswith(short):  # cut off
        return 0.4, 2.5
    return 0.0, 0.0
