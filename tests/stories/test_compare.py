"""Pairs of records compared from the command line, good and bad, with no workspace about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stories.conftest import counterflow, rows

PAIRS = [
    '{"id": "hangul", "left": {"schema": "Person", "properties": {"name": "Kim Jong Un", "birthDate": "1984-01-08"}},'
    ' "right": {"schema": "Person", "properties": {"name": ["김정은"], "birthDate": ["8 Jan 1984"]}}}',
    '{"id": "names", "left": {"properties": {"name": "Ermias Ghermay"}},'
    ' "right": {"properties": {"name": "GHERMAY, Ermias"}}}',
    '{"id": "ship", "left": {"schema": "Vessel", "properties": {"name": "Saebyol", "imoNumber": "8916293"}},'
    ' "right": {"schema": "Vessel", "properties": {"name": "Chong Rim 2", "imoNumber": "8916293", "flg": "kp"}}}',
    '{"id": "namesakes", "left": {"schema": "Person", "properties": {"name": "Kim Yong Chol", "birthDate": "1946"}},'
    ' "right": {"schema": "Person", "properties": {"name": "Kim Yong Chol", "birthDate": "1962-02-18"}}}',
    "no JSON at all",
    '{"id": "schema", "left": {"schema": "Persn", "properties": {"name": "Kim"}}, "right": {}}',
    '{"id": "half", "left": {"properties": {"name": "Kim"}}}',
    '{"id": "empty", "left": {"properties": {"name": ""}}, "right": {"properties": {"name": "Kim Jong Un"}}}',
    json.dumps(
        {
            "id": "long",
            "left": {"properties": {"name": "Kim Jong Un " * 1000}},
            "right": {"properties": {"name": "K\x00im Jong\x1b Un"}},
        }
    ),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("pairs")
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(PAIRS), encoding="utf-8")
    said = counterflow(folder / "nowhere", "compare", str(path), "--json", code=None)
    assert not (folder / "nowhere").exists()
    return {row["id"]: row for row in rows(said)}


def test_every_line_is_answered(answers: dict[str, dict[str, Any]]) -> None:
    assert list(answers) == [
        "hangul", "names", "ship", "namesakes", "line 5", "schema", "half", "empty", "long",
    ]  # fmt: skip
    for answer in answers.values():
        assert ("error" in answer) != ("probability" in answer)


@pytest.mark.parametrize(
    ("id", "verdict", "standing"),
    [
        ("hangul", "match", "confirmed"),
        ("names", "match", "same name"),
        ("ship", "possible", "number only"),
        ("namesakes", "no-match", "contradicted"),
    ],
)
def test_verdict_and_standing(answers: dict[str, dict[str, Any]], id: str, verdict: str, standing: str) -> None:
    found = answers[id]
    why = found["explanation"]
    assert (found["verdict"], why["standing"]) == (verdict, standing)
    assert why["sentence"].endswith(".")
    assert why["matched"]["left"]["property"] == "name"
    assert all(f["says"] and f["feature"] for f in why["features"])


def test_what_was_left_out_is_named(answers: dict[str, dict[str, Any]]) -> None:
    assert "did you mean 'flag'" in answers["ship"]["problems"][0]
    assert any("12,000 characters" in text for text in answers["long"]["problems"])


@pytest.mark.parametrize(
    ("id", "error"),
    [
        ("line 5", "line 5 is not JSON"),
        ("schema", "left: no schema 'Persn'; did you mean 'Person'?"),
        ("half", "right is missing"),
        ("empty", "left: has neither a name nor a number"),
    ],
)
def test_errors_say_where_and_what(answers: dict[str, dict[str, Any]], id: str, error: str) -> None:
    assert error in answers[id]["error"]


def test_a_table_and_the_exit_code(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text(
        "id,schema,left.name,left.birthDate,right.name,right.birthDate\n"
        "1,Person,Kim Jong Un,1984-01-08,KIM Jong-un,1984\n"
    )
    text = counterflow(tmp_path / "nowhere", "compare", str(table))
    assert text.startswith("1: match")
    assert "before any evidence" in text
    table.write_text("id,name\n1,Kim\n")
    assert "left.name" in counterflow(tmp_path / "nowhere", "compare", str(table), code=3)
    lines = tmp_path / "pairs.jsonl"
    lines.write_text("\n".join(PAIRS), encoding="utf-8")
    assert "4 pairs could not be compared" in counterflow(tmp_path / "nowhere", "compare", str(lines), code=3)
