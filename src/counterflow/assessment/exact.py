"""Closing what the Lagrangian frontier leaves open: the dualised mixed-integer programme, solved by HiGHS.

Minimise Σ u·(y − Σ r·w) over cuts y and measures x (Wood, Mathematical and Computer Modelling 17(2), 1993, extended):
node potentials d with d=0 at the source and d=1 at the sink, ``y ≥ d(head) − d(tail)``, and for the k-th measure that
hits an arc ``w_k ≤ x`` and ``w_k ≤ y − Σ_{i<k} r_i·w_i``. For whole x each w_k is then exactly what that measure takes
from what the earlier ones left, so success probabilities of several measures multiply.

Only x would need to be whole; but declaring d, y and each arc's first w whole too lets HiGHS tighten the programme
(measured: 35 times faster on a 1,000-arc grid whose Lagrangian bound leaves 10 % open).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.assessment.lagrangian import Problem
from counterflow.assessment.mincut import Bools, Floats, Ints, Kernel

__all__ = ["Solved", "quiet", "run", "solve"]

_TURN = threading.Lock()
"""HiGHS solves once at a time in a process and refuses a second: two who ask a server at once take turns."""


@dataclass(frozen=True, eq=False)
class Solved:
    """:param chosen: 0/1 a measure, or None; :param bound: proven lower bound; :param finished: closed in time
    :param interrupted: by Ctrl-C; what it had counts"""

    chosen: Bools | None
    bound: float
    finished: bool
    interrupted: bool = False


@dataclass
class _Rows:
    """A sparse matrix in the making: entries as (row, column, value), and each row's lower and upper limit."""

    row: list[Ints]
    column: list[Ints]
    value: list[Floats]
    low: list[Floats]
    count: int = 0

    def add(self, columns: list[Ints], values: list[float | Floats], low: float, rows: int) -> None:
        """`rows` rows at once; each of `columns` holds one column a row, `values` its coefficient."""
        numbers = np.arange(self.count, self.count + rows)
        for column, value in zip(columns, values, strict=True):
            self.row.append(numbers)
            self.column.append(column)
            self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), rows))
        self.low.append(np.full(rows, low))
        self.count += rows


def solve(p: Problem, budget: float, start: Bools, upper: float, seconds: float) -> Solved:
    """The best plan within the budgets and its proof.

    :param start: a feasible plan, 0/1, to begin from; `upper` its residual flow
    :param seconds: time limit; may be ``inf``
    """
    import highspy

    scale = max(upper, 1e-9)
    model, offset_x = _model(p, budget, scale)
    h = quiet()
    for option, value in {
        "threads": 1,  # one thread: the same answer on every machine
        "random_seed": 1,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.999 * p.step / scale if p.step else 1e-8,
    }.items():
        h.setOptionValue(option, value)
    if np.isfinite(seconds):
        h.setOptionValue("time_limit", max(0.01, seconds))
    h.passModel(model)
    h.setSolution(_solution(p, start, model.num_col_, offset_x))
    interrupted = False
    try:
        run(h)
    except KeyboardInterrupt:
        interrupted = True
    info, status = h.getInfo(), h.getModelStatus()
    chosen = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.asarray(h.getSolution().col_value)
        chosen = values[offset_x : offset_x + len(p.cost)] > 0.5
    finished = status == highspy.HighsModelStatus.kOptimal
    # closed by cut-off against the starting plan, HiGHS reports an older dual bound beside the status "optimal"
    low = info.objective_function_value if finished else info.mip_dual_bound
    bound = float(low) * scale if np.isfinite(low) else 0.0
    return Solved(chosen, bound, finished, interrupted)


def quiet() -> Any:
    """A solver that prints nothing: switching on callbacks announces the version on stdout, so it waits until told
    not to print."""
    import highspy

    class Quiet(highspy.Highs):
        ready = False

        def enableCallbacks(self) -> None:  # noqa: N802
            if self.ready:
                super().enableCallbacks()  # type: ignore[no-untyped-call]

    solver: Any = Quiet
    h = solver()
    h.setOptionValue("output_flag", False)
    h.ready = True
    h.enableCallbacks()
    return h


def run(h: Any) -> None:
    """Solve, and let Ctrl-C stop it. :raises KeyboardInterrupt: it did"""
    with _TURN:
        h.HandleUserInterrupt = True
        thread = h.startSolve()
        try:
            while thread.is_alive():
                thread.join(0.1)
        except KeyboardInterrupt:
            h.cancelSolve()
            thread.join(5)
            raise
        finally:
            h.HandleUserInterrupt = False


