"""The weights of evidence: data in ``weights.yaml``, which says how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["NameWeights", "Weights", "everybody", "pairs"]


@dataclass(frozen=True, slots=True)
class NameWeights:
    """Weights of the parts of a name's evidence; see ``weights.yaml``."""

    agreed: float
    whole: float
    against: float
    enough: float = 1000.0
    part: float = 0.0
    left: float = 0.0
    late: float = 0.0
    both: float = 0.0
    unlike: float = 0.0
    most: float = 1000.0
    lookalike: float = 1.0

    @property
    def top(self) -> float:
        """What a name can be worth at most."""
        return min(self.most, self.agreed * self.enough + self.whole)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights for one way of asking.

    :param prior: log-odds before any evidence
    :param name: by kind of party; :param scale: factor of every other feature, 1 where it is not named
    """

    prior: float
    name: Mapping[str, NameWeights]
    scale: Mapping[str, float]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Weights:
        """From a part of ``weights.yaml``."""
        return cls(table["prior"], {kind: NameWeights(**row) for kind, row in table["name"].items()}, table["scale"])


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
