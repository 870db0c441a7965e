"""The published protocol of AMLworld, for whoever has the files: how well single payments are told.

Altman et al. (2023), Realistic Synthetic Financial Transactions for Anti-Money Laundering Models. The split is in time,
cut between days where the parts come closest to 60/20/20, as IBM's own Multi-GNN cuts it; the threshold is chosen on
the middle part; F1 of the minority class on the last, over five seeds. Twice: with the payment format, by which the
generator gives the laundering away (all of it is ACH), and blind to it. Both are causal, and neither sees a time stamp.
`offline` lets columns look ahead within each part, as the method with the best published figure does (ExSTraQt).

Beside the published figure: the last part without its tail, for the file ends on 10 September but for the laundering
that was under way; and attempts, by pattern, of which at least one payment is called.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import UsageError
from counterflow.findings.evidence import iso
from counterflow.findings.ranking import metrics
from counterflow.findings.ranking.inputs import inputs, kind_of
from counterflow.findings.ranking.looking import each_seed, learn
from counterflow.findings.ranking.split import Split, by_days
from counterflow.findings.ranking.trees import Growing
from counterflow.findings.ranking.truth import Answers, Truth, of_file, on, shaped

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.patterns.log import Log

__all__ = ["protocol", "read"]

Progress = Callable[[str, float], None]
Floats = np.ndarray[Any, np.dtype[np.float64]]

_DAY = 86_400
_DENSE = 0.1
"""Of the usual day's payments: days with fewer are the tail."""


