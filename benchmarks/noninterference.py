"""Pairs of random worlds, equal but for what a reader may not see: is every answer the same, byte for byte?

    python benchmarks/noninterference.py --seconds 300 [--first SEED] [--alive STEPS] [--record FILE]

Goes on for so many CPU seconds, and says from which seed to go on. `--alive` asks a running server before and after
each of so many hidden files that arrive; without it worlds are built apart and everything is derived twice. `--record`
adds what was compared to a JSON file after each world, so that many runs make one figure.
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

ALONE = 8
"""Every so many worlds nobody has an account, and a named audience asks."""


def world(seed: int, options: argparse.Namespace, tally: Tally, caller: Caller) -> None:
    """Compare one world, or one world as it grows."""
    with TemporaryDirectory(prefix="counterflow-noninterference-", dir=options.folder) as folder:
        signed_in = seed % ALONE != 0
        if options.alive:
            alive(Path(folder), seed, options.alive, tally, caller, each=options.each, signed_in=signed_in)
            return
        whole = options.dear and seed % options.dear == 0
        only = (lambda _: True) if whole else (lambda name: not _dear(name))
        apart(Path(folder) / "pair", seed, tally, caller, only=only)


def _dear(name: str) -> bool:
    return bool(DEAR.search(name)) or name in ("counterflow report", "counterflow whatif", "counterflow ask")


def record(file: Path, mode: str, tally: Tally, spent: float) -> None:
    """Add to what was compared before."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    before = kept.get(mode, {"pairs": 0, "comparisons": {}, "fine": {}, "differences": 0, "cpu_seconds": 0.0})
    kept[mode] = {
        "pairs": before["pairs"] + tally.pairs,
        "comparisons": dict(sorted((Counter(before["comparisons"]) + tally.asked).items())),
        "fine": dict(sorted((Counter(before["fine"]) + tally.fine).items())),
        "differences": before["differences"] + len(tally.differences),
        "cpu_seconds": round(before["cpu_seconds"] + spent, 1),
    }
    file.write_text(json.dumps(kept, indent=1) + "\n")


def main() -> None:
    """Run, print, record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="of the seeds: so that several runs share them"
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--alive", type=int, default=0, metavar="STEPS")
    parser.add_argument("--each", type=int, default=2, metavar="N", help="questions of each pair of a running server")
    parser.add_argument("--dear", type=int, default=10, metavar="N", help="reports and solvers in every Nth world")
    parser.add_argument("--folder", type=Path, help="to work in; by default that of temporary files")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    whole, caller, seed, began = Tally(), Caller(), options.first, time.process_time()
    while time.process_time() - began < options.seconds:
        before, tally = time.process_time(), Tally()
        world(seed, options, tally, caller)
        spent = time.process_time() - before
        if options.record:
            record(options.record, "alive" if options.alive else "apart", tally, spent)
        for difference in tally.differences[:5]:
            print(difference)
        for broken in tally.broken[:3]:
            print(broken)
        whole.add(tally)
        told = f"{whole.pairs} pairs, {whole.asked.total()} comparisons, {len(whole.differences)} differences"
        print(f"seed {seed}: {told}, {time.process_time() - began:.0f} CPU s", flush=True)
        seed += options.every
    caller.close()
    spent = time.process_time() - began
    never = sorted(name for name in whole.asked if not whole.fine[name])
    print(f"{whole.pairs} pairs, {whole.asked.total()} comparisons over {len(whole.asked)} surfaces, "
          f"{len(whole.differences)} differences, {spent / max(whole.pairs, 1):.3f} CPU s a pair")  # fmt: skip
    print(f"go on with --first {seed}")
    print("never answered with what was asked for:", ", ".join(never) or "none")


if __name__ == "__main__":
    main()
