"""The table of the ASVS names tests that are there."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CHAPTERS: dict[Any, Any] = yaml.safe_load((ROOT / "docs" / "asvs.yaml").read_text(encoding="utf-8"))["chapters"]
EVERY = {id: one for chapter in CHAPTERS.values() for id, one in chapter["requirements"].items()}


def _there(named: str) -> bool:
    path, _, test = named.partition("::")
    file = ROOT / "tests" / path
    if not file.is_file():
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return not test or any(isinstance(node, ast.FunctionDef) and node.name == test for node in ast.walk(tree))


def test_each_answer_is_of_a_kind_and_what_is_met_has_a_test_that_is_there() -> None:
    assert {one["state"] for one in EVERY.values()} <= {"met", "design", "partly", "no", "operator", "none"}
    assert [id for id, one in EVERY.items() if one["state"] == "met" and "test" not in one] == []
    assert [one["test"] for one in EVERY.values() if "test" in one and not _there(one["test"])] == []


def test_every_requirement_that_we_hold_ourselves_to_is_answered() -> None:
    # 345 requirements in 5.0.0, 253 of them of level 1 or 2, and the level 3 of seven chapters (of 9 there is none)
    assert len(EVERY) == 284
    assert sum(one["level"] < 3 for one in EVERY.values()) == 253
    assert {id.partition(".")[0] for id, one in EVERY.items() if one["level"] == 3} == {
        "8",
        "10",
        "11",
        "12",
        "14",
        "16",
    }


def test_nothing_is_unmet_and_what_is_partly_met_says_what_is_missing() -> None:
    assert [id for id, one in EVERY.items() if one["state"] == "no"] == []
    partly = {id: one for id, one in EVERY.items() if one["state"] == "partly"}
    assert all(one["level"] == 3 and len(one["how"]) > 100 for one in partly.values()), partly
    assert len(partly) <= 4
    assert [id for id, one in EVERY.items() if one["state"] in ("design", "operator") and not one.get("how")] == []
