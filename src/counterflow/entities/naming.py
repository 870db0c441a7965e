"""Where a text names somebody: every place at which a known name stands, in any script.

Names and text are cut alike: into words where words are parted by blanks, into characters where they are not (Chinese,
Japanese, Korean). A name is found where its pieces stand one after the other; of several that begin at one place, the
longest. So "Koryo" is not found in "Koryolink", and 조선 is found in 조선은.

Nothing is decided here: that a name stands in a text does not say that its bearer is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from counterflow.entities.names import kind_of
from counterflow.entities.transliterate import latin, script_of
from counterflow.entities.words import load

__all__ = ["Named", "Names", "pieces"]

_WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ`]s$")
_PARTED = ("Han", "Hangul", "Kana")
_NUMBERED = frozenset({"no", "nr", "num", "number", "nos"})
_SHORTEST = 4
"""Letters of a name of one word; abbreviations in capitals may be shorter, and are found in capitals only."""
_LONGEST = 24
"""Pieces of a name; longer ones are titles of documents, not names."""


@dataclass(frozen=True, slots=True)
class Piece:
    """:param form: what is compared; :param start, end: place in the text; :param written: as it stands there"""

    form: str
    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Named:
    """A place where a known name stands. :param bearers: all who bear it, sorted; :param sure: whether the name says
    enough by itself: several words, or characters of their own"""

    start: int
    end: int
    bearers: tuple[str, ...]
    sure: bool


@lru_cache(maxsize=262_144)
def _form(word: str) -> str:
    word = re.sub(r"['’ʼ`]", "", word)
    return word.lower().lstrip("0") if word.isascii() else latin(word).replace(" ", "").replace("'", "")


def pieces(text: str) -> Iterator[Piece]:
    """Words and characters of a text with their places; what only announces a number (No., #) is left out."""
    held: Piece | None = None
    for match in _WORD.finditer(text):
        for piece in _cut(match[0], match.start()):
            if held is not None and not piece.form.isdigit():
                yield held
            held = None
            if piece.form in _NUMBERED:
                held = piece
            elif piece.form:
                yield piece
    if held is not None:
        yield held


def _cut(word: str, start: int) -> Iterator[Piece]:
    word = _POSSESSIVE.sub("", word)
    if word.isascii() or not any(script_of(c) in _PARTED for c in word):
        yield Piece(_form(word), start, start + len(word), word)
        return
    begin = 0
    for at, char in enumerate([*word, ""]):
        if char and script_of(char) not in _PARTED:
            continue
        if at > begin:
            yield Piece(_form(word[begin:at]), start + begin, start + at, word[begin:at])
        if char:
            yield Piece(char, start + at, start + at + 1, char)
        begin = at + 1


class Names:
    """All names of some parties, ready to be looked for.

    :param known: (id, schema, names) of each
    """

    def __init__(self, known: Iterable[tuple[str, str, Iterable[str]]]) -> None:
        self._bearers: dict[tuple[str, ...], set[str]] = {}
        self._lengths: dict[str, set[int]] = {}
        self._capitals: set[tuple[str, ...]] = set()
        self._plain: set[tuple[str, ...]] = set()
        for id, schema, names in known:
            for name in names:
                for found in _ways(name, kind_of(schema)):
                    self._add(id, found)

    def _add(self, id: str, found: list[Piece]) -> None:
        key = tuple(piece.form for piece in found)
        if not key or len(key) > _LONGEST or all(part.isdigit() for part in key):
            return
        if len(key) == 1:
            word = found[0].written
            if word.isupper() and word.isascii() and len(word) <= 5:
                if len(word) < 2:
                    return
                self._capitals.add(key)
            elif len(word) < (_SHORTEST if word.isascii() else 2):
                return
            else:
                self._plain.add(key)
        self._bearers.setdefault(key, set()).add(id)
        self._lengths.setdefault(key[0], set()).add(len(key))

    def find(self, text: str) -> list[Named]:
        """Places in order; none overlaps another."""
        cut = list(pieces(text))
        found: list[Named] = []
        at = 0
        while at < len(cut):
            named, width = self._at(cut, at)
            if named is not None:
                found.append(named)
            at += width
        return found

    def _at(self, cut: list[Piece], at: int) -> tuple[Named | None, int]:
        for length in sorted(self._lengths.get(cut[at].form, ()), reverse=True):
            here = cut[at : at + length]
            key = tuple(piece.form for piece in here)
            bearers = self._bearers.get(key)
            if bearers and len(here) == length and (length > 1 or self._alone(key, here[0].written)):
                sure = length > 1 and not (length == 2 and all(script_of(p.form[0]) in _PARTED for p in here))
                return Named(here[0].start, here[-1].end, tuple(sorted(bearers)), sure), length
        return None, 1

    def _alone(self, key: tuple[str, ...], written: str) -> bool:
        """Whether one word by itself is written as a name is: with a capital, an abbreviation in capitals."""
        if key in self._capitals and written.isupper():
            return True
        return key in self._plain and (written[:1].isupper() or not written.isascii())


def _ways(name: str, kind: str) -> Iterator[list[Piece]]:
    """A name as it may stand in a text: as written, without its legal form, a person's family name last."""
    whole = list(pieces(name))
    yield whole
    words = [piece.form for piece in whole]
    if kind == "person":
        if 2 <= len(whole) <= 3 and whole[0].written.isascii():
            yield [*whole[1:], whole[0]]
        return
    legal = {form.replace(".", "").replace(" ", "") for forms in load("legal_forms").values() for form in forms}
    while len(words) > 2 and words[-1] in legal:
        words.pop()
        yield whole[: len(words)]
    if words and words[0] == "the" and len(words) > 2:
        yield whole[1 : len(words)]
