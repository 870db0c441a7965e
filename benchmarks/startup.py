"""How long `counterflow --help` takes, beside Python's own start."""

from __future__ import annotations

import statistics
import sys

from measured import run, tell

TURNS = 15


def main() -> None:
    """In turns, so that a busy machine slows both alike."""
    bare, whole = [], []
    for _ in range(TURNS):
        bare.append(run([sys.executable, "-c", "pass"])[0])
        whole.append(run([sys.executable, "-m", "counterflow", "--help"])[0])
    tell(
        "counterflow --help",
        median_ms=round(statistics.median(whole) * 1000),
        best_ms=round(min(whole) * 1000),
        python_median_ms=round(statistics.median(bare) * 1000),
        ratio=round(statistics.median(whole) / statistics.median(bare), 1),
        turns=TURNS,
    )


if __name__ == "__main__":
    main()
