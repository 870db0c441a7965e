"""Beneficial ownership statements: every field, amended statements, parties that are withheld, and real examples."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.sources.ownership.bods import READER
from counterflow.sources.ownership.holding import bounds
from counterflow.sources.reader import Head, Rejected, read_head
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures" / "bods"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, FIXTURES / "statements.json")


def test_an_entity_over_two_statements_is_one_subject(told: Told) -> None:
    first, second = (r for r in told.statements if r.subject == "c1" and any(s.property == "name" for s in r.said))
    assert (first.schema, first.valid_to, second.valid_to) == ("Company", "2024-06-01", None)
    said = values(first)
    assert said["name"] == ["Example Shipping Ltd"]
    assert said["alias"] == ["예시 해운"]
    assert said["jurisdiction"] == ["GB"]
    assert (said["incorporationDate"], said["dissolutionDate"]) == (["2010-05-03"], ["2025-01"])
    assert said["registrationNumber"] == ["01234567"]
    assert said["leiCode"] == ["529900T8BM49AURSDO55"]
    assert said["topics"] == ["corp.public"]
    assert said["publisher"] == ["Example Register"]
    assert said["notes"] == [
        "formed by statute: Ports Act, 1990",
        "commenting: /, checked by hand, https://notes.example.org, A. Clerk, 2024-02-01",
    ]
    assert said["description"] == [
        "source: official register, verified; filed form; asserted by Harbour Filing Agents; retrieved 2024-02-28"
    ]
    assert values(second)["name"] == ["Example Maritime Ltd"]
    assert told["c1-security-GB0000000001", "isin"] == ["GB0000000001"]


def test_a_person(told: Told) -> None:
    assert told["p1", "name"] == ["Harbour Example Master"]
    assert (told["p1", "previousName"], told["p1", "alias"]) == (["Harbour Pilot"], ["항구"])
    assert (told["p1", "firstName"], told["p1", "fatherName"]) == (["Harbour"], ["Example"])
    assert told["p1", "birthDate"] == ["1963-08"]
    assert (told["p1", "birthPlace"], told["p1", "birthCountry"]) == (["Nampo"], ["KP"])
    assert told["p1", "nationality"] == ["GB", "Norway"]
    assert told["p1", "taxNumber"] == ["TX-9"]
    assert told["p1", "topics"] == ["role.pep"]
    (post,) = told.said("p1", "position")
    assert (post.value, post.valid_from, post.valid_to) == ("Minister of Ports", "2015-01-01", "2017-12-31")
    assert told.one("Passport")["number"] == ["X0000001"]
    assert [s.note for s in told.said("p1", "country")] == ["tax residence", None, "political exposure"]


def test_each_interest_is_a_relationship_with_its_own_bounds(told: Told) -> None:
    shares = values(told.by_subject["r1-s5-shareholding"])
    assert (shares["owner"], shares["asset"], shares["percentage"]) == (["p1"], ["c1"], [">25-50"])
    assert (shares["directness"], shares["beneficial"], shares["summary"]) == (["direct"], ["yes"], ["ordinary shares"])
    chair = values(told.by_subject["r1-s5-boardChair"])
    assert (chair["director"], chair["endDate"]) == (["p1"], ["2012-01-01"])
    assert "share: 30 %" in chair["description"]
    trust = values(told.by_subject["r2-settlor"])
    assert (trust["controlType"], trust["controlled"], trust["beneficial"]) == (["settlor"], ["c2"], ["no"])
    assert told["r5-unknownInterest", "object"] == ["c1"]


def test_an_amended_interest_ends_where_the_new_one_begins(told: Told) -> None:
    """40 % up to the day before; votes told anew are one holding, not two; what is no longer told ends at the date."""
    until = {r.subject: r.valid_to for r in told.statements if r.subject.startswith("r1")}
    assert until == {
        "r1-s5-shareholding": "2024-04-30",
        "r1-s5-boardChair": "2024-06-01",
        "r1-s5-rightsToProfitOrIncome": "2024-06-01",
        "r1-shareholding": "2024-09-01",
        "r1-votingRights": "2024-09-01",
    }
    assert told["r1-votingRights", "percentage"] == ["60"]
    remarks = [s.value for r in told.statements if r.subject == "r1-votingRights" for s in r.said]
    assert "as stated on 2024-01-15: 50-<75 % from 2010-05-03 held by p1" in remarks
    assert "as stated on 2024-06-01: 60 % from 2010-05-03 held by p1" in remarks


def test_amendments_without_dates_leave_no_half_told_relationship(tmp_path: Path) -> None:
    """Two holdings become one, one kind is told no more, and nothing says when: doubted, never in force as if nothing
    had happened; and each relationship has its two ends."""
    parties = [{"statementID": id, "statementType": f"{kind}Statement", "entityType": "registeredEntity"}
               for id, kind in (("e", "entity"), ("p", "person"))]  # fmt: skip
    ends = {"subject": {"describedByEntityStatement": "e"}, "interestedParty": {"describedByPersonStatement": "p"}}
    shares = [{"type": "shareholding", "share": {"exact": n}} for n in (10, 20)]
    old = {"statementID": "o", "statementType": "ownershipOrControlStatement", **ends,
           "interests": [*shares, {"type": "voting-rights"}]}  # fmt: skip
    new = {**old, "statementID": "n", "interests": [{"type": "shareholding", "share": {"exact": 30}}],
           "replacesStatements": ["o"]}  # fmt: skip
    path = tmp_path / "x.json"
    path.write_text(json.dumps([*parties, old, new]))
    told = Told(READER, path)
    ends_of = {r.subject: {s.property for s in r.said} for r in told.statements if r.schema in ("Ownership", "Control")}
    assert ends_of.keys() == {"o-o-votingRights", "o-shareholding"}
    assert told["o-shareholding", "percentage"] == ["30"] and told["o-shareholding", "owner"] == ["p"]
    assert told.by_subject["o-o-votingRights"].stance == "doubts"
    remarks = [s.value for r in told.statements if r.subject == "o-shareholding" for s in r.said]
    assert [r for r in remarks if r.startswith("as stated")] == [
        "as stated on an earlier date: 10 % held by p", "as stated on an earlier date: 20 % held by p",
    ]  # fmt: skip


def test_a_party_that_is_withheld_keeps_its_reason(told: Told) -> None:
    absent = [s.value for r in told.statements if r.subject == "c1" for s in r.said if s.property == "notes"]
    assert "interested party: no beneficial owners: nobody holds a quarter" in absent
    assert told["r4-shareholding", "owner"] == ["r4-party"]
    assert told["r4-party", "summary"] == ["subject unable to confirm or identify beneficial owner"]
    assert told["c9", "summary"] == ["named by a relationship, described by no statement of the file"]
    withheld = [values(r) for r in told.statements if r.subject == "p2"]
    assert withheld[0]["summary"] == ["anonymous person"]
    assert "record closed on 2024-09-01" in withheld[1]["notes"]
    assert told.dangling() == set()


def test_older_versions() -> None:
    told = Told(READER, FIXTURES / "lines_0.2.json")
    names = [(values(r)["name"], r.valid_to) for r in told.statements if r.schema == "Company"]
    assert names == [(["Example Quay AS"], "2021-01-01"), (["Example Quay Holding AS"], None)]
    old, new = (r for r in told.statements if r.schema == "Control")
    assert (old.subject, old.valid_to) == ("o-1-o-1-votingRights", "2020-11-30")
    assert values(old)["percentage"] == [">25-50"]
    assert (new.subject, values(new)["controlled"], values(new)["controller"]) == (
        "o-1-votingRights", ["e-1"], ["o-1-party"],
    )  # fmt: skip
    assert told["p-1", "birthPlace"] == ["Bergen"]
    assert told["p-1", "position"] == ["Mayor"]


def test_what_cannot_be_is_set_aside_and_the_rest_is_kept() -> None:
    told = Told(READER, FIXTURES / "spoilt.json")
    assert [r.field for r in told.rejected] == [
        "interests.share", "interests.share", "interests.share", "interests.type", "interests.share", "name",
        "entityType", "statementId", "recordType", "subject", None, "names", "birthDate",
    ]  # fmt: skip
    assert all(r.line for r in told.rejected)
    assert told["r1-shareholding", "owner"] == told["r1-shareholding", "asset"] == ["c1"], "a finding, not an error"
    (end,) = told.said("r1-shareholding-2", "endDate")
    assert (end.value, end.note) == ("2019-01-01", "as told, before its beginning")
    assert told["r1-unknownInterest", "summary"] == ["golden"]
    assert told["p1", "nationality"] == ["GB"]


@pytest.mark.parametrize(
    ("share", "text"),
    [({"exact": 50}, "50-50"), ({"minimum": 25}, "25-100"), ({"maximum": 25}, "0-25"),
     ({"exclusiveMinimum": 25}, ">25-100"), ({"exact": "12.5"}, "12.5-12.5"),
     ({"minimum": 25, "maximum": 50, "exclusiveMaximum": True}, "25-<50")],
)  # fmt: skip
def test_bounds(share: dict[str, Any], text: str) -> None:
    found, wrong = bounds(share)
    assert found is not None and wrong is None
    low, high = f"{'>' if found.low_open else ''}{found.low:g}", f"{'<' if found.high_open else ''}{found.high:g}"
    assert f"{low}-{high}" == text


@pytest.mark.parametrize(
    "share",
    [{"exact": float("nan")}, {"exact": 101}, {"exact": []}, {"minimum": 60, "maximum": 50}, "half", {"of": 1}],
)
def test_no_share_is_made_up(share: object) -> None:
    found, wrong = bounds(share)
    assert found is None and wrong


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_any_value_in_any_field_is_read_or_named(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One field of a good file replaced by anything: no other statement suffers."""
    rows = json.loads((FIXTURES / "statements.json").read_text("utf-8"))
    row = rows[data.draw(st.integers(0, len(rows) - 1))]
    at = row["recordDetails"] if data.draw(st.booleans()) else row
    at[data.draw(st.sampled_from(sorted(at)))] = data.draw(_JSON)
    path = tmp_path_factory.mktemp("bods") / "x.json"
    path.write_text(json.dumps(rows))
    READER.recognises(Head("x", path.read_bytes(), path))
    records = list(READER.read(path, {}))
    assert len({r.subject for r in records if not isinstance(r, Rejected)}) >= 10  # type: ignore[union-attr]


