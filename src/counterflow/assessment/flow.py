"""A money flow as estimated: nodes, arcs with intervals, balance; in millions of US dollars a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from counterflow.assessment.chain import SEIZED, UNACCOUNTED, Node
from counterflow.assessment.figures import Excluded
from counterflow.assessment.mincut import Floats, Ints
from counterflow.assessment.terms import Term
from counterflow.model.handling import EXERCISE, PUBLIC, Label

__all__ = ["UNIT", "Arc", "MoneyFlow", "interval"]

UNIT = "million USD a year"


@dataclass(frozen=True)
class Arc:
    """Money from one node to another.

    :param basis: in words, what route and amount rest on
    :param grade: best Admiralty grade among the claims on the route; None where the route is assumed
    :param tie_ids: of its claims, those that tie the cash-box itself to the activity
    :param assumption: the amount, or the route, rests on a declared assumption rather than on a figure
    """

    id: str
    source: str
    target: str
    basis: str
    grade: str | None
    claim_ids: tuple[str, ...]
    assumption: bool
    tie_ids: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class MoneyFlow:
    """The flow, in millions of US dollars a year.

    :param nodes: in the order of the flow; :param arcs: by source and target in that order
    :param central: one conserved flow to print, shape (arcs,); :param draws: posterior draws, shape (draws, arcs),
        each of them conserved
    :param box: id of the cash-box; None where the records name none
    :param label: combined marking of every record used
    :param figures: claims that state the bounds of the figures used
    :param terms: seizures and change in what is held; they take from the residual
    :param activities: what is published on each activity, kind by kind (`terms.published`)
    """

    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]
    central: Floats
    draws: Floats
    box: str | None
    as_of: str | None
    notes: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    label: Label = PUBLIC
    figures: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    activities: tuple[dict[str, Any], ...] = ()

    @cached_property
    def index(self) -> dict[str, int]:
        """Node id → number."""
        return {node.id: i for i, node in enumerate(self.nodes)}

    @cached_property
    def tail(self) -> Ints:
        """Number of the node each arc leaves; `head` of the node it enters."""
        return np.array([self.index[a.source] for a in self.arcs], dtype=np.int64)

    @cached_property
    def head(self) -> Ints:
        """Number of the node each arc enters."""
        return np.array([self.index[a.target] for a in self.arcs], dtype=np.int64)

    def into(self, *ids: str) -> Ints:
        """Numbers of the arcs that enter any of these nodes."""
        return np.flatnonzero(np.isin(self.head, [self.index[i] for i in ids if i in self.index]))

    @property
    def cashbox(self) -> dict[str, float]:
        """What reaches the cash-box in a year: {low, central, high}."""
        arcs = self.into(self.box) if self.box else np.empty(0, np.int64)
        return interval(self.central[arcs].sum(), self.draws[:, arcs].sum(axis=1))

    def amount(self, arcs: Sequence[int]) -> dict[str, float]:
        """What some arcs carry together: {low, central, high}."""
        chosen = np.array(list(arcs), dtype=np.int64)
        return interval(self.central[chosen].sum(), self.draws[:, chosen].sum(axis=1))

    def balance(self, flow: Floats | None = None, draws: Floats | None = None) -> dict[str, dict[str, float]]:
        """inflow (into the cash-box), outflow (to uses that claims name), unexplained (the rest, without `terms`)."""
        flow = self.central if flow is None else flow
        draws = self.draws if draws is None else draws
        uses = [n.id for n in self.nodes if n.layer == "use" and n.id not in (SEIZED, UNACCOUNTED)]
        parts = {"inflow": self.into(*([self.box] if self.box else ())), "outflow": self.into(*uses),
                 "unexplained": self.into(UNACCOUNTED)}  # fmt: skip
        found = {k: (float(flow[arcs].sum()), draws[:, arcs].sum(axis=1)) for k, arcs in parts.items()}
        found["unexplained"] = self._taken(*found["unexplained"])[1]
        return {k: interval(*v) for k, v in found.items()}

    def _taken(self, middle: float, left: Floats) -> tuple[list[tuple[float, Floats] | None], tuple[float, Floats]]:
        """What each term takes of the residual, in print and draw by draw, and what is left of it."""
        taken: list[tuple[float, Floats] | None] = []
        for term in self.terms:
            if term.draws is None or not len(left):
                taken.append(None)
                continue
            part, one = np.minimum(np.resize(term.draws, len(left)), left), min(float(np.median(term.draws)), middle)
            taken.append((one, part))
            middle, left = middle - one, left - part
        return taken, (middle, left)

    def _terms(self, flow: Floats, draws: Floats) -> list[dict[str, Any]]:
        arcs = self.into(UNACCOUNTED)
        taken, _ = self._taken(float(flow[arcs].sum()), draws[:, arcs].sum(axis=1))
        for i, term in enumerate(self.terms):
            if term.into:
                at = self.into(term.into)
                taken[i] = float(flow[at].sum()), draws[:, at].sum(axis=1)
        return [
            {"name": t.name, "year": t.year, "amount": None if part is None else interval(*part), "text": t.text,
             "claim_ids": list(t.claim_ids)}
            for t, part in zip(self.terms, taken, strict=True)
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The shape of ``GET /api/flow``."""
        return self.shown(self.central, self.draws)

    def shown(self, flow: Floats, draws: Floats) -> dict[str, Any]:
        """The same shape with other amounts on the arcs (a scenario)."""
        arcs = [
            {
                "id": arc.id, "source": arc.source, "target": arc.target,
                **interval(flow[i], draws[:, i]),
                "basis": arc.basis, "grade": arc.grade, "claim_ids": list(arc.claim_ids),
                "assumption": arc.assumption,
            }
            for i, arc in enumerate(self.arcs)
        ]  # fmt: skip
        return {
            "as_of": self.as_of,
            "unit": UNIT,
            "currency": "USD",
            "cashbox": self.box,
            "nodes": [
                {"id": n.id, "caption": n.caption, "layer": n.layer, "entity": n.entity, **self._held(i, flow, draws)}
                for i, n in enumerate(self.nodes)
            ],
            "arcs": arcs,
            "balance": self.balance(flow, draws),
            "terms": self._terms(flow, draws),
            "activities": self._activities(flow, draws),
            "notes": list(self.notes),
            "excluded": [{"text": e.text, "claim_ids": list(e.claim_ids)} for e in self.excluded],
            "exercise": EXERCISE in self.label.caveats,
            "handling": self.label.text,
        }

    def _activities(self, flow: Floats, draws: Floats) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in a.items() if k != "label_ids"}
            | {"flow": self._held(self.index[a["activity"]], flow, draws)}
            for a in self.activities
        ]

    def _held(self, node: int, flow: Floats, draws: Floats) -> dict[str, float]:
        """What passes a node: what leaves it, or at the end what enters it."""
        arcs = np.flatnonzero(self.tail == node)
        if not len(arcs):
            arcs = np.flatnonzero(self.head == node)
        return interval(flow[arcs].sum(), draws[:, arcs].sum(axis=1))


def interval(middle: float, draws: Floats) -> dict[str, float]:
    """{low, central, high}: 90 % interval of the draws around the central value, three decimals."""
    if not len(draws):
        return {"low": 0.0, "central": round(float(middle), 3), "high": 0.0}
    low, high = np.quantile(draws, [0.05, 0.95])
    return {
        "low": round(float(min(low, middle)), 3),
        "central": round(float(middle), 3),
        "high": round(float(max(high, middle)), 3),
    }
