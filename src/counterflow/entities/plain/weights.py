"""Weights learnt from the data, without labels: how often true pairs agree on a column, how often strangers do.

Fellegi and Sunter (1969): a level of agreement adds ln(m / u). u is counted over random pairs. m is fitted by
expectation-maximisation (Winkler 1988) on the pairs of each blocking rule, for the columns that the rule does not look
at, and averaged over rules. Equal values add what their own rarity tells beyond the column's mean (Winkler 1989).

Among strangers columns depend on each other: two of one country often share a surname. So u of a column is taken given
the level of the column it depends on most, a tree of dependences (Chow and Liu 1968) counted over the same random
pairs; where that one is missing, given the next.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from counterflow.entities.plain.blocking import Tried
from counterflow.entities.plain.encode import TEXTS, Columns
from counterflow.entities.plain.kernels import (
    LEVELS,
    MISSING,
    compare_categories,
    compare_dates,
    compare_names,
    compare_numbers,
    compare_texts,
    weigh,
)  # fmt: skip

__all__ = ["Pairs", "Weights", "again", "arguments", "chance", "learn", "levels_of", "sampled", "strangers"]

Array = npt.NDArray[Any]

_KIND = {"given name": 0, "surname": 0, "date": 1, "number": 2, **dict.fromkeys(TEXTS, 3), "category": 4}
_TOP = {0: 4, 1: 5, 2: 4, 3: -1, 4: 2}
_RANDOM, _A_ROW = 1_000_000, 50
"""Random pairs at most, and for each row."""

STEADY = 20.0
"""Random pairs by which the marginal steadies what is counted given a parent's level."""

INSIDE = 200_000
"""Pairs within clusters that weights are learnt from at most."""

SLIPS = 0.01
"""True pairs that disagree on a column altogether, at least: what was never seen is not impossible."""

FITTED = 4
"""Rules that a column's weights are fitted on."""


class Pairs(NamedTuple):
    """:param left, right: rows, shape (pairs,); :param levels: of each column, shape (pairs, fields)"""

    left: Array
    right: Array
    levels: Array


@dataclass(frozen=True)
class Weights:
    """:param table, parents: see `kernels.weigh`; :param m, u: probabilities of each level, shape (fields, LEVELS)
    :param surprise: what the rarity of each value adds to its agreement; :param prior: log-odds before any evidence"""

    table: Array
    parents: Array
    m: Array
    u: Array
    tops: Array
    surprise: Array
    prior: float


def arguments(columns: Columns) -> tuple[Any, ...]:
    """What the kernels need to know of the columns."""
    kinds = np.array([_KIND[f.kind] for f in columns.fields], dtype=np.int64)
    partner = np.full(len(kinds), -1, dtype=np.int64)
    names = {f.kind: n for n, f in enumerate(columns.fields) if f.kind in ("given name", "surname")}
    if len(names) == 2:
        partner[names["given name"]], partner[names["surname"]] = names["surname"], names["given name"]
    return (
        kinds, partner, columns.codes, columns.text, columns.start, columns.bones, columns.date, columns.words,
        columns.word_start, columns.word_text, columns.word_text_start, columns.word_bones, columns.rarity,
        math.log(len(columns.codes) + 2),
    )  # fmt: skip


def levels_of(columns: Columns, left: Array, right: Array) -> Array:
    """Level of each column for each pair, shape (pairs, fields). Column by column: what one needs stays at hand."""
    c, rows = columns, math.log(len(columns.codes) + 2)
    left, right = left.astype(np.int32), right.astype(np.int32)
    out = np.empty((len(columns.fields), len(left)), dtype=np.uint8)
    of = {f.kind: n for n, f in enumerate(c.fields)}
    other = {"given name": of.get("surname"), "surname": of.get("given name")}
    for n, f in enumerate(c.fields):
        code, kind = np.ascontiguousarray(c.codes[:, n]), _KIND[f.kind]
        if kind == 0:
            at = other[f.kind]
            partner = np.full(len(code), -1, np.int32) if at is None else np.ascontiguousarray(c.codes[:, at])
            compare_names(left, right, code, partner, c.text, c.start, c.bones, out[n])
        elif kind == 1:
            compare_dates(left, right, code, c.date, out[n])
        elif kind == 2:
            compare_numbers(left, right, code, c.text, c.start, out[n])
        elif kind == 3:
            compare_texts(
                left, right, code, c.words, c.word_start, c.rarity, c.word_text, c.word_text_start, c.word_bones, rows,
                out[n],
            )  # fmt: skip
        else:
            compare_categories(left, right, code, c.text, c.start, out[n])
    return np.ascontiguousarray(out.T)


