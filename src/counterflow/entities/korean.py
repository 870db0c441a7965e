"""Korean names: Hangul to Latin letters in every spelling in use, and back to the sounds a spelling may stand for.

One person is Kim Jong Un (North Korean spelling), Gim Jeong-eun (Revised Romanisation, 2000), Kim Chŏng-ŭn
(McCune-Reischauer, 1939; on US lists ``Kim Cho'ng-u'n``), 김정은 and 金正恩. No romanisation can be turned into another
one letter by letter, but each Latin syllable can be turned into the set of Hangul syllables that it may have been
written for. Two spellings agree where these sets meet.

A *sound* is one Hangul syllable (vowel, consonants) after two foldings that spelling cannot show: the initial-sound
rule (리 = 이, 로 = 노 at the head of a name), and tense for plain consonants.
"""

from __future__ import annotations

import itertools
import re
from functools import cache, lru_cache

from counterflow.entities.words import load

__all__ = ["SYLLABLE", "coarse", "is_hangul", "read_hanja", "romanise", "sounds", "syllables"]

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"

_FINALS = "_ k k k n n n t l l l l l l l l m p p t t ng t t k t p t"
_SYSTEMS: dict[str, tuple[list[str], list[str], list[str]]] = {
    system: (initials.split(), vowels.split(), _FINALS.split())
    for system, initials, vowels in (
        (
            "dprk",
            "k kk n t tt r m p pp s ss _ j jj ch kh th ph h",
            "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
        ),
        (
            "revised",
            "g kk n d tt r m b pp s ss _ j jj ch k t p h",
            "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
        ),
        (
            "mccune",
            "k kk n t tt r m p pp s ss _ ch tch ch' k' t' p' h",
            "a ae ya yae o' e yo' ye o wa wae oe yo u wo we wi yu u' ui i",
        ),
    )
}
"""Letters of initials, vowels and finals in Unicode's order; ``_`` is silent."""

# What a Latin spelling may stand for. Initials: plain and aspirated are kept apart where the spelling keeps them apart.
_INITIAL_SPELLINGS = {
    "": "ㅇ", "g": "ㄱ", "gg": "ㄱ", "kk": "ㄱ", "k": "ㄱㅋ", "kh": "ㅋ", "k'": "ㅋ", "q": "ㄱ",
    "n": "ㄴㄹ", "d": "ㄷ", "dd": "ㄷ", "tt": "ㄷ", "t": "ㄷㅌ", "th": "ㅌ", "t'": "ㅌ",
    "r": "ㄹ", "l": "ㄹ", "rh": "ㄹ", "m": "ㅁ",
    "b": "ㅂ", "bb": "ㅂ", "pp": "ㅂ", "p": "ㅂㅍ", "ph": "ㅍ", "p'": "ㅍ", "v": "ㅂ",
    "s": "ㅅ", "ss": "ㅅ", "sh": "ㅅ",
    "j": "ㅈ", "jj": "ㅈ", "tch": "ㅈ", "z": "ㅈ", "ch": "ㅈㅊ", "ch'": "ㅊ", "chh": "ㅊ", "h": "ㅎ",
}  # fmt: skip
_VOWEL_SPELLINGS = {
    "a": "ㅏ", "ah": "ㅏ", "ar": "ㅏ", "ae": "ㅐ", "ai": "ㅐ", "ay": "ㅐ", "ya": "ㅑ", "yae": "ㅒ",
    "e": "ㅔㅐ", "eh": "ㅔ", "ye": "ㅖㅕ", "eo": "ㅓ", "o'": "ㅓ", "o": "ㅗㅓ", "oh": "ㅗㅓ", "uh": "ㅓ", "ur": "ㅓ",
    "yeo": "ㅕ", "yo'": "ㅕ", "yo": "ㅛㅕ", "you": "ㅕㅠ", "yeu": "ㅠ", "wa": "ㅘ", "oa": "ㅘ", "wae": "ㅙ",
    "oe": "ㅚ", "oi": "ㅚ", "we": "ㅞㅚ", "u": "ㅜㅡㅓ", "oo": "ㅜ", "ou": "ㅜ", "wu": "ㅜ", "woo": "ㅜ",
    "wo": "ㅝ", "wo'": "ㅝ", "weo": "ㅝ", "wi": "ㅟ", "yu": "ㅠㅕ", "yoo": "ㅠ", "eu": "ㅡ", "u'": "ㅡ",
    "ui": "ㅢ", "u'i": "ㅢ", "eui": "ㅢ", "i": "ㅣ", "ee": "ㅣ", "yi": "ㅣ",
}  # fmt: skip
_FINAL_SPELLINGS = {
    "": "", "k": "k", "g": "k", "c": "k", "n": "n", "l": "l", "m": "m", "p": "p", "b": "p", "ng": "ng",
    "t": "t",
}  # fmt: skip
_FOLD_INITIAL = str.maketrans("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ")
_PALATAL = set("ㅑㅒㅕㅖㅛㅠㅣ")
_COARSE_INITIAL = dict(zip("ㄱㅋㄴㄷㅌㄹㅁㅂㅍㅅㅇㅈㅊㅎ", "KKNTTNMPPS-CCH", strict=True))
_COARSE_VOWEL = dict(
    zip(
        _VOWELS,
        [
            "A",
            "E",
            "YA",
            "YO",
            "O",
            "E",
            "YO",
            "YO",
            "O",
            "WA",
            "E",
            "E",
            "YO",
            "O",
            "WO",
            "E",
            "WI",
            "YO",
            "O",
            "I",
            "I",
        ],
        strict=True,
    )
)


