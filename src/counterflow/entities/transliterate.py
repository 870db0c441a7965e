"""Any script into plain Latin letters, digits and blanks: the common ground on which names are compared.

`anyascii` (ISC licence, pure Python, 0.3 MB, every script of Unicode) does the letters; what it cannot know is here:
which run of a mixed text is which script, that 三十九號室 and 39호실 carry a number, and what 银行 or 총회사 mean.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from counterflow.entities import korean
from counterflow.entities.words import load

__all__ = ["clean", "cut_by_script", "han_words", "hangul_words", "in_one_script", "latin", "pinyin", "script_of"]

MAX_LENGTH = 400
"""Longer names are cut: nobody has one, and every later step is at least linear in it."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ`´′ʹ＇ʿʾ", "'"))
_BREVES = str.maketrans({"ŏ": "o'", "ŭ": "u'", "Ŏ": "o'", "Ŭ": "u'"})
_ARTICLE = re.compile(r"\bال(?=\w{2})")
"""The Arabic article, written together with its noun; the Latin spellings part the two."""

_INITIALISM = re.compile(r"\b(?:\w\.\s?){2,}(?=\W|$)|\b(?:\w\.){2,}(?:\w\b)?")
_RANGES = (
    (0x0370, 0x03FF, "Greek"), (0x0400, 0x052F, "Cyrillic"), (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x06FF, "Arabic"),
    (0x0750, 0x077F, "Arabic"), (0x08A0, 0x08FF, "Arabic"), (0x0E00, 0x0E7F, "Thai"), (0x1100, 0x11FF, "Hangul"),
    (0x1F00, 0x1FFF, "Greek"), (0x3040, 0x30FF, "Kana"), (0x3130, 0x318F, "Hangul"), (0x3400, 0x9FFF, "Han"),
    (0xAC00, 0xD7AF, "Hangul"), (0xF900, 0xFAFF, "Han"), (0x20000, 0x323AF, "Han"),
)  # fmt: skip
_HANGUL_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "륙": 6, "칠": 7, "팔": 8, "구": 9}
_HAN_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_HANGUL_NUMBER = re.compile(
    r"(?:제\s?)?([일이삼사오육륙칠팔구십백]+)(?=\s?(?:호실|호|국))|제\s?(?=\d)|제([일이삼사오육륙칠팔구십])(?=[가-힣])"
)
_HAN_NUMBER = re.compile(
    r"第?([一二三四五六七八九十百]+)(?=\s?(?:[號号][室]?|局|室))|第(?=\d)|第([一二三四五六七八九十]+)"
)


def script_of(char: str) -> str:
    """Name of the script of a letter; ``Latin`` for every other alphabet, ``""`` for what is not a letter."""
    code = ord(char)
    if code < 0x0370:
        return "Latin" if char.isalpha() else ""
    for low, high, name in _RANGES:
        if low <= code <= high:
            return name if unicodedata.category(char)[0] in "LM" else ""
    return "Latin" if char.isalpha() else ""


def clean(text: str) -> str:
    """NFKC, no control or formatting characters, single blanks, at most `MAX_LENGTH` characters."""
    text = text[: 4 * MAX_LENGTH]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(text.split())[:MAX_LENGTH].strip()


_LATIN, _CYRILLIC = "aceopxyijskmtABCEHIJKMOPSTXY", "асеорхуіјѕкмтАВСЕНІЈКМОРЅТХУ"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)


def in_one_script(text: str) -> str:
    """Words in which Latin letters stand for Cyrillic ones that look the same, or the other way, in one script each.

    A slip of the keyboard, and a way to hide from whoever compares letters: *Кim Jоng Un*.
    """
    if text.isascii():
        return text
    cyrillic = sum(_is_cyrillic(c) for c in text)
    if not cyrillic:
        return text
    mostly = 2 * cyrillic > sum(c.isalpha() for c in text)
    return "".join(_word_in_one_script(word, mostly) for word in re.split(r"(\s+)", text))


def _word_in_one_script(word: str, mostly: bool) -> str:
    cyrillic, latin = sum(map(_is_cyrillic, word)), sum(c.isascii() and c.isalpha() for c in word)
    if not cyrillic or not latin:
        return word
    first = cyrillic > latin or (cyrillic == latin and mostly)
    for table in (_TO_CYRILLIC, _TO_LATIN) if first else (_TO_LATIN, _TO_CYRILLIC):
        found = word.translate(table)
        if len({_is_cyrillic(c) for c in found if c.isalpha()}) == 1:
            return found
    return word


