"""Resolution of plain tables: candidates, weights, clusters, and the pairs behind them with what each column said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.entities.capture import METHOD, recall
from counterflow.entities.plain.blocking import Block, Tried, choose, emitted, tried, whole
from counterflow.entities.plain.encode import Columns, encode
from counterflow.entities.plain.spec import Spec
from counterflow.entities.plain.weights import Pairs, Weights, again, arguments, chance, learn, sampled, strangers
from counterflow.errors import UsageError

__all__ = ["Found", "resolve"]

KEPT = -1.0
"""Log-odds below which a pair is not kept."""

PAIRS = 9.0
"""Pairs a row that are compared in a large table."""

UNLIKELY = -4.0
"""Log-odds below which a pair of a sample is not counted as one that a rule would find."""

ROUNDS = 2
"""Times that weights are learnt anew from the clusters found."""

HOPELESS = -8.0
"""Log-odds below which a pair is not looked at again when weights are learnt anew."""

SIDES = ("left", "right")

FLOOR = 12.0
"""Log-odds that one pair may count for or against joining two clusters at most."""

Array = npt.NDArray[Any]
Progress = Callable[[str, float], None]


class Edges(NamedTuple):
    """Likely pairs. :param weight: log-odds without the prior; :param parts: of each column, shape (pairs, fields)"""

    left: Array
    right: Array
    weight: Array
    parts: Array


class Found(NamedTuple):
    """:param clusters: table, id, cluster (id of its first row; table:id where two tables have one id), one row for
    each row of the tables, in order
    :param pairs: left, right, probability, outcome (joined: it made a cluster; within; apart), one weight a column
    :param report: counts of rows, pairs, clusters; rules with their caps; the weights learnt"""

    clusters: pa.Table
    pairs: pa.Table
    report: dict[str, Any]


def resolve(tables: list[tuple[str, pa.Table]], spec: Spec, progress: Progress | None = None) -> Found:
    """Who is who in one table, or between two.

    :param tables: (name, rows): one to find its duplicates, two to link the second to the first
    :raises UsageError: a column that a table does not have, or an id that is not its row's own
    """

    def tell(step: str, share: float) -> None:
        if progress is not None:
            progress(step, share)

    names = [f.column for f in spec.fields]
    for name, table in tables:
        for column in (*names, *([spec.id] if spec.id else [])):
            if column not in table.column_names:
                raise UsageError(f"{name} has no column '{column}'. It has: {', '.join(table.column_names)}.")
    tell("reading", 0.0)
    whole = pa.concat_tables([t.select(names) for _, t in tables], promote_options="permissive")
    split = tables[0][1].num_rows if len(tables) > 1 else 0
    columns = encode(whole, spec.fields)
    tell("finding pairs", 0.1)
    random = strangers(columns, split)
    tries = [(t, sampled(columns, t.left, t.right).levels) for t in tried(columns, split)]
    blocks = _blocked(columns, tries, random, split)
    tell("comparing", 0.4)
    left, right = (np.concatenate([getattr(b, side) for b in blocks] or [[]]).astype(np.int32) for side in SIDES)
    pairs = sampled(columns, left, right)
    tell("learning", 0.6)
    weights = learn(columns, tries, random, pairs, split)
    apart = split if spec.distinct else 0
    pairs, edges = _weighed(columns, pairs, weights)
    of, joined = _clustered(columns, weights, edges, apart)
    for n in range(ROUNDS):
        tell("joining", 0.7 + 0.1 * n)
        weights = again(columns, random, pairs, weights, of, split)
        edges = _weighed(columns, pairs, weights)[1]
        of, joined = _clustered(columns, weights, edges, apart)
    ids = pa.concat_arrays([_ids(name, t, spec.id) for name, t in tables])
    order = np.arange(len(of))
    first = np.full(len(of), len(of))
    np.minimum.at(first, of, order)
    clusters = pa.table(
        {
            "table": pa.array([name for name, t in tables for _ in range(t.num_rows)], pa.string()).dictionary_encode(),
            "id": ids,
            "cluster": _named(ids, tables).take(pa.array(first[of])),
        }
    )
    report = {
        "rows": len(of),
        "pairs": len(left),
        "clusters": int(np.count_nonzero(first < len(of))),
        "largest": int(np.bincount(of).max(initial=0)),
        "prior": weights.prior,
        "rules": [
            {"rule": b.rule.name, "cap": b.cap, "pairs": len(b.left), "rows_passed_over": b.passed} for b in blocks
        ],
        "blocking": _found_of(spec, blocks, edges, of),
        "weights": {f.column: _learnt(weights, n) for n, f in enumerate(spec.fields)},
    }
    tell("done", 1.0)
    return Found(clusters, _pairs(columns, weights, ids, edges, of, joined), report)


def _blocked(columns: Columns, tries: list[tuple[Tried, Array]], random: Pairs, split: int) -> list[Block]:
    """The pairs worth comparing, by the rules that the budget goes furthest with."""
    rows = len(columns.codes)
    if (every := whole(rows, split)) is not None:
        return [every]
    if not tries:
        return []
    left, right = (np.concatenate([getattr(t, side) for t, _ in tries]) for side in SIDES)
    _, first = np.unique(left.astype(np.int64) * rows + right, return_index=True)
    drawn = Pairs(left[first], right[first], np.concatenate([x for _, x in tries])[first])
    odds = chance(columns, drawn, learn(columns, tries, random, drawn, split, settled=False))
    likely = odds > UNLIKELY
    true = 1 / (1 + np.exp(-odds[likely].astype(float)))
    budget = int(rows * min(60.0, max(PAIRS, 4e6 / max(rows, 1))))
    chosen = choose([t for t, _ in tries], drawn.left[likely], drawn.right[likely], true, budget)
    return emitted(chosen, rows, split)


def _found_of(spec: Spec, blocks: list[Block], edges: Edges, of: Array) -> dict[str, Any]:
    """How much of what would be joined blocking found, reckoned from two sets of rules without a column in common."""
    if not blocks or not blocks[0].rule.forms:
        return {"method": "every pair was compared", "recall": 1.0, "low": 1.0, "high": 1.0}
    sure = np.flatnonzero(of[edges.left] == of[edges.right])
    left, right = edges.left[sure], edges.right[sure]
    met = [(b.keys[left] != 0) & (b.keys[left] == b.keys[right]) for b in blocks]
    ways = []
    for columns in sorted({b.rule.fields for b in blocks}):
        one, two = np.zeros((2, len(sure)), dtype=bool)
        for b, here in zip(blocks, met, strict=True):
            if set(b.rule.fields) <= set(columns):
                one |= here
            elif not set(b.rule.fields) & set(columns):
                two |= here
        ways.append((int((one & two).sum()), int(one.sum()), int(two.sum()), columns))
    both, first, second, columns = max(ways)
    told = recall(len(sure), first, second, both)
    return {"method": METHOD, "ways": [", ".join(spec.fields[f].column for f in columns), "the other columns"], **told}


def _ids(name: str, table: pa.Table, column: str | None) -> pa.Array:
    if column is None:
        return pa.array(np.arange(1, table.num_rows + 1)).cast(pa.string())
    ids = table.column(column).cast(pa.string()).combine_chunks()
    if ids.null_count or len(ids.unique()) != len(ids):
        raise UsageError(f"{name}: column '{column}' does not name every row once, so it cannot be the id.")
    return ids


def _named(ids: pa.Array, tables: list[tuple[str, pa.Table]]) -> pa.Array:
    """Ids that no two rows have."""
    if len(tables) == 1 or len(ids.unique()) == len(ids):
        return ids
    names = pa.array([name for name, t in tables for _ in range(t.num_rows)], pa.string())
    return pc.binary_join_element_wise(names, ids, ":")


def _weighed(columns: Columns, pairs: Pairs, weights: Weights) -> tuple[Pairs, Edges]:
    """Pairs that are not hopeless, and of these the likely ones, surest first."""
    from counterflow.entities.plain.kernels import weigh

    parts = weigh(*pairs, weights.table, weights.parents, weights.tops, columns.codes, weights.surprise)
    total = parts.sum(axis=1)
    near = total + weights.prior >= HOPELESS
    kept = np.flatnonzero(total + weights.prior >= KEPT)
    order = kept[np.lexsort((pairs.right[kept], pairs.left[kept], -total[kept]))]
    edges = Edges(pairs.left[order], pairs.right[order], total[order], parts[order])
    return Pairs(pairs.left[near], pairs.right[near], pairs.levels[near]), edges


def _clustered(columns: Columns, weights: Weights, edges: Edges, split: int) -> tuple[Array, Array]:
    from counterflow.entities.plain.kernels import cluster

    alone = np.array([f.one_per_party for f in columns.fields], dtype=np.bool_)
    return cluster(
        edges.left, edges.right, edges.weight, len(columns.codes), weights.prior, FLOOR, split, alone, weights.table,
        weights.parents, weights.tops, weights.surprise, *arguments(columns),
    )  # fmt: skip


def _learnt(weights: Weights, n: int) -> list[dict[str, float]]:
    rows = zip(weights.m[n].tolist(), weights.u[n].tolist(), weights.table[0, n, 0].tolist(), strict=True)
    return [{"level": k, "m": m, "u": u, "weight": w} for k, (m, u, w) in enumerate(rows) if m > 1e-3 or u > 1e-3]


def _pairs(
    columns: Columns, weights: Weights, ids: pa.Array, edges: Edges, of: Array, joined: Array
) -> pa.Table:  # fmt: skip
    left, right, weight, parts = edges
    outcome = np.where(joined, 0, np.where(of[left] == of[right], 1, 2))
    told: dict[str, Any] = {
        "left": ids.take(pa.array(left)),
        "right": ids.take(pa.array(right)),
        "probability": 1 / (1 + np.exp(-np.clip(weight.astype(float) + weights.prior, -40, 40))),
        "outcome": pa.DictionaryArray.from_arrays(pa.array(outcome.astype(np.int8)), ["joined", "within", "apart"]),
    }
    for n, f in enumerate(columns.fields):
        told[f"weight: {f.column}"] = np.round(parts[:, n], 3) if len(parts) else np.empty(0, np.float32)
    return pa.table(told)
