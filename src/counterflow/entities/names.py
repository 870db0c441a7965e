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
from dataclasses import dataclass
from functools import cache, lru_cache

from counterflow.entities import korean
from counterflow.entities.transliterate import clean, cut_by_script, han_words, hangul_words, latin, pinyin
from counterflow.entities.words import load

__all__ = ["Form", "Name", "analyse", "kind_of", "number_tokens", "search_queries", "search_tokens", "skeleton"]

_SURNAMES = (
    "강견고곡공곽구국권금기길김나남노도두라량려로류리림마맹명모문민박반방배백변봉부사서석선설성소손송승신심안양어엄여"
    "연염예오옥온왕용우원위유육윤은이인임장전정제조주지진차채천최추태편표피하한함허현형호홍황계렴련룡단당갈"
)
"""Korean surnames of one syllable, in both Northern and Southern spelling."""

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


@dataclass(frozen=True, slots=True)
class Form:
    """One row of words to compare.

    :param tokens: lower-case ASCII words, numbers as digits without leading zeros
    :param sounds: where the name may be Korean: for each token (then a syllable) the Hangul sounds it may stand for
    :param legal: class of the legal form, ``""`` where none is named
    :param how: how it came from the text, for explanations: ``as written``, ``Sino-Korean reading``…
    """

    tokens: tuple[str, ...]
    sounds: tuple[frozenset[str], ...] = ()
    legal: str = ""
    how: str = "as written"

    @property
    def joined(self) -> str:
        """All words without blanks."""
        return "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Name:
    """A written name and its forms; `forms` is empty where there is not one letter or digit in it."""

    text: str
    forms: tuple[Form, ...]


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


@lru_cache(maxsize=131072)
def analyse(text: str, kind: str) -> Name:
    """All forms of a name, best first, duplicates left out.

    :param kind: from `kind_of`
    """
    text = clean(text)
    forms: list[Form] = []
    for part in _without_brackets(text):
        runs = [(script, run) for script, run in cut_by_script(part) if run]
        if len({script for script, _ in runs}) > 1 and all(s in ("Han", "Kana") for s, _ in runs):
            runs = [("Kana", part)]
        for script, run in runs:
            if kind != "person":
                forms.extend(_body(script, run, kind))
            if kind in ("person", "any"):
                forms.extend(_person(script, run))
    unique = {(f.tokens, bool(f.sounds), f.legal): f for f in reversed(forms) if f.tokens}
    return Name(text, tuple(f for f in forms if unique.get((f.tokens, bool(f.sounds), f.legal)) is f)[:8])


def _without_brackets(text: str) -> list[str]:
    """The text, and where it ends in a bracket the text before it: ``Kim Yong Chol (RGB)``."""
    match = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]*)[)\]]\s*", text)
    return [match[1], text] if match else [text]


def _person(script: str, run: str) -> list[Form]:
    if script == "Hangul":
        return [
            *_korean(tuple("".join(c for c in run if korean.is_hangul(c)))),
            Form(tuple(latin(run).split()), how="romanised"),
        ]
    if script == "Han":
        syllables = pinyin(run)
        words = (syllables[0], "".join(syllables[1:])) if len(syllables) > 1 else tuple(syllables)
        hangul = korean.read_hanja("".join(c for c in run if not c.isascii()))
        mandarin = [Form(words, how="Mandarin reading")] if words else []
        return [*mandarin, *(_korean(tuple(hangul), "Sino-Korean reading") if hangul else ())]
    return _plain(run, "as written" if script == "Latin" else f"from {script}")


def _plain(run: str, how: str) -> list[Form]:
    spelled = [w for w in re.sub(r"[/]", " ", latin(run)).split() if w.strip("'")]
    terms = load("terms")
    while len(spelled) > 1 and spelled[0] in terms["honorifics"]:
        spelled = spelled[1:]
    plain = tuple(terms["particles"].get(w, w) for w in (w.replace("'", "") for w in spelled))
    found = [Form(plain, how=how)] if plain else []
    if 1 <= len(spelled) <= 4:
        for way in itertools.islice(itertools.product(*map(_spelled_syllables, spelled)), 4):
            found += _korean(tuple(itertools.chain.from_iterable(way)), how)
    return found


@lru_cache(maxsize=65536)
def _spelled_syllables(word: str) -> tuple[tuple[str, ...], ...]:
    """Ways to cut one word into syllables; a word that is itself a syllable is not cut."""
    ways = korean.syllables(word.strip("'") if not word.endswith("o'") else word)
    return ways[:1] if ways and len(ways[0]) == 1 else tuple(w for w in ways if len(w) == len(ways[0]))[:3]


