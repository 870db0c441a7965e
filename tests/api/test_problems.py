from __future__ import annotations

import logging
from typing import Any

import pytest

from counterflow import errors

CASES = [
    (errors.NotFound("entity", "x"), 404, "NotFound"),
    (errors.UnknownName("table", "x", ["y"]), 400, "UnknownName"),
    (errors.UsageError("hops must be 1 to 4, not 9"), 400, "UsageError"),
    (errors.InputError("bad date", file="a.csv", line=3, field="date"), 422, "InputError"),
    (errors.MissingExtra("pyspark", "spark"), 501, "MissingExtra"),
    (errors.Corrupt(["segment 1"]), 500, "Corrupt"),
]


@pytest.mark.parametrize(("error", "status", "name"), CASES, ids=[c[2] for c in CASES])
def test_an_error_of_ours_is_a_problem_document(client: Any, error: Exception, status: int, name: str) -> None:
    answer = client(error).get("/api/summary")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["error"], body["detail"]) == (status, name, str(error))
    assert body["type"] == "about:blank"
    assert body["title"]


def test_an_unforeseen_error_tells_the_log_and_not_the_caller(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client(RuntimeError("/home/someone/secret")).get("/api/summary")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "secret" in caplog.text


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/nothing/here.html"])
def test_an_unknown_address_is_a_problem_not_a_page(client: Any, path: str) -> None:
    answer = client().get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_missing_parameter_is_named(client: Any) -> None:
    answer = client().get("/api/search")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "q: Field required"


def test_each_error_of_the_tree_has_a_status() -> None:
    from counterflow.api.problems import STATUS

    for name in errors.__all__:
        kind = getattr(errors, name)
        assert any(c in STATUS for c in kind.__mro__), name
