"""Judgements: what a person decided about whether two subjects are the same. Never overwritten: the latest one counts,
and to withdraw one is to record another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from counterflow.errors import UsageError

__all__ = ["Judgement", "Verdict", "in_force"]

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision about two subjects.

    :param left: subject id (``dataset:id``); `right` likewise; their order means nothing
    :param verdict: ``same`` and ``different`` bind resolution; ``unsure`` lifts an earlier one
    :param by: who decided
    :param at: ISO time of the decision
    :param reason: on what evidence, in words
    """

    left: str
    right: str
    verdict: Verdict
    by: str
    at: str
    reason: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Judgement:
        """From a row of the casebook; columns beyond ours are passed over. :raises UsageError: no such verdict"""
        if row["verdict"] not in get_args(Verdict):
            raise UsageError(f"'{row['verdict']}' is no verdict. Valid: {', '.join(get_args(Verdict))}.")
        text = {key: str(row[key] or "") for key in ("left", "right", "by", "at", "reason")}
        return cls(verdict=cast(Verdict, row["verdict"]), **text)

    @property
    def pair(self) -> tuple[str, str]:
        """The two subjects in alphabetical order."""
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)


def in_force(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """The latest judgement of each pair, pairs in alphabetical order."""
    latest: dict[tuple[str, str], Judgement] = {}
    for judgement in sorted(judgements, key=lambda j: (j.at, j.verdict, j.by, j.reason)):
        latest[judgement.pair] = judgement
    return dict(sorted(latest.items()))