@cache
def _surname_sounds() -> frozenset[str]:
    return frozenset(s for name in _SURNAMES for s in korean.sounds(name))


def _korean(syllables: tuple[str, ...], how: str = "as written") -> list[Form]:
    """The name as Korean syllables, where it has two to four of them and begins or ends with a Korean surname."""
    if not 2 <= len(syllables) <= 4:
        return []
    sounds = tuple(korean.sounds(s) for s in syllables)
    if not all(sounds) or not (sounds[0] & _surname_sounds() or sounds[-1] & _surname_sounds()):
        return []
    if korean.is_hangul(syllables[0]):
        syllables = tuple(korean.romanise("".join(syllables), "dprk"))
        how = how if how != "as written" else "romanised"
    return [Form(tuple(s.replace("'", "") for s in syllables), sounds, how=how)]


def _body(script: str, run: str, kind: str) -> list[Form]:
    if script == "Hangul":
        return _words(hangul_words(run), kind, "translated from Korean")
    if script == "Han":
        hangul = korean.read_hanja("".join(c for c in run if not c.isascii()))
        read = _words(hangul_words(hangul), kind, "Sino-Korean reading") if hangul else []
        return [*_words(han_words(run), kind, "translated from Chinese"), *read]
    return _words(latin(run), kind, "as written" if script == "Latin" else f"from {script}")


@cache
def _evened() -> tuple[re.Pattern[str], dict[str, str]]:
    phrases: dict[str, str] = load("terms")["phrases"]
    longest = sorted(phrases, key=lambda k: (-len(k), k))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest)) + r")\b"), phrases


@cache
def _legal() -> tuple[re.Pattern[str], dict[str, str]]:
    classes = {form: name for name, forms in load("legal_forms").items() for form in forms}
    longest = sorted(classes, key=lambda k: (-len(k), k))
    return re.compile(r"^(.+?) (" + "|".join(map(re.escape, longest)) + r")$"), classes


def _words(text: str, kind: str, how: str) -> list[Form]:
    terms = load("terms")
    text = text.replace("'", "")
    head, _, rest = text.partition(" ")
    plain = kind == "any" and head in ("m/v", "mv", "m/t", "mt")  # Ms and My may be a person's
    if rest and (plain or (kind == "ship" and head in terms["vessel_prefixes"])):
        text = rest
    text = " ".join(text.replace("/", " ").split())
    pattern, phrases = _evened()
    text = pattern.sub(lambda m: phrases[m[0]], text)
    legal = ""
    pattern, classes = _legal()
    while (match := pattern.match(text)) and kind != "ship":
        text, legal = match[1], classes[match[2]]
        if text in terms["words"].values() and len(text.split()) == 1:
            break
    head, _, rest = text.partition(" ")
    if kind != "ship" and rest and classes.get(head) in ("llc", "jsc"):
        text, legal = rest, legal or classes[head]
    tokens = _numbered([terms["words"].get(w, w) for w in text.split()])
    kept = [t for t in tokens if t not in terms["stop"]]
    return [Form(tuple(kept or tokens), legal=legal, how=how)] if tokens else []


def _numbered(words: list[str]) -> list[str]:
    """Number words as digits, and the word for a numbered unit evened out: ``Bureau No. 39`` → unit 39."""
    terms = load("terms")
    numbers: dict[str, int] = terms["numbers"]
    found: list[str] = []
    for place, word in enumerate(words):
        ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
        value = int(ordinal[1]) if ordinal else int(word) if word.isdigit() and len(word) < 12 else numbers.get(word)
        if value is None and place and place == len(words) - 1:
            value = terms["roman"].get(word)
        if value is None:
            found.append(word)
            continue
        if found and found[-1] in ("no", "nr", "num", "number", "che"):
            found.pop()
        if place and words[place - 1] in numbers and numbers[words[place - 1]] in range(20, 91, 10) and 0 < value < 10:
            value += int(found.pop())
        found.append(str(value))
    units = set(terms["units"])
    return [
        "unit" if w in units and any(n.isdigit() for n in found[max(0, i - 1) : i + 2]) else w
        for i, w in enumerate(found)
    ]


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
            ways.append(["kr" + korean.coarse(t).lower().replace("-", "x") for t in form.tokens])
    for script, run in cut_by_script(text):
        if script in ("Han", "Hangul", "Kana"):
            letters = [c for c in run if not c.isascii()]
            ways.append([a + b for a, b in itertools.pairwise(letters)])
    unique = {tuple(_unique(words)): None for words in ways}
    return [list(words) for words in unique if words]


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(w for w in words if w))