def sampled(columns: Columns, left: Array, right: Array) -> Pairs:
    """Pairs with their levels."""
    return Pairs(left, right, levels_of(columns, left, right))


def strangers(columns: Columns, split: int = 0) -> Pairs:
    """Pairs drawn at random, of which hardly any is true."""
    return sampled(columns, *_random_pairs(len(columns.codes), split))


def learn(
    columns: Columns,
    tries: list[tuple[Tried, Array]],
    random: Pairs,
    pairs: Pairs,
    split: int = 0,
    settled: bool = True,
) -> Weights:
    """Weights from the pairs that rules bring together.

    :param tries: rules, the most selective first, and the levels of the pairs that each was tried on
    :param random: what `strangers` returned; :param pairs: all that blocking found, or the samples of all rules
    :param settled: `pairs` are all, so that how many are true can be told from them
    """
    fields = len(columns.fields)
    seen = _counted(random.levels)
    u = _shares(seen, 0.05)
    m = np.full((fields, LEVELS), 1.0 / LEVELS)
    everything = _everything(len(columns.codes), split)
    rate = min(0.5, 0.5 * len(columns.codes) / max(1.0, everything))
    telling = _telling(tries, fields)
    for _ in range(3):
        total, weight = np.zeros((fields, LEVELS)), np.zeros(fields)
        for used, x in telling:
            fitted, matches = _fit(x, u, [f for f in range(fields) if f not in used])
            told = matches / len(x) * math.sqrt(matches)
            for f in range(fields):
                if f not in used and matches >= 10:
                    total[f] += told * fitted[f]
                    weight[f] += told
        for f in range(fields):
            if weight[f]:
                m[f] = total[f] / weight[f]
        u = _without_true(seen, m, rate)
        if settled:
            rate = 1 / (1 + math.exp(-_prior(_scores(pairs.levels, u, m), everything, rate)))
    strange = _strange(_scores(random.levels, u, m), rate)
    return _made(columns, pairs, m, random.levels, strange, everything, rate, settled=settled)


def _strange(scores: Array, rate: float) -> Array:
    """Chance of each random pair that it is not a true one: in a small table some are, and they agree on everything."""
    odds = math.log(rate / (1 - rate))
    found: Array = 1 / (1 + np.exp(np.clip(scores + odds, -40, 40)))
    return found


def _everything(rows: int, split: int) -> float:
    """Pairs that there are."""
    return float(split * (rows - split)) if split else rows * (rows - 1) / 2


def chance(columns: Columns, pairs: Pairs, weights: Weights) -> Array:
    """Log-odds of each pair."""
    parts = weigh(*pairs, weights.table, weights.parents, weights.tops, columns.codes, weights.surprise)
    found: Array = parts.sum(axis=1) + weights.prior
    return found


def again(columns: Columns, random: Pairs, pairs: Pairs, old: Weights, of: Array, split: int) -> Weights:
    """Weights learnt once more from what came together: pairs within clusters agree less than those that blocking finds
    first, which is how true pairs are. :param of: cluster of each row"""
    inside = _inside(of, split)
    if len(inside[0]) < 100:
        return old
    m = _shares(_counted(levels_of(columns, *inside)) + 5 * old.m, 0.02)
    rate = 1 / (1 + math.exp(-old.prior))
    strange = (of[random.left] != of[random.right]).astype(float)
    return _made(columns, pairs, m, random.levels, strange, _everything(len(columns.codes), split), rate, of)


def _borne(columns: Columns, of: Array | None) -> Array:
    """How many rows bear each value, or how many parties where these are known."""
    if of is None:
        return columns.count
    out = np.zeros(len(columns.count), dtype=np.int64)
    for f in range(columns.codes.shape[1]):
        code = columns.codes[:, f]
        there = code >= 0
        pair = np.unique(of[there].astype(np.int64) * len(out) + code[there])
        out += np.bincount(pair % len(out), minlength=len(out))
    return out


