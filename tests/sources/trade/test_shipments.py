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
