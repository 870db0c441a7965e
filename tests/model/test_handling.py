"""Handling: the label algebra, and who may read what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UsageError
from counterflow.model.handling import EXERCISE, PUBLIC, TLP, Audience, Label, combine, readable

ORGS = ["FIU-A", "CUSTOMS-B", "POLICE-C"]
PEOPLE = ["kim", "lee", "park"]
few = lambda words: st.frozensets(st.sampled_from(words), max_size=3)  # noqa: E731
labels = st.builds(
    Label,
    tlp=st.sampled_from(TLP),
    originator=st.sampled_from(["", *ORGS]),
    releasable_to=st.none() | few(ORGS),
    readers=st.none() | few(PEOPLE),
    compartments=few(["X", "Y"]),
    purposes=few(["aml", "tax"]),
    caveats=few([EXERCISE, "DRAFT"]),
    expires=st.sampled_from([None, "2020-01-01", "2030-01-01"]),
)
audiences = st.builds(
    Audience,
    name=st.just("a"),
    organisation=st.sampled_from(ORGS),
    readers=few(PEOPLE),
    ceiling=st.sampled_from(TLP),
    compartments=few(["X", "Y"]),
    purposes=few(["aml", "tax"]),
    without=few([EXERCISE, "DRAFT"]),
)
TODAY = "2026-01-01"


@given(labels, labels, audiences)
def test_what_is_derived_is_readable_only_by_who_may_read_each_part(a: Label, b: Label, who: Audience) -> None:
    if readable(combine([a, b]), who, today=TODAY):
        assert readable(a, who, today=TODAY) and readable(b, who, today=TODAY)


@given(labels, labels, labels, audiences)
def test_combining_is_commutative_associative_and_idempotent_in_effect(
    a: Label, b: Label, c: Label, who: Audience
) -> None:
    def opens(*parts: Label) -> bool:
        return readable(combine(parts), who, today=TODAY)

    assert opens(a, b) == opens(b, a)
    assert opens(combine([a, b]), c) == opens(a, combine([b, c]))
    assert opens(a, a) == opens(a)


@given(labels, audiences)
def test_combining_one_label_changes_nothing_for_a_reader(a: Label, who: Audience) -> None:
    assert readable(combine([a]), who, today=TODAY) == readable(a, who, today=TODAY)


@given(labels)
def test_stored_and_read_again_it_is_the_same_label(a: Label) -> None:
    again = Label.from_dict(a.to_dict())
    assert again == a and again.id == a.id


def test_nobody_reads_red_unless_named() -> None:
    who = Audience("a", organisation="FIU-A", ceiling=TLP.RED, readers=frozenset({"kim"}))
    assert not readable(Label(TLP.RED), who)
    assert readable(Label(TLP.RED, readers=frozenset({"kim"})), who)


def test_amber_stays_with_its_originator_and_whom_it_was_released_to() -> None:
    label = Label(TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"CUSTOMS-B"}))
    assert [readable(label, Audience("x", organisation=o, ceiling=TLP.AMBER)) for o in ORGS] == [True, True, False]


def test_one_switch_hides_the_exercise_even_from_the_owner() -> None:
    owner = Audience("owner", owner=True)
    assert readable(PUBLIC.with_caveat(EXERCISE), owner)
    assert not readable(PUBLIC.with_caveat(EXERCISE), owner.shutting_out(EXERCISE))


def test_marking_is_printed_whole() -> None:
    label = Label(TLP.AMBER_STRICT, originator="FIU-A", releasable_to=frozenset({"B"}), caveats=frozenset({EXERCISE}))
    assert label.text == "TLP:AMBER+STRICT//EXERCISE//REL B"


def test_a_word_that_is_no_label_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(UsageError, match=r"TLP:AMBER\+STRICT"):
        TLP.parse("SECRET")
    assert TLP.parse("white") is TLP.CLEAR and TLP.parse("tlp:amber+strict") is TLP.AMBER_STRICT
