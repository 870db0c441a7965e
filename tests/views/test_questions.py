"""Files of questions: every line is answered for, whatever it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterflow.errors import InputError
from counterflow.views.questions import LONGEST, read_questions


def test_lines_of_json(tmp_path: Path) -> None:
    good = {"id": "a", "schema": "Person", "properties": {"name": ["Kim Jong Un"]}}
    lines = [
        json.dumps(good),
        "",
        "{not json",
        "[1]",
        json.dumps({"properties": {"name": "x"}}),
        '"' + "y" * LONGEST + '"',
    ]
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff" + "\n".join([*lines, json.dumps(good)]) + "\n", encoding="utf-8")
    found = list(read_questions(path))
    assert found[0] == good
    assert [q["id"] for q in found] == ["a", "line 3", "line 4", "line 5", "line 6", "a"]
    assert [q["id"] for q in found if "error" in q] == ["line 3", "line 4", "line 6"]
    assert "longer" in found[4]["error"]


def test_headings_as_people_write_them(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    text = "Customer ID;Full name;Date of Birth;Nationalité;Passport No.;Type;Branch\n"
    text += (
        "7;Kim Yong Chol;1962-02-18;kp;654210025;individual;Bern\n;Koryo Bank;;;;company;\n;;;;;;\n8;a;b;c;d;e;f;g\n"
    )
    path.write_text(text, encoding="utf-8")
    one, two, long = read_questions(path)
    assert one["id"] == "7"
    assert one["schema"] == "Person"
    assert one["properties"] == {
        "name": ["Kim Yong Chol"],
        "birthDate": ["1962-02-18"],
        "nationality": ["kp"],
        "passportNumber": ["654210025"],
    }
    assert one["unread"] == ["Branch"]
    assert (two["id"], two["schema"], two["properties"]) == ("line 3", "Company", {"name": ["Koryo Bank"]})
    assert "8 cells" in long["error"]


def test_what_is_no_file_of_questions(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_questions(tmp_path / "none.csv")
    (tmp_path / "q.csv").write_text("amount,currency\n1,USD\n", encoding="utf-8")
    with pytest.raises(InputError, match="no heading"):
        list(read_questions(tmp_path / "q.csv"))
