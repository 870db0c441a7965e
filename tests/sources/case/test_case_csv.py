"""Case folders: what is said comes out whole; what is wrong is named by file, line and field."""

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError, UnreadableFile, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.source import Source
from counterflow.sources.case.case_csv import READER
from counterflow.sources.case.case_tables import TABLES
from counterflow.sources.reader import Reader, Rejected, Statements, read_head

HARBOUR = Path(__file__).parents[2] / "fixtures" / "case" / "harbour"


def read(path: Path) -> tuple[dict[str, Statements], dict[str, Source], list[Rejected]]:
    """Statements by subject (facts by subject and property), sources by id, and what was set aside."""
    records = list(READER.read(path, {}))
    said: dict[str, Statements] = {}
    for r in records:
        if isinstance(r, Statements):
            said[r.subject if r.file != "facts.csv" else f"{r.subject}+{r.said[0].property}"] = r
    sources = {r.id: r for r in records if isinstance(r, Source)}
    return said, sources, [r for r in records if isinstance(r, Rejected)]


def values(record: Statements) -> dict[str, Any]:
    """property → its value, or list of values."""
    found: dict[str, list[str]] = {}
    for said in record.said:
        found.setdefault(said.property, []).append(said.value)
    return {key: many[0] if len(many) == 1 else many for key, many in found.items()}


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


def change(folder: Path, table: str, old: str, new: str) -> None:
    """Replace text that must be there."""
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# -- what a good folder says -------------------------------------------------------------------------------------------


def test_it_is_a_reader_that_knows_its_folders(tmp_path: Path) -> None:
    assert isinstance(READER, Reader)
    columns = {f"{table}.csv {column.name}" for table, all_ in TABLES.items() for column in all_}
    assert set(READER.fields) == columns
    for target in READER.fields.values():
        for kind, name in re.findall(r"\b([A-Z]\w+)\.([a-z]\w*)", target):
            assert name in vocabulary.get(kind).properties, target
    assert READER.recognises(read_head(HARBOUR)) > 0.9
    assert READER.recognises(read_head(HARBOUR / "sources.csv")) == 0
    assert READER.recognises(read_head(tmp_path)) == 0
    (tmp_path / "entities.csv").touch()
    assert 0 < READER.recognises(read_head(tmp_path)) < 0.9


def test_everything_in_a_good_folder_is_read() -> None:
    said, sources, rejected = read(HARBOUR)
    assert rejected == []
    assert list(sources) == ["s-list", "s-paper", "s-copy"]
    assert sources["s-paper"].reliability == "B"
    assert sources["s-paper"].note == "read in part; one unnamed official"
    assert sources["s-copy"].origin == "s-paper"
    assert {s.schema for s in said.values()} >= {"Ownership", "Sanction", "Measure", "Seizure", "Event", "Estimate"}


def test_an_entity_keeps_its_names_numbers_and_grade() -> None:
    said, _, _ = read(HARBOUR)
    office, trader = said["office"], said["trader"]
    assert values(office) == {
        "name": "Office Nine",
        "alias": ["Room 9", "9호실"],
        "country": "kp",
        "topics": ["gov", "sanction"],
        "summary": "Keeps the cash",
        "incorporationDate": "1974",
        "unscId": "KPe.999",
        "ofacId": "99999",
    }
    assert (office.source_id, office.credibility, office.note) == ("s-list", 1, "founding disputed")
    assert office.party
    assert values(trader)["swiftBic"] == "NINEKPPY"
    assert values(trader)["registrationNumber"] == "201318227N"
    assert values(trader)["uscCode"] == "91222401MA0Y31E659"
    assert values(said["ship"])["imoNumber"] == "9066978"
    assert values(said["ship"])["buildDate"] == "1990"
    assert values(said["captain"])["birthDate"] == ["1960-01-02", "1961"]
    assert not said["captain"].verified
    assert values(said["quay"])["full"] == "1 Quay Street, Porttown"
    assert values(said["arms"])["keywords"] == "income"


