"""Back-tests: what is frozen holds nothing of later, and what fired is dated by the first day on which it could."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from counterflow import backtest, registry
from counterflow.errors import InputError, UsageError
from counterflow.model import dates
from stories.conftest import counterflow, rows

EXAMPLES = Path(__file__).parents[1] / "examples" / "backtests"
AFFAIRS = backtest.load(EXAMPLES)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("mode", backtest.MODES)
@pytest.mark.parametrize("affair", AFFAIRS, ids=[a.name for a in AFFAIRS])
def test_the_freeze_holds(affair: backtest.Affair, mode: str, tmp_path: Path) -> None:
    """On the eve: no row of later, no end that had not come, no listing of later, no hindsight about a party."""
    eve = (dt.date.fromisoformat(affair.event["day"]) - dt.timedelta(days=1)).isoformat()
    backtest.frozen(affair, eve, mode, tmp_path)
    kept = {p.stem: table(p) for p in tmp_path.rglob("*.csv")}
    for name in ("relations", "events", "facts"):
        for row in kept[name]:
            assert row["verified"] != "general-knowledge"
            if mode == "public":
                assert affair.known(row, mode) <= eve
            for column in ("start_date", "date", "end_date"):
                if row.get(column):
                    assert dates.latest(row[column]).isoformat() <= eve, row
    assert all(row["schema"] != "Sanction" or row["start_date"] for row in kept["relations"])
    for row in kept["entities"]:
        assert "sanction" not in row["topics"]
        assert "crime" not in row["topics"]
        assert not row["summary"]
        assert "UN " not in row["identifiers"]
        assert "OFAC" not in row["identifiers"]
    for name in affair.tables:
        for row in kept.get(Path(name).stem, []):
            assert (row.get("timestamp") or row["date"])[:10] <= eve
            assert not {"public", "held"} & set(row)


@pytest.mark.parametrize("affair", AFFAIRS, ids=[a.name for a in AFFAIRS])
def test_an_example_states_only_what_the_case_has(affair: backtest.Affair) -> None:
    """Every watched party is in the case, every typology that is named exists or says why it does not, and the rows of
    its tables give the figures of the case's rows of that id, no earlier than these."""
    known = {r["entity_id"] for r in affair.case.tables["entities"]}
    assert set(affair.watch) <= known
    assert not set(affair.expected) & set(affair.missing)
    assert set(affair.expected) <= set(registry.names("typologies"))
    relations = {r["relation_id"]: r for r in affair.case.tables["relations"]}
    for name in affair.tables:
        for row in table(affair.folder / name):
            said = relations[row.get("payment_id") or row["shipment_id"]]
            if said["amount"]:
                assert float(row.get("amount") or row["value"]) == float(said["amount"])
            assert (row.get("timestamp") or row["date"])[: len(said["start_date"])] == said["start_date"]
            assert row["held"] >= dates.latest(said["start_date"]).isoformat()
            assert row["public"] >= affair.case.published[said["source_id"]][:7]


def small(folder: Path, **more: object) -> Path:
    """A ship of a firm that a bureau owns; the bureau is listed in 2010, and arms are found on the ship in 2013."""
    case = folder / "case"
    case.mkdir()
    cited = "s-1,2,yes"
    tables = {
        "sources": ["source_id,title,date,kind,reliability", "s-1,The register,2012-06-01,register,A",
                    "s-2,What came out,2014-01-10,article,B"],
        "entities": ["entity_id,schema,name,countries,identifiers,topics,summary,source_id,credibility,verified,note",
                     f"bureau,Organization,Bureau 39,kp,UN KPe.030,sanction,earns for the leader,{cited},",
                     f"firm,Company,Blue Harbour,hk,,,,{cited},", f"ship,Vessel,Hae Song,kp,IMO 8730546,,,{cited},",
                     f"council,PublicBody,The Council,,,,,{cited},"],
        "facts": ["entity_id,property,value,source_id,credibility,verified"],
        "relations": [
            "relation_id,schema,subject_id,object_id,role,start_date,end_date,amount,currency,source_id,credibility,verified,note",
            f"r-1,Sanction,council,bureau,listed,2010-08-30,,,,{cited},",
            f"r-2,Ownership,bureau,firm,owner,2009,,,,{cited},",
            "r-3,Ownership,firm,ship,owner,2011-02,,,,s-2,2,yes,",
        ],
        "events": ["event_id,name,kind,date,end_date,place,involved_ids,source_id,credibility,verified",
                   "ev-1,Seizure: arms,seizure,2013-07-15,,Colon,ship,s-2,2,yes"],
    }  # fmt: skip
    for name, lines in tables.items():
        (case / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = {"title": "Arms on the Hae Song", "case": "case", "rows": ["r-2", "r-3", "ev-1"], "watch": ["ship"],
            "event": {"day": "2013-07-15", "what": "the ship is stopped", "rows": ["ev-1"]},
            "missing": {"ais_gap": "no track"}} | more  # fmt: skip
    (folder / "backtest.yaml").write_text(json.dumps(said), encoding="utf-8")
    return folder


def test_what_fires_is_dated_by_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owned the ship was in a register from February 2011 and in print from January 2014."""
    every = backtest.detect_all
    few = ("listed_ship_interest", "listed_owner")
    monkeypatch.setattr(backtest, "detect_all", lambda *a, only, **k: every(*a, only=only or few, **k))
    told = {
        (t["typology"], t["mode"]): t for t in rows(counterflow(tmp_path, "backtest", str(small(tmp_path)), "--json"))
    }
    held, public = (told["listed_ship_interest", mode] for mode in ("held", "public"))
    assert (held["day"], held["early"]) == ("2011-02-28", 868)
    assert (public["day"], public["early"]) == ("2014-01-10", -179)
    assert "Blue Harbour" in held["sentence"]
    assert told["ais_gap", "held"]["day"] is None
    assert told["ais_gap", "held"]["why"] == "no track"


def test_a_file_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no backtest.yaml"):
        backtest.load(tmp_path)
    with pytest.raises(InputError, match=r"'r-99', which the case has not"):
        backtest.load(small(tmp_path, rows=["r-99"]))
    (tmp_path / "backtest.yaml").write_text("title: x\n", encoding="utf-8")
    with pytest.raises(InputError, match="must say 'event'"):
        backtest.load(tmp_path)
