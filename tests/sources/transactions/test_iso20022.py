from pathlib import Path
from typing import Any

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import Observations, Rejected, read_head
from counterflow.sources.transactions.iso20022 import READER

FIXTURES = Path(__file__).parents[2] / "fixtures" / "iso20022"


def read(path: Path) -> tuple[list[dict[str, Any]], list[Rejected]]:
    records = list(READER.read(path, {}))
    rows = [row for r in records if isinstance(r, Observations) for row in r.rows.to_pylist()]
    return rows, [r for r in records if isinstance(r, Rejected)]


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def test_an_interbank_order_in_an_envelope_says_all_it_says() -> None:
    (first, second), rejected = read(FIXTURES / "pacs008.xml")
    assert rejected == []
    assert first.pop("timestamp").isoformat() == "2024-03-05T00:00:00+00:00"
    assert told(first) == {
        "payment_id": "TX-1", "value_date": "2024-03-05", "message": "pacs.008.001.08 MSG-1", "locator": "line 16",
        "from_name": "Harbour Trading & Sons", "from_account": "100-1", "from_bank": "HARBXSGS", "from_country": "sg",
        "from_address": "Pier Road, 4, 049315, Singapore", "from_bank_name": "Harbour Bank", "from_bank_country": "sg",
        "from_id": "lei 5493001KJTIIGC8Y1R12; bic HARTXSGS",
        "to_name": "First Coal Ltd", "to_account": "GB82WEST12345698765432", "to_bank": "HKNCC 024", "to_country": "hk",
        "to_address": "Room 12, Kowloon", "to_id": "CCPT P900 (KP); born 1970-05-06 Rason, kp",
        "ultimate_from": "Quiet Holdings; vg", "ultimate_to": "Mountain Works",
        "intermediaries": "previous bank: PREVXDEF; intermediary: MIDDXUS3, Middle Bank, us; "
        "instructing bank: HARBXSGS; instructed bank: FIRSXHKH",
        "amount": 98500.25, "currency": "USD", "amount_usd": 98500.25, "instructed_amount": 90000.0,
        "instructed_currency": "EUR", "exchange_rate": 1.0947, "charges": "SHAR; USD 22.75 MIDDXUS3",
        "purpose": "coal, March; CINV INV-77 2024-02-29; DuePyblAmt EUR 90000; reference RF18539007547034; "
        "for the payee's bank: PHOB call the payee",
        "purpose_code": "GDDS", "method": "G001", "reference": "E2E-1", "uetr": "7a562c67-ca16-48ba-b074-65581be6f011",
    }  # fmt: skip
    assert (second["from_account"], second["to_account"], second["reference"]) == (None, "+85290000000", None)
    assert second["amount_usd"] is None  # Hong Kong dollars, and no rate


def test_what_a_block_of_orders_shares_holds_for_each_and_for_no_other() -> None:
    rows, rejected = read(FIXTURES / "pain001.xml")
    assert rejected == []
    assert [(r["payment_id"], r["batch"], r["from_name"], r["amount"], r["value_date"]) for r in rows] == [
        ("L1", "LOT-1", "Harbour Trading", 10.5, "2023-11-02"),
        ("A-2", "LOT-1", "Harbour Trading", 20.0, "2023-11-02"),
        ("B-1", "LOT-2", "Second Payer", 30.0, "2023-11-03"),
    ]
    assert [r["ultimate_from"] for r in rows] == ["Quiet Holdings", "Quiet Holdings", None]
    assert {r["status"] for r in rows} == {"ordered"}
    assert rows[1]["instructed_currency"] == "USD"


