"""The Offshore Leaks database: every layout, each role a relationship, dates as it writes them, and the real graph."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.model.source import Source
from counterflow.sources.ownership.icij import READER
from counterflow.sources.ownership.icij_tables import country, day, parts
from counterflow.sources.reader import Rejected, Statements, read_head
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"
COLUMNS = ("node_id_start", "node_id_end", "rel_type", "link", "status", "start_date", "end_date", "sourceID")


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, FIXTURES / "icij")


def test_an_entity(told: Told) -> None:
    id = "10000001"
    assert told.by_subject[id].schema == "LegalEntity", "the last word is that of a relationship"
    (company,) = (values(r) for r in told.statements if r.subject == id and r.schema == "Company")
    assert (company["name"], company["alias"]) == (["EXAMPLE SHIPPING INC."], ["Example Shipping, Inc"])
    assert company["previousName"] == ["EXAMPLE COMMERCE INC."]
    assert (company["jurisdiction"], company["icijId"], company["registrationNumber"]) == (["Samoa"], [id], ["25221"])
    assert (company["incorporationDate"], company["dissolutionDate"]) == (["2006-03-23"], ["2013-02-15"])
    assert company["country"] == ["Hong Kong"]
    assert company["notes"] == [
        "struck off 2013-02-15", "inactive since 2013-02-18", "dormant since 2009-11-01",
        "service provider: Mossack Fonseca", "internal number: 1001256", "Atlantis/XYZ",
        "Closed date stands for Cancelled date.",
    ]  # fmt: skip
    (born,) = told.said("10000002", "incorporationDate")
    assert born.note == "the day before computers begin to count: it may stand for no date"
    assert told["80000001", "dissolutionDate"] == ["2009-09-24"]


def test_each_role_is_a_relationship(told: Told) -> None:
    found = Counter((r.schema, values(r).get("ownershipType", values(r).get("controlType", [""]))[0]) for r in
                    told.statements if "role" in values(r))  # fmt: skip
    assert found == {
        ("Ownership", "shareholding"): 3,
        ("Directorship", ""): 1,
        ("UnknownLink", ""): 4,  # a beneficiary, two that are connected, two of one name
        ("Representation", ""): 2,  # a power of attorney and an intermediary
        ("Control", "nominee"): 1,
        ("Control", "trustee"): 1,
    }
    first = next(values(r) for r in told.statements if r.schema == "Ownership")
    assert (first["owner"], first["asset"]) == (["12000001"], ["10000001"])
    assert (first["startDate"], first["endDate"], first["summary"]) == (
        ["2006-06-14"],
        ["2010-01-02"],
        ["shareholder of"],
    )
    both = [r for r in told.statements if values(r).get("summary") == ["Director / Beneficial Owner"]]
    assert [r.schema for r in both] == ["Directorship", "Ownership"]
    assert values(both[1])["beneficial"] == ["yes"] and values(both[1])["status"] == ["Resigned"]
    own = [values(r) for r in told.statements if r.schema == "Ownership"][-1]
    assert own["owner"] == own["asset"], "a finding about the data, not an error"


def test_addresses_sameness_and_what_no_table_has(told: Told) -> None:
    lives = [r for r in told.statements if any(s.property == "addressEntity" for s in r.said)]
    assert [(r.subject, r.valid_from, values(r)["addressEntity"]) for r in lives] == [
        ("12000001", "2006-01-01", ["14000001"]), ("10000001", None, ["14999999"]),
    ]  # fmt: skip
    assert ("12000001", "12000002", "same name as") in told.links("UnknownLink")
    assert told["99999999", "icijId"] == ["99999999"]
    assert told.by_subject["14999999"].schema == "Address"
    assert told.dangling() == set() and told.rejected == []


def test_the_leak_is_the_source() -> None:
    records = list(READER.read(FIXTURES / "icij", {}))
    sources = {r.title: r.note for r in records if isinstance(r, Source) and r.note}
    assert sources == {
        "Panama Papers": "The Panama Papers data is current through 2015",
        "Paradise Papers - Appleby": "Appleby data is current through 2014",
    }
    assert all(r.source_id for r in records if isinstance(r, Statements))


def test_the_layout_of_2016_and_a_table_alone() -> None:
    told = Told(READER, FIXTURES / "icij_2016")
    assert told.parties() == {"Company": 1, "LegalEntity": 1}
    own = told.one("Ownership")
    assert (own["owner"], own["asset"], own["startDate"]) == (["23000136"], ["54662"], ["1998-01-21"])
    alone = FIXTURES / "icij_2016" / "all_edges.csv"
    assert READER.recognises(read_head(alone)) == 0.9
    assert {r.schema for r in Told(READER, alone).statements} == {"LegalEntity", "Ownership"}
    assert [kind for _, kind in parts(FIXTURES / "icij")] == [
        "address", "entity", "intermediary", "officer", "other", "edges",
    ]  # fmt: skip


def test_a_table_that_is_none_is_named_and_one_that_is_lost_stops(tmp_path: Path) -> None:
    (tmp_path / "relationships.csv").write_text(f"{','.join(COLUMNS)}\n1,2,officer_of,,,,,\n")
    (tmp_path / "readme.csv").write_text("about,these\nfiles,!\n")
    told = Told(READER, tmp_path)
    assert [r.file for r in told.rejected] == ["readme.csv"]
    (tmp_path / "nodes-entities.csv").write_text("")
    with pytest.raises(InputError, match=r"nodes-entities\.csv"):
        Told(READER, tmp_path)


def test_what_cannot_be_is_set_aside() -> None:
    told = Told(READER, FIXTURES / "icij_spoilt")
    assert [(r.file, r.line, r.field) for r in told.rejected] == [
        ("nodes-officers.csv", 3, "node_id"), ("nodes-officers.csv", 4, None),
        ("relationships.csv", 2, "start_date"), ("relationships.csv", 3, "end"),
    ]  # fmt: skip
    assert told.one("Ownership")["endDate"] == ["2001-02-02"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("02-JAN-1998", "1998-01-02"), ("21/01/1998", "1998-01-21"), ("03-05-2007", "2007-05-03"), ("2005", "2005"),
     ("1998-01-02", "1998-01-02"), ("10/04/96", None), ("31-FEB-2001", None), ("soon", None)],
)  # fmt: skip
def test_dates(text: str, found: str | None) -> None:
    assert day(text) == found


def test_countries_of_its_own() -> None:
    assert [country(None, "PMA"), country("Samoa", "SAM"), country("Undetermined", "XXX")] == ["pa", "Samoa", None]


@given(st.lists(st.lists(st.text(max_size=8), min_size=8, max_size=8), max_size=4))
def test_any_cells_are_read_or_named(tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("icij") / "x.csv"
    with path.open("w", encoding="utf-8", newline="", errors="replace") as stream:
        table = csv.writer(stream, quoting=csv.QUOTE_ALL)
        table.writerow([*COLUMNS])
        table.writerows([["1", "2", "officer_of", "director of", "", "", "", ""], *cells])
    try:
        records = list(READER.read(path, {}))
    except InputError:
        return
    assert any(isinstance(r, Statements) and r.schema == "Directorship" for r in records)
    assert all(r.reason for r in records if isinstance(r, Rejected))


# -- real files ------------------------------------------------------------------------------------------------------


def test_the_real_graph(shared_data: Path) -> None:
    """Counted in the file: 230 companies, 317 officers and 86 clients, 77 addresses; 889 edges of four types."""
    folder = shared_data / "ownership-panama"
    told = Told(READER, folder)
    assert told.parties() == {"Company": 230, "LegalEntity": 317 + 86}
    assert sum(r.schema == "Address" for r in told.statements) == 77
    assert sum(values(r).get("role") == ["has similar name and address as"] for r in told.statements) == 19
    assert sum(any(s.property == "addressEntity" for s in r.said) for r in told.statements) == 109
    assert sum(values(r).get("role") == ["intermediary"] for r in told.statements) == 215
    assert [(r.file, r.line, r.field) for r in told.rejected] == [("All-edges.csv.gz", 391, "start_date")]
    assert not told.unclean() and told.dangling() == set()
    with gzip.open(folder / "All-edges.csv.gz", "rt", encoding="utf-8") as stream:
        officers = [row for row in csv.DictReader(stream) if row["data.type"] == "is officer of"]
    linked = {(values(r)[a][0], values(r)[b][0]) for r in told.statements for a, b in
              (("owner", "asset"), ("director", "organization"), ("agent", "client"), ("subject", "object"),
               ("controller", "controlled")) if a in values(r)}  # fmt: skip
    assert {(row["source"], row["target"]) for row in officers} <= linked


def test_a_real_party_by_hand(shared_data: Path) -> None:
    told = Told(READER, shared_data / "ownership-panama")
    held = [(r.schema, values(r).get("startDate")) for r in told.statements
            if values(r).get("owner") == ["667755"] and values(r)["asset"] == ["51918"]]  # fmt: skip
    assert held == [("Ownership", ["2007-05-03"])]
    (company,) = (values(r) for r in told.statements if r.subject == "51918" and r.schema == "Company")
    assert company["name"] == ["RCD INTERNATIONAL LTD"]
    assert (company["jurisdiction"], company["incorporationDate"]) == (["BVI"], ["2007-02-12"])
    assert company["notes"] == ["struck off 2010-10-31", "inactive since 2010-11-09", "internal number: 586647"]
