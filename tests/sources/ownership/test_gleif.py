"""GLEIF: the same record in four forms, names in their languages, relationships with their periods, exceptions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.sources.ownership.gleif import READER
from counterflow.sources.reader import Head, Rejected, Statements
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures" / "gleif"
SHIPPING, MINISTRY, MARITIME = "529900T8BM49AURSDO55", "213800WSGIIZCXF1P572", "5493006MHB84DD0ZWV18"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, FIXTURES / "lei.xml")


@pytest.fixture(scope="module")
def links() -> Told:
    return Told(READER, FIXTURES / "rr.xml")


def test_names_keep_their_language_and_kind(told: Told) -> None:
    found = [(s.property, s.value, s.lang, s.note) for r in told.statements[:1] for s in r.said if s.property in
             ("name", "alias", "previousName")]  # fmt: skip
    assert found == [
        ("name", "예시 해운 주식회사", "kor", None),
        ("name", "Example Shipping Co., Ltd.", "eng", "alternative language legal name"),
        ("previousName", "예시 상선", "kor", "previous legal name"),
        ("alias", "Example Lines", "eng", "trading or operating name"),
        ("alias", "yesi haeun jusikhoesa", None, "auto ascii transliterated legal name"),
    ]


def test_an_entity(told: Told) -> None:
    assert told.parties() == {"Company": 1, "PublicBody": 1}
    assert told[SHIPPING, "leiCode"] == [SHIPPING]
    (number,) = told.said(SHIPPING, "registrationNumber")
    assert (number.value, number.note) == ("110111-0000001", "RA000657")
    assert told[SHIPPING, "legalForm"] == ["ELF J3L3"]
    assert told[SHIPPING, "status"] == ["inactive", "LEI retired"]
    assert told[SHIPPING, "incorporationDate"] == ["1999-09-09T00:00:00+09:00"]
    assert told[SHIPPING, "notes"] == [
        "ended: corporate action",
        "event: mergers and acquisitions, completed, effective 2023-12-31, recorded 2024-01-10, standalone, "
        "supporting documents",
        "registration: to be renewed by 2024-02-03, validation fully corroborated, by RA000657 110111-0000001",
    ]
    assert [s.note for s in told.said(SHIPPING, "address")] == [
        "legal address", "headquarters", "alternative language legal address",
    ]  # fmt: skip
    place = values(told.by_subject[told[SHIPPING, "addressEntity"][0]])
    assert (place["street2"], place["region"]) == (["Harbour House, 4th floor"], ["KR-26"])
    assert place["remarks"] == ["number 1, within building 4-B, mail routing Box 9"]
    (place_of_law,) = told.said(MINISTRY, "jurisdiction")
    assert (place_of_law.value, place_of_law.original) == ("US", "US-DE")
    assert told[MINISTRY, "classification"] == ["resident government entity", "central government"]


def test_successors_and_families(told: Told) -> None:
    after = [values(r) for r in told.statements if r.schema == "Succession"]
    assert [a["predecessor"] for a in after] == [[SHIPPING], [SHIPPING]]
    assert after[0]["successor"] == [MARITIME]
    assert told[after[1]["successor"][0], "name"] == ["Example Ports"]
    assert after[0]["date"] == ["2023-12-31T00:00:00Z"]
    assert told.links("UnknownLink") == [(SHIPPING, MINISTRY, "fund family")]
    assert told.dangling() == set()


@pytest.mark.parametrize("other", ["lei.json", "lei.csv", "rr.json", "rr.csv", "repex.csv"])
def test_every_form_says_the_same(other: str) -> None:
    xml = Told(READER, FIXTURES / f"{other.partition('.')[0]}.xml")
    form = Told(READER, FIXTURES / other)
    assert [(r.subject, r.schema, r.said) for r in form.statements] == [
        (r.subject, r.schema, r.said) for r in xml.statements
    ]
    assert form.rejected == xml.rejected == []


def test_consolidation_is_ownership_with_its_own_period(links: Told) -> None:
    direct = links.by_subject[f"{SHIPPING}-is-directly-consolidated-by-{MARITIME}"]
    said = values(direct)
    assert (said["owner"], said["asset"]) == ([f"gleif::{MARITIME}"], [f"gleif::{SHIPPING}"])
    assert (said["startDate"], said["endDate"]) == (["2016-06-06T00:00:00Z"], ["2020-01-31T00:00:00Z"])
    assert (said["percentage"], said["directness"]) == (["75.5"], ["direct"])
    assert said["ownershipType"] == ["accountingConsolidation"]
    assert said["description"][:3] == [
        "accounting period: 2018-01-01 to 2018-12-31", "accounting standard: IFRS",
        "measured: accounting consolidation 75.5 percentage",
    ]  # fmt: skip
    assert said["sourceUrl"] == ["https://filings.example.org/1"]
    ultimate = links.by_subject[f"{SHIPPING}-is-ultimately-consolidated-by-{MINISTRY}"]
    assert values(ultimate)["directness"] == ["indirect"]
    assert (ultimate.valid_to, ultimate.note) == ("2021-03-04", "inactive by then; its end is not told")


def test_other_relationships(links: Told) -> None:
    branch = links.by_subject[f"549300FF2KD1XH54I851-is-international-branch-of-{MINISTRY}"]
    assert (values(branch)["percentage"], branch.stance) == (["100"], "doubts"), "whole, and the record annulled"
    fund = values(links.by_subject[f"549300FF2KD1XH54I851-is-fund-managed-by-{MARITIME}"])
    assert (fund["controller"], fund["controlType"]) == ([f"gleif::{MARITIME}"], ["otherInfluenceOrControl"])
    feeder = values(links.by_subject["549300FF2KD1XH54I851-is-feeder-to-FUND-77"])
    assert feeder["subject"] == ["OTHER-FUND-77"]
    assert links["OTHER-FUND-77", "idNumber"] == ["FUND-77"]


def test_a_parent_that_is_withheld_is_an_owner_without_name() -> None:
    told = Told(READER, FIXTURES / "repex.xml")
    notes = [s.value for r in told.statements if r.party for s in r.said if s.property == "notes"]
    assert notes == [
        "no direct accounting consolidation parent reported: no known person",
        "no ultimate accounting consolidation parent reported: non public; legal obstacles",
        "reference for the missing ultimate accounting consolidation parent: Example Secrecy Act, section 4",
    ]
    owned = told.one("Ownership")
    assert owned["asset"] == [f"gleif::{SHIPPING}"]
    assert owned["directness"] == ["indirect"]
    assert told[owned["owner"][0], "summary"][0].endswith("not reported: non public; legal obstacles")


def test_each_file_is_a_dataset_and_only_a_full_one_withdraws() -> None:
    found = {n: READER.describe(FIXTURES / n) for n in ("lei.xml", "rr.xml", "repex.xml", "lei.csv", "rr.json")}
    assert [(d.dataset, d.complete) for d in found.values()] == [
        ("gleif", True), ("gleif-rr", True), ("gleif-repex", False), ("gleif", False), ("gleif-rr", False),
    ]  # fmt: skip


def test_what_cannot_be_is_set_aside_and_the_rest_is_kept() -> None:
    told = Told(READER, FIXTURES / "spoilt.json")
    assert [(r.line, r.field) for r in told.rejected] == [
        (2, "EntityCategory"), (2, "LegalForm.OtherLegalForm"), (3, "LEI"), (4, None), (5, "EndNode"),
        (6, "QuantifierAmount"), (7, "ExceptionCategory"),
    ]  # fmt: skip
    own = told.one("Ownership")
    assert own["owner"] == own["asset"], "a finding about the data, not an error"
    assert own["endDate"] == ["2019-05-01"]
    assert told[SHIPPING, "name"] == ["Good Ltd"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["$", "@type", "LEI", "x"]), inner),
    max_leaves=6,
)


@given(data=st.data())
def test_any_value_in_any_field_is_read_or_named(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows: list[Any] = json.loads((FIXTURES / "lei.json").read_text("utf-8"))["records"]
    at = rows[0]
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in at.values() if isinstance(value, dict)]
        at = data.draw(st.sampled_from(inner)) if inner else at
    at[data.draw(st.sampled_from(sorted(at)))] = data.draw(_JSON)
    path = tmp_path_factory.mktemp("gleif") / "x.json"
    path.write_text(json.dumps(rows[::-1]))
    READER.recognises(Head("x", path.read_bytes(), path))
    records = list(READER.read(path, {}))
    assert MINISTRY in {r.subject for r in records if isinstance(r, Statements)}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("gleif") / "x"
    path.write_bytes(b"LEI,Entity.LegalName\n" + content)
    try:
        records = list(READER.read(path, {}))
    except InputError:
        return
    assert all(isinstance(r, (Statements, Rejected)) for r in records)


# -- real files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parties"),
    [("lei-data.xml", {"Company": 13}), ("lei-data.json", {"Company": 13}),
     ("rr-data.xml", {"Control": 8, "Ownership": 2}), ("rr-data.json", {"Control": 8, "Ownership": 2}),
     ("repex-data.xml", {"LegalEntity": 10}), ("repex-data.json", {"LegalEntity": 10})],
)  # fmt: skip
def test_real_files(shared_data: Path, name: str, parties: dict[str, int]) -> None:
    """13 LEI records, 10 relationships (8 of funds, 2 consolidations), 10 exceptions; XML and JSON alike."""
    told = Told(READER, shared_data / "ownership-gleif" / f"{name}.gz")
    assert told.parties() == parties
    assert told.rejected == [] and not told.unclean()


def test_a_real_record_by_hand(shared_data: Path) -> None:
    told = Told(READER, shared_data / "ownership-gleif" / "lei-data.xml.gz")
    lei = "004L5FPTUREIWK9T2N63"
    assert told[lei, "name"] == ["Hutchin Hill Capital, LP"]
    assert told[lei, "registrationNumber"] == ["4386463"]
    assert told[lei, "status"] == ["active", "LEI lapsed"]
    assert told[lei, "address"][1] == "22nd Floor, 888 7th Avenue, New York, US-NY, 10106, US"
    links = Told(READER, shared_data / "ownership-gleif" / "rr-data.xml.gz")
    owned = [(values(r)["owner"][0], r.said[1].value, values(r)["directness"][0]) for r in links.statements
             if r.schema == "Ownership"]  # fmt: skip
    assert owned == [
        ("gleif::ZZG38T0MDR3QY1ETUA76", "gleif::010CMKZ3VON21WF2ZD45", "direct"),
        ("gleif::3C7474T6CDKPR9K6YT90", "gleif::010CMKZ3VON21WF2ZD45", "indirect"),
    ]


def test_every_text_of_the_real_records_arrives(shared_data: Path) -> None:
    """Each leaf of level 1, but what the reader's page leaves out, is in some value, note or language."""
    with gzip.open(shared_data / "ownership-gleif" / "lei-data.json.gz", "rt", encoding="utf-8") as stream:
        rows = json.load(stream)
    told = Told(READER, shared_data / "ownership-gleif" / "lei-data.json.gz")
    text = " ".join(f"{s.value} {s.original or ''} {s.note or ''}" for r in told.statements for s in r.said).casefold()

    def leaves(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [leaf for inner in value.values() for leaf in leaves(inner)]
        return [leaf for inner in value for leaf in leaves(inner)] if isinstance(value, list) else [str(value)]

    found = {leaf for leaf in leaves(rows) if not leaf.startswith("EVK")}
    lost = [
        leaf for leaf in found
        if not any(form in text for form in (leaf.casefold(), leaf.casefold().replace("_", " "), leaf[:10].casefold()))
    ]  # fmt: skip
    assert not lost
