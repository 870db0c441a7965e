"""A model of what an audience sees, and figures about it: the reading side of training, judging and drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import UsageError
from counterflow.findings.merging import merged
from counterflow.findings.ranking import drift, judging
from counterflow.findings.ranking.inputs import inputs, kind_of, methods
from counterflow.findings.ranking.split import in_time
from counterflow.findings.ranking.training import train
from counterflow.findings.ranking.truth import answers
from counterflow.findings.run import ScopeData, detect

if TYPE_CHECKING:
    from counterflow.findings.ranking.model import Model
    from counterflow.findings.typology import Typology
    from counterflow.model.finding import Finding
    from counterflow.storage.ports import Scope

__all__ = ["drifted", "evaluated", "made"]

Progress = Callable[[str, float], None]
Settings = Mapping[str, Mapping[str, Any]]


def made(
    scope: Scope, settings: Settings, labels: Path | None = None, *, seeds: Sequence[int] = (1, 2, 3),
    with_format: bool = False, progress: Progress | None = None,
) -> Model:  # fmt: skip
    """A model trained on every payment of a scope, on its rules' findings too.

    :raises UsageError: there are no payments
    """
    data = ScopeData(scope)
    log = data.log
    if not len(log):
        raise UsageError("There are no payments to learn from: ingest some first.")
    truth, known = answers(log, scope, labels)
    split = in_time(log.at)
    formats = methods(data, log) if with_format else None
    kind = kind_of(log, split.first, formats)
    tell = progress or (lambda _what, _done: None)
    tell("features", 0.0)
    given = inputs(log, kind, formats)
    found = merged(detect(data, _about_payments(settings), settings, progress), data)
    tell("train", 0.0)
    table = data.table("payments")
    own = scope.run(table.select("label_id").distinct())["label_id"].to_pylist()
    return train(log, given, kind, truth, known, split, seeds=seeds, found=judging.members_of(log, _plain(found)),
                 label_ids=own)  # fmt: skip


def evaluated(
    scope: Scope, labels: Path | None = None, *, model: Model | None = None, least: int = 3,
    minutes: float = judging.MINUTES, everything: bool = False, findings: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:  # fmt: skip
    """How well findings tell laundering, see `judging`.

    :param model: that ranked them; what it has seen is left out, unless `everything` is wanted
    """
    data = ScopeData(scope, model=model)
    log = data.log
    if not len(log):
        raise UsageError("There are no payments to judge by: ingest some first.")
    truth, known = answers(log, scope, labels)
    scored = data.ranking
    unseen = 0 if scored is None or everything else int(np.searchsorted(log.at, scored.model.seen_until))
    found = judging.members_of(log, findings)
    figures = judging.judge(log, known, found, scores=None if scored is None else scored.scores, since=unseen,
                            least=least, minutes=minutes)  # fmt: skip
    from counterflow.findings.evidence import iso

    return {
        "answers": {"from": truth.name, "set_aside": len(truth.aside), "notes": list(known.notes)},
        "ranked_by": "rules" if scored is None else scored.model.id,
        **({"model_not_used": data.unfit} if data.unfit else {}),
        "since": iso(log.at[unseen]) if unseen < len(log) else None,
        "left_out_of_the_log": dict(log.left_out),
        **figures,
    }


def drifted(scope: Scope, model: Model) -> dict[str, Any]:
    """How far payments since the model was made are from those it learnt from.

    :raises UsageError: there are none, or the model does not fit today's columns
    """
    data = ScopeData(scope, model=model)
    scored = data.ranking
    if scored is None:
        raise UsageError(f"The model cannot be used: {data.unfit}.")
    since, n = int(np.searchsorted(data.log.at, model.seen_until)), len(data.log)
    if since == n:
        raise UsageError("There are no payments since the model was made.")
    rows = drift.sample(slice(since, n))
    return drift.report(model.baseline, scored.inputs.take(rows), scored.scores[rows], scored.inputs.names, n - since)


def _about_payments(settings: Settings) -> list[Typology]:
    from counterflow import registry

    known = [registry.get("typologies", name) for name in registry.names("typologies")]
    return [t for t in known if t.kind == "payment" and settings.get(t.name, {}).get("enabled", True)]


def _plain(found: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"id": f.id, "typology": f.typology, "probability": f.probability, "payments": f.payments} for f in found]
