"""What amounts of different currencies were worth in US dollars, by yearly averages: to compare, not to book by.

A chain of payments that changes money on its way passes the same worth on, not the same amount. A year's average is a
few per cent off in most years and more in a crisis; who needs better states the worth of each payment at its source.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

__all__ = ["dollars"]


@cache
def _table() -> tuple[int, dict[str, tuple[float, ...]]]:
    """First year, and of each currency the rate of each year from it on, NaN where there is none."""
    import yaml

    text = (resources.files("counterflow.model") / "values" / "rates.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
    yearly = {
        c: tuple(float("nan" if cell == "." else cell) for cell in str(row).split())
        for c, row in table["rates"].items()
    }
    pegged = {c: (float(rate),) for c, rate in table["pegs"].items()}
    return int(table["first"]), {"USD": (1.0,), **pegged, **yearly}


def dollars(currencies: Sequence[str], first: int, last: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64[currencies, years]: US dollars for a unit in the years `first` to `last`, NaN where not known.

    A year past those published has the rate of the nearest year that has one, for the order of magnitude.
    """
    import numpy as np

    begin, table = _table()
    found = np.full((len(currencies), last - first + 1), np.nan)
    for row, currency in zip(found, currencies, strict=True):
        rates = np.array(table.get(currency, ()))
        known = np.flatnonzero(~np.isnan(rates))
        if len(known):
            wanted = np.arange(first, last + 1) - begin
            row[:] = rates[known[np.abs(known[:, None] - wanted).argmin(axis=0)]]
    return found
