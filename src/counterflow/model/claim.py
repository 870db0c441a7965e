"""Claims: one statement about one subject, with who says so, how good that is, when it held and when we learnt it.

Invariant: a claim is never changed. What turns out wrong is retracted by a later record; what changed is a new claim.
`Claim.id` is a hash of the content, without the recording date and without the locator: the same file read twice adds
nothing, and a row that moves in a new edition is still the same claim.

A FollowTheMoney statement is a projection of a claim: canonical_id (from resolution), entity_id = subject, schema,
prop = property, prop_type, value, lang, original_value = original, dataset, first_seen = recorded_at.
"""

from __future__ import annotations

import builtins
import hashlib
from dataclasses import dataclass
from typing import Literal

from counterflow.errors import UsageError

__all__ = ["CREDIBILITY", "RELIABILITY", "Claim", "Grade", "Stance"]

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
"""Admiralty code, the letter: how good the source has been (AJP-2.1)."""

CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}
"""Admiralty code, the digit: how believable this one item is."""

Stance = Literal["asserts", "denies", "doubts"]


@dataclass(frozen=True, slots=True)
class Grade:
    """An Admiralty grade, e.g. ``B2``: reliability of the source, credibility of the item; rated apart."""

    reliability: str = "F"
    credibility: int = 6

    @classmethod
    def parse(cls, text: str) -> Grade:
        """Read ``B2`` or ``b-2``; UsageError otherwise."""
        word = text.strip().upper().replace("-", "")
        if len(word) != 2 or word[0] not in RELIABILITY or not word[1].isdigit() or int(word[1]) not in CREDIBILITY:
            raise UsageError(f"'{text}' is not an Admiralty grade. Valid: A-F and 1-6 together, e.g. B2.")
        return cls(word[0], int(word[1]))

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the ledger's claim table; columns and meanings in `counterflow.storage.tables.CLAIMS`."""

    subject: str
    schema: str
    property: str
    prop_type: str
    value: str
    dataset: str
    source_id: str
    locator: str
    reliability: str
    credibility: int
    label_id: str
    original: str | None = None
    lang: str | None = None
    origin: str | None = None
    stance: Stance = "asserts"
    verified: bool = True
    valid_from: str | None = None
    valid_to: str | None = None
    note: str | None = None

    @builtins.property  # `property` is a field here
    def id(self) -> str:
        """Content hash, 32 hexadecimal digits; when it was recorded and where in the source it stands do not count."""
        parts = (
            self.subject, self.schema, self.property, self.value, self.original, self.lang, self.dataset,
            self.source_id, self.origin, self.reliability, str(self.credibility), self.stance,
            "" if self.verified else "unverified", self.valid_from, self.valid_to, self.note, self.label_id,
        )  # fmt: skip
        text = "\x1f".join("" if part is None else part for part in parts)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
