import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.sources.reader import Observations, Rejected, read_head
from counterflow.sources.transactions.swift import READER
from counterflow.sources.transactions.swift_fin import day, decimal, messages

FIXTURES = Path(__file__).parents[2] / "fixtures" / "swift"


def read(path: Path, **options: Any) -> tuple[list[dict[str, Any]], list[Rejected]]:
    records = list(READER.read(path, options))
    rows = [row for r in records if isinstance(r, Observations) for row in r.rows.to_pylist()]
    return rows, [r for r in records if isinstance(r, Rejected)]


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def test_an_order_says_all_it_says() -> None:
    rows, rejected = read(FIXTURES / "orders.fin")
    assert rejected == []
    assert [r["payment_id"] for r in rows] == ["REF-1", "REF-2", "COV-1"]
    first = rows[0]
    assert first.pop("timestamp").isoformat() == "2024-03-05T00:00:00+00:00"
    assert told(first) == {
        "payment_id": "REF-1", "value_date": "2024-03-05", "message": "MT103 STP REF-1", "locator": "line 1",
        "from_name": "HARBOUR TRADING AND SONS", "from_account": "100-1", "from_bank": "HARBSGSG",
        "from_address": "PIER ROAD 4, SINGAPORE", "from_country": "sg", "from_bank_country": "sg",
        "from_id": "customer SG/HARBSGSG/C-77",
        "to_name": "FIRST COAL LTD", "to_account": "GB82WEST12345698765432", "to_address": "ROOM 12, HONG KONG",
        "to_bank": "HKNCC024", "to_bank_name": "FIRST BANK",
        "intermediaries": "sender's correspondent: account NOSTRO-9; intermediary: MIDDUS33, us",
        "amount": 98500.25, "currency": "USD", "amount_usd": 98500.25, "instructed_amount": 90000.0,
        "instructed_currency": "EUR", "exchange_rate": 1.0947, "charges": "SHA; USD 22.75",
        "purpose": "/ROC/E2E-1 COAL MARCH; /INS/MIDDUS33", "purpose_code": "CRED; PHOB/CALL",
        "reference": "E2E-1", "uetr": "7a562c67-ca16-48ba-b074-65581be6f011", "batch": "LOT7",
    }  # fmt: skip


def test_sender_and_receiver_are_the_banks_where_none_is_named() -> None:
    rows, _ = read(FIXTURES / "orders.fin")
    incoming = rows[1]  # an output message: its receiver stands in block 1
    assert (incoming["from_bank"], incoming["to_bank"]) == ("HARBSGSG", "FIRSHKHH")
    assert (incoming["status"], incoming["amount_usd"]) == ("returned", None)
    bare, _ = read(FIXTURES / "bare.fin")
    assert (bare[0]["from_bank"], bare[0]["to_bank"]) == (None, None)
    assert (bare[1]["from_bank"], bare[1]["from_bank_name"]) == ("BL37040044", "KOELNER BANK")
    assert (bare[1]["from_account"], bare[1]["to_account"]) == (None, None)


def test_a_cover_names_those_behind_it() -> None:
    cover = read(FIXTURES / "orders.fin")[0][2]
    assert (cover["from_name"], cover["to_name"], cover["to_bank"], cover["method"]) == (
        "HARBSGSG", "FIRSHKHH", "MIDDUS33", "cover")  # fmt: skip
    assert cover["ultimate_from"] == "ANNA BERG; HARBSGSG; CCPT L01X00 (DE); born 1970-05-06 KP/RASON; BERLIN; de"
    assert cover["ultimate_to"] == "FIRST COAL LTD; account 200-1; KOWLOON; hk"


