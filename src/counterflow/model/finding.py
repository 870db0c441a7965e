"""Findings: a typology that fired, on whom, on what evidence, what would refute it.

Invariant: a finding without evidence cannot be built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from counterflow.model.likelihood import word

__all__ = ["Evidence", "Finding"]


@dataclass(frozen=True)
class Evidence:
    """One record that a finding rests on.

    :param kind: ``claim``, or the observation table (``payments``, ``positions``, ``shipments``, ``transfers``)
    :param id: claim_id or row_id: `counterflow explain` unfolds it to source and locator
    :param role: what it contributes, in words
    """

    kind: str
    id: str
    role: str = ""


@dataclass(frozen=True)
class Finding:
    """What one typology found.

    :param typology: its name in the registry
    :param sentence: one plain sentence saying why, leading with the subject
    :param subjects: canonical ids of the entities concerned, the main one first
    :param probability: that the pattern is what the typology looks for; drawn as an ICD 203 word
    :param basis: how `probability` was reached: ``rule`` (a transparent score, not calibrated) or ``calibrated``
    :param evidence: the records it rests on, most telling first; never empty
    :param refutes: what further record would refute it
    :param benign: innocent explanations known for this typology
    :param start: ISO date or time; `end` likewise
    :param payments: the member payments' own ids, in time order
    :param transfers: transactions of the member transfers on blockchains, in time order
    :param vessels: MMSI or IMO of the ships concerned
    :param accounts: account numbers or blockchain addresses concerned
    :param label: marking in print; `caveats` among it (EXERCISE)
    :param detail: figures of this typology (amounts, distances, shares…), units in the key names
    """

    typology: str
    sentence: str
    subjects: tuple[str, ...]
    probability: float
    evidence: tuple[Evidence, ...]
    refutes: str
    benign: tuple[str, ...] = ()
    basis: str = "rule"
    start: str | None = None
    end: str | None = None
    lat: float | None = None
    lon: float | None = None
    payments: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    vessels: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"finding of {self.typology} about {self.subjects} has no evidence")

    @property
    def likelihood(self) -> str:
        """ICD 203 word for `probability`."""
        return word(self.probability)

    @cached_property
    def id(self) -> str:
        """Content hash over typology, subjects and evidence: the same finding keeps its id from run to run."""
        text = "\x1f".join([self.typology, *self.subjects, "|", *sorted(e.id for e in self.evidence)])
        return "f-" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain data, id and likelihood first: what `detect --json` prints."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS}
        plain["evidence"] = [{"kind": e.kind, "id": e.id, "role": e.role} for e in self.evidence]
        return {"id": self.id, "typology": self.typology, "likelihood": self.likelihood, **plain}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Finding:
        """Inverse of `to_dict`, also once it has been JSON."""
        given: dict[str, Any] = {name: plain[name] for name in _FIELDS}
        given |= {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return cls(**given | {"evidence": tuple(Evidence(**item) for item in plain["evidence"])})


_FIELDS = tuple(f.name for f in fields(Finding))