def test_a_statement_puts_each_entry_on_its_side() -> None:
    rows, rejected = read(FIXTURES / "camt053.xml")
    assert rejected == []
    own = "DE89370400440532013000"
    assert [(r["payment_id"], r["from_account"], r["to_account"], r["amount"], r["status"]) for r in rows] == [
        ("SV-1", "FR1420041010050500013M02606", own, 250.0, "booked"),
        ("SV-2/1", own, "77-1", 40.0, "booked"),
        ("SV-2/2", own, "77-2", 20.0, "booked"),
        ("3", "77-1", own, 40.0, "reversed"),  # a debit undone: the money comes back from the payee
        ("4", own, None, 5.0, "pending"),  # a fee: nobody else is named, and nobody is invented
    ]
    assert [r["to_name"] for r in rows] == ["Harbour Trading", "Paul Martin", "Eva Roth", "Harbour Trading", None]
    assert (rows[0]["amount_usd"], rows[0]["exchange_rate"], rows[0]["ultimate_from"]) == (273.5, 1.094, "Weber Family")
    assert rows[3]["timestamp"].isoformat() == "2024-04-01T23:30:00+00:00"


def test_a_cover_names_those_behind_it_and_a_return_goes_back() -> None:
    [cover], _ = read(FIXTURES / "pacs009cov.xml")
    assert (cover["from_bank"], cover["to_name"], cover["to_bank"]) == ("HARBXSGS", "FIRSXHKH", "MIDDXUS3")
    assert cover["ultimate_from"] == "Harbour Trading; account 100-1"
    assert (cover["method"], cover["purpose"]) == ("cover", "invoice 5")
    [back], _ = read(FIXTURES / "pacs004.xml")
    assert (back["from_name"], back["to_name"], back["status"]) == ("First Coal Ltd", "Harbour Trading", "returned")
    assert back["purpose"] == "returned; AC04 account closed"


def test_what_is_wrong_is_named_and_what_can_be_kept_is_kept() -> None:
    rows, rejected = read(FIXTURES / "spoilt.xml")
    assert [(r.line, r.field) for r in rejected] == [
        (7, "BookgDt"), (8, "Amt"), (9, "Amt"), (10, "Ccy"), (11, "CdtDbtInd"), (13, "Acct or RltdPties"),
        (12, "Ntry/Amt"),
    ]  # fmt: skip
    assert [(r["payment_id"], r["amount"]) for r in rows] == [("6/1", 4.0), ("6/2", 4.0), ("7", 9.0)]


@pytest.mark.parametrize("version", ["001.02", "001.13"])
@pytest.mark.parametrize("message", ["camt.052", "camt.054"])
def test_any_version_is_read(tmp_path: Path, version: str, message: str) -> None:
    name = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[message]
    text = (FIXTURES / "camt053.xml").read_text(encoding="utf-8").replace("camt.053.001.08", f"{message}.{version}")
    for old, new in zip(("BkToCstmrStmt", "Stmt>"), (name[0], f"{name[1]}>"), strict=True):
        text = text.replace(old, new)
    path = tmp_path / "report.xml"
    path.write_text(text, encoding="utf-8")
    assert READER.recognises(read_head(path)) > 0.9
    rows, _ = read(path)
    assert len(rows) == 5
    assert rows[0]["message"] == f"{message}.{version} STMT-1"


def test_many_payments_are_given_out_in_batches(tmp_path: Path) -> None:
    text = (FIXTURES / "pain001.xml").read_text(encoding="utf-8")
    start, end = (
        text.index("      <p:CdtTrfTxInf>"),
        text.index("      </p:CdtTrfTxInf>") + len("      </p:CdtTrfTxInf>\n"),
    )
    one = text[start:end]
    path = tmp_path / "many.xml"
    path.write_text(text[:start] + one * 12_000 + text[end:], encoding="utf-8")
    batches = [r.rows for r in READER.read(path, {}) if isinstance(r, Observations)]
    assert [len(b) for b in batches] == [5000, 5000, 2002]
    assert set(batches[1].column("from_name").to_pylist()) == {"Harbour Trading"}


def test_hostile_and_other_files_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xml"
    bomb.write_text('<!DOCTYPE d [<!ENTITY a "b">]><Document><FIToFICstmrCdtTrf>&a;</FIToFICstmrCdtTrf></Document>')
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        read(bomb)
    other = tmp_path / "other.xml"
    other.write_text("<list><entry/></list>")
    with pytest.raises(InputError):
        read(other)
    assert READER.recognises(read_head(other)) == 0
