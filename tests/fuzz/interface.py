"""Schemathesis over the whole HTTP interface, long: each operation as described and not, then along its links.

.venv/bin/python tests/fuzz/interface.py [--each 40] [--sequences 300] [--steps 25] [--only /api/cases] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parents[1])  # not beside `fuzz.py`, which would be taken for this folder

from schemathesis import GenerationMode  # noqa: E402

from fuzz.town import Town, sequences, some  # noqa: E402


def each(town: Town, number: int, only: str, start: int) -> None:
    """Every operation, by several roles."""
    for operation in town.operations():
        if not operation.path.startswith(only):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
                continue  # any text may stand in a path

            def ask(case: Any, mode: GenerationMode = mode) -> None:
                if mode is GenerationMode.POSITIVE:
                    town.known(case, 0.7)
                first = town.role_for(case.operation.path)
                town.ask(case, first)
                if town.random.random() < 0.2:
                    town.ask(case, town.random.choice([r for r in town.ids if r != first]))

            some(town, operation, mode, number, ask, start)
        print(f"{time.process_time():7.0f} s  {operation.label}: {sum(town.asked.values())} calls so far,"
              f" {len(town.faults)} kinds of fault", flush=True)  # fmt: skip


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, default in (("each", 40), ("sequences", 300), ("steps", 25), ("seed", 1)):
        arguments.add_argument(f"--{name}", type=int, default=default)
    arguments.add_argument("--only", default="/")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder))
        each(town, asked.each, asked.only, asked.seed)
        if asked.sequences:
            sequences(town, asked.sequences, asked.steps)
        print(town.report())
        print(f"{len(town.asked)} operations, {sum(town.asked.values())} calls; answers: {dict(town.statuses)}")
        print(f"{len(town.faults)} kinds of fault; {time.process_time():.0f} CPU s")
        town.close()
        return 1 if town.faults else 0


if __name__ == "__main__":
    sys.exit(main())
