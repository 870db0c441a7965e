import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.sources.reader import Observations, Rejected, read_head
from counterflow.sources.transactions.payments import READER

HEADER = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"


def read(path: Path, **options: Any) -> tuple[list[dict[str, Any]], list[Rejected]]:
    records = list(READER.read(path, options))
    rows = [row for r in records if isinstance(r, Observations) for row in r.rows.to_pylist()]
    return rows, [r for r in records if isinstance(r, Rejected)]


def written(folder: Path, text: str, name: str = "payments.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


BAD = [
    ("1,2017-02-30,B,A,C,D,5,USD", "timestamp", "not a time"),
    ("1,,B,A,C,D,5,USD", "timestamp", "missing"),
    ("1,2017-02-03,B,A,C,D,-5,USD", "amount", "negative"),
    ("1,2017-02-03,B,A,C,D,,USD", "amount", "missing"),
    ("1,2017-02-03,B,A,C,D,five,USD", "amount", "not a number"),
    ("1,2017-02-03,B,A,C,D,5,DOLLAR", "currency", "ISO 4217"),
    ("1,2017-02-03,B,A,C,D,5,", "currency", "missing"),
    ("1,2017-02-03,B,,C,D,5,USD", "from_account", "missing"),
    ("1,2017-02-03,B,A,C,,5,USD", "to_account", "missing"),
    ("1,2017-02-03,B,A,C", None, "5 columns"),
]


@pytest.mark.parametrize(("row", "field", "reason"), BAD)
def test_a_bad_row_is_set_aside_and_the_others_go_on(tmp_path: Path, row: str, field: str, reason: str) -> None:
    good = "{},2017-09-01T12:00:00Z,B,A,C,D,5,EUR\n"
    path = written(tmp_path, HEADER + good.format(1) + "\n" + row + "\n" + good.format(3))
    rows, rejected = read(path)
    assert [r["payment_id"] for r in rows] == ["1", "3"]
    assert [r["locator"] for r in rows] == ["line 2", "line 5"]
    [aside] = rejected
    assert (aside.line, aside.field) == (4, field)
    assert reason in aside.reason
    assert aside.raw == row


def test_a_row_that_is_both_broken_text_and_too_short_takes_no_other_with_it(tmp_path: Path) -> None:
    good = b"%d,2017-09-01,B,A,C,D,5,EUR\n"
    path = tmp_path / "p.csv"
    path.write_bytes(
        HEADER.encode() + good % 1 + b"x\xff\xff,2\n" + good % 3 + b"4,2017-09-01,B\xff,A,C,D,5,EUR\n" + good % 5
    )
    rows, rejected = read(path, mapping={"encoding": "utf-8"})
    assert [r["payment_id"] for r in rows] == ["1", "3", "5"]
    assert [(r.line, r.reason.split()[-1]) for r in rejected] == [(3, "8"), (5, "text")]


def test_dollars_are_dollars_and_times_are_utc(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "1,2017-09-01T12:00:00+09:00,B,A,C,D,5.25,usd\n2,2017-09-01,B,A,C,D,7,KRW\n")
    rows, rejected = read(path)
    assert rejected == []
    assert [r["amount_usd"] for r in rows] == [5.25, None]
    assert [r["currency"] for r in rows] == ["USD", "KRW"]
    assert rows[0]["timestamp"].isoformat() == "2017-09-01T03:00:00+00:00"


def test_lines_count_quoted_breaks_and_blank_lines(tmp_path: Path) -> None:
    text = HEADER + '"a\nb",2017-09-01,B,A,C,D,5,EUR\n\n2,bad,B,A,C,D,5,EUR\n3,x\n4,2017-09-01,B,A,C,D,5,EUR\n'
    rows, rejected = read(written(tmp_path, text))
    assert [r.line for r in rejected] == [5, 6]
    assert [r["locator"] for r in rows] == ["line 2", "line 7"]


def test_an_id_given_twice_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = "{},2017-09-01,B,A,C,D,{},EUR\n"
    text = HEADER + row.format("P1", 5) + row.format("P1", 5) + row.format("P2", 5) + row.format("P1", 6)
    rows, rejected = read(written(tmp_path, text))
    said = "'P1' is the id of an earlier row too; rows that differ are both kept"
    assert [r["amount"] for r in rows] == [5.0, 5.0, 5.0, 6.0]
    assert [(r.line, r.field, r.reason) for r in rejected] == [(5, "payment_id", said)]
    monkeypatch.setattr("counterflow.sources.tabular.ROWS", 2)  # across batches
    typed = [{k: str(r[k]) for k in HEADER.strip().split(",")} for r in rows]
    pq.write_table(pa.Table.from_pylist([typed[2], typed[0], typed[3]]), tmp_path / "p.parquet")
    again, rejected = read(tmp_path / "p.parquet")
    assert (len(again), [r.reason for r in rejected]) == (3, [said])
    many = written(tmp_path, HEADER + "".join(row.format("P1", n) for n in range(1500)), "many.csv")
    rows, rejected = read(many)
    assert (len(rows), len(rejected)) == (1500, 1000)


def test_a_foreign_table_by_mapping(tmp_path: Path) -> None:
    text = "Ref;Date;Time;Debit;Credit;Sum;Cur\nX1;01.09.2017;12:30;A1;A2;1.234,50;US Dollar\n;01.09.2017;;A1;A2;5;\n"
    mapping = {
        "columns": {"payment_id": "Ref", "timestamp": ["Date", "Time"], "from_account": "Debit", "to_account": "Credit",
                    "amount": "Sum", "currency": "Cur"},
        "timestamp_format": "%d.%m.%Y %H:%M", "timezone": "Europe/Vienna", "decimal": ",", "thousands": ".",
        "values": {"currency": {"US Dollar": "USD"}}, "defaults": {"currency": "EUR", "from_bank": "BANKXX"},
    }  # fmt: skip
    rows, rejected = read(written(tmp_path, text), mapping=mapping)
    assert (rows[0]["payment_id"], rows[0]["amount"], rows[0]["currency"], rows[0]["from_bank"]) == (
        "X1", 1234.5, "USD", "BANKXX")  # fmt: skip
    assert rows[0]["timestamp"].isoformat() == "2017-09-01T10:30:00+00:00"
    assert [(r.line, r.field) for r in rejected] == [(3, "Date + Time")]
    file = tmp_path / "mapping.yaml"
    file.write_text("columns:\n  payment_id: Reff\n")
    with pytest.raises(InputError, match=r"'Reff'.*Ref, Date") as e:
        read(written(tmp_path, text), mapping=str(file))
    assert e.value.field == "Reff"


def test_repeated_column_names_are_told_apart(tmp_path: Path) -> None:
    text = "Timestamp,From Bank,Account,To Bank,Account,Amount,Currency\n2022/09/01 00:20,10,A,11,B,5,EUR\n"
    columns = {"from_account": "Account", "to_account": "Account.1"}
    rows, _ = read(written(tmp_path, text), mapping={"columns": columns})
    assert (rows[0]["from_account"], rows[0]["to_account"], rows[0]["to_bank"]) == ("A", "B", "11")
    assert rows[0]["payment_id"] == "2"  # no id of its own: its line


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"colums": {}}, "no key 'colums'"),
        ({"columns": {"payer": "x"}}, "payer is no column"),
        ([1], "such as `columns:`"),
    ],
)
def test_a_wrong_mapping_is_a_usage_error(tmp_path: Path, mapping: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(written(tmp_path, HEADER), mapping=mapping)


def test_a_mapping_file_that_is_not_yaml_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "columns:\n  a: [", "mapping.yaml")
    with pytest.raises(InputError) as e:
        read(written(tmp_path, HEADER), mapping=path)
    assert (e.value.file, e.value.line) == (str(path), 2)


