"""Dispositions: what an analyst decided about a screening hit, remembered until what it was decided on changes.

A decision holds for one party that is screened and one entity that it was taken for. It keeps the facts of both sides
that were compared; as soon as either side has other facts, or its time is up, the hit stands there again and says why.
Nothing is erased: the latest decision counts, and to withdraw one is to record another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counterflow.errors import UnknownName, UsageError
from counterflow.model import dates

__all__ = ["VERDICTS", "WITHDRAWN", "Disposition", "checked", "lapsed", "party_of"]

_LINE = re.compile(r"line \d+")

VERDICTS = ("false-positive", "true-match", "undecided")
WITHDRAWN = "withdrawn"
"""Not a decision: the one before is taken back."""


@dataclass(frozen=True, slots=True)
class Disposition:
    """One decision.

    :param party: who was screened: its own id, or a hash of its facts where it has none, see `party_of`
    :param name: a name of that party, to print; :param entity: canonical id when it was decided
    :param verdict: one of `VERDICTS`, or `WITHDRAWN`
    :param until: partial ISO date of the last day on which it counts; None: without end
    :param party_facts: ``property: value`` of all that was compared; `entity_facts` likewise; both sorted
    """

    party: str
    name: str
    entity: str
    verdict: str
    reason: str
    until: str | None
    by: str
    at: str
    party_facts: tuple[str, ...]
    entity_facts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as it is kept; who and when stand beside it."""
        return {key: value for key, value in asdict(self).items() if key not in ("by", "at")}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Disposition:
        """From a row of `storage.writings`."""
        told = row["content"]
        facts = {key: tuple(told[key]) for key in ("party_facts", "entity_facts")}
        return cls(**{**told, **facts}, by=row["by"], at=row["at"])


def checked(verdict: str, reason: str, until: str | None) -> str | None:
    """`until` in clean form. :raises UsageError: no such verdict, no reason, or no date"""
    if verdict not in (*VERDICTS, WITHDRAWN):
        raise UnknownName("verdict", verdict, (*VERDICTS, WITHDRAWN))
    if not reason.strip():
        raise UsageError("A disposition needs a reason.")
    clean = dates.clean(until) if until else None
    if until and clean is None:
        raise UsageError(f"until '{until}' is not a date. Valid: 2027, 2027-06 or 2027-06-30.")
    return clean


def party_of(id: str | None, facts: Sequence[str]) -> str:
    """The key of a party: its id, or a hash of what is known of it where nobody has given it one.

    :param id: one that only says in which line of a file it stands (``line 7``) is none
    """
    if id and not _LINE.fullmatch(str(id)):
        return str(id)
    return "facts-" + hashlib.blake2b("\n".join(facts).encode(), digest_size=8).hexdigest()


def lapsed(
    decided: Disposition, party_facts: Sequence[str], entity_facts: Sequence[str], *, today: str
) -> tuple[str, ...]:
    """Why a decision no longer counts, in words; empty while it does. :param today: ISO date"""
    why = []
    if decided.until is not None and dates.latest(decided.until).isoformat() < today:
        why.append(f"it counted until {decided.until}")
    why += _changed("of the party screened", decided.party_facts, party_facts)
    why += _changed("of the listed party", decided.entity_facts, entity_facts)
    return tuple(why)


def _changed(whose: str, before: Iterable[str], now: Iterable[str]) -> list[str]:
    old, new = set(before), set(now)
    return [f"{whose} is new: {fact}" for fact in sorted(new - old)] + [
        f"{whose} is gone: {fact}" for fact in sorted(old - new)
    ]
