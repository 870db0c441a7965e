"""Two audiences: nothing that one of them may not read changes anything it is shown.

The proof is by deletion: every answer for an audience is taken, then every row, label, batch, source, judgement and
quarantine entry it may not read is removed from the workspace, and every answer is taken again.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from counterflow import registry
from counterflow.assessment import hypotheses
from counterflow.errors import NotFound
from counterflow.testing import ExporterContract
from counterflow.testing.noninterference import forget
from counterflow.views.assessment import FORMATS
from counterflow.views.view import View
from counterflow.workspace import Workspace

pytestmark = pytest.mark.timeout(900)  # each takes every answer there is, twice

SECRET = "Vanishing Trading Company"


@pytest.fixture(scope="module")
def workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demonstration, with records of a narrower circle that touch what is public. Not to be changed: copy it."""
    tmp_path = tmp_path_factory.mktemp("audiences")
    beside = shutil.ignore_patterns("exercise", "report.html")  # what the demonstration leaves for its owner alone
    workspace = Workspace.open(Path(shutil.copytree(demo, tmp_path / "counterflow.d", ignore=beside)))
    told = [
        {"id": "firm", "schema": "Company", "properties": {"name": [SECRET], "country": ["cn"]}},
        {"id": "o39", "schema": "Organization", "properties": {"name": ["Office 39", "Room 39"], "country": ["kp"]}},
        {"id": "own", "schema": "Ownership", "properties": {"owner": ["office39::office-39"], "asset": ["firm"]}},
        {"id": "bad", "schema": "Nonsense", "properties": {"name": ["secret in quarantine"]}},
    ]
    path = tmp_path / "tips.ftm.json"
    path.write_text("\n".join(json.dumps(row) for row in told), encoding="utf-8")
    report = workspace.ingest(path, reader="ftm", dataset="tips", label="TLP:AMBER")
    assert report.claims >= 5 and report.quarantined
    workspace.judge("office39:office-39", "tips:o39", "same", "named alike, by our own informant")
    asked = {"id": "c-1", "schema": "Company", "properties": {"name": [SECRET]}}
    workspace.dispose(asked, "tips:firm", "true-match", "the informant again")
    asked = {"id": "1", "properties": {"name": ["Room 39"]}}
    workspace.dispose(asked, "office39:office-39", "false-positive", "for us alone", label="TLP:AMBER")
    items = [
        {"id": "kyodo-2012", "text": "in public", "cites": ["office39:r-0011"], "ratings": {"merged": "I"}},
        {"id": "tip", "text": SECRET, "cites": ["tips:own"], "ratings": {"merged": "CC", "separate": "II"}},
    ]
    names = {"merged": "they were merged", "separate": "they were not"}
    secret = {"id": "secret", "title": SECRET, "hypotheses": names, "evidence": items}
    workspace.write_hypotheses(hypotheses.of(secret))
    workspace.write_hypotheses(hypotheses.of({**secret, "id": "mixed", "title": "Merged?", "label": "TLP:CLEAR"}))
    workspace.keep_scenario("ours", {"budget": 10, "must": []})
    yield workspace
    workspace.close()


Answers = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def answers(workspace: Workspace) -> Answers:
    """Every answer for an audience of the workspace, taken once for all tests that compare it."""

    @cache
    def taken(audience: str, *, exercise: bool = True) -> dict[str, Any]:
        return everything(workspace.view(audience, exercise=exercise))

    return taken


