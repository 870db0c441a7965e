"""An identity provider: what it signed for us and this question lets its account's owner in; nothing else does."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.house import House
from casework.identity.provider import CLIENT, SECRET, TestProvider, provider
from counterflow.casework.identity.oidc import Provider
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.fixture
def idp() -> Iterator[TestProvider]:
    with provider() as found:
        yield found


@pytest.fixture
def house(tmp_path: Path, idp: TestProvider, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("COUNTERFLOW_OIDC_SECRET", SECRET)
    found = House(tmp_path)
    toml = found.workspace.path / "counterflow.toml"
    toml.write_text(f'{toml.read_text()}\n[provider]\nissuer = "{idp.issuer}"\nclient = "{CLIENT}"\n')
    from counterflow import config

    found.workspace.settings = config.load(toml)
    found.add("Ann", "supervisor")
    found.add("Bob", "analyst")
    found.workspace.link_account("Ann", "ann@idp")
    return found


def sent_on(browser: TestClient, why: str = "") -> str:
    answer = browser.get(f"/api/session/provider{why}", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(browser: TestClient, told: dict[str, str]) -> int:
    return int(browser.get("/api/session/returned", params=told).status_code)


def name(browser: TestClient) -> str | None:
    me = browser.get("/api/session").json()["me"]
    return me and str(me["name"])


def test_who_has_an_account_there_comes_in_once_for_each_asking(house: House, idp: TestProvider) -> None:
    browser = house.browser()
    address = sent_on(browser)
    asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid")
    told = idp.approve(address, "ann@idp")
    assert back(browser, told) == 200
    assert name(browser) == "Ann"
    assert back(browser, told) == 401  # replayed
    fresh = house.browser()
    assert back(fresh, told) == 401
    assert name(fresh) is None


def test_only_our_own_page_sends_anybody_on(house: House) -> None:
    for site in ("cross-site", "same-site"):
        answer = house.browser().get("/api/session/provider", headers={"sec-fetch-site": site}, follow_redirects=False)
        assert (answer.status_code, "location" in answer.headers) == (401, False)


def test_a_proof_of_yesterday_at_the_provider_lets_nobody_in(house: House, idp: TestProvider) -> None:
    browser = house.browser()
    address = sent_on(browser)
    asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    assert asked["max_age"] == "43200"
    for change in (
        lambda claims: claims.update(auth_time=time.time() - 13 * 3600),
        lambda claims: claims.update(auth_time=time.time() + 3600),
        lambda claims: claims.pop("auth_time"),
    ):
        idp.change = change
        assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 401
    idp.change = lambda claims: claims.update(auth_time=time.time() - 11 * 3600)
    assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 200


def test_an_account_that_is_linked_to_nobody_lets_nobody_in(house: House, idp: TestProvider) -> None:
    browser = house.browser()
    for subject in ("Ann", "Bob", "ann@idp ", "ANN@IDP"):
        assert back(browser, idp.approve(sent_on(browser), subject)) == 401
    house.workspace.close_person("Ann")
    assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 401


def test_an_answer_is_for_the_browser_that_asked(house: House, idp: TestProvider) -> None:
    mine, theirs = house.browser(), house.browser()
    told = idp.approve(sent_on(mine), "ann@idp")
    sent_on(theirs)
    assert back(theirs, told) == 401  # somebody else's session pushed upon them
    assert back(house.browser(), told) == 401
    assert back(mine, {**told, "state": "x.y"}) == 401


def test_a_code_of_another_asking_or_of_another_issuer_is_refused(house: House, idp: TestProvider) -> None:
    browser = house.browser()
    first = idp.approve(sent_on(browser), "ann@idp")
    second = idp.approve(sent_on(browser), "ann@idp")
    assert back(browser, {**second, "code": first["code"]}) == 401  # the verifier is another's
    assert idp.refused == [first["code"]]
    third = idp.approve(sent_on(browser), "ann@idp")
    assert back(browser, {**third, "iss": "https://other.example"}) == 401
    assert back(browser, {**idp.approve(sent_on(browser), "ann@idp"), "code": ""}) == 401


def _part(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any], alg: Any = "none") -> str:
    return f"{_part({'alg': alg})}.{_part(claims)}."


def _signed(claims: dict[str, Any], key: RSAKey, **header: Any) -> str:
    """Rightly signed, whatever the header says: no library would write it."""
    text = f"{_part({'alg': 'RS256', 'kid': 'k1', **header})}.{_part(claims)}"
    made = key.get_op_key("sign").sign(text.encode(), PKCS1v15(), SHA256())
    return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


CHANGES: dict[str, Any] = {
    "another's nonce": lambda c: c.update(nonce="other"),
    "no nonce": lambda c: c.pop("nonce"),
    "for another": lambda c: c.update(aud="other"),
    "for several, not presented by us": lambda c: c.update(aud=[CLIENT, "other"]),
    "presented by another": lambda c: c.update(azp="other"),
    "of another issuer": lambda c: c.update(iss="https://other.example"),
    "run out": lambda c: c.update(exp=time.time() - 3600),
    "without end": lambda c: c.pop("exp"),
    "of tomorrow": lambda c: c.update(iat=time.time() + 86_400),
    "of nobody": lambda c: c.update(sub=""),
    "of no text": lambda c: c.update(sub=["ann@idp"]),
}


def test_what_is_not_signed_for_us_and_this_question_lets_nobody_in(house: House, idp: TestProvider) -> None:
    browser = house.browser()
    house.access.directory.take = lambda *_: 0.0  # type: ignore[union-attr, method-assign] - as often as it takes
    for what, change in CHANGES.items():
        idp.change = change
        assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 401, what
    idp.change = lambda claims: None
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    public = idp.key.as_pem(private=False)
    shared = OctKey.import_key(SECRET.encode() * 2)
    signers = {
        "none": _unsigned,
        **{f"none, as {alg!r}": partial(_unsigned, alg=alg) for alg in ("nOnE", "None", "NONE", "none ", "", None)},
        **{
            f"what must be understood: {told}": partial(_signed, key=idp.key, **told)
            for told in (
                {"crit": ["x-ours"], "x-ours": 1},
                {"crit": ["x-ours"]},
                {"crit": []},
                {"crit": "kid"},
                {"crit": None},
                {"crit": ["b64"], "b64": False},
            )
        },
        "another's key": lambda c: jwt.encode({"alg": "RS256", "kid": "k1"}, c, other),
        "the public key as a secret": lambda c: jwt.encode({"alg": "HS256"}, c, OctKey.import_key(public.hex())),
        "a shared secret": lambda c: jwt.encode({"alg": "HS256"}, c, shared, algorithms=["HS256"]),
        "another kind of token": lambda c: jwt.encode({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}, c, idp.key),
        "a word of a sign-out": lambda c: jwt.encode({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}, c, idp.key),
        "a key that it brings itself": lambda c: jwt.encode(
            {"alg": "RS256", "kid": "k1", "jwk": other.as_dict(private=False), "jku": "https://evil.example/keys"},
            c,
            other,
        ),
        "cut short": lambda c: idp.signed(c)[:-10],
        "no token": lambda c: "",
        "not even text": lambda c: None,
    }
    for what, sign in signers.items():
        idp.sign = sign  # type: ignore[assignment]
        assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 401, what
    idp.sign = lambda c: _signed(c, idp.key)
    assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 200, "as these are made, one is good"
    idp.key = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig", "alg": "RS256"})  # a new key is fetched
    idp.sign = lambda c: jwt.encode({"alg": "RS256", "kid": "k2"}, c, idp.key)
    assert back(browser, idp.approve(sent_on(browser), "ann@idp")) == 200


def test_a_fresh_proof_is_of_the_same_person_and_of_now(house: House, idp: TestProvider) -> None:
    browser = house.come_in("Ann")
    address = sent_on(browser, "/prove")
    assert "max_age=0" in address and "prompt=login" in address
    idp.change = lambda c: c.update(auth_time=time.time() - 3600)
    assert back(browser, idp.approve(address, "ann@idp")) == 401
    idp.change = lambda c: None
    assert back(browser, idp.approve(sent_on(browser, "/prove"), "bob@idp")) == 401
    before = browser.cookies["counterflow-8039"]
    assert back(browser, idp.approve(sent_on(browser, "/prove"), "ann@idp")) == 200
    assert browser.cookies["counterflow-8039"] != before
    assert browser.get("/api/session").json()["me"]["fresh"]


def test_somebody_links_an_account_of_their_own_and_nobody_elses(house: House, idp: TestProvider) -> None:
    browser = house.come_in("Bob")
    assert back(browser, idp.approve(sent_on(browser, "/link"), "ann@idp")) == 401  # it is Ann's
    assert back(browser, idp.approve(sent_on(browser, "/link"), "bob@idp")) == 200
    fresh = house.browser()
    assert back(fresh, idp.approve(sent_on(fresh), "bob@idp")) == 200
    assert name(fresh) == "Bob"
    assert house.browser().get("/api/session/provider/link").status_code == 401


@pytest.mark.parametrize("issuer", ["http://idp.example", "ftp://idp.example", "idp.example", "file:///etc/passwd"])
def test_a_provider_is_asked_by_https_alone(issuer: str) -> None:
    with pytest.raises(UsageError, match="no https address"):
        Provider(issuer, CLIENT)


def test_a_provider_that_calls_itself_otherwise_is_none(idp: TestProvider) -> None:
    described = idp.described()
    idp.described = lambda: {**described, "issuer": "https://other.example"}  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="calls itself"):
        Provider(idp.issuer, CLIENT)._described()
    idp.described = lambda: {**described, "token_endpoint": "http://elsewhere.example/token"}  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="no https address"):
        Provider(idp.issuer, CLIENT)._described()
