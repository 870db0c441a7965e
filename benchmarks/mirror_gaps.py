"""Mirror gaps at size: generated statistics of two sides, in which some months of 200 flows never arrive.

    .venv/bin/python benchmarks/mirror_gaps.py [ROWS…]

A flow is a pair of countries and a commodity over 24 months. Both sides scatter: the flow itself by a third, the
importer by a habit of its own (a factor that lasts) and by a seventh from month to month. Planted: two months of a flow
of which five per cent arrive.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pyarrow as pa

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.mirror_gap import TYPOLOGY
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import LEDGER
from counterflow.testing import scope_of, whole
from measured import tell

MONTHS, PLANTED = 24, 200
COUNTRIES = [a + b for a in "abcdefgh" for b in "klmnop"]


def statistics(rows: int, seed: int = 1) -> tuple[pa.Table, set[tuple[str, str, str]]]:
    """Rows of the table of trade figures, and the flows (exporter, importer, code) in which a gap was planted."""
    rng = np.random.default_rng(seed)
    flows = rows // (2 * MONTHS)
    ends = np.array([rng.choice(len(COUNTRIES), 2, replace=False) for _ in range(flows)])
    exporter, importer = (np.array(COUNTRIES)[ends[:, side]] for side in (0, 1))
    codes = rng.integers(100_000, 999_999, flows).astype(str)
    size = rng.lognormal(14, 1.5, flows)
    sent = size[:, None] * np.exp(rng.normal(0, 0.3, (flows, MONTHS)))
    habit = rng.normal(0, 0.4, flows)[:, None]
    came = sent * 1.1 * np.exp(habit + rng.normal(0, 0.15, (flows, MONTHS)))
    odd = rng.choice(np.argsort(-size)[: flows // 3], PLANTED, replace=False)
    for flow in odd:
        came[flow, rng.choice(np.arange(3, 21), 2, replace=False)] *= 0.05
    dates = np.array([f"{2018 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)])
    of_flow, n = np.tile(np.repeat(np.arange(flows), MONTHS), 2), 2 * flows * MONTHS
    first = np.arange(n) < n // 2
    table = {
        "row_id": pa.array(np.char.mod("f%d", np.arange(n))), "date": pa.array(np.tile(dates, 2 * flows)),
        "reporter": pa.array(np.where(first, exporter[of_flow], importer[of_flow])),
        "partner": pa.array(np.where(first, importer[of_flow], exporter[of_flow])),
        "flow": pa.array(np.where(first, "export", "import")), "hs_code": pa.array(codes[of_flow]),
        "level": pa.array(np.full(n, 6)), "value": pa.array(np.concatenate([sent.ravel(), came.ravel()])),
        "currency": pa.array(np.full(n, "USD")), "nomenclature": pa.array(np.full(n, "HS")),
        "label_id": pa.array(np.full(n, PUBLIC.id)),
    }  # fmt: skip
    return LEDGER["trade_figures"].conform(pa.table(table)), {(exporter[k], importer[k], codes[k]) for k in odd}


def main(sizes: list[int]) -> None:
    """CPU and what is found, for each size."""
    for rows in sizes:
        table, planted = statistics(rows)
        data = ScopeData(scope_of(whole({"trade_figures": table})))
        began = time.process_time()
        found = {(f.detail["exporter"], f.detail["importer"], f.detail["hs_code"]) for f in detect(data, [TYPOLOGY])}
        seconds = time.process_time() - began
        tell("mirror_gap", rows=len(table), flows=rows // (2 * MONTHS), cpu_seconds=round(seconds, 2),
             planted=len(planted), found=len(found & planted), others=len(found - planted))  # fmt: skip


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [200_000])
