"""The published split of the customs declarations of Korea, for whoever has the files: how well fraud is told.

Jeong, Kim, Park and Choi (2022), Customs Import Declaration Datasets, arXiv:2208.02484: learn from the year 2020, judge
on the first quarter of 2021. The baseline is theirs: XGBoost on the declared fields, categories numbered in order of
appearance, mass and price brought between 0 and 1, frauds drawn again until both kinds are as many, and the settings of
their notebook.

The set was made by a generator that repeats declarations of the training year to the last digit in later ones. So
everything is reported twice, on all and on those whose like was not in the training year, and beside it a look-up in
one line: the share of fraud among the same commodity, mass and price.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import UsageError
from counterflow.findings.declarations.columns import Declarations, columns, counts, declarations
from counterflow.findings.ranking import calibration, metrics
from counterflow.findings.ranking.explain import reasons
from counterflow.findings.ranking.trees import Forest, Growing, grow

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HOW", "figures_of", "looked_up", "protocol"]

Progress = Callable[[str, float], None]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

HOW = Growing(rounds=400, depth=6, rate=0.03, weight=1.0, rows=0.7, columns=0.4, least=5.0, smoothing=5.0)
"""How trees are grown: chosen on October to December 2020, never on what is judged."""

_AT = (0.01, 0.05, 0.1)
"""Shares of the declarations that there is time to inspect."""
_LAST = 0.25
"""Of the training year: what settings and calibration are chosen on, its end in time."""
_DECLARED = (
    "Office ID", "Process Type", "Import Type", "Import Use", "Payment Type", "Mode of Transport", "Declarant ID",
    "Importer ID", "Seller ID", "Courier ID", "HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate",
    "Tax Type", "Country of Origin Indicator", "Net Mass", "Item Price",
)  # fmt: skip
_FIGURES = ("Net Mass", "Item Price")


def protocol(folder: Path, *, seeds: Sequence[int] = (1, 2, 3), progress: Progress | None = None) -> dict[str, Any]:
    """Run it on the files of a folder: ``*train*`` and ``*valid*``, CSV or Parquet.

    :raises UsageError: there is no such file, or there are several
    """
    tell = progress or (lambda _what, _done: None)
    tell("read", 0.0)
    paths = [_one(folder, part) for part in ("train", "valid")]
    raw = [_table(path) for path in paths]
    rows, fraud = _observed(paths)
    whole = declarations(rows)
    guilty = np.array([fraud[id] for id in whole.rows["shipment_id"].to_pylist()])
    start = int(np.asarray(np.array(str(min(raw[1]["Date"].to_pylist()))[:10], "datetime64[D]")).astype(np.int64))
    began = time.process_time()
    tell("columns", 0.1)
    learnt, judged = whole.day < start, whole.day >= start
    inner = int(np.quantile(whole.day[learnt], 1 - _LAST))
    chosen = learnt & (whole.day >= inner)
    says, values = columns(whole, counts(whole, guilty, inner))
    scores = _grown(values, learnt & ~chosen, chosen, guilty, list(says), seeds, HOW)[1]
    curve = calibration.fit(scores, guilty[chosen] > 0)
    tell("grow", 0.3)
    _, values = columns(whole, counts(whole, guilty, start))
    forest, scores = _grown(values, learnt, judged, guilty, list(says), seeds, HOW)
    ours = time.process_time() - began
    tell("baseline", 0.7)
    began = time.process_time()
    theirs = _published(*raw)
    peer = time.process_time() - began
    by_id = dict(zip((str(id) for id in raw[1]["Declaration ID"].to_pylist()), theirs.tolist(), strict=True))
    published = np.array([by_id[id] for id in whole.rows["shipment_id"].filter(_mask(judged)).to_pylist()])
    look, copies = looked_up(whole, guilty, start)
    true, fresh = guilty[judged] > 0, copies[judged] == 0
    told = {"counterflow": scores, "baseline": published, "look_up": look[judged]}
    return {
        "declarations": {"learnt_from": int(learnt.sum()), "judged": int(judged.sum()),
                         "fraud_learnt_from": int(guilty[learnt].sum()), "fraud_judged": int(true.sum()),
                         "repeated": int((~fresh).sum())},
        "columns": len(says), "seeds": list(seeds),
        **{name: {"all": figures_of(score, true), "not_repeated": figures_of(score[fresh], true[fresh])}
           for name, score in told.items()},
        "calibration": {"brier": round(float(np.mean((curve(scores) - true) ** 2)), 4),
                        "reliability": metrics.reliability(curve(scores), true, 5)},
        "gain": dict(list(forest.gain().items())[:10]),
        "reasons": _told(whole, forest, says, values, np.flatnonzero(judged), scores, curve),
        "processor_seconds": {"counterflow": round(ours, 1), "baseline": round(peer, 1)},
    }  # fmt: skip


def _grown(
    values: Any, rows: Flags, score: Flags, guilty: Floats, names: list[str], seeds: Sequence[int], how: Growing
) -> tuple[Forest, Floats]:
    at = np.flatnonzero(rows)
    forest = grow(values.__getitem__, at, guilty[at] > 0, names, seeds, how)
    return forest, forest.score(values[score])


def figures_of(scores: Floats, true: Flags) -> dict[str, Any]:
    """How well scores rank frauds: areas, and precision among those that there is time to inspect."""
    order = np.argsort(-scores, kind="stable")
    found: dict[str, Any] = {
        "n": len(true), "fraud": int(true.sum()), "pr_auc": round(metrics.area(scores, true), 4),
        "roc_auc": round(metrics.roc(scores, true), 4),
    }  # fmt: skip
    for share in _AT:
        top = true[order[: max(1, round(share * len(true)))]]
        low, high = metrics.wilson(int(top.sum()), len(top))
        found[f"precision_at_{share:.0%}"] = {"share": round(float(top.mean()), 4), "low": round(low, 4),
                                              "high": round(high, 4)}  # fmt: skip
    return found


def looked_up(whole: Declarations, guilty: Floats, start: int) -> tuple[Floats, Floats]:
    """Share of fraud among the same commodity, mass and price before the day `start`; and how many those were."""
    shares = counts(whole, guilty, start)
    n, s = shares(("hs6", "mass", "worth"))
    base = np.nanmean(guilty[whole.day < start])
    return (s + base) / (n + 1), n


def _told(
    whole: Declarations, forest: Forest, says: dict[str, str], values: Any, judged: Any, scores: Floats, curve: Any
) -> list[dict[str, Any]]:
    """The first three, with their reasons."""
    top = np.argsort(-scores, kind="stable")[:3]
    rows = judged[top]
    parts = forest.contributions(values[rows])[:, :-1]
    names = list(says)
    return [
        {"declaration": whole.rows["shipment_id"][int(row)].as_py(),
         "probability": round(float(curve(scores[top[k : k + 1]])[0]), 4),
         "reasons": [r["text"] for r in reasons(names, says, values[row], parts[k])]}
        for k, row in enumerate(rows.tolist())
    ]  # fmt: skip


def _published(train: pa.Table, valid: pa.Table) -> Floats:
    """float64[valid]: scores of the published method."""
    xgboost = __import__("xgboost")
    fields = [name for name in _DECLARED if name in train.column_names]
    sides = [np.empty((len(t), len(fields))) for t in (train, valid)]
    for k, name in enumerate(fields):
        both = train[name].to_pylist(), valid[name].to_pylist()
        if name in _FIGURES:
            low, high = min(both[0]), max(both[0])
            for side, told in zip(sides, both, strict=True):
                side[:, k] = (np.array(told) - low) / (high - low)
        else:
            numbers: dict[Any, int] = {}
            for side, told in zip(sides, both, strict=True):
                side[:, k] = [numbers.setdefault(value, len(numbers) + 1) for value in told]
    fraud = np.array(train["Fraud"].to_pylist())
    few, many = np.flatnonzero(fraud == 1), np.flatnonzero(fraud == 0)
    again = np.random.RandomState(11).choice(few, len(many) - len(few))
    rows = np.concatenate([np.arange(len(fraud)), again])
    settings = {
        "base_score": 0.5, "colsample_bytree": 0.6, "gamma": 1, "eta": 0.5994130001745845, "max_depth": 4,
        "min_child_weight": 2, "objective": "binary:logistic", "tree_method": "exact", "seed": 0, "nthread": 2,
        "verbosity": 0,
    }  # fmt: skip
    booster = xgboost.train(settings, xgboost.DMatrix(sides[0][rows], label=fraud[rows]), num_boost_round=424)
    return np.asarray(booster.predict(xgboost.DMatrix(sides[1]), output_margin=True), dtype=np.float64)


def _observed(paths: Sequence[Path]) -> tuple[pa.Table, dict[str, float]]:
    """Declarations as our own reader reads them, and by id whether they were fraud."""
    import pyarrow as pa

    from counterflow import registry
    from counterflow.sources.reader import Observations

    rows: list[pa.Table] = []
    fraud: dict[str, float] = {}
    for path in paths:
        for record in registry.get("readers", "shipments").read(path, {}):
            if isinstance(record, Observations) and record.table == "shipments":
                rows.append(record.rows)
            elif isinstance(record, Observations) and record.table == "labels":
                told = zip(record.rows["record"].to_pylist(), record.rows["label"].to_pylist(), strict=True)
                fraud |= {id: float(label == "fraud") for id, label in told}
    return pa.concat_tables(rows, promote_options="permissive"), fraud


def _table(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path)
    import pyarrow.csv

    return pyarrow.csv.read_csv(path)


def _one(folder: Path, part: str) -> Path:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the one with df_syn_train_eng.csv and df_syn_valid_eng.csv.")
    found = sorted(p for p in folder.iterdir() if part in p.name and p.suffix in (".csv", ".parquet"))
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise UsageError(f"{folder}: wanted one file *{part}*.csv or *{part}*.parquet, found {names}.")
    return found[0]


def _mask(flags: Flags) -> Any:
    import pyarrow as pa

    return pa.array(flags)
