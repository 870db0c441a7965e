"""The parts of a written assessment, and the linter that refuses what an analyst may not write.

A sentence that asserts carries the claims it rests on. A judgement carries a probability, and its words of likelihood
are made from that number; confidence is a separate field and never shares a sentence with likelihood (ICD 203).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from counterflow.errors import CounterflowError
from counterflow.model.likelihood import WORDS, word

__all__ = [
    "Draft",
    "Judgement",
    "Section",
    "Sentence",
    "Unsupported",
    "ended",
    "harmless",
    "it_is",
    "join",
    "lint",
    "lint_judgement",
    "lint_sentence",
    "locks",
    "skeleton",
]

_LIKELIHOOD = re.compile(
    r"\b(" + "|".join(sorted((w for w, _, _ in WORDS), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_OTHER_ROW = re.compile(r"\b(remote|(?:highly |nearly )?(?:im)?probabl[ey]|nearly certain|possibly|perhaps)\b", re.I)
_CONFIDENCE = re.compile(r"\b(?:high|moderate|low) confidence\b|\bconfiden(?:t|ce)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*%?")
_CONTROLS = re.compile(  # control characters, what turns the direction of writing around, what is no character at all
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


class Unsupported(CounterflowError):
    """The draft holds sentences that may not stand. :param problems: each in words"""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("The report was refused: " + " | ".join(self.problems))


@dataclass(frozen=True)
class Sentence:
    """:param claim_ids: what it rests on; :param method: says how the assessment was made, and asserts nothing about
    the world, so that it needs no claim"""

    text: str
    claim_ids: tuple[str, ...] = ()
    method: bool = False


@dataclass(frozen=True)
class Judgement:
    """:param text: with the ICD 203 word for `probability` in it; :param confidence: high, moderate or low, of the
    sources and assumptions; :param because: why the confidence is what it is"""

    text: str
    probability: float
    confidence: str
    because: str
    claim_ids: tuple[str, ...]

    @property
    def likelihood(self) -> str:
        """The ICD 203 word."""
        return word(self.probability)


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs, each a run of sentences."""

    heading: str
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class Draft:
    """Everything that is written, before numbering."""

    title: str
    summary: tuple[Sentence, ...]
    judgements: tuple[Judgement, ...]
    sections: tuple[Section, ...]


def it_is(probability: float) -> str:
    """ "It is likely that", "There is a roughly even chance that": the ICD 203 word, ready to go on from."""
    said = word(probability)
    if said.startswith("almost no"):
        return f"There is {said} that"
    return f"There is a {said} that" if said.endswith("chance") else f"It is {said} that"


def join(words: Iterable[str]) -> str:
    """ "A, B and C"."""
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def ended(text: str) -> str:
    """With one full stop at its end, also where an abbreviation (Co., Ltd.) brings one of its own."""
    return text.rstrip(".") + "."


def harmless(data: Any) -> Any:
    """Plain data with every text printable: no control characters and none that turn its direction around."""
    if isinstance(data, str):
        return _CONTROLS.sub("", re.sub("[\r\t\u2028\u2029]", " ", data))
    if isinstance(data, dict):
        return {key: harmless(value) for key, value in data.items()}
    return [harmless(value) for value in data] if isinstance(data, list | tuple) else data


def locks(text: str, *, judgement: bool = False) -> list[str]:
    """What of a text may not be changed by hand, in its order: numbers, and a judgement's word of likelihood."""
    found = [(m.start(), m[0]) for m in _NUMBER.finditer(text)]
    if judgement:
        found += [(m.start(), m[0].lower()) for m in _LIKELIHOOD.finditer(_QUOTED.sub(lambda q: "x" * len(q[0]), text))]
    return [token for _, token in sorted(found)]


def skeleton(text: str) -> str:
    """A text without its numbers and words of likelihood: what stays of it from one run to the next."""
    bare = re.sub(r"\b(It is|There is(?: a)?) (?=#)", "", _LIKELIHOOD.sub("#", _NUMBER.sub("#", text)))
    return re.sub(r"#( that)?", "#", bare)


def lint(draft: Draft) -> list[str]:
    """What may not stand, in words; empty: all may."""
    sentences = [*draft.summary, *(s for section in draft.sections for p in section.paragraphs for s in p)]
    problems = [f"{problem}: {s.text}" for s in sentences for problem in lint_sentence(s)]
    return problems + [f"{problem}: {j.text}" for j in draft.judgements for problem in lint_judgement(j)]


def lint_sentence(s: Sentence) -> list[str]:
    """What may not stand in a sentence."""
    text = _QUOTED.sub("", s.text)
    problems = [] if s.text.rstrip().endswith((".", ":", "?")) else ["no full stop"]
    if not s.method and not s.claim_ids:
        problems.append("asserts without a claim")
    likely, other = _LIKELIHOOD.search(text), _OTHER_ROW.search(text)
    if likely and not s.method:
        problems.append(f"a word of likelihood outside a judgement: '{likely[0]}'")
    if other:
        problems.append(f"a word of likelihood that ICD 203 keeps apart: '{other[0]}'")
    if (likely or other) and _CONFIDENCE.search(text):
        problems.append("likelihood and confidence in one sentence")
    return problems


def lint_judgement(j: Judgement) -> list[str]:
    """What may not stand in a judgement."""
    problems = []
    said = {m.lower() for m in _LIKELIHOOD.findall(_QUOTED.sub("", j.text))}
    if said != {j.likelihood}:
        problems.append(
            f"says {sorted(said) or 'nothing'} where the probability {j.probability:.2f} is '{j.likelihood}'"
        )
    if _CONFIDENCE.search(j.text):
        problems.append("likelihood and confidence in one sentence")
    if other := _OTHER_ROW.search(j.text):
        problems.append(f"a word of likelihood that ICD 203 keeps apart: '{other[0]}'")
    if j.confidence not in ("high", "moderate", "low"):
        problems.append(f"confidence '{j.confidence}' is not high, moderate or low")
    if not j.claim_ids:
        problems.append("asserts without a claim")
    return problems
