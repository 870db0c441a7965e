"""Control, from files to answers: a register and a list go in; the command line and HTTP answer under each regime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.cli import main
from counterflow.workspace import Workspace
from stories.conftest import rows


def party(id: str, schema: str = "Company") -> dict[str, Any]:
    return {"id": id, "schema": schema, "properties": {"name": [f"{id} of the register"]}}


def link(id: str, schema: str, ends: dict[str, str], **said: str) -> dict[str, Any]:
    return {"id": id, "schema": schema, "properties": {k: [v] for k, v in {**ends, **said}.items()}}


def owns(id: str, owner: str, asset: str, **said: str) -> dict[str, Any]:
    return link(id, "Ownership", {"owner": owner, "asset": asset}, **said)


REGISTER = [
    party("x", "Person"), *(party(id) for id in "abcdefg"), party("p", "Person"),
    link("s1", "Sanction", {"entity": "x"}, authority="Office of Foreign Assets Control", startDate="2016-06-01"),
    link("s2", "Sanction", {"entity": "x"}, authority="Council of the European Union", startDate="2018-01-15"),
    owns("o1", "x", "a", percentage="50", startDate="2010"),
    owns("o2", "a", "b", percentage=">25-50", ownershipType="shareholding"),
    owns("o3", "x", "b", percentage="30"),
    owns("o4", "p", "b", percentage="10"),
    link("o5", "Control", {"controller": "x", "controlled": "c"}, controlType="otherInfluenceOrControl"),
    owns("o6", "x", "d", percentage="60", endDate="2016-03-15"),
    owns("o7", "x", "d", percentage="49", startDate="2016-03-16"),
    owns("o8", "x", "e", percentage="120"),
    owns("o9", "f", "f", percentage="20"),
    owns("o10", "p", "f", percentage="70"), owns("o11", "x", "f", percentage="60"),
    owns("o12", "x", "g", percentage="80", startDate="2015", endDate="2012"),
]  # fmt: skip


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("control")
    (folder / "register.ftm.json").write_text("\n".join(map(json.dumps, REGISTER)), encoding="utf-8")
    workspace = Workspace.create(folder / "w")
    report = workspace.ingest(folder / "register.ftm.json", reader="ftm", dataset="r")
    assert not report.quarantined
    workspace.close()
    return folder / "w"


def ask(register: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--workspace", str(register), "control", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout if code == 0 else result.stderr


def answers(register: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    return {row["entity"]: row for row in rows(ask(register, "--all", "--json", *arguments))}


def test_one_line_a_party_with_its_status_under_each_regime(register: Path) -> None:
    def status(*arguments: str) -> dict[str, str]:
        return {id[2:]: row["status"] for id, row in answers(register, *arguments).items()}

    assert status() == {
        "x": "blocked", "a": "blocked", "b": "blocked", "c": "not-blocked", "d": "not-blocked",
        "e": "may-be-blocked", "f": "blocked", "g": "may-be-blocked",
    }  # fmt: skip
    assert status("--regime", "eu") == status() | {"c": "may-be-blocked"}
    assert set(status("--regime", "uk").values()) == {"not-blocked"}, "its lists name nobody here"
    assert status("--as-of", "2016-05-31")["a"] == "not-blocked", "not listed yet"
    assert status("--as-of", "2016-06-01")["a"] == "blocked"
    assert set(answers(register, "--status", "may-be-blocked")) == {"r:e", "r:g"}


def test_an_answer_has_its_chain_dates_and_records(register: Path) -> None:
    [found] = rows(ask(register, "r:b", "--json"))
    assert (found["low"], found["high"], found["basis"]) == (55, 80, "shares")
    assert [(s["owner"], s["owned"]) for s in found["path"]] == [("r:x", "r:b")] or found["path"][-1]["owner"] == "r:x"
    assert {s["owner"] for s in found["holders"]} == {"r:a", "r:x", "r:p"}
    assert {(s["owner"], s["owned"]) for s in found["chain"]} == {("r:a", "r:b"), ("r:x", "r:b"), ("r:x", "r:a")}
    assert found["chain"][0]["links"][0]["claim_ids"] and found["handling"]
    assert found["sources"] and all(source["title"] for source in found["sources"])
    assert found["proceeds"] == {"low": 42.5, "high": 55.0}
    [listed] = rows(ask(register, "r:x", "--json"))
    assert [x["start"] for x in listed["listings"]] == ["2016-06-01"]


def test_a_sale_to_just_below_the_line_shortly_before_the_listing_is_flagged(register: Path) -> None:
    [flag] = answers(register)["r:d"]["flags"]
    assert (flag["before"], flag["after"], flag["day"]) == (60, 49, "2016-03-15")
    assert flag["signs"] == ["just below the line", "shortly before the listing"]
    assert answers(register)["r:x"]["flags"] == [flag]


def test_what_is_wrong_with_the_data_stands_with_the_answer(register: Path) -> None:
    found = answers(register)
    kinds = {id[2:]: [p["kind"] for p in row["data_quality"]] for id, row in found.items() if row["data_quality"]}
    assert kinds == {"e": ["share not possible"], "f": ["more than the whole", "owns itself"], "g": ["dates reversed"]}
    assert found["r:f"]["low"] == 60 and found["r:f"]["proceeds"] is None


def test_an_owner_that_is_not_on_record_is_said(tmp_path: Path) -> None:
    from counterflow.network.unresolved import unresolved
    from counterflow.testing import claims_of
    from network.conftest import whole

    claims = claims_of(
        [
            ("c:x", "Company", "name", "X"),
            ("c:o", "Ownership", "owner", "c:ghost"), ("c:o", "Ownership", "asset", "c:x"),
            ("c:q", "Ownership", "asset", "c:x"),
        ]
    )  # fmt: skip
    found = unresolved(whole(claims, ["c:x"]))
    assert [(p.entity, p.links, p.text) for p in found] == [
        ("c:x", ("c:o",), "owner 'c:ghost' is not on record"), ("c:x", ("c:q",), "no owner is named"),
    ]  # fmt: skip


def test_text_for_people_names_all_of_it(register: Path) -> None:
    text = ask(register, "--all")
    for words in ("blocked", "a of the register", "would decide it", "sold: 60 to 49", "the data: owns itself", "TLP:"):
        assert words in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name one ENTITY, or say --all"),
        (("r:a", "--all"), "Name one ENTITY, or say --all"),
        (("--all", "--regime", "ofax"), "Did you mean 'ofac'"),
        (("--all", "--status", "frozen"), "Valid: blocked"),
        (("--all", "--as-of", "2016-13"), "is not a date"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line(register: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in ask(register, *arguments, code=2)
    assert "No entity" in ask(register, "r:nobody", code=5)


def test_over_http_in_portions_with_counts_and_the_rule(register: Path) -> None:
    client = TestClient(create_app(Workspace.open(register)), base_url="http://127.0.0.1:8039")
    found = client.get("/api/control", params={"regime": "ofac", "limit": 3, "offset": 2}).json()
    assert found["counts"] == {"blocked": 4, "may-be-blocked": 2, "not-blocked": 2}
    assert (found["total"], len(found["entities"])) == (8, 3)
    assert found["rule"]["line"] == 50 and found["rule"]["url"].startswith("https://ofac.treasury.gov")
    assert {p["entity"] for p in found["data_quality"]} == {"r:e", "r:f", "r:g"}
    assert found["data_quality_total"] == len(found["data_quality"])
    one = client.get("/api/control", params={"entity": "r:b"}).json()
    assert [row["entity"] for row in one["entities"]] == ["r:b"] and one["total"] == 1
    for wrong in ({"regime": "x"}, {"status": "x"}, {"limit": 0}, {"as_of": "x"}):
        assert client.get("/api/control", params=wrong).status_code == 400
    assert client.get("/api/control", params={"entity": "r:nobody"}).status_code == 404
