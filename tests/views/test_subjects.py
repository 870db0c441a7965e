"""A subject is printed as what it is; only what has a page is a door to one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from counterflow.views.subjects import captions, with_a_page

NAMES = {"a:firm": "Firm", "vin:odd": "An entity of a dataset called vin"}
PICTURE: Any = SimpleNamespace(entities=NAMES, canonical=str, caption=lambda id: NAMES.get(id, id))


def test_what_is_no_entity_is_said_in_words() -> None:
    ids = ["a:firm", "country:kp", "route:kp>cn", "vin:WVW1", "brand:x", "notes:A-1", "vin:odd", "a:gone", "vin:"]
    assert list(captions(PICTURE, ids).values()) == [
        "Firm", "North Korea", "North Korea → China", "vehicle WVW1", "brand x", "notes A-1",
        "An entity of a dataset called vin", "a:gone", "vin:",
    ]  # fmt: skip
    assert with_a_page(PICTURE, ids) == ["a:firm", "vin:odd"]
