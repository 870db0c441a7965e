"""Pairs of random worlds, equal but for what a reader may not see: is every answer the same, byte for byte?

    python benchmarks/noninterference.py --seconds 300 [--first SEED] [--alive STEPS] [--record FILE]

Goes on for so many CPU seconds, and says from which seed to go on. `--alive` asks a running server before and after
each of so many hidden files that arrive; without it worlds are built apart and everything is derived twice. `--record`
adds what was compared to a JSON file, so that many runs make one figure.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from counterflow.testing.noninterference import DEAR, Caller, Tally, alive, apart


def run(first: int, seconds: float, steps: int, dear: int) -> tuple[Tally, int]:
    """What was found, and the next seed. :param dear: every so many worlds the dear surfaces are asked as well"""
    tally, caller, seed = Tally(), Caller(), first
    began = time.process_time()
    while time.process_time() - began < seconds:
        with TemporaryDirectory(prefix="counterflow-noninterference-") as folder:
            if steps:
                alive(Path(folder), seed, steps, tally, caller)
            else:
                whole = dear and seed % dear == 0
                only = (lambda _: True) if whole else (lambda name: not _dear(name))
                apart(Path(folder) / "pair", seed, tally, caller, only=only)
        seed += 1
        told = f"{tally.pairs} pairs, {tally.asked.total()} comparisons, {len(tally.differences)} differences"
        print(f"seed {seed - 1}: {told}, {time.process_time() - began:.0f} CPU s", flush=True)
    caller.close()
    return tally, seed


def _dear(name: str) -> bool:
    return bool(DEAR.search(name)) or name in ("counterflow report", "counterflow whatif", "counterflow ask")


def main() -> None:
    """Run, print, record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--alive", type=int, default=0, metavar="STEPS")
    parser.add_argument("--dear", type=int, default=10, metavar="N", help="reports and solvers in every Nth world")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began = time.process_time()
    tally, following = run(options.first, options.seconds, options.alive, options.dear)
    spent = time.process_time() - began
    for difference in tally.differences[:20]:
        print(difference)
    for broken in tally.broken[:10]:
        print(broken)
    never = sorted(name for name in tally.asked if not tally.fine[name])
    print(f"{tally.pairs} pairs, {tally.asked.total()} comparisons over {len(tally.asked)} surfaces, "
          f"{len(tally.differences)} differences, {spent / max(tally.pairs, 1):.2f} CPU s a pair")  # fmt: skip
    print(f"go on with --first {following}")
    print("never answered with what was asked for:", ", ".join(never) or "none")
    if options.record:
        kept = json.loads(options.record.read_text()) if options.record.exists() else {}
        mode = "alive" if options.alive else "apart"
        before = kept.get(mode, {"pairs": 0, "comparisons": {}, "differences": 0, "cpu_seconds": 0.0})
        kept[mode] = {
            "pairs": before["pairs"] + tally.pairs,
            "comparisons": dict(sorted((Counter(before["comparisons"]) + tally.asked).items())),
            "differences": before["differences"] + len(tally.differences),
            "cpu_seconds": round(before["cpu_seconds"] + spent, 1),
        }
        options.record.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
