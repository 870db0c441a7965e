"""Names: every way one written name may be compared, worked out once.

A `Name` has one or more *forms*, each a row of plain Latin words: as written, as romanised in one system or another, as
read in another language (金铁三 is Jin Tiesan in Chinese and Kim Chol Sam in Korean), as translated (은행 → bank).
Two names agree as well as their best pair of forms. Nothing is thrown away before comparison that could tell two
parties apart: numbers stay (Office 39 is not Office 38), legal forms are set aside, not dropped.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import lru_cache

from counterflow.entities import bodies, chinese, korean, persons
from counterflow.entities.forms import Form, Name
from counterflow.entities.transliterate import clean, cut_by_script, in_one_script, latin

__all__ = [
    "Form",
    "Name",
    "analyse",
    "kind_of",
    "number_tokens",
    "search_queries",
    "search_tokens",
    "skeleton",
    "sound_codes",
]

_DIGRAPHS = {
    "sch": "s",
    "kh": "k",
    "gh": "g",
    "sh": "s",
    "ch": "c",
    "th": "t",
    "dh": "d",
    "ph": "f",
    "ts": "c",
    "tz": "c",
}
_ONE_LETTER = str.maketrans("qzx", "kss")


def kind_of(schema: str) -> str:
    """How names of a schema are read: ``person``, ``ship``, ``body``, or ``any`` where it may be a person or a body."""
    return {"Person": "person", "Vessel": "ship", "LegalEntity": "any", "Thing": "any"}.get(schema, "body")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of a word, spelled one way: mohammed, muhamad and mhmd are all ``mhmd``. Numbers stay whole."""
    if word.isdigit():
        return word
    for spelling, letter in _DIGRAPHS.items():
        word = word.replace(spelling, letter)
    word = word.translate(_ONE_LETTER)
    bare = word[:1].replace("w", "v").replace("y", "") + re.sub(r"[wyaeiou]", "", word[1:])
    bare = bare if len(bare.lstrip("aeiou")) < 2 else bare.lstrip("aeiou")
    bare = bare.removesuffix("h") if len(bare) > 3 else bare
    return re.sub(r"(.)\1+", r"\1", bare)


@lru_cache(maxsize=1 << 17)
def analyse(text: str, kind: str) -> Name:
    """All forms of a name, best first, duplicates left out.

    :param kind: from `kind_of`
    """
    text = clean(text)
    found: list[Form] = []
    for part in _without_brackets(in_one_script(text)):
        runs = [(script, run) for script, run in cut_by_script(part) if run]
        if len({script for script, _ in runs}) > 1 and all(s in ("Han", "Kana") for s, _ in runs):
            runs = [("Kana", part)]
        for script, run in runs:
            if kind != "person":
                found += bodies.forms(script, run, kind)
            if kind in ("person", "any"):
                found += persons.forms(script, run)
    unique: dict[tuple[tuple[str, ...], bool, str], Form] = {}
    for form in found:
        unique.setdefault((form.tokens, bool(form.sounds), form.legal), form)
    return Name(text, tuple(unique.values())[:8])


def _without_brackets(text: str) -> list[str]:
    """The text, and where it ends in a bracket the text before it: ``Kim Yong Chol (RGB)``."""
    match = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]*)[)\]]\s*", text)
    return [match[1], text] if match else [text]


def sound_codes(form: Form) -> list[str]:
    """One code a syllable that all its spellings share (nearly all, in Chinese), and some other syllables too; empty
    where the form has no syllables. For finding, not for judging."""
    if not form.sounds:
        return []
    hangul = all(any(not s.isascii() for s in sounds) for sounds in form.sounds)
    return [korean.coarse(t) if hangul else chinese.coarse(t) for t in form.tokens]


def search_tokens(text: str) -> list[str]:
    """Words under which a text is found by free search, in a fixed order: plain words, all readings of the name, Korean
    syllables by sound, and pairs of neighbouring characters of Chinese, Japanese and Korean text."""
    return _unique(word for words in search_queries(text) for word in words)


def number_tokens(text: str) -> list[str]:
    """Words under which a number or an id is found, which nobody romanises: the first of its `search_queries`."""
    return _unique(_plainly(clean(text)))


def _plainly(text: str) -> list[str]:
    return [word.replace("'", "") for word in latin(text).replace("/", " ").split()]


def search_queries(text: str) -> list[list[str]]:
    """The ways to ask for a text: it is found where *all* words of *any one* way are among its `search_tokens`."""
    text = clean(text)
    ways = [_plainly(text)]
    for form in analyse(text, "any").forms:
        ways.append(list(form.tokens))
        if form.sounds:
            ways.append(["kr" + code.lower().replace("-", "x") for code in sound_codes(form)])
    for script, run in cut_by_script(text):
        if script in ("Han", "Hangul", "Kana"):
            letters = [c for c in run if not c.isascii()]
            ways.append([a + b for a, b in itertools.pairwise(letters)])
    unique = {tuple(_unique(words)): None for words in ways}
    return [list(words) for words in unique if words]


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(w for w in words if w))