def test_a_fact_adds_to_an_entity_what_another_source_says() -> None:
    said, _, _ = read(HARBOUR)
    fact = said["office+alias"]
    assert (fact.schema, fact.source_id, fact.credibility) == ("Organization", "s-paper", 2)
    assert (fact.said[0].value, fact.said[0].lang) == ("Bureau Nine", "eng")
    assert fact.locator == "page 3 (facts.csv office alias)"


def test_a_relation_takes_its_ends_from_its_schema() -> None:
    said, _, _ = read(HARBOUR)
    owned = said["r-1"]
    assert values(owned) == {"owner": "office", "asset": "trader", "role": "owner", "startDate": "2004"}
    assert not owned.party
    assert owned.locator == "entry 9 (relations.csv r-1)"
    paid = said["r-4"]
    assert values(paid) == {
        "payer": "trader", "beneficiary": "office", "purpose": "hands over its takings", "amount": "1500000.5",
        "currency": "USD", "amountKind": "alleged", "startDate": "2016-09", "endDate": "2016-10-05",
        "activity": "arms", "jurisdiction": ["mo", "cn"],
    }  # fmt: skip
    assert (paid.valid_from, paid.valid_to) == ("2016-09", "2016-10-05")
    assert (paid.stance, paid.verified) == ("doubts", False)
    assert values(said["r-5"]) == {
        "authority": "Harbour Office",
        "entity": "trader",
        "program": "resolution 9",
        "startDate": "2016-03-02",
    }
    assert said["r-5"].stance == "asserts"
    assert values(said["r-6"])["relationship"] == "himself"
    assert values(said["r-7"])["controller"] == "elsewhere::boss"


def test_rival_accounts_stay_apart_and_repetition_names_its_origin() -> None:
    said, _, _ = read(HARBOUR)
    assert values(said["r-2"])["conflictGroup"] == values(said["r-3"])["conflictGroup"] == "C1"
    assert (said["r-2"].stance, said["r-3"].stance) == ("asserts", "denies")
    assert said["r-2"].origin == "s-paper"  # the source repeats another
    assert said["r-3"].origin is None
    assert said["r-4"].origin == "s-list"  # the row says so itself


def test_measures_events_and_estimates() -> None:
    said, _, _ = read(HARBOUR)
    assert values(said["m-1"]) == {
        "name": "Port ban", "authority": "Harbour Office", "startDate": "2016-03", "endDate": "2017",
        "scope": "all ports", "summary": "Keeps ships out", "activity": "arms", "keywords": ["shipping", "bank"],
        "jurisdiction": ["sg", "my"], "targetEntity": ["trader", "ship"],
    }  # fmt: skip
    assert said["ev-1"].schema == "Seizure"
    assert said["ev-2"].schema == "Event"
    assert values(said["ev-1"]) == {
        "name": "Arms found under sugar", "eventType": "seizure", "date": "2013-07-15", "location": "Porttown",
        "latitude": "9.36", "longitude": "-79.9", "geoPrecision": "place", "quantity": "474", "unit": "tonnes",
        "amountUsd": "18000000", "conflictGroup": "C2", "activity": "arms", "involved": ["ship", "trader"],
    }  # fmt: skip
    assert values(said["E1"]) == {
        "name": "Arms sales", "activity": "arms", "kind": "revenue", "low": "30", "high": "50.5", "unit": "million",
        "currency": "USD", "startDate": "2006", "endDate": "2007", "period": "per year",
        "basis": "a member of parliament", "subjectEntity": "office",
    }  # fmt: skip
    assert "low" not in values(said["E2"])


def test_the_folder_says_which_dataset_it_is(tmp_path: Path) -> None:
    described = READER.describe(HARBOUR)
    assert (described.dataset, described.grade, described.complete) == ("harbour", "C3", True)
    assert described.label == {"tlp": "TLP:GREEN"}
    bare = Path(shutil.copytree(HARBOUR, tmp_path / "My Case 2"))
    (bare / "case.yaml").unlink()
    assert READER.describe(bare).dataset == "my-case-2"


