"""Shapes: what words look and sound like, as flat arrays that kernels compare (`counterflow.entities.word_kernels`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import Any, NamedTuple

import numpy as np

from counterflow.entities import korean, phonetics
from counterflow.entities.forms import Form
from counterflow.entities.names import skeleton
from counterflow.entities.word_kernels import ABJAD, BY_CHARACTER, COUNTRY, DIGIT, LIGHT, OTHERS, VOWELS
from counterflow.entities.word_likeness import given_names, has_vowels
from counterflow.entities.words import load

__all__ = ["Ints", "Shapes", "Word", "digest", "script_code", "shapes"]

Ints = np.ndarray[Any, Any]


def digest(text: str) -> int:
    """A key as 64 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is filed. :param token: in Latin letters; :param script: it is written in; :param written: so"""

    token: str
    script: str = "Latin"
    written: str = ""

    def __str__(self) -> str:
        return f"{self.script}:{self.written}:{self.token}" if self.written else self.token

    @classmethod
    def read(cls, text: str) -> Word:
        """From its text."""
        script, _, rest = text.rpartition(":")[0].partition(":")
        return cls(text.rpartition(":")[2], script, rest) if script else cls(text)

    @property
    def form(self) -> Form:
        """The word as a name of its own."""
        return Form((self.token,), script=self.script, written=(self.written,) if self.written else ())

    def found_by(self) -> Iterator[str]:
        """Keys under which words meet that may be alike though letters apart: consonants, sounds, sound classes."""
        yield "w" + self.token
        if self.token.isdigit():
            return
        if not self.written:
            for row in given_names().get(self.token, ()):
                yield f"g{row}"
            consonants = skeleton(self.token)
            if len(consonants) >= 2:
                yield "s" + consonants
            if len(self.token) >= 5:
                for cut in korean.syllables(self.token)[:2]:
                    if len(cut) >= 2:
                        yield "k" + " ".join(map(korean.coarse, cut))

    def found_heard_by(self) -> Iterator[str]:
        """Its sound classes: many words share them."""
        if not self.token.isdigit():
            classes = phonetics.bones(self.written or self.token, self.script)
            if len(classes) >= 2:
                yield "b" + classes

    def found_bent_by(self) -> Iterator[str]:
        """Its sound classes less one each: under these words of another script are looked for as well."""
        classes = phonetics.bones(self.written or self.token, self.script)
        if len(classes) >= 4:
            yield "d" + classes
            yield from ("d" + classes[:n] + classes[n + 1 :] for n in range(len(classes)))


@cache
def script_code(script: str) -> int:
    """A script as a number."""
    return digest(script) & 0x7FFFFFFF


class Shapes(NamedTuple):
    """Words as arrays; what is listed of the *n*-th stands from place ``facts[n, X]`` to ``facts[n + 1, X]``.

    :param facts: (words + 1, 10): script, flags, hash and number of its consonants, and first place in each list; see
        `counterflow.entities.word_kernels`
    :param token: letters in Latin; :param written: in its own script, where that is another
    :param units: (…, 2) sounds as bits, and their neighbours; :param costs: (2, …) of leaving each out, between scripts
        that write their vowels, and where one does not
    :param bones: sound classes; :param cuts: Korean syllables, see `word_kernels.one_sound`
    :param short: rows of given names that it stands in
    """

    facts: Ints
    token: Ints
    written: Ints
    units: Ints
    costs: Ints
    bones: Ints
    cuts: Ints
    short: Ints


def shapes(words: Iterable[Word]) -> Shapes:
    """The shapes of some words; those of sounds (``=kim``) have none but their letters."""
    told = [_shape(word.token, word.script, word.written) for word in words]
    facts = np.zeros((len(told) + 1, 10), np.int64)
    if told:
        facts[:-1, :4] = [shape[0] for shape in told]
    lists = [[shape[k] for shape in told] for k in (1, 2, 3, 6, 7, 8)]
    for column, each in enumerate(lists, 4):
        facts[1:, column] = list(accumulate(map(len, each)))
    token, written, units, bones, cuts, short = (list(chain.from_iterable(each)) for each in lists)
    costs = [list(chain.from_iterable(shape[k] for shape in told)) for k in (4, 5)]
    return Shapes(
        facts,
        np.array(token, np.uint8),
        np.array(written, np.int32),
        np.array(units, np.int64).reshape(-1, 2),
        np.array(costs, np.float64).reshape(2, -1),
        np.array(bones, np.uint8),
        np.array(cuts, np.int32),
        np.array(short, np.int32),
    )


_Shape = tuple[
    tuple[int, int, int, int], bytes, Sequence[int], Any, Sequence[float], Sequence[float], bytes, Sequence[int],
    Sequence[int],
]  # fmt: skip


@lru_cache(maxsize=1 << 15)
def _shape(token: str, script: str, written: str) -> _Shape:
    if token.startswith("="):
        return (0, 0, 0, 0), token.encode(), (), (), (), (), b"", (), ()
    heard = written or token
    units = phonetics.sounding(heard, script)
    consonants = skeleton(token)
    flags = (
        DIGIT * token.isdigit()
        | LIGHT * (token in _light())
        | VOWELS * has_vowels(token)
        | ABJAD * (script in phonetics.ABJADS)
        | BY_CHARACTER * (script == "Han")
        | COUNTRY * (token in _countries())
        | OTHERS * bool(written)
    )
    return (
        (script_code(script), flags, digest(consonants) >> 1, len(consonants)),
        token.encode(),
        list(map(ord, written)),
        [unit[:2] for unit in units],
        [unit[2] for unit in units],
        [unit[3] for unit in units],
        phonetics.bones(heard, script).encode(),
        [] if written else _cuts(token),
        sorted(given_names().get(token, ())),
    )


def _cuts(token: str) -> list[int]:
    """For each way to cut a word into syllables: how many, and of each how many sounds it may be, and these."""
    found: list[int] = []
    for cut in korean.syllables(token)[:2] if len(token) > 1 else ():
        if len(cut) > 1:
            found.append(len(cut))
            for syllable in cut:
                sounds = [digest(sound) & 0x7FFFFFFF for sound in sorted(korean.sounds(syllable))]
                found += [len(sounds), *sounds]
    return found


@cache
def _light() -> frozenset[str]:
    return frozenset(word for words in load("terms")["light"].values() for word in words)


@cache
def _countries() -> frozenset[str]:
    return frozenset(load("terms")["countries"])