def protocol(
    folder: Path, *, seeds: Sequence[int] = (1, 2, 3, 4, 5), only: str = "", offline: bool = False,
    how: Growing | None = None, progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run it on the files of a folder: ``*_Trans.csv``, and ``*_Patterns.txt`` where there is one.

    :param only: beginning of the files' names, ``HI-Small``, where the folder has several sets
    :param offline: columns may also tell what came after a payment, within its part
    :raises UsageError: there is no such file, or there are several
    """
    how = how or Growing()
    tell = progress or (lambda _what, _done: None)
    clock = _Clock()
    tell("read", 0.0)
    log, formats, known = read(folder, only)
    clock.lap("read")
    split = by_days(log.at)
    kind = kind_of(log, split.first, formats)
    tell("columns", 0.1)
    given = inputs(log, kind, formats, (split.train, split.choose, split.judge) if offline else ())
    clock.lap("columns")
    found: dict[str, Any] = {}
    for name in ("with_format", "format_blind"):
        tell(name, 0.2 if name == "with_format" else 0.6)
        if name == "format_blind":  # a column that is empty is asked by no tree
            given = replace(given, hidden=("method",))
        rows = np.arange(split.first)
        _, forest = learn(log, given, rows, known.guilty, split.first, seeds, how)
        by_seed = each_seed(forest, given, slice(split.first, len(log)))
        found[name] = {**_figures(log, known, split, by_seed), "gain": dict(list(forest.gain().items())[:10])}
        clock.lap(name)
    return {
        "payments": len(log), "accounts": len(log.accounts), "laundering": int(known.guilty.sum()),
        "columns": len(given.names), "looks_ahead": offline, "seeds": list(seeds),
        "left_out_of_the_log": dict(log.left_out),
        "notes": list(known.notes),
        "parts": {
            name: {"from": iso(log.at[part.start]), "to": iso(log.at[part.stop - 1]),
                   "payments": part.stop - part.start, "laundering": int(known.guilty[part].sum())}
            for name, part in (("train", split.train), ("choose", split.choose), ("judge", split.judge))
        },
        **found,
        "seconds": clock.laps, "peak_gib": _peak(),
    }  # fmt: skip


def read(folder: Path, only: str = "") -> tuple[Log, pa.Array, Answers]:
    """Payments, their formats, and answers. :raises UsageError: see `protocol`"""
    import pyarrow as pa
    import pyarrow.compute as pc

    from counterflow.findings.patterns.log import from_rows

    path = _one(folder, f"{only}*_Trans.csv")
    rows, labels = [], []
    for table, part in _observed(path):
        if table == "payments":
            rows.append(_considered(part))
        elif table == "labels":
            labels.append(part.select(["kind", "record", "label"]))
    whole = pa.concat_tables(rows)
    del rows
    log = from_rows(whole)
    place = pc.index_in(log.rows["row_id"], value_set=whole["row_id"].combine_chunks())
    formats = whole["method"].take(place)
    parts = [shaped(pa.concat_tables(labels))]
    parts += [of_file(p).rows for p in folder.glob(path.name.replace("_Trans.csv", "_Patterns.txt"))]
    return log, formats, on(log, Truth(path.name, pa.concat_tables(parts)))


def _observed(path: Path) -> Iterator[tuple[str, pa.Table]]:
    from counterflow import registry
    from counterflow.sources.reader import Observations

    for record in registry.get("readers", "payments").read(path, {}):
        if isinstance(record, Observations):
            yield record.table, record.rows


def _considered(part: pa.Table) -> pa.Table:
    """The columns of `log.considered`, and the format."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def account(side: str) -> Any:
        return pc.binary_join_element_wise(pc.fill_null(part[f"{side}_bank"], ""), part[f"{side}_account"], "/")

    return pa.table(
        {
            "row_id": part["payment_id"], "payment_id": part["payment_id"],
            "at": pc.divide(part["timestamp"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()), 1_000_000),
            "payer": account("from"), "payee": account("to"), "amount": part["amount"],
            "currency": part["currency"], "usd": part["amount_usd"],
            "method": part["method"],
        }
    )  # fmt: skip


def _figures(log: Log, known: Answers, split: Split, by_seed: Floats) -> dict[str, Any]:
    """Of each seed by its own threshold; of attempts by the seeds' mean."""
    middle = split.second - split.first
    chosen, guilty = known.guilty[split.choose], known.guilty[split.judge]
    dense = _dense(log, split)
    each: dict[str, list[float]] = {}
    for scores in by_seed:
        at = metrics.best_threshold(scores[:middle], chosen)
        of = scores[middle:]
        told = {**metrics.at_threshold(of, guilty, at), "pr_auc": metrics.area(of, guilty)}
        tail = {**metrics.at_threshold(of[dense], guilty[dense], at), "pr_auc": metrics.area(of[dense], guilty[dense])}
        for name, values in (("", told), ("tail_free_", tail)):
            for key in ("f1", "precision", "recall", "pr_auc"):
                each.setdefault(name + key, []).append(values[key])
    mean = np.mean(by_seed, axis=0)
    at = metrics.best_threshold(mean[:middle], chosen)
    return {
        **{key: {"mean": round(float(np.mean(v)), 4), "sd": round(float(np.std(v, ddof=1)) if len(v) > 1 else 0.0, 4)}
           for key, v in each.items()},
        "mean_of_seeds": {k: round(v, 4) for k, v in metrics.at_threshold(mean[middle:], guilty, at).items()},
        "attempts_reached": _reached(known, split, mean[middle:] >= at),
    }  # fmt: skip


def _dense(log: Log, split: Split) -> Any:
    """Which payments of the last part are of days with the usual traffic."""
    days = (log.at - log.at[0]) // _DAY
    counts = np.bincount(days)
    usual = float(np.median(counts[counts > 0]))
    return counts[days[split.judge]] >= _DENSE * usual


def _reached(known: Answers, split: Split, called: Any) -> dict[str, Any]:
    """Pattern → of the attempts that have a payment in the last part, those of which one is called."""
    number = known.attempt[split.judge]
    found: dict[str, Any] = {}
    for attempt in np.unique(number[number >= 0]).tolist():
        told = found.setdefault(known.patterns[attempt] or "not told", {"attempts": 0, "reached": 0})
        told["attempts"] += 1
        told["reached"] += int(called[number == attempt].any())
    for told in found.values():
        low, high = metrics.wilson(told["reached"], told["attempts"])
        told |= {"share": round(told["reached"] / told["attempts"], 4), "low": round(low, 4), "high": round(high, 4)}
    return dict(sorted(found.items()))


def _one(folder: Path, pattern: str) -> Path:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the one with HI-Small_Trans.csv.")
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise UsageError(f"{folder}: wanted one file {pattern}, found {names}. Say which set with --set HI-Small.")
    return found[0]


class _Clock:
    """Wall and processor seconds of each stage."""

    def __init__(self) -> None:
        self.laps: dict[str, dict[str, float]] = {}
        self._last = time.monotonic(), time.process_time()

    def lap(self, name: str) -> None:
        now = time.monotonic(), time.process_time()
        wall, cpu = (b - a for a, b in zip(self._last, now, strict=True))
        self.laps[name] = {"wall": round(wall, 1), "processor": round(cpu, 1)}
        self._last = now


def _peak() -> float:
    """Memory at most, GiB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (2**30 if sys.platform == "darwin" else 2**20), 2)