def _inside(of: Array, split: int) -> tuple[Array, Array]:
    """Pairs within clusters, some of them where there are very many."""
    order = np.argsort(of, kind="stable")
    size = np.unique(of[order], return_counts=True)[1]
    left, right = [], []
    ends = np.cumsum(size)
    for n in np.unique(size[size > 1]).tolist():
        starts = (ends - size)[size == n]
        i, j = np.triu_indices(n, 1)
        left.append(order[starts[:, None] + i].ravel())
        right.append(order[starts[:, None] + j].ravel())
    if not left:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    a, b = np.concatenate(left), np.concatenate(right)
    if split:
        a, b = np.minimum(a, b), np.maximum(a, b)
        across = (a < split) & (b >= split)
        a, b = a[across], b[across]
    if len(a) > INSIDE:
        some = np.random.default_rng(39).choice(len(a), INSIDE, replace=False)
        a, b = a[some], b[some]
    return a, b


def _made(
    columns: Columns, pairs: Pairs, m: Array, random: Array, strange: Array,
    everything: float, rate: float, of: Array | None = None, settled: bool = True,
) -> Weights:  # fmt: skip
    """:param random: levels of pairs drawn at random; :param strange: how far each counts as a pair of strangers
    :param of: cluster of each row, where known"""
    tops = np.array([_TOP[_KIND[f.kind]] for f in columns.fields], dtype=np.int64)
    m[:, 0] = np.maximum(m[:, 0], SLIPS)
    m /= m.sum(axis=1, keepdims=True)
    u = _shares(_counted(random, strange), 0.05)
    parents = _parents(random, strange)
    surprise = _surprise(columns, u, tops, _borne(columns, of))
    table = _table(m, u, parents, random, strange)
    prior = math.log(rate / (1 - rate))
    if settled:
        parts = weigh(pairs.left, pairs.right, pairs.levels, table, parents, tops, columns.codes, surprise)
        prior = _prior(parts.sum(axis=1), everything, rate)
    return Weights(table, parents, m, u, tops, surprise, prior)


def _without_true(seen: Array, m: Array, rate: float) -> Array:
    """u: random pairs hold some true ones, which in a small table count."""
    u = np.maximum(_shares(seen, 0.05) - rate * m, 0.05 * _shares(seen, 0.05))
    found: Array = u / u.sum(axis=1, keepdims=True)
    return found


def _scores(levels: Array, u: Array, m: Array) -> Array:
    """Log-odds of pairs, columns taken as independent."""
    table = np.concatenate([np.log((m + 1e-4) / (u + 1e-9)), np.zeros((len(m), 256 - LEVELS))], axis=1)
    total = np.zeros(len(levels), dtype=np.float32)
    for f in range(len(m)):
        total += table[f].astype(np.float32)[levels[:, f]]
    return total


def _table(m: Array, u: Array, parents: Array, random: Array, strange: Array) -> Array:
    """Log-odds by level, and by level given each parent's."""
    fields = len(m)
    table = np.zeros((1 + len(parents), fields, LEVELS, LEVELS))
    table[0, :, 0] = np.log((m + 1e-4) / (u + 1e-9))
    for k, f in np.ndindex(parents.shape):
        if (p := int(parents[k, f])) >= 0:
            joint = _joint(random, strange, p, f)
            given = (joint + STEADY * u[f]) / (joint.sum(axis=1, keepdims=True) + STEADY)
            table[k + 1, f] = np.log((m[f] + 1e-4) / (given + 1e-9))
    return np.clip(table, -9.0, 14.0)


def _joint(x: Array, strange: Array, p: int, f: int) -> Array:
    """How often each level of one column goes with each of another, shape (LEVELS, LEVELS)."""
    both = (x[:, p] != MISSING) & (x[:, f] != MISSING)
    code = x[both, p].astype(np.int64) * LEVELS + x[both, f]
    return np.bincount(code, strange[both], minlength=LEVELS * LEVELS).reshape(LEVELS, LEVELS)


def _parents(random: Array, strange: Array) -> Array:
    """The two columns that each depends on most, none on itself in a circle; shape (2, fields), -1: none."""
    fields = random.shape[1]
    told = np.zeros((fields, fields))
    for a, b in itertools.combinations(range(fields), 2):
        joint = _joint(random, strange, a, b)
        if joint.sum() > 0:
            joint /= joint.sum()
            apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
            there = joint > 0
            told[a, b] = told[b, a] = float((joint[there] * np.log(joint[there] / apart[there])).sum())
    parents = np.full((2, fields), -1, dtype=np.int64)
    inside = [int(told.sum(axis=1).argmax())] if fields else []
    while len(inside) < fields:
        outside = [f for f in range(fields) if f not in inside]
        near = max(outside, key=lambda f: told[f, inside].max())
        best = sorted(inside, key=lambda p: -told[near, p])[:2]
        for k, p in enumerate(best):
            if told[near, p] > 1e-5:  # a hundred-thousandth of a nat is chance
                parents[k, near] = p
        inside.append(near)
    return parents


