"""How words of different scripts sound alike: each letter may stand for several sounds, and two words agree where one
row of sounds could be written both ways.

A transliteration table maps a letter to one letter; names were carried over by ear instead, by many hands: 베토벤 is
Beethoven, محمد Mohammed, Muhamad or Mehmet, 斯图尔 Stuhr. So a word becomes a row of *units*, each the set of sounds
that its letter may have (``words/letters.yaml``), and words are aligned unit by unit (Needleman and Wunsch 1970): free
where the sets meet, cheap where sounds are neighbours or a vowel is left out, which abjads do not write and Korean,
Japanese and Chinese add.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel

from counterflow.entities.compiling import compiled
from counterflow.entities.lookup_kernels import aligned
from counterflow.entities.words import load

__all__ = ["ABJADS", "Unit", "bones", "heard", "heard_apart", "sounding", "units"]

ABJADS = frozenset({"Arabic", "Hebrew"})
"""Scripts that leave short vowels out."""

Unit = tuple[int, float, str]
"""Sounds a letter may stand for, as a set of bits; what leaving it out costs; its first sound."""

_SIGNS = "pbfvmwtdTszSCJZckgxhnlryaeiou"
_BIT = {sign: 1 << n for n, sign in enumerate(_SIGNS)}
_VOWELS = sum(_BIT[s] for s in "aeiou")
_VOWELISH = _VOWELS | _BIT["y"] | _BIT["w"]
_FULL = 0.3
"""Cost of a vowel left out between scripts that write their vowels."""

_BARE = 0.1
"""The same where one side is an abjad."""


@cache
def _letters(script: str) -> dict[str, tuple[Unit, ...]]:
    table: dict[str, str] = load("letters")[script]
    return {letter: tuple(map(_read_unit, told.split(" + "))) for letter, told in table.items()}


def _read_unit(told: str) -> Unit:
    signs, _, cost = told.strip().partition(" ")
    vowel = all(s in "aeiouyw" for s in signs)
    return sum(_BIT[s] for s in set(signs)), float(cost) if cost else _FULL if vowel else 1.0, signs[0]


@cache
def _pattern(script: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _letters(script)), key=lambda k: (-len(k), k))))


@cache
def _near() -> dict[int, int]:
    """Each sound's bit → the bits of its neighbours."""
    near = dict.fromkeys(_BIT.values(), 0)
    for one, two in load("letters")["near"]:
        near[_BIT[one]] |= _BIT[two]
        near[_BIT[two]] |= _BIT[one]
    return near


@lru_cache(maxsize=1 << 14)
def _neighbours(mask: int) -> int:
    found = 0
    for bit, others in _near().items():
        if bit & mask:
            found |= others
    return found


_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MEDIALS, _FINALS = (
    row.split()
    for row in (
        "ㅏ ㅐ yㅏ yㅐ ㅓ ㅔ yㅓ yㅔ ㅗ wㅏ wㅐ wㅔ yㅗ ㅜ wㅓ wㅔ wㅣ yㅜ ㅡ ㅣ ㅣ",
        "_ ㄱ ㄱ ㄱ ㄴ ㄴ ㄴ ㄷ ㄹ ㄹ ㄹ ㄹ ㄹ ㄹ ㄹ ㄹ ㅁ ㅂ ㅂ t t N ㄷ ㄷ ㄱ ㄷ ㅂ ㄷ",
    )
)
"""Letters of a Hangul syllable in Unicode's order: head, glide and vowel, end; ``_`` is silent."""

_GLIDES = {p: (_read_unit(told),) for p, told in {"y": "yiJ 0.2", "w": "wuvog 0.2", "t": "tdTsCS", "N": "ng"}.items()}
"""Glides before a vowel, and finals that sound otherwise than the letter does at the head."""


