"""Names of persons: every way one may be read, in the script it is written in.

Latin, Cyrillic, Arabic, Hebrew, Greek, Kana and all other alphabets give one row of words each, particles and compounds
evened out; Hangul, Chinese characters and their romanisations also give rows of syllables with the sounds they stand
for (`korean`, `chinese`).
"""

from __future__ import annotations

import itertools
import re
from functools import cache, lru_cache

from counterflow.entities import chinese, korean
from counterflow.entities.forms import Form
from counterflow.entities.transliterate import latin, pinyin
from counterflow.entities.words import load

__all__ = ["by_word", "forms"]

_SURNAMES = (
    "강견고곡공곽구국권금기길김나남노도두라량려로류리림마맹명모문민박반방배백변봉부사서석선설성소손송승신심안양어엄여"
    "연염예오옥온왕용우원위유육윤은이인임장전정제조주지진차채천최추태편표피하한함허현형호홍황계렴련룡단당갈"
)
"""Korean surnames of one syllable, in both Northern and Southern spelling."""

_DOTS = re.compile(r"[\s·・‧•∙．｡。,，;/－-]+")
_ABD = re.compile(r"ab[dt][aeiou]{1,2}(?:ll?|r(?=r)|rr?|ss?h?|zz?|nn?|dd?|tt?)?-?(?=[a-z]{3})|abd(?=[a-z]{4})")
_AT_HEAD = re.compile(r"(?i)\s*[aeu][dlnrstz]-(?=\w)")
"""An article that is tied to the first word: Ur-Rahman."""

_DIN = re.compile(r"(?<=[a-z]{3})[aeiou]{1,2}(?:[dl]{1,2}|d-d)[ie]{1,2}n[e]?$")
_ALLAH = re.compile(r"(?<=[a-z]{2})(?:[aeiou]l-?)?(?:[uao]ll?ah?|ul?llah)$")
_RAHMAN = re.compile(r"(?<=[a-z]{3})[aeu]r-?(?=r[ae]h?m[aei]h?n$)")


def forms(script: str, run: str) -> list[Form]:
    """Forms of a run of one script, best first; empty where no letter is in it."""
    if script == "Hangul":
        words = by_word(script, run, "romanised")
        if _foreign(run):
            return words
        syllables = tuple(c for c in run if korean.is_hangul(c))
        parts = _DOTS.split(run.strip())
        if len(parts) > 1 and max(map(len, parts)) < 3:  # a surname alone beside short names: only syllables tell
            return _korean(syllables, most=8) or words
        return [*_korean(syllables), *words]
    if script == "Han":
        return _chinese(run)
    if script == "Latin":
        return _latin(run)
    return by_word(script, run, f"from {script}")


_LONG_SURNAMES = ("남궁", "황보", "제갈", "사공", "선우", "독고", "서문")


def _foreign(run: str) -> bool:
    """Whether a name in Hangul is none of a Korean: spaced, and neither end of it a surname of one syllable."""
    words = ["".join(c for c in word if korean.is_hangul(c)) for word in _DOTS.split(run)]
    words = [word for word in words if word]
    if len(words) < 2 or words[0] in _LONG_SURNAMES:
        return False
    return not any(len(w) == 1 and not korean.sounds(w).isdisjoint(_surname_sounds()) for w in (words[0], words[-1]))


@cache
def _honorifics() -> frozenset[str]:
    return frozenset(load("terms")["honorifics"])


@cache
def _endings() -> frozenset[str]:
    return frozenset(load("terms")["endings"])


def _bare(words: list[str]) -> list[str]:
    """Without titles at the front and degrees at the end, where anything else is there."""
    first, last = 0, len(words)
    while last - first > 1 and words[first].replace("'", "") in _honorifics():
        first += 1
    while last - first > 2 and words[last - 1] in _endings():
        last -= 1
    return words[first:last]


_SLAVIC = ("ov", "ev", "ova", "eva", "ich", "vna")


