"""How well findings tell laundering: whole attempts found, at what precision, and at what cost in an analyst's time.

An attempt is *hit* when one payment of it stands in some finding, and found *whole* when at least 90 % of its payments
stand in one finding. A finding is *true* when at least half of its payments are laundering. Findings are taken most
probable first; a cut-off is how many of them somebody has the time to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.findings.patterns.log import Log
from counterflow.findings.ranking import metrics
from counterflow.findings.ranking.truth import Answers

__all__ = ["CUTS", "MINUTES", "Judged", "judge", "members_of"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

WHOLE = 0.9
TRUE = 0.5
MINUTES = 15.0
"""Of an analyst for one finding: an assumption, and a dial."""
CUTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)


@dataclass(frozen=True)
class Judged:
    """Findings as columns, most probable first.

    :param starts: int64[findings + 1]; payments of finding f are ``members[starts[f]:starts[f + 1]]``, rows of the log
    :param probability: float64[findings]; :param typology: name of each; :param ids: likewise
    """

    starts: Ints
    members: Ints
    probability: Floats
    typology: tuple[str, ...]
    ids: tuple[str, ...] = ()


def members_of(log: Log, findings: Sequence[Mapping[str, Any]]) -> Judged:
    """Findings about payments, in the order of their probability; those that name no payment are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = sorted((f for f in findings if f["payments"]), key=lambda f: (-f["probability"], f["id"]))
    sizes = np.array([len(f["payments"]) for f in told], dtype=np.int64)
    ids = pa.array([p for f in told for p in f["payments"]], pa.string())
    at = np.asarray(pc.fill_null(pc.index_in(ids, value_set=log.rows["payment_id"].combine_chunks()), -1), np.int64)
    owner = np.repeat(np.arange(len(told)), sizes)[at >= 0]
    starts = np.searchsorted(owner, np.arange(len(told) + 1))
    return Judged(starts, at[at >= 0], np.array([f["probability"] for f in told]), tuple(f["typology"] for f in told),
                  tuple(f["id"] for f in told))  # fmt: skip


def judge(
    log: Log, known: Answers, found: Judged, *, scores: Floats | None = None, since: int = 0, least: int = 3,
    minutes: float = MINUTES, cuts: Sequence[int] = CUTS,
) -> dict[str, Any]:  # fmt: skip
    """Figures at each cut-off, and over all.

    :param scores: float64[n], of payments, by a model; None: the highest probability of a finding that it stands in
    :param since: row of the log; only attempts that begin, and findings that end, from there on are counted
    :param least: attempts of fewer payments are told apart: no structure of that size can be seen in them
    """
    last = np.full(len(found.typology), -1, dtype=np.int64)
    np.maximum.at(last, np.repeat(np.arange(len(last)), np.diff(found.starts)), found.members)
    kept = np.flatnonzero((last >= 0) & (last >= since)).tolist()
    sets = [np.unique(found.members[found.starts[f] : found.starts[f + 1]]) for f in kept]
    size, first = _attempts(known)
    counted = (size > 0) & (first >= since)
    true, share = _true(known, sets), _shares(known, sets, size)
    hit_at, whole_at = _when(share, len(size), 0.0), _when(share, len(size), WHOLE)
    payments = _payment_scores(len(log), found, kept, sets) if scores is None else scores
    rows = known.known & (np.arange(len(log)) >= since)
    big = counted & (size >= least)
    accounts = len(np.unique(np.concatenate([log.payer[since:], log.payee[since:]])))
    figures = [
        _cut(known, sets[:k], true[:k], big, counted & ~big, hit_at < k, whole_at < k, accounts, minutes, since)
        for k in [*(c for c in cuts if c < len(sets)), len(sets)]
    ]
    return {
        "payments": int(rows.sum()), "laundering_payments": int((known.guilty & rows).sum()), "accounts": accounts,
        "attempts": int(big.sum()), "smaller_attempts": int((counted & ~big).sum()), "least_payments": least,
        "findings": len(sets), "minutes_per_finding": minutes,
        "payments_ranked_by": "findings" if scores is None else "model",
        "pr_auc_payments": round(metrics.area(payments[rows], known.guilty[rows]), 4),
        "pr_auc_attempts": round(_area(true, hit_at[big], found.probability[kept]), 4),
        "pr_auc_whole_attempts": round(_area(true, whole_at[big], found.probability[kept]), 4),
        "cut_offs": figures,
        "patterns": _by_pattern(known, big, hit_at < len(sets), whole_at < len(sets)),
        "typologies": _by_typology([found.typology[f] for f in kept], true),
    }  # fmt: skip


