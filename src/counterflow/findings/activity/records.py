"""The record to ask for next: which one further record would move the probability of a pattern most, both ways.

Every record of ``records.yaml`` that bears on a finding of the pattern, or on what ties two of them, is tried: how
likely it shows what it is asked for if the pattern is one activity, and if it is not; from these the probability after
its yes and after its no, and the information that it is expected to give (bits). A record that a finding of small
weight hangs on, or that would say yes either way, gives little.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Asked", "Question", "ranked", "records"]

CERTAIN = 0.99
"""No record makes one surer than this, nor of the opposite."""
LEAST = 0.05
"""Probability of a finding where the pattern is none, at least."""


@dataclass(frozen=True)
class Record:
    """A kind of record that could be had; see ``records.yaml``."""

    key: str
    name: str
    holder: str
    shows: str
    sure: float
    chance: float
    of: tuple[str, ...] = ()
    tie: str = ""


@dataclass(frozen=True)
class Question:
    """What a record would be asked about. :param of: typology and kind, or what ties two findings (step, party, place)
    :param findings: that it bears on; :param true: probability of what it is about, if the pattern is one activity
    :param known: the same, whether it is or not; :param words: what its name is filled in with
    :param refutes: what the typology says would refute it, for one that no record names"""

    of: tuple[str, str]
    findings: tuple[str, ...]
    true: float
    known: float
    words: Mapping[str, str]
    refutes: str = ""


@dataclass(frozen=True)
class Asked:
    """A record, named. :param yes: probability of the pattern if it shows that; :param no: if it does not
    :param bits: information that is expected of it"""

    record: str
    holder: str
    shows: str
    findings: tuple[str, ...]
    yes: float
    no: float
    bits: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "record": self.record, "holder": self.holder, "shows": self.shows, "findings": list(self.findings),
            "if_it_shows": _said(self.yes), "if_not": _said(self.no), "bits": round(self.bits, 3),
        }  # fmt: skip


@cache
def records() -> tuple[Record, ...]:
    """The catalogue, in its order."""
    import yaml

    text = resources.files("counterflow.findings.activity").joinpath("records.yaml").read_text("utf-8")
    rows: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return tuple(Record(key, **{**row, "of": tuple(row.get("of", ()))}) for key, row in rows.items())


def ranked(probability: float, questions: Sequence[Question]) -> list[Asked]:
    """Records that could be had, each once, the most telling first. :param probability: of the pattern"""
    best: dict[str, Asked] = {}
    for question in questions:
        for record, name in _named(question):
            one = _asked(probability, question, record, name)
            if name not in best or one.bits > best[name].bits:
                about = best[name].findings if name in best else ()
                best[name] = Asked(
                    name,
                    one.holder,
                    one.shows,
                    tuple(dict.fromkeys((*one.findings, *about))),
                    one.yes,
                    one.no,
                    one.bits,
                )
    return sorted(best.values(), key=lambda a: (-round(a.bits, 9), a.record))


def _named(question: Question) -> Iterator[tuple[Record, str]]:
    """Records that bear on a question, with their names filled in; where none does, what the typology says."""
    for record in _about(question.of):
        try:
            yield record, record.name.format_map(question.words)
        except KeyError:  # nothing is known that it would be asked about
            continue
    if question.refutes and not _about(question.of):
        name = question.refutes.rstrip(".")
        yield Record("", name, "", "nothing of the kind", 0.7, 0.3), name


@cache
def _about(of: tuple[str, str]) -> tuple[Record, ...]:
    typology, kind = of
    if kind == "tie":
        return tuple(r for r in records() if r.tie == typology)
    found = tuple(r for r in records() if typology in r.of)
    return found or tuple(r for r in records() if kind in r.of)


def _asked(p: float, q: Question, record: Record, name: str) -> Asked:
    # what is known of the finding by itself holds over both cases
    other = min(q.true, max(LEAST, (q.known - p * q.true) / (1 - p)))
    if_so = record.chance + (record.sure - record.chance) * q.true
    if_not = record.chance + (record.sure - record.chance) * other
    shown = p * if_so + (1 - p) * if_not
    yes, no = p * if_so / shown, p * (1 - if_so) / (1 - shown)
    bits = _bits(p) - shown * _bits(yes) - (1 - shown) * _bits(no)
    return Asked(name, record.holder, record.shows, q.findings, yes, no, bits)


def _said(p: float) -> float:
    return round(min(CERTAIN, max(1 - CERTAIN, p)), 3)


def _bits(p: float) -> float:
    """Entropy of a yes or no, in bits."""
    return -sum(x * math.log2(x) for x in (p, 1 - p) if x > 0)