@lru_cache(maxsize=65536)
def _parted(word: str) -> tuple[str, ...]:
    """One written word as the words it is made of: Abdulrahman is Abd (al-)Rahman, Sayfuddin Sayf (al-)Din."""
    particle: str | None = load("terms")["particles"].get(word)
    if particle is not None:
        return (particle,)
    if len(word) < 6 or word.endswith(_SLAVIC):
        return (word,)
    head: tuple[str, ...] = ()
    if word.startswith(("abd", "abt")) and (match := _ABD.match(word)):
        head, word = ("abd",), word[match.end() :]
        if word in ("lah", "llah", "allah", "ullah", "olla", "lla"):
            return (*head, "allah")
    for pattern, tail in ((_DIN, "din"), (_ALLAH, "allah"), (_RAHMAN, "")):
        if match := pattern.search(word):
            return (*head, word[: match.start()], tail or word[match.end() :])
    return (*head, word)


def _latin(run: str) -> list[Form]:
    spelled = _bare([w for w in latin(run.replace(".", " ")).replace("/", " ").split() if w != "'"])
    words = [w.replace("'", "") for w in spelled]
    # At the head Du, Dos and Das are names, Abdul and Abou are not.
    whole = words and (len(words[0]) > 3 or words[0] in ("ibn", "abi") or _AT_HEAD.match(run))
    head = () if not words else _parted(words[0]) if whole else (words[0],)
    plain = (*head, *itertools.chain.from_iterable(_parted(w) for w in words[1:] if w))
    found = [Form(plain)] if plain else []
    if 2 <= len(spelled) <= 4 and _KOREAN.fullmatch(" ".join(spelled)) and _surname_apart(spelled):
        for way in itertools.islice(itertools.product(*map(_spelled_syllables, spelled)), 4):
            found += _korean(tuple(itertools.chain.from_iterable(way)), "as written")
    if 1 < len(words) <= 4 and (chinese.is_surname(words[0]) or chinese.is_surname(words[-1])):
        found += _chinese_syllables(tuple(s for w in spelled for s in chinese.syllables(w) or ("",)))
    return _merged(found)


def _surname_apart(words: list[str]) -> bool:
    """Whether the first or last word can be a Korean surname by itself: Lisa Nolan is no Korean."""
    return any(not korean.sounds(word.strip("'")).isdisjoint(_surname_sounds()) for word in (words[0], words[-1]))


def _chinese_syllables(syllables: tuple[str, ...]) -> list[Form]:
    """The name as Chinese syllables, in any romanisation, where it has two to four."""
    sounds = tuple(chinese.sounds(s) for s in syllables)
    if not 2 <= len(syllables) <= 4 or not all(sounds):
        return []
    return [Form(tuple(s.replace("'", "") for s in syllables), sounds)]


def _merged(found: list[Form]) -> list[Form]:
    """One form where a row of syllables may be Korean and Chinese."""
    rows: dict[tuple[str, ...], Form] = {}
    others = [form for form in found if not form.sounds]
    for form in found:
        if form.sounds:
            first = rows.get(form.tokens)
            sounds = tuple(a | b for a, b in zip(first.sounds, form.sounds, strict=True)) if first else form.sounds
            rows[form.tokens] = Form(form.tokens, sounds, how=form.how)
    return [*others, *rows.values()]


_ARTICLE = re.compile(r"^(?:[\u0648\u0641\u0628\u0644]?\u0627\u0644)(?=\w{2})")
_ARABIC_ABD = re.compile(r"^\u0639\u0628\u062f(?=\w{3})")
_ARABIC_ALLAH = re.compile(r"(?<=\w{2})\u0627?\u0644\u0644\u0647$")
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"))


def _arabic(word: str) -> list[str]:
    """A written word as the words it is made of, without the article: عبدالرحمن is عبد and رحمن."""
    if word == "\u0627\u0644\u0644\u0647":
        return [word]
    found = []
    if match := _ARABIC_ABD.match(word):
        found.append(match[0])
        word = word[match.end() :]
    elif (match := _ARABIC_ALLAH.search(word)) and len(word) > 5:
        return [word[: match.start()], "\u0627\u0644\u0644\u0647"]
    if word != "\u0627\u0644\u0644\u0647" and (match := _ARTICLE.match(word)):
        word = word[match.end() :]
    return [*found, word]


