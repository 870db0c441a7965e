"""Kinds of interest: the code list, its older spellings, and the relationship each is recorded as."""

from __future__ import annotations

import pytest

from counterflow.model import interests, schema


def test_each_kind_is_recorded_as_a_relationship_that_can_hold_its_code() -> None:
    for kind in interests.all().values():
        assert schema.get(kind.schema).edge is not None
        assert kind.counts in ("shares", "votes", "control", "benefit", "unknown")
    assert len(interests.all()) == 25


@pytest.mark.parametrize(
    ("text", "code"),
    [("votingRights", "votingRights"), ("voting-rights", "votingRights"), ("settlor-of-trust", "settlor"),
     ("other-influence-or-control", "otherInfluenceOrControl"), ("influence-or-control", "otherInfluenceOrControl"),
     ("rights-to-surplus-assets-on-dissolution", "rightsToSurplusAssetsOnDissolution")],
)  # fmt: skip
def test_older_spellings_are_understood(text: str, code: str) -> None:
    found = interests.find(text)
    assert found is not None and found.code == code


def test_what_is_no_code_is_none() -> None:
    assert interests.find("golden") is None
