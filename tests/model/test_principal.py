"""A session's rights: those of its principal, narrowed, never widened."""

from __future__ import annotations

import dataclasses

import pytest

from counterflow.errors import Forbidden
from counterflow.model.handling import PUBLIC, TLP, Label, readable
from counterflow.model.principal import Principal, Session

WHO = Principal(
    "p-1", "Ann", "FIU-A", verbs=frozenset({"read", "case"}), ceiling=TLP.RED, purposes=frozenset({"aml", "sanctions"})
)


def test_a_session_reads_what_its_principal_is_cleared_for() -> None:
    own = Label(tlp=TLP.AMBER, originator="FIU-A")
    assert readable(own, Session(WHO, "s").audience)
    assert not readable(own, Session(WHO, "s", ceiling=TLP.GREEN).audience)
    named = Label(tlp=TLP.RED, readers=frozenset({"Ann"}))
    assert readable(named, Session(WHO, "s").audience)
    assert not readable(named, Session(dataclasses.replace(WHO, name="Bob"), "s").audience)


def test_a_ceiling_is_only_ever_lowered() -> None:
    low = dataclasses.replace(WHO, ceiling=TLP.GREEN)
    assert Session(low, "s", ceiling=TLP.RED).audience.ceiling == TLP.GREEN


def test_a_purpose_counts_once_it_is_declared_and_only_if_it_is_ones_own() -> None:
    bound = Label(purposes=frozenset({"aml"}))
    assert not readable(bound, Session(WHO, "s").audience)
    assert readable(bound, Session(WHO, "s", purpose="aml").audience)
    assert not readable(Label(purposes=frozenset({"tax"})), Session(WHO, "s", purpose="tax").audience)


def test_without_the_verb_nothing_is_read_not_even_what_is_published() -> None:
    keeper = dataclasses.replace(WHO, verbs=frozenset({"administer"}))
    assert not readable(PUBLIC, Session(keeper, "s").audience)
    assert not readable(PUBLIC, Session(WHO, "s", verbs=frozenset({"case"})).audience)


def test_a_token_uses_no_verb_that_its_owner_has_not() -> None:
    token = Session(WHO, "t", via="token", verbs=frozenset({"read", "release"}))
    token.require("read")
    for verb in ("release", "case"):
        with pytest.raises(Forbidden, match=verb):
            token.require(verb)
