"""Patterns of activity: findings of one run that are likely traces of one and the same activity, told together.

Invariant: a pattern has two findings at least, and bears the labels of all that it rests on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any

from counterflow.model.likelihood import word

__all__ = ["Pattern", "named"]


@dataclass(frozen=True)
class Pattern:
    """What several findings tell together.

    :param sentence: who, what, when and why it is thought to be one, in a sentence
    :param findings: ids of its findings, in the order of time
    :param typologies: of its findings, in the same order, each once; :param kinds: likewise
    :param activities: what is done, by typology and goods: narcotics, arms, laundering…; most told first
    :param probability: that its findings are traces of one illicit activity; drawn as an ICD 203 word
    :param basis: how `probability` was reached: ``rule`` (stated weights, not calibrated)
    :param parties: ``{entity, caption, roles, findings, listed}``, those in most findings first
    :param timeline: dated steps: ``{start, end, what, kind, finding, parties, evidence, lat, lon}``; undated ones last
    :param places: ``{lat, lon, start, finding}``
    :param amounts: ``{what, amount, unit}``; payments and goods that several findings share are counted once
    :param ties: why findings belong together: ``{one, other, log_odds, because}``, for each finding its strongest
    :param parts: what each finding adds to the log-odds, and how much of its evidence no other had told
    :param benign: ``{text, explains, leaves, share}``: the innocent explanation that would explain most of it at once
    :param next_record: the further record that would tell most; :param other_records: the next best
    :param beside: ids of patterns that share something with it, and yet were not likely enough to be one with it
    :param evidence: claims that the ties rest on, beside the evidence of the findings
    """

    sentence: str
    findings: tuple[str, ...]
    typologies: tuple[str, ...]
    kinds: tuple[str, ...]
    activities: tuple[str, ...]
    probability: float
    parties: tuple[dict[str, Any], ...]
    timeline: tuple[dict[str, Any], ...]
    ties: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]
    benign: dict[str, Any]
    next_record: dict[str, Any] | None
    other_records: tuple[dict[str, Any], ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    amounts: tuple[dict[str, Any], ...] = ()
    start: str | None = None
    end: str | None = None
    basis: str = "rule"
    beside: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.findings) < 2:
            raise ValueError(f"a pattern of {len(self.findings)} findings is none")

    @property
    def likelihood(self) -> str:
        """ICD 203 word for `probability`."""
        return word(self.probability)

    @property
    def id(self) -> str:
        """See `named`."""
        return named(self.findings[0])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, id and likelihood first: what ``patterns --json`` prints."""
        return {"id": self.id, "likelihood": self.likelihood, **{name: getattr(self, name) for name in _FIELDS}}


def named(first: str) -> str:
    """The id of the pattern whose first finding in time this is: a pattern that grows on keeps its id."""
    return "p-" + hashlib.blake2b(first.encode(), digest_size=8).hexdigest()


_FIELDS = tuple(f.name for f in fields(Pattern))
