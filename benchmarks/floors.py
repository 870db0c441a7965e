"""Whole attempts found against findings to read: for each search, by how many hits are told for 1,000 accounts.

    floors.py --attempts hi_small_attempts.parquet 5078345            half of the attempts' accounts do nothing else
    floors.py --attempts hi_small_attempts.parquet --lone 0 5078345   all are ordinary, busy accounts: the hardest

The most surprising hits come first; the surprise at which each budget ends is printed. The defaults of the typologies
were chosen on the attempts with an even number; the odd ones are told beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attempts import DAY, WHOLE, Answers, best, rows
from counterflow.findings.patterns import chains, circles, fans, gather_scatter, strangers
from counterflow.findings.patterns.chance import strongest
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, from_rows
from measured import tell
from payments_like import embedded

if TYPE_CHECKING:
    import pyarrow as pa

BUDGETS = (0.2, 0.5, 1, 2, 3, 4, 6, 9, 14, 40)
"""Hits told for 1,000 accounts."""


def gathered(log: Log) -> Hits:
    """Gather-scatter as its typology ranks it."""
    hits = gather_scatter.find(log, window=10 * DAY, floor=1.0)
    about = strangers.alone(log, hits, window=10 * DAY, history=60 * DAY)
    return hits.raised(about + strangers.alike(log, hits, log.payee))


def fanned(log: Log, side: str) -> Hits:
    """Fans as their typologies rank them."""
    inwards = side == "in"
    hits = fans.find(log, window=5 * DAY, side="in" if inwards else "out", floor=1.0)
    return hits.raised(strangers.alike(log, hits, log.payee if inwards else log.payer))


SEARCHES: dict[str, tuple[str, Callable[[Log], Hits]]] = {
    "fan_in": ("FAN-IN", lambda log: fanned(log, "in")),
    "fan_out": ("FAN-OUT", lambda log: fanned(log, "out")),
    "gather_scatter": ("GATHER-SCATTER", gathered),
    "chain": ("RANDOM", lambda log: chains.find(log, window=5 * DAY, floor=1.0)),
    "closed_circle": ("GATHER-SCATTER", circles.find),
}


def curve(log: Log, answers: pa.Table, lone: float) -> None:
    """Print a line for each search and budget."""
    both = Answers(answers, "both")
    attempt = both.codes(log.rows["payment_id"])
    for name, (kind, search) in SEARCHES.items():
        cpu = time.process_time()
        hits = search(log)
        cpu = time.process_time() - cpu
        judged = [a for a in both.judged if both.type[a] == kind]
        assert hits.surprise is not None
        for budget in BUDGETS:
            kept = strongest(hits.surprise, budget, len(log.accounts))
            shares = best(hits.select(kept), attempt, both.size)
            whole = {a for a in judged if shares.get(a, (0.0, 0))[0] >= WHOLE}
            halves = {h: [a for a in judged if a % 2 == (h == "odd")] for h in ("even", "odd")}
            tell(
                f"{name}, {budget} for 1,000 accounts", lone=lone, attempts=len(judged),
                whole=round(len(whole) / len(judged), 3),
                **{h: round(len(whole & set(own)) / len(own), 3) for h, own in halves.items()},
                hits=int(kept.sum()), least_surprise=round(float(hits.surprise[kept].min(initial=np.inf)), 2),
                cpu_seconds_with_compiling=round(cpu, 2),
            )  # fmt: skip
            if kept.all():
                break


def main() -> None:
    """Generate and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--attempts", type=Path, required=True)
    parser.add_argument("--lone", type=float, default=0.5)
    asked = parser.parse_args()
    for size in asked.sizes:
        table, answers = embedded(size, asked.attempts, lone=asked.lone)
        curve(from_rows(rows(table)), answers, asked.lone)


if __name__ == "__main__":
    main()
