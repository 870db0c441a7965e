"""Resolution of plain tables: accuracy, CPU and memory, by size; beside Splink where it is there.

``tables.py [ROWS…]`` on generated persons (``people.py``); ``tables.py FILE TRUTH COLUMNS.yaml`` on a Parquet table of
yours with a column of known parties. With ``SPLINK=/path/to/python`` in the environment, a Python that has Splink 5 and
pandas, the same rows go through Splink in a process of its own. Pairwise precision, recall and F1 of the clusters;
kernels are compiled before. Splink: its own comparisons of names, date, town, country and number, ten blocking rules,
weights by random sampling and two rounds of expectation-maximisation; the best of its five thresholds is told, ours has
none.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PERSONS = Path(__file__).parents[1] / "examples" / "tables" / "persons.yaml"

SPLINK = """
import sys, time, json, resource
import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
t = pq.read_table(sys.argv[1]).to_pandas().rename(columns={"id": "unique_id"})
start = time.process_time()
rules = [["number"], ["given", "family"], ["family", "born"], ["given", "born"], ["family", "town"], ["given", "town"],
         ["born", "town"], ["substr(given,1,2)", "substr(family,1,3)", "country"], ["substr(born,1,4)", "family"],
         ["substr(born,1,4)", "given"]]
comparisons = [cl.NameComparison("given"), cl.NameComparison("family"),
               cl.DateOfBirthComparison("born", input_is_string=True),
               cl.JaroWinklerAtThresholds("town", [0.9]).configure(term_frequency_adjustments=True),
               cl.ExactMatch("country"), cl.LevenshteinAtThresholds("number", [1])]
linker = Linker(DuckDBAPI().register(t), SettingsCreator(
    link_type="dedupe_only", comparisons=comparisons, additional_columns_to_retain=["party"],
    blocking_rules_to_generate_predictions=[block_on(*r) for r in rules]))
linker.training.estimate_probability_two_random_records_match(
    [block_on("number"), block_on("given", "family", "born")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
for fields in (["given", "family"], ["born", "town"]):
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(*fields))
pairs = linker.inference.predict(threshold_match_probability=0.01)
for threshold in (0.5, 0.8, 0.9, 0.95, 0.99):
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=threshold).as_pandas_dataframe()
    cpu = time.process_time() - start if threshold == 0.5 else cpu
    found[["cluster_id", "party"]].astype(str).to_parquet(f"{sys.argv[2]}/{threshold}.parquet")
print(json.dumps({"cpu": cpu, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def agreement(found: list[str], known: list[str]) -> dict[str, float]:
    """Pairwise precision, recall and F1 of clusters, and the largest of them."""
    a = np.unique(found, return_inverse=True)[1].astype(np.int64)
    b = np.unique(known, return_inverse=True)[1].astype(np.int64)

    def pairs(labels: Any) -> int:
        n = np.unique(labels, return_counts=True)[1]
        return int((n * (n - 1) // 2).sum())

    both, ours, truth = pairs(a * (int(b.max()) + 1) + b), pairs(a), pairs(b)
    return {
        "precision": round(both / max(1, ours), 4),
        "recall": round(both / max(1, truth), 4),
        "f1": round(2 * both / max(1, ours + truth), 4),
        "largest": int(np.bincount(a).max()),
    }


def ours(table: pa.Table, truth: str, columns: Path) -> dict[str, Any]:
    """Our clusters of a table, measured."""
    from counterflow.entities.plain.resolve import resolve
    from counterflow.entities.plain.spec import read

    spec = read(columns)
    resolve([("warm", table.slice(0, 2000))], spec)
    start = time.process_time()
    found = resolve([("table", table)], spec)
    cpu = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    told = agreement(found.clusters["cluster"].to_pylist(), table[truth].cast(pa.string()).to_pylist())
    return {"engine": "counterflow", "rows": len(table), "cpu": round(cpu, 1), "memory_gb": round(memory, 2), **told}


def splink(table: pa.Table, python: str) -> dict[str, Any]:
    """Splink's clusters of generated persons, at the best of five thresholds."""
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, f"{folder}/in.parquet")
        command = [python, "-c", SPLINK, f"{folder}/in.parquet", folder]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            return {"engine": "splink", "rows": len(table), "failed": run.stderr.strip().splitlines()[-1]}
        cost = json.loads(run.stdout.strip().splitlines()[-1])
        tried = [
            {"threshold": t, **agreement(r["cluster_id"].to_pylist(), r["party"].to_pylist())}
            for t in (0.5, 0.8, 0.9, 0.95, 0.99)
            for r in [pq.read_table(f"{folder}/{t}.parquet")]
        ]
    best = max(tried, key=lambda row: row["f1"])
    cpu, memory = round(cost["cpu"], 1), round(cost["memory"], 2)
    return {"engine": "splink", "rows": len(table), "cpu": cpu, "memory_gb": memory, **best}


def main(arguments: list[str]) -> None:
    """Print one line of JSON for each size and engine."""
    if len(arguments) == 3 and not arguments[0].isdigit():
        print(json.dumps(ours(pq.read_table(arguments[0]), arguments[1], Path(arguments[2]))))
        return
    from people import table

    for rows in [int(a) for a in arguments] or [10_000, 100_000]:
        people = table(rows)
        print(json.dumps(ours(people, "party", PERSONS)), flush=True)
        if python := os.environ.get("SPLINK"):
            print(json.dumps(splink(people, python)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
