"""Our vocabulary written as FollowTheMoney."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from counterflow.casework.followthemoney import COMMON_LOSSES, id_of, written
from counterflow.model import schema as vocabulary

ADMITTED = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")


def test_ids() -> None:
    assert id_of("office39:office-39") == "office39--office-39"
    assert id_of("ofac-cons:123") == "ofac-cons--123"
    assert id_of("d:Ltd & Co").startswith("x--")
    assert id_of("d:Ltd & Co") == id_of("d:Ltd & Co") != id_of("d:Ltd & Cо")


@given(st.lists(st.from_regex(r"[a-z-]{1,4}:[a-z_.:-]{0,5}", fullmatch=True) | st.text(), min_size=2, unique=True))
def test_every_id_is_admitted_and_no_two_become_one(subjects: list[str]) -> None:
    found = [id_of(subject) for subject in subjects]
    assert all(ADMITTED.fullmatch(id) for id in found)
    assert len(set(found)) == len(subjects)


def test_every_property_has_its_place_or_its_loss() -> None:
    """Over the whole vocabulary: a FollowTheMoney property of the target, or a declared loss; never an id in a text."""
    declared = {loss.field for loss in COMMON_LOSSES}
    for s in vocabulary.all().values():
        target = vocabulary.get(s.ftm)
        for p in s.properties.values():
            place = written(s.name, p.name, "value")
            if place is None:
                assert p.name in declared, (s.name, p.name)
                continue
            into = target.property(place[0])
            assert not into.extension
            assert (p.type == "entity") == (into.type == "entity"), (s.name, p.name)


def test_what_an_extension_becomes() -> None:
    assert written("Estimate", "low", "5") == ("summary", "Lower bound: 5")
    assert written("Encounter", "vessel", "x") == ("subject", "x")
    assert written("Consignment", "billOfLading", "B1") == ("recordId", "B1")
    assert written("Person", "name", "Kim") == ("name", "Kim")
    assert written("Person", "unscId", "KPi.001") == ("notes", "UN list reference: KPi.001")
    assert written("Ownership", "conflictGroup", "C01") is None


def test_ship_numbers_bear_their_prefix_as_followthemoney_has_them() -> None:
    assert written("Vessel", "imoNumber", "9187629") == ("imoNumber", "IMO9187629")
    assert written("Vessel", "imoNumber", "unknown") == ("imoNumber", "unknown")
