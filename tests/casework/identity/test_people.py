"""Who is there and what they may do: given by somebody who may give it, to no one oneself, to no name used before."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.identity.conftest import OWNER, by
from counterflow.casework.identity import people, roles
from counterflow.errors import CounterflowError, Forbidden, NotFound, UnknownName, UsageError
from counterflow.model.handling import PUBLIC, TLP, readable
from counterflow.model.principal import Session
from counterflow.storage.identity import TABLES, Directory


def test_there_is_nobody_until_somebody_is_added(tmp_path: Any) -> None:
    from casework.identity.conftest import directory_at

    fresh = directory_at(f"sqlite:///{tmp_path / 'c.sqlite'}", tmp_path)
    assert not any(fresh.any(table) for table in TABLES)


def test_ids_are_random(directory: Directory) -> None:
    ids = [row["id"] for table in ("organisations", "principals") for row in directory.rows(table)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[op]-[0-9a-f]{20}", id) for id in ids)


@pytest.mark.parametrize("name", ["ann", " Ann ", "ＡＮＮ", "ANN"])
def test_nobody_is_given_a_name_that_is_or_was_anothers(directory: Directory, name: str) -> None:
    people.close(directory, "Ann", OWNER)
    with pytest.raises(UsageError, match="never given twice"):
        people.add_person(directory, name, "CUSTOMS-B", OWNER)
    with pytest.raises(UsageError, match="never given twice"):
        people.add_organisation(directory, "fiu-a", "fiu", OWNER)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 81, "a\nb\x00", "a\u200bb"])
def test_what_is_no_name_is_refused(directory: Directory, name: str) -> None:
    with pytest.raises(UsageError, match="no name"):
        people.add_person(directory, name, "FIU-A", OWNER)


@given(st.sets(st.sampled_from(sorted(roles.roles()))))
def test_who_keeps_the_house_reads_nothing_and_who_audits_does_nothing_else(held: set[str]) -> None:
    try:
        kept = roles.checked(held, "person")
    except UsageError:
        assert held & roles.ALONE and len(held) > 1
        return
    verbs = roles.verbs_of(kept)
    assert not ({"administer", "audit"} & verbs and len(verbs) > 1)


def test_an_unknown_role_is_refused_and_one_that_is_no_more_allows_nothing() -> None:
    with pytest.raises(UnknownName):
        roles.checked(["root"], "person")
    assert roles.verbs_of(["root"]) == frozenset()


def test_an_administrator_reads_nothing(directory: Directory) -> None:
    kim = by(directory, "Kim").principal
    assert kim is not None
    assert not readable(PUBLIC, Session(kim, "s").audience)


def test_an_administrator_looks_after_the_own_organisation_alone(directory: Directory) -> None:
    kim = by(directory, "Kim")
    assert [p["name"] for p in people.people(directory, kim)] == ["Ann", "Sue", "Kim"]
    people.assign(directory, "Ann", ["collector"], kim)
    for change in (
        lambda: people.assign(directory, "Bob", ["analyst"], kim),
        lambda: people.clear(directory, "Bob", kim, ceiling="RED"),
        lambda: people.close(directory, "Bob", kim),
    ):
        with pytest.raises(NotFound):
            change()
    with pytest.raises(Forbidden):
        people.add_person(directory, "Mole", "CUSTOMS-B", kim, held=["analyst"])


def test_nobody_changes_their_own_rights(directory: Directory) -> None:
    kim = by(directory, "Kim")
    for change in (
        lambda: people.assign(directory, "Kim", ["analyst"], kim),
        lambda: people.clear(directory, "Kim", kim, ceiling="RED"),
        lambda: people.clear(directory, "Kim", kim, compartments=["X"]),
        lambda: people.close(directory, "Kim", kim),
    ):
        with pytest.raises(Forbidden):
            change()


def test_a_new_organisation_gets_its_first_administrator_from_another_one_and_nobody_else(directory: Directory) -> None:
    kim = by(directory, "Kim")
    people.add_organisation(directory, "POLICE-C", "police", kim)
    with pytest.raises(Forbidden):
        people.add_person(directory, "Mole", "POLICE-C", kim, held=["analyst"])
    people.add_person(directory, "Pat", "POLICE-C", kim, held=["administrator"])
    with pytest.raises(Forbidden):
        people.add_person(directory, "Mole", "POLICE-C", kim, held=["administrator"])


def test_a_compartment_is_given_by_who_keeps_it(directory: Directory) -> None:
    kim, lee = by(directory, "Kim"), by(directory, "Lee")
    people.clear(directory, "Ann", kim, compartments=["FIU-A: HARBOUR"])
    bob = by(directory, "Bob").who
    people.clear(directory, bob, kim, compartments=["FIU-A: HARBOUR"])  # the keeper gives it to whom it likes
    assert people.compartments(directory, kim) == ["FIU-A: HARBOUR"]
    assert people.compartments(directory, lee) == []
    people.clear(directory, "Bob", lee, compartments=["CUSTOMS-B: QUAY"])
    assert held(directory, "Bob") == {"FIU-A: HARBOUR", "CUSTOMS-B: QUAY"}, "what others keep is not theirs to take"
    people.clear(directory, bob, kim, compartments=[])
    assert held(directory, "Bob") == {"CUSTOMS-B: QUAY"}
    people.clear(directory, "Bob", lee, compartments=[])
    assert held(directory, "Bob") == set()


def held(directory: Directory, name: str) -> frozenset[str]:
    found = by(directory, name).principal
    assert found is not None
    return found.compartments


def test_clearing_tells_nothing_of_what_is_elsewhere(directory: Directory) -> None:
    """Neither whether a compartment is there, nor who holds it, nor whether anybody has that name."""
    lee, ann, bob = by(directory, "Lee"), by(directory, "Ann").who, by(directory, "Bob").who

    def answer(who: str, name: str) -> str:
        with pytest.raises(CounterflowError) as told:
            people.clear(directory, who, lee, compartments=[name])
        return f"{type(told.value).__name__} {told.value}".replace(name, "it").replace(who, "them")

    def answers() -> list[str]:
        asked = [(who, name) for who in (ann, bob) for name in ("HARBOUR", "FIU-A: HARBOUR")]
        return [answer(*one) for one in (*asked, ("Ann", "CUSTOMS-B: QUAY"), ("p-0", "CUSTOMS-B: QUAY"))]

    before = answers()
    people.clear(directory, "Ann", OWNER, compartments=["HARBOUR", "FIU-A: HARBOUR"])
    assert answers() == before
    assert len(set(before)) == 2, "not one's to give; and nobody of that name, whether there is one elsewhere or not"
    assert before[-2] == before[-1] == answer("Nobody", "CUSTOMS-B: QUAY")
    people.close(directory, "Ann", OWNER)
    assert answer("Ann", "CUSTOMS-B: QUAY") == before[-1]


def test_a_service_has_no_right_that_its_owner_has_not(directory: Directory) -> None:
    people.clear(directory, "Ann", OWNER, ceiling="AMBER", purposes=["aml"])
    row = people.add_person(directory, "Feed", "FIU-A", OWNER, held=["service"], owner="Ann")
    people.clear(directory, "Feed", OWNER, ceiling="RED", compartments=["X"], purposes=["aml", "tax"])
    feed = people.principal(directory, row["id"])
    assert feed is not None
    assert (feed.ceiling, feed.compartments, feed.purposes, feed.verbs) == (TLP.AMBER, set(), {"aml"}, {"read"})
    people.assign(directory, "Ann", [], OWNER)
    feed = people.principal(directory, row["id"])
    assert feed is not None and not feed.verbs
    people.close(directory, "Ann", OWNER)
    assert people.principal(directory, row["id"]) is None


def test_every_change_is_on_the_log_with_who_made_it_and_supervisors_hear(directory: Directory) -> None:
    kim = by(directory, "Kim")
    before = len(directory.casebook.audit_entries())
    people.clear(directory, "Ann", kim, ceiling="GREEN")
    *_, entry = directory.casebook.audit_entries()
    assert len(directory.casebook.audit_entries()) == before + 1
    assert (entry["who"], entry["action"]) == (kim.who, "clear")
    sue = people.found(directory, "Sue", OWNER)
    assert directory.rows("notices", principal=sue["id"])[-1]["text"] == "The rights of Ann were set."


def test_a_change_that_fails_leaves_no_trace(directory: Directory) -> None:
    before = directory.casebook.audit_entries()
    with pytest.raises(UsageError):
        people.clear(directory, "Ann", by(directory, "Kim"), ceiling="PURPLE")
    with contextlib.suppress(RuntimeError), directory.changing("x", "clear", {}) as change:
        change.change("principals", {"ceiling": 4})
        raise RuntimeError
    assert directory.casebook.audit_entries() == before
    assert {row["ceiling"] for row in directory.rows("principals")} == {0}
