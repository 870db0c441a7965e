"""What no header, cookie, token or spelling of an address can do: be somebody else, see more, or break the server."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from api.house import House
from counterflow.api.access import MARK
from counterflow.casework.identity import sessions
from counterflow.testing.noninterference import Caller
from counterflow.testing.noninterference.asking import HOST, Answer, Request, operations

COOKIE = "counterflow-8039"
QUIET = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
BELIEVED = {"host", "cookie", "authorization", "user-agent", "content-length", "transfer-encoding", "accept-encoding",
            "origin", "sec-fetch-site", MARK}  # fmt: skip
"""Headers that decide something; all others decide nothing."""

OTHERS = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-user", "forwarded", "x-real-ip",
          "x-original-url", "x-rewrite-url", "x-http-method-override", "x-method-override", "x-http-method",
          "x-remote-user", "remote-user", "x-user", "x-role", "x-admin", "x-audience", "accept-language", "accept",
          "accept-charset", "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range",
          "range", "te", "expect", "content-type", "content-encoding", "referer", "from", "via", "upgrade",
          "connection", "cookie2", "proxy-authorization", "x-csrf-token", "x-requested-with", "x-api-key",
          "x-auth-token", "last-event-id", "cache-control", "pragma", "prefer", "max-forwards",
          "traceparent"]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=60), st.binary(max_size=40).map(lambda b: b.decode("latin-1")),
    st.sampled_from(["*", "DELETE", "127.0.0.1", "admin", "owner", "http", "https", "bytes=0-0", "bytes=-1", "W/\"x\"",
                     "0",
                     "Mon, 30 Nov 2099 00:00:00 GMT", "en-GB;q=nan", "chunked", "100-continue", "/api/people",
                     "x" * 9_000, "\r\nset-cookie: a=b", "\x00"]),
)  # fmt: skip


class Street:
    """Somebody signed in, and whatever is sent in their name or another's."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.ann = self.house.add("Ann", "supervisor", ceiling="TLP:RED")
        self.house.add("Bob", "analyst")
        self.house.access.directory.take = lambda *_: 0.0  # type: ignore[union-attr, method-assign]
        self.caller = Caller()
        self.cookie = sessions.begin(self.house.workspace.directory, self.ann, how="test", address=HOST)

    def ask(
        self, target: str, *headers: tuple[str, str], method: str = "GET", cookie: str | None = "", body: bytes = b"",
    ) -> Answer:  # fmt: skip
        own = () if cookie is None else (("cookie", f"{COOKIE}={cookie or self.cookie}"),)
        length = () if method == "GET" else ((MARK, "1"), ("content-length", str(len(body))))
        sent = (("host", f"{HOST}:8039"), *own, *length, *headers)
        return self.caller.ask(self.house.app, Request("", method, target, sent, body), patience=250)

    def me(self, *headers: tuple[str, str], cookie: str | None = None) -> str | None:
        me = json.loads(self.ask("/api/session", *headers, cookie=cookie).body)["me"]
        return me and str(me["name"])


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    found = Street(tmp_path_factory.mktemp("street"))
    yield found
    found.caller.close()


def test_a_header_that_is_not_believed_changes_nothing(street: Street) -> None:
    before = street.ask("/api/session")
    closed = street.ask("/api/people")

    @QUIET
    @given(name=st.sampled_from(OTHERS), value=VALUES)
    @example(name="range", value="bytes=0-0")
    @example(name="if-none-match", value="*")
    def sent(name: str, value: str) -> None:
        assert name not in BELIEVED
        told = street.ask("/api/session", (name, value))
        assert (told.status, told.body) == (before.status, before.body)
        assert not {"etag", "last-modified", "accept-ranges", "content-range"} & {key for key, _ in told.headers}
        refused = street.ask("/api/people", (name, value))
        assert (refused.status, refused.body) == (closed.status, closed.body)

    sent()


def test_only_the_very_cookie_alone_is_somebody(street: Street) -> None:
    id, _, secret = street.cookie.partition(".")
    odd = st.one_of(
        VALUES,
        st.integers(0, len(street.cookie) - 1).map(lambda n: street.cookie[:n]),
        st.sampled_from([street.cookie + c for c in ("x", ".", "=", "%00", "é", '"')]),
        st.sampled_from([street.cookie.swapcase(), f"{secret}.{id}", f"{id}.{secret[::-1]}",
                         quote(street.cookie, safe="") + "%20", street.cookie.replace("s-", "ѕ-"), "x" * 100_000]),
    )  # fmt: skip

    @QUIET
    @given(value=odd)
    def sent(value: str) -> None:
        if ";" in value or value.strip() == street.cookie:
            return
        assert street.me(cookie=value or "-") is None
        assert street.me(("cookie", f"{COOKIE}={value or '-'}"), cookie=street.cookie) is None  # beside the true one

    sent()
    assert street.me(cookie=street.cookie) == "Ann"


