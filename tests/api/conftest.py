"""A workspace's double: it answers with the call it got, so that a test sees what a handler asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.config import Settings
from counterflow.errors import UnknownName

ORIGIN = "http://127.0.0.1:8039"


class EchoView:
    def __init__(self, audience: str, exercise: bool, failing: Exception | None) -> None:
        self.name = self.audience = audience
        self.exercise, self.failing = exercise, failing

    def audiences(self) -> dict[str, Any]:
        names = ("owner", "partner", "public")
        return {"current": self.audience, "audiences": [{"name": n, "text": n} for n in names]}

    def report_file(self, format: str, as_of: str | None, saved: str, answers: bool) -> bytes:
        return f"<p>{format} {as_of}</p>".encode()

    def kept(self, question: object, make: Callable[[], bytes]) -> bytes:
        return make()

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if self.failing is not None:
                raise self.failing
            arguments += (named,) if named else ()
            return {"asked": [method, *arguments], "audience": self.audience, "exercise": self.exercise}

        return call


class EchoWorkspace:
    """:param failing: what every question is answered with instead"""

    def __init__(self, failing: Exception | None = None) -> None:
        self.failing = failing
        self.directory = None
        self.settings = Settings()
        self.log: list[tuple[str, dict[str, Any]]] = []

    def acting(self, session: Any) -> EchoWorkspace:
        return self

    def audit(self, action: str, detail: dict[str, Any]) -> None:
        self.log.append((action, detail))

    def view(self, audience: str | None = None, *, exercise: bool = True, known_on: str | None = None) -> EchoView:
        if audience not in (None, "owner", "partner", "public"):
            raise UnknownName("audience", audience, ["owner", "partner", "public"])
        return EchoView(audience or "owner", exercise, self.failing)


@pytest.fixture
def client() -> Callable[..., TestClient]:
    def make(failing: Exception | None = None, base_url: str = ORIGIN, **options: Any) -> TestClient:
        app = create_app(EchoWorkspace(failing), **options)  # type: ignore[arg-type]
        return TestClient(app, base_url=base_url, raise_server_exceptions=False)

    return make
