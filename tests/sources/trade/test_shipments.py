from pathlib import Path
from typing import Any

import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import Observations, Rejected, read_head
from counterflow.sources.trade.shipments import READER

HEADER = (
    "shipment_id,date,shipper_name,consignee_name,imo,origin_country,dest_country,"
    "hs_code,quantity,unit,value,currency\n"
)


def read(path: Path, **options: Any) -> tuple[list[dict[str, Any]], list[Rejected]]:
    records = list(READER.read(path, options))
    rows = [row for r in records if isinstance(r, Observations) for row in r.rows.to_pylist()]
    return rows, [r for r in records if isinstance(r, Rejected)]


def written(folder: Path, text: str) -> Path:
    path = folder / "shipments.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("1,2017-13,A,B,,kp,cn,270112,5,t,9,USD", "date"),
        ("1,,A,B,,kp,cn,270112,5,t,9,USD", "date"),
        ("1,2017-03,,,,kp,cn,270112,5,t,9,USD", "shipper_name"),
        ("1,2017-03,A,B,12,kp,cn,270112,5,t,9,USD", "imo"),
        ("1,2017-03,A,B,,Korea,cn,270112,5,t,9,USD", "origin_country"),
        ("1,2017-03,A,B,,kp,cn,coal,5,t,9,USD", "hs_code"),
        ("1,2017-03,A,B,,kp,cn,270112,-5,t,9,USD", "quantity"),
        ("1,2017-03,A,B,,kp,cn,270112,5,t,-9,USD", "value"),
        ("1,2017-03,A,B,,kp,cn,270112,5,t,9,DOLLARS", "currency"),
    ],
)
def test_a_bad_row_is_set_aside_and_the_others_go_on(tmp_path: Path, row: str, field: str) -> None:
    good = "2,2017-03,A,B,IMO 9322451,KP,CN,2701.12,5,t,9,usd"
    path = written(tmp_path, f"{HEADER}{row}\n{good}\n")
    assert READER.recognises(read_head(path)) > 0.8
    [kept], [aside] = read(path)
    assert (aside.line, aside.field, aside.raw) == (2, field, row)
    assert (kept["date"], kept["imo"], kept["origin_country"], kept["hs_code"], kept["currency"]) == (
        "2017-03", "9322451", "kp", "270112", "USD")  # fmt: skip


def test_dates_of_another_format(tmp_path: Path) -> None:
    text = "declaration_id,arrival_date,exporter,importer\nX,31/12/2019,A,B\nY,31/02/2019,A,B\n"
    [kept], [aside] = read(written(tmp_path, text), mapping={"timestamp_format": "%d/%m/%Y"})
    assert (kept["shipment_id"], kept["date"], kept["consignee_name"]) == ("X", "2019-12-31", "B")
    assert (aside.line, aside.field) == (3, "arrival_date")
    with pytest.raises(UnreadableFile, match="no column 'date'"):
        read(written(tmp_path, "a,b\n1,2\n"))


def test_quantities_add_up_and_say_what_was_written(tmp_path: Path) -> None:
    text = HEADER + "1,2017-03,A,B,,kp,cn,270112,5,t,9,USD\n2,2017-03,A,B,,kp,cn,02701,0,ton,0,\n"
    [coal, odd], aside = read(written(tmp_path, text))
    assert aside == []
    assert (coal["quantity"], coal["unit"], coal["quantity_given"], coal["note"]) == (5000.0, "kg", "5 t", None)
    assert odd["note"] == (
        "the unit is not known: the quantity is as written; the quantity given is zero; the value given is zero; "
        "no currency is given; the commodity code has an odd number of digits"
    )


def test_declarations_keep_their_labels_apart() -> None:
    path = Path(__file__).parents[2] / "fixtures" / "shipments" / "korea.csv"
    assert READER.describe(path).dataset == "korea-customs-synthetic"
    records = [r for r in READER.read(path, {}) if isinstance(r, Observations)]
    assert [r.table for r in records] == ["shipments", "labels"]
    wood, crab = records[0].rows.to_pylist()
    assert (wood["hs_code"], crab["hs_code"], crab["hs_edition"]) == ("440890", "030617", "HS2017")
    assert (wood["consignee_id"], wood["shipper_id"], crab["carrier_id"]) == ("IMP0001", "SEL0001", "COU0002")
    assert "lost its leading zero" in crab["note"]
    assert "Fraud" not in (wood["details"] or "")
    assert [(r["record"], r["label"], r["detail"]) for r in records[1].rows.to_pylist()] == [
        ("97061800", "clean", None), ("85945189", "fraud", "critical: may threaten public safety")]  # fmt: skip


def test_korean_declarations_in_full(shared_data: Path) -> None:
    from collections import Counter

    for part, rows, frauds, critical in (("train", 37_385, 8_114, 394), ("valid", 8_134, 1_704, 78)):
        kept: list[dict[str, Any]] = []
        labels: list[dict[str, Any]] = []
        for record in READER.read(shared_data / "customs-declarations" / f"{part}.parquet", {}):
            assert isinstance(record, Observations)
            (labels if record.table == "labels" else kept).extend(record.rows.to_pylist())
        assert len(kept) == len(labels) == rows
        said = Counter((r["label"], r["detail"]) for r in labels)
        assert said["fraud", "critical: may threaten public safety"] == critical
        assert sum(n for (label, _), n in said.items() if label == "fraud") == frauds
        assert all(len(r["hs_code"]) == 6 for r in kept)


def test_arms_transfers_are_consignments(shared_data: Path) -> None:
    path = shared_data / "dprk-events" / "sipri_arms_transfers_extract.parquet"
    rows, aside = read(path)
    assert (len(rows), aside) == (929, [])
    sent = [r["consignee_name"] for r in rows if r["origin_country"] == "kp"]
    assert len(sent) == 26
    assert {name: sent.count(name) for name in ("Syria", "Iran", "Myanmar", "Yemen")} == {
        "Syria": 11, "Iran": 8, "Myanmar": 2, "Yemen": 2}  # fmt: skip
    assert sum(r["dest_country"] == "kp" for r in rows) == 27
