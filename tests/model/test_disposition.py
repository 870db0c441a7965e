from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UsageError
from counterflow.model.disposition import Disposition, checked, lapsed, party_of

FACTS = st.lists(st.sampled_from(["name: A", "name: B", "birthDate: 1960", "country: kp"]), unique=True).map(tuple)


def decision(party: tuple[str, ...], entity: tuple[str, ...], until: str | None = None) -> Disposition:
    return Disposition("c-1", "A", "un:1", "false-positive", "why", until, "ann", "2026-01-01", party, entity)


@given(FACTS, FACTS, FACTS, FACTS)
def test_a_decision_counts_exactly_as_long_as_both_sides_are_what_they_were(
    party: tuple[str, ...], entity: tuple[str, ...], party_now: tuple[str, ...], entity_now: tuple[str, ...]
) -> None:
    why = lapsed(decision(party, entity), party_now, entity_now, today="2026-06-01")
    assert (not why) == (set(party) == set(party_now) and set(entity) == set(entity_now))
    told = set(party) ^ set(party_now) | set(entity) ^ set(entity_now)
    assert all(any(fact in text for text in why) for fact in told)


@pytest.mark.parametrize(
    ("until", "today", "counts"),
    [
        ("2026-06-30", "2026-06-30", True), ("2026-06-30", "2026-07-01", False), ("2026-06", "2026-06-30", True),
        ("2026", "2027-01-01", False), (None, "2099-01-01", True),
    ],
)  # fmt: skip
def test_its_last_day_still_counts(until: str | None, today: str, counts: bool) -> None:
    assert (lapsed(decision((), (), until), (), (), today=today) == ()) == counts


def test_it_says_what_changed_on_which_side() -> None:
    why = lapsed(decision(("name: A",), ("name: B",)), ("name: A", "birthDate: 1960"), ("name: C",), today="2026")
    assert why == (
        "of the party screened is new: birthDate: 1960",
        "of the listed party is new: name: C",
        "of the listed party is gone: name: B",
    )


def test_a_party_without_an_id_is_known_by_its_facts() -> None:
    assert party_of("c-1", ("name: A",)) == "c-1"
    assert party_of(None, ("name: A",)) == party_of("", ("name: A",)) != party_of(None, ("name: B",))


@pytest.mark.parametrize(
    ("verdict", "reason", "until"),
    [("maybe", "why", None), ("true-match", " ", None), ("true-match", "why", "soon")],
)
def test_what_is_no_decision_is_refused(verdict: str, reason: str, until: str | None) -> None:
    with pytest.raises(UsageError):
        checked(verdict, reason, until)
