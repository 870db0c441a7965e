"""The weights of evidence: data in ``weights.yaml``, which says how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from counterflow.entities.evidence.verdicts import MATCH, SHOWN

__all__ = ["NameWeights", "Weights", "everybody", "pairs", "screening"]


@dataclass(frozen=True, slots=True)
class NameWeights:
    """Weights of the parts of a name's evidence; see ``weights.yaml``."""

    agreed: float = 0.0
    whole: float = 0.0
    left: float = 0.0
    late: float = 0.0
    loose: float = 0.0
    against: float = 0.0
    most: float = 0.0
    lookalike: float = 1.0
    likeness: tuple[tuple[float, float], ...] = ()

    @property
    def top(self) -> float:
        """What a name can be worth at most."""
        return self.likeness[-1][1] if self.likeness else self.most

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> NameWeights:
        """From a row of ``weights.yaml``."""
        return cls(**{**row, "likeness": tuple((float(x), float(y)) for x, y in row.get("likeness", ()))})


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights for one way of asking.

    :param prior: log-odds before any evidence
    :param verdict: probability from which the verdict is ``match``, and from which ``possible``
    :param name: by kind of party; :param scale: factor of every other feature, 1 where it is not named
    """

    prior: float
    verdict: tuple[float, float]
    name: Mapping[str, NameWeights]
    scale: Mapping[str, float]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Weights:
        """From a part of ``weights.yaml``."""
        name = {kind: NameWeights.of(row) for kind, row in table["name"].items()}
        verdict = table["verdict"]
        return cls(table["prior"], (verdict["match"], verdict["possible"]), name, table["scale"])


@cache
def _tables() -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load((resources.files(__package__) / "weights.yaml").read_text("utf-8")))


@cache
def everybody() -> Weights:
    """For everybody on one list against everybody on another."""
    return Weights.of(_tables()["everybody"])


@cache
def pairs() -> Weights:
    """For two records put side by side."""
    return Weights.of(_tables()["pairs"])


@cache
def screening() -> Weights:
    """For somebody against everybody on the lists: as `everybody`, but a match is rarer, and its verdict a call to
    look, not a merger."""
    return replace(everybody(), prior=_tables()["screening"]["prior"], verdict=(MATCH, SHOWN))
