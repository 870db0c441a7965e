"""Exact interdiction: networks of growing size, the plain model of HiGHS beside them, activities, evaders.

usage: interdiction.py [ARCS…]                 networks; default 10000 100000 815000; CPU seconds, kernels compiled
before
       interdiction.py peer ARCS SECONDS       the dualised model as HiGHS takes it, in the same run
       interdiction.py frontier ARCS BUDGETS   a whole curve, 12 seconds of wall time a budget at most
       interdiction.py FOLDER                  a folder with knapsack-interdiction/*.ki (and .ans) and snip/
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from counterflow.assessment import exact
from counterflow.assessment.formats import read_knapsack, read_snip
from counterflow.assessment.interdiction import arrays
from counterflow.assessment.knapsack import forbid
from counterflow.assessment.lagrangian import Problem
from counterflow.assessment.mincut import Kernel, Network
from counterflow.assessment.snip import place
from counterflow.assessment.solver import Solver
from interdiction_instances import Mfi, budget_for, enterprise, grid
from measured import tell


def problem(mfi: Mfi) -> tuple[Problem, Kernel, object]:
    network = Network(tuple(map(str, range(mfi.nodes))), mfi.tail, mfi.head, mfi.capacity, 0, 1)
    kernel = Kernel(network)
    first = kernel.cut(network.capacity)
    arc = np.flatnonzero(mfi.takeable)
    count = len(arc)
    made = arrays(
        network, network.capacity, first.value, cost=mfi.cost[arc].astype(float), hit_arc=arc,
        hit_measure=np.arange(count), removes=np.ones(count), agency=np.zeros(count, np.int64),
        limits=np.array([np.inf]),
    )  # fmt: skip
    return made, kernel, first


def networks(sizes: list[int]) -> None:
    for kind in (grid, enterprise):
        for arcs in sizes:
            mfi = kind(arcs, 11)
            budget = budget_for(mfi)
            began = time.process_time()
            made, kernel, first = problem(mfi)
            found = Solver(made, kernel, first).answer(float(budget), 120.0)
            took = time.process_time() - began
            tell(f"{kind.__name__}, {arcs} arcs", cpu_seconds=round(took, 2), objective=found.value, bound=found.bound,
                 gap=1 - found.bound / found.value, how=found.how)  # fmt: skip


def peer(arcs: int, seconds: float) -> None:
    for kind in (enterprise, grid):
        mfi = kind(arcs, 11)
        budget = float(budget_for(mfi))
        began = time.process_time()
        made, kernel, first = problem(mfi)
        ours = Solver(made, kernel, first).answer(budget, 120.0)
        own = time.process_time() - began
        began = time.process_time()
        none = np.zeros(len(made.cost), dtype=bool)
        theirs = exact.solve(made, budget, none, first.value, seconds)
        its = time.process_time() - began
        left = None if theirs.chosen is None else kernel.cut(made.reduced(theirs.chosen)).value
        tell(f"{kind.__name__}, {arcs} arcs, beside HiGHS", cpu_seconds=round(own, 2), objective=ours.value,
             bound=ours.bound, highs_cpu_seconds=round(its, 1), highs_finished=theirs.finished, highs_objective=left,
             highs_bound=theirs.bound, ratio=round(its / own, 1))  # fmt: skip


def frontier(arcs: int, budgets: int) -> None:
    mfi = enterprise(arcs, 11)
    began = time.process_time()
    made, kernel, first = problem(mfi)
    solver = Solver(made, kernel, first)
    gaps = [1 - a.bound / a.value for b in np.linspace(0.05, 1.0, budgets) * budget_for(mfi) / 0.3 * 0.9
            if (a := solver.answer(float(int(b)), 12.0)).value]  # fmt: skip
    tell(f"enterprise, {arcs} arcs, {budgets} budgets", cpu_seconds=round(time.process_time() - began, 1),
         worst_gap=max(gaps))  # fmt: skip


def folder(path: Path) -> None:
    for family in ("CCLW", "DCS_100", "DCS_500"):
        times, right, every = [], 0, sorted(path.glob(f"knapsack-interdiction/{family}*.ki"))
        for file in every:
            began = time.process_time()
            found = forbid(read_knapsack(file), seconds=60)
            times.append(time.process_time() - began)
            right += found.profit == found.bound == int(file.with_suffix(".ans").read_text().split()[0])
        tell(f"knapsack, {family}", instances=len(every), exact=right,
        cpu_seconds_median=round(float(np.median(times)), 2),
             cpu_seconds_worst=round(max(times), 2))  # fmt: skip
    for instance in (0, 1):
        for variant in (1, 2, 3, 4):
            for budget in (30, 60, 90):
                began = time.process_time()
                found_there = place(read_snip(path / "snip", instance).variant(variant), budget, seconds=300)
                tell(f"snip {instance}, variant {variant}, {budget} sensors", objective=found_there.objective,
                     bound=found_there.bound, cpu_seconds=round(time.process_time() - began, 1))  # fmt: skip


def main() -> None:
    words = sys.argv[1:]
    problem(grid(200, 1))  # compiled before it is timed
    if words[:1] == ["peer"]:
        peer(int(words[1]), float(words[2]))
    elif words[:1] == ["frontier"]:
        frontier(int(words[1]), int(words[2]))
    elif words and Path(words[0]).is_dir():
        folder(Path(words[0]))
    else:
        networks([int(w) for w in words] or [10_000, 100_000, 815_000])


if __name__ == "__main__":
    main()
