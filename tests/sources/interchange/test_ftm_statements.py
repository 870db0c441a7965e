"""FollowTheMoney statements: every form says the same, mergers are evidence, and an export comes back whole."""

from __future__ import annotations

import csv
import io
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.casework.export import Tally
from counterflow.casework.exporters import ftm_statements as exporter
from counterflow.casework.selection import Selection
from counterflow.errors import InputError
from counterflow.model.handling import TLP, Label
from counterflow.model.source import Source
from counterflow.sources.interchange.ftm_statements import READER
from counterflow.sources.reader import Head, Rejected, Statements, read_head
from counterflow.testing import ExporterContract
from sources.lists import Told

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ftm_statements"


@pytest.fixture(scope="module")
def told() -> Told:
    return Told(READER, FIXTURES / "statements.csv")


def test_a_statement_is_a_claim(told: Told) -> None:
    assert told.parties() == {"Person": 2, "Company": 1, "Ownership": 1}
    first, second = told.said("ex-1", "name")
    assert (first.value, first.lang, first.source_id) == ("Harbour Master", "eng", "ex_list/sheet")
    assert (second.value, second.lang, second.source_id) == ("항구장", "kor", "ex_list")
    (born,) = told.said("ex-1", "birthDate")
    assert (born.value, born.original, born.note) == ("1963-08", "Aug 1963", "first seen by the publisher 2024-01-02")
    assert told["ex-2", "notes"] == ["two\nlines"]
    assert told["ex-2", "registrationNumber"] == ["=1+1"]
    assert told.rejected == []


def test_a_merger_of_the_publisher_is_evidence_and_references_lead_to_what_the_source_named(told: Told) -> None:
    assert told["ex-1", "otherId"] == told["reg-7", "otherId"] == ["NK-1"]
    assert not told.said("ex-2", "otherId")
    assert (told["ex-3", "owner"], told["ex-3", "asset"]) == (["ex-1"], ["ex-2"])
    (doubtful,) = told.said("reg-7", "nationality")
    assert doubtful.note is not None and doubtful.note.endswith("not yet accepted by the publisher")
    assert told.dangling() == set()


def test_json_and_packs_say_the_same(told: Told) -> None:
    lines = Told(READER, FIXTURES / "statements.json").statements
    assert [(r.subject, r.schema, r.said) for r in lines] == [(r.subject, r.schema, r.said) for r in told.statements]
    pack = Told(READER, FIXTURES / "statements.pack")
    assert pack["ex-2", "name"] == told["ex-2", "name"]
    assert [s.source_id for s in pack.said("ex-1", "name")] == ["ex_list/sheet", "ex_list"]
    assert not pack.said("ex-1", "otherId"), "a pack does not know of mergers"


def test_a_pack_without_header(tmp_path: Path) -> None:
    path = tmp_path / "old.pack"
    path.write_text("a,Person:name,Harbour,x,,,t,,2024-01-01,2024-02-01\nb,Person:name,Pier,x,,,f,,,\n")
    assert READER.recognises(read_head(path)) == 0.8
    told = Told(READER, path)
    assert (told["a", "name"], told["b", "name"]) == (["Harbour"], ["Pier"])


def test_what_cannot_be_read_is_set_aside() -> None:
    path = FIXTURES / "spoilt.csv"
    told = Told(READER, path)
    assert [(r.line, r.field) for r in told.rejected] == [
        (3, "prop"), (4, "schema"), (5, "entity_id"), (6, "value"), (7, "handling"), (8, None),
    ]  # fmt: skip
    (said,) = told.said("g", "name")
    assert (said.value, said.reliability, said.credibility, said.verified) == ("=cmd", "A", 1, False)
    marked = next(r for r in READER.read(path, {}) if isinstance(r, Source) and r.id == said.source_id)
    assert Label.from_dict(marked.label or {}) == Label(TLP.AMBER, releasable_to=frozenset({"FIU"}))


def test_our_own_export_comes_back_whole(tmp_path: Path) -> None:
    """Each row that is written is read again: subject, property, value, original, language, source, grade."""
    out = BytesIO()
    exporter.EXPORTER.write(Selection(ExporterContract().world()), out, Tally())
    path = tmp_path / "x.statements.csv"
    path.write_bytes(out.getvalue())
    told = Told(READER, path)
    assert told.rejected == []
    written = list(csv.DictReader(io.StringIO(out.getvalue().decode())))
    assert len(written) > 10
    found = {
        (r.subject, r.schema, s.property, s.value, s.original or "", s.lang or "", f"{s.reliability}{s.credibility}")
        for r in told.statements
        for s in r.said
    }
    for row in written:
        is_id = row["prop_type"] == "entity"
        value = row["original_value"] if is_id and row["original_value"] else row["value"]
        original = "" if is_id else row["original_value"]
        plain = value[1:] if value.startswith("'=") else value
        key = (row["entity_id"], row["schema"], row["prop"], plain, original, row["lang"], row["grade"])
        assert key in found, key


def test_followthemoney_makes_the_same_of_the_fixture(told: Told) -> None:
    """The judge reads each form; what it says of each entity is what we say."""
    judge = pytest.importorskip("followthemoney.statement.serialize", reason="pip install 'counterflow[ftm]'")
    for kind in ("csv", "json", "pack"):
        path = FIXTURES / f"statements.{kind}"
        ours = {(r.subject, r.schema, s.property, s.value) for r in Told(READER, path).statements for s in r.said}
        theirs = {
            (
                s.entity_id,
                s.schema,
                s.prop,
                s.original_value if s.prop_type == "entity" and s.original_value else s.value,
            )
            for s in judge.read_statements(BytesIO(path.read_bytes()), kind)
            if s.prop != "id"
        }
        assert theirs == {key for key in ours if key[2] != "otherId"}, kind


_KEYS = ["entity_id", "prop", "value", "dataset", "schema", "external", "lang"]
_ANY = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.text(max_size=3))


@given(st.dictionaries(st.sampled_from(_KEYS), _ANY))
def test_any_object_is_read_or_named(tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]) -> None:
    good = {"entity_id": "a", "canonical_id": "a", "prop": "name", "schema": "Person", "value": "A", "dataset": "x"}
    path = tmp_path_factory.mktemp("statements") / "x.json"
    path.write_text("\n".join(json.dumps(r) for r in (good, {**good, **row}, {**good, "entity_id": "b"})))
    READER.recognises(Head("x", path.read_bytes(), path))
    try:
        records = list(READER.read(path, {}))
    except InputError:
        return
    assert {"a", "b"} <= {r.subject for r in records if isinstance(r, Statements)}
    assert all(r.line == 2 for r in records if isinstance(r, Rejected))
