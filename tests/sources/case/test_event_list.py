from pathlib import Path

import pytest

from counterflow.sources.case import facilities
from counterflow.sources.case.event_list import READER, _date
from counterflow.sources.reader import read_head
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9-Apr-84", "1984-04-09"), ("Sep-84", "1984-09"), ("3-May-23", "2023-05-03"), ("2/22/2022", None),
     ("2017", "2017"), ("12 February 2017", "2017-02-12"), ("31-Feb-17", None), ("", None)],
)  # fmt: skip
def test_dates_as_lists_write_them(text: str, expected: str | None) -> None:
    assert _date(text) == expected


def test_an_event_its_site_and_its_sources() -> None:
    told = Told(READER, FIXTURES / "event_list" / "cns.csv")
    assert told["event-1", "date"] == ["1984-04-09"]
    assert told["event-1", "location"] == ["Example Launching Ground, Example County"]
    assert told["event-1", "sourceUrl"] == ["http://example.org/a.pdf"]
    assert told["event-1", "notes"][0] == "A. Writer, Some Book, 1999"
    assert "Test Outcome: Success" in told["event-1", "notes"][1]
    assert told["event-2", "date"] == ["1984-09"]
    [site] = {r.subject: values(r) for r in told.statements if r.schema == "Facility"}.values()
    assert (site["name"], site["alias"], site["latitude"]) == (["Example Launching Ground"], ["Example-ri"], ["40.85"])
    assert [role for _, _, role in told.links("UnknownLink")] == ["took place at"] * 2


def test_an_event_without_a_day_that_exists_is_set_aside() -> None:
    told = Told(READER, FIXTURES / "event_list" / "spoilt.csv")
    [aside] = told.rejected
    assert (aside.line, aside.reason) == (2, "'2017-02-30' is not a date that exists")
    assert len(told.statements) == 1


def test_places_of_a_port_index(tmp_path: Path) -> None:
    told = Told(facilities.READER, FIXTURES / "facilities" / "good.csv")
    assert told["site-60000", "alias"] == ["Chinnampo"]
    assert (told["site-60000", "otherId"], told["site-60000", "latitude"]) == (["KP NAM"], ["38.72"])
    spoilt = Told(facilities.READER, FIXTURES / "facilities" / "spoilt.csv")
    assert [(r.line, r.reason) for r in spoilt.rejected] == [
        (3, "'95' is beyond ±90 degrees"), (4, "'here' is not in decimal degrees")]  # fmt: skip


def test_real_lists(shared_data: Path) -> None:
    folder = shared_data / "dprk-events"
    tests = Told(READER, folder / "cns_missile_tests.parquet")
    assert (tests.parties(), tests.rejected, tests.unclean()) == ({"Event": 245}, [], {})
    assert {"Event", "Facility", "UnknownLink"} <= {r.schema for r in tests.statements}
    assert sum(len(tests[r.subject, "date"][0]) == 7 for r in tests.statements if r.party) >= 6  # to the month
    provocations = Told(READER, folder / "csis_provocations_1958_2017.parquet")
    assert (provocations.parties(), provocations.rejected, provocations.unclean()) == ({"Event": 275}, [], {})
    assert READER.recognises(read_head(folder / "csis_provocations_1958_2017.parquet")) > 0.9
