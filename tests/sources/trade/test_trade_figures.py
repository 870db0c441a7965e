import json
from pathlib import Path

import pytest

from counterflow.errors import UnreadableFile
from counterflow.sources.reader import read_head
from counterflow.sources.trade.trade_figures import READER
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "trade_figures"


def written(folder: Path, text: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_totals_and_parts_are_told_apart() -> None:
    path = FIXTURES / "comtrade.csv"
    assert READER.recognises(read_head(path)) > 0.9
    assert READER.describe(path).dataset == "un-comtrade"
    found = Observed(READER, path)
    assert found.rejected == []
    rows = found["trade_figures"]
    shown = [(r["reporter"], r["partner"], r["hs_code"], r["level"], r["aggregate"], r["date"]) for r in rows]
    assert shown == [
        ("cn", None, None, 0, "commodity, partner", "2017"),
        ("cn", "kp", None, 0, "commodity", "2017"),
        ("cn", "kp", "27", 2, "commodity", "2017"),
        ("cn", "kp", "270111", 6, None, "2017-08"),
        ("in", "kr", "870323", 6, None, "2016"),  # 699 is India with its territories
    ]
    coal, cars = rows[3:]
    assert (coal["quantity"], coal["unit"], coal["net_weight"], coal["value"], coal["currency"]) == (
        1_636_000_000, "kg", 1_636_000_000, 138_140_000, "USD")  # fmt: skip
    assert (coal["hs_edition"], coal["estimated"], coal["credibility"]) == ("HS2017", "quantity, net weight", 3)
    assert (cars["hs_edition"], cars["unit"], cars["estimated"], cars["credibility"]) == ("HS2012", "pcs", None, None)
    assert rows[0]["unit"] is None


def test_an_answer_of_the_interface_is_read_record_by_record() -> None:
    path = FIXTURES / "comtrade.json"
    assert READER.recognises(read_head(path)) > 0.9
    found = Observed(READER, path)
    oil, total = found["trade_figures"]
    assert (oil["reporter"], oil["partner"], oil["flow"], oil["value_fob"], oil["estimated"], oil["locator"]) == (
        "ru", "kp", "export", 2_100_000, "net weight", "line 2")  # fmt: skip
    assert (oil["second_partner"], oil["procedure"], oil["transport"]) == (None, None, None)
    assert (total["flow"], total["transport"], total["aggregate"]) == ("re-export", "2100", "commodity, partner")
    assert json.loads(oil["details"])["isReported"] == "true"
    [bad] = found.rejected
    assert (bad.line, bad.field) == (4, "period")


def test_a_cut_answer_gives_what_came_and_says_where_it_ends(tmp_path: Path) -> None:
    text = (FIXTURES / "comtrade.json").read_text()
    found = Observed(READER, written(tmp_path, text[: text.index('"reporterCode": 643', 900)], "cut.json"))
    assert len(found["trade_figures"]) == 1
    assert found.rejected[-1].reason.startswith("unreadable from here on")
    with pytest.raises(UnreadableFile, match="no column 'date'"):
        Observed(READER, written(tmp_path, '{"a": 1}', "none.json"))


def test_figures_in_thousands_and_lost_zeros_are_mended_with_a_note(tmp_path: Path) -> None:
    baci = Observed(READER, written(tmp_path, "t,i,j,k,v,q\n2017,643,408,30617,12.5,3\n"))["trade_figures"]
    assert [(r["reporter"], r["partner"], r["hs_code"], r["value"], r["quantity"], r["unit"]) for r in baci] == [
        ("ru", "kp", "030617", 12_500, 3_000, "kg")]  # fmt: skip
    assert "value is published in units of 1,000" in baci[0]["note"]
    wits = written(tmp_path, "Reporter,Partner,TradeFlow,ProductCode,Year,Trade Value 1000USD,Quantity,Quantity Unit\n"
                             "China,\"Korea, Dem. Rep.\",Gross Imp.,Total,2017,1734446,,\n")  # fmt: skip
    [row] = Observed(READER, wits)["trade_figures"]
    assert (row["partner"], row["flow"], row["level"], row["value"]) == ("kp", "import", 0, 1_734_446_000)


def test_any_other_table_by_its_names(tmp_path: Path) -> None:
    text = (
        "period,reporter,partner,flow,commodity_code,value,currency,classification\n"
        "2016,Japan,World,Imports,7,5,JPY,S3\n"
        "2016,Japan,Areas nes,Sideways,x1,-5,JPY,S3\n"
        "2016,Japan,Chad,Export,071,5,JPY,S3\n"
    )
    path = written(tmp_path, text)
    assert READER.recognises(read_head(path)) == 0.9
    found = Observed(READER, path)
    section, leaf = found["trade_figures"]
    assert (section["hs_code"], section["level"], section["nomenclature"], section["hs_edition"]) == (
        "7",
        1,
        "SITC",
        "SITC3",
    )
    assert (section["aggregate"], leaf["aggregate"], leaf["level"]) == ("commodity, partner", "commodity", 3)
    assert [(r.line, r.field) for r in found.rejected] == [(3, "value")]


def test_correlates_of_war_gives_two_figures_a_pair(shared_data: Path) -> None:
    path = shared_data / "dprk-trade" / "cow_bilateral_2001_all_pairs.parquet"
    with pytest.raises(UnreadableFile, match="no column 'date'"):
        Observed(READER, path)  # this extract has no year
    found = Observed(READER, path, mapping={"defaults": {"date": "2001"}})
    assert found.rejected == []
    rows = found["trade_figures"]
    assert len(rows) == 2 * 13_728
    assert all(r["reporter"] and r["partner"] for r in rows)
    pairs = {(r["reporter"], r["partner"]): r["value"] for r in rows}
    assert pairs["us", "ca"] == 220_138e6
    assert pairs["ca", "us"] == 155_205e6
    korea = [r for r in rows if "kp" in (r["reporter"], r["partner"])]
    assert len(korea) == 2 * 142
    assert sorted({(r["credibility"], r["partner"]) for r in korea if r["credibility"] == 4}) == [
        (4, "br"), (4, "cg"), (4, "kp"), (4, "th")]  # fmt: skip
    assert all(r["credibility"] in (3, 4) for r in korea)


def test_tradhist_is_marked_as_of_unknown_unit(shared_data: Path) -> None:
    found = Observed(READER, shared_data / "dprk-trade" / "tradhist_prk_pairs.parquet")
    rows = found["trade_figures"]
    assert (len(rows), len(found.rejected)) == (478, 38)  # 38 years have exports only
    assert {r["reporter"] for r in rows} == {"kp"}
    assert {r["partner"] for r in rows} == {"us", "gb", "fr", "de"}
    assert {(r["currency"], r["credibility"]) for r in rows} == {(None, 4)}
