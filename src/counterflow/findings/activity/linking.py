"""Which two findings are traces of one activity: the odds that they are, from what they share, and when and where.

Two of *N* findings belong together with prior odds of `OTHERS` to *N* (`LEAST` at least, for those at hand are few of
all there could be). A thing that a finding has is had by each other
finding of its activity with probability `SHARES`, and by any finding by chance with probability c/N, where c counts
those that have it. So one shared thing makes the odds OTHERS x SHARES / c, whatever N: what two findings alone have
ties them, what five have needs a sign more, and beyond `MOST` nothing is tied. Things shared beside the rarest are
seldom independent of it: the second counts half, the third a third, and none more than `CAP` to 1; records count as
one. Nearness in time
weighs by how much likelier it is within one activity than between findings of these data; nearness in place and time
is a sign of its own, as rare as the place is quiet in these days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.model import dates

if TYPE_CHECKING:
    from counterflow.findings.activity.sharing import Shared
    from counterflow.model.finding import Finding

__all__ = ["NEAR_KM", "PLACE", "Links", "When", "links", "when_of"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

OTHERS = 4.0
"""Other findings that an activity leaves, on average."""
LEAST = 1000.0
"""Findings that there could be, at least."""
SHARES = (0.5, 0.25, 0.1)
"""Probability that another finding of the activity has a thing too: both as their own; one of them, or both, a step of
ownership or control away."""
NEARBY = 0.3
"""Probability that another finding of the activity is near in place and time."""
CAP = 20.0
"""Odds that time, or any sign beside the first, counts for at most; 1/CAP at least for time."""
MOST = int(OTHERS * SHARES[0] * CAP)
"""Findings that have a thing beyond which it ties nothing: the sign alone, with the best of times, falls short."""
DAYS = 90.0
"""How long an activity goes on between two traces: the mean of an exponential."""
SLACK = 7.0
"""Days by which dates are taken to be uncertain."""
SPAN = 180.0
"""Days that the findings span, at least."""
NEAR_KM = 25.0
"""Kilometres within which two places are near, beside what each is uncertain by."""
UNSURE_KM = 25.0
"""Kilometres of uncertainty that count at most."""
NEAR_DAYS = 30.0
"""Days within which what is near in place is near in time."""
EARTH_KM = 6371.0
PLACE = -1
"""Stands for the place where a thing's number stands."""


@dataclass(frozen=True)
class When:
    """When and where each finding is. :param start: day since year 1, NaN: undated; :param end: likewise
    :param lat: degrees, NaN: no place; :param unsure: kilometres"""

    start: Floats
    end: Floats
    lat: Floats
    lon: Floats
    unsure: Floats


@dataclass(frozen=True)
class Links:
    """Pairs of findings that share something rare, in order. :param odds: natural log-odds that they belong together
    :param starts: pair *k* has the signs ``starts[k]:starts[k + 1]``, the weightiest first
    :param thing: of each sign: number of the thing, or `PLACE`; :param level: as in `sharing`
    :param weight: log-odds that the sign adds; :param time: log-odds that nearness in time adds to each pair"""

    one: Ints
    other: Ints
    odds: Floats
    starts: Ints
    thing: Ints
    level: Ints
    weight: Floats
    time: Floats


def when_of(findings: Sequence[Finding], lasting: Sequence[bool]) -> When:
    """:param lasting: whether a finding without an end still holds: who owns whom, not what happened"""
    start, end = np.full(len(findings), np.nan), np.full(len(findings), np.nan)
    for k, f in enumerate(findings):
        first, last = f.start or f.end, f.end or f.start
        if first and last:
            start[k], end[k] = dates.earliest(first[:10]).toordinal(), dates.latest(last[:10]).toordinal()
            if f.end is None and lasting[k]:
                end[k] = np.inf
    known = np.isfinite(end)
    end[np.isinf(end)] = max(end[known].max(initial=0), np.nanmax(start, initial=0))
    place = np.array(
        [(f.lat, f.lon) if f.lat is not None and f.lon is not None else (np.nan, np.nan) for f in findings]
    )
    lat, lon = place.reshape(-1, 2).T
    unsure = np.array([float(f.detail.get("uncertainty_metres") or 0.0) / 1000 for f in findings])
    return When(start, end, lat.astype(float), lon.astype(float), np.minimum(unsure, UNSURE_KM))


def links(shared: Shared, when: When) -> Links:
    """Every pair of findings that shares a thing that is rare enough to tie, or a place in these days."""
    n = len(when.start)
    others = max(LEAST, n - 1.0)
    one, other, thing, level, chance = _sharing(shared)
    near_one, near_other, near_chance = _near(when)
    one, other = np.concatenate([one, near_one]), np.concatenate([other, near_other])
    thing = np.concatenate([thing, np.full(len(near_one), PLACE)])
    level = np.concatenate([level, np.full(len(near_one), len(SHARES))])
    chance = np.concatenate([chance, near_chance])
    weight = np.log(np.array([*SHARES, NEARBY])[level] * others / chance)
    pair = one * n + other
    order = np.lexsort((thing, level, -weight, pair))
    pair, thing, level, weight = pair[order], thing[order], level[order], weight[order]
    kept = _one_record(pair, thing >= shared.records)
    pair, thing, level, weight = pair[kept], thing[kept], level[kept], weight[kept]
    starts = _starts(pair)
    rank = np.arange(len(pair)) - np.repeat(starts, np.diff(np.append(starts, len(pair))))
    added = np.where(rank == 0, weight, np.clip(weight, 0, np.log(CAP)) / (rank + 1))
    total = np.add.reduceat(added, starts) if len(starts) else np.zeros(0)
    one, other = pair[starts] // n, pair[starts] % n
    placed = np.maximum.reduceat(thing == PLACE, starts) if len(starts) else np.zeros(0, bool)
    time = np.where(placed, 0.0, _in_time(when, one, other))
    return Links(
        one, other, total + np.log(OTHERS / others) + time, np.append(starts, len(pair)), thing, level, added, time
    )


