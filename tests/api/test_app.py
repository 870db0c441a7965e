"""Every address asks exactly one question of the view, with what the request said, and prints the answer as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from counterflow.api.app import create_app
from counterflow.views.view import View

if TYPE_CHECKING:
    from starlette.testclient import TestClient

GET = [
    ("/api/summary", ["summary"]),
    ("/api/sources", ["sources"]),
    ("/api/documents", ["documents"]),
    ("/api/documents/documents:1", ["document", "documents:1"]),
    ("/api/documents/documents:1/pages/3", ["page", "documents:1", 3]),
    ("/api/documents/documents:1/mentions", ["mentions", "documents:1", None]),
    ("/api/documents/documents:1/mentions?page=3", ["mentions", "documents:1", 3]),
    ("/api/search?q=39%ED%98%B8%EC%8B%A4&limit=5", ["search", "39호실", 5]),
    ("/api/entities/office39:bureau-39", ["entity", "office39:bureau-39", None]),
    ("/api/entities/office39:bureau-39?as_of=2016-08", ["entity", "office39:bureau-39", "2016-08"]),
    ("/api/entities/ftm:x/y%2Fz", ["entity", "ftm:x/y/z", None]),
    ("/api/entities/un:6908524/claims?property=name&value=A%26B", ["claims", "un:6908524", "name", "A&B"]),
    ("/api/claims?id=a&id=b", ["claims_by_id", ["a", "b"]]),
    ("/api/network?center=un:1&hops=2&as_of=2016&limit=50", ["network", "un:1", 2, "2016", 50, None]),
    ("/api/network?center=un:1", ["network", "un:1", 1, None, 300, None]),
    ("/api/network/difference?from=2009&to=2011&center=un:1", ["difference", "2009", "2011", "un:1", 300]),
    ("/api/path?source=a&target=b", ["path", "a", "b", None, 1, False, []]),
    ("/api/path?source=a&target=b&count=3&in_time=1&kind=family", ["path", "a", "b", None, 3, True, ["family"]]),
    ("/api/nearest?entity=un:1&as_of=2016", ["nearest", "un:1", "2016"]),
    ("/api/lineage?entity=un:1", ["lineage", "un:1", None]),
    ("/api/control", ["control", "ofac", None, None, None, 0, 100]),
    ("/api/control?regime=eu&entity=un:1&as_of=2016", ["control", "eu", "2016", "un:1", None, 0, 100]),
    ("/api/control?status=blocked&offset=5&limit=7", ["control", "ofac", None, None, "blocked", 5, 7]),
    ("/api/taint", ["taint", [], "haircut", 20, 365, None, 100]),
    (
        "/api/taint?address=0x1&address=1B&method=fifo&hops=3&days=7&as_of=2025-02&limit=5",
        ["taint", ["0x1", "1B"], "fifo", 3, 7, "2025-02", 5],
    ),
    ("/api/taint/ways?address=0x1&to=1B", ["taint_ways", ["0x1"], "haircut", 20, 365, None, "1B"]),
    ("/api/network/attempt?finding=f-1", ["attempt_network", "f-1"]),
    ("/api/map", ["map"]),
    ("/api/corridors", ["corridors", None, None, False, None]),
    ("/api/corridors?from=2016&to=2017-03&findings=1", ["corridors", "2016", "2017-03", True, None]),
    ("/api/flow?as_of=2017", ["flow", "2017"]),
    ("/api/findings", ["findings", {}, "likelihood", 0, 100, None]),
    (
        "/api/findings?state=again&state=watch&listed=0&sort=amount&limit=5&around=f-1",
        ["findings", {"state": ["again", "watch"], "listed": False}, "amount", 0, 5, "f-1"],
    ),
    ("/api/model?drift=1", ["model", {"drift": True}]),
    ("/api/triage", ["triage", None, 100]),
    ("/api/triage?finding=f-1&limit=7", ["triage", "f-1", 7]),
    ("/api/patterns", ["patterns", None, False, None, None, 0, 100]),
    (
        "/api/patterns?activity=arms&across=1&entity=un:1&finding=f-1&offset=3&limit=5",
        ["patterns", "arms", True, "un:1", "f-1", 3, 5],
    ),
    ("/api/patterns/p-1", ["pattern", "p-1"]),
    ("/api/findings/front-company:abc", ["finding", "front-company:abc"]),
    ("/api/measures", ["measures", None]),
    ("/api/report", ["report", None, "", False]),
    ("/api/report/versions", ["report_versions"]),
    ("/api/report/changes?saved=a@2", ["report_changes", "a@2", "now"]),
    ("/api/explain/office39:bureau-39%23name", ["explain", "office39:bureau-39#name"]),
    ("/api/explain/a%3Eb%3Ec", ["explain", "a>b>c"]),
    ("/api/dispositions?party=c-1", ["dispositions", "c-1", None]),
    ("/api/review?limit=5&outcome=open", ["review", 5, 0, None, "open"]),
    ("/api/judgements", ["judgements"]),
    ("/api/questions", ["questions"]),
    ("/api/questions/bite?as_of=2017&budget=5", ["ask", "bite", "2017", 5.0]),
    ("/api/grades", ["grades"]),
    ("/api/hypotheses", ["hypotheses"]),
    ("/api/hypotheses/h-1?without=e-2", ["matrix", "h-1", ["e-2"], None]),
    ("/catalog", ["catalog"]),
    ("/entities/un:1/adjacent/ownershipOwner?limit=5", ["adjacent", "un:1", "ownershipOwner", [], 5, 0]),
    ("/reconcile/un/suggest/entity?prefix=kim", ["suggest", "entity", "un", "kim", 10]),
    ("/reconcile/un/suggest/type?prefix=per", ["suggest", "type", "un", "per"]),
    ("/reconcile/un/extend/property?type=Person", ["proposed", "un", "Person", 0]),
]


@pytest.mark.parametrize(("address", "asked"), GET)
def test_an_address_asks_its_question(client: Any, address: str, asked: list[Any]) -> None:
    answer = client().get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"asked": asked, "audience": "owner", "exercise": True}


def test_every_question_of_a_view_has_an_address(client: Any) -> None:
    addressed = {asked[0] for _, asked in GET} | {"audiences", "conflicts", "whatif", "report_file", "report_lint"}
    addressed |= {"grades_tried", "grades_fitted"}  # in views/test_grades
    addressed |= {"scenarios", "scenario"}  # one of them is read by the command line, from the same list
    # asked in test_yente and test_dispositions, with all that can be said
    addressed |= {"match", "lookup", "record", "ready", "manifest", "reconcile", "extend", "preview", "screened"}
    # asked in stories/test_casework and test_sharing
    addressed |= {
        "case",
        "case_history",
        "case_row",
        "case_terms",
        "case_work",
        "cases",
        "related_cases",
        "snapshot",
        "snapshots_compared",
    }
    addressed |= {"events", "event_cursors", "event_place", "stirred", "concerned", "news", "proposals"}
    addressed |= {"dissemination", "dissemination_of", "release_terms"}
    questions = {name for name in dir(View) if not name.startswith("_") and callable(getattr(View, name))}
    # kept holds answers as they are sent;
    # detect, all_patterns and assess run a stage with other settings; screen, controlled and nearest_of_all are
    # streams; export and quarantine_file write, evaluate reads a file of answers, and diff is asked by who keeps the
    # sources: for the command line. The quarantine is part of sources.
    other = [
        "all_patterns",
        "assess",
        "controlled",
        "detect",
        "diff",
        "evaluate",
        "export",
        "kept",
        "nearest_of_all",
        "quarantine",
        "quarantine_file",
        "screen",
    ]
    assert questions - addressed == set(other)
    assert addressed <= questions


def test_audience_and_exercise_reach_the_view(client: Any) -> None:
    answer = client().get("/api/summary?audience=partner&exercise=0").json()
    assert (answer["audience"], answer["exercise"]) == ("partner", False)


def test_a_server_for_one_audience_speaks_for_no_other(client: Any) -> None:
    narrow = client(audiences=["public"])
    assert narrow.get("/api/summary").json()["audience"] == "public"
    refused = narrow.get("/api/summary?audience=owner")
    assert refused.status_code == 400
    assert "owner" not in refused.json()["detail"].replace("No audience 'owner'", "")
    assert [a["name"] for a in narrow.get("/api/audiences").json()["audiences"]] == ["public"]


def test_whatif_passes_the_question_on(client: Any) -> None:
    question = {"budget": 12.5, "must": ["a"], "never": [], "measures": None}
    assert client().post("/api/whatif", json=question).json()["asked"] == ["whatif", question]
    assert client().post("/api/whatif", json={"budget": 1}).json()["asked"][1]["must"] == []


@pytest.mark.parametrize("body", [{}, {"budget": -1}, {"budget": "x"}, {"budget": 1, "mst": []}])
def test_whatif_refuses_what_is_no_question(client: Any, body: dict[str, Any]) -> None:
    answer = client().post("/api/whatif", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(("budget", "mst"))


def test_a_written_report_stands_alone_and_runs_nothing(client: Any) -> None:
    page = client().get("/api/report.html?as_of=2017")
    assert page.text == "<p>html 2017</p>"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert client().get("/api/report.md").headers["content-type"] == "text/markdown; charset=utf-8"


def test_head_is_get_without_a_body(client: Any) -> None:
    answer = client().head("/api/entities/un:1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/json"


def test_a_long_answer_is_compressed(client: Any) -> None:
    answer = client().get("/api/search", params={"q": "x" * 5000})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["asked"][1] == "x" * 5000


def test_nothing_is_loaded_from_elsewhere_and_the_description_is_complete(client: Any) -> None:
    described = client().get("/api/openapi.json").json()
    assert described["info"]["title"] == "Counterflow"
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
    assert client().get("/docs").headers["content-type"].startswith("text/html")  # the workbench, not Swagger's page
    assert "swagger" not in client().get("/docs").text.lower()


def test_a_number_that_json_does_not_know_is_an_error_not_an_answer(client: Any) -> None:
    from counterflow.api.answer import answer

    with pytest.raises(ValueError, match="JSON"):
        answer({"low": float("nan")})


def test_questions_are_told_to_no_collector(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry import trace

    told: list[str] = []

    class Listening(trace.TracerProvider):
        def get_tracer(self, *_: Any, **__: Any) -> Any:
            told.append("asked for a tracer")
            return trace.NoOpTracer()

    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", Listening())
    assert client().get("/api/search?q=secret").status_code == 200
    assert told == []


def test_the_application_needs_a_workspace_and_no_more() -> None:
    app = create_app(object())  # type: ignore[arg-type]
    assert {"/api/summary", "/api/whatif"} <= set(app.openapi()["paths"])


def test_every_question_is_on_the_audit_log_before_it_is_answered(client: Callable[..., TestClient]) -> None:
    asked = client()
    asked.get("/api/entities/office39:office-39", params={"audience": "public", "exercise": 0})
    asked.get("/api/nothing-there")
    log = asked.app.state.workspace.log  # type: ignore[attr-defined]
    where = {"path": "/api/entities/office39:office-39", "audience": "public", "exercise": False}
    assert log == [("read", where)]
