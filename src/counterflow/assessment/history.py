"""What states have already done, switched on by date: the measures in force on a day, and what they leave of the flow.

A figure of 2005 does not know the resolutions of 2017. `enforced` takes their expected effect out of the figures, lets
the adversary reroute, and gives the rest as a flow of its own, with the measures named. A series of resolutions says
the same thing again and again, so of the measures of one kind on one arc only the strongest counts, as does one told
twice (rival accounts); different kinds multiply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.measures import Measure
from counterflow.assessment.scenario import outcome
from counterflow.model.dates import earliest, latest

__all__ = ["counted", "enforced", "in_force"]


def in_force(measures: Sequence[Measure], day: str) -> list[Measure]:
    """Historic measures that had begun by a day and had not surely ended. :param day: partial date"""
    return [
        m
        for m in measures
        if m.historic
        and m.date
        and earliest(m.date) <= latest(day)
        and (m.end_date is None or latest(m.end_date) > earliest(day))
    ]


def counted(taken: Sequence[Measure]) -> list[Measure]:
    """The same measures with each arc left to the strongest of its kind; those left with none bear no arcs."""
    strongest: dict[tuple[str, str], tuple[float, str]] = {}
    for m in taken:
        for arc, effect in m.hits.items():
            key = (m.kind.name, arc)
            strongest[key] = max(strongest.get(key, (0.0, "")), (effect, m.id))
    return [
        replace(m, hits={arc: e for arc, e in m.hits.items() if strongest[m.kind.name, arc] == (e, m.id)})
        for m in taken
    ]


def enforced(flow: MoneyFlow, measures: Sequence[Measure], day: str) -> tuple[MoneyFlow, list[dict[str, Any]]]:
    """The flow with what was in force on a day taken out, after rerouting; and those measures.

    Measures that had ended, or that hit no arc, are named too, with ``counted`` false.

    :param flow: figures as if none of them were in force, as published
    """
    begun = [m for m in measures if m.historic and m.date and earliest(m.date) <= latest(day)]
    holding = {m.id: m for m in counted(in_force(measures, day))}
    told = [
        {
            "id": m.id,
            "title": m.title,
            "authority": m.authority,
            "date": m.date,
            "end_date": m.end_date,
            "in_force": m.id in holding,
            "counted": bool(holding[m.id].hits) if m.id in holding else False,
            "claim_ids": list(m.claim_ids),
        }
        for m in begun
    ]
    if not flow.arcs or not holding:
        return flow, told
    found = outcome(flow, list(holding.values()))
    note = (
        f"{sum(bool(t['counted']) for t in told)} measures in force on {day} are taken out of the figures at their"
        " expected effect, after rerouting; of one kind on one arc the strongest counts."
    )
    return (
        replace(flow, central=found.rerouted, draws=found.rerouted_draws, notes=(*flow.notes, note)),
        told,
    )