def _starts(keys: Ints) -> Ints:
    """Where each run of equal keys begins."""
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    return np.flatnonzero(fresh)


def _one_record(pair: Ints, record: Flags) -> Flags:
    """All but the records of a pair after its first."""
    before: Ints = np.cumsum(record) - record
    starts = _starts(pair)
    at_start: Ints = np.repeat(before[starts], np.diff(np.append(starts, len(pair)))) if len(pair) else before
    kept: Flags = ~record | (before == at_start)
    return kept


def _sharing(shared: Shared) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """(one, other, thing, level, chance) of every pair of findings for every thing that at most `MOST` have."""
    own = shared.level == 0
    owns = np.bincount(shared.thing[own], minlength=len(shared.names))
    have = np.bincount(shared.thing, minlength=len(shared.names))
    rare = np.maximum(shared.chance, 1) < MOST
    kept = rare[shared.thing] & ((have <= MOST)[shared.thing] | (own & (owns <= MOST)[shared.thing]))
    # what too many have at a step is still their own who have it as such
    finding, thing, level = shared.finding[kept], shared.thing[kept], shared.level[kept].astype(np.int64)
    order = np.lexsort((finding, thing))
    finding, thing, level = finding[order], thing[order], level[order]
    starts = _starts(thing)
    sizes = np.diff(np.append(starts, len(thing)))
    parts = []
    for size in np.unique(sizes[sizes > 1]).tolist():
        rows = starts[sizes == size][:, None] + np.arange(size)
        left, right = np.triu_indices(size, 1)
        parts.append((rows[:, left].ravel(), rows[:, right].ravel()))
    a = np.concatenate([np.zeros(0, np.int64), *(p[0] for p in parts)])
    b = np.concatenate([np.zeros(0, np.int64), *(p[1] for p in parts)])
    what, both = thing[a], level[a] + level[b]
    counted = np.where(both == 0, owns[what], have[what]) - 1.0
    return finding[a], finding[b], what, both, np.maximum(counted, shared.chance[what])


def _near(when: When) -> tuple[Ints, Ints, Floats]:
    """(one, other, chance) of findings near in place and in time; a roadstead where many are at once ties nothing."""
    from scipy.spatial import cKDTree

    nothing = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    placed = np.flatnonzero(np.isfinite(when.lat) & np.isfinite(when.start))
    if len(placed) < 2:
        return nothing
    lat, lon = np.radians(when.lat[placed]), np.radians(when.lon[placed])
    reach = NEAR_KM + 2 * UNSURE_KM
    middle = (when.start[placed] + when.end[placed]) / 2
    space = EARTH_KM * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # time as a fourth axis on which the longest gap is as far as the farthest place; which of them hold is seen below
    points = np.column_stack([space, middle * (reach / NEAR_DAYS)])
    tree = cKDTree(points)
    crowd = tree.query_ball_point(points, reach * 2**0.5, return_length=True) - 1.0
    quiet = np.flatnonzero(crowd <= MOST)
    pairs = cKDTree(points[quiet]).query_pairs(reach * 2**0.5, output_type="ndarray")
    if not len(pairs):
        return nothing
    a, b = quiet[pairs].T
    km = np.linalg.norm(space[a] - space[b], axis=1)
    i, j = placed[a], placed[b]
    gap = np.maximum(when.start[i], when.start[j]) - np.minimum(when.end[i], when.end[j])
    near = (km <= NEAR_KM + when.unsure[i] + when.unsure[j]) & (gap <= NEAR_DAYS)
    i, j, chance = i[near], j[near], np.maximum(crowd[a[near]], crowd[b[near]])
    return np.minimum(i, j), np.maximum(i, j), np.maximum(chance, 1.0)


def _in_time(when: When, one: Ints, other: Ints) -> Floats:
    """What the time between two findings adds: how likely one activity pauses so long, over how likely any two
    findings of these data are so near. Nothing where one of them has no date."""
    first, last = np.nanmin(when.start, initial=np.inf), np.nanmax(when.end, initial=-np.inf)
    span = max(SPAN, last - first) if np.isfinite(first) else SPAN
    gap = np.maximum(0.0, np.maximum(when.start[one], when.start[other]) - np.minimum(when.end[one], when.end[other]))
    long = (when.end - when.start)[one] + (when.end - when.start)[other]
    by_chance = np.minimum(1.0, (long + 2 * gap + 2 * SLACK) / span)
    ratio = np.clip(np.exp(-gap / DAYS) / by_chance, 1 / CAP, CAP)
    return np.where(np.isnan(ratio), 0.0, np.log(ratio))