def _longest(keys: dict[str, str]) -> str:
    return "|".join(re.escape(k) for k in sorted(keys, key=lambda k: (-len(k), k)) if k)


_END = "(?:ng|[kgcnlmpbt])"
_SYLLABLE = re.compile(f"({_longest(_INITIAL_SPELLINGS)})?(?!eh{_END}$)({_longest(_VOWEL_SPELLINGS)})({_END})?")
SYLLABLE = f"(?:{_longest(_INITIAL_SPELLINGS)})?(?:{_longest(_VOWEL_SPELLINGS)}){_END}?"
"""Pattern of one syllable in Latin letters, in any system."""


def is_hangul(char: str) -> bool:
    """Whether it is a whole Hangul syllable."""
    return "가" <= char <= "힣"


def _parts(syllable: str) -> tuple[int, int, int]:
    code = ord(syllable) - 0xAC00
    return code // 588, code // 28 % 21, code % 28


def romanise(text: str, system: str) -> list[str]:
    """Each Hangul syllable of `text` in Latin letters; other characters are left out.

    Syllable by syllable, as names are spelt: assimilation between syllables is not written in names.

    :param system: ``dprk``, ``revised`` or ``mccune`` (breve and aspiration as apostrophes, as US lists print them)
    """
    initials, vowels, finals = _SYSTEMS[system]
    found = []
    for char in filter(is_hangul, text):
        i, v, f = _parts(char)
        found.append((initials[i] + vowels[v] + finals[f]).replace("_", ""))
    return found


@cache
def _hanja() -> dict[str, str]:
    return {char: reading for reading, chars in load("hanja").items() for char in chars}


def read_hanja(text: str) -> str | None:
    """Chinese characters in their Sino-Korean reading, 金正恩 → 김정은; None where a character is not in the table."""
    table = _hanja()
    read = [char if is_hangul(char) else table.get(char) for char in text if not char.isspace()]
    return "".join(r for r in read if r) if read and all(read) else None


def _fold(initial: str, vowel: str) -> str:
    """Initial-sound rule: ㄹ and ㄴ fall silent before i and y, ㄹ is ㄴ elsewhere. Written in the South only."""
    initial = initial.translate(_FOLD_INITIAL)
    if initial in "ㄹㄴ":
        return "ㅇ" if vowel in _PALATAL else "ㄴ"
    return initial


@lru_cache(maxsize=65536)
def sounds(syllable: str) -> frozenset[str]:
    """The sounds that a syllable may stand for: a Hangul syllable has one, a Latin one several, anything else none."""
    if len(syllable) == 1 and is_hangul(syllable):
        i, v, f = _parts(syllable)
        final = _SYSTEMS["dprk"][2][f].replace("_", "")
        return frozenset([_fold(_INITIALS[i], _VOWELS[v]) + _VOWELS[v] + final])
    match = _SYLLABLE.fullmatch(syllable)
    if match is None:
        return frozenset()
    initial, vowel, final = match[1] or "", match[2], match[3] or ""
    return frozenset(
        _fold(i, v) + v + _FINAL_SPELLINGS[final]
        for i, v in itertools.product(_INITIAL_SPELLINGS[initial], _VOWEL_SPELLINGS[vowel])
    )


@lru_cache(maxsize=65536)
def coarse(syllable: str) -> str:
    """One code that all spellings of a syllable share, and some other syllables too: for finding, not for judging."""
    found = sounds(syllable)
    if not found:
        return ""
    sound = min(found, key=lambda s: (_COARSE_INITIAL[s[0]] == "-", s))
    return _COARSE_INITIAL[sound[0]] + _COARSE_VOWEL[sound[1]] + sound[2:]


@lru_cache(maxsize=65536)
def syllables(word: str) -> tuple[tuple[str, ...], ...]:
    """Every way to cut a Latin word into one to four Korean syllables, fewest first; empty where there is none.

    ``jongun`` → (jong, un), (jon, gun): the cut is ambiguous, and both are kept. Apostrophes belong to the spelling.
    """
    ways: list[tuple[str, ...]] = []

    def cut(rest: str, done: tuple[str, ...]) -> None:
        if not rest:
            ways.append(done)
        elif len(done) < 4:
            for end in range(min(len(rest), 7), 0, -1):
                if _SYLLABLE.fullmatch(rest[:end]):
                    cut(rest[end:], (*done, rest[:end]))

    if len(word) <= 14:
        cut(word, ())
    return tuple(sorted(ways, key=lambda w: (len(w), w))[:6])
