"""The flagship case itself: every reference resolves, every system of the founding assessment is there, and what
contradicts stands side by side. Figures come from the tables, so that adding to the case breaks nothing.
"""

import csv
import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterflow.claims.builder import Builder
from counterflow.model.claim import Grade
from counterflow.model.dates import holds_on
from counterflow.model.handling import Label
from counterflow.model.source import Source
from counterflow.sources.case.case_csv import READER
from counterflow.sources.case.case_tables import TABLES
from counterflow.sources.reader import Rejected, Statements

CASE = Path(__file__).parents[1] / "examples" / "office39"
Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


T = {name: table(name) for name in TABLES}
SOURCES = {row["source_id"]: row for row in T["sources"]}
ENTITIES = {row["entity_id"]: row for row in T["entities"]}
RELATIONS = T["relations"]


def many(cell: str) -> set[str]:
    return {part.strip() for part in cell.split(";") if part.strip()}


def rows() -> Iterator[tuple[str, Row]]:
    """Every row that makes a statement, with the name of its table."""
    for name in TABLES:
        if name != "sources":
            yield from ((name, row) for row in T[name])


def related(subject: str, object: str, schema: str | None = None, source: str | None = None) -> list[Row]:
    return [
        r
        for r in RELATIONS
        if (r["subject_id"], r["object_id"]) == (subject, object)
        and schema in (None, r["schema"])
        and source in (None, r["source_id"])
    ]


# -- integrity ---------------------------------------------------------------------------------------------------------


