"""A model at work on what an audience sees: every payment scored once, findings given a probability and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.ranking import weighing
from counterflow.findings.ranking.explain import reasons
from counterflow.findings.ranking.inputs import Inputs, inputs, methods
from counterflow.findings.ranking.judging import members_of
from counterflow.findings.ranking.looking import each_seed, look
from counterflow.findings.ranking.model import Model, unfit
from counterflow.findings.ranking.training import log_odds
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log
    from counterflow.findings.typology import Data

__all__ = ["Scored", "ranked"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_MEMBERS = 64
"""Payments of a finding whose contributions are averaged for its reasons: those with the highest scores."""


@dataclass(frozen=True)
class Scored:
    """The payments of a log and what a model says of them."""

    model: Model
    log: Log
    inputs: Inputs

    @classmethod
    def of(cls, model: Model, data: Data) -> Scored | str:
        """Of what `data` shows; or why the model cannot be used, in words."""
        log = data.log
        formats = methods(data, log) if model.kind.methods is not None else None
        given = inputs(log, model.kind, formats)
        if why := unfit(model, given):
            return why
        look(log, given, model.first)
        return cls(model, log, given)

    @cached_property
    def scores(self) -> Floats:
        """float64[n], log-odds before calibration."""
        found: Floats = each_seed(self.model.forest, self.inputs, slice(0, len(self.log))).mean(axis=0)
        return found

    @cached_property
    def probability(self) -> Floats:
        """float64[n], calibrated."""
        return self.model.probability(self.scores)

    def reasons(self, rows: Any) -> list[dict[str, Any]]:
        """Why these payments score as they do, averaged over those with the highest scores."""
        kept = rows[np.argsort(-self.scores[rows], kind="stable")[:_MEMBERS]]
        values = self.inputs.take(kept)
        parts = self.model.forest.contributions(values)[:, :-1].mean(axis=0)
        with np.errstate(all="ignore"):
            middle = np.array([np.median(c[~np.isnan(c)]) if (~np.isnan(c)).any() else np.nan for c in values.T])
        return reasons(self.inputs.names, self.inputs.says, middle, parts)


def ranked(findings: Sequence[Finding], scored: Scored) -> list[Finding]:
    """The findings about payments with a calibrated probability and reasons; the rest as they are.

    The rule's own score stays in `detail`. Where too few findings had an answer to learn from, nothing changes. A lone
    payment that stands in another finding is told there.
    """
    weights = scored.model.weights
    told = [f for f in findings if f.payments and f.basis == "rule"]
    within = {p for f in told for p in f.payments}
    findings = [
        f if f.basis == "rule" or not f.payments else _labelled(f, scored)
        for f in findings
        if f.basis == "rule" or not f.payments or not within.issuperset(f.payments)
    ]
    if weights is None or not told:
        return findings
    found = members_of(scored.log, [{"payments": f.payments, "probability": f.probability, "id": f.id,
                                     "typology": f.typology} for f in told])  # fmt: skip
    by_id = {f.id: f for f in told}
    order = [by_id[id] for id in found.ids]
    filled = np.flatnonzero(np.diff(found.starts) > 0)
    starts = np.append(found.starts[:-1][filled], found.starts[-1])
    signs = weighing.describe(log_odds(scored.probability), starts, found.members, found.probability[filled])
    names = [found.typology[f] for f in filled.tolist()]
    probability = weights.probability(signs, names)
    parts = weights.parts(signs, names)
    fresh = {}
    for row, f in enumerate(filled.tolist()):
        members = found.members[found.starts[f] : found.starts[f + 1]]
        fresh[order[f].id] = _with(order[f], float(probability[row]), weights.offset, parts[row], scored, members)
    return [fresh.get(f.id, f) for f in findings]


def _with(finding: Finding, probability: float, start: float, parts: Floats, scored: Scored, members: Any) -> Finding:
    """:param start: log-odds that all findings start from; :param parts: what mean, highest, rule, size and typology
    add to them"""
    mean, highest, rule, size, typology = parts.tolist()
    detail = {
        **finding.detail,
        "rule_probability": finding.probability,
        "reasons": scored.reasons(members),
        "log_odds": {"start": round(start, 3), "payments": round(mean + highest, 3), "rule": round(rule, 3),
                     "size": round(size, 3), "typology": round(typology, 3)},
        "model": scored.model.id,
    }  # fmt: skip
    kept = round(min(0.99, max(0.01, probability)), 4)
    return _labelled(replace(finding, probability=kept, basis="calibrated", detail=detail), scored)


def _labelled(finding: Finding, scored: Scored) -> Finding:
    """With the labels of what the model was made from: its probability tells of that."""
    return replace(finding, label_ids=tuple(sorted({*finding.label_ids, *scored.model.label_ids})))
