from __future__ import annotations

import base64
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.conftest import EchoWorkspace
from counterflow.api.access import Access
from counterflow.api.app import create_app
from counterflow.api.safety import HEADERS, LONGEST_ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1:8039", "localhost", "LOCALHOST:1", "[::1]:8039", "[::1]", "127.0.0.1."])
def test_it_answers_under_this_machines_own_names(client: Any, host: str) -> None:
    assert client().get("/api/summary", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8039", "localhost.evil", "", "[::2]", "::1", "["]
)
def test_it_answers_under_no_other_name(client: Any, host: str) -> None:
    answer = client().get("/api/summary", headers={"host": host})
    assert answer.status_code == 421
    assert "asked" not in answer.text


@pytest.mark.parametrize("path", ["/api/summary", "/api/nothing", "/", "/assets/x.js", "/api/search"])
def test_every_answer_bears_the_headers(client: Any, path: str) -> None:
    answer = client().get(path)
    for name in HEADERS:
        assert name in answer.headers, (path, name)


def test_a_refusal_bears_the_headers_too(client: Any) -> None:
    answer = client().get("/", headers={"host": "evil.example"})
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "http" not in policy
    assert "*" not in policy
    assert "script-src" not in policy  # scripts fall to default-src: our own files, nothing inline
    assert policy.startswith("default-src 'self';")


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"any:{password}".encode()).decode()


@pytest.mark.parametrize("path", ["/api/summary", "/", "/api/openapi.json"])
def test_without_the_token_nothing_is_read(client: Any, path: str) -> None:
    guarded = client(token="s3cret")
    for sent in ({}, {"authorization": "Bearer wrong"}, {"authorization": _basic("no")}, {"authorization": "Basic %%%"},
                 {"authorization": "s3cret"}):  # fmt: skip
        answer = guarded.get(path, headers=sent)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("sent", ["Bearer s3cret", "bearer s3cret", _basic("s3cret")])
def test_with_the_token_it_answers(client: Any, sent: str) -> None:
    assert client(token="s3cret").get("/api/summary", headers={"authorization": sent}).status_code == 200


def test_a_body_without_end_is_not_read(client: Any) -> None:
    def endless() -> Any:
        yield b'{"budget": 1}'

    assert client().post("/api/whatif", content=endless()).status_code == 411
    assert client().post("/api/whatif", content=b" " * 1_000_001).status_code == 413


def test_other_origins_are_given_no_leave_to_read(client: Any) -> None:
    answer = client().get("/api/summary", headers={"origin": "http://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_what_is_looked_for_can_stand_in_the_body_and_in_no_address(client: Any) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = client()
    name = "q=Ri%20Chol%20Su&limit=7"
    told = asked.get(f"/api/search?{name}")
    found = asked.request("QUERY", "/api/search", content=name, headers=form)
    assert (found.status_code, found.content) == (told.status_code, told.content)
    assert "Ri Chol Su" in found.text
    assert asked.request("QUERY", "/api/search?q=x", content=name, headers=form).status_code == 400
    assert asked.request("QUERY", "/api/search", json={"q": "x"}).status_code == 415
    assert asked.request("QUERY", "/api/search", content="q=" + "x" * LONGEST_ADDRESS, headers=form).status_code == 413
    assert (
        asked.request("QUERY", "/api/whatif", content="", headers=form).status_code == 404
    )  # GET answers nothing there
    foreign = {**form, "origin": "http://evil.example"}
    assert asked.request("QUERY", "/api/search", content=name, headers=foreign).status_code == 403
    guarded = client(token="s3cret")
    assert guarded.request("QUERY", "/api/search", content=name, headers=form).status_code == 401


def test_no_log_of_ours_keeps_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    from counterflow.api import server

    made = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, **_: made.append(self.config))
    for proxy in ("", "10.0.0.1"):
        server.serve(EchoWorkspace(), port=0, login=False, proxy=proxy)  # type: ignore[arg-type]
    settings, behind = made
    assert (behind.proxy_headers, behind.forwarded_allow_ips) == (True, "10.0.0.1")  # and nobody else's word
    assert not settings.access_log
    assert isinstance(settings.http, type) and issubclass(settings.http, H11Protocol)  # lets one length count
    assert (settings.proxy_headers, settings.server_header) == (False, False)


def test_an_address_is_decoded_once_and_what_is_said_twice_is_meant_once(client: Any) -> None:
    # the client of tests decodes twice, as a server under us does once; nothing of ours does again
    assert "%61" in client().get("/api/entities/%252561").json()["asked"]
    found = client().get("/api/search", params=[("q", "first"), ("q", "last")])
    assert "last" in found.text and "first" not in found.text
    assert client().post("/api/judgements?left=x", json={"right": "y"}).status_code == 422  # a body is no address


def test_browsers_that_speak_https_are_told_to_go_on_doing_so() -> None:
    for origin, told in (("https://fusion.example", "max-age=63072000; includeSubDomains"), ("", None)):
        app = create_app(EchoWorkspace(), access=Access(None, free=True, origin=origin))  # type: ignore[arg-type]
        answer = TestClient(app, base_url="http://127.0.0.1").get("/api/nothing")
        assert answer.headers.get("strict-transport-security") == told
