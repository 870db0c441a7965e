"""A server where people have accounts, over a workspace with nothing in it; browsers of its people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.conftest import ORIGIN
from counterflow.api.access import MARK, Access
from counterflow.api.app import create_app
from counterflow.workspace import Workspace

PASSWORD = "correct horse battery staple"


class House:
    case = ""
    """Id of one that tests work in."""

    def __init__(self, folder: Path, **access: Any) -> None:
        self.workspace = Workspace.create(folder / "w")
        self.workspace.add_organisation("FIU-A", "fiu")
        self.access = Access(self.workspace.directory, users=True, **access)
        self.app = create_app(self.workspace, access=self.access)

    def browser(self, origin: str = ORIGIN) -> TestClient:
        return TestClient(self.app, base_url=origin, raise_server_exceptions=False, headers={MARK: "1"})

    def add(self, name: str, *roles: str, **clearance: Any) -> str:
        id = str(self.workspace.add_person(name, "FIU-A", roles=roles)["id"])
        if clearance:
            self.workspace.clear(id, **clearance)
        return id

    def come_in(self, name: str) -> TestClient:
        """A browser in which somebody has come in by an invitation."""
        browser = self.browser()
        answer = browser.post("/api/session/code", json={"code": self.workspace.invite(name)})
        assert answer.status_code == 200, answer.text
        return browser
