"""Unit values at size: generated consignments measured by `unit_value_outlier`, and by pandas with statsmodels.

    .venv/bin/python benchmarks/unit_values.py [ROWS…]

The plain way groups by commodity, partner and month and takes each group's adjusted boxplot, as the typology does at
its first level; statsmodels lists all pairs of a group for its medcouple. It is measured on a tenth of the rows, in
groups of the same size, where it is installed. Planted: 100 traders with four consignments each at a tenth of the
price.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.unit_value_outlier import TYPOLOGY
from counterflow.model.handling import PUBLIC
from counterflow.storage.tables import LEDGER
from counterflow.testing import scope_of, whole
from measured import tell

PARTNERS, MONTHS, PLANTED = 20, 24, 100


def consignments(rows: int, seed: int = 1) -> pa.Table:
    """Rows of the shipments table: about 200 to a commodity, partner and month, skewed prices, traders of all sizes."""
    rng = np.random.default_rng(seed)
    commodities = max(1, rows // (200 * PARTNERS * MONTHS))
    code = rng.integers(0, commodities, rows)
    usual = rng.lognormal(2, 1.5, commodities)
    price = usual[code] * np.exp(rng.gamma(2.0, 0.2, rows))
    mass = rng.lognormal(8, 1, rows)
    trader = rng.zipf(1.5, rows) % 50_000
    odd = rng.choice(rows, PLANTED * 4, replace=False)
    price[odd] = usual[code[odd]] / 10
    mass[odd] = 20_000.0
    trader[odd] = 1_000_000 + np.arange(PLANTED * 4) // 4
    code[odd] = code[odd[::4]].repeat(4)
    price[odd] = usual[code[odd]] / 10
    months = [f"{2018 + month // 12}-{month % 12 + 1:02}-15" for month in range(MONTHS)]
    partners = [a + b for a in "abcd" for b in "nrstu"]
    columns: dict[str, Any] = {
        "row_id": pc.binary_join_element_wise("r", pa.array(np.arange(rows)).cast(pa.string()), ""),
        "date": pa.array(months).take(pa.array(rng.integers(0, MONTHS, rows))),
        "consignee_name": pc.binary_join_element_wise("trader", pa.array(trader).cast(pa.string()), " "),
        "origin_country": pa.array(partners).take(pa.array(rng.integers(0, PARTNERS, rows))),
        "hs_code": pa.array(100_000 + code * 7).cast(pa.string()),
        "net_mass": mass, "value": price * mass, "currency": pa.array(["USD"]).take(pa.array(np.zeros(rows, int))),
    }  # fmt: skip
    columns["label_id"] = pa.array([PUBLIC.id]).take(pa.array(np.zeros(rows, int)))
    return LEDGER["shipments"].conform(pa.table(columns))


def ours(table: pa.Table) -> None:
    """CPU of the typology over the table, and what it finds of what was planted."""
    data = ScopeData(scope_of(whole({"shipments": table})))
    began = time.process_time()
    found = detect(data, [TYPOLOGY])
    seconds = time.process_time() - began
    planted = {f.subjects[0] for f in found if int(f.subjects[0].split()[-1]) >= 1_000_000}
    tell("unit_value_outlier", rows=len(table), cpu_seconds=round(seconds, 2), findings=len(found),
         rows_a_cpu_second=round(len(table) / seconds), planted=PLANTED, planted_found=len(planted))  # fmt: skip


def plain(table: pa.Table) -> None:
    """The same measure, group by group."""
    from statsmodels.stats.stattools import medcouple

    frame = table.select(["hs_code", "origin_country", "date", "net_mass", "value"]).to_pandas()
    began = time.process_time()
    frame["price"] = np.log(frame.value / frame.net_mass)
    frame["month"] = frame.date.str[:7]

    def outside(prices: Any) -> Any:
        low, high = np.quantile(prices, [0.25, 0.75])
        skew, reach = float(medcouple(prices)), 3 * max(high - low, 0.05)
        up, down = (3, -4) if skew >= 0 else (4, -3)
        return (prices < low - reach * np.exp(down * skew)) | (prices > high + reach * np.exp(up * skew))

    groups = frame.groupby(["hs_code", "origin_country", "month"]).price
    out = groups.transform(lambda prices: outside(prices.to_numpy()) if len(prices) >= 20 else False)
    seconds = time.process_time() - began
    tell("pandas and statsmodels", rows=len(frame), cpu_seconds=round(seconds, 2), outside=int(out.sum()),
         rows_a_cpu_second=round(len(frame) / seconds))  # fmt: skip


def main(sizes: list[int]) -> None:
    """Both, for each size."""
    for rows in sizes:
        table = consignments(rows)
        ours(table)
        if find_spec("statsmodels"):
            plain(consignments(rows // 10))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000_000])
