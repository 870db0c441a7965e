"""Records a second and peak memory of `counterflow ingest`: of the files named, or of an exercise layer made for it.

usage: ingest.py [FILE…]      each into a fresh workspace, in a process of its own
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import run, tell

# In a process of its own, so that memory is the file's alone.
ONE = """
import json, resource, sys, time
from pathlib import Path
from counterflow.workspace import Workspace
workspace = Workspace.create(Path(sys.argv[1]))
began = time.perf_counter()
report = workspace.ingest(Path(sys.argv[2]))
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"reader": report.reader, "claims": report.claims, "observations": report.observations,
                  "set_aside": len(report.quarantined), "seconds": seconds, "peak_mib": peak}))
"""


def exercise(room: Path) -> list[Path]:
    """Payments, positions and shipments of the demonstration's generator."""
    from counterflow.demo import case_folder
    from counterflow.sources.synthetic import generate

    generate(case_folder(), room / "layer", seed=39)
    return [room / "layer" / name for name in ("payments.csv", "positions.csv", "shipments.csv")]


def main(files: list[Path]) -> None:
    """One line a file."""
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        for n, path in enumerate(files or exercise(room)):
            _, _, printed = run([sys.executable, "-c", ONE, str(room / f"workspace-{n}"), str(path)])
            found = json.loads(printed.splitlines()[-1])
            records = found["claims"] + found["observations"]
            size = int(
                subprocess.run(["du", "-sb", str(path)], capture_output=True, text=True, check=True).stdout.split()[0]
            )
            tell(
                f"ingest {path.name}",
                reader=found["reader"],
                records=records,
                set_aside=found["set_aside"],
                megabytes=round(size / 1e6, 1),
                seconds=round(found["seconds"], 2),
                records_per_second=round(records / found["seconds"]),
                peak_mib=round(found["peak_mib"]),
            )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
