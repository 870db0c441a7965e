"""Coverage of the flow's posterior on generated truth, by kind of error; its processor time by size; copies recognised.

Usage: flow.py [NETWORKS [FIRST SEED]]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from counterflow.assessment.balance import mixing, sample
from counterflow.claims.calibration import calibration_error, fit, fused, halves
from counterflow.claims.origins import repeats, roots
from counterflow.model.likelihood import grade_table
from counterflow.testing.articles import corpus
from counterflow.testing.flows import NOISES, generated
from counterflow.testing.grades import graded
from measured import tell


def coverage(first: int, networks: int, **how: object) -> None:
    """Share of arcs, and of totals into the cash-box, that lie in their 90 % interval; how wide those of totals."""
    arcs, totals, widths, mixed, began = [], [], [], [], time.process_time()
    for seed in range(first, first + networks):
        balance, truth = generated(seed, **how)  # type: ignore[arg-type]
        draws = sample(balance, seed)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        arcs.append((low <= truth) & (truth <= high))
        into = balance.head == sum(len(x) for x in (range(6), range(8), range(5)))
        a, b = np.quantile(draws[:, into].sum(axis=1), [0.05, 0.95])
        totals.append(a <= truth[into].sum() <= b)
        widths.append(b / a)
        mixed.append(mixing(draws).r_hat)
    each = (time.process_time() - began) / networks
    tell("coverage", **how, arcs=round(float(np.concatenate(arcs).mean()), 3), totals=round(float(np.mean(totals)), 3),
         high_by_low=round(float(np.median(widths)), 2), worst_r_hat=round(max(mixed), 3), first=first,
         networks=networks, cpu_seconds_each=round(each, 2))  # fmt: skip


def growth() -> None:
    """Processor seconds of one posterior, by number of arcs."""
    sample(generated(1)[0])  # compiled once, kept on disk
    for layers in ((6, 8, 5, 4), (20, 40, 20, 12), (60, 120, 60, 40)):
        balance, _ = generated(1, layers=layers, degree=(1, 4))
        began = time.process_time()
        draws = sample(balance)
        spent = time.process_time() - began
        mixed = mixing(draws)
        tell("posterior", arcs=len(balance.tail), cpu_seconds=round(spent, 2), r_hat=round(mixed.r_hat, 3),
             effective=round(mixed.effective))  # fmt: skip


def origins() -> None:
    """Copies whose origin is found, and independent reports wrongly joined, over twelve corpora not used elsewhere."""
    copies = known = reports = joined = 0
    for seed in range(200, 212):
        c = corpus(seed)
        ends = roots({}, repeats(c.sources, [], c.texts))
        for id, origin in c.origin.items():
            copies, known = copies + bool(c.way[id]), known + (bool(c.way[id]) and ends.get(id) == origin)
            reports, joined = reports + (not c.way[id]), joined + (not c.way[id] and id in ends)
    tell("origins", copies=copies, recognised=known, reports=reports, joined=joined)


def grades() -> None:
    """Calibration error of fused claims, the grade table fitted on one half: by origin, and by article."""
    for seed in range(300, 305):
        one, other = halves(graded(seed))
        table, true = fit(one, grade_table()), {k.fact: k.true for k in other}
        tell("grades", seed=seed, facts=len(true),
             per_origin=round(calibration_error(fused(other, table), true), 4),
             per_article=round(calibration_error(fused(other, table, per_article=True), true), 4),
             shipped_table=round(calibration_error(fused(other, grade_table()), true), 4))  # fmt: skip


if __name__ == "__main__":
    networks, first = (int(x) for x in (*sys.argv[1:], *(40, 0)[len(sys.argv) - 1 :]))
    grades()
    origins()
    growth()
    for noise in NOISES:
        coverage(first, networks, noise=noise)
    coverage(first, networks, unevenness=2.0)
    coverage(first, networks, unevenness=0.5)
