"""Claims in columns: the same as one at a time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.claims import columns
from counterflow.claims.builder import Builder
from counterflow.model.claim import Claim, Grade
from counterflow.model.handling import TLP, Label
from counterflow.model.source import Descriptor, Source
from counterflow.sources.reader import Said, Statements

GREEN = Label(tlp=TLP.GREEN)
LIST = Descriptor("list", "A list", "nobody", "CC0-1.0", "", "never", "B2")
NOTHING_OR = st.sampled_from([None, "", "a", "호"])

said = st.builds(
    Said,
    st.sampled_from(["name", "country", "birthDate", "nmae", "weakAlias"]),
    st.sampled_from(["Kim", " Kim", "kp", "North Korea", "1950-02", "1950-02-31", "%", "호"]),
    original=NOTHING_OR,
    lang=NOTHING_OR,
    source_id=st.sampled_from([None, "", "s1", "s2"]),
    locator=NOTHING_OR,
    origin=NOTHING_OR,
    reliability=st.sampled_from([None, "A"]),
    credibility=st.sampled_from([None, 1, 5]),
    stance=st.sampled_from([None, "denies"]),
    verified=st.sampled_from([None, True, False]),
    valid_from=NOTHING_OR,
    note=NOTHING_OR,
)
statements = st.builds(
    Statements,
    st.sampled_from(["1", "2", "other::1"]),
    st.sampled_from(["Person", "Company"]),
    st.lists(said, min_size=1, max_size=5),
    locator=st.sampled_from(["line 7", "row 1"]),
    source_id=st.sampled_from([None, "s2"]),
    credibility=st.sampled_from([None, 3]),
    verified=st.booleans(),
    valid_to=NOTHING_OR,
)


def built(records: list[Statements | Source]) -> Builder:
    builder = Builder("list", "f", LIST, Grade("B", 2), Label(), dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for record in records:
        builder.take(record)
    return builder


@given(st.lists(statements, max_size=8), st.integers(1, 6))
def test_every_row_has_the_id_of_its_claim_however_many_are_taken_at_once(
    records: list[Statements], chunk: int
) -> None:
    everything: list[Statements | Source] = [*records, Source("s1", "One", label=GREEN.to_dict(), reliability="C")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "CHUNK", chunk)
        pieces = built(everything).claim_rows()
    rows = pieces.to_pylist()
    assert pieces.equals(built(everything).claim_rows())
    for row in rows:
        content = {k: v for k, v in row.items() if k not in ("claim_id", "recorded_at")}
        assert Claim(**content).id == row["claim_id"]
        assert row["label_id"] == (GREEN.id if row["source_id"] == "list:s1" else Label().id)
    assert rows == sorted(rows, key=lambda r: (r["subject"], r["property"], r["claim_id"]))
    assert len({r["claim_id"] for r in rows}) == len(rows)


@given(st.lists(statements, max_size=8))
def test_each_statement_is_a_claim_or_set_aside(records: list[Statements]) -> None:
    builder = built(list(records))
    rows = builder.claim_rows().to_pylist()
    told = {(builder.subject(r.subject), s.property) for r in records for s in r.said}
    assert told == {(r["subject"], r["property"]) for r in rows} | {
        (builder.subject(r.subject), s.property)
        for r in records
        for s in r.said
        if any(q.field == s.property and q.raw == s.value for q in builder.quarantine)
    }
    for record in records:
        for one in record.said:
            mine = [r for r in rows if (r["subject"], r["property"]) == (builder.subject(record.subject), one.property)]
            aside = any(q.field == one.property and q.raw == one.value for q in builder.quarantine)
            assert aside or any(r["reliability"] == (one.reliability or "B") or r["source_id"] != "list" for r in mine)


def test_a_label_holds_for_what_was_said_before_its_source_was_told() -> None:
    record = Statements("1", "Person", [Said("name", "Kim")], source_id="s1")
    rows = built([record, Source("s1", "One", label=GREEN.to_dict(), reliability="C")]).claim_rows().to_pylist()
    assert [(r["label_id"], r["reliability"]) for r in rows] == [(GREEN.id, "C")]
