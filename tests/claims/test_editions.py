"""Editions: the publisher's date orders them, whatever the order of arrival; three real UN lists."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.toy import FIRM, KIM, in_force, take
from counterflow.claims.editions import date_of, editions, pair, standing
from counterflow.claims.ingest import Store
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import TLP, Label
from counterflow.sources.descriptors import load
from counterflow.views.view import View
from counterflow.workspace import Workspace


def test_an_older_edition_that_comes_late_changes_nothing_and_is_kept(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, "# 2024-10-16", KIM)
    before = in_force(store)
    late = take(store, tmp_path, "# 2018-08-24", {**KIM, "birthDate": "1946"}, FIRM)
    assert (late.archived, late.edition, late.added, late.retracted) == (True, "2018-08-24", 0, 0)
    assert in_force(store) == before
    batches = store.casebook.batches()
    assert [(e.date, e.archived) for e in editions(batches, "toy")] == [("2018-08-24", True), ("2024-10-16", False)]
    now = standing(batches, "toy")
    assert now is not None and now.date == "2024-10-16"
    assert all(store.blobs.path(f["sha256"]).exists() for e in editions(batches, "toy") for f in e.files)


def test_reading_either_again_is_no_change(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, "# 2024-10-16", KIM)
    take(store, tmp_path, "# 2018-08-24", FIRM)
    for rows in (("# 2024-10-16", KIM), ("# 2018-08-24", FIRM)):
        assert take(store, tmp_path, *rows).unchanged
    assert len(store.casebook.batches()) == 2


def test_an_older_edition_is_taken_where_somebody_says_so(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, "# 2024-10-16", KIM)
    report = take(store, tmp_path, "# 2018-08-24", FIRM, accept=True)
    assert not report.archived and report.retracted == 2
    assert in_force(store) == {("toy:2", "name", "Zokwang")}


def test_a_date_that_is_given_counts_where_the_file_states_none(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, KIM, edition="2024-10")
    assert take(store, tmp_path, FIRM, edition="2024-09").archived
    assert not take(store, tmp_path, KIM, FIRM, edition="2024-10-02").archived, "within that month: it may be newer"
    assert not take(store, tmp_path, FIRM).archived, "without a date the order of arrival has to do"


ROWS = st.fixed_dictionaries(
    {"id": st.sampled_from("abcd"), "schema": st.just("Person"), "name": st.sampled_from(["Kim", "Ri", "Pak"])}
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_order_of_arrival_the_newest_edition_is_in_force(data: st.DataObject) -> None:
    contents = data.draw(st.lists(st.lists(ROWS, min_size=1, max_size=4), min_size=2, max_size=4))
    dated = [(f"# 20{n + 10}-01-01", *rows) for n, rows in enumerate(contents)]
    order = data.draw(st.permutations(dated))
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "w")
        for rows in order:
            take(workspace.store, Path(folder), *rows)
        newest = {(f"toy:{row['id']}", "name", row["name"]) for row in contents[-1]}
        assert in_force(workspace.store) == newest
        assert len(editions(workspace.store.casebook.batches(), "toy")) == len(dated)
        workspace.close()


def test_two_editions_by_their_dates(store: Store, tmp_path: Path) -> None:
    for day in ("2018-08-24", "2024-10-16", "2026-02-27"):
        take(store, tmp_path, f"# {day}", {**KIM, "notes": day})
    known = editions(store.casebook.batches(), "toy")

    def dates(first: str | None, last: str | None) -> list[str]:
        return [e.date for e in pair(known, "toy", first, last)]

    assert dates(None, None) == ["2024-10-16", "2026-02-27"]
    assert dates("2018", "2025-12-31") == ["2018-08-24", "2024-10-16"]
    assert dates("2026-02-27", "2018-08-24") == ["2026-02-27", "2018-08-24"], "backwards too"
    with pytest.raises(UsageError, match="no edition of 2017"):
        dates("2017", "2024")
    with pytest.raises(UsageError, match="'soon' is not a date"):
        dates("soon", "2024")
    with pytest.raises(NotFound):
        pair([], "toy", None, None)
    with pytest.raises(UsageError, match="one edition"):
        pair(known[:1], "toy", None, None)


@pytest.mark.parametrize(
    ("dataset", "text", "date"),
    [
        ("un", '<CONSOLIDATED_LIST xmlns:x="y" dateGenerated="2018-08-24T19:40:35.913-04:00">', "2018-08-24"),
        ("ofac", "<sdnList><publshInformation><Publish_Date>3/17/2020</Publish_Date>", "2020-03-17"),
        ("ofac", '<DateOfIssue CalendarTypeID="1">\n<Year>2024</Year>\n<Month>2</Month>\n<Day>23</Day>', "2024-02-23"),
        ("ofac-cons", "<dataAsOf>2025-01-10T00:00:00</dataAsOf>", "2025-01-10"),
        ("uk-conlist", "Last Updated,27/04/2020\nName 6,Name 1", "2020-04-27"),
        ("uk-sanctions-list", "Report Date: 08-Oct-2026\nLast Updated,Unique ID", "2026-10-08"),
        ("uk-sanctions-list", "Report Date: 08-Nix-2026\nLast Updated,Unique ID", None),
        ("uk-sanctions-list", "<Designations>\n  <DateGenerated>02/09/2026</DateGenerated>", "2026-09-02"),
        ("eu-fsf", "fileGenerationDate;Entity_LogicalId\n04/07/2018;13;EU.27.28", "2018-07-04"),
        ("ofac", "306,AEROCARIBBEAN AIRLINES", None),
        ("eu-fsf", '<export generationDate="2020-04-15T15:29:22.497+02:00">', "2020-04-15"),
        ("un", '<CONSOLIDATED_LIST dateGenerated="2018-13-44T00:00:00">', None),
        ("payments", "payment_id,timestamp", None),
    ],
)
def test_the_date_that_a_list_bears(dataset: str, text: str, date: str | None, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(text, encoding="utf-8")
    assert date_of(load(dataset), path) == date


# -- the real lists ----------------------------------------------------------------------------------------------------


def release(shared_data: Path, year: str) -> Path:
    return next((shared_data / "sanctions-un").glob(f"un_consolidated_{year}*"))


@pytest.fixture(scope="module")
def un(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """The three releases, ingested out of order."""
    workspace = Workspace.create(tmp_path_factory.mktemp("un") / "w")
    for year in ("2024", "2018", "2026"):
        workspace.ingest(release(shared_data, year))
    yield workspace.view()
    workspace.close()


def ids(path: Path) -> set[str]:
    """DATAIDs by a reading of our own: text between two tags."""
    import gzip
    import re

    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return {f"un:{i}" for i in re.findall(r"<DATAID>\s*(\d+)\s*</DATAID>", text)}


def by_change(found: dict[str, Any]) -> dict[str, set[str]]:
    words = ("added", "removed", "changed")
    return {word: {c["subject"] for c in found["changes"] if c["change"] == word} for word in words}


@pytest.mark.parametrize("years", list(itertools.combinations(("2018", "2024", "2026"), 2)))
def test_who_came_and_went_is_what_the_xml_says(un: View, shared_data: Path, years: tuple[str, str]) -> None:
    old, new = (ids(release(shared_data, year)) for year in years)
    found = un.diff("un", *years)
    changes = by_change(found)
    assert changes["added"] == new - old
    assert changes["removed"] == old - new
    assert changes["changed"] <= old & new
    assert (found["before"]["parties"], found["after"]["parties"]) == (len(old), len(new))
    assert found["counts"] == dict(Counter(c["change"] for c in found["changes"]))


def test_the_counts_that_the_readme_states(un: View) -> None:
    found = un.diff("un")
    assert (found["before"]["date"], found["after"]["date"]) == ("2024-10-16", "2026-02-27")
    assert (found["before"]["parties"], found["after"]["parties"]) == (877, 1003)
    assert found["counts"]["added"] - found["counts"]["removed"] == 1003 - 877
    assert not [c for c in found["changes"] if any(f["property"].startswith("mended") for f in c["fields"])]


def test_three_changes_read_by_hand_in_the_xml(un: View) -> None:
    """In 2026 the list tells birth dates of the person that in 2024 it told of an alias, and adds places of birth."""
    told = {
        c["subject"]: {f["property"]: (f["before"], f["after"]) for f in c["fields"]} for c in un.diff("un")["changes"]
    }
    assert told["un:110914"] == {"birthPlace": ([], ["Shinwar District, Nangarhar Province, Afghanistan"])}
    assert told["un:2999481"] == {
        "birthDate": ([f"{year} (under an alias)" for year in (1964, 1969, 1971)], ["1964", "1969", "1971"])
    }
    assert told["un:2981583"]["birthDate"] == (["1975 (under an alias)"], ["1975"])
    assert len(told["un:2981583"]["birthPlace"][1]) == 3


def test_backwards_is_the_same_the_other_way_round(un: View) -> None:
    there, back = un.diff("un", "2018", "2026"), un.diff("un", "2026", "2018")
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {word: by_change(there)[word] for word in mirrored} == {w: by_change(back)[m] for w, m in mirrored.items()}


def test_who_may_not_read_an_edition_does_not_learn_of_it(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace.store, tmp_path, "# 2024-01-01", KIM)
    take(workspace.store, tmp_path, "# 2024-02-01", KIM, FIRM)
    take(workspace.store, tmp_path, "# 2024-03-01", KIM, FIRM, {**KIM, "id": "9"}, label=Label(tlp=TLP.RED))
    take(workspace.store, tmp_path, "# 2023-01-01", {**KIM, "id": "8"}, label=Label(tlp=TLP.RED))
    public, owner = workspace.view("public"), workspace.view()
    assert public.diff("toy")["after"]["date"] == "2024-02-01"
    assert [e["date"] for e in public.sources()["datasets"][0]["editions"]] == ["2024-01-01", "2024-02-01"]
    assert owner.diff("toy")["after"]["date"] == "2024-03-01"
    with pytest.raises(UsageError, match="no edition of 2023"):
        public.diff("toy", "2023-06", "2024-02-01")
    workspace.close()