def test_a_header_of_an_object_does_not_hide_the_statements(tmp_path: Path) -> None:
    rows = json.loads((FIXTURES / "statements.json").read_text("utf-8"))
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"about": "a register", "statements": rows}))
    assert READER.recognises(read_head(path)) > 0.9
    assert len(Told(READER, path).statements) == len(Told(READER, FIXTURES / "statements.json").statements)
    path.write_text(json.dumps({"statements": []}))
    with pytest.raises(InputError):
        list(READER.read(path, {}))


# -- real files ------------------------------------------------------------------------------------------------------


def test_the_sample_of_the_standard(shared_data: Path) -> None:
    """300 statements: 100 entities, 100 persons, 100 relationships of one interest each."""
    told = Told(READER, shared_data / "ownership-bods" / "bods_0.4_sample_300_statements.json.gz")
    assert told.parties() == {"Company": 100, "Person": 100}
    assert sum(r.schema in ("Ownership", "Control", "Directorship", "UnknownLink") for r in told.statements) == 100
    assert told.rejected == [] and told.dangling() == set() and not told.unclean()
    one = values(told.by_subject["e39a21bd0c25-shareholding"])
    assert (one["owner"], one["asset"]) == (["e7207941d426"], ["afd20d6d732c"])
    assert (one["percentage"], one["startDate"], one["beneficial"]) == (["100"], ["2016-04-06"], ["yes"])


