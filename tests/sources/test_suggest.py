"""Mappings suggested for tables as banks, customs and trackers of many countries print them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError, UnknownName, UnreadableFile, UsageError
from counterflow.sources.preview import preview
from counterflow.sources.shapes import number_style, shape
from counterflow.sources.suggest import Suggestion, suggest, tables, to_yaml

DAYS = range(10, 29)


def written(folder: Path, header: str, row: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(header + "\n" + "".join(row.format(d=d, odd=d % 2) + "\n" for d in DAYS), encoding="utf-8")
    return path


TABLES = {
    "English": (
        "Txn Ref,Booking Date,Sender Account,Sender Name,Payee Account,Payee Name,Amount,Currency,Narrative",
        "T{d},2024-03-{d},110-{d}45,Anna Berg,220-{d}67,Coal Ltd,{d}.50,USD,invoice {d}",
        {"payment_id": "Txn Ref", "timestamp": "Booking Date", "from_account": "Sender Account",
         "from_name": "Sender Name", "to_account": "Payee Account", "to_name": "Payee Name",
         "amount": "Amount", "currency": "Currency",
         "purpose": "Narrative"},
        {},
    ),
    "German": (
        "Buchungsdatum;Wertstellung;Konto Auftraggeber;Konto Empfänger;Betrag;Währung;Verwendungszweck",
        "{d}.03.2024;{d}.03.2024;DE0212030000000020{d}51;70012{d};1.0{d},50;EUR;Miete {d}",
        {"timestamp": "Buchungsdatum", "value_date": "Wertstellung", "from_account": "Konto Auftraggeber",
         "to_account": "Konto Empfänger", "amount": "Betrag", "currency": "Währung", "purpose": "Verwendungszweck"},
        {"timestamp_format": "%d.%m.%Y", "decimal": ",", "thousands": "."},
    ),
    "French": (
        "Date opération;Date de valeur;Libellé;Débit;Crédit;Devise;Compte",
        "{d}/03/2024;{d}/03/2024;VIREMENT {d};1 2{d},30;;EUR;FR1420041010050500013M02606",
        {"timestamp": "Date opération", "value_date": "Date de valeur", "purpose": "Libellé", "debit": "Débit",
         "credit": "Crédit", "currency": "Devise", "account": "Compte"},
        {"timestamp_format": "%d/%m/%Y", "decimal": ",", "thousands": " "},
    ),
    "Spanish": (
        "Fecha;Fecha valor;Concepto;Importe;Divisa;Cuenta ordenante;Cuenta beneficiario",
        "{d}-03-2024;{d}-03-2024;Pago {d};{d}.000,00;EUR;ES912100041845{d};ES792100081361{d}",
        {"timestamp": "Fecha", "value_date": "Fecha valor", "purpose": "Concepto", "amount": "Importe",
         "currency": "Divisa", "from_account": "Cuenta ordenante", "to_account": "Cuenta beneficiario"},
        {"timestamp_format": "%d-%m-%Y", "decimal": ",", "thousands": "."},
    ),
    "Italian": (
        "Data contabile;Data valuta;Causale;Dare;Avere;Divisa;Controparte;IBAN controparte;Conto",
        "{d}/03/2024;{d}/03/2024;Bonifico;100,{d};;EUR;Rossi SpA;IT60X0542811101000000123456;100200300",
        {"timestamp": "Data contabile", "value_date": "Data valuta", "purpose": "Causale", "debit": "Dare",
         "credit": "Avere", "currency": "Divisa", "counterparty_name": "Controparte",
         "counterparty_account": "IBAN controparte", "account": "Conto"},
        {"timestamp_format": "%d/%m/%Y", "decimal": ","},
    ),
    "Portuguese": (
        "Data do lançamento;Descrição;Valor;Moeda;Conta origem;Conta destino",
        "{d}/03/2024;TED {d};{d}00,00;BRL;0001-12345{d};0002-98765{d}",
        {"timestamp": "Data do lançamento", "purpose": "Descrição", "amount": "Valor", "currency": "Moeda",
         "from_account": "Conta origem", "to_account": "Conta destino"},
        {"timestamp_format": "%d/%m/%Y", "decimal": ","},
    ),
    "Russian": (
        "Дата операции;Счет плательщика;Плательщик;БИК плательщика;Счет получателя;Получатель;Сумма;Валюта;"
        "Назначение платежа",
        "{d}.03.2024;407028109000000{d};ООО Ромашка;044525225;407028108000000{d};ООО Уголь;{d} 000,50;RUB;Оплата {d}",
        {"timestamp": "Дата операции", "from_account": "Счет плательщика", "from_name": "Плательщик",
         "from_bank": "БИК плательщика", "to_account": "Счет получателя", "to_name": "Получатель", "amount": "Сумма",
         "currency": "Валюта", "purpose": "Назначение платежа"},
        {"timestamp_format": "%d.%m.%Y", "decimal": ",", "thousands": " "},
    ),
    "Chinese": (
        "交易日期,交易时间,付款账号,付款人名称,收款账号,收款人名称,金额,币种,摘要",
        "2024-03-{d},10:{d}:05,62220210010{d},张三,62220210020{d},大连贸易公司,{d}00.00,人民币,货款",
        {"timestamp": ["交易日期", "交易时间"], "from_account": "付款账号", "from_name": "付款人名称",
         "to_account": "收款账号", "to_name": "收款人名称", "amount": "金额", "currency": "币种", "purpose": "摘要"},
        {},
    ),
    "Korean": (
        "거래일시,출금계좌번호,보내는분,입금계좌번호,받는분,거래금액,통화,적요",
        "2024-03-{d} 10:00:00,110-234-56{d},홍길동,352-1234-{d}-13,대성은행,{d}000,KRW,물품대금",
        {"timestamp": "거래일시", "from_account": "출금계좌번호", "from_name": "보내는분", "to_account": "입금계좌번호",
         "to_name": "받는분", "amount": "거래금액", "currency": "통화", "purpose": "적요"},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TABLES)
def test_a_suggested_mapping_reads_the_table(tmp_path: Path, language: str) -> None:
    header, row, columns, rest = TABLES[language]
    path = written(tmp_path, header, row)
    found = suggest(path)
    assert (found.table, found.mapping["columns"]) == ("payments", columns)
    assert {key: value for key, value in found.mapping.items() if key != "columns"} == rest
    assert (found.missing, found.rows) == ([], len(DAYS))
    assert all(c.confidence >= 0.7 and c.reason for c in found.columns if c.ours)
    file = tmp_path / "map.yaml"
    file.write_text(to_yaml(found), encoding="utf-8")
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == found.mapping
    told = preview(path, str(file), found.table, rows=3)
    assert (told.counts, told.rejected, len(told.rows)) == ({"payments": len(DAYS)}, 0, 3)
    assert told.rows[0]["timestamp"].startswith("2024-03-10")


def test_other_tables_are_known_too(tmp_path: Path) -> None:
    ships = suggest(written(tmp_path, "Zeitstempel;MMSI;Schiffsname;Breite;Länge;Geschwindigkeit;Kurs",
                            "2024-03-01 10:{d};2111700{d};ALBATROS;54.3{d};10.1{d};12.5;90"))  # fmt: skip
    assert ships.table == "positions"
    assert ships.mapping["columns"] == {
        "timestamp": "Zeitstempel", "mmsi": "MMSI", "vessel_name": "Schiffsname", "lat": "Breite", "lon": "Länge",
        "sog": "Geschwindigkeit", "cog": "Kurs"}  # fmt: skip
    header = "报关单号,申报日期,收货人,发货人,商品编码,商品名称,数量,单位,总价,币制,原产国"
    row = "2201{d},2024-03-{d},丹东公司,朝鲜公司,27011100,无烟煤,{d}00,kg,{d}0000,USD,KP"
    goods = suggest(written(tmp_path, header, row))
    assert goods.table == "shipments"
    assert {k: goods.mapping["columns"][k] for k in ("shipper_name", "consignee_name", "hs_code", "value")} == {
        "shipper_name": "发货人", "consignee_name": "收货人", "hs_code": "商品编码", "value": "总价"}  # fmt: skip
    chain = suggest(written(tmp_path, "Transaction Hash,From Address,To Address,Quantity,Token,Time",
                            "0x{d},0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed,0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359,"
                            "{d},USDT,2024-03-{d} 10:00:00"))  # fmt: skip
    assert (chain.table, chain.missing) == ("transfers", [])


def noted(found: Suggestion) -> str:
    return " | ".join(found.notes)


def test_what_could_be_read_in_two_ways_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f'0{m}/0{m + 1}/2024,12345{m},54321{m},"1,23{m}",USD\n' for m in range(1, 8))
    path.write_text("Date,From Account,To Account,Amount,Currency\n" + rows)
    found = suggest(path)
    assert found.mapping.keys() == {"columns"}
    assert "could be %d/%m/%Y or %m/%d/%Y" in noted(found)
    assert "'1,231' could be a thousand" in noted(found)
    with pytest.raises(UnreadableFile, match="more than one way"):
        preview(path, found.mapping, "payments")


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "Posting Date,Description,Amount,Type,Balance", "03/{d}/2024,WIRE {d},-{d}.00,DEBIT,1.00")
    found = suggest(path, "payments")
    assert found.mapping["columns"] == {
        "timestamp": "Posting Date", "purpose": "Description", "amount": "Amount", "direction": "Type"}  # fmt: skip
    assert found.mapping["timestamp_format"] == "%m/%d/%Y"
    assert [what.partition(" ")[0] for what in found.missing] == ["currency", "from_account"]
    done = {**found.mapping, "defaults": {"account": "A", "currency": "USD"}}
    told = preview(path, done, "payments")
    assert [(r["from_account"], r.get("to_account"), r["amount"]) for r in told.rows][:1] == [("A", None, 10.0)]
    assert "# still missing: currency" in to_yaml(found)


def test_an_account_that_is_always_the_same_is_the_statement_s_own(tmp_path: Path) -> None:
    header = "Buchungstag;Auftragskonto;Kontonummer/IBAN;BIC (SWIFT-Code);Betrag;Waehrung"
    row = "{d}.01.2024;DE89370400440532013000;DE02120300000000202051;BYLADEM1001;-{d},50;EUR"
    found = suggest(written(tmp_path, header, row))
    assert found.mapping["columns"]["account"] == "Auftragskonto"
    assert found.mapping["columns"]["counterparty_account"] == "Kontonummer/IBAN"
    assert found.mapping["columns"]["counterparty_bank"] == "BIC (SWIFT-Code)"
    assert "negative amount leaves the account" in noted(found)
    moving = suggest(written(tmp_path, "Datum;Konto;Betrag;Währung", "{d}.01.2024;4711{d}00;-{d},50;EUR"), "payments")
    assert moving.mapping["columns"]["counterparty_account"] == "Konto"
    assert moving.missing


def test_values_speak_where_the_header_says_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,C,D", "2024-03-{d},EUR,DE89370400440532013000,7a562c67-ca16-48ba-b074-65581be6f0{d}")
    found = {c.theirs: (c.ours, c.reason) for c in suggest(path, "payments").columns}
    assert [found[c][0] for c in "ABCD"] == ["timestamp", "currency", None, "uetr"]
    assert "the header does not say whose" in found["C"][1]


def test_a_column_of_the_wrong_shape_is_none(tmp_path: Path) -> None:
    found = suggest(written(tmp_path, "Date,Amount,Currency", "2024-03-{d},see below,none{d}"), "payments")
    assert found.mapping["columns"] == {"timestamp": "Date"}


def test_preview_shows_what_would_be_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("timestamp,from_account,to_account,amount,currency\n2024-01-01,A,B,5,USD\n2024-01-02,A,B,five,USD\n"
                    "2024-01-03,A,B,six,USD\n2024-01-04,A,,7,USD\n")  # fmt: skip
    told = preview(path, {}, rows=5)
    assert (told.counts, told.rejected) == ({"payments": 1}, 3)
    assert told.reasons == [{"field": "amount", "reason": "is not a number", "rows": 2},
                            {"field": "to_account", "reason": "is missing", "rows": 1}]  # fmt: skip
    assert [(a["line"], a["field"]) for a in told.aside] == [(3, "amount"), (4, "amount"), (5, "to_account")]
    assert preview(path, {}, rows=0).rows == []
    assert preview(path, {}, most=1).cut


def test_errors_name_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("timestamp,amount\n")
    with pytest.raises(UnreadableFile, match="no rows to learn from"):
        suggest(path)
    for content in ('<?xml version="1.0"?>\n<Document>\n<a>1</a>\n</Document>\n', "%PDF-1.4\n1 0 obj\n"):
        path.write_text(content)
        with pytest.raises(UnreadableFile, match="not a table"):
            suggest(path)
    with pytest.raises(UnknownName, match="Did you mean 'payments'"):
        suggest(path, "payment")
    with pytest.raises(UsageError, match="no key 'colums'"):
        preview(path, {"colums": {}})
    with pytest.raises(InputError, match="'Nowhere'"):
        preview(path, {"columns": {"amount": "Nowhere"}})
    broken = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": ["x"] * 5000}), broken)
    content = bytearray(broken.read_bytes())
    content[4:60] = bytes(56)
    broken.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"t\.parquet"):
        suggest(broken)


def test_every_word_is_of_a_column_that_its_reader_takes() -> None:
    from counterflow import registry
    from counterflow.sources.suggest import _words
    from counterflow.storage.tables import OBSERVATIONS

    for table, reader in tables().items():
        known = {*OBSERVATIONS[table].schema.names, *getattr(registry.get("readers", reader), "inputs", ()), "clock"}
        assert set(_words()[table]["columns"]) <= known, table


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["1.234,56"], (",", ".")), (["1,234.56"], (".", ",")), (["1234,5"], (",", "")), (["1 234,56"], (",", " ")),
        (["1.234.567"], (",", ".")), (["1'234.50"], (".", "'")), (["12"], ("", "")), (["1,234"], ("", "")),
        (["1,234", "1,2345"], (",", "")),
    ],
)  # fmt: skip
def test_how_numbers_are_written(texts: list[str], style: tuple[str, str]) -> None:
    assert number_style(texts)[:2] == style


@settings(deadline=None)  # the first call loads what all later ones share
@given(st.lists(st.none() | st.text(max_size=20), max_size=8))
def test_any_values_have_a_shape(values: list[str | None]) -> None:
    found = shape(values)
    assert 0 <= found.filled <= 1
    assert all(share >= 0.8 for share in found.kinds.values())
