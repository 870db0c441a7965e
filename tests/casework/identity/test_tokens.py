"""Tokens: forged, expired, revoked, of another workspace, of somebody who has gone: all are nobody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.identity.conftest import OWNER, by, directory_at
from counterflow.casework.identity import people, tokens
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import TLP
from counterflow.storage.identity import Directory


def issued(directory: Directory, name: str = "Ann", **what: Any) -> str:
    return tokens.issue(directory, people.found(directory, name, OWNER), OWNER, **what)[0]


def test_a_token_acts_for_its_owner_within_its_bounds(directory: Directory) -> None:
    people.clear(directory, "Ann", OWNER, ceiling="AMBER", purposes=["aml"])
    session = tokens.authenticate(directory, issued(directory, ceiling="GREEN", purpose="aml"))
    assert session is not None
    assert (session.principal.name, session.via, session.purpose) == ("Ann", "token", "aml")
    assert session.may("read") and not session.may("judge")
    assert session.audience.ceiling == TLP.GREEN


def test_the_secret_is_kept_nowhere(directory: Directory, tmp_path: Path) -> None:
    text = issued(directory)
    secret = text.rpartition("_")[2]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert secret not in json.dumps(directory.casebook.audit_entries())


def test_what_is_no_token_is_nobodys(directory: Directory, tmp_path: Path) -> None:
    text = issued(directory)
    _, id, secret = text.split("_", 2)
    (tmp_path / "other").mkdir()
    other = directory_at(f"sqlite:///{tmp_path / 'other' / 'c.sqlite'}", tmp_path / "other")
    assert tokens.authenticate(other, text) is None
    row = directory.one("tokens", id=id)
    assert row is not None
    for forged in (
        "", "cf_", "cf__", f"cf_{id}", f"cf_{id}_", f"cf_{id}_{secret[:-1]}", f"cf_{id}_{secret}x", f"cf_x_{secret}",
        f"xx_{id}_{secret}", f"cf_{id}_{row['hash']}", row["hash"], id, row["principal"], f"cf_{row['principal']}_",
        "cf_' OR 1=1 --_x", "cf_%_%", "cf_\x00_\x00", text.upper(),
    ):  # fmt: skip
        assert tokens.authenticate(directory, forged) is None, forged
    assert tokens.authenticate(directory, text) is not None


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100))
def test_no_text_is_a_token(directory: Directory, text: str) -> None:
    assert tokens.authenticate(directory, text) is None
    assert tokens.authenticate(directory, f"cf_{text}") is None


def test_it_ends_when_it_runs_out_is_revoked_or_its_owner_goes(directory: Directory) -> None:
    old, gone, left = issued(directory), issued(directory), issued(directory)
    id = old.split("_")[1]
    directory.touch("tokens", id, expires_at="2026-01-01T00:00:00+00:00")
    assert tokens.authenticate(directory, old) is None
    ann = people.found(directory, "Ann", OWNER)["id"]
    with pytest.raises(NotFound):
        tokens.revoke(directory, gone.split("_")[1], {by(directory, "Bob").who}, by(directory, "Bob"))
    tokens.revoke(directory, gone.split("_")[1], {ann}, OWNER)
    assert tokens.authenticate(directory, gone) is None
    with pytest.raises(NotFound):
        tokens.revoke(directory, gone.split("_")[1], {ann}, OWNER)
    people.close(directory, "Ann", OWNER)
    assert tokens.authenticate(directory, left) is None


def test_rights_taken_back_are_gone_from_tokens_at_once(directory: Directory) -> None:
    people.clear(directory, "Ann", OWNER, ceiling="AMBER")
    text = issued(directory, verbs=["read", "judge"], ceiling="AMBER")
    people.assign(directory, "Ann", ["collector"], OWNER)
    people.clear(directory, "Ann", OWNER, ceiling="CLEAR")
    session = tokens.authenticate(directory, text)
    assert session is not None
    assert session.may("read") and not session.may("judge")
    assert session.audience.ceiling == TLP.CLEAR


@pytest.mark.parametrize(
    "what",
    [{"verbs": ["release"]}, {"verbs": ["administer"]}, {"verbs": []}, {"ceiling": "RED"}, {"purpose": "aml"},
     {"days": 0}, {"days": 367}],
)  # fmt: skip
def test_no_token_goes_beyond_its_owner(directory: Directory, what: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        issued(directory, **what)