def _hangul(word: str) -> list[Unit]:
    table = _letters("hangul")
    found: list[Unit] = []
    for char in word:
        if not "가" <= char <= "힣":
            continue
        code = ord(char) - 0xAC00
        parts = _INITIALS[code // 588] + _MEDIALS[code // 28 % 21] + _FINALS[code % 28]
        for part in parts:
            found += _GLIDES.get(part) or table.get(part, ())
    return found


def _han(word: str) -> list[Unit]:
    from counterflow.entities.transliterate import pinyin

    table = _letters("han")
    found: list[Unit] = []
    for syllable in pinyin(word):
        match = re.fullmatch(r"([zcs]h|[bpmfdtnlgkhjqxrzcswy])?([aeiou]*)(ng?|r)?", syllable)
        if match is None:
            continue
        head, vowels, tail = match[1] or "", match[2], match[3] or ""
        found += table.get(head, ())
        if vowels:
            mask = 0
            for v in vowels:
                mask |= table[v][0][0]
            # A syllable that ends in its vowel often stands for its consonant alone: 斯 s, 特 t, 克 k.
            found.append((mask, 0.1 if vowels in ("e", "i", "u", "uo", "o") and not tail else _FULL, vowels[0]))
        if tail:
            found += table["r." if tail == "r" else "n."]
    return found


@cache
def _kana_table() -> dict[str, str]:
    """Katakana → Latin syllable, from the characters' own names in Unicode."""
    found = {}
    for code in range(0x30A1, 0x30FB):
        name = unicodedata.name(chr(code)).removeprefix("KATAKANA LETTER ").lower()
        found[chr(code)] = name.removeprefix("small ")
    mend = {"si": "shi", "zi": "ji", "ti": "chi", "di": "ji", "tu": "tsu", "du": "zu", "hu": "fu"}
    return {kana: mend.get(name, name) for kana, name in found.items()}


_SMALL = "ァィゥェォャュョ"


def _kana(word: str) -> list[Unit]:
    table, names = _letters("kana"), _kana_table()
    text = ""
    for char in "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in word):
        if char in "ッー・" or char not in names:
            continue
        sound = names[char]
        if char in _SMALL and text:
            if sound[0] == "y":  # シャ sha, キャ kya
                text = text[:-1] + (sound[1:] if text[:-1].endswith(("sh", "ch", "j")) else sound)
            else:  # ファ fa, ティ ti, ウィ wi
                text = text[:-1] + ("w" if text.endswith("u") and len(text) == 1 else "") + sound
        else:
            text += sound
    return [unit for m in _pattern("kana").finditer(text) for unit in table[m[0]]]


_FOLD = str.maketrans({"ך": "כ", "־": " ", "׳": "'", "’": "'", "`": "'", "ي": "ي", "ﻻ": "لا"})


def units(word: str, script: str, bare: bool = False) -> tuple[Unit, ...]:
    """The units of a word, runs of vowels as one and doubled consonants once.

    :param script: from `transliterate.script_of`; any other is read as the Latin letters of its transliteration
    :param bare: the word is to be compared with one that leaves its vowels out
    """
    return tuple((mask, spared if bare else cost, first) for mask, cost, spared, first in _units(word, script))


@lru_cache(maxsize=1 << 17)
def _units(word: str, script: str) -> tuple[tuple[int, float, float, str], ...]:
    """The units, with the cost of leaving each out both ways."""
    if script == "Hangul":
        found = _hangul(word)
    elif script == "Han":
        found = _han(word)
    elif script == "Kana":
        found = _kana(word)
    else:
        key = script.lower()
        if key in ("arabic", "hebrew", "cyrillic", "greek"):
            text = unicodedata.normalize("NFD" if key == "greek" else "NFC", word.lower().translate(_FOLD))
        else:
            from counterflow.entities.transliterate import latin

            key, text = "latin", word if word.isascii() and word.islower() else latin(word)
        table = _letters(key)
        found = [unit for m in _pattern(key).finditer(text) for unit in table[m[0]]]
    merged: list[tuple[int, float, float, str]] = []
    for place, (mask, full, first) in enumerate(found):
        vowel = not mask & ~_VOWELISH and script not in ABJADS
        cost, spared = full, _BARE if vowel and full == _FULL else full
        if first == "r" and script == "Latin" and (place + 1 == len(found) or found[place + 1][0] & ~_VOWELISH):
            cost = spared = 0.4  # not heard in half of English: Kirk is 커크
        if merged:
            before, paid, saved, sign = merged[-1]
            if before == mask and (script != "Hangul" or sign in "lnm"):
                continue
            if vowel and not before & ~_VOWELISH:
                merged[-1] = (before | mask, max(paid, cost), max(saved, spared), sign)
                continue
        merged.append((mask, cost, spared, first))
    return tuple(merged)


def sounding(word: str, script: str) -> list[tuple[int, int, float, float]]:
    """Of each unit of a word its sounds and those next to them, as bits, and the cost of leaving it out, between
    scripts that write their vowels, and where one does not."""
    return [(mask, _neighbours(mask), cost, spared) for mask, cost, spared, _ in _units(word, script)]


@lru_cache(maxsize=1 << 17)
def _arrays(word: str, script: str, bare: bool) -> tuple[Any, Any, float]:
    """A word's units for the kernel: (sounds, sounds next to them) of each, what leaving it out costs, and the sum."""
    row = units(word, script, bare)
    masks = np.array([(mask, _neighbours(mask)) for mask, _, _ in row], np.int64).reshape(-1, 2)
    costs = [cost for _, cost, _ in row]
    return masks, np.array(costs, np.float64), sum(costs)


@lru_cache(maxsize=1 << 16)
def heard_apart(one: str, two: str) -> float:
    """How many consonants two Latin words are apart by ear; 0 for Qaddafi and Gaddafi."""
    a, b = _arrays(one, "Latin", False), _arrays(two, "Latin", False)
    return float(compiled(aligned)(a[0], a[1], b[0], b[1], np.inf, np.empty(len(b[1]) + 1)))


@lru_cache(maxsize=1 << 18)
def heard(one: str, script: str, two: str, other: str) -> float:
    """How alike two words of different scripts sound, 0 to 1."""
    first, second = bones(one, script), bones(two, other)
    if min(len(first), len(second)) > 1 and Indel.normalized_similarity(first, second) < 0.5:
        return 0.0  # whatever the vowels, not one word: saves the alignment
    bare = script in ABJADS or other in ABJADS
    a, b = _arrays(one, script, bare), _arrays(two, other, bare)
    if not len(a[1]) or not len(b[1]):
        return 0.0
    cost = float(compiled(aligned)(a[0], a[1], b[0], b[1], np.inf, np.empty(len(b[1]) + 1)))
    return max(0.0, 1.0 - cost / max(1.0, (a[2] + b[2]) / 2))


_CLASS = {s: group[0] for group in ("pbfv", "tdT", "szSCJZc", "kgx", "lr", "nm") for s in group}


@lru_cache(maxsize=1 << 17)
def bones(word: str, script: str = "Latin") -> str:
    """The consonants of a word by class (lips, teeth, hiss, throat, flow, nose): equal, or nearly, for one name in any
    scripts. For finding, not for judging; weak letters (h, w, y, vowels) are left out."""
    found = ""
    for _, cost, _, first in _units(word, script):
        code = _CLASS.get(first, "") if cost >= 0.6 or first == "r" else ""
        if code != found[-1:]:
            found += code
    return found
