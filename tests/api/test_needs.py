"""Every address declares what it needs, and nobody gets past it: no header, no address, no token but one's own."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from api.conftest import ORIGIN, EchoWorkspace
from counterflow.api.access import Access
from counterflow.api.app import create_app
from counterflow.api.needs import ANYBODY, SIGNED_IN, declared, needs
from counterflow.casework.identity import people, tokens
from counterflow.casework.identity.people import By
from counterflow.casework.identity.roles import verbs
from counterflow.storage.identity import Directory
from counterflow.storage.sql import Casebook

WRITING = {
    ("GET", "/api/colleagues"): "case", ("GET", "/api/report.{format}"): "export",
    ("GET", "/api/custody/{digest}"): "audit", ("GET", "/api/custody/{digest}/check"): "audit",
}  # fmt: skip
"""What only asks, and needs another verb than `read` all the same."""

OPEN = {
    ("GET", "/enter"),
    ("GET", "/healthz"),
    ("GET", "/api/session"),
    ("GET", "/api/session/provider"),
    ("GET", "/api/session/returned"),
    ("POST", "/api/session/code"),
    ("POST", "/api/session/passkey"),
    ("POST", "/api/session/passkey/challenge"),
    ("POST", "/api/session/password"),
}
"""What is answered without a session."""

OWN = ("/api/session", "/api/sessions", "/api/tokens", "/api/passkeys", "/api/emergencies", "/api/notices",
       "/api/confirmations", "/algorithms")  # fmt: skip
"""What is about whoever is signed in, or the same for all."""

KEPT = ("/api/organisations", "/api/people")
"""What administrators do."""

ASKING = {"/api/grades/fit", "/api/grades/trial", "/api/mapping/preview", "/api/mapping/suggest",
          "/api/questions/{question}", "/api/releases/plan",
          "/api/releases/report-check", "/api/report/lint", "/api/screen", "/api/whatif",
          "/match/{dataset}", "/reconcile/{dataset}"}  # fmt: skip
"""Questions too long for an address: POST that changes nothing."""

SAID = {"/api/emergencies"}
"""What whoever reads may leave behind: a request that another person decides."""

OWNER = By("root")


class House:
    """A server where people have accounts, and a token of each."""

    def __init__(self, folder: Path) -> None:
        casebook = Casebook(f"sqlite:///{folder / 'c.sqlite'}", folder)
        casebook.create()
        self.directory = Directory(casebook)
        people.add_organisation(self.directory, "FIU-A", "fiu", OWNER)
        self.tokens = {}
        for role, allowed in (("analyst", "read"), ("administrator", "administer"), ("supervisor", "export")):
            row = people.add_person(self.directory, f"the {role}", "FIU-A", OWNER, held=[role])
            self.tokens[role] = tokens.issue(self.directory, row, OWNER, verbs=[allowed])[0]
        self.app = create_app(EchoWorkspace(), access=Access(self.directory, users=True))  # type: ignore[arg-type]
        self.client = TestClient(self.app, base_url=ORIGIN, raise_server_exceptions=False)

    def as_(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture
def routes(house: House) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = house.app.state.needs
    return found


def test_every_address_declares_a_verb(routes: dict[tuple[str, str], str]) -> None:
    assert {key for key, verb in routes.items() if verb == ANYBODY} == OPEN
    assert all(path.startswith(OWN) for (_, path), verb in routes.items() if verb == SIGNED_IN)
    assert {verb for (_, path), verb in routes.items() if path.startswith(KEPT)} == {"administer"}
    asks = {key: verb for key, verb in routes.items() if key[0] == "GET" and verb not in ("read", "administer")}
    assert {key: verb for key, verb in asks.items() if verb not in (ANYBODY, SIGNED_IN)} == WRITING
    assert set(routes.values()) <= {*verbs(), ANYBODY, SIGNED_IN}
    # what changes something and asks for no more than to read is a question too long for an address
    assert {path for (method, path), verb in routes.items() if verb == "read" and method != "GET"} == ASKING | SAID


def test_an_application_with_an_address_that_declares_nothing_is_not_made() -> None:
    router = APIRouter()

    @router.get("/back-door")
    def back_door() -> None: ...

    with pytest.raises(TypeError, match="/back-door declares no verb"):
        declared([router])
    with pytest.raises(ValueError, match="no verb"):
        needs("root")


def _address(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "x", path)


def test_nobody_who_is_not_signed_in_is_answered(house: House, routes: dict[tuple[str, str], str]) -> None:
    for (method, path), verb in routes.items():
        answer = house.client.request(method, _address(path), content=b"{")
        assert answer.status_code == 401 or verb == ANYBODY, (method, path)
        assert "asked" not in answer.text
    for path in ("/api/openapi.json", "/api/nothing", "/nothing"):
        assert house.client.get(path).status_code == 401


def test_whoever_may_not_is_told_so_whatever_is_asked(house: House, routes: dict[tuple[str, str], str]) -> None:
    told = set()
    for (method, path), verb in routes.items():
        if verb in (ANYBODY, SIGNED_IN, "administer"):
            continue
        for body in (b"", b"{", b"[]", b'{"finding": "f-1"}'):
            answer = house.client.request(method, _address(path), content=body, headers=house.as_("administrator"))
            assert answer.status_code == 403, (method, path, body, answer.text)
            told.add((verb, answer.text))
    assert len(told) == len({verb for verb, _ in told})  # one answer a verb, wherever and whatever it is about


def test_whoever_may_is_answered(house: House) -> None:
    assert house.client.get("/api/summary", headers=house.as_("analyst")).json()["asked"] == ["summary"]
    assert house.client.get("/api/report.md", headers=house.as_("analyst")).status_code == 403
    assert house.client.get("/api/report.md", headers=house.as_("supervisor")).status_code == 200


FORGED = {
    "x-forwarded-user": "the administrator", "x-remote-user": "root", "x-user": "root", "x-admin": "true",
    "x-role": "administrator", "x-roles": "analyst", "x-original-url": "/healthz", "x-rewrite-url": "/healthz",
    "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost", "x-forwarded-proto": "https",
    "x-real-ip": "127.0.0.1", "forwarded": "for=127.0.0.1;host=localhost", "x-http-method-override": "GET",
    "x-counterflow": "1", "x-audience": "owner", "x-counterflow-session": "s-1", "x-api-key": "any",
    "synchronized-upsert": "true", "x-internal": "1", "x-debug": "1", "remote-user": "root", "via": "1.1 localhost",
    "x-auth-token": "any", "x-access-token": "any", "x-token": "any", "x-csrf-token": "any", "from": "root@localhost",
    "cookie": "session=1; counterflow=owner; counterflow-80=s-1.x; __Host-counterflow=s-1.x",
    "upgrade": "websocket", "connection": "x-forwarded-for", "client-ip": "127.0.0.1", "x-client-verify": "SUCCESS",
    "x-ssl-client-cn": "root", "x-amzn-oidc-data": "e30.e30.", "cf-access-jwt-assertion": "e30.e30.",
}  # fmt: skip
"""What other programs have believed."""


def test_no_header_widens_anybodys_rights(house: House, routes: dict[tuple[str, str], str]) -> None:
    for (method, path), verb in routes.items():
        if verb == ANYBODY:
            continue
        assert house.client.request(method, _address(path), headers=FORGED, content=b"{}").status_code == 401
    for name, value in FORGED.items():
        for asked in ("/api/summary", "/api/judgements", "/catalog"):
            assert house.client.get(asked, headers={name: value}).status_code == 401, name
        sent = {**house.as_("administrator"), name: value}
        assert house.client.get("/api/summary", headers=sent).status_code == 403, name


def _other_ways(text: str) -> list[str]:
    _, id, secret = text.split("_", 2)
    unsigned = ".".join(
        base64.urlsafe_b64encode(p).decode().rstrip("=") for p in (b'{"alg":"none"}', b'{"sub":"root"}')
    )
    return [
        "", "Bearer", "Bearer ", "Bearer null", "Bearer undefined", "Bearer *", f"Bearer {id}", f"Bearer {secret}",
        f"Bearer cf_{id}_", f"Bearer {text}x", f"Bearer {text} {text}", f"Token {text}", f"{text}", f"Digest {text}",
        f"Bearer {unsigned}.", f"Bearer\t{text}", "Basic " + base64.b64encode(b"root:").decode(), "Basic !!",
        "Negotiate AAAA", "Bearer 00000000-0000-0000-0000-000000000000",
        "Bearer 88ec0c6a-13ce-5e39-b486-354fe4a7084f",  # the constant id of somebody else's default administrator
    ]  # fmt: skip


def test_no_other_authorization_is_believed(house: House) -> None:
    text = house.tokens["analyst"]
    for sent in _other_ways(text):
        assert house.client.get("/api/summary", headers={"authorization": sent}).status_code in (401, 429), sent
    twice = [("authorization", f"Bearer {text}"), ("authorization", f"Bearer {text}")]
    assert house.client.get("/api/summary", headers=twice).status_code in (401, 429)


def test_a_secret_in_an_address_is_refused_even_where_a_header_would_do(house: House) -> None:
    for name in ("token", "access_token", "api_key"):
        answer = house.client.get(f"/api/summary?{name}={house.tokens['analyst']}", headers=house.as_("analyst"))
        assert answer.status_code == 400
        assert house.tokens["analyst"] not in answer.text


def test_guessing_ends_in_having_to_wait(tmp_path: Path) -> None:
    own = House(tmp_path)
    codes = [own.client.get("/catalog", headers={"authorization": f"Bearer cf_{n}_x"}) for n in range(70)]
    assert codes[0].status_code == 401
    assert codes[-1].status_code == 429
    assert int(codes[-1].headers["retry-after"]) >= 1
    assert own.client.get("/catalog", headers=own.as_("analyst")).status_code == 200  # who has a token is not held up


def test_the_page_is_for_all_and_the_answers_are_not(house: House) -> None:
    page = house.client.get("/", headers={"accept": "text/html"})
    assert page.status_code in (200, 503)  # 503: the workbench is not built
    assert house.client.get("/icon.svg").status_code in (200, 404, 503)
    assert house.client.get("/api/summary", headers={"accept": "text/html"}).status_code == 401
    assert house.client.post("/", headers={"accept": "text/html"}).status_code == 401


def test_nothing_else_than_http_is_answered(client: Callable[..., TestClient]) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/api/summary"):
        pass
