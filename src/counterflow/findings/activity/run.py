"""Patterns of activity from the findings of one run. Same findings, same patterns, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from counterflow import registry
from counterflow.findings import evidence
from counterflow.findings.activity.grouping import groups
from counterflow.findings.activity.linking import PLACE, Links, links, when_of
from counterflow.findings.activity.sharing import Ints, Shared, parties_of, shared
from counterflow.findings.activity.steps import rows_of
from counterflow.findings.activity.telling import Known, Tie, tell
from counterflow.model.pattern import Pattern, named

if TYPE_CHECKING:
    from counterflow.findings.typology import Data
    from counterflow.model.finding import Finding

__all__ = ["patterns"]

BESIDE = 5
"""Other patterns that a pattern names, the nearest ones."""
_LASTING = ("ownership", "succession")
"""Kinds whose findings hold on where no end is told."""


def patterns(found: Sequence[Finding], data: Data) -> list[Pattern]:
    """Every pattern of two findings and more, the likeliest first, of those the ones of most kinds.

    :param found: with their labels, as `findings.run.detect_all` gives them
    """
    findings = sorted(found, key=lambda f: f.id)
    if len(findings) < 2:
        return []
    known_as = {name: registry.get("typologies", name) for name in {f.typology for f in findings}}
    kinds = [known_as[f.typology].kind for f in findings]
    parties = parties_of(findings, data)
    have = shared(findings, parties, data)
    tied = links(have, when_of(findings, [kind in _LASTING for kind in kinds]))
    grouped = groups(tied.one.tolist(), tied.other.tolist(), tied.odds.tolist())
    if not grouped:
        return []
    inside = sorted(k for own in grouped for k in own)
    known = Known(
        findings, kinds, [known_as[f.typology].title for f in findings], parties, have.steps,
        rows_of([findings[k] for k in inside], data), _sure({p for k in inside for p in parties[k]}, data), data,
    )  # fmt: skip
    group = np.full(len(findings), -1)
    for number, own in enumerate(grouped):
        group[own] = number
    within = _within(tied, group, have, len(grouped))
    first = [_first([findings[k] for k in own]) for own in grouped]
    near = _beside(tied, group, [named(f) for f in first])
    made = [tell(known, own, within[number], near[number]) for number, own in enumerate(grouped)]
    return sorted(made, key=lambda p: (-p.probability, -len(p.kinds), -len(p.typologies), p.id))


def _sure(parties: set[str], data: Data) -> dict[str, float]:
    """party → probability of the weakest judgement that its records are of one, where there were several."""
    rows = evidence.among(data.table("members"), "entity", sorted(parties))
    weakest = rows.group_by("entity").agg(score=rows.score.min())
    found = data.run(weakest.filter(weakest.score < 1)).to_pylist()
    return {row["entity"]: row["score"] for row in found}


def _first(own: Sequence[Finding]) -> str:
    """Id of the first finding in time."""
    return min(own, key=lambda f: (f.start or f.end or "9", f.id)).id


def _within(tied: Links, group: Ints, have: Shared, many: int) -> list[list[Tie]]:
    """Ties among the members of each group."""
    found: list[list[Tie]] = [[] for _ in range(many)]
    mine = np.flatnonzero((group[tied.one] == group[tied.other]) & (group[tied.one] >= 0))
    for k in mine.tolist():
        signs = tuple(
            _sign(have, int(tied.thing[s]), int(tied.level[s]), float(tied.weight[s]))
            for s in range(int(tied.starts[k]), int(tied.starts[k + 1]))
        )
        one, other = int(tied.one[k]), int(tied.other[k])
        found[group[one]].append(Tie(one, other, float(tied.odds[k]), signs, float(tied.time[k])))
    return found


def _sign(have: Shared, thing: int, level: int, weight: float) -> tuple[str, str, float]:
    if thing == PLACE:
        return "place", "", weight
    name = have.names[thing]
    return ("record" if name.startswith("record:") else "step" if level else "party"), name, weight


def _beside(tied: Links, group: Ints, names: Sequence[str]) -> list[list[str]]:
    """Of each group the patterns that it has the likeliest ties with."""
    one, other = group[tied.one], group[tied.other]
    between = np.flatnonzero((one != other) & (one >= 0) & (other >= 0) & (tied.odds > 0))
    best: list[dict[int, float]] = [{} for _ in names]
    for a, b, odds in zip(one[between].tolist(), other[between].tolist(), tied.odds[between].tolist(), strict=True):
        for x, y in ((a, b), (b, a)):
            best[x][y] = max(best[x].get(y, 0.0), odds)
    return [[names[y] for y, _ in sorted(own.items(), key=lambda c: (-c[1], names[c[0]]))[:BESIDE]] for own in best]
