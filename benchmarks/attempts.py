"""Whole laundering attempts found: the searches of the pattern engine over payments with the real AMLworld attempts in
them, or the findings that ``counterflow detect --json`` printed over the same payments.

    attempts.py --attempts hi_small_attempts.parquet 1000000 5078345    generate, search, judge; one process a size
    attempts.py --payments P.parquet --answers A.parquet                the same over tables made before
    attempts.py --findings F.jsonl --payments P.parquet --answers A.parquet    what `detect` printed, judged alike

An attempt is found whole when one hit holds at least nine tenths of its payments. Recall is over attempts of at least
three payments, by the type that the file gives; precision is over payments; both are real for the attempts and
generated for what lies between them. ``--half even`` or ``odd`` judges by one half of the attempts: dials are chosen on
the even ones and told of the odd ones.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, from_rows
from measured import tell

Search = Callable[[Log], Hits]

DAY = 86_400
WHOLE, FEWEST = 0.9, 3
"""Share of an attempt's payments that a hit must hold; payments an attempt must have to be counted."""


def searches() -> dict[str, Search]:
    """Every search of the engine by the name of its typology, at its defaults."""
    from counterflow.findings.patterns import (
        chains,
        cycles,
        dormancy,
        fans,
        gather_scatter,
        layers,
        peels,
        scatter_gather,
    )

    return {
        "temporal_cycle": lambda log: cycles.find(log, window=7 * DAY),
        "scatter_gather": scatter_gather.find,
        "gather_scatter": gather_scatter.find,
        "fan_in": lambda log: fans.find(log, window=5 * DAY, side="in"),
        "fan_out": lambda log: fans.find(log, window=5 * DAY, side="out", floor=1.75),
        "chain": lambda log: chains.find(log, window=5 * DAY),
        "peel_chain": lambda log: peels.find(log, window=30 * DAY),
        "bipartite": lambda log: layers.find(log, window=3 * DAY, stacked=False),
        "stack": lambda log: layers.find(log, window=6 * DAY, stacked=True),
        "dormant_then_active": lambda log: dormancy.find(log, window=10 * DAY),
    }


TYPES: dict[str, tuple[str, ...]] = {
    "BIPARTITE": ("bipartite",),
    "CYCLE": ("temporal_cycle",),
    "FAN-IN": ("fan_in",),
    "FAN-OUT": ("fan_out",),
    "GATHER-SCATTER": ("gather_scatter",),
    "RANDOM": ("chain",),
    "SCATTER-GATHER": ("scatter_gather",),
    "STACK": ("stack",),
}
"""Type of the AMLworld file → typologies that look for it; each type is also judged by all hits together."""


def rows(table: pa.Table) -> pa.Table:
    """The columns of `log.considered`, of a table as `payments_like` makes it."""
    sides = {
        name: pc.binary_join_element_wise(table[f"{side}_bank"], table[f"{side}_account"], "/")
        for name, side in (("payer", "from"), ("payee", "to"))
    }
    usd = pc.if_else(pc.equal(table["currency"], "USD"), table["amount"], pa.scalar(None, pa.float64()))
    at = pc.divide(table["timestamp"].cast(pa.timestamp("us")).cast(pa.int64()), 1_000_000)
    return pa.table(
        {
            "row_id": table["payment_id"], "payment_id": table["payment_id"], "at": at, **sides,
            "amount": table["amount"], "currency": table["currency"], "usd": usd,
        }
    )  # fmt: skip


