"""Casework's interface is as it describes itself: Schemathesis asks each address what it allows and what it does not,
and goes along its links. `tests/fuzz/interface.py` does so at length, of all addresses, over a workspace of records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from schemathesis import GenerationMode

from api.conftest import EchoWorkspace
from counterflow.api import description
from counterflow.api.app import create_app
from fuzz.town import Town, sequences, some


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    found = Town(tmp_path, fill=False)
    yield found
    found.close()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return create_app(EchoWorkspace()).openapi()  # type: ignore[arg-type]


def test_every_address_answers_as_it_says_what_it_allows_and_what_it_does_not(town: Town) -> None:
    every = [one for one in town.operations() if {"cases", "sharing", "identity"} & {*one.definition.raw["tags"]}]
    for operation in every:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.POSITIVE or "requestBody" in operation.definition.raw:
                some(town, operation, mode, 1, lambda case: town.ask(case, town.role_for(case.operation.path)), 1)
    assert not town.faults, town.report()
    assert len(town.asked) == len(every) > 50


def test_sequences_along_the_links_find_what_was_made_and_not_what_was_ended(town: Town) -> None:
    sequences(town, 3, 8)
    assert not town.faults, town.report()
    assert town.statuses[200] > 0
    assert sum(town.asked.values()) > 20  # which of the forty are drawn differs with every address that there is


def operations(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(method, path) for path, item in told["paths"].items() for method in item]


def test_every_error_is_described_as_the_problem_document_that_it_is(told: dict[str, Any]) -> None:
    for path, item in told["paths"].items():
        for method, operation in item.items():
            named = {s for s, r in operation["responses"].items() if "$ref" in r}
            assert {"400", "401", "404", "421", "429"} <= named | {"401", "429"}, (method, path)
            assert ("403" in named) or operation["security"] == [{}], (method, path)
    assert "HTTPValidationError" not in json.dumps(told)


def test_what_is_said_of_answers_is_of_addresses_that_there_are(told: dict[str, Any]) -> None:
    there = {f"{method.upper()} {path}" for method, path in operations(told)}
    data = description._data()
    assert {*data["media"], *data["more"], *data["members"], *(link["after"] for link in data["links"])} <= there
    for link in data["links"]:
        method, _, path = link["after"].partition(" ")
        assert told["paths"][path][method.lower()]["responses"]["200"]["links"], link
        assert set(re.findall(r"\$request\.path\.(\w+)", str(link))) <= set(re.findall(r"\{(\w+)\}", path)), link
