"""The Graph Feature Preprocessor of snapml over the edges that `features.py` numbered: run by a Python that has it.

features_peer.py EDGES.npy short|long|whole
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

HOUR, DAY = 3600, 86400
SPANS = {"short": (DAY, 12 * HOUR, 12 * HOUR, 6 * HOUR), "long": (7 * DAY, 7 * DAY, 5 * DAY, 5 * DAY),
         "whole": (7 * DAY, 7 * DAY, 5 * DAY, 5 * DAY)}  # fmt: skip
BATCH, LONGEST = 2048, 240


def main(edges: str, name: str) -> None:
    from snapml import GraphFeaturePreprocessor

    stats, fans, cycles, relays = SPANS[name]
    made = GraphFeaturePreprocessor()
    made.set_params(
        {
            "num_threads": 1, "time_window": max(SPANS[name]), "vertex_stats": True, "vertex_stats_tw": stats,
            "vertex_stats_cols": [4], "vertex_stats_feats": [0, 1, 2, 3, 4, 8, 9, 10],
            "fan": True, "fan_tw": fans, "degree": True, "degree_tw": fans,
            "scatter-gather": True, "scatter-gather_tw": relays, "temp-cycle": True, "temp-cycle_tw": cycles,
            "lc-cycle": False,
        }
    )  # fmt: skip
    rows = np.load(edges)
    begun, clock, done, columns = time.process_time(), time.monotonic(), 0, 0
    for at in range(0, len(rows), BATCH):
        part = np.ascontiguousarray(rows[at : at + BATCH])
        columns = made.transform(part).shape[1] - part.shape[1]
        done += len(part)
        if time.monotonic() - clock > LONGEST:
            break
    cpu = time.process_time() - begun
    told = {"peer": "snapml GraphFeaturePreprocessor", "payments": done, "columns": columns, "batch": BATCH,
            "per_cpu_second": round(done / cpu), "cpu_seconds": round(cpu, 2)}  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