def _attempts(known: Answers) -> tuple[Ints, Ints]:
    """Payments of each attempt, and the row of its first."""
    of, rows = known.attempt[known.attempt >= 0], np.flatnonzero(known.attempt >= 0)
    size = np.bincount(of, minlength=len(known.attempts))
    first = np.full(len(known.attempts), np.iinfo(np.int64).max)
    np.minimum.at(first, of, rows)
    return size, first


def _true(known: Answers, sets: list[Ints]) -> Any:
    return np.array([known.guilty[s].mean() >= TRUE for s in sets], dtype=np.bool_)


def _shares(known: Answers, sets: list[Ints], size: Ints) -> list[dict[int, float]]:
    """For each finding: attempt → share of its payments that the finding has."""
    found = []
    for members in sets:
        of, counts = np.unique(known.attempt[members], return_counts=True)
        found.append({int(a): float(c / size[a]) for a, c in zip(of, counts, strict=True) if a >= 0})
    return found


def _when(shares: list[dict[int, float]], attempts: int, floor: float) -> Ints:
    """Place of the first finding that has more than, or that share of, each attempt; a great number: none has."""
    at = np.full(attempts, np.iinfo(np.int64).max)
    for f, told in enumerate(shares):
        for attempt, share in told.items():
            if share >= floor and at[attempt] > f:
                at[attempt] = f
    return at


def _area(true: Any, at: Ints, probability: Floats) -> float:
    """Area under the share of true findings over the share of attempts reached; findings alike go over together."""
    if not len(true) or not len(at):
        return 0.0
    ends = np.flatnonzero(np.append(np.diff(probability) != 0, True)) + 1
    precision = np.cumsum(true)[ends - 1] / ends
    recall = np.array([(at < end).sum() for end in ends]) / len(at)
    return metrics.area_of(precision, recall)


def _payment_scores(n: int, found: Judged, kept: list[int], sets: list[Ints]) -> Floats:
    scores = np.zeros(n)
    for f, members in zip(kept, sets, strict=True):
        scores[members] = np.maximum(scores[members], found.probability[f])
    return scores


def _cut(
    known: Answers, sets: list[Ints], true: Any, big: Any, small: Any, hit: Any, whole: Any, accounts: int,
    minutes: float, since: int,
) -> dict[str, Any]:  # fmt: skip
    edges = np.unique(np.concatenate(sets)) if sets else np.zeros(0, dtype=np.int64)
    edges = edges[known.known[edges]]
    n, right = int(big.sum()), int(known.guilty[edges].sum())
    reached = int((hit & big).sum())
    caught = int((known.guilty[edges] & (edges >= since)).sum())
    return {
        "findings": len(sets),
        "whole": _share(int((whole & big).sum()), n), "hit": _share(reached, n),
        "smaller_hit": _share(int((hit & small).sum()), int(small.sum())),
        "true_findings": _share(int(true.sum()), len(sets)),
        "edge_precision": _share(right, len(edges)),
        "edge_recall": _share(caught, int(known.guilty[since:].sum())),
        "findings_per_1000_accounts": round(1000 * len(sets) / max(accounts, 1), 3),
        "analyst_minutes": round(minutes * len(sets)),
        "minutes_per_attempt": round(minutes * len(sets) / reached, 1) if reached else None,
    }  # fmt: skip


def _share(hits: int, n: int) -> dict[str, Any]:
    low, high = metrics.wilson(hits, n)
    return {"n": hits, "of": n, "share": round(hits / n, 4) if n else None, "low": round(low, 4),
            "high": round(high, 4)}  # fmt: skip


def _by_pattern(known: Answers, big: Any, hit: Any, whole: Any) -> dict[str, Any]:
    names = np.array(known.patterns, dtype=object)
    return {
        name or "not told": {
            "attempts": int((rows := big & (names == name)).sum()),
            "whole": _share(int((whole & rows).sum()), int(rows.sum())),
            "hit": _share(int((hit & rows).sum()), int(rows.sum())),
        }
        for name in sorted({str(n) for n in names[big]})
    }


def _by_typology(typologies: list[str], true: Any) -> dict[str, Any]:
    names = np.array(typologies, dtype=object)
    return {
        name: {"findings": int((names == name).sum()), "true": _share(int(true[names == name].sum()),
                                                                       int((names == name).sum()))}
        for name in sorted(set(typologies))
    }  # fmt: skip
