"""Whatever is sent is answered: no unforeseen error, no other content than is said, no file but the workbench's."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from counterflow.testing.noninterference import Caller, build, served
from counterflow.testing.noninterference.asking import Request, made, operations
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = ("host", "127.0.0.1")
JSON = ("content-type", "application/json")

PATHS = [
    "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/api/%2e%2e/%2e%2e/counterflow.toml", "//etc/passwd",
    "/api//summary", "/api/summary/", "/api/summary;x=1", "/api/summary%00", "/api/entities/%00", "/api/entities/..",
    "/api/entities/%2e%2e%2fcasebook.sqlite", "/api/entities/" + "a" * 30_000, "/" + "x" * 70_000,
    "/api/entities/%ff%fe",
    "/api/entities/%F0%9F%92%A9", "/api/entities/%E2%80%AE", "/api/documents/x/pages/99999999999999999999999",
    "/api/findings?limit=1e999", "/api/findings?offset=-1", "/api/search?q=" + "%22" * 500, "/api/search?q=*&limit=0",
    "/api/search", "/api/claims?" + "id=a&" * 600, "/api/report.exe", "/api/report.pdf%00.html", "/casebook.sqlite",
    "/.git/config", "/api/network?center=a&hops=9999999999999999999", "/search/default?q=" + "(" * 300,
    "/search/default?q=" + "a%20AND%20" * 200 + "b", "/search/default?q=%5C", "/search/default?q=name:~~~",
]  # fmt: skip
BODIES = [
    b"", b"{", b"null", b"[]", b'"', b"\xff\xfe", b"[" * 50_000, b'{"a":' * 50_000, b'{"name": "\\ud800"}',
    b'{"budget": 1e400}', b'{"budget": NaN}', b'{"name": "\\u0000", "question": {"budget": 1}}',
    json.dumps({"name": "x" * 100_000, "question": {"budget": 1}}).encode(), b"1" * 5_000,
    b'{"queries": {"q": {"schema": "Person", "properties": {"name": [[[[["x"]]]]]}}}}',
]  # fmt: skip
HEADERS = [
    ("host", "evil.example"), ("host", ""), ("origin", "https://evil.example"), ("origin", "null"),
    ("authorization", "Bearer " + "x" * 9_000), ("authorization", "Basic !!!"), ("authorization", "Negotiate abc"),
    ("cookie", "counterflow-8039=" + "a" * 4_000), ("cookie", ";;;===;;"), ("cookie", "__Host-counterflow=..%00"),
    ("x-forwarded-for", "127.0.0.1, ::1"), ("x-forwarded-host", "evil.example"), ("x-original-url", "/api/audit"),
    ("x-http-method-override", "DELETE"), ("x-remote-user", "admin"), ("content-length", "-1"),
    ("range", "bytes=0-,-1"),
    ("content-length", "99999999999999999999"), ("accept-encoding", "gzip;q=nan, *;q=2"),
    ("if-none-match", '"' * 3_000),
    ("content-type", "application/json; charset=utf-7"), ("content-type", "multipart/form-data; boundary="),
    ("transfer-encoding", "chunked"), ("accept", "\x00"),
]  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    world = build(tmp_path_factory.mktemp("hostile") / "world", 3, hidden=None)
    workspace = Workspace.open(world.folder)
    yield served(workspace)
    workspace.close()


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    made_ = Caller()
    yield made_
    made_.close()


def test_whatever_is_sent_is_answered_without_an_unforeseen_error(app: FastAPI, caller: Caller) -> None:
    asked = [Request("path", "GET", path, (HOST,)) for path in PATHS]
    for path in ("/api/scenarios", "/api/whatif", "/match/default", "/reconcile/default", "/api/judgements"):
        length = [(path, body, (HOST, JSON, ("content-length", str(len(body))))) for body in BODIES]
        asked += [Request("body", "POST", where, headers, body) for where, body, headers in length]
    for name, value in HEADERS:
        rest = () if name == "host" else (HOST,)
        asked += [Request("header", "GET", "/api/audiences", (*rest, (name, value)))]
        asked += [Request("header", "POST", "/api/scenarios", (*rest, JSON, (name, value)), b"{}")]
    asked += [
        Request("method", method, "/api/audiences", (HOST,)) for method in ("TRACE", "CONNECT", "PATCH", "X" * 99)
    ]
    for request in asked:
        told = caller.ask(app, request)
        assert told.status < 500, (str(request)[:200], told.body[:500])
        kinds = [value for name, value in told.headers if name == "content-type"]
        if told.body and request.target.startswith("/api/") and told.status >= 400:
            assert kinds == ["application/problem+json"], str(request)[:200]
        if request.method == "TRACE":
            assert told.status in (405, 411)
        assert b"root:" not in told.body
        assert b"[audiences" not in told.body
        assert b"SQLite format" not in told.body


def test_what_its_own_description_allows_is_answered_without_an_unforeseen_error(app: FastAPI, caller: Caller) -> None:
    there, schemata = operations(app)
    r = random.Random(7)
    for operation in there:
        if operation.path.startswith(("/api/report", "/api/questions", "/api/whatif")):
            continue
        told = caller.ask(app, made(operation, schemata, {"odd": ["\x00", "٣", "a\nb", "-1", "'", "é" * 300]}, r))
        assert told.status < 500, (operation.name, told.body[:500])