def test_every_row_is_read_and_every_value_fits_the_vocabulary() -> None:
    descriptor = READER.describe(CASE)
    grade, label = Grade.parse(descriptor.grade), Label.from_dict(descriptor.label)
    builder = Builder(descriptor.dataset, CASE.name, descriptor, grade, label, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    records = list(READER.read(CASE, {}))
    for record in records:
        builder.take(record)
    builder.set_dangling_aside(set())
    assert list(builder.quarantine) == []
    assert not any(isinstance(r, Rejected) for r in records)
    assert sum(isinstance(r, Source) for r in records) == len(T["sources"])
    assert sum(isinstance(r, Statements) for r in records) == sum(1 for _ in rows())
    for rule in (r for r in descriptor.assertions if r.what != "lost"):  # which compares with an earlier edition
        assert {"parties": builder.parties, "entities": len(builder.subjects)}[rule.what] >= rule.minimum


def test_every_source_is_cited_or_is_an_endnote_or_a_resolution() -> None:
    cited = {row.get(column, "") for _, row in rows() for column in ("source_id", "origin_id")}
    cited |= {row["origin_id"] for row in T["sources"]}
    idle = set(SOURCES) - cited
    assert all(re.fullmatch(r"s-r\d{4}", key) for key in idle), idle


def test_no_chain_of_repetition_is_a_circle() -> None:
    for key in SOURCES:
        seen = [key]
        while origin := SOURCES[seen[-1]]["origin_id"]:
            assert origin not in seen, seen
            seen.append(origin)


def test_no_entity_stands_alone() -> None:
    mentioned = {row[c] for row in RELATIONS for c in ("subject_id", "object_id", "activity")}
    for name, columns in {"events": ("involved_ids", "activity"), "measures": ("target_ids", "activities"),
                          "estimates": ("about_ids", "activity")}.items():  # fmt: skip
        mentioned |= {value for row in T[name] for column in columns for value in many(row[column])}
    assert set(ENTITIES) - mentioned == set()


def test_what_rests_on_memory_is_marked() -> None:
    for name, row in rows():
        if row["source_id"] == "s-gk":
            assert row["verified"] == "general-knowledge", (name, row)
    assert SOURCES["s-gk"]["reliability"] == SOURCES["s-review"]["reliability"] == "F"
    for _, row in rows():
        if row["source_id"] == "s-review":
            assert int(row["credibility"]) >= 3 and row["note"]


def test_rival_accounts_come_in_twos_at_least_and_are_explained() -> None:
    groups: dict[str, int] = defaultdict(int)
    for _, row in rows():
        groups[row.get("conflict_group") or ""] += 1
    groups.pop("")
    assert {group: n for group, n in groups.items() if n < 2} == {}
    readme = (CASE / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (C\d+) \|", readme, re.MULTILINE)) == set(groups)


def test_no_row_is_repeated_under_another_id() -> None:
    for name, columns in TABLES.items():
        ids = {columns[0].name} if name != "facts" else set()
        same = [tuple(v for k, v in row.items() if k not in ids) for row in T[name]]
        assert len(set(same)) == len(same), name


def test_imo_numbers_carry_their_check_digit() -> None:
    for row in T["entities"]:
        if row["schema"] != "Vessel":
            continue
        for digits in re.findall(r"IMO (\d{7})", row["identifiers"]):
            assert sum(int(d) * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(digits[6]), row


def test_the_wording_is_our_own(shared_data: Path) -> None:
    """No run of six words of the founding document in what we wrote; titles and addresses of sources are quoted."""
    text = (shared_data / "founding-document" / "assessment-2017.txt").read_text(encoding="utf-8")
    theirs = set(_runs(text))
    ours = [cell for _, row in rows() for cell in row.values()] + [row["note"] for row in T["sources"]]
    ours.append((CASE / "README.md").read_text(encoding="utf-8"))
    assert {run for cell in ours for run in _runs(cell)} & theirs == set()


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return zip(*(itertools.islice(words, n, None) for n in range(6)), strict=False)


def test_numbers_of_the_lists_are_those_of_the_lists(shared_data: Path) -> None:
    """UN references and listing dates as in the consolidated list of 2026-02-27."""
    import gzip

    from lxml import etree

    path = shared_data / "sanctions-un" / "un_consolidated_2026-02-27.xml.gz"
    with gzip.open(path) as stream:
        tree = etree.fromstring(stream.read(), etree.XMLParser(resolve_entities=False, no_network=True))
    listed = {
        (item.findtext("REFERENCE_NUMBER") or "").strip(): (item.findtext("LISTED_ON") or "")[:10]
        for item in tree.iter("INDIVIDUAL", "ENTITY")
    }
    refs = {
        ref: row["entity_id"] for row in T["entities"] for ref in re.findall(r"UN (KP[ei]\.\d+)", row["identifiers"])
    }
    assert len(refs) > 100
    assert set(refs) <= set(listed)
    for row in RELATIONS:
        if row["schema"] == "Sanction" and row["subject_id"] == "un1718":
            assert refs[row["locator"]] == row["object_id"]
            assert row["start_date"] == listed[row["locator"]]


def test_every_activity_says_which_way_the_money_goes() -> None:
    for row in T["entities"]:
        if row["schema"] == "Activity":
            assert many(row["keywords"]) and many(row["keywords"]) <= {"income", "outlay", "handling", "total"}


# -- coverage of the founding assessment -------------------------------------------------------------------------------


def test_office_39_goes_by_all_its_names() -> None:
    names = {ENTITIES["office-39"]["name"], *many(ENTITIES["office-39"]["aliases"])}
    names |= {row["value"] for row in T["facts"] if row["entity_id"] == "office-39"}
    assert names >= {"Office 39", "39호실", "Room 39", "Bureau 39", "Office #39", "Central Committee Bureau 39"}
    assert "UN KPe.030" in ENTITIES["office-39"]["identifiers"]


def test_the_merger_is_seen_between_august_and_october_2016_with_its_rival_accounts() -> None:
    def state(day: str) -> set[str]:
        pair = {"office-38", "office-39", "kpa"}
        return {
            r["relation_id"]
            for r in RELATIONS
            if r["conflict_group"] in ("C02", "C03")
            and {r["subject_id"], r["object_id"]} <= pair
            and holds_on(r["start_date"] or None, r["end_date"] or None, day)
        }

    by = {r["relation_id"]: r for r in RELATIONS}
    before, after = state("2016-08"), state("2016-10")
    came = [by[key] for key in after - before]
    assert [(r["schema"], r["source_id"], r["origin_id"]) for r in came] == [("Succession", "s-kan2017", "s-en6")]
    assert {(by[key]["schema"], by[key]["subject_id"]) for key in before - after} == {("Control", "kpa")}
    rival = [by[key] for key in before & after if by[key]["source_id"] == "s-en6" and by[key]["schema"] == "Succession"]
    assert len(rival) == 1
    assert rival[0]["start_date"] == ""
    assert {r["conflict_group"] for r in (*came, *rival)} == {"C02"}


OFFICE_ACTIVITIES = (
    "narcotics", "currency-counterfeiting", "cigarette-counterfeiting", "arms", "automobiles", "laundering",
)  # fmt: skip


@pytest.mark.parametrize("activity", OFFICE_ACTIVITIES)
def test_each_activity_is_operated_estimated_or_seen(activity: str) -> None:
    assert ENTITIES[activity]["schema"] == "Activity"
    assert related("office-39", activity, "ProjectParticipant", "s-kan2017")
    assert len({r["subject_id"] for r in RELATIONS if r["object_id"] == activity}) >= 3
    assert [v for v in T["events"] if v["activity"] == activity]
    if activity not in ("automobiles", "laundering"):
        assert [e for e in T["estimates"] if e["activity"] == activity and e["kind"] in ("revenue", "profit")]
    if activity != "laundering":
        assert related("military-operatives", activity)
        assert related("dprk-diplomats", activity)


@pytest.mark.parametrize("bank", ["banks-cn", "banks-it", "banks-ru", "banks-africa"])
def test_money_runs_from_dummy_companies_through_banks_to_the_cash_box(bank: str) -> None:
    assert related("front-companies", bank, "Payment")
    assert related(bank, "office-39", "Payment")
    named = [r for r in RELATIONS if r["object_id"] == bank and r["subject_id"] != "front-companies"]
    assert named, "no bank or account of this group is known by more than the collective"


def test_operatives_hand_over_to_dummy_companies() -> None:
    for who in ("military-operatives", "dprk-diplomats"):
        assert related(who, "front-companies", "Payment")
    assert "corp.shell" in many(ENTITIES["front-companies"]["topics"])


@pytest.mark.parametrize(
    "recipient",
    ["elite-military", "elite-government", "elite-party", "security-organs", "missile-programme", "nuclear-programme"],
)
def test_the_cash_box_pays_elites_and_weapons_each_on_its_own(recipient: str) -> None:
    assert related("office-39", recipient, "Payment", "s-kan2017")


def test_criminal_partners_and_the_embassy_with_its_doubt() -> None:
    assert related("office-39", "ru-mafia", source="s-kan2017")
    accounts = related("office-39", "emb-ru-pyongyang")
    assert {r["stance"] for r in accounts} == {"asserts", "doubts"}
    assert all(int(r["credibility"]) >= 5 and r["conflict_group"] == "C36" for r in accounts)
    assert sum(key.startswith("emb-dprk-") for key in ENTITIES) >= 4


@pytest.mark.parametrize(
    ("name", "date", "activity"),
    [
        ("m-unscr2371", "2017-08-05", "coal"),
        ("m-unscr2375", "2017-09-11", "textiles"),
        ("m-eo13810", "2017-09-20", "textiles"),
        ("m-cn-oil", "2017-09-23", "oil"),
        ("m-cn-close", "2017-09-28", "laundering"),
        ("m-psi", "2003-05-31", "arms"),
        ("m-iai", "2001", "all-illicit"),
    ],
)
def test_each_measure_of_the_assessment(name: str, date: str, activity: str) -> None:
    [row] = [m for m in T["measures"] if m["measure_id"] == name]
    assert row["start_date"] == date
    assert activity in many(row["activities"])


def test_the_chinese_deadline_is_told_in_both_ways() -> None:
    accounts = [m for m in T["measures"] if m["conflict_group"] == "C22"]
    assert {m["source_id"] for m in accounts} == {"s-chinadaily-close", "s-kan2017"}


def test_defectors_are_witnesses_whose_story_counts_once() -> None:
    for witness in ("s-w-kimkj", "s-w-rijh"):
        assert SOURCES[witness]["kind"] == "interview"
        assert sum(row["origin_id"] == witness for row in T["sources"]) >= 3


ENDNOTES: dict[
    int, tuple[str, Callable[[Row], bool]]
] = {  # what the founding document rests on each endnote: a row that shows it
    1: ("facts", lambda r: (r["property"], r["value"]) == ("incorporationDate", "1974")),
    2: ("estimates", lambda r: r["activity"] == "all-illicit" and r["period"] == "cumulative"),
    3: ("relations", lambda r: r["subject_id"] == "front-companies" and r["object_id"] == "banks-it"),
    4: ("relations", lambda r: r["object_id"] == "ru-mafia"),
    5: ("facts", lambda r: r["value"] == "Kim's Cashbox"),
    6: ("relations", lambda r: r["schema"] == "Succession" and r["start_date"] == "2016-09"),
    7: ("relations", lambda r: r["schema"] == "Payment" and r["object_id"] == "missile-programme"),
    8: ("measures", lambda r: r["name"] == "Illicit Activities Initiative"),
    9: ("events", lambda r: r["kind"] == "defection" and "office-39" in r["involved_ids"]),
}


@pytest.mark.parametrize("number", ENDNOTES)
def test_each_endnote_is_a_source_and_carries_its_claim(number: int) -> None:
    key = f"s-en{number}"
    assert key in SOURCES
    name, shows = ENDNOTES[number]
    found = [r for r in T[name] if r["source_id"] == "s-kan2017" and r["origin_id"] == key and shows(r)]
    assert found
    assert all(r["locator"] == f"endnote {number}" for r in found)


def test_the_founding_document_is_never_its_own_witness_for_an_endnote() -> None:
    """A row located at an endnote names that endnote's source as origin, so repetition adds no weight."""
    for name, row in rows():
        if row["source_id"] == "s-kan2017" and row.get("locator", "").startswith("endnote "):
            assert row["origin_id"] == f"s-en{row['locator'].removeprefix('endnote ')}", (name, row)
