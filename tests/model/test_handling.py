"""Handling: the label algebra, and who may read what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UsageError
from counterflow.model.handling import (
    EXERCISE,
    NO_PURPOSE,
    PAP,
    PUBLIC,
    SHUT,
    TLP,
    Audience,
    Label,
    combine,
    due,
    opened,
    readable,
    releasable,
    restricted,
)  # fmt: skip

ORGS = ["FIU-A", "CUSTOMS-B", "POLICE-C"]
PEOPLE = ["kim", "lee", "park"]
PURPOSES = ["aml", "tax", NO_PURPOSE]
DATES = [None, "2020-01-01", "2026-01-01", "2030-01-01"]
few = lambda words: st.frozensets(st.sampled_from(words), max_size=3)  # noqa: E731
labels = st.builds(
    Label,
    tlp=st.sampled_from(TLP),
    originator=st.sampled_from(["", *ORGS]),
    releasable_to=st.none() | few(["", *ORGS]),
    readers=st.none() | few(["", *PEOPLE]),
    compartments=few(["X", "Y"]),
    purposes=few(PURPOSES),
    caveats=few([EXERCISE, "DRAFT"]),
    expires=st.sampled_from(DATES),
    orcon=few(ORGS),
    sources=few(ORGS),
    review_by=st.sampled_from(DATES),
    pap=st.sampled_from(PAP),
)
audiences = st.builds(
    Audience,
    name=st.just("a"),
    organisation=st.sampled_from(["", *ORGS]),
    readers=few(["", *PEOPLE]),
    ceiling=st.sampled_from(TLP),
    compartments=few(["X", "Y"]),
    purposes=few(PURPOSES),
    without=few([EXERCISE, "DRAFT"]),
    owner=st.sampled_from([False, False, False, True]),
    client_of=few(ORGS),
)
TODAY = "2026-01-01"
ANYBODY = Audience(
    "all", "FIU-A", frozenset(PEOPLE), TLP.RED, frozenset({"X", "Y"}), frozenset({"aml", "tax"}), client_of=frozenset()
)
"""May read whatever any one limit allows."""


@given(labels, labels, labels)
def test_labels_are_a_semilattice(a: Label, b: Label, c: Label) -> None:
    assert combine([a, b]) == combine([b, a])
    assert combine([combine([a, b]), c]) == combine([a, combine([b, c])]) == combine([a, b, c])
    assert combine([a, a]) == combine([a]) == combine([a, PUBLIC]) == a
    assert combine([combine([a, b]), a]) == combine([a, b])
    assert combine([]) == PUBLIC


@given(labels, labels, audiences)
def test_what_is_derived_is_readable_only_by_who_may_read_each_part(a: Label, b: Label, who: Audience) -> None:
    if readable(combine([a, b]), who, today=TODAY):
        assert readable(a, who, today=TODAY) and readable(b, who, today=TODAY)


@given(labels, labels, audiences, few(ORGS))
def test_what_is_derived_is_released_only_where_each_part_may_be(
    a: Label, b: Label, to: Audience, leave: frozenset[str]
) -> None:
    if releasable(combine([a, b]), to, leave, today=TODAY):
        assert releasable(a, to, leave, today=TODAY) and releasable(b, to, leave, today=TODAY)


@given(labels, labels)
def test_what_is_derived_keeps_every_control_and_the_earliest_dates(a: Label, b: Label) -> None:
    joint = combine([a, b])
    assert joint.orcon == a.orcon | b.orcon
    assert joint.caveats == a.caveats | b.caveats and joint.compartments == a.compartments | b.compartments
    assert joint.pap == max(a.pap, b.pap) and joint.tlp == max(a.tlp, b.tlp)
    assert a.sources | b.sources <= joint.sources
    for day in ("expires", "review_by"):
        assert getattr(joint, day) == min(filter(None, (getattr(a, day), getattr(b, day))), default=None)


@given(labels)
def test_stored_and_read_again_it_is_the_same_label(a: Label) -> None:
    again = Label.from_dict(a.to_dict())
    assert again == a and again.id == a.id


def test_labels_of_before_keep_their_form_and_their_id() -> None:
    """Ledgers hold these ids."""
    assert PUBLIC.id == "43529f6206da0702"
    whole = Label(
        TLP.AMBER, "FIU-A", frozenset({"B"}), frozenset({"kim"}), frozenset({"X"}), frozenset({"aml"}),
        frozenset({EXERCISE}), "2030-01-01",
    )  # fmt: skip
    assert list(whole.to_dict()) == [
        "tlp", "originator", "releasable_to", "readers", "compartments", "purposes", "caveats", "expires",
    ]  # fmt: skip
    assert whole.id == "7a60ae52744bf9b6"


def some(*names: str) -> frozenset[str]:
    return frozenset(names)


JOINT: list[tuple[str, list[Label], Label]] = [
    ("nothing", [], PUBLIC),
    ("what is public", [PUBLIC, PUBLIC], PUBLIC),
    ("one's own and what is public", [Label(TLP.AMBER, "A"), PUBLIC], Label(TLP.AMBER, "A")),
    (
        "two agencies of which one released to the other",
        [Label(TLP.AMBER, "A", some("B")), Label(TLP.AMBER, "B")],
        Label(TLP.AMBER, releasable_to=some("B"), sources=some("A", "B")),
    ),
    (
        "two agencies that did not",
        [Label(TLP.AMBER, "A"), Label(TLP.AMBER_STRICT, "B")],
        Label(TLP.AMBER_STRICT, releasable_to=some(), sources=some("A", "B")),
    ),
    ("whose it is where all may read it", [Label(originator="A"), Label(TLP.GREEN, "B")], Label(TLP.GREEN)),
    (
        "released to some",
        [Label(TLP.CLEAR, "A", some("B", "C")), Label(TLP.GREEN)],
        Label(TLP.GREEN, releasable_to=some("B", "C"), sources=some("A")),
    ),
    (
        "whose RED record it is",
        [Label(TLP.RED, "A", readers=some("k")), Label(TLP.GREEN)],
        Label(TLP.RED, readers=some("k"), sources=some("A")),
    ),
    (
        "released by nobody in particular",
        [Label(TLP.AMBER, releasable_to=some("B")), Label(TLP.GREEN)],
        Label(TLP.AMBER, releasable_to=some("B")),
    ),
    ("earlier sources", [Label(sources=some("A")), Label(sources=some("B"))], Label(sources=some("A", "B"))),
    (
        "nobody's own",
        [Label(TLP.AMBER_STRICT), PUBLIC.with_caveat(EXERCISE)],
        Label(TLP.AMBER_STRICT, caveats=some(EXERCISE)),
    ),
    ("persons", [Label(TLP.RED, readers=some("k", "l")), Label(readers=some("k"))], Label(TLP.RED, readers=some("k"))),
    ("no person", [Label(TLP.RED, readers=some("k")), Label(readers=some("l"))], Label(TLP.RED)),
    ("no person short of RED", [Label(readers=some("k")), Label(readers=some("l"))], Label(readers=some())),
    ("purposes", [Label(purposes=some("a", "t")), Label(purposes=some("t", "v"))], Label(purposes=some("t"))),
    ("one with purposes", [Label(purposes=some("a")), Label(TLP.GREEN)], Label(TLP.GREEN, purposes=some("a"))),
    ("no purpose", [Label(purposes=some("a")), Label(purposes=some("t"))], Label(purposes=some(NO_PURPOSE))),
    ("no purposes", [Label(TLP.GREEN), Label(pap=PAP.RED)], Label(TLP.GREEN, pap=PAP.RED)),
    (
        "compartments",
        [Label(compartments=some("X")), Label(compartments=some("Y"))],
        Label(compartments=some("X", "Y")),
    ),
    ("the first day", [Label(expires="2030-01-01"), Label(expires="2029-01-01")], Label(expires="2029-01-01")),
    ("review", [Label(review_by="2030-01-01"), Label(review_by="2029-01-01")], Label(review_by="2029-01-01")),
    ("actions", [Label(pap=PAP.GREEN), Label(pap=PAP.AMBER)], Label(pap=PAP.AMBER)),
    ("controls", [Label(orcon=some("A")), Label(orcon=some("B"))], Label(orcon=some("A", "B"))),
]


@pytest.mark.parametrize(("parts", "joint"), [case[1:] for case in JOINT], ids=[case[0] for case in JOINT])
def test_what_is_derived_bears_exactly_this(parts: list[Label], joint: Label) -> None:
    assert combine(parts) == combine(reversed(parts)) == joint


# -- one limit at a time: each opens to whom it names and to nobody else --

LIMITS: list[tuple[str, Label, dict[str, Any], dict[str, Any]]] = [
    ("the circle", Label(TLP.GREEN), {"ceiling": TLP.GREEN}, {"ceiling": TLP.CLEAR}),
    ("organisations", Label(releasable_to=frozenset({"B"})), {"organisation": "B"}, {"organisation": "A"}),
    ("no organisation", Label(releasable_to=frozenset({"", "B"})), {"organisation": "B"}, {"organisation": ""}),
    ("clients", Label(TLP.AMBER, "B"), {"client_of": frozenset({"B"})}, {"client_of": frozenset({"C"})}),
    ("no clients", Label(TLP.AMBER_STRICT, "B"), {"organisation": "B"}, {"client_of": frozenset({"B"})}),
    ("persons", Label(TLP.RED, readers=frozenset({"kim"})), {"readers": frozenset({"kim"})}, {"readers": frozenset()}),
    ("persons short of RED", Label(readers=frozenset({"kim"})), {}, {"readers": frozenset({"lee"})}),
    ("no person", Label(readers=frozenset({"", "kim"})), {}, {"readers": frozenset({""})}),
    ("compartments", Label(compartments=frozenset({"X", "Y"})), {}, {"compartments": frozenset({"X"})}),
    ("purposes", Label(purposes=frozenset({"aml", "vat"})), {}, {"purposes": frozenset({"tax"})}),
    ("no purpose", Label(purposes=frozenset({"aml", NO_PURPOSE})), {}, {"purposes": frozenset({NO_PURPOSE})}),
    ("caveats", PUBLIC.with_caveat("draft"), {"without": frozenset({"OTHER"})}, {"without": frozenset({"DRAFT"})}),
    ("an administrator", PUBLIC, {}, {"nobody": True, "owner": True}),
]


@pytest.mark.parametrize(("label", "opens", "shuts"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_each_limit_holds(label: Label, opens: dict[str, Any], shuts: dict[str, Any]) -> None:
    assert readable(label, replace(ANYBODY, **opens))
    assert not readable(label, replace(ANYBODY, **shuts))


def test_amber_stays_with_its_originator_and_whom_it_was_released_to() -> None:
    label = Label(TLP.AMBER, originator="FIU-A", releasable_to=frozenset({"CUSTOMS-B"}))
    assert [readable(label, Audience("x", organisation=o, ceiling=TLP.AMBER)) for o in ORGS] == [True, True, False]
    assert not readable(Label(TLP.AMBER), Audience("x", ceiling=TLP.RED)), "nobody's record is nobody's"


def test_it_is_read_to_the_end_of_its_last_day() -> None:
    label = Label(expires="2026-01-01")
    assert [readable(label, ANYBODY, today=day) for day in ("2026-01-01", "2026-01-02")] == [True, False]
    assert not readable(Label(expires="2020-01-01"), ANYBODY), "no date given is that of the clock"


def test_red_without_readers_is_for_nobody_but_the_owner_of_the_workspace() -> None:
    for label in (Label(TLP.RED), SHUT):
        assert not readable(label, ANYBODY)
        assert readable(label, Audience("owner", owner=True))


def test_one_switch_hides_the_exercise_even_from_the_owner() -> None:
    owner = Audience("owner", owner=True)
    assert readable(PUBLIC.with_caveat(EXERCISE), owner)
    assert not readable(PUBLIC.with_caveat(EXERCISE), owner.shutting_out("exercise"))
    assert owner.shutting_out("a").shutting_out("b").without == {"A", "B"}


def test_labels_by_id_are_decided_together() -> None:
    shut = Label(TLP.AMBER, "POLICE-C")
    assert opened({"1": PUBLIC, "2": shut}, ANYBODY, today=TODAY) == {"1": PUBLIC}
    past = {"1": Label(expires="2020-01-01")}
    assert opened(past, ANYBODY, today="2019-01-01") == past and opened(past, ANYBODY) == {}


def test_unlabelled_is_its_bringers_alone() -> None:
    assert not readable(restricted(), ANYBODY)
    assert readable(restricted("FIU-A"), ANYBODY) and not readable(restricted("POLICE-C"), ANYBODY)


# -- release --


def test_what_two_control_goes_nowhere_without_leave_of_both() -> None:
    a = Label(TLP.GREEN, "FIU-A", orcon=frozenset({"FIU-A"}))
    b = Label(TLP.GREEN, "POLICE-C", orcon=frozenset({"POLICE-C"}))
    joint, to = combine([a, b, PUBLIC]), Audience("x", "CUSTOMS-B", ceiling=TLP.GREEN)
    assert [releasable(joint, to, leave) for leave in ((), ("FIU-A",), ("FIU-A", "POLICE-C"))] == [False, False, True]
    assert releasable(a, Audience("own", "FIU-A", ceiling=TLP.GREEN)), "back to whom it came from"
    assert not releasable(a, Audience("x", "CUSTOMS-B"), ["FIU-A"]), "leave opens nothing else"
    assert releasable(PUBLIC, to)


def test_review_falls_due_the_day_after_and_shuts_nothing() -> None:
    label = Label(review_by="2026-01-01")
    assert [due(label, today=day) for day in ("2026-01-01", "2026-01-02")] == [False, True]
    assert due(Label(review_by="2020-01-01")) and not due(PUBLIC)
    assert readable(label, ANYBODY, today="2026-01-02")


# -- bad input --


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: TLP.parse("SECRET"), r"TLP:AMBER\+STRICT"),
        (lambda: PAP.parse("BLUE"), r"PAP:CLEAR, PAP:GREEN"),
        (lambda: PUBLIC.with_caveat("a/b"), "no caveat"),
        (lambda: Label.from_dict({"rel": ["A"]}), "No field of a label 'rel'"),
        (lambda: Label.from_dict({"readers": "kim"}), "must be a list"),
        (lambda: Label.from_dict({"expires": "2031-1-1"}), "must be a date like 2031-12-31, not '2031-1-1'"),
        (lambda: Label.from_dict({"review_by": "soon"}), "review_by.*not 'soon'"),
    ],
)
def test_what_is_no_label_is_refused_with_what_would_be(make: Callable[[], object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make()


def test_old_and_lower_case_words_are_understood() -> None:
    assert TLP.parse("white") is TLP.CLEAR and TLP.parse("tlp:amber+strict") is TLP.AMBER_STRICT
    assert Label(caveats=frozenset({"draft"})) == PUBLIC.with_caveat("Draft")
