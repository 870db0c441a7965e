"""The directory behaves the same on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import threading

import pytest

from counterflow.casework.identity import codes, people, tokens
from counterflow.casework.identity.people import By
from counterflow.storage.identity import Directory, now
from counterflow.storage.sql import Casebook

OWNER = By("root")


@pytest.fixture
def directory(casebook: Casebook) -> Directory:
    return Directory(casebook)


def test_people_tokens_and_what_is_void(directory: Directory) -> None:
    people.add_organisation(directory, "FIU-A", "fiu", OWNER)
    people.add_person(directory, "Ann", "FIU-A", OWNER, held=["analyst"])
    people.clear(directory, "Ann", OWNER, ceiling="AMBER", compartments=["X"], purposes=["aml"])
    text, told = tokens.issue(directory, people.found(directory, "Ann", OWNER), OWNER, verbs=["read"])
    session = tokens.authenticate(directory, text)
    assert session is not None and session.principal.compartments == {"X"}
    tokens.revoke(directory, told["id"], {session.principal.id}, OWNER)
    assert tokens.authenticate(directory, text) is None


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "' OR 1=1 --", "%", "\U0010ffff", "x" * 100_000])
def test_what_strangers_send_finds_nothing_and_breaks_nothing(directory: Directory, text: str) -> None:
    assert directory.one("tokens", id=text) is None
    assert tokens.authenticate(directory, f"cf_{text}_{text}") is None
    assert codes.spent(directory, text, {"local"}) is None


def test_of_many_who_send_a_code_at_once_one_gets_it(directory: Directory) -> None:
    code = codes.code(directory, "local", "", codes.LOCAL_FOR, "root")
    got: list[object] = []
    together = [threading.Thread(target=lambda: got.append(codes.spent(directory, code, {"local"}))) for _ in range(6)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(got) == 6
    assert len([row for row in got if row is not None]) == 1


def test_a_bucket_fills_steadily_and_a_clock_that_goes_back_fills_nothing(directory: Directory) -> None:
    def take(at: float) -> float:
        return directory.take("b", 3, 0.5, at)

    assert [take(100.0) for _ in range(3)] == [0, 0, 0]
    assert take(100.0) == pytest.approx(2)
    assert take(50.0) == pytest.approx(2)
    assert take(102.0) == 0
    assert take(102.0) == pytest.approx(2)
    assert [take(9_999.0) for _ in range(3)] == [0, 0, 0]
    assert take(9_999.0) > 0


def test_what_ran_out_is_forgotten(directory: Directory) -> None:
    codes.challenge(directory, "passkey", "", {}, codes.LOCAL_FOR)
    directory.forget(now())
    assert directory.any("codes")
    directory.forget("9999")
    assert not directory.any("codes")