def test_rows_keep_their_locators_when_others_are_put_before_them(harbour: Path) -> None:
    before, _, _ = read(harbour)
    change(harbour, "relations", "r-1,", "r-0,Control,office,trader,,,,,,,,,s-list,,,1,asserts,yes,,\nr-1,")
    after, _, _ = read(harbour)
    assert {key: after[key].locator for key in before} == {key: record.locator for key, record in before.items()}


# -- what is wrong -----------------------------------------------------------------------------------------------------

WRONG = [
    # table, old text, new text, line, field, words of the reason, ids no longer read
    ("relations", "owner,2004", "owner,2004-13", 2, "start_date", "'2004-13' is not a date that exists", {"r-1"}),
    ("relations", "2016-09,2016-10-05", "2016-11,2016-10-05", 5, "end_date", "before start_date '2016-11'", {"r-4"}),
    ("relations", "r-2,", "r-1,", 3, "relation_id", "'r-1' is already the id of relations.csv line 2", {"r-2"}),
    ("relations", "r-2,", "office,", 3, "relation_id", "already the id of entities.csv line 2", {"r-2"}),
    ("relations", "office,trader,owner", "offise,trader,owner", 2, "subject_id", "Did you mean 'office'?", {"r-1"}),
    ("relations", "s-list,,entry 9", "s-lost,,entry 9", 2, "source_id", "no source of sources.csv", {"r-1"}),
    ("relations", "s-copy,s-list", "s-copy,s-lost", 5, "origin_id", "no source of sources.csv", {"r-4"}),
    ("relations", "Ownership", "Ownreship", 2, "schema", "no schema. Did you mean 'Ownership'?", {"r-1"}),
    ("relations", "Ownership", "Company", 2, "schema", "no relationship; it belongs in entities.csv", {"r-1"}),
    ("relations", "Ownership,office,trader", "Ownership,ship,trader", 2, "subject_id", "a Vessel; the owner", {"r-1"}),
    ("relations", "entry 9,1,", "entry 9,7,", 2, "credibility", "'7' is not known here.", {"r-1"}),
    ("relations", "4,denies", "4,denys", 4, "stance", "Did you mean 'denies'?", {"r-3"}),
    ("relations", "1500000.5", '"1,500,000"', 5, "amount", "is not a number", {"r-4"}),
    ("relations", ",arms,mo", ",alms,mo", 5, "activity", "no Activity of entities.csv. Did you mean 'arms'?", {"r-4"}),
    ("relations", "himself,", "himself,,", 7, None, "21 cells where the header has 20", {"r-6"}),
    ("entities", "ship,Vessel", "ship,Vesel", 4, "schema", "Did you mean 'Vessel'?", {"ship", "ev-1", "m-1"}),
    ("entities", "ship,Vessel", "ship,Ownership", 4, "schema", "it belongs in relations.csv", {"ship", "ev-1", "m-1"}),
    ("entities", "ship,Vessel", "ship,Thing", 4, "schema", "'Thing' is no kind of entity", {"ship", "ev-1", "m-1"}),
    ("entities", "9066978,1990", "9066978,19990", 4, "date", "'19990' is not a date", {"ship", "ev-1", "m-1"}),
    ("entities", "IMO 9066978", "IMMO 9066978", 4, "identifiers", "no identifier; write its scheme", set()),
    ("entities", "IMO 9066978", "LEI 9066978", 4, "identifiers", "a Vessel has no leiCode", set()),
    ("entities", "3,general-knowledge", "3,hearsay", 5, "verified", "Valid: yes, general-knowledge", None),
    ("facts", "office,alias", "office,aliias", 2, "property", "Did you mean 'alias'?", {"office+alias"}),
    ("facts", "office,alias", "elsewhere::boss,alias", 2, "entity_id", "belongs to another dataset", {"office+alias"}),
    ("measures", "trader;ship", "trader;shop", 2, "target_ids", "'shop' is no entity", {"m-1"}),
    ("events", "9.36,", "99.36,", 2, "latitude", "between -90 and 90", {"ev-1"}),
    ("events", "-79.9,place", "-79.9,roughly", 2, "geo_precision", "Valid: exact, place, approx, none", {"ev-1"}),
    ("estimates", "30,50.5", "60,50.5", 2, "high", "less than low '60'", {"E1"}),
    ("estimates", "30,50.5", "nan,50.5", 2, "low", "is not a number", {"E1"}),
    ("estimates", "revenue,,100", ",,100", 3, "kind", "is empty", {"E2"}),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "line", "field", "reason", "gone"), WRONG)
