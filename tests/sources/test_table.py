"""Tables by layout: no row is lost, whatever stands in it."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError, UsageError
from counterflow.sources.ships.ship_events import READER as EVENTS
from counterflow.sources.trade.seizures import READER as SEIZURES
from counterflow.sources.trade.shipments import READER as SHIPMENTS
from counterflow.sources.trade.trade_figures import READER as FIGURES
from counterflow.sources.trade.vehicles import READER as VEHICLES
from counterflow.sources.travel.trips import READER as TRIPS
from sources.observed import Observed

ROW = {
    "seizures": (SEIZURES, ["date", "goods", "quantity", "unit", "country", "lat", "lon", "odd column"]),
    "shipments": (SHIPMENTS, ["date", "shipper_name", "consignee_name", "hs_code", "quantity", "unit", "value", "imo"]),
    "trade_figures": (FIGURES, ["date", "reporter", "partner", "flow", "value", "commodity_code", "classification"]),
    "trips": (TRIPS, ["name", "passport", "passport type", "from", "to", "departure", "cash", "nationality"]),
    "vehicles": (VEHICLES, ["vin", "status", "date", "stolen", "recovered", "country"]),
    "ship_events": (EVENTS, ["kind", "timestamp", "end", "lat", "lon", "mmsi", "other_mmsi", "flag"]),
}
CELL = st.one_of(
    st.sampled_from(["2017", "2017-09-01", "2017-02-30", "2017-09-01T12:00:00Z", "kp", "World", "import", "TOTAL", "0",
                     "-1", "1e3", "91", "270111", "200000001", "=1+1", "about 5 kg", "N/A", "gap", "'", '"', ""]),
    st.text(max_size=8).filter(lambda t: "\0" not in t),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ROW)), st.data())
def test_every_row_arrives_or_is_set_aside(name: str, data: st.DataObject) -> None:
    reader, header = ROW[name]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), min_size=1, max_size=5))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        try:
            found = Observed(reader, path)
        except InputError:  # the text is in no encoding
            return
    kept = len(found[name])
    filled = sum(any(cell for cell in row) for row in rows)  # a row of nothing is a blank line
    assert kept + len({r.line for r in found.rejected}) == filled
    for row in found[name]:
        if row["details"]:
            assert set(json.loads(row["details"])) <= set(header)


def test_columns_that_nobody_takes_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "seizures.csv"
    path.write_text('date,goods,quantity,say,"a ""b"""\n2017,gold,1 kg,"x\ty ""z"" \\ 북","7"\n', encoding="utf-8")
    [row] = Observed(SEIZURES, path)["seizures"]
    assert json.loads(row["details"]) == {"say": 'x\ty "z" \\ 북', 'a "b"': "7"}


def test_a_mapping_and_its_defaults_win_over_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("Tag;Was;Menge;Einheit\n31.12.2016;Gold;1.234,5;g\n", encoding="utf-8")
    mapping = {
        "columns": {"date": "Tag", "goods": "Was", "quantity": "Menge", "unit": "Einheit"}, "decimal": ",",
        "thousands": ".", "timestamp_format": "%d.%m.%Y", "defaults": {"country": "Austria", "category": "minerals"},
    }  # fmt: skip
    [row] = Observed(SEIZURES, path, mapping=mapping)["seizures"]
    assert (row["date"], row["mass"], row["country"], row["category"]) == ("2016-12-31", 1.2345, "at", "minerals")
    with pytest.raises(UsageError, match="no column of this table"):
        Observed(SEIZURES, path, mapping={"columns": {"wrong": "Tag"}})


def test_figures_in_thousands_are_written_out_and_the_row_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    path.write_text("date,reporter,partner,flow,value,currency\n2016,jp,kp,import,12.5,USD\n", encoding="utf-8")
    [row] = Observed(FIGURES, path, mapping={"scale": {"value": 1000}})["trade_figures"]
    assert (row["value"], row["note"]) == (12_500.0, "value is published in units of 1,000")
    for wrong in ({"scale": {"value": "many"}}, {"scale": {"value": -1}}, {"scale": {"wrong": 2}}):
        with pytest.raises(UsageError, match="scale"):
            Observed(FIGURES, path, mapping=wrong)