class Answers:
    """Which attempt each payment belongs to, and which attempts are judged."""

    def __init__(self, table: pa.Table, half: str) -> None:
        self.of = dict(zip(table["payment_id"].to_pylist(), table["attempt_id"].to_pylist(), strict=True))
        self.type = dict(zip(table["attempt_id"].to_pylist(), table["typology"].to_pylist(), strict=True))
        self.size: dict[int, int] = {}
        for attempt in self.of.values():
            self.size[attempt] = self.size.get(attempt, 0) + 1
        keep = {"both": (0, 1), "even": (0,), "odd": (1,)}[half]
        self.judged = [a for a, n in self.size.items() if n >= FEWEST and a % 2 in keep]

    def codes(self, payment_ids: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Attempt of each payment, -1: of none."""
        place = pc.index_in(payment_ids, pa.array(list(self.of), pa.string()))
        attempts = np.array([*self.of.values(), -1], dtype=np.int64)
        return attempts[np.asarray(pc.fill_null(place, len(self.of)), dtype=np.int64)]


def best(hits: Hits, attempt: np.ndarray[Any, Any], sizes: Mapping[int, int]) -> dict[int, tuple[float, int]]:
    """attempt → largest share of it in one hit, and that hit's size. :param attempt: of each payment, -1: of none"""
    found: dict[int, tuple[float, int]] = {}
    whose = attempt[hits.members]
    hit_of = np.repeat(np.arange(len(hits)), hits.sizes)
    pairs = np.unique(np.stack([hit_of, hits.members, whose], axis=1)[whose >= 0], axis=0)
    of, counts = np.unique(pairs[:, [0, 2]], axis=0, return_counts=True)
    lengths = hits.sizes
    for (hit, a), n in zip(of.tolist(), counts.tolist(), strict=True):
        share, size = n / sizes[a], int(lengths[hit])
        if share > found.get(a, (0.0, 0))[0] or (share == found[a][0] and size < found[a][1]):
            found[a] = share, size
    return found


def ordered(log: Log, attempt: np.ndarray[Any, Any]) -> set[int]:
    """Attempts that are one closed chain of payments, each later than the one before."""
    found = set()
    members = np.flatnonzero(attempt >= 0)
    for a in np.unique(attempt[members]):
        own = members[attempt[members] == a]
        payer, payee, at = log.payer[own], log.payee[own], log.at[own]
        later, chained = (np.diff(at) > 0).all(), (payer[1:] == payee[:-1]).all()
        if later and chained and payer[0] == payee[-1]:
            found.add(int(a))
    return found


def judge(
    hits: Mapping[str, Hits], attempt: np.ndarray[Any, Any], answers: Answers, accounts: int, cycles: set[int]
) -> None:
    """Print a line for each type, and one for each search."""
    shares = {name: best(h, attempt, answers.size) for name, h in hits.items()}
    kinds: dict[str, tuple[tuple[str, ...], list[int]]] = {
        kind: (names, [a for a in answers.judged if answers.type[a] == kind]) for kind, names in TYPES.items()
    }
    kinds["CYCLE in time order"] = TYPES["CYCLE"], [a for a in kinds["CYCLE"][1] if a in cycles]
    for kind, (names, judged) in kinds.items():
        own = [max((shares[n].get(a, (0.0, 0))[0] for n in names if n in shares), default=0.0) for a in judged]
        every = [max((s.get(a, (0.0, 0))[0] for s in shares.values()), default=0.0) for a in judged]
        touched = [s for s in own if s > 0]
        tell(
            f"attempts of type {kind}", attempts=len(judged), whole=sum(s >= WHOLE for s in own),
            share_whole=round(sum(s >= WHOLE for s in own) / max(1, len(judged)), 3),
            whole_by_any_search=sum(s >= WHOLE for s in every),
            members_in_best_hit=round(sum(touched) / max(1, len(touched)), 3),
        )  # fmt: skip
    for name, h in hits.items():
        flagged = np.unique(h.members)
        mine = attempt[h.members] >= 0
        hit_of = np.repeat(np.arange(len(h)), h.sizes)
        real = np.zeros(len(h), dtype=np.bool_)
        real[hit_of[mine]] = True
        tell(
            f"hits of {name}", hits=len(h), per_1000_accounts=round(1000 * len(h) / accounts, 3),
            hits_with_an_attempt=int(real.sum()), payments=len(flagged),
            edge_precision=round(float((attempt[flagged] >= 0).mean()) if len(flagged) else 0.0, 4),
            largest=int(h.sizes.max(initial=0)), exhausted=h.exhausted,
        )  # fmt: skip


def searched(log: Log) -> Iterator[tuple[str, Hits]]:
    """Each search's hits; what it took is printed. Compiling is not counted: each search runs on a little log first."""
    little = first(log, 2000)
    _ = little.debut, little.quiet_payer, little.out, little.into
    began, cpu = time.perf_counter(), time.process_time()
    _ = log.debut, log.quiet_payer, log.out, log.into
    spent("causal columns and adjacency", began, cpu, len(log))
    for name, search in searches().items():
        search(little)
        began, cpu = time.perf_counter(), time.process_time()
        hits = search(log)
        spent(name, began, cpu, len(log))
        yield name, hits


def first(log: Log, n: int) -> Log:
    """The first n payments, as a log of their own."""
    return Log(
        log.payer[:n], log.payee[:n], log.at[:n], log.amount[:n], log.currency[:n], log.usd[:n], log.accounts,
        log.currencies, log.rows.slice(0, n),
    )  # fmt: skip


def spent(what: str, began: float, cpu: float, payments: int) -> None:
    """Print what a step took."""
    tell(
        what, payments=payments, seconds=round(time.perf_counter() - began, 2),
        cpu_seconds=round(time.process_time() - cpu, 2),
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )  # fmt: skip


def told(lines: Path, payment_ids: pa.ChunkedArray) -> dict[str, Hits]:
    """Findings as `detect --json` prints them, by typology. Payments of other tables count as those of no attempt."""
    members: dict[str, list[list[str]]] = {}
    for line in lines.read_text(encoding="utf-8").splitlines():
        finding = json.loads(line)
        if finding["payments"]:
            members.setdefault(finding["typology"], []).append(finding["payments"])
    place = {id: n for n, id in enumerate(payment_ids.to_pylist())}
    found = {}
    for name, hits in sorted(members.items()):
        known = [[place[id] for id in hit if id in place] for hit in hits]
        starts = np.cumsum([0, *map(len, known)])
        found[name] = Hits(starts, np.array([i for hit in known for i in hit], dtype=np.int64))
    return found


def made(n: int, attempts: Path, folder: Path) -> tuple[Path, Path]:
    """Generated payments and answers, kept in `folder`."""
    payments, answers = folder / f"payments-{n}.parquet", folder / f"answers-{n}.parquet"
    if not payments.exists():
        from payments_like import embedded

        for path, table in zip((payments, answers), embedded(n, attempts), strict=True):
            pq.write_table(table, path)
    return payments, answers


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--attempts", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("/tmp"), help="where generated tables are kept")
    parser.add_argument("--payments", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--findings", type=Path)
    parser.add_argument("--half", choices=("both", "even", "odd"), default="both")
    given = parser.parse_args()
    for n in given.sizes:
        payments, answers = made(n, given.attempts, given.folder)
        own = [sys.executable, __file__, "--payments", str(payments), "--answers", str(answers), "--half", given.half]
        subprocess.run(own, check=True)
    if given.sizes:
        return
    answers_ = Answers(pq.read_table(given.answers), given.half)
    began, cpu = time.perf_counter(), time.process_time()
    log = from_rows(rows(pq.read_table(given.payments)))
    spent("log read", began, cpu, len(log))
    attempt = answers_.codes(log.rows["payment_id"])
    hits = told(given.findings, log.rows["payment_id"]) if given.findings else dict(searched(log))
    judge(hits, attempt, answers_, len(log.accounts), ordered(log, attempt))


if __name__ == "__main__":
    main()
