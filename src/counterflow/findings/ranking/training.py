"""From payments and answers to a model: split in time, grow, calibrate, choose a threshold, judge, keep what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import UsageError
from counterflow.findings.ranking import calibration, card, drift, metrics, weighing
from counterflow.findings.ranking.inputs import Inputs, Kind
from counterflow.findings.ranking.judging import TRUE, Judged
from counterflow.findings.ranking.looking import each_seed, learn
from counterflow.findings.ranking.model import Model
from counterflow.findings.ranking.split import Split
from counterflow.findings.ranking.trees import Growing
from counterflow.findings.ranking.truth import Answers, Truth

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["log_odds", "train"]

Floats = np.ndarray[Any, np.dtype[np.float64]]


def train(
    log: Log, given: Inputs, kind: Kind, truth: Truth, known: Answers, split: Split, *,
    seeds: Sequence[int] = (1, 2, 3), how: Growing | None = None, found: Judged | None = None,
    label_ids: Sequence[str] = (),
) -> Model:  # fmt: skip
    """A model, judged on the last part of the split.

    :param found: findings of the rules on the same log, that it learns to rank too
    :param label_ids: handling of the payments
    :raises UsageError: a part of the split has no laundering payment, or nothing else
    """
    how = how or Growing()
    parts = {"train": split.train, "choose": split.choose, "judge": split.judge}
    _enough(log, known, parts)
    rows = {name: np.flatnonzero(known.known[part]) + part.start for name, part in parts.items()}
    first, forest = learn(log, given, rows["train"], known.guilty, split.first, seeds, how)
    by_seed = np.zeros((len(seeds), len(log)))
    by_seed[:, split.first :] = each_seed(forest, given, slice(split.first, len(log)))
    scores = np.mean(by_seed, axis=0)
    chosen = rows["choose"]
    curve = calibration.fit(scores[chosen], known.guilty[chosen])
    threshold = metrics.best_threshold(scores[chosen], known.guilty[chosen])
    learnt = given.take(drift.sample(split.train))
    base = drift.baseline(learnt, forest.score(learnt), given.names)
    ranked = None if found is None else _findings(known, found, scores, curve, split)
    judged, later = rows["judge"], drift.sample(split.judge)
    figures = {
        **card.facts(log, truth, known, parts),
        "settings": {"seeds": list(seeds), **vars(how)},
        "payments": card.payments(known, scores, list(by_seed), chosen, judged, threshold, curve),
        "findings": ranked[1] if ranked else None,
        "columns": [
            {"name": name, "says": given.says[name], "gain": round(gain, 4)} for name, gain in forest.gain().items()
        ],
        "not_asked": sorted(set(given.names) - set(forest.gain())),
        "calibration": {"method": curve.method, "points": len(curve.scores)},
        "drift": drift.report(base, given.take(later), scores[later], given.names, len(log) - split.second),
    }
    figures["limits"] = card.limits(figures, kind)
    ids = tuple(sorted({*label_ids, *truth.label_ids}))
    return Model(
        first, forest, curve, threshold, ranked[0] if ranked else None, kind, given.version, ids,
        int(log.at[min(split.second, len(log) - 1)]), base, figures,
    )  # fmt: skip


def log_odds(probability: Floats) -> Floats:
    """float64[n], kept within a million to one."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _enough(log: Log, known: Answers, parts: Mapping[str, slice]) -> None:
    whole = int(known.guilty.sum())
    words = {"train": "the first part, which is learnt from", "choose": "the second, which calibration is chosen on"}
    for name, told in words.items():
        part = parts[name]
        guilty, others = int(known.guilty[part].sum()), int((known.known & ~known.guilty)[part].sum())
        if not guilty or not others:
            lacks = "laundering" if not guilty else "other"
            raise UsageError(
                f"Nothing can be learnt: no {lacks} payment is in {told} ({part.stop - part.start:,} of {len(log):,} "
                f"payments; {whole:,} laundering in all). The split is by time: give answers for the whole of it."
            )


def _findings(
    known: Answers, found: Judged, scores: Floats, curve: calibration.Calibration, split: Split
) -> tuple[weighing.Weights | None, dict[str, Any]]:
    """Weights learnt from findings that ended in the second part, and how they rank those of the third."""
    signs = weighing.describe(log_odds(curve(scores)), found.starts, found.members, found.probability)
    sizes = np.diff(found.starts)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    last = np.full(len(sizes), -1)
    np.maximum.at(last, owner, found.members)
    first = np.full(len(sizes), len(scores))
    np.minimum.at(first, owner, found.members)
    share = np.bincount(owner, weights=known.guilty[found.members], minlength=len(sizes)) / np.maximum(sizes, 1)
    true = share >= TRUE
    # a finding that began in what the trees learnt from would be told by heart
    chosen = (first >= split.first) & (last < split.second)
    judged = last >= split.second
    names = np.array(found.typology, dtype=object)
    weights = weighing.learn(signs[chosen], names[chosen].tolist(), true[chosen])
    told: dict[str, Any] = {
        "learnt_from": int(chosen.sum()), "true_among_them": int(true[chosen].sum()),
        "judged": int(judged.sum()), "true_among_judged": int(true[judged].sum()),
        "pr_auc_by_rule": round(metrics.area(found.probability[judged], true[judged]), 4),
    }  # fmt: skip
    if weights is not None:
        p = weights.probability(signs[judged], names[judged].tolist())
        told["pr_auc_by_model"] = round(metrics.area(p, true[judged]), 4)
        told["reliability"] = metrics.reliability(p, true[judged], 5)
    return weights, told