def test_a_wrong_row_is_set_aside_and_the_others_go_on(
    harbour: Path, table: str, old: str, new: str, line: int, field: str | None, reason: str, gone: set[str] | None
) -> None:
    good, _, _ = read(harbour)
    change(harbour, table, old, new)
    said, _, rejected = read(harbour)
    first = next(r for r in rejected if r.file == f"{table}.csv")
    assert (first.line, first.field) == (line, field)
    assert reason in first.reason
    if gone is not None:
        assert set(good) - set(said) == gone
    assert all(r.file and r.line for r in rejected)


def test_a_rejected_source_takes_along_what_rests_on_it(harbour: Path) -> None:
    change(harbour, "sources", "article,B", "article,G")
    said, sources, rejected = read(harbour)
    assert list(sources) == ["s-list"]  # s-copy repeats the rejected one
    assert rejected[0].reason.startswith("'G' is not known here. Valid: A, B")
    assert {"office", "trader", "r-1", "r-5"} == set(said) - {"quay", "regulator"}
    assert {r.field for r in rejected} >= {"reliability", "origin_id", "source_id"}


def test_a_repeated_source_id_names_both_lines(harbour: Path) -> None:
    change(harbour, "sources", "s-copy,", "s-list,")
    _, sources, rejected = read(harbour)
    assert sources["s-list"].kind == "designation"
    [again] = [r for r in rejected if r.file == "sources.csv"]
    assert (again.line, again.field) == (4, "source_id")
    assert "sources.csv line 2" in again.reason


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("entity_id", "entityid", "entity_id", "is it the one called 'entityid'?"),
        ("credibility", "entity_id", "entity_id", "two columns are called 'entity_id'"),
    ],
)
def test_wrong_columns_of_a_table_that_a_case_needs_stop_it(
    harbour: Path, old: str, new: str, field: str, words: str
) -> None:
    change(harbour, "entities", old, new)
    with pytest.raises(UnreadableFile) as e:
        read(harbour)
    assert (e.value.field, e.value.line) == (field, 1)
    assert e.value.file.endswith("entities.csv")
    assert words in e.value.reason


def test_wrong_columns_of_another_table_leave_it_out_whole(harbour: Path) -> None:
    change(harbour, "events", "event_id", "id")
    said, _, rejected = read(harbour)
    assert not {"ev-1", "ev-2"} & set(said)
    assert "E1" in said
    [whole] = rejected
    assert (whole.file, whole.line, whole.field) == ("events.csv", 1, "event_id")


def test_an_unknown_column_is_named_and_the_rows_are_read(harbour: Path) -> None:
    change(harbour, "entities", "aliases", "alias")
    said, _, [unknown] = read(harbour)
    assert (unknown.file, unknown.line, unknown.field) == ("entities.csv", 1, "alias")
    assert "Did you mean 'aliases'?" in unknown.reason
    assert "office" in said


@pytest.mark.parametrize("table", ["sources", "entities"])
@pytest.mark.parametrize("content", [None, "", "\n\n", "\0\0", "just some text\nand more"])
def test_what_is_no_case_is_refused(harbour: Path, table: str, content: str | None) -> None:
    path = harbour / f"{table}.csv"
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile) as e:
        read(harbour)
    assert e.value.file.endswith(f"{table}.csv")


def test_a_file_or_nothing_is_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", HARBOUR / "sources.csv"):
        with pytest.raises(UnreadableFile, match="a case is a folder"):
            read(path)


