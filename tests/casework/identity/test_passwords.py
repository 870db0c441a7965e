"""What is checked where there is no password takes as long as where there is one."""

from __future__ import annotations

import argon2

from casework.identity.conftest import OWNER
from counterflow.casework.identity import passwords, people
from counterflow.storage.identity import Directory


def test_nobodys_password_costs_what_everybodys_does(directory: Directory) -> None:
    ann = people.found(directory, "Ann", OWNER)
    passwords.keep(directory, ann["id"], "a long enough secret")
    (kept,) = directory.rows("credentials")
    asked = argon2.extract_parameters(kept["secret"])
    nobodys = argon2.extract_parameters(passwords._NOBODYS)
    assert (asked.type, asked.time_cost, asked.memory_cost, asked.parallelism) == (
        nobodys.type, nobodys.time_cost, nobodys.memory_cost, nobodys.parallelism,
    )  # fmt: skip
    assert asked.type == argon2.Type.ID and asked.memory_cost >= 19 * 1024  # OWASP's least
    assert not passwords.check(directory, None, "a long enough secret")
    assert "a long enough secret" not in str(kept)


def test_the_first_password_goes_when_it_is_replaced(directory: Directory) -> None:
    ann = people.found(directory, "Ann", OWNER)
    for text in ("a long enough secret", "another long enough one"):
        passwords.keep(directory, ann["id"], text)
    assert not passwords.check(directory, ann, "a long enough secret")
    assert passwords.check(directory, ann, "another long enough one")


def test_a_hash_of_weaker_parameters_is_made_anew_when_its_owner_comes_in(directory: Directory) -> None:
    ann = people.found(directory, "Ann", OWNER)
    passwords.keep(directory, ann["id"], "a long enough secret")
    (kept,) = directory.rows("credentials")
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=64).hash("a long enough secret")
    directory.touch("credentials", kept["id"], secret=weak, created_at="2001-01-01T00:00:00")  # none is too old
    assert passwords.check(directory, ann, "a long enough secret")
    (anew,) = directory.rows("credentials")
    assert argon2.extract_parameters(anew["secret"]) == argon2.extract_parameters(kept["secret"])
    assert passwords.check(directory, ann, "a long enough secret")