def test_all_worked_examples_are_read_whole(shared_data: Path) -> None:
    folder = shared_data / "ownership-bods" / "examples"
    files = sorted(folder.glob("*.json.gz"))
    assert len(files) == 20
    for path in files:
        assert READER.recognises(read_head(path)) > 0.9
        told = Told(READER, path)
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            rows = json.load(stream)
        given = {r["recordId"] for r in rows if r["recordType"] != "relationship"}
        assert {r.subject for r in told.statements if r.party} >= given, path.name
        assert told.rejected == [] and told.dangling() == set() and not told.unclean(), path.name


def test_a_company_that_changes_hands(shared_data: Path) -> None:
    """Counted by hand: 100 % from 2002, 40 and 60 from 2021-09-24, 30 and 70 from 2022-09-21, 80 from 2023-03."""
    told = Told(READER, shared_data / "ownership-bods" / "examples" / "tecido.json.gz")
    held = sorted(
        (values(r)["startDate"][0], r.valid_to, values(r)["owner"][0], values(r)["percentage"][0])
        for r in told.statements
        if r.schema == "Ownership" and any(s.property == "owner" for s in r.said)
    )
    assert held == [
        ("2002-03-09", "2021-09-23", "018AF6B3EB", "100"),
        ("2021-09-24", "2022-09-20", "018AF6B3EB", "40"),
        ("2021-09-24", "2022-09-20", "033E84672B", "60"),
        ("2022-09-21", "2023-02-28", "033E84672B", "70"),
        ("2022-09-21", "2023-03-03", "018AF6B3EB", "30"),
        ("2023-03-01", None, "033E84672B", "80"),
    ]
