"""The parts of a written assessment, and the linter that refuses what an analyst may not write.

A sentence that asserts carries the claims it rests on. A judgement carries a probability, and its words of likelihood
are made from that number; confidence is a separate field and never shares a sentence with likelihood (ICD 203).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterflow.errors import CounterflowError
from counterflow.model.likelihood import WORDS, word

__all__ = ["Draft", "Judgement", "Section", "Sentence", "Unsupported", "ended", "it_is", "join", "lint"]

_LIKELIHOOD = re.compile(
    r"\b(" + "|".join(sorted((w for w, _, _ in WORDS), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_OTHER_ROW = re.compile(r"\b(remote|(?:highly |nearly )?(?:im)?probabl[ey]|nearly certain|possibly|perhaps)\b", re.I)
_CONFIDENCE = re.compile(r"\b(?:high|moderate|low) confidence\b|\bconfiden(?:t|ce)\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”")


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


def lint(draft: Draft) -> list[str]:
    """What may not stand, in words; empty: all may."""
    problems = []
    sentences = [*draft.summary, *(s for section in draft.sections for p in section.paragraphs for s in p)]
    for sentence in sentences:
        problems += _sentence(sentence)
    for judgement in draft.judgements:
        problems += _judgement(judgement)
    return problems


def _sentence(s: Sentence) -> list[str]:
    text = _QUOTED.sub("", s.text)
    problems = [] if s.text.rstrip().endswith((".", ":", "?")) else ["no full stop"]
    if not s.method and not s.claim_ids:
        problems.append("asserts without a claim")
    if _LIKELIHOOD.search(text) and not s.method:
        problems.append("a word of likelihood outside a judgement")
    if _OTHER_ROW.search(text):
        problems.append("a word of likelihood that ICD 203 keeps apart")
    if _LIKELIHOOD.search(text) and _CONFIDENCE.search(text):
        problems.append("likelihood and confidence in one sentence")
    return [f"{p}: {s.text}" for p in problems]


def _judgement(j: Judgement) -> list[str]:
    problems = []
    said = {m.lower() for m in _LIKELIHOOD.findall(_QUOTED.sub("", j.text))}
    if said != {j.likelihood}:
        problems.append(
            f"says {sorted(said) or 'nothing'} where the probability {j.probability:.2f} is '{j.likelihood}'"
        )
    if _CONFIDENCE.search(j.text):
        problems.append("likelihood and confidence in one sentence")
    if _OTHER_ROW.search(j.text):
        problems.append("a word of likelihood that ICD 203 keeps apart")
    if j.confidence not in ("high", "moderate", "low"):
        problems.append(f"confidence '{j.confidence}' is not high, moderate or low")
    if not j.claim_ids:
        problems.append("asserts without a claim")
    return [f"{p}: {j.text}" for p in problems]
