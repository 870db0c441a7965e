"""Chinese names in Latin letters: the Mandarin syllables (Pinyin, without tones) that a spelling may stand for.

Xi Jinping is Hsi Chin-p'ing in Wade-Giles, Zhang Guorong is Cheung Kwok Wing in Hong Kong and Chen is Tan or Chan
overseas. A Pinyin or Wade-Giles syllable follows from a rule, a Cantonese or Hokkien one from a table
(``words/chinese.yaml``). Apostrophes are often left out, so Wade-Giles chin is Pinyin jin or qin; two spellings agree
where the sets meet.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from counterflow.entities.words import load

__all__ = ["coarse", "is_surname", "same_characters", "sounds", "syllables"]

_WADE = (
    ("zh", "ch"), ("ch", "ch'"), ("sh", "sh"), ("b", "p"), ("p", "p'"), ("d", "t"), ("t", "t'"), ("g", "k"),
    ("k", "k'"), ("j", "ch"), ("q", "ch'"), ("x", "hs"), ("r", "j"), ("z", "ts"), ("c", "ts'"),
)  # fmt: skip
_WHOLE = {
    "zhi": "chih", "chi": "ch'ih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tz'u", "si": "szu", "er": "erh",
    "ge": "ko", "ke": "k'o", "he": "ho", "e": "o", "you": "yu", "yi": "i", "ye": "yeh", "yan": "yen", "gui": "kuei",
    "kui": "k'uei", "luo": "lo", "nuo": "no", "ruo": "jo", "duo": "to", "tuo": "t'o", "zuo": "tso", "cuo": "ts'o",
    "suo": "so", "ju": "chu", "qu": "ch'u", "xu": "hsu",
}  # fmt: skip


def _wade_giles(pinyin: str) -> str:
    """Taylor and Giles's spelling of a Pinyin syllable, without diacritics."""
    if pinyin in _WHOLE:
        return _WHOLE[pinyin]
    head, rest = "", pinyin
    for old, new in _WADE:
        if pinyin.startswith(old):
            head, rest = new, pinyin[len(old) :]
            break
    rest = re.sub(r"ong$", "ung", rest)
    rest = re.sub(r"ian$", "ien", rest)
    rest = re.sub(r"([iu])e$", r"\1eh", rest)
    return head + rest


@cache
def _table() -> dict[str, frozenset[str]]:
    """Spelling → Pinyin syllables."""
    found: dict[str, set[str]] = {}
    data = load("chinese")
    for head, tails in data["pinyin"].items():
        for tail in tails.split():
            syllable = (head + tail).replace("_", "")
            found.setdefault(syllable, set()).add(syllable)
            wade = _wade_giles(syllable)
            found.setdefault(wade, set()).add(syllable)
            found.setdefault(wade.replace("'", ""), set()).add(syllable)
    for spelling, syllables in data["elsewhere"].items():
        found.setdefault(spelling, set()).update(syllables.split())
    return {spelling: frozenset(of) for spelling, of in found.items()}


@cache
def _surnames() -> frozenset[str]:
    return frozenset(load("chinese")["surnames"].split())


def sounds(syllable: str) -> frozenset[str]:
    """Pinyin syllables that a Latin one may stand for; empty where it is none."""
    return _table().get(syllable, frozenset())


_CLASSES = {"C": "zh ch j q z c", "S": "sh x s", "P": "b p f", "T": "d t", "K": "g k h", "N": "n l", "Y": "r y w"}
_HEADS = tuple((head, code) for code, heads in _CLASSES.items() for head in heads.split())


@lru_cache(maxsize=65536)
def coarse(syllable: str) -> str:
    """One code that nearly all spellings of a syllable share, and some other syllables too; ``""`` where it is none."""
    found = min(sounds(syllable), default="")
    for head, code in _HEADS:
        if found.startswith(head):
            return "z" + code + re.sub(r"[iu]([aeo])", r"\1", found[len(head) :])
    return "z" + found if found else ""


def is_surname(syllable: str) -> bool:
    """Whether it may be a Chinese surname, in any spelling."""
    return not sounds(syllable).isdisjoint(_surnames())


@lru_cache(maxsize=65536)
def syllables(word: str) -> tuple[str, ...]:
    """A Latin word as one or two Chinese syllables, the longer one first; empty where it is not two."""
    if word in _table():
        return (word,)
    for at in range(min(6, len(word) - 1), 0, -1):
        if word[:at] in _table() and word[at:] in _table():
            return word[:at], word[at:]
    return ()


@cache
def _plain_characters() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in load("chinese")["simplified"].split()}


def same_characters(one: str, two: str) -> float:
    """How alike two words in Chinese characters are: 1 where they differ at most as traditional from simplified ones.
    In a long word, a foreign name by ear, one character may be another."""
    one, two = one.translate(_plain_characters()), two.translate(_plain_characters())
    if one == two:
        return 1.0
    if len(one) != len(two) or len(one) < 5:
        return 0.0
    return 0.8 if sum(a != b for a, b in zip(one, two, strict=True)) == 1 else 0.0
