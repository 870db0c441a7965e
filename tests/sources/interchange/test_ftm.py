"""FollowTheMoney JSON lines: flat and nested; what is unknown is named by line and property."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UnreadableFile
from counterflow.model.handling import EXERCISE, TLP, Label
from counterflow.model.source import Source
from counterflow.sources.interchange.ftm import READER
from counterflow.sources.interchange.marks import label_of
from counterflow.sources.reader import Head, Rejected, Statements
from sources.lists import Told, values

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ftm"
_KEYS = ["id", "schema", "properties", "name", "Person"]


def test_nested_entities_become_subjects_of_their_own() -> None:
    told = Told(READER, FIXTURES / "entities.ftm.json")
    assert told.parties() == {"Person": 1, "Vessel": 1}
    assert told["p1", "name"] == ["Harbour Master", "항구"]
    assert told["p1", "height"] == ["1.71"]
    assert (told["o1", "owner"], told["o1", "asset"]) == (["p1"], ["c1"])
    assert told["c1", "leiCode"] == ["253400V1H6ART1UQ0N98"]
    assert told["v1", "name"] == ["Example Star"]
    assert told.by_subject["v1"].line == 3
    assert told.dangling() == set()


def test_what_is_unknown_is_named_by_line_and_property() -> None:
    told = Told(READER, FIXTURES / "spoilt.ftm.json")
    found = [(r.line, r.field) for r in told.rejected]
    assert found == [
        (1, "shoeSize"),
        (2, "schema"),
        (3, "id"),
        (4, "schema"),
        (5, "properties"),
        (5, "name"),
        (5, "name"),
        (6, None),
        (7, None),
    ]
    assert told["p1", "name"] == ["Harbour Master"]


def test_a_line_beyond_all_measure_is_passed_over(tmp_path: Path) -> None:
    good = '{"id": "a", "schema": "Person", "properties": {"name": ["A"]}}\n'
    path = tmp_path / "long.json"
    path.write_text(good + '{"id": "' + "x" * (17 << 20) + '"}\n' + good.replace('"a"', '"b"'))
    told = Told(READER, path)
    assert list(told.by_subject) == ["a", "b"]
    (rejected,) = told.rejected
    assert rejected.line == 2


def test_deep_nesting_does_not_break_it(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    good = '{"id": "a", "schema": "Person", "properties": {"name": ["A"]}}\n'
    path.write_text(good + "[" * 100_000 + "\n" + good)
    told = Told(READER, path)
    assert [r.line for r in told.rejected] == [2]


def test_what_an_export_says_beside_the_properties_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    entity: dict[str, object] = {"id": "a", "schema": "Person", "properties": {"name": ["A"]}, "grade": "B2"}
    entity |= {"referents": ["ofac-1", "a"], "datasets": ["us_ofac", "eu_fsf"], "verified": False}
    entity["handling"] = "TLP:AMBER//REL FIU"
    path.write_text(json.dumps([entity, {**entity, "id": "b", "handling": "for friends"}]))
    source, person, refused = READER.read(path, {})
    assert isinstance(source, Source) and source.title == "eu_fsf+us_ofac"
    assert Label.from_dict(source.label or {}) == Label(TLP.AMBER, releasable_to=frozenset({"FIU"}))
    assert isinstance(person, Statements) and isinstance(refused, Rejected)
    assert (person.source_id, person.reliability, person.credibility, person.verified) == (source.id, "B", 2, False)
    assert values(person) == {"name": ["A"], "otherId": ["ofac-1"]}
    assert refused.field == "handling", "what may be meant for nobody's eyes is not read"


@pytest.mark.parametrize(
    "label",
    [Label(), Label(TLP.AMBER_STRICT), Label(TLP.GREEN).with_caveat(EXERCISE),
     Label(TLP.RED, compartments=frozenset({"X"})), Label(TLP.AMBER, releasable_to=frozenset({"FIU-A", "FIU-B"}))],
)  # fmt: skip
def test_a_printed_marking_is_read_as_it_was_meant(label: Label) -> None:
    assert label_of(label.text) == label


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("json") / "x.json"
    path.write_text(json.dumps(value))
    READER.recognises(Head("x", path.read_bytes(), path))
    try:
        records = list(READER.read(path, {}))
    except UnreadableFile:
        return
    assert all(r.reason for r in records if isinstance(r, Rejected))


@pytest.mark.parametrize(
    ("name", "parties"),
    [
        ("sa_wiki_peps_v2_2024-03", {"Person": 607, "Family": 756, "Occupancy": 102, "Position": 100}),
        ("yente_t1", {"Organization": 2, "Person": 4, "Address": 1}),
    ],
)
def test_real_files(shared_data: Path, name: str, parties: dict[str, int]) -> None:
    path = shared_data / "ftm-samples" / f"{name}.entities.ftm.json.gz"
    told = Told(READER, path)
    assert told.parties() == parties
    assert all(r.line and r.field for r in told.rejected)


def test_real_values_survive(shared_data: Path) -> None:
    """Every text of the file is either said or named in what was set aside."""
    import gzip

    path = shared_data / "ftm-samples" / "yente_zala.entities.ftm.json.gz"
    told = Told(READER, path)
    assert told.rejected == []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            entity = json.loads(line)
            for property, expected in entity["properties"].items():
                assert told[entity["id"], property] == [str(v).strip() for v in expected], (entity["id"], property)