def test_a_statement_puts_each_line_on_its_side() -> None:
    rows, rejected = read(FIXTURES / "statement.sta")
    assert rejected == []  # the balances agree: 1000 + 250 - 60 + 40 = 1230
    own = "532013000"
    assert [(r["from_account"], r["to_account"], r["amount"], r["status"]) for r in rows] == [
        ("FR1420041010050500013M02606", own, 250.0, "booked"),
        (own, "NL91ABNA0417164300", 60.0, "booked"),
        (None, own, 40.0, "reversed"),
        (None, "DE89370400440532013000", 1.25, "pending"),
    ]
    assert rows[0]["timestamp"].date().isoformat() == "2023-12-29"  # entry date of the year before the value date
    assert (rows[0]["from_name"], rows[0]["reference"], rows[0]["purpose"]) == (
        "ANNE WEBER", "E2E-1", "deposit back, December; REMARK")  # fmt: skip
    assert (rows[1]["to_name"], rows[1]["to_bank"], rows[1]["purpose"]) == ("JANSEN BV", "ABNANL2A", "invoice 7")


def test_what_is_wrong_is_named_and_what_can_be_kept_is_kept() -> None:
    rows, rejected = read(FIXTURES / "spoilt.fin")
    assert [(r.line, r.field) for r in rejected] == [
        (1, "32A"), (9, "32A"), (17, "32A"), (25, "message type"), (35, "61"), (44, "25 or 86"), (45, "62F"),
        (47, "block 4"),
    ]  # fmt: skip
    assert "comma" in rejected[1].reason
    assert [r["amount"] for r in rows] == [5.0, 1.0, 5.0]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_newlines_and_transmission_marks_change_nothing(tmp_path: Path, newline: str) -> None:
    text = (FIXTURES / "orders.fin").read_text(encoding="utf-8")
    path = tmp_path / "orders.fin"
    path.write_bytes(("\x01" + text.replace("-}\n", "-}\x03$\n\x01")).replace("\n", newline).encode())
    rows, rejected = read(path)
    assert rejected == []
    assert [r["payment_id"] for r in rows] == ["REF-1", "REF-2", "COV-1"]


def test_an_acknowledgement_is_no_message(tmp_path: Path) -> None:
    text = (FIXTURES / "orders.fin").read_text(encoding="utf-8")
    path = tmp_path / "acked.fin"
    path.write_text("{1:F21HARBSGSGAXXX0000000000}{4:{177:2403050915}{451:0}}" + text, encoding="utf-8")
    assert [r["payment_id"] for r in read(path)[0]] == ["REF-1", "REF-2", "COV-1"]
    assert READER.recognises(read_head(path)) > 0.9


def test_a_file_in_another_encoding_is_read_in_it(tmp_path: Path) -> None:
    path = tmp_path / "statement.sta"
    text = (FIXTURES / "bare.fin").read_text(encoding="utf-8").replace("PAUL MARTIN", "MÜLLER")
    path.write_bytes(text.encode("cp1252"))
    rows, rejected = read(path)
    assert len(rows) == 2
    assert {r.field for r in rejected} == {"59"}
    assert "encoding" in rejected[0].reason
    rows, rejected = read(path, mapping={"encoding": "cp1252"})
    assert (rows[0]["to_name"], rejected) == ("MÜLLER", [])


def test_other_text_is_no_message(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear sir,\n:20 is the time\n")
    assert READER.recognises(read_head(path)) == 0
    with pytest.raises(InputError, match="no SWIFT message"):
        read(path)


@given(st.lists(st.sampled_from(["{1:F01", "{2:I103", "{4:", ":20:A", ":61:", ":86:?20", "-}", "-", "\x00", "{", "x"])))
def test_the_lines_of_messages_are_those_of_the_file(lines: list[str]) -> None:
    found = list(messages(lines))
    numbers = [f.line for m in found for f in m.fields]
    assert numbers == sorted(set(numbers))
    for field in (f for m in found for f in m.fields):
        begins = f":{field.tag}:" + field.value.split("\n")[0]
        assert lines[field.line - 1].strip("\x00").endswith(begins)


@given(st.dates(min_value=dt.date(1980, 1, 1), max_value=dt.date(2079, 12, 31)))
def test_days_come_back(value: Any) -> None:
    assert day(value.strftime("%y%m%d")) == value


def test_amounts_have_a_comma() -> None:
    assert [decimal(t) for t in ("1,", "1,50", "1.50", "1", ",5", "-1,")] == ["1", "1.50", None, None, None, None]