@cache
def _own_words(script: str) -> dict[str, str]:
    found: dict[str, str] = load("terms")["particles_by_script"].get(script.lower(), {})
    return found


def by_word(script: str, run: str, how: str) -> list[Form]:
    """One form of the words of a run, each with the word as written."""
    words: list[str] = []
    for word in _DOTS.split(run.translate(_JOINERS) if script == "Arabic" else run):
        words += _arabic(word) if script == "Arabic" else [word]
    tokens, written = [], []
    for word in words:
        known = _own_words(script).get(word)
        if known == "" and len(_DOTS.split(run)) > 1:  # a title
            continue
        token = known or latin(word).replace(" ", "").replace("'", "").replace("/", "")
        if token:
            tokens.append(token)
            written.append(word)
    bare = _bare(tokens)
    if len(bare) < len(tokens):
        first = tokens.index(bare[0])
        tokens, written = bare, written[first : first + len(bare)]
    return [Form(tuple(tokens), how=how, script=script, written=tuple(written))] if tokens else []


def _chinese(run: str) -> list[Form]:
    """Chinese characters: as a Chinese name, as a Korean one, and by ear as a foreign one, its parts dotted."""
    letters = "".join(c for c in run if not c.isascii())
    parts = [p for p in _DOTS.split(run) if pinyin(p)]
    heard = tuple("".join(pinyin(p)) for p in parts)
    by_ear = [Form(heard, how="by ear from Chinese", script="Han", written=tuple(parts))] if heard else []
    if len(parts) > 1 or len(letters) > 4:
        return [*_japanese("".join(parts)), *by_ear]
    syllables = pinyin(run)
    chars = tuple(c for c in letters if pinyin(c))
    words = (syllables[0], "".join(syllables[1:])) if len(syllables) > 1 else tuple(syllables)
    written = (chars[0], "".join(chars[1:])) if len(chars) > 1 else chars
    hangul = korean.read_hanja(letters)
    mandarin = [Form(words, how="Mandarin reading", script="Han", written=written)] if words else []
    if len(syllables) > 1 and chinese.is_surname(syllables[0]):
        sounds = tuple(frozenset([s]) for s in syllables)
        mandarin.append(Form(tuple(syllables), sounds, how="Mandarin reading", script="Han", written=chars))
    sino_korean = _korean(tuple(hangul), "Sino-Korean reading") if hangul else []
    return [*mandarin, *sino_korean, *_japanese(letters), *by_ear]


def _japanese(letters: str) -> list[Form]:
    """Kanji as a Japanese name, where both parts are common ones."""
    table = load("japanese")
    for cut in (2, 3, 1):
        surname, given = table["surnames"].get(letters[:cut]), table["given"].get(letters[cut:])
        if surname and given:
            return [Form((given, surname), how="Japanese reading")]
    return []


_KOREAN = re.compile(rf"(?:{korean.SYLLABLE}[ ']*){{2,4}}")


@lru_cache(maxsize=65536)
def _spelled_syllables(word: str) -> tuple[tuple[str, ...], ...]:
    """Ways to cut one word into syllables; a word that is itself a syllable is not cut."""
    ways = korean.syllables(word.strip("'") if not word.endswith("o'") else word)
    return ways[:1] if ways and len(ways[0]) == 1 else tuple(w for w in ways if len(w) == len(ways[0]))[:3]


@cache
def _surname_sounds() -> frozenset[str]:
    return frozenset(s for name in _SURNAMES for s in korean.sounds(name))


def _korean(syllables: tuple[str, ...], how: str = "as written", most: int = 4) -> list[Form]:
    """The name as Korean syllables, where it has two to `most` of them and begins or ends with a Korean surname."""
    if not 2 <= len(syllables) <= most:
        return []
    sounds = tuple(korean.sounds(s) for s in syllables)
    if not all(sounds) or not (sounds[0] & _surname_sounds() or sounds[-1] & _surname_sounds()):
        return []
    if korean.is_hangul(syllables[0]):
        syllables = tuple(korean.romanise("".join(syllables), "dprk"))
        how = how if how != "as written" else "romanised"
    return [Form(tuple(s.replace("'", "") for s in syllables), sounds, how=how)]
