"""Assertions: what must hold for an edition to be believed, counted on what its file says.

A file that was cut short, or whose layout changed under the reader, is well-formed and wrong. It shows in numbers: too
few parties, too many gone, a property that all had and few have now.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from counterflow.model import schema as vocabulary
from counterflow.model.source import Assertion

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["failing"]


def failing(
    rules: tuple[Assertion, ...],
    counts: Mapping[str, int],
    claims: pa.Table,
    parties: AbstractSet[str],
    present: AbstractSet[str],
    earlier: AbstractSet[str],
) -> list[tuple[Assertion, str]]:
    """The rules that do not hold, each with what was found and what was expected, in words.

    :param counts: parties, entities, claims, observations; :param claims: those of the new edition
    :param parties: subjects that are listed parties now; :param present: all subjects, helpers included
    :param earlier: parties of the edition in force, empty: none is
    """
    found = []
    for rule in rules:
        if rule.what == "lost":
            value = len(earlier - present) / len(earlier) if earlier else None
        else:
            value = _value(rule.what, counts, claims, parties)
        if value is not None and not rule.minimum <= value <= rule.maximum:
            found.append((rule, _words(rule, value)))
    return found


def _value(what: str, counts: Mapping[str, int], claims: pa.Table, parties: AbstractSet[str]) -> float | None:
    """What a rule speaks of; None where there is nothing to measure."""
    if what in counts:
        return counts[what]
    schema, _, property = what.rpartition(".")
    among = set(parties)
    if schema:
        kinds = claims.select(["subject", "schema"]).group_by(["subject", "schema"]).aggregate([]).to_pylist()
        among &= {row["subject"] for row in kinds if vocabulary.get(row["schema"]).is_a(schema)}
        having = pc.equal(claims.column("property"), property)
    else:
        having = pc.equal(claims.column("prop_type"), what)
    if not among:
        return None
    subjects = set(pc.unique(claims.filter(having).column("subject")).to_pylist())
    return len(among & subjects) / len(among)


def _words(rule: Assertion, value: float) -> str:
    bound = "at least" if value < rule.minimum else "at most"
    limit = rule.minimum if value < rule.minimum else rule.maximum
    if rule.what in ("parties", "entities", "claims", "observations"):
        return f"{value:,.0f} {rule.what}, expected {bound} {limit:,g}"
    if rule.what == "lost":
        return f"{value:.1%} of the earlier edition's parties are gone, expected {bound} {limit:.0%}"
    return f"{value:.1%} of the parties have a {rule.what}, expected {bound} {limit:.0%}"
