"""Columns of declarations rest on earlier days alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from counterflow.findings.declarations.columns import columns, counts, declarations, known
from counterflow.storage.tables import LEDGER

START = dt.date(2020, 1, 1)


def rows(n: int, seed: int = 1) -> pa.Table:
    rng = np.random.default_rng(seed)
    told: list[dict[str, Any]] = [
        {
            "row_id": f"r{k:04}", "shipment_id": f"D{k:04}", "date": (START + dt.timedelta(days=k // 4)).isoformat(),
            "hs_code": f"{rng.integers(1, 4)}01{rng.integers(1, 4):03}"[:6], "consignee_id": f"I{rng.integers(9)}",
            "shipper_id": f"S{rng.integers(9)}", "departure_country": "cn" if rng.random() < 0.5 else "de",
            "origin_country": "cn", "tax_rate": float(rng.integers(3)), "tax_type": "A",
            "net_mass": float(rng.integers(1, 50)), "value": float(rng.integers(1, 900)), "currency": "USD",
        }
        for k in range(n)
    ]  # fmt: skip
    return pa.Table.from_pylist(told, pa.schema([f for f in LEDGER["shipments"].schema if f.name in told[0]]))


def fraud(n: int) -> np.ndarray:
    return np.where(np.arange(n) % 5 == 0, np.nan, np.arange(n) % 3 == 0).astype(float)


def test_later_rows_change_no_column() -> None:
    few, many = rows(200), rows(400)
    assert many.slice(0, 200).equals(few)
    some, more = declarations(few), declarations(many)
    never = 10**6
    says, before = columns(some, counts(some, fraud(200), never))
    _, after = columns(more, counts(more, fraud(400), never))
    assert np.array_equal(before, after[:200], equal_nan=True)
    assert len(says) == before.shape[1]
    assert not any("date" in name or "day" in name for name in says)


def test_what_is_found_today_is_known_tomorrow() -> None:
    some = declarations(rows(8))  # two days of four declarations
    found = np.ones(8)
    n, s = counts(some, found, 10**6)(())
    assert (n.tolist(), s.tolist()) == ([0] * 4 + [4] * 4, [0] * 4 + [4] * 4)
    n, _ = counts(some, found, int(some.day[0]))(())  # nothing was known before the first day
    assert not n.any()


def test_what_is_kept_says_the_same_as_the_declarations_themselves() -> None:
    some = declarations(rows(300))
    until = int(some.day[240])
    kept, own = known(some, fraud(300), until), counts(some, fraud(300), until)
    later = some.day >= until
    for names in (("hs6", "departure", "mass", "worth"), ("consignee",), ("hs2",)):
        for one, other in zip(kept.of(some.key(names)), own(names), strict=True):
            assert np.array_equal(one[later], other[later])
    assert kept.whole == (int((~np.isnan(fraud(300)[:240])).sum()), int(np.nansum(fraud(300)[:240])))


def test_figures_of_different_things_are_never_taken_for_each_other() -> None:
    """A mass of 10 and a value of 10, office 10 and procedure 10."""
    table = pa.table({"date": ["2020-01-01"], "shipment_id": ["1"], "row_id": ["1"], "hs_code": ["010101"],
                      "net_mass": [10.0], "value": [10.0], "office": ["10"], "procedure": ["10"]})  # fmt: skip
    some = declarations(table)
    assert some.key(("hs6", "mass")) != some.key(("hs6", "worth"))
    assert some.key(("office",)) != some.key(("procedure",))


def test_an_unusual_value_of_a_kilogram_stands_out() -> None:
    usual = [{"row_id": f"{k}", "shipment_id": f"{k:02}", "date": f"2020-01-{k + 1:02}", "hs_code": "640399",
              "net_mass": 10.0, "value": 1000.0 + k, "currency": "USD"} for k in range(20)]  # fmt: skip
    odd = usual[0] | {"row_id": "x", "shipment_id": "x", "date": "2020-02-01", "value": 90.0}
    some = declarations(pa.Table.from_pylist([*usual, odd, odd | {"row_id": "y", "net_mass": None}]))
    says, values = columns(some, counts(some, np.full(22, np.nan), 0))
    at = list(says).index("unit_value_hs6")
    assert abs(values[-3, at]) < 0.1
    assert values[-2, at] < -5
    assert np.isnan(values[-1, at])


@pytest.mark.parametrize("date", ["2020", "2020-05"])
def test_a_date_that_is_no_day_leaves_a_declaration_out(date: str) -> None:
    assert len(declarations(pa.table({"date": [date], "row_id": ["1"], "shipment_id": ["1"]}))) == 0
