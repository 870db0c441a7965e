"""What a floor on surprise costs and saves: whole attempts found, and hits per 1,000 accounts, at each floor.

    floors.py --attempts hi_small_attempts.parquet 5078345            half of the attempts' accounts do nothing else
    floors.py --attempts hi_small_attempts.parquet --lone 0 5078345   all are ordinary, busy accounts: the hardest

The defaults of the typologies were chosen on the attempts with an even number; the odd ones are told beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from attempts import DAY, WHOLE, Answers, best, rows
from counterflow.findings.patterns import chains, fans
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, from_rows
from measured import tell
from payments_like import embedded

if TYPE_CHECKING:
    import pyarrow as pa

FLOORS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0)
SEARCHES: dict[str, tuple[str, Callable[[Log], Hits]]] = {
    "fan_in": ("FAN-IN", lambda log: fans.find(log, window=5 * DAY, side="in", floor=FLOORS[0])),
    "fan_out": ("FAN-OUT", lambda log: fans.find(log, window=5 * DAY, side="out", floor=FLOORS[0])),
    "chain": ("RANDOM", lambda log: chains.find(log, window=5 * DAY, floor=FLOORS[0])),
}


def curve(log: Log, answers: pa.Table, lone: float) -> None:
    """Print a line for each search and floor."""
    both = Answers(answers, "both")
    attempt = both.codes(log.rows["payment_id"])
    for name, (kind, search) in SEARCHES.items():
        cpu = time.process_time()
        hits = search(log)
        cpu = time.process_time() - cpu
        judged = [a for a in both.judged if both.type[a] == kind]
        large = [a for a in judged if both.size[a] >= 5]
        assert hits.surprise is not None
        for floor in FLOORS:
            found = hits.select(hits.surprise >= floor)
            shares = best(found, attempt, both.size)
            whole = {a for a in judged if shares.get(a, (0.0, 0))[0] >= WHOLE}
            halves = {h: [a for a in judged if a % 2 == (h == "odd")] for h in ("even", "odd")}
            tell(
                f"{name} from a surprise of {floor}", lone=lone, attempts=len(judged),
                whole=round(len(whole) / len(judged), 3),
                **{h: round(len(whole & set(own)) / len(own), 3) for h, own in halves.items()},
                of_five_payments=round(len(whole & set(large)) / len(large), 3),
                hits_per_1000_accounts=round(1000 * len(found) / len(log.accounts), 2),
                cpu_seconds_with_compiling=round(cpu, 2),
            )  # fmt: skip


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
