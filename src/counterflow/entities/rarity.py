"""Rarity: how much an agreement on a word, a country or a number tells, by how many parties share it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from counterflow.entities.words import load

if TYPE_CHECKING:
    from counterflow.entities.profile import Profile

__all__ = ["Asking", "Rarity", "background"]

_IMAGINED = 20_000
"""Parties in the background of our own."""


class Rarity:
    """How much a word or country tells: the logarithm of how rare it is among the parties at hand, steadied by a
    background of our own so that a small list does not make every word look common or rare.

    :param profiles: the parties at hand; a word counts once a party
    """

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self._words: Counter[str] = Counter()
        self._countries: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._total = 0
        self._memory: dict[str, float] = {}
        for profile in profiles:
            self.add(profile)

    def add(self, profile: Profile) -> None:
        """Count one party more."""
        self._total += 1
        self._words.update({t for row in profile.rows for t in row.form.tokens})
        self._countries.update(profile.countries)
        self._numbers.update(i.key for i in profile.identifiers)
        self._memory.clear()

    def state(self) -> dict[str, Any]:
        """The counts as plain data, to be kept with an index; numbers of one party only tell nothing."""
        numbers = {key: count for key, count in self._numbers.items() if count > 1}
        return {"words": self._words, "countries": self._countries, "numbers": numbers, "total": self._total}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> Self:
        """As it was when `state` was taken."""
        found = cls()
        found._words.update(state["words"])
        found._countries.update(state["countries"])
        found._numbers.update(state["numbers"])
        found._total = state["total"]
        return found

    def word(self, word: str) -> float:
        """Log-odds of an agreement on this word, 0.2 to 9."""
        found = self._memory.get(word)
        if found is None:
            seen = _background().get(word, 0.0) + self._words[word] + 1.0
            found = min(9.0, max(0.2, math.log((_IMAGINED + self._total) / seen)))
            found = 2.0 if word == "unit" else max(3.0, found) if word.isdigit() else found
            self._memory[word] = found
        return found

    def number(self, key: str) -> float:
        """What to take off an agreement on a number: it is nobody's own where a crowd quotes it. 0 up to three."""
        return max(0.0, 2.0 * math.log(max(1, self._numbers[key]) / 3))

    def country(self, code: str) -> float:
        """Log-odds of an agreement on this country; half its rarity, since names already tell the language."""
        return min(2.0, 0.5 * math.log((400 + self._total) / (8 + self._countries[code])))


class Asking(Rarity):
    """A rarity that notes what it is asked, so that it is known what an answer rests on."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        super().__init__(profiles)
        self._words_asked: set[str] = set()
        self._others_asked: set[str] = set()

    def word(self, word: str) -> float:
        """As of any rarity, and noted."""
        self._words_asked.add(word)
        return super().word(word)

    def number(self, key: str) -> float:
        """As of any rarity, and noted."""
        self._others_asked.add(f"number {key}")
        return super().number(key)

    def country(self, code: str) -> float:
        """As of any rarity, and noted."""
        self._others_asked.add(f"country {code}")
        return super().country(code)

    def asked(self) -> list[str]:
        """What was asked since this was asked last: ``word bank``, ``country kp``, ``number imo:8018900``."""
        found = [*(f"word {w}" for w in self._words_asked), *self._others_asked]
        self._words_asked.clear()
        self._others_asked.clear()
        return found

    def answer(self, asked: str) -> float:
        """The answer to one of `asked`; it is not noted."""
        kind, _, text = asked.partition(" ")
        if kind == "word":
            return super().word(text)
        return super().number(text) if kind == "number" else super().country(text)


@cache
def _background() -> dict[str, float]:
    scale = _IMAGINED / 10_000
    return {str(word): count * scale for count, words in load("common").items() for word in words}


@cache
def background() -> Rarity:
    """The rarity of no parties at all: our background alone."""
    return Rarity()
