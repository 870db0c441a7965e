"""Worth: amounts of any currency in US dollars, as a column.

By the average of the year (`model.rates`): to compare, not to book by. What states no currency is of unknown worth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.model.rates import dollars

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["usd", "worth"]


def usd(row: Mapping[str, Any]) -> float | None:
    """A row's value in dollars; None: not known. :param row: value, currency, date"""
    year = (row["date"] or "")[:4]
    if row["value"] is None or not row["currency"] or not year.isdigit():
        return None
    rate = _rate(row["currency"], int(year))
    return None if math.isnan(rate) else float(row["value"]) * rate


@cache
def _rate(currency: str, year: int) -> float:
    return float(dollars([currency], year, year)[0, 0])


def worth(data: Data, rows: ibis.Table) -> ibis.Table:
    """`rows` (with date and currency) and `rate`: US dollars for a unit of the row's currency in its year; null: not
    known."""
    import ibis

    year = rows.date.substr(0, 4)
    seen = data.run(rows.select("currency", year=year).filter(rows.currency.notnull()).distinct()).to_pylist()
    dated = [(r["currency"], r["year"]) for r in seen if r["year"] and r["year"].isdigit()]
    found = {(currency, in_year): _rate(currency, int(in_year)) for currency, in_year in dated}
    table = pa.table({
        "rate_currency": pa.array([currency for currency, _ in found], pa.string()),
        "rate_year": pa.array([in_year for _, in_year in found], pa.string()),
        "rate": pa.array([None if math.isnan(rate) else rate for rate in found.values()], pa.float64()),
    })  # fmt: skip
    rates = ibis.memtable(table)
    rows = rows.mutate(_year=year)
    joined = rows.left_join(rates, [rows.currency == rates.rate_currency, rows._year == rates.rate_year])
    return joined.drop("rate_currency", "rate_year", "_year")
