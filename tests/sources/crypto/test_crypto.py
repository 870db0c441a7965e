"""Wallets and transfers on blockchains."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.crypto import addresses, tagpack, transfers
from counterflow.sources.reader import Source, read_head
from sources.lists import Told, values
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures"
PACK, LIST, EDGES = FIXTURES / "tagpack", FIXTURES / "addresses", FIXTURES / "transfers"
GENESIS, ETHER = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"


def test_what_a_header_says_holds_where_a_tag_says_nothing() -> None:
    told = Told(tagpack.READER, PACK / "pack.yaml")
    assert told.rejected == []
    assert told[GENESIS, "holder"] == told[ETHER, "holder"] == ["actor-harbourexchange"]
    assert (told[GENESIS, "currency"], told[ETHER, "currency"]) == (["BTC"], ["ETH"])
    assert told[ETHER, "notes"] == ["confidence: service_data", '{"note": "hot wallet"}']
    mixer = told.by_subject["134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak"]
    said = values(mixer)
    assert said["topics"] == ["sanction"]
    assert said["keywords"] == ["mixing_service", "sanction"]
    assert said["modifiedAt"] == ["2023-01-02"]
    assert told[said["holder"][0], "name"] == ["Night Mixer"]  # its actor is none, although the header names one
    assert (mixer.credibility, told.by_subject[GENESIS].credibility) == (2, 3)
    assert told.unclean() == Counter()
    assert told.dangling() == set()


def test_the_source_that_a_tag_cites_is_its_origin() -> None:
    records = list(tagpack.READER.read(PACK / "pack.yaml", {}))
    cited = {r.id: r.url for r in records if isinstance(r, Source)}
    assert sorted(cited.values()) == ["https://example.org/harbour", "https://example.org/order-5"]
    told = Told(tagpack.READER, PACK / "pack.yaml")
    assert cited[told.by_subject[GENESIS].origin or ""] == "https://example.org/harbour"


def test_actors_are_the_holders_of_tags() -> None:
    told = Told(tagpack.READER, PACK / "actors.yaml")
    actor = values(told.by_subject["actor-harbourexchange"])
    assert actor["name"] == ["Harbour Exchange"]
    assert actor["alias"] == ["Harbour Digital Ltd."]
    assert actor["country"] == ["SC"]
    assert actor["website"] == ["harbour.example.com", "app.harbour.example.com"]
    assert "country: XX" in actor["notes"]
    assert "start_activity: 2018-10-25" in actor["notes"]


def test_tags_that_are_spoilt() -> None:
    told = Told(tagpack.READER, PACK / "spoilt.yaml")
    assert [(r.line, r.field) for r in told.rejected] == [(6, "address"), (8, "tags"), (10, "address"), (12, "tags")]
    bad = told.by_subject["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"]  # kept, with what is wrong
    assert bad.note == "the address fails its check digits"
    assert "134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak" in told.by_subject


@pytest.mark.parametrize(
    "text",
    [
        "title: a\ntags: [",
        "title: \x00",
        "tags: 'x",
        "- 1\n- 2\n",
        "title: a\n\ttags:\n",
        "&a [*a]",
        "%YAML 9\n---\na: b\n",
    ],
)
def test_broken_yaml_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"pack\.yaml"):
        list(tagpack.READER.read(path, {}))


def test_aliases_that_would_swell_are_not_followed(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    path = tmp_path / "bomb.yaml"
    path.write_text(
        f"title: bomb\ncreator: x\n{bomb}tags:\n- address: {GENESIS}\n  context: *a59\n- address: {GENESIS}\n"
    )
    told = Told(tagpack.READER, path)
    assert len(told.statements) == 1
    assert "alias" in told.rejected[0].reason


def test_a_list_of_addresses() -> None:
    told = Told(addresses.READER, LIST / "list.csv")
    assert told.rejected == []
    first = values(told.by_subject[GENESIS])
    assert first["keywords"] == ["exchange", "hack"]
    assert first["topics"] == ["crime.cyber", "sanction"]
    assert told[first["holder"][0], "name"] == ["Harbour Exchange"]
    assert told[ETHER, "name"] == ["Harbour: Hot Wallet"]
    [listed] = told.said(ETHER, "topics")
    assert (listed.value, listed.valid_from, listed.valid_to) == ("sanction", "2020-03-02", "2024-05-06")
    assert values(told.by_subject["TMStbg5fgb4uTV7fK1gEYF9hKAzP3siPsG"]) == {
        "publicKey": ["TMStbg5fgb4uTV7fK1gEYF9hKAzP3siPsG"], "currency": ["USDT"], "blockchain": ["tron"]}  # fmt: skip
    spoilt = Told(addresses.READER, LIST / "spoilt.csv")
    assert [(r.line, r.field) for r in spoilt.rejected] == [(3, "address"), (2, "address")]


def test_bare_addresses(tmp_path: Path) -> None:
    path = LIST / "bare.txt"
    assert addresses.READER.recognises(read_head(path)) > 0.5
    assert set(Told(addresses.READER, path).by_subject) == {GENESIS, ETHER, "134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak"}
    array = tmp_path / "list.json"
    array.write_text(f'["{GENESIS}","{ETHER}"]')
    assert addresses.READER.recognises(read_head(array)) > 0.5
    array.write_text(f'["{GENESIS}", "nobody",\n "{ETHER}"]')
    assert addresses.READER.recognises(read_head(array)) == 0  # one of three is none
    told = Told(addresses.READER, array)
    assert set(told.by_subject) == {GENESIS, ETHER}
    assert [r.line for r in told.rejected] == [1]


def test_other_tables_are_not_lists_of_addresses(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,address,currency\nAnna Berg,Pier Road 4,EUR\n")
    assert addresses.READER.recognises(read_head(path)) == 0
    path.write_text("hello\nworld\n")
    assert addresses.READER.recognises(read_head(path)) == 0
    with pytest.raises(UnreadableFile):
        Told(addresses.READER, path)


def test_lists_in_full(shared_data: Path) -> None:
    folder = shared_data / "crypto-addresses"
    ofac = Told(addresses.READER, folder / "ofac_addresses.parquet")
    assert [r.raw[:8] for r in ofac.rejected] == ["5be5543f"]  # a view key of Monero, kept
    wallets = [r for r in ofac.statements if r.schema == "CryptoWallet"]
    assert len(wallets) == 657
    assert Counter(values(r)["currency"][0] for r in wallets).most_common(4) == [
        ("XBT", 435), ("ETH", 155), ("USDT", 26), ("LTC", 10)]  # fmt: skip
    assert sum("endDate" in values(r) for r in ofac.statements if r.schema == "Sanction") == 3
    tags = Told(addresses.READER, folder / "graphsense_tags.parquet")
    assert len([r for r in tags.statements if r.schema == "CryptoWallet"]) == 19_732
    assert sum(values(r).get("holder") == ["actor-lazarusgroup"] for r in tags.statements) == 27
    assert len(tags.rejected) == 13  # all of them kept; one is an address in small letters, which base58 is not
    assert "'14bwh6gmvol5ntwbvxqjkjdtzv4y5ebtvm' fails its check digits" in {
        r.reason.partition(";")[0] for r in tags.rejected
    }
    assert tags.unclean() == Counter()
    ether = Told(addresses.READER, folder / "etherscan_labels_2023.parquet")
    assert len({r.subject for r in ether.statements}) == 23_288
    assert sum("blocked" in values(r).get("keywords", ()) for r in ether.statements) == 483


def table(name: str, **options: Any) -> Observed:
    return Observed(transfers.READER, EDGES / name, **options)


def test_an_edge_list() -> None:
    rows = table("edges.csv")["transfers"]
    assert [(r["tx"], r["amount"], r["asset"], r["repeat"]) for r in rows] == [
        ("t1", 0.5, "BTC", 1), ("t1", 0.5, "BTC", 2), ("t2", 2.0, "ETH", 1)]  # fmt: skip
    assert rows[2]["from_address"] == rows[2]["to_address"] == ETHER  # to oneself, and kept
    assert rows[2]["timestamp"].isoformat() == "2020-03-03T11:00:00+00:00"


def test_transfers_that_are_spoilt() -> None:
    found = table("spoilt.csv")
    assert [(r.line, r.field) for r in found.rejected] == [(3, "from"), (4, "value"), (5, "value"), (6, "time")]
    [kept] = found["transfers"]
    assert kept["note"] == "from_address fails its check digits: 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"


def test_exports_of_an_explorer() -> None:
    first, made, failed = table("etherscan.csv")["transfers"]
    assert (first["amount"], first["fee"], first["block"], first["asset"]) == (1250.5, 0.002, 13_000_000, "ETH")
    assert first["timestamp"].isoformat() == "2021-08-15T04:00:00+00:00"
    assert made["to_address"] == "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"
    assert made["note"] == "the receiver is the contract that the transaction makes"
    assert failed["note"] == "the transaction failed: nothing moved but the fee"
    assert '"TxnFee(USD)": "4"' in first["details"]
    [token] = table("tokens.csv")["transfers"]
    assert (token["amount"], token["asset"], token["amount_usd"]) == (12_000.0, "USDT", 11_999.5)
    assert token["contract"] == "0xdac17f958d2ee523a2206206994597c13d831ec7"


def test_amounts_in_a_smallest_unit(tmp_path: Path) -> None:
    path = tmp_path / "etl.csv"
    path.write_text(
        f"hash,from_address,to_address,value,gas_price,block_number,block_timestamp\n0xa,{ETHER},{ETHER},"
        "1500000000000000000,1,5,1629000000\n"
    )
    [row] = Observed(transfers.READER, path)["transfers"]
    assert row["amount"] == pytest.approx(1.5)
    path.write_text(
        f"token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n{ETHER},{ETHER},{ETHER},"
        "1500,0xa,3,5\n"
    )
    [row] = Observed(transfers.READER, path)["transfers"]
    assert (row["amount"], row["position"]) == (1500.0, "3")
    assert "smallest unit" in row["note"]


def test_a_table_of_payments_is_no_table_of_transfers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,from,to,amount,currency\n2024-01-01,A,B,5,EUR\n")
    assert transfers.READER.recognises(read_head(path)) < 0.5


def test_elliptic_in_full(shared_data: Path) -> None:
    path = shared_data / "elliptic-bitcoin" / "edges.parquet"
    found = Observed(transfers.READER, path)
    assert found.rejected == []
    rows = found.table("transfers")
    assert len(rows) == 156_843
    assert transfers.READER.describe(path).dataset == "elliptic"
    assert set(rows.column("block").to_pylist()) == set(range(1, 35))
