"""Tables of trade as people have them: old nomenclatures, units missing, quantity zero, values in thousands. Each row
is read, or read otherwise with the reason in its note, or set aside with line and field; the amounts add up."""

import csv
import io
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.sources.reader import read_head
from counterflow.sources.trade import shipments, trade_figures
from sources.observed import Observed

NUMBERS = st.one_of(st.integers(0, 10**7).map(str), st.sampled_from(["", "0", "-3", "n/a", "1.5e3", "12.25"]))
ROW = st.fixed_dictionaries({
    "date": st.sampled_from(["2017-09", "201709", "2017", "2017-13", "", "2017-09-29"]),
    "hs": st.sampled_from(["270112", "2701.12", "30617", "306", "0306", "02701", "coal", "", "TOTAL", "TBC"]),
    "quantity": NUMBERS,
    "unit": st.sampled_from(["t", "kg", "", "ton", "Number of items", "??"]),
    "value": NUMBERS,
    "nomenclature": st.sampled_from(["H0", "HS 2017", "HS12", "S3", "", "own"]),
})  # fmt: skip


def table(heads: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue()


def _finds_all(reader: Any, path: Path, name: str, given_rows: list[dict[str, str]]) -> Observed:
    found = Observed(reader, path)
    lines = {int(row["locator"].split()[-1]) for row in found[name]} | {bad.line for bad in found.rejected}
    assert lines == set(range(2, len(given_rows) + 2)), "a row is neither kept nor set aside"
    assert len(found[name]) + len({bad.line for bad in found.rejected}) == len(given_rows)
    for bad in found.rejected:
        assert bad.field
        assert bad.reason
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_consignments(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    heads = ["date", "shipper", "consignee", "hs_code", "nomenclature", "qty", "unit", "Value (1000 USD)"]
    body = [[r["date"], "A", "B", r["hs"], r["nomenclature"], r["quantity"], r["unit"], r["value"]] for r in rows]
    path = tmp_path / "goods.csv"
    path.write_text(table(heads, body), "utf-8")
    assert shipments.READER.recognises(read_head(path)) > 0.8
    found = _finds_all(shipments.READER, path, "shipments", rows)
    for row in found["shipments"]:
        written = rows[int(row["locator"].split()[-1]) - 2]
        note = row["note"] or ""
        if row["value"] is not None:
            assert row["value"] == pytest.approx(float(written["value"]) * 1000)
            assert row["currency"] == "USD"
            assert "published in units of 1,000" in note
        if row["hs_code"] and len(row["hs_code"]) % 2:
            assert "odd number of digits" in note
        if written["hs"] in ("30617", "306"):
            assert row["hs_code"] == "0" + written["hs"]
            assert "lost its leading zero" in note
        if row["quantity"] == 0:
            assert "quantity given is zero" in note
        if row["quantity"] is not None and row["unit"] != "kg":
            assert row["unit"] == "pcs" or "unit" in note
        assert row["hs_edition"] in (None, "HS1992", "HS2017", "HS2012", "SITC3", "own")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=8), code=st.sampled_from(["hs", "commodity_code"]))
def test_statistics(tmp_path: Path, rows: list[dict[str, str]], code: str) -> None:
    heads = ["period", "reporter", "partner", "flow", code, "classification", "qty", "qty_unit", "Value in million EUR"]
    body = [["China", "Japan", "import"] for _ in rows]
    lines = [
        [r["date"], *who, r["hs"], r["nomenclature"], r["quantity"], r["unit"], r["value"]]
        for r, who in zip(rows, body, strict=True)
    ]
    path = tmp_path / "figures.csv"
    path.write_text(table(heads, lines), "utf-8")
    assert trade_figures.READER.recognises(read_head(path)) > 0.8
    found = _finds_all(trade_figures.READER, path, "trade_figures", rows)
    for row in found["trade_figures"]:
        written = rows[int(row["locator"].split()[-1]) - 2]
        if row["value"] is not None:
            assert math.isclose(row["value"], float(written["value"]) * 1e6, rel_tol=1e-9)
            assert row["currency"] == "EUR"
        if row["nomenclature"] == "HS" and written["hs"] in ("30617", "306"):
            assert (row["hs_code"], row["level"]) == ("0" + written["hs"], len(written["hs"]) + 1)
        if written["hs"] == "coal":
            assert row["hs_code"] is None
            assert "no commodity code" in (row["note"] or "")


def test_a_mapping_has_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("date,shipper,consignee,Value (1000 USD)\n2017-03,A,B,5\n", "utf-8")
    [row] = Observed(shipments.READER, path)["shipments"]
    assert (row["value"], row["currency"]) == (5000, "USD")
    own = {"columns": {"value": "Value (1000 USD)"}, "scale": {"value": 1}, "defaults": {"currency": "KRW"}}
    [row] = Observed(shipments.READER, path, mapping=own)["shipments"]
    assert (row["value"], row["currency"]) == (5, "KRW")
