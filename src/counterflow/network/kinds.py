"""Kinds of link: what a link is in the graph, whether a chain may run through it, and how strong its evidence is.

The strength of a link is the probability that it is there: that of its grade (`model.likelihood`), grown by every
further *origin* (a source that repeats another is none), times what its kind is worth as a tie. A chain is as likely as
all of its links together, so its cost is the sum of -ln of their strengths, and the cheapest chain is the likeliest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from counterflow.model.likelihood import probability

__all__ = ["ACTS", "Kind", "all", "cost_of", "kind_of", "strength"]

ACTS = (
    "designation", "delisting", "resolution", "order", "advisory", "announcement", "assessment", "report",
    "publication", "port ban", "enforcement", "instruction", "proposal", "testimony", "monitoring ends",
)  # fmt: skip
"""Types of event that are acts or reports: those whom one names are not brought together by it."""

_LEAST = 0.001
"""Strength below which no chain's cost grows: a denied or worthless link is not a way at all."""


@dataclass(frozen=True)
class Kind:
    """:param chain: whether a chain may run through such a link; :param tie: 0 to 1, what it is worth as a tie"""

    name: str
    chain: bool
    tie: float
    doc: str
    schemata: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


@cache
def all() -> tuple[Kind, ...]:
    """Every kind, in the order of ``kinds.yaml``."""
    import yaml

    text = resources.files("counterflow.network").joinpath("kinds.yaml").read_text("utf-8")
    return tuple(
        Kind(name, row["chain"], row["tie"], row["doc"], *(tuple(row.get(k, ())) for k in ("schemata", "properties")))
        for name, row in yaml.safe_load(text).items()
    )


@cache
def kind_of(schema: str, property: str | None) -> Kind:
    """The kind of a link. :param property: of a plain reference: the property that refers; None for a relationship

    What no kind names is ``other``.
    """
    by_property, by_schema, other = _tables()
    if property is not None:
        return by_property.get(property) or by_schema.get(schema) or other
    return by_schema.get(schema, other)


def strength(
    reliability: str | None, credibility: int | None, origins: int, kind: Kind, own: Mapping[str, float] | None = None
) -> float:
    """Probability that the tie is there, 0 to 1. :param origins: independent ones; :param own: grade → probability
    that a workspace sets, in place of the shipped one"""
    if reliability is None or credibility is None:
        reliability, credibility = "F", 6
    one = probability(reliability, credibility, own)
    return float((1 - (1 - one) ** max(1, origins)) * kind.tie)


def cost_of(strength: float) -> float:
    """What a link adds to the cost of a chain: -ln of its strength."""
    return -math.log(max(_LEAST, min(1.0, strength)))


@cache
def _tables() -> tuple[Mapping[str, Kind], Mapping[str, Kind], Kind]:
    by_property = {name: kind for kind in all() for name in kind.properties}
    by_schema = {name: kind for kind in all() for name in kind.schemata}
    return by_property, by_schema, next(kind for kind in all() if kind.name == "other")