def test_files_that_are_no_payments(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read(tmp_path / "absent.csv")
    with pytest.raises(UnreadableFile, match="no column names"):
        read(written(tmp_path, ""))
    with pytest.raises(UnreadableFile, match="no column 'from_account'"):
        read(written(tmp_path, "payment_id,timestamp\n"))
    with pytest.raises(UnreadableFile):
        read(written(tmp_path, "PAR1 but not really"))
    assert read(written(tmp_path, HEADER)) == ([], [])


def test_gzip_and_parquet_say_the_same(tmp_path: Path) -> None:
    text = HEADER + "".join(f"{i},2017-09-01T12:{i % 60:02}:00Z,B,A{i},C,D,{i}.5,USD\n" for i in range(500))
    plain, _ = read(written(tmp_path, text))
    zipped = tmp_path / "p.csv.gz"
    zipped.write_bytes(gzip.compress(text.encode()))
    assert read(zipped)[0] == plain
    typed = [{k: v for k, v in row.items() if k in HEADER.strip().split(",")} for row in plain]
    pq.write_table(pa.Table.from_pylist(typed), tmp_path / "p.parquet")
    again, _ = read(tmp_path / "p.parquet")
    assert [{**r, "locator": ""} for r in again] == [{**r, "locator": ""} for r in plain]
    assert READER.recognises(read_head(tmp_path / "p.parquet")) > 0.9
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(zipped.read_bytes()[:-200])
    rows, rejected = read(cut)
    assert rejected[-1].reason.startswith("unreadable from here on")
    assert plain[: len(rows)] == rows


@pytest.mark.parametrize("start", [b"", b"\xff\xfe\x00", b"PAR1xx", b'"', b"mmsi,lat,lon\n1,2,3", b"<xml/>", b"\n\n"])
def test_recognition_never_fails_and_claims_nothing_foreign(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(start)
    assert READER.recognises(read_head(path)) == 0


@settings(deadline=None)  # the first call loads what all later ones share
@given(st.lists(st.tuples(st.sampled_from(["good", *[row for row, _, _ in BAD]]), st.booleans()), max_size=30))
def test_every_row_comes_out_once(tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[str, bool]]) -> None:
    good = "1,2017-09-01T12:00:00Z,B,A,C,D,5,EUR"
    lines = []
    for kind, blank in plan:
        lines += ["", good if kind == "good" else kind] if blank else [good if kind == "good" else kind]
    path = written(tmp_path_factory.mktemp("rows"), HEADER + "".join(f"{line}\n" for line in lines))
    rows, rejected = read(path)
    seen = {int(r["locator"].removeprefix("line ")): good for r in rows} | {r.line: r.raw for r in rejected}
    assert seen == {i: line for i, line in enumerate(lines, 2) if line}
    assert len(rows) + len(rejected) == len(plan)