def everything(view: View) -> dict[str, Any]:
    """Every answer there is for an audience, by question; those that take a solver are in `test_question_audiences`."""
    found: dict[str, Any] = {
        "summary": view.summary(),
        "sources": view.sources(),
        "quarantine": view.quarantine(),
        "conflicts": view.conflicts(),
        "map": view.map(),
        "review": view.review(limit=100),
        "judgements": view.judgements(),
        "findings": view.findings(),
        "patterns": view.all_patterns(),
        "flow": view.flow(),
        "measures": view.measures(),
        "report": view.report(),
        **{f"report.{format}": view.report_file(format).hex() for format in FORMATS},
        "audiences": view.audiences(),
        "hypotheses": view.hypotheses(),
        "scenarios": view.scenarios(),
        "grades": view.grades(),
    }
    for q in found["hypotheses"]["questions"]:
        found[f"hypotheses {q['id']}"] = view.matrix(q["id"])
    for text in ("office 39", "39호실", "Vanishing", "bank", "KPe.030"):
        found[f"search {text}"] = view.search(text, 50)
    found["nearest"] = list(view.nearest_of_all())
    found["difference"] = view.difference("2008", "2017")
    found["lineage"] = view.lineage("office39:office-38", "2016-10")
    found["paths"] = view.path("office39:office-39", "office39:v-wise", None, 3)
    for regime in ("ofac", "eu"):
        found[f"control {regime}"] = [view.control(regime), list(view.controlled(regime, "2016-06"))]
    names = [{"id": "1", "properties": {"name": [name]}} for name in ("Room 39", SECRET, "Korea Daesong Bank")]
    found["screen"] = list(view.screen(names, limit=10, threshold=0.01))
    kept: dict[str, Any] = {"audience": view.name, "exercise": view.exercise, "limit": 10, "threshold": 0.01}
    found["rescreen"] = list(view.workspace.rescreen(f"kept-{uuid4().hex}", names, **kept))
    for text in ("office 39", "Vanishing", "pyongyang OR cn", "country:cn", "company NOT bank"):
        found[f"lookup {text}"] = view.lookup("default", text, limit=50, facets=("datasets", "schema", "identifiers"))
    found["catalog"] = view.catalog()
    found["dispositions"] = view.dispositions()
    found["manifest"] = view.manifest("default", "http://127.0.0.1:8039")
    examples = {q["id"]: {"schema": "Thing", "properties": q["properties"]} for q in names}
    found["match"] = view.match("default", examples, limit=10, threshold=0.1)
    found["reconcile"] = view.reconcile("default", {"q": {"query": SECRET}, "r": {"query": "Office 39"}})
    extended = {"ids": ["office39:office-39", "tips:firm", "o39"], "properties": [{"id": "name"}, {"id": "country"}]}
    found["extend"] = view.extend("default", extended)
    for kind in ("entity", "property", "type"):
        found[f"suggest {kind}"] = view.suggest(kind, "default", {"entity": "van", "property": "c", "type": "o"}[kind])
    for id in ("office39:office-39", "tips:firm", "tips:own", "firm", "o39"):
        for nested in (True, False):
            with contextlib.suppress(NotFound):
                found[f"record {id} {nested}"] = view.record(id, nested=nested)
        with contextlib.suppress(NotFound):
            found[f"adjacent {id}"] = view.adjacent(id, limit=100)
        with contextlib.suppress(NotFound):
            found[f"preview {id}"] = view.preview("default", id)
    for id in sorted(view.picture.entities)[::40]:
        found[f"entity {id}"] = view.entity(id)
    for id in ("office39:office-39", "office39:kdb"):
        found[f"page {id}"] = view.entity(id)
        found[f"network {id}"] = view.network(id, hops=2, limit=500)
        found[f"explain {id}"] = view.explain(id)
    for finding in view.picture.findings[:5]:
        found[f"finding {finding['id']}"] = view.finding(finding["id"])
    for name in registry.names("exporters"):
        if name == "pdf":
            continue  # the same paper as `docx`; and `tests/casework/test_export.py` compares every exporter
        out = view.workspace.path.with_name(f"export.{name}")
        view.export(name, out)
        found[f"export {name}"] = ExporterContract().bytes_of(out.read_bytes()).decode("utf-8", "backslashreplace")
    return dict(json.loads(json.dumps(found, sort_keys=True, default=str)))


@pytest.mark.slow
@pytest.mark.parametrize(("audience", "exercise"), [("public", True), ("owner", False)])
def test_no_answer_changes_when_what_may_not_be_read_is_deleted(
    workspace: Workspace, answers: Answers, tmp_path: Path, audience: str, exercise: bool
) -> None:
    before = answers(audience, exercise=exercise)
    copied = tmp_path / "counterflow.d"
    shutil.copytree(workspace.path, copied, ignore=shutil.ignore_patterns("derived"))
    gone = forget(copied, workspace.audience(audience, exercise=exercise))
    assert gone > 0, "there must be something to forget, or this proves nothing"
    again = Workspace.open(copied)
    after = everything(again.view(audience, exercise=exercise))
    again.close()
    assert before.keys() == after.keys()
    changed = [question for question in before if before[question] != after[question]]
    assert not changed


def test_the_owner_sees_what_the_public_does_not(workspace: Workspace, answers: Answers) -> None:
    owner, public = workspace.view("owner"), workspace.view("public")
    assert owner.search("Vanishing")["results"][0]["id"] == "tips:firm"
    assert owner.search("Vanishing")["results"][0]["handling"] == "TLP:AMBER"
    assert "tips:firm" not in {hit["id"] for hit in public.search("Vanishing", 200)["results"]}
    assert SECRET not in json.dumps(answers("public"))
    assert [i["id"] for i in public.matrix("mixed")["evidence"]] == ["kyodo-2012"]
    assert {i["id"] for i in owner.matrix("mixed")["evidence"]} == {"kyodo-2012", "tip"}
    assert "secret" not in {q["id"] for q in public.hypotheses()["questions"]}
    with pytest.raises(NotFound) as hidden:
        public.entity("tips:firm")
    with pytest.raises(NotFound) as absent:
        public.entity("tips:firn")
    assert str(hidden.value).replace("firm", "firn") == str(absent.value)


def test_one_switch_hides_the_exercise_everywhere(workspace: Workspace, answers: Answers) -> None:
    with_it, without = workspace.view("owner"), workspace.view("owner", exercise=False)
    for name in ("payments", "positions"):  # not its summary, which would make every finding for this one number
        assert with_it.picture.scope.table(name).count().to_pyarrow().as_py() > 0
    assert without.summary()["counts"]["payments"] == without.summary()["counts"]["positions"] == 0
    assert "EXERCISE" not in json.dumps(answers("owner", exercise=False))
    assert without.map()["tracks"] == []
