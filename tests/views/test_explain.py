"""Explain: every branch ends in a source, a grade and a place in the source, or says that it is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from counterflow.views.view import View
from counterflow.workspace import Workspace


@pytest.fixture(scope="module")
def view(demo: Path) -> View:
    return Workspace.open(demo).view()


def leaves(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not tree["children"]:
        yield tree
    for child in tree["children"]:
        yield from leaves(child)


def test_every_kind_of_thing_ends_in_its_source(view: View) -> None:
    findings = view.detect()["findings"]
    evidence = {e["kind"]: e["id"] for f in findings for e in f["evidence"]}
    asked = ["office39:office-39#name", "office39:r-0001", findings[0]["id"], *evidence.values()]
    asked += [arc["id"] for arc in view.flow()["arcs"] if arc["claim_ids"]][:3]
    assert {"claim", "payments", "positions"} <= evidence.keys()
    for id in asked:
        for leaf in leaves(view.explain(id)):
            assert leaf["source"] and leaf["source"]["title"] and leaf["locator"] and leaf["grade"], (id, leaf)


def test_a_row_names_the_file_it_came_in_not_another_of_its_data_set(view: View) -> None:
    evidence = {e["kind"]: e["id"] for f in view.detect()["findings"] for e in f["evidence"]}
    titles = {kind: view.explain(evidence[kind])["source"]["title"] for kind in ("payments", "positions")}
    assert "Payments" in titles["payments"] and "positions" in titles["positions"], titles


def test_what_no_claim_gives_says_so(view: View) -> None:
    assumed = next(arc for arc in view.flow()["arcs"] if not arc["claim_ids"])
    assert "assumed" in view.explain(assumed["id"])["text"]


def test_an_entity_says_what_it_is_made_of(view: View) -> None:
    tree = view.explain("office39:office-39")
    assert tree["children"][0]["text"] == "office39:office-39: first recorded"


def test_a_row_of_every_table_is_told_in_words(view: View) -> None:
    from counterflow.storage.tables import OBSERVATIONS
    from counterflow.views.explain import _TOLD

    for name, table in OBSERVATIONS.items():
        assert _TOLD[name].format(**dict.fromkeys(table.schema.names, "…"))
