"""The shapes of an analysed name: a `Name` has *forms*, each one row of plain words to compare."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Form", "Name"]


@dataclass(frozen=True, slots=True)
class Form:
    """One row of words to compare.

    :param tokens: lower-case ASCII words, numbers as digits without leading zeros
    :param sounds: where the name may be Korean or Chinese: for each token (then a syllable) the sounds it may stand for
    :param legal: class of the legal form, ``""`` where none is named
    :param how: how it came from the text, for explanations: ``as written``, ``Sino-Korean reading``…
    :param script: script that the words are written in, ``Latin`` where the form is a reading or a translation
    :param written: for each token the word as written, where the script is another; else empty
    """

    tokens: tuple[str, ...]
    sounds: tuple[frozenset[str], ...] = ()
    legal: str = ""
    how: str = "as written"
    script: str = "Latin"
    written: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """All words without blanks."""
        return "".join(self.tokens)


@dataclass(frozen=True, slots=True)
class Name:
    """A written name and its forms, best first; `forms` is empty where there is not one letter or digit in it."""

    text: str
    forms: tuple[Form, ...]