def _is_cyrillic(char: str) -> bool:
    return "\u0400" <= char <= "\u04ff"


def cut_by_script(text: str) -> list[tuple[str, str]]:
    """Runs of one script, as (script, run): ``Jin Tiesan (金铁三)`` is a Latin run and a Han run.

    Digits and punctuation stay with the run before them; Han, Hangul and Kana each make their own run.
    """
    if text.isascii():
        return [("Latin", text)] if text else []
    runs: list[tuple[str, list[str]]] = []
    lead: list[str] = []
    for char in text:
        script = script_of(char)
        if not script:
            (runs[-1][1] if runs else lead).append(char)
        elif runs and runs[-1][0] == script:
            runs[-1][1].append(char)
        else:
            runs.append((script, [*lead, char]))
            lead = []
    if not runs:
        return [("Latin", text)]
    return [(script, "".join(chars).strip(" ()[],;/-")) for script, chars in runs]


def latin(text: str) -> str:
    """Lower-case ASCII with single blanks; apostrophes are kept, since they tell Korean sounds apart."""
    if not text.isascii():
        from anyascii import anyascii

        text = _ARTICLE.sub("al ", text.translate(_APOSTROPHES).translate(_BREVES)).replace("ة", "")
        text = anyascii(unicodedata.normalize("NFC", text))
    text = _INITIALISM.sub(lambda m: m[0].replace(".", "").replace(" ", "") + " ", text.lower())
    text = text.replace("&", " and ").replace(".", " ")
    return " ".join(re.sub(r"[^a-z0-9'/]+", " ", text).split())


def pinyin(text: str) -> list[str]:
    """One Latin syllable a Chinese character, in its commonest Mandarin reading, without tones."""
    from anyascii import anyascii

    read = (anyascii(char).strip().lower() for char in text if script_of(char) == "Han")
    return [syllable for syllable in read if syllable]


def _count(word: str, digits: dict[str, int], ten: str, hundred: str) -> int:
    total = current = 0
    for char in word:
        if char in (ten, hundred):
            total += (current or 1) * (10 if char == ten else 100)
            current = 0
        else:
            current = digits[char]
    return total + current


@cache
def _terms(name: str) -> tuple[re.Pattern[str], dict[str, str]]:
    table: dict[str, str] = load("terms")[name]
    return re.compile("|".join(sorted(map(re.escape, table), key=lambda k: (-len(k), k)))), table


def _translated(text: str, name: str) -> list[tuple[str, bool]]:
    """Pieces of `text`, each with whether it has been translated."""
    pattern, table = _terms(name)
    pieces, at = [], 0
    for match in pattern.finditer(text):
        pieces.append((text[at : match.start()], False))
        pieces.append((table[match[0]], True))
        at = match.end()
    return [(piece, known) for piece, known in [*pieces, (text[at:], False)] if piece.strip()]


def hangul_words(text: str) -> str:
    """A body's name in Hangul, known words in English, the rest in North Korean spelling: 대성은행 → taesong bank."""

    def number(match: re.Match[str]) -> str:
        word = match[1] or match[2]
        return f" {_count(word, _HANGUL_DIGITS, '십', '백')} " if word else " "

    words = []
    for piece, known in _translated(_HANGUL_NUMBER.sub(number, text), "hangul"):
        for word in [piece] if known else re.findall(r"[가-힣]+|[A-Za-z0-9]+", piece):
            words.append("".join(korean.romanise(word, "dprk")) if korean.is_hangul(word[0]) else word)
    return latin(" ".join(words))


def han_words(text: str) -> str:
    """A body's name in Chinese characters, known words in English, the rest in Pinyin: 丹东银行 → dandong bank."""

    def number(match: re.Match[str]) -> str:
        word = match[1] or match[2]
        return f" {_count(word, _HAN_DIGITS, '十', '百')} " if word else " "

    words = []
    for piece, known in _translated(_HAN_NUMBER.sub(number, text), "han"):
        for word in [piece] if known else re.findall(r"[A-Za-z0-9]+|[^\sA-Za-z0-9]+", piece):
            words.append(word if word.isascii() else "".join(pinyin(word)))
    return latin(" ".join(words))
