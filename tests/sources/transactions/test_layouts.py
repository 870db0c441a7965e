"""Tables of payments with their answers, and statements of one account."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import read_head
from counterflow.sources.transactions import amlworld_patterns, labels, payments
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures"
AMLWORLD = FIXTURES / "amlworld"
OWN = "DE89370400440532013000"
STATEMENT = {
    "columns": {"timestamp": "Booking date", "counterparty_name": "Payee / payer", "amount": "Amount",
                "counterparty_account": "Counterparty IBAN", "purpose": "Purpose", "currency": "Currency"},
    "timestamp_format": "%d.%m.%Y", "decimal": ",", "thousands": ".", "defaults": {"account": OWN},
}  # fmt: skip


def test_transactions_and_attempts_of_amlworld_meet_in_their_ids() -> None:
    whole = Observed(payments.READER, AMLWORLD / "transactions.csv")
    attempts = Observed(amlworld_patterns.READER, AMLWORLD / "patterns.txt")
    assert whole.rejected == attempts.rejected == []
    ids = [row["payment_id"] for row in whole["payments"]]
    assert ids[2] == f"{ids[1]}-2"  # equal in all, and yet two payments
    assert [row["payment_id"] for row in attempts["payments"]][:2] == [ids[1], ids[3]]
    assert [(r["record"], r["label"]) for r in whole["labels"]] == [
        (ids[0], "clean"), (ids[1], "laundering"), (ids[2], "laundering"), (ids[3], "laundering")]  # fmt: skip
    assert [(r["attempt"], r["pattern"], r["detail"]) for r in attempts["labels"]] == [
        ("1", "FAN-OUT", "Max 2-degree Fan-Out"), ("1", "FAN-OUT", "Max 2-degree Fan-Out"), ("2", "STACK", None)
    ]  # fmt: skip
    own, paid = whole["payments"][0], whole["payments"][1]
    assert (own["from_bank"], own["from_account"], own["to_account"]) == ("10", "8000A", "8000A")  # kept
    assert (paid["amount"], paid["currency"], paid["amount_usd"], paid["received_amount"], paid["received_currency"],
            paid["method"]) == (100.0, "USD", 100.0, 90.0, "EUR", "ACH")  # fmt: skip
    assert whole["payments"][3]["amount_usd"] is None


def test_equal_rows_are_numbered_across_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.sources.tabular.ROWS", 2)
    header, *rows = (AMLWORLD / "transactions.csv").read_text(encoding="utf-8").splitlines()
    names = [*header.split(",")[:4], "Account.1", *header.split(",")[5:]]
    table = pa.table({name: [row.split(",")[n] for row in rows * 3] for n, name in enumerate(names)})
    pq.write_table(table, tmp_path / "t.parquet")
    ids = [row["payment_id"] for row in Observed(payments.READER, tmp_path / "t.parquet")["payments"]]
    assert len(ids) == len(set(ids)) == 12
    assert Counter(i.partition("-")[0] for i in ids).most_common()[0][1] == 6


def test_attempts_that_are_spoilt(tmp_path: Path) -> None:
    found = Observed(amlworld_patterns.READER, AMLWORLD / "spoilt.txt")
    assert [(r.line, r.field) for r in found.rejected] == [(3, "Timestamp"), (4, None), (6, None)]
    assert len(found["payments"]) == 1


def test_amlworld_in_full(shared_data: Path) -> None:
    folder = shared_data / "ibm-aml-patterns"
    found = Observed(amlworld_patterns.READER, folder / "HI-Small_Patterns.txt")
    table = Observed(payments.READER, folder / "hi_small_attempts.parquet")
    assert found.rejected == table.rejected == []
    assert len(found["payments"]) == len(found["labels"]) == 3209
    told = found.table("labels")
    assert Counter(told.column("pattern").to_pylist()) == {
        "BIPARTITE": 263, "CYCLE": 287, "FAN-IN": 318, "FAN-OUT": 342, "GATHER-SCATTER": 716, "RANDOM": 191,
        "SCATTER-GATHER": 626, "STACK": 466}  # fmt: skip
    assert len(set(told.column("attempt").to_pylist())) == 370
    currencies = Counter(found.table("payments").column("currency").to_pylist())
    assert currencies == {
        "USD": 1178, "EUR": 886, "SAR": 336, "CHF": 114, "INR": 111, "CNY": 107, "JPY": 89, "CAD": 76, "RUB": 72,
        "GBP": 71, "AUD": 69, "MXN": 53, "ILS": 25, "BRL": 21, "BTC": 1}  # fmt: skip
    for name in ("payment_id", "timestamp", "from_bank", "to_account", "amount"):  # the text and the table agree
        assert found.table("payments").column(name).to_pylist() == table.table("payments").column(name).to_pylist()
    for name, rows in (("hi_small_background_sample", 1000), ("li_small_background_sample", 572)):
        clean = Observed(payments.READER, folder / f"{name}.parquet")
        assert len(clean["payments"]) == rows
        assert Counter(clean.table("labels").column("label").to_pylist()) == {"clean": rows}


@pytest.mark.parametrize(
    ("file", "rows", "told"),
    [
        ("amlsim-1k/transactions_1k.parquet", 52_202, {"laundering": 59, "clean": 52_143}),
        ("amlsim-generated/transactions.parquet", 91_229, {"laundering": 3_472, "clean": 87_757}),
        ("saml-d-sample/saml_d_sample_1k.parquet", 1_000, {"laundering": 5, "clean": 995}),
        ("amlsim-samples/20K_fanin200_transactions.parquet", 118_250, None),
        ("amlsim-samples/20K_cycle200_transactions.parquet", 117_805, None),
    ],
)
def test_simulated_payments_in_full(shared_data: Path, file: str, rows: int, told: dict[str, int] | None) -> None:
    path = shared_data / file
    assert payments.READER.recognises(read_head(path)) > 0.9
    found = Observed(payments.READER, path)
    assert found.rejected == []
    assert len(found.table("payments")) == rows
    if told:
        assert Counter(found.table("labels").column("label").to_pylist()) == told


def test_a_bank_country_and_currency_of_saml_d(shared_data: Path) -> None:
    first = Observed(payments.READER, shared_data / "saml-d-sample" / "saml_d_sample_1k.parquet")["payments"][0]
    assert first["timestamp"].isoformat() == "2022-12-09T11:38:54+00:00"
    assert (first["from_account"], first["to_account"], first["amount"], first["currency"]) == (
        "1782263940", "3455276355", 8822.67, "EUR")  # fmt: skip
    assert (first["received_currency"], first["from_bank_country"], first["to_bank_country"], first["method"]) == (
        "GBP", "it", "gb", "Cross-border")  # fmt: skip


def test_steps_are_counted_from_a_day_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "paysim.csv"
    path.write_text(
        "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,"
        "isFlaggedFraud\n25,CASH_OUT,181.5,C1,181.5,0,C2,0,0,1,0\n26,PAYMENT,9,C3,20,11,M1,0,0,0,1\n"
    )
    found = Observed(payments.READER, path)
    assert payments.READER.describe(path).dataset == "paysim"
    first, _ = found["payments"]
    assert first["timestamp"].isoformat() == "1970-01-02T01:00:00+00:00"
    assert (first["note"], first["currency"]) == ("the source has no dates: hours are counted from 1970-01-01", "XTS")
    assert '"oldbalanceOrg": "181.5"' in first["details"]
    assert [(r["record"], r["label"], r["detail"]) for r in found["labels"]] == [
        ("2", "fraud", None), ("3", "clean", "flagged by the simulated operator")]  # fmt: skip


def test_answers_alone(shared_data: Path) -> None:
    for name, frauds in (("20K_fanin200", 954), ("20K_cycle200", 945)):
        nodes = Observed(labels.READER, shared_data / "amlsim-samples" / f"{name}_nodes.parquet").table("labels")
        assert Counter(nodes.column("label").to_pylist()) == {"fraud": frauds, "clean": 20_000 - frauds}
    alerts = Observed(labels.READER, shared_data / "amlsim-generated" / "sar_accounts.parquet").table("labels")
    assert len(alerts) == 3_327
    assert len(set(alerts.column("attempt").to_pylist())) == 375
    steps = Observed(labels.READER, shared_data / "elliptic-bitcoin" / "transactions.parquet").table("labels")
    assert Counter(steps.column("label").to_pylist()) == {"illicit": 3_462, "licit": 26_432, "unknown": 106_371}
    assert set(steps.column("step").to_pylist()) == set(range(1, 35))


def test_a_statement_puts_each_amount_on_its_side() -> None:
    found = Observed(payments.READER, FIXTURES / "payments" / "statement.csv", mapping=STATEMENT)
    assert found.rejected == []
    assert [(r["from_account"], r["to_account"], r["amount"]) for r in found["payments"]] == [
        ("FR1420041010050500013M02606", OWN, 1250.0), (OWN, "NL91ABNA0417164300", 60.0), (OWN, None, 5.0)]  # fmt: skip
    assert [r["from_name"] for r in found["payments"]] == ["Anne Weber", None, None]
    assert [r["value_date"] for r in found["payments"]] == ["2024-01-02", "2024-01-02", "2024-01-03"]


def table(tmp_path: Path, text: str, columns: dict[str, str]) -> Observed:
    path = tmp_path / "t.csv"
    path.write_text("when,other,cur," + text, encoding="utf-8")
    mapping = {"columns": {"timestamp": "when", "counterparty_account": "other", "currency": "cur", **columns},
               "defaults": {"account": "A"}}  # fmt: skip
    return Observed(payments.READER, path, mapping=mapping)


def test_debit_and_credit_in_two_columns(tmp_path: Path) -> None:
    rows = ("5,", ",7", "-5,0", "5,7", ",")
    text = "out,in\n" + "".join(f"2024-01-{day:02},B,EUR,{row}\n" for day, row in enumerate(rows, 1))
    found = table(tmp_path, text, {"debit": "out", "credit": "in"})
    assert [(r["from_account"], r["to_account"], r["amount"]) for r in found["payments"]] == [
        ("A", "B", 5.0), ("B", "A", 7.0), ("A", "B", 5.0)]  # fmt: skip
    assert [(r.line, r.field) for r in found.rejected] == [(5, "out"), (6, "amount")]


def test_a_word_for_the_direction(tmp_path: Path) -> None:
    text = "sum,dc\n2024-01-01,B,EUR,5,Soll\n2024-01-02,B,EUR,7,H\n2024-01-03,B,EUR,-5,借\n2024-01-04,B,EUR,-7,CRDT\n"
    found = table(tmp_path, text + "2024-01-05,B,EUR,7,?\n", {"amount": "sum", "direction": "dc"})
    assert [(r["from_account"], r["amount"]) for r in found["payments"]] == [("A", 5.0), ("B", 7.0), ("A", 5.0)]
    assert [(r.line, r.field) for r in found.rejected] == [(5, "sum"), (6, "dc")]


def test_an_amount_without_a_direction_is_none(tmp_path: Path) -> None:
    found = table(tmp_path, "sum\n2024-01-01,B,EUR,0\n2024-01-02,B,EUR,1\n", {"amount": "sum"})
    assert [(r.line, r.field) for r in found.rejected] == [(2, "sum")]
    assert len(found["payments"]) == 1


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("03/04/2021", "05/06/2021"), r"more than one way.*%d/%m/%Y.*%m/%d/%Y"),
        (("03/04/2021", "25/06/2021"), r'not written year first.*"%d/%m/%Y"$'),
        (("03.04.99 10:30", "25.06.99 11:00"), r'"%d\.%m\.%y %H:%M"$'),
    ],
)
def test_dates_are_never_guessed(tmp_path: Path, dates: tuple[str, str], said: str) -> None:
    path = tmp_path / "t.csv"
    header = "payment_id,timestamp,from_bank,from_account,to_bank,to_account,amount,currency\n"
    path.write_text(header + "".join(f"1,{date},B,A,C,D,5,EUR\n" for date in dates))
    with pytest.raises(UnreadableFile, match=said) as e:
        Observed(payments.READER, path)
    assert (e.value.file, e.value.line, e.value.field) == (str(path), 2, "timestamp")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_newlines(tmp_path: Path, encoding: str, newline: str) -> None:
    rows = ["timestamp,from_account,to_account,amount,currency,purpose", *(
        f"2024-01-{day:02},Счёт-1,Счёт-2,5,RUB,За поставку угля по договору № {day}" for day in range(1, 29)
    )]  # fmt: skip
    path = tmp_path / "t.csv"
    path.write_bytes(newline.join(rows).replace("№ ", "").encode(encoding))
    found = Observed(payments.READER, path)
    assert found.rejected == []
    assert [r["purpose"] for r in found["payments"]][:1] == ["За поставку угля по договору 1"]
    assert payments.READER.recognises(read_head(path)) > 0.5