def _model(p: Problem, budget: float, scale: float) -> tuple[Any, int]:
    """The programme as HiGHS takes it, and the column of the first measure. Columns: d, y, w, x."""
    import highspy

    net = p.network
    nodes, arcs, hits, measures = len(net.names), len(p.capacity), len(p.hit_arc), len(p.cost)
    y, w, x = nodes, nodes + arcs, nodes + arcs + hits
    columns = x + measures
    rows = _Rows([], [], [], [])
    every = np.arange(arcs)
    rows.add([y + every, net.head.copy(), net.tail.copy()], [1.0, -1.0, 1.0], 0.0, arcs)  # y - d(head) + d(tail) ≥ 0
    if hits:
        every = np.arange(hits)
        rows.add([x + p.hit_measure, w + every], [1.0, -1.0], 0.0, hits)  # x - w ≥ 0
        _chain(p, rows, y, w)
    if np.isfinite(budget):
        _at_least(rows, x + np.arange(measures), -p.cost, -budget)
    for agency in np.flatnonzero(np.isfinite(p.limits)):
        mine = np.flatnonzero(p.agency == agency)
        _at_least(rows, x + mine, -p.cost[mine], -float(p.limits[agency]))
    for load, cap in zip(p.loads, p.caps, strict=True):
        _at_least(rows, x + np.arange(measures), -load, -float(cap))
    cost = np.zeros(columns)
    cost[y : y + arcs] = p.capacity / scale
    if hits:
        cost[w : w + hits] = -p.capacity[p.hit_arc] * p.removes / scale
    low, high = np.zeros(columns), np.ones(columns)
    high[net.source] = 0.0
    low[net.sink] = 1.0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows.count
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, high
    lp.row_lower_, lp.row_upper_ = np.concatenate(rows.low), np.full(rows.count, np.inf)
    _fill(lp, rows)
    integer, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    first = np.ones(hits, dtype=bool)
    order = np.lexsort((p.hit_measure, p.hit_arc))
    first[order[1:]] = p.hit_arc[order[1:]] != p.hit_arc[order[:-1]]
    whole = [integer if f else real for f in first]
    lp.integrality_ = [integer] * w + whole + [integer] * measures
    return lp, x


def _chain(p: Problem, rows: _Rows, y: int, w: int) -> None:
    """y − Σ_{i<k} r_i·w_i − w_k ≥ 0 for the k-th hit of each arc."""
    before: dict[int, list[int]] = {}
    for hit in np.lexsort((p.hit_measure, p.hit_arc)).tolist():
        arc = int(p.hit_arc[hit])
        earlier = before.setdefault(arc, [])
        columns = [np.array([y + arc]), np.array([w + hit]), *(np.array([w + e]) for e in earlier)]
        rows.add(columns, [1.0, -1.0, *(-float(p.removes[e]) for e in earlier)], 0.0, 1)
        earlier.append(hit)


def _at_least(rows: _Rows, columns: Ints, values: Floats, low: float) -> None:
    """One row over many columns."""
    rows.row.append(np.full(len(columns), rows.count))
    rows.column.append(columns)
    rows.value.append(values)
    rows.low.append(np.array([low]))
    rows.count += 1


def _fill(lp: Any, rows: _Rows) -> None:
    """Entries as compressed rows; two entries of one place (a loop arc) are added up."""
    import highspy
    from scipy.sparse import coo_matrix

    entries = (np.concatenate(rows.value), (np.concatenate(rows.row), np.concatenate(rows.column)))
    matrix = coo_matrix(entries, shape=(lp.num_row_, lp.num_col_)).tocsr()
    matrix.sum_duplicates()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data


def _solution(p: Problem, chosen: Bools, columns: int, x: int) -> Any:
    """A whole solution from a plan: the minimum cut that is left gives d, y and w."""
    import highspy

    net = p.network
    nodes, arcs = len(net.names), len(p.capacity)
    y, w = nodes, nodes + arcs
    value = np.zeros(columns)
    side = Kernel(net).far(p.reduced(chosen)).astype(np.float64)
    value[:nodes] = side
    value[y : y + arcs] = np.maximum(0.0, side[net.head] - side[net.tail])
    left = value[y : y + arcs].copy()
    for hit in np.lexsort((p.hit_measure, p.hit_arc)).tolist():
        if chosen[p.hit_measure[hit]]:
            value[w + hit] = left[p.hit_arc[hit]]
            left[p.hit_arc[hit]] *= 1.0 - p.removes[hit]
    value[x:] = chosen
    solution = highspy.HighsSolution()
    solution.col_value = value.tolist()
    return solution
