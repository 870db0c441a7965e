"""How well ranking tells laundering, on public data with answers, beside one-line rules and beside IBM's preprocessor.

    python benchmarks/ranking.py amlsim FOLDER        amlsim-generated: attempts of five patterns in a year
    python benchmarks/ranking.py smoke FOLDER         amlsim-1k
    python benchmarks/ranking.py samples FOLDER       IBM's samples of 20,000 accounts; answers about accounts
    python benchmarks/ranking.py elliptic FOLDER      Bitcoin transactions of steps 1 to 34; structure alone

Each FOLDER holds the set's Parquet files. The split is in time; nothing is chosen on the last part. snapml, where it is
installed, makes its columns of the same payments in the same run, and the same trees learn from them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow.findings.patterns.log import Log, from_rows
from counterflow.findings.ranking import metrics
from counterflow.findings.ranking.inputs import inputs, kind_of
from counterflow.findings.ranking.looking import each_seed, learn
from counterflow.findings.ranking.split import Split, in_time
from counterflow.findings.ranking.trees import Growing, grow

SEEDS = (1, 2, 3, 4, 5)
DAY = 86_400


def amlsim(folder: Path) -> None:
    """Payments, and attempts: of each set of files the whole table of `scored`."""
    table = pq.read_table(folder / "transactions.parquet")
    log, order = _log(table, "tran_id", "orig_acct", "bene_acct", "base_amt", _seconds(table["tran_timestamp"]))
    true = np.asarray(table["is_sar"].take(order), dtype=np.bool_)
    attempt = np.asarray(table["alert_id"].take(order), dtype=np.int64)
    split = in_time(log.at)
    _say(log, true, split)
    for name, score in _one_liners(log).items():
        _print(name, [score], true, attempt, split)
    _ours(log, true, attempt, split)
    _snapml(log, true, attempt, split)


def smoke(folder: Path) -> None:
    """Ten alerts only: that it runs, and finds what a rule of one line finds."""
    table = pq.read_table(folder / "transactions_1k.parquet")
    log, order = _log(table, "tran_id", "orig_acct", "bene_acct", "base_amt", _seconds(table["tran_timestamp"]))
    true = np.asarray(table["is_sar"].take(order), dtype=np.bool_)
    attempt = np.asarray(table["alert_id"].take(order), dtype=np.int64)
    split = in_time(log.at)
    _say(log, true, split)
    for name, score in _one_liners(log).items():
        _print(name, [score], true, attempt, split)
    _ours(log, true, attempt, split)


def samples(folder: Path) -> None:
    """Accounts: one is scored by the highest of its payments in the last part. A payment between two guilty accounts,
    once both have begun, is laundering to learn from: the answers tell of accounts alone."""
    for name in ("20K_fanin200", "20K_cycle200"):
        table = pq.read_table(folder / f"{name}_transactions.parquet")
        nodes = pq.read_table(folder / f"{name}_nodes.parquet")
        table = table.append_column("id", pa.array(np.arange(len(table))))
        log, _ = _log(table, "id", "sourceNodeId", "targetNodeId", "value", np.asarray(table["time"]) * DAY)
        told = {f"/{n['nodeid']}": n for n in nodes.to_pylist()}
        guilty = np.array([told[a]["isFraud"] == 1 for a in log.accounts.to_pylist()])
        first = np.array([max(0, told[a]["fraudStep"]) for a in log.accounts.to_pylist()])
        step = log.at // DAY
        both = guilty[log.payer] & guilty[log.payee]
        true = both & (step >= first[log.payer]) & (step >= first[log.payee])
        split = in_time(log.at)
        print(f"\n{name}: {int(guilty.sum())} guilty accounts of {len(nodes):,}")
        _say(log, true, split)
        given = inputs(log, kind_of(log, split.first))
        _, forest = learn(log, given, np.arange(split.first), true, split.first, SEEDS, Growing())
        active = np.zeros(len(log.accounts), dtype=np.bool_)
        active[log.payer[split.judge]] = active[log.payee[split.judge]] = True
        truth = guilty[active]
        rules = {
            "payers in the last part": _fan(log, split),
        }
        for rule, score in rules.items():
            print(f"  {rule:34} accounts PR-AUC {metrics.area(score[active], truth):.3f}")
        areas, f1, by_seed = [], [], each_seed(forest, given, slice(0, len(log)))
        for k in range(len(SEEDS)):
            scores = by_seed[k]
            before = _accounts(log, scores, split.choose)
            seen = np.isfinite(before)
            at = metrics.best_threshold(before[seen], guilty[seen])
            own = _accounts(log, scores, split.judge)
            areas.append(metrics.area(own[active], truth))
            f1.append(metrics.at_threshold(own[active], truth, at)["f1"])
        print(f"  {'trees':34} accounts PR-AUC {_spread(areas)}   F1 {_spread(f1)}   at random {truth.mean():.3f}")


def elliptic(folder: Path) -> None:
    """Nodes: steps 1 to 24 to learn from, 25 to 28 to choose, 29 to 34 to judge; unknown ones only link the others."""
    nodes = pq.read_table(folder / "transactions.parquet")
    edges = pq.read_table(folder / "edges.parquet")
    ids = np.asarray(nodes["tx_id"])
    order = np.argsort(ids)
    place = {c: order[np.searchsorted(ids[order], np.asarray(edges[c]))] for c in ("src_tx", "dst_tx")}
    step = np.asarray(nodes["time_step"])
    label = np.array(nodes["label"].to_pylist())
    began = time.process_time()
    values, names = _structure(place["src_tx"], place["dst_tx"], step, len(ids))
    cpu = time.process_time() - began
    true, known = label == "illicit", label != "unknown"
    parts = {n: known & (step > a) & (step <= b) for n, (a, b) in
             {"train": (0, 24), "choose": (24, 28), "judge": (28, 34)}.items()}  # fmt: skip
    print(f"{len(ids):,} transactions, {len(edges):,} edges, {len(names)} columns of structure in {cpu:.1f} processor "
          "seconds; labelled " + ", ".join(f"{n} {int(p.sum()):,} ({true[p].mean():.1%} illicit)"
                                           for n, p in parts.items()))  # fmt: skip
    judge, choose = parts["judge"], parts["choose"]
    for rule, score in {"few outputs spent": -values[:, 1], "no input known": -values[:, 0]}.items():
        print(f"  {rule:34} PR-AUC {metrics.area(score[judge].astype(np.float64), true[judge]):.3f}")
    areas, f1 = [], []
    forest = grow(values.__getitem__, np.flatnonzero(parts["train"]), true[parts["train"]], names, SEEDS, Growing())
    for k in range(len(SEEDS)):
        scores = forest.of_seed(k, values)
        at = metrics.best_threshold(scores[choose], true[choose])
        areas.append(metrics.area(scores[judge], true[judge]))
        f1.append(metrics.at_threshold(scores[judge], true[judge], at)["f1"])
    print(
        f"  {'trees on structure':34} PR-AUC {_spread(areas)}   F1 {_spread(f1)}   at random {true[judge].mean():.3f}"
    )


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def _structure(src: Any, dst: Any, step: Any, n: int) -> tuple[Any, list[str]]:
    """Degrees, and sums, means and highest of them over neighbours, three times over: both ways, within a step."""
    degree = [np.bincount(dst, minlength=n), np.bincount(src, minlength=n)]
    columns = [d.astype(np.float64) for d in degree]
    names = ["in", "out"]
    size = np.bincount(step, minlength=int(step.max()) + 1)
    layer = list(range(2))
    for hop in range(3):
        fresh = []
        for c in layer:
            for way, (a, b) in {"from": (src, dst), "to": (dst, src)}.items():
                total = np.bincount(b, weights=columns[c][a], minlength=n)
                count = np.bincount(b, minlength=n)
                top = np.zeros(n)
                np.maximum.at(top, b, columns[c][a])
                for what, v in {"mean": np.divide(total, count, where=count > 0, out=np.full(n, np.nan)),
                                "high": np.where(count > 0, top, np.nan)}.items():  # fmt: skip
                    fresh.append(len(columns))
                    columns.append(np.nan_to_num(v, nan=-1.0))
                    names.append(f"{names[c]}_{what}_{way}")
        layer = fresh[: 16 if hop == 0 else 24]
    # how a node stands among those of its own step: steps differ in size and habit
    for c in range(2):
        order = np.lexsort((columns[c], step))
        rank = np.empty(n)
        rank[order] = np.arange(n) - np.concatenate([[0], np.cumsum(size)])[step[order]]
        columns.append(rank / size[step])
        names.append(f"{names[c]}_rank")
    return np.column_stack(columns).astype(np.float32), names


def _ours(log: Log, true: Any, attempt: Any, split: Split) -> None:
    began = time.process_time()
    given = inputs(log, kind_of(log, split.first))
    cold = time.process_time() - began
    began = time.process_time()
    given = inputs(log, kind_of(log, split.first))
    cpu = time.process_time() - began
    print(f"  columns: {len(given.names)} in {cpu:.2f} processor seconds ({cold:.2f} with loading kernels)")
    rows = np.arange(split.first)
    began = time.process_time()
    names, every, take = given.names[: given.first], slice(0, len(log)), partial(given.take, looks=1)
    once = grow(take, rows, true[rows], names, SEEDS, Growing())
    _print("one look", list(each_seed(once, given, every, looks=1)), true, attempt, split)
    _, forest = learn(log, given, rows, true, split.first, SEEDS, Growing())
    _print("two looks", list(each_seed(forest, given, every)), true, attempt, split)
    mixed = np.random.default_rng(0).permutation(true[rows])
    lost = grow(take, rows, mixed, names, (1,), Growing(rounds=50))
    _print("answers at random", list(each_seed(lost, given, every, looks=1)), true, attempt, split)
    print(f"  learnt and scored in {time.process_time() - began:.0f} processor seconds")


def _snapml(log: Log, true: Any, attempt: Any, split: Split) -> None:
    try:
        from snapml import GraphFeaturePreprocessor
    except ImportError:
        print("  (snapml is not installed)")
        return
    for days in (5, 30):
        maker, span = GraphFeaturePreprocessor(), days * DAY
        settings = maker.get_params()
        names = ("fan", "degree", "scatter-gather", "temp-cycle")
        settings |= {"num_threads": 1, "time_window": span, "vertex_stats": True, "vertex_stats_tw": span,
                     "vertex_stats_cols": [4], "vertex_stats_feats": [0, 1, 2, 3, 4, 8, 9, 10], "lc-cycle": False,
                     **dict.fromkeys(names, True), **{f"{n}_tw": span for n in names},
                     **{f"{n}_bins": list(range(2, 31)) for n in names}}  # fmt: skip
        maker.set_params(settings)
        rows = np.column_stack([np.arange(len(log)), log.payer, log.payee, log.at, log.amount]).astype(np.float64)
        began = time.process_time()
        made = np.vstack([maker.transform(np.ascontiguousarray(rows[i : i + 2048])) for i in range(0, len(rows), 2048)])
        cpu = time.process_time() - began
        values = made[:, 4:].astype(np.float32)
        learnt = np.arange(split.first)
        names = [str(k) for k in range(values.shape[1])]
        forest = grow(values.__getitem__, learnt, true[learnt], names, SEEDS, Growing())
        print(f"  snapml GFP, {days} days: {values.shape[1]} columns in {cpu:.2f} processor seconds")
        _print(f"  GFP {days} days", [forest.of_seed(k, values) for k in range(len(SEEDS))], true, attempt, split)


def _print(name: str, by_seed: list[Any], true: Any, attempt: Any, split: Split) -> None:
    """Payments: area, F1. Attempts: area of hits, and of the attempts those reached at the threshold."""
    told = [_measured(s, true, attempt, split) for s in by_seed]
    means = {key: float(np.mean([t[key] for t in told])) for key in told[0]}
    spread = {key: float(np.std([t[key] for t in told], ddof=1)) if len(told) > 1 else 0.0 for key in told[0]}
    print(f"  {name:34} " + "   ".join(f"{key} {means[key]:.3f} ± {spread[key]:.3f}" for key in means))


def _measured(scores: Any, true: Any, attempt: Any, split: Split) -> dict[str, float]:
    c, j = split.choose, split.judge
    at = metrics.best_threshold(scores[c], true[c])
    of, guilty, number = scores[j], true[j], attempt[j]
    told = metrics.at_threshold(of, guilty, at)
    known = np.unique(number[guilty & (number >= 0)])
    best = np.sort([of[number == a].max() for a in known])[::-1]
    thresholds, precision, _ = metrics.curve(of, guilty)
    where = np.searchsorted(-thresholds, -best)
    return {
        "PR-AUC": metrics.area(of, guilty), "F1": told["f1"], "precision": told["precision"], "recall": told["recall"],
        "attempts: PR-AUC": float(precision[where].mean()), "reached": float((best >= at).mean()),
        "precision where 98 % are": float(precision[where[int(np.ceil(0.98 * len(best))) - 1]]),
    }  # fmt: skip


def _one_liners(log: Log) -> dict[str, Any]:
    """Rules of one line, causal: what a ranking must clearly beat."""
    month = inputs(log, kind_of(log, len(log)))
    values = month.take(np.arange(len(log)), looks=1).astype(np.float64)
    at = {name: values[:, k] for k, name in enumerate(month.names[: month.first])}
    return {
        "pair never used before": np.nan_to_num(at["pair_count"], nan=0.0) * -1,
        "payer never paid before": -np.nan_to_num(at["payer_out_ever"], nan=0.0),
        "payers of the payee in 7 days": np.nan_to_num(at["payee_in_distinct_7d"], nan=0.0),
        "payees of the payer in 7 days": np.nan_to_num(at["payer_out_distinct_7d"], nan=0.0),
    }


def _fan(log: Log, split: Split) -> Any:
    pairs = np.unique(np.column_stack([log.payee[split.judge], log.payer[split.judge]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(log.accounts)).astype(np.float64)


def _accounts(log: Log, scores: Any, part: slice) -> Any:
    found = np.full(len(log.accounts), -np.inf)
    np.maximum.at(found, log.payer[part], scores[part])
    np.maximum.at(found, log.payee[part], scores[part])
    return found


def _say(log: Log, true: Any, split: Split) -> None:
    parts = {"train": split.train, "choose": split.choose, "judge": split.judge}
    told = ", ".join(f"{n} {p.stop - p.start:,} ({int(true[p].sum())} laundering)" for n, p in parts.items())
    print(f"{len(log):,} payments, {len(log.accounts):,} accounts: {told}")


def _seconds(column: Any) -> Any:
    return np.asarray(column.cast(pa.timestamp("s")).cast(pa.int64()))


def _log(table: pa.Table, id: str, payer: str, payee: str, amount: str, at: Any) -> tuple[Log, pa.Array]:
    """The log, and for each of its rows the row of the table."""
    ids = table[id].cast(pa.string())
    sides = [pc.binary_join_element_wise("", table[c].cast(pa.string()), "/") for c in (payer, payee)]
    none = pa.chunked_array([pa.nulls(len(table), pa.float64())])
    rows = pa.table({"row_id": ids, "payment_id": ids, "at": pa.chunked_array([pa.array(at)]), "payer": sides[0],
                     "payee": sides[1], "amount": table[amount].cast(pa.float64()),
                     "currency": pa.chunked_array([pa.array(["XTS"] * len(table))]), "usd": none})  # fmt: skip
    log = from_rows(rows)
    return log, pc.index_in(log.rows["row_id"], value_set=ids.combine_chunks()).combine_chunks()


RUNS: dict[str, Callable[[Path], None]] = {f.__name__: f for f in (amlsim, smoke, samples, elliptic)}

if __name__ == "__main__":
    RUNS[sys.argv[1]](Path(sys.argv[2]))