def test_a_misspelt_table_is_named(harbour: Path) -> None:
    (harbour / "events.csv").rename(harbour / "event.csv")
    _, _, [stray] = read(harbour)
    assert (stray.file, stray.line) == ("event.csv", None)
    assert "Did you mean 'events'?" in stray.reason


def test_bytes_that_are_no_text_reject_their_row_only(harbour: Path) -> None:
    path = harbour / "relations.csv"
    path.write_bytes(path.read_bytes().replace(b"hands over", b"h\xe4nds over"))
    said, _, [bad] = read(harbour)
    assert (bad.line, bad.field, bad.file) == (5, "role", "relations.csv")
    assert "UTF-8" in bad.reason
    assert {"r-3", "r-5"} <= set(said)


def test_an_open_quote_ends_the_table_there(harbour: Path) -> None:
    change(harbour, "relations", "hands over", '"hands over')
    said, _, rejected = read(harbour)
    assert {"r-1", "r-2", "r-3"} <= set(said)
    assert "r-5" not in said
    assert (rejected[0].file, rejected[0].line) == ("relations.csv", 5)
    assert "unreadable from here on" in rejected[0].reason


def test_lines_are_those_of_the_file(harbour: Path) -> None:
    change(harbour, "relations", "r-2,", "\n\nr-2,")
    change(harbour, "relations", "says its director", '"says\nits director"')
    change(harbour, "relations", "r-5,Sanction", "r-5,Sanctoin")
    _, _, [bad] = read(harbour)
    assert bad.line == 9
    text = (harbour / "relations.csv").read_text().splitlines()
    assert text[bad.line - 1].startswith("r-5,")


def test_a_case_without_activities_may_name_any(harbour: Path) -> None:
    for table in ("relations", "measures", "events", "estimates"):
        (harbour / f"{table}.csv").unlink()
    change(harbour, "entities", "arms,Activity", "arms,Organization")
    (harbour / "relations.csv").write_text(
        "relation_id,schema,subject_id,object_id,activity,source_id\nr-1,Ownership,office,trader,anything,s-list\n"
    )
    said, _, rejected = read(harbour)
    assert rejected == []
    assert values(said["r-1"])["activity"] == "anything"


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("dataset: Two Words", "dataset", "no dataset id"),
        ("datset: x", "datset", "Did you mean 'dataset'?"),
        ("grade: Z9", "grade", "Admiralty"),
        ("label: {tlp: PURPLE}", "label", "TLP"),
        ("label: secret", "label", ""),
        ("- a list", None, "keys and values"),
        ("dataset: [", None, "no YAML"),
    ],
)
def test_a_wrong_case_yaml_is_refused(harbour: Path, text: str, field: str | None, words: str) -> None:
    (harbour / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as e:
        list(READER.read(harbour, {}))
    assert e.value.file.endswith("case.yaml")
    assert e.value.field == field
    assert words in e.value.reason


def test_there_are_no_options() -> None:
    with pytest.raises(UsageError, match="mapping"):
        list(READER.read(HARBOUR, {"mapping": {}}))


cells = st.lists(st.text(max_size=12), min_size=0, max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(cells, max_size=5), st.sampled_from(["sources", "entities", "relations", "events"]))
def test_whatever_rows_say_the_good_ones_come_out_and_each_bad_one_is_named(
    tmp_path: Path, added: list[list[str]], table: str
) -> None:
    shutil.rmtree(tmp_path / "fuzz", ignore_errors=True)
    folder = Path(shutil.copytree(HARBOUR, tmp_path / "fuzz"))
    good, sources, _ = read(folder)
    with (folder / f"{table}.csv").open("a", encoding="utf-8", errors="replace", newline="") as stream:
        csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(added)
    if "\0" in (folder / f"{table}.csv").read_text(encoding="utf-8", errors="replace"):
        return  # refused as a whole, tested above
    said, after, rejected = read(folder)
    assert set(said) == set(good)
    assert set(after) == set(sources)
    assert all(r.file == f"{table}.csv" and r.line for r in rejected)
    assert len(rejected) <= len(added)
    filled = [row for row in added if any(cell.strip() for cell in row)]
    assert bool(rejected) == bool(filled)
