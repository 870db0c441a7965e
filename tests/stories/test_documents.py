"""A document comes in, what is named in it is offered, a passage becomes a claim; nobody sees what is not theirs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.cli import main
from counterflow.workspace import Workspace

TEXT = (
    "Title: On Example Trading\n\n"
    "Example Trading bought the ship Example Pearl (IMO 9314650) in 2016 for US$1.2 million [1]. "
    "김철수 signed for it. Nobody asked Hidden House why.\n\nReferences\n\n"
    "[1] Clerk, A. (2016, May 4). Who buys ships. Harbour Review.\n"
)
OPEN = [
    {"id": "et", "schema": "Company", "properties": {"name": ["Example Trading"]}},
    {"id": "pearl", "schema": "Vessel", "properties": {"name": ["Example Pearl"], "imoNumber": ["9314650"]}},
    {"id": "kcs", "schema": "Person", "properties": {"name": ["Kim Chol Su", "김철수"]}},
]
SECRET = [{"id": "hh", "schema": "Company", "properties": {"name": ["Hidden House"]}}]


def lines(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "w"
    workspace = Workspace.create(path)
    workspace.ingest(lines(tmp_path, "open.json", OPEN), dataset="open", label="TLP:CLEAR")
    workspace.ingest(lines(tmp_path, "secret.json", SECRET), dataset="secret", label="TLP:RED")
    report = tmp_path / "report.txt"
    report.write_text(TEXT, encoding="utf-8")
    workspace.ingest(report, label="TLP:CLEAR")
    workspace.close()
    return path


def call(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--workspace", str(workspace), *arguments])


def data(workspace: Path, *arguments: str) -> list[Any]:
    done = call(workspace, *arguments, "--json")
    assert done.exit_code == 0, (done.stderr, done.exception)
    return [json.loads(line) for line in done.stdout.splitlines()]


def only(workspace: Path) -> str:
    [found] = data(workspace, "documents")
    return str(found["id"])


def test_what_is_in_a_document(workspace: Path) -> None:
    [found] = data(workspace, "documents")
    assert (found["title"], found["format"], found["pages"], found["references"]) == (
        "On Example Trading",
        "text",
        1,
        1,
    )
    [whole] = data(workspace, "documents", found["sha256"][:8])
    assert whole["reference_list"][0]["author"] == "Clerk, A."
    [page] = data(workspace, "documents", found["id"], "--page", "1")
    assert page["text"].startswith("Title: On Example Trading\n\nExample Trading bought")
    told = {(m["kind"], m["text"]): m for m in data(workspace, "mentions", found["id"])}
    assert all(page["text"][m["start"] : m["end"]] == m["text"] for m in told.values())
    assert told["entity", "Example Trading"]["entities"][0]["id"] == "open:et"
    assert told["entity", "김철수"]["entities"][0]["id"] == "open:kcs"
    assert told["entity", "Hidden House"]["entities"][0]["handling"] == "TLP:RED"
    assert [e["id"] for e in told["imo", "IMO 9314650"]["entities"]] == ["open:pearl"]
    assert (told["amount", "US$1.2 million"]["value"], told["amount", "US$1.2 million"]["unit"]) == ("1200000", "USD")
    assert told["reference", "[1]"]["value"] == f"{found['id']}.note-1"


def test_a_mention_of_what_may_not_be_read_is_none(workspace: Path, tmp_path: Path) -> None:
    """Byte for byte what an audience gets of a workspace in which the hidden part never was."""
    other = tmp_path / "other"
    Workspace.create(other).close()
    made = Workspace.open(other)
    made.ingest(tmp_path / "open.json", dataset="open", label="TLP:CLEAR")
    made.ingest(tmp_path / "report.txt", label="TLP:CLEAR")
    made.close()
    id = only(workspace)
    public = call(workspace, "--audience", "public", "mentions", id, "--json").stdout
    assert "Example Trading" in public and "Hidden House" not in public
    assert public == call(other, "--audience", "public", "mentions", id, "--json").stdout


def test_a_passage_becomes_a_claim_and_is_taken_back(workspace: Path) -> None:
    id = only(workspace)
    told = data(workspace, "mark", id, "--page", "1", "--text", "bought the ship", "--subject", "open:et", "--property",
                "notes", "--origin", f"{id}.note-1", "--note", "as the review says")[0]  # fmt: skip
    assert told["handling"] == "TLP:CLEAR"
    [claim] = Workspace.open(workspace).view().claims("open:et", "notes")["claims"]
    assert (claim["id"], claim["value"], claim["original"]) == (told["claim"], "bought the ship", "bought the ship")
    assert claim["source"]["title"] == "On Example Trading" and claim["grade"] == "F6"
    assert claim["locator"] == f"page 1, characters {told['start']}-{told['end']}"
    assert claim["origin"] == f"{id}.note-1" and claim["note"].startswith("as the review says; marked by ")
    page = data(workspace, "documents", id, "--page", "1")[0]["text"]
    assert page[told["start"] : told["end"]] == "bought the ship"
    assert data(workspace, "documents", id)[0]["marks"][0]["claim"] == told["claim"]
    assert call(workspace, "unmark", told["claim"], "--reason", "misread").exit_code == 0
    assert data(workspace, "documents", id)[0]["marks"] == []
    again = data(workspace, "mark", id, "--page", "1", "--text", "bought the ship", "--subject", "open:et",
                 "--property",
                 "notes", "--origin", f"{id}.note-1", "--note", "as the review says")[0]  # fmt: skip
    assert again["claim"] == told["claim"] and len(data(workspace, "documents", id)[0]["marks"]) == 1
    log = [e["action"] for e in Workspace.open(workspace).store.casebook.audit_entries()]
    assert log.count("mark") == 2 and log.count("unmark") == 1
    assert data(workspace, "verify")[0]["ok"]


def test_somebody_new_out_of_a_passage(workspace: Path) -> None:
    id = only(workspace)
    told = data(
        workspace,
        "mark",
        id,
        "--page",
        "1",
        "--text",
        "Harbour Review",
        "--schema",
        "Organization",
        "--property",
        "name",
    )[0]
    assert told["subject"].startswith("marks:")
    found = data(workspace, "search", "Harbour Review")
    assert [row["id"] for row in found] == [told["subject"]]


def test_a_mark_is_handled_as_strictly_as_all_that_it_speaks_of(workspace: Path) -> None:
    id = only(workspace)
    told = data(
        workspace, "mark", id, "--page", "1", "--text", "Nobody asked", "--subject", "secret:hh", "--property", "notes"
    )[0]
    assert told["handling"] == "TLP:RED"
    stricter = data(workspace, "mark", id, "--page", "1", "--text", "Nobody asked", "--subject", "open:et",
                    "--property", "notes", "--label", "TLP:AMBER+STRICT")[0]  # fmt: skip
    assert stricter["handling"] == "TLP:AMBER+STRICT"
    [shown] = data_for(workspace, "public", "documents", id)
    assert shown["marks"] == [] and shown["claims"] == 0


def data_for(workspace: Path, audience: str, *arguments: str) -> list[Any]:
    return data(workspace, "--audience", audience, *arguments)


def test_a_program_of_ones_own_may_suggest(workspace: Path, tmp_path: Path) -> None:
    """It gets the text of the page; what it makes up is left out, the rest is offered, and said to be unsure."""
    program = tmp_path / "model.py"
    program.write_text(
        "import json, sys\n"
        "text = sys.stdin.buffer.read().decode()\n"
        "assert text.startswith('Title: On Example Trading')\n"
        "for name in ('Harbour Review', 'Nobody At All'):\n"
        "    print(json.dumps({'text': name, 'kind': 'paper'}))\n"
        "print('[1, 2]')\n"
    )
    command = f"{sys.executable} {program}"
    told = [m for m in data(workspace, "mentions", only(workspace), "--suggest", command) if not m["sure"]]
    assert [(m["kind"], m["text"], m["entities"]) for m in told] == [("suggested paper", "Harbour Review", [])]
    for bad, words in ((f"{sys.executable} -c 'print(1+)'", "ended with 1"), ("no-such-program", "no program"),
                       (f"{sys.executable} -c \"print('x')\"", "not JSON")):  # fmt: skip
        done = call(workspace, "mentions", only(workspace), "--suggest", bad)
        assert done.exit_code in (2, 4) and words in done.stderr


REFUSED = {
    "no such text": (["--text", "sold the ship", "--subject", "open:et", "--property", "notes"], 2, "not on that page"),
    "twice": (["--text", "Example", "--subject", "open:et", "--property", "notes"], 2, "times"),
    "no such place": (
        ["--from", "5", "--to", "99999", "--subject", "open:et", "--property", "notes"],
        2,
        "no characters",
    ),
    "another text": (
        ["--from", "5", "--to", "9", "--text", "ship", "--subject", "open:et", "--property", "notes"],
        2,
        "another",
    ),
    "nobody": (["--text", "bought the ship", "--property", "notes"], 2, "--subject"),
    "not there": (["--text", "bought the ship", "--subject", "open:nobody", "--property", "notes"], 5, "open:nobody"),
    "no property": (["--text", "bought the ship", "--subject", "open:et", "--property", "notess"], 2, "Did you mean"),
    "no date": (
        ["--text", "bought the ship", "--subject", "open:et", "--property", "incorporationDate"],
        2,
        "not a valid date",
    ),
    "no entity": (
        ["--text", "bought the ship", "--subject", "open:et", "--property", "parent", "--value", "open:x"],
        5,
        "open:x",
    ),
    "no grade": (
        ["--text", "bought the ship", "--subject", "open:et", "--property", "notes", "--grade", "Z9"],
        2,
        "Z9",
    ),
    "no origin": (
        ["--text", "bought the ship", "--subject", "open:et", "--property", "notes", "--origin", "x"],
        5,
        "x",
    ),
    "hidden": (["--text", "bought the ship", "--subject", "secret:hh", "--property", "notes"], 5, "secret:hh"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mark_that_is_none(name: str, workspace: Path) -> None:
    options, code, words = REFUSED[name]
    audience = ["--audience", "public"] if name == "hidden" else []
    done = call(workspace, *audience, "mark", only(workspace), "--page", "1", *options)
    assert done.exit_code == code, (done.stderr, done.exception)
    assert words in done.stderr
    assert data(workspace, "documents", only(workspace))[0]["marks"] == []


def test_hidden_and_absent_documents_answer_alike(workspace: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.txt"
    hidden.write_text("This is hidden. Nobody may know. It speaks of Example Trading.\n")
    opened = Workspace.open(workspace)
    opened.ingest(hidden, label="TLP:RED")
    opened.close()
    ids = [d["id"] for d in data(workspace, "documents")]
    [public] = data_for(workspace, "public", "documents")
    [secret] = [id for id in ids if id != public["id"]]
    for verb in (["documents", secret], ["mentions", secret], ["documents", secret, "--page", "1"]):
        absent = [part.replace(secret, "documents:0000000000000000") for part in verb]
        seen, unseen = (call(workspace, "--audience", "public", *parts) for parts in (verb, absent))
        assert seen.exit_code == unseen.exit_code == 5
        assert seen.stderr.replace(secret, "ID") == unseen.stderr.replace("documents:0000000000000000", "ID")


# -- HTTP ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(workspace: Path) -> Iterator[TestClient]:
    opened = Workspace.open(workspace)
    yield TestClient(create_app(opened), base_url="http://127.0.0.1")
    opened.close()


def test_the_same_over_http(client: TestClient) -> None:
    [found] = client.get("/api/documents").json()["documents"]
    id = found["id"]
    page = client.get(f"/api/documents/{id}/pages/1").json()
    mentions = client.get(f"/api/documents/{id}/mentions?page=1").json()["mentions"]
    assert {m["text"] for m in mentions} >= {"Example Trading", "김철수", "[1]"}
    start = page["text"].index("bought")
    body = {"page": 1, "start": start, "end": start + 6, "subject": "open:et", "property": "notes"}
    told = client.post(f"/api/documents/{id}/marks", json=body)
    assert told.status_code == 200 and told.json()["value"] == "bought"
    assert client.get(f"/api/documents/{id}").json()["marks"][0]["claim"] == told.json()["claim"]
    assert client.delete(f"/api/marks/{told.json()['claim']}").status_code == 422  # a reason is asked for
    assert client.delete(f"/api/marks/{told.json()['claim']}?reason=misread").status_code == 200
    assert client.get(f"/api/documents/{id}").json()["marks"] == []
    assert client.delete(f"/api/marks/{told.json()['claim']}?reason=again").status_code == 404
    assert client.get("/api/documents/documents:0000/pages/1").status_code == 404
    assert client.get(f"/api/documents/{id}/pages/99").status_code == 404
    assert client.post(f"/api/documents/{id}/marks", json={**body, "more": 1}).status_code == 422
    assert client.post(f"/api/documents/{id}/marks", json={**body, "property": "no"}).status_code == 400


def test_the_answers_are_of_the_types_that_the_workbench_expects(client: TestClient) -> None:
    from tests.api.test_types import declared

    parser = declared()
    listed = client.get("/api/documents").json()
    id = listed["documents"][0]["id"]
    body = {"page": 1, "text": "bought the ship", "subject": "open:et", "property": "notes"}
    answers = {
        "MarkAnswer": client.post(f"/api/documents/{id}/marks", json=body).json(),
        "DocumentsAnswer": listed,
        "DocumentDetail": client.get(f"/api/documents/{id}").json(),
        "DocumentPage": client.get(f"/api/documents/{id}/pages/1").json(),
        "MentionsAnswer": client.get(f"/api/documents/{id}/mentions").json(),
    }
    assert answers["DocumentDetail"]["marks"] and answers["MentionsAnswer"]["mentions"]
    for name, answer in answers.items():
        assert list(parser.wrong(answer, ("ref", name), name)) == []


def test_a_page_elsewhere_cannot_mark(client: TestClient) -> None:
    """A browser sends a form, or plain text, to any address without asking first; none of it is taken."""
    [found] = client.get("/api/documents").json()["documents"]
    body = json.dumps({"page": 1, "text": "bought the ship", "subject": "open:et", "property": "notes"})
    address = f"/api/documents/{found['id']}/marks"
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert client.post(address, content=body, headers={"Content-Type": kind}).status_code == 422
    away = {"Content-Type": "application/json", "Origin": "http://elsewhere.example"}
    assert client.post(address, content=body, headers=away).status_code == 403
    near = {"Content-Type": "application/json", "Origin": "http://127.0.0.1"}
    assert client.post(address, content=body, headers=near).status_code == 200


# -- the founding document -------------------------------------------------------------------------------------------


def test_the_founding_document(shared_data: Path, tmp_path: Path) -> None:
    """What its README asks to be found: both offices, resolutions, people, where the banks are, nine endnotes."""
    workspace = Workspace.create(tmp_path / "w")
    workspace.ingest(Path(__file__).parents[2] / "examples" / "office39")
    workspace.ingest(shared_data / "founding-document" / "assessment-2017.txt", label="TLP:CLEAR")
    view = workspace.view()
    [found] = view.documents()["documents"]
    whole = view.document(found["id"])
    assert [r["number"] for r in whole["reference_list"]] == list(range(1, 10))
    told = view.mentions(found["id"])["mentions"]
    entities = {e["id"] for m in told if m["kind"] == "entity" for e in m["entities"]}
    assert entities >= {
        "office39:office-39",
        "office39:office-38",
        "office39:kwp",
        "office39:kim-jong-un",
        "office39:kim-il-sung",
    }
    assert {"Office #39", "Office Number 39", "Central Committee Bureau 39"} <= {m["text"] for m in told}
    assert {m["value"] for m in told if m["kind"] == "resolution"} == {"S/RES/2371", "S/RES/2375"}
    assert {"China", "Italy", "Russia"} <= {m["value"] for m in told if m["kind"] == "country"}
    assert {m["value"] for m in told if m["kind"] == "date"} >= {"1974", "1991", "2016-09", "2017-10-30"}
    markers = [m["value"].rpartition("-")[2] for m in told if m["kind"] == "reference"]
    assert set(markers) == {str(n) for n in range(1, 10)}
    workspace.close()