def test_no_token_but_the_very_one_is_somebody(street: Street, tmp_path: Path) -> None:
    made = street.ask("/api/tokens", ("content-type", "application/json"), method="POST", body=b'{"verbs": ["read"]}')
    token = str(json.loads(made.body)["token"])
    second = street.ask("/api/tokens", ("content-type", "application/json"), method="POST", body=b'{"verbs": ["read"]}')
    theirs = str(json.loads(second.body)["token"])
    (_, id, secret), (_, other, _) = token.split("_", 2), theirs.split("_", 2)
    away = House(tmp_path)
    away.add("Ann", "analyst")
    abroad = away.come_in("Ann").post("/api/tokens", json={"verbs": ["read"]}).json()["token"]
    assert street.me(("authorization", f"Bearer {token}")) == "Ann"
    odd = st.one_of(
        st.integers(0, len(token) - 1).map(lambda n: token[:n]),
        st.integers(0, len(token) - 1).map(lambda n: token[:n] + chr(ord(token[n]) ^ 1) + token[n + 1 :]),
        st.sampled_from([f"cf_{other}_{secret}", f"cf_{secret}_{id}", token + "\x00", token + "\u200b", token.upper(),
                         token.replace("c", "с"), token.replace("f", "ｆ"), token * 500, abroad, f"cf__{secret}",
                         f"cf_{id}_", f"cf_{id}_%", f"cf_{id}' OR '1'='1_{secret}", "null", "undefined",
                         "[object Object]",
                         "eyJhbGciOiJub25lIn0.eyJzdWIiOiJBbm4ifQ.", street.cookie]),
        st.text(max_size=80),
    )  # fmt: skip

    @QUIET
    @given(text=odd)
    def sent(text: str) -> None:
        if text.strip() == token:
            return
        for header in (f"Bearer {text}", f"bearer {text}", text, f"Basic {text}", f"Bearer {token}, Bearer {text}"):
            assert street.me(("authorization", header)) is None
        told = street.ask("/api/audiences", ("authorization", f"Bearer {text}"), cookie=None)
        assert (told.status, told.body) == (401, b'{"type": "about:blank", "title": "Unauthorized", "status": 401, '
                                            b'"detail": "Nobody is signed in."}')  # fmt: skip

    sent()
    assert street.me(("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")) is None


SPELLINGS = ("..", ".", "%2e%2e", "%2E%2E%2F", "%252e%252e%252f", "..%5c", "%00", "a%00b", "%0d%0aset-cookie:a=b",
             "%c0%ae",
             "%ff", "%E2%80%AE", "CON", "nul.txt", "a;b=c", "a%3Fb", "~", "a.", "a%20", "%F0%9F%92%A9", "-1", "1e9",
             "x" * 5_000, "{id}", "%7B%7D", "__proto__", "' OR 1=1--", "$(id)", "*")  # fmt: skip


def test_no_spelling_of_an_address_is_anything_but_not_there(street: Street) -> None:
    there, _ = operations(street.house.app)
    asked = 0
    for operation in there:
        if "{" not in operation.path or operation.method not in ("GET", "DELETE"):
            continue
        parts = [part for part in operation.path.split("/") if "{" in part]
        for n, spelling in enumerate(SPELLINGS):
            if (n + len(operation.path)) % 15:  # each address with some, each spelling with many
                continue
            target = operation.path
            for part in parts:
                target = target.replace(part, spelling.replace(" ", "%20"))
            told = street.ask(target, method=operation.method)
            asked += 1
            assert told.status < 500, (operation.name, spelling, told.body[:300])
            assert not 300 <= told.status < 400, (operation.name, spelling)
            names = {key for key, _ in told.headers}
            assert "set-cookie" not in names
            assert b"root:" not in told.body
    assert asked > 50


def test_a_case_is_under_its_own_id_and_no_other_spelling(street: Street) -> None:
    opened = json.dumps({"title": "A ship", "purpose": "aml", "basis": "mandate"}).encode()
    made = street.ask("/api/cases", ("content-type", "application/json"), method="POST", body=opened)
    id = str(json.loads(made.body)["id"])
    assert street.ask(f"/api/cases/{id}").status == 200
    missing = street.ask("/api/cases/c-0000000000000000")
    others = (
        id.upper(), f"{id}.", f"{id}%20", f"%20{id}", f"{id}%00", quote(quote(id, safe="")) + "%2520", f"{id}%2F",
        f"{id}%2Fcase", f"./{id}/.", f"{id};x", f"{id}%23", f"{id}%3F", id[:-1], f"{id}0", id.replace("-", "\u2010"),
    )  # fmt: skip
    for other in others:
        told = street.ask(f"/api/cases/{other}")
        assert told.status in (404, missing.status), (other, told.body[:200])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("content-encoding", "gzip"), ("content-type", "application/json")], gzip.compress(b" " * 50_000_000, 9)),
        ([("content-type", "multipart/form-data; boundary=x")], b"--x\r\n" * 100_000),
        ([("content-type", "application/x-www-form-urlencoded")], b"a=b&" * 100_000),
        ([("content-type", "application/xml")], b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
        ([("content-type", "application/json")], b"[" * 500_000),
        ([("content-type", "application/json")], b'{"title":' * 100_000),
        ([("content-type", "application/json")], b'{"title": ' + b"9" * 500_000 + b"}"),
        ([("content-type", "application/json")], b'{"title": "a", "title": "b", "purpose": 1e999, "basis": null}'),
        ([("content-type", "application/json; charset=utf-16")], '{"title": "a"}'.encode("utf-16")),
        ([("content-type", "application/json")], b'{"title": "\\ud800", "purpose": "p", "basis": "mandate"}'),
        ([("content-type", "application/json")], b'{"title": "a\\u0000b", "purpose": "p", "basis": "mandate"}'),
        ([("content-type", "text/plain")], b"\xff\xfe\x00"),
    ],
)  # fmt: skip
def test_a_body_that_would_burst_or_is_none_is_refused(
    street: Street, headers: list[tuple[str, str]], body: bytes
) -> None:
    told = street.ask("/api/cases", *headers, method="POST", body=body)
    assert told.status in (400, 413, 422), (told.status, told.body[:300])
    assert ("content-type", "application/problem+json") in told.headers
    assert len(told.body) < 20_000