def _random_pairs(rows: int, split: int) -> tuple[Array, Array]:
    draw = np.random.default_rng(39)
    many = min(_RANDOM, max(_RANDOM // 5, _A_ROW * rows))
    if split:
        return draw.integers(0, split, many), draw.integers(split, rows, many)
    if rows * (rows - 1) // 2 <= many:
        return np.triu_indices(rows, 1)
    i, j = draw.integers(0, rows, many), draw.integers(0, rows, many)
    return i[i != j], j[i != j]


def _telling(tries: list[tuple[Tried, Array]], fields: int) -> list[tuple[tuple[int, ...], Array]]:
    """For each column the most selective rules that do not look at it: their pairs are mostly true ones."""
    wanted: dict[str, tuple[tuple[int, ...], Array]] = {}
    for f in range(fields):
        without = [(t, x) for t, x in tries if f not in t.rule.fields and len(x) >= 300]
        wanted.update({t.rule.name: (t.rule.fields, x) for t, x in without[:FITTED]})
    return list(wanted.values())


def _counted(x: Array, times: Array | None = None) -> Array:
    out = np.zeros((x.shape[1], LEVELS))
    for f in range(x.shape[1]):
        out[f] = np.bincount(x[:, f], times, minlength=256)[:LEVELS]
    return out


def _shares(counts: Array, least: float) -> Array:
    found: Array = (counts + least) / (counts + least).sum(axis=1, keepdims=True)
    return found


def _fit(x: Array, u: Array, free: list[int]) -> tuple[Array, float]:
    """m of the free columns and the number of true pairs among `x`, by expectation-maximisation."""
    patterns, times = _patterns(x[:, free])
    m = np.full((x.shape[1], LEVELS), 0.01)
    for f in free:  # true pairs mostly agree: the start, not the answer
        m[f] = _shares(u[f : f + 1] ** 0.3 * np.linspace(0.2, 1, LEVELS), 0)[0]
        m[f, int(np.flatnonzero(u[f] > u[f].min() * 1.01).max(initial=0))] += 0.5
        m[f] /= m[f].sum()
    rate, true = 0.5, times
    for _ in range(25):
        odds = np.full(len(patterns), math.log(rate / (1 - rate)))
        for k, f in enumerate(free):
            level = patterns[:, k]
            told = level != MISSING
            odds[told] += np.log(m[f, level[told]] + 1e-6) - np.log(u[f, level[told]] + 1e-9)
        true = times / (1 + np.exp(-np.clip(odds, -40, 40)))
        rate = min(0.999, max(1e-5, true.sum() / times.sum()))
        for k, f in enumerate(free):
            told = patterns[:, k] != MISSING
            counts = np.bincount(patterns[told, k], weights=true[told], minlength=LEVELS)[:LEVELS]
            m[f] = _shares(counts[None], 0.02)[0]
    return m, float(true.sum())


def _patterns(x: Array) -> tuple[Array, Array]:
    """Distinct rows and how often each is there."""
    code = np.zeros(len(x), dtype=np.int64)
    for k in range(x.shape[1]):
        code = code * (LEVELS + 1) + np.minimum(x[:, k], LEVELS)
    _, first, times = np.unique(code, return_index=True, return_counts=True)
    return x[first], times.astype(float)


def _prior(scores: Array, everything: float, rate: float) -> float:
    """Log-odds that any two rows are one party, such that it agrees with the pairs found to be."""
    rate = min(0.5, max(1e-12, rate))
    scores = scores[scores > -8 - math.log(rate / (1 - rate))] if len(scores) else scores
    for _ in range(10):
        odds = math.log(rate / (1 - rate))
        true = float((1 / (1 + np.exp(-np.clip(scores + odds, -40, 40)))).sum())
        rate = min(0.5, max(1.0, true) / max(1.0, everything))
    return math.log(rate / (1 - rate))


def _surprise(columns: Columns, u: Array, tops: Array, borne: Array) -> Array:
    """What the rarity of each value adds beyond the mean of its column, within ±4."""
    out = np.zeros(len(columns.count), dtype=np.float32)
    for f in range(len(tops)):
        if tops[f] >= 0:
            here = slice(columns.base[f], columns.base[f + 1])
            share = borne[here] / max(1, borne[here].sum())
            out[here] = np.clip(math.log(u[f, tops[f]]) - np.log(np.maximum(share, 1e-12)), -4, 4)
    return out
