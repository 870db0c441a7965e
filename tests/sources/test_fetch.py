"""Fetching from a publisher that misbehaves: nothing but what is whole and right becomes an edition."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.errors import FetchFailed, InputError
from counterflow.model.source import Descriptor, Download
from counterflow.sources import descriptors
from counterflow.sources.download import Limits, Mark, download, session
from counterflow.sources.fetch import fetch, fetchable, newest
from counterflow.workspace import Workspace

LIST = b"<?xml version='1.0'?>\n<list>" + b"<party>Kim</party>" * 500 + b"</list>\n"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """A server that answers each path as it is told, one answer after the other, the last one again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                publisher.asked.append((self.path, dict(self.headers)))
                left = publisher.answers[self.path]
                answer = left.pop(0) if len(left) > 1 else left[0]
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def on(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.url + path


def send(body: bytes = LIST, status: int = 200, *, length: int | None = None, **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body) if length is None else length))
        to.end_headers()
        to.wfile.write(body)
        if length is not None:
            to.close_connection = True

    return answer


def reset(to: BaseHTTPRequestHandler) -> None:
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    to.connection.close()
    to.close_connection = True


def endless(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    to.close_connection = True
    while True:
        to.wfile.write(b"x" * 65536)


def dripping(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "1000000")
    to.end_headers()
    for _ in range(200):
        to.wfile.write(b"<")
        to.wfile.flush()
        time.sleep(0.02)
    to.close_connection = True


def silent(to: BaseHTTPRequestHandler) -> None:
    time.sleep(2)
    to.close_connection = True


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def limits(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> Limits:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Limits(tries=4, timeout=(2, 0.5), largest=2_000_000, window=0.3, sleep=pauses.append)


def get(url: str, folder: Path, limits: Limits, known: Mark | None = None) -> tuple[bytes, Mark | None]:
    target = folder / "list.xml"
    with session() as http:
        mark = download(http, url, target, limits=limits, known=known)
    return (target.read_bytes() if target.exists() else b""), mark


# -- one file --------------------------------------------------------------------------------------------------------


def test_a_file_and_its_marks(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    url = publisher.on("/l", send(ETag='"1"', Last_Modified="Sun, 29 Nov 2026 08:00:00 GMT"))
    assert get(url, tmp_path, limits) == (LIST, Mark(url, '"1"', "Sun, 29 Nov 2026 08:00:00 GMT"))
    assert [p.name for p in tmp_path.iterdir()] == ["list.xml"]


def test_what_has_not_changed_is_not_sent_again(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    url = publisher.on("/l", send(b"", 304))
    assert get(url, tmp_path, limits, Mark(url, '"1"', "Sun, 29 Nov 2026 08:00:00 GMT")) == (b"", None)
    [(_, asked)] = publisher.asked
    assert asked["If-None-Match"] == '"1"' and asked["If-Modified-Since"] == "Sun, 29 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize("trouble", [send(b"", 500), send(b"busy", 503), send(b"", 429), reset, silent],
                         ids=["500", "503", "429", "reset", "silent"])  # fmt: skip
def test_what_passes_is_tried_again(trouble: Answer, publisher: Publisher, tmp_path: Path, limits: Limits,
                                    pauses: list[float]) -> None:  # fmt: skip
    assert get(publisher.on("/l", trouble, trouble, send()), tmp_path, limits)[0] == LIST
    assert len(pauses) == 2
    assert 0.5 <= pauses[0] <= 1.5 and 1 <= pauses[1] <= 3


@pytest.mark.parametrize("trouble", [send(b"", 500), reset], ids=["500", "reset"])
def test_what_does_not_pass_is_given_up(trouble: Answer, publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match="4 tries") as caught:
        get(publisher.on("/l", trouble), tmp_path, limits)
    assert caught.value.retryable
    assert len(publisher.asked) == 4


def test_a_publishers_wish_for_a_pause_is_followed(publisher: Publisher, tmp_path: Path, limits: Limits,
                                                   pauses: list[float]) -> None:  # fmt: skip
    later = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60), usegmt=True)
    url = publisher.on("/l", send(b"", 429, Retry_After="17"), send(b"", 503, Retry_After=later), send())
    assert get(url, tmp_path, limits)[0] == LIST
    assert pauses[0] == 17 and 50 < pauses[1] <= 60


def test_a_wish_for_hours_is_said_instead(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match="come back in 7,200 seconds") as caught:
        get(publisher.on("/l", send(b"", 429, Retry_After="7200")), tmp_path, limits)
    assert caught.value.retryable and len(publisher.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_not_asked_again(status: int, publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match=f"answers {status}") as caught:
        get(publisher.on("/l", send(b"", status)), tmp_path, limits)
    assert not caught.value.retryable and len(publisher.asked) == 1


def test_what_breaks_off_goes_on_from_there(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    def rest(to: BaseHTTPRequestHandler) -> None:
        start = int(to.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        assert to.headers["If-Range"] == '"1"'
        send(LIST[start:], 206, ETag='"1"', Content_Range=f"bytes {start}-{len(LIST) - 1}/{len(LIST)}")(to)

    cut = send(LIST[:4000], length=len(LIST), ETag='"1"')
    assert get(publisher.on("/l", cut, rest), tmp_path, limits)[0] == LIST
    assert publisher.asked[1][1]["Range"] == "bytes=4000-"


def test_what_broke_off_goes_on_in_the_next_call(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    cut = send(LIST[:4000], length=len(LIST), ETag='"1"')
    with pytest.raises(FetchFailed, match="4 tries"):
        get(publisher.on("/l", cut, reset), tmp_path, limits)
    assert (tmp_path / "list.xml.part").read_bytes() == LIST[:4000]
    rest = send(LIST[4000:], 206, ETag='"1"', Content_Range=f"bytes 4000-{len(LIST) - 1}/{len(LIST)}")
    assert get(publisher.on("/l", rest), tmp_path, limits)[0] == LIST


def test_a_file_that_changed_meanwhile_begins_anew(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    cut = send(b"old" * 2000, length=len(LIST), ETag='"1"')
    assert get(publisher.on("/l", cut, send(ETag='"2"')), tmp_path, limits)[0] == LIST


def test_a_server_that_goes_on_elsewhere_is_not_believed(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    cut = send(LIST[:4000], length=len(LIST), ETag='"1"')
    wrong = send(LIST[17:], 206, ETag='"1"', Content_Range=f"bytes 17-{len(LIST) - 1}/{len(LIST)}")
    assert get(publisher.on("/l", cut, wrong, send()), tmp_path, limits)[0] == LIST


def test_a_body_shorter_than_it_says_is_no_file(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed) as caught:
        get(publisher.on("/l", send(LIST, length=len(LIST) + 5)), tmp_path, limits)
    assert caught.value.retryable and not (tmp_path / "list.xml").exists()


def test_an_endless_body_is_given_up(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match="more than 2,000,000 bytes"):
        get(publisher.on("/l", endless), tmp_path, limits)
    assert list(tmp_path.iterdir()) == []


def test_a_body_too_large_by_its_own_word_is_not_begun(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match="it has 2,000,001 bytes"):
        get(publisher.on("/l", send(b"", length=2_000_001)), tmp_path, limits)


def test_a_body_that_hardly_moves_is_given_up(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    began = time.monotonic()
    with pytest.raises(FetchFailed, match="less than 1,024 bytes a second"):
        get(publisher.on("/l", dripping), tmp_path, limits)
    assert time.monotonic() - began < 10


def test_redirects_within_the_host(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    publisher.on("/there", send())
    assert get(publisher.on("/l", send(b"", 302, Location="/there")), tmp_path, limits)[0] == LIST


@pytest.mark.parametrize("to", ["http://localhost:1/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "//example.org/x"])
def test_redirects_elsewhere_are_refused(to: str, publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(FetchFailed, match="neither https nor the same host"):
        get(publisher.on("/l", send(b"", 301, Location=to)), tmp_path, limits)
    assert len(publisher.asked) == 1


def test_redirects_in_a_circle_are_refused(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    publisher.on("/a", send(b"", 302, Location="/l"))
    with pytest.raises(FetchFailed, match="in a circle"):
        get(publisher.on("/l", send(b"", 302, Location="/a")), tmp_path, limits)


def test_redirects_without_end_are_refused(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    for n in range(9):
        publisher.on(f"/{n}", send(b"", 302, Location=f"/{n + 1}"))
    with pytest.raises(FetchFailed, match="too often"):
        get(publisher.url + "/0", tmp_path, limits)


def test_nobody_answers(tmp_path: Path, limits: Limits) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/l"
    with pytest.raises(FetchFailed) as caught:
        get(url, tmp_path, limits)
    assert caught.value.retryable


def test_the_proxy_of_the_environment_is_asked(publisher: Publisher, tmp_path: Path, limits: Limits,
                                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("HTTP_PROXY", publisher.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    publisher.answers["http://lists.invalid/l"] = [send()]
    assert get("http://lists.invalid/l", tmp_path, limits)[0] == LIST


# -- editions --------------------------------------------------------------------------------------------------------


def describe(*files: Download) -> Descriptor:
    return Descriptor("some-list", "Some list", "Somebody", "public", files[0].url, "daily", "B2", downloads=files)


def readable(path: Path) -> None:
    if path.is_file() and b"<list" not in path.read_bytes():
        raise InputError("no reader recognises this content", file=str(path))


def test_editions_stand_beside_each_other(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    second = LIST.replace(b"Kim", b"Pak")
    url = publisher.on("/l", send(ETag='"1"'), send(b"", 304), send(second, ETag='"2"'), send(second, ETag='"3"'))
    d = describe(Download("list.xml", url, "xml", 100))
    assert newest(tmp_path, d) is None
    first = fetch(d, tmp_path, check=readable, limits=limits)
    assert first.changed and first.place.read_bytes() == LIST and first.bytes == len(LIST)
    again = fetch(d, tmp_path, check=readable, limits=limits)
    assert not again.changed and again.place == first.place
    third = fetch(d, tmp_path, check=readable, limits=limits)
    assert third.changed and third.place.read_bytes() == second and first.place.read_bytes() == LIST
    same = fetch(d, tmp_path, check=readable, limits=limits)  # another mark, the same content
    assert not same.changed and same.place == third.place
    fetch(d, tmp_path, check=readable, limits=limits)
    assert publisher.asked[-1][1]["If-None-Match"] == '"3"'
    assert newest(tmp_path, d) == same


def test_several_files_are_one_edition(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    main = publisher.on("/a", send(b"1,a\n2,b\n", ETag='"1"'), send(b"", 304))
    other = publisher.on("/b", send(b"1,x\n", ETag='"1"'), send(b"1,y\n", ETag='"2"'))
    extra = publisher.on("/c", send(b"", 404))
    d = describe(Download("a.csv", main, "csv"), Download("b.csv", other, "csv"),
                 Download("c.csv", extra, "csv", optional=True))  # fmt: skip
    first = fetch(d, tmp_path, check=readable, limits=limits)
    assert sorted(p.name for p in first.place.iterdir()) == [".fetched.json", "a.csv", "b.csv"]
    second = fetch(d, tmp_path, check=readable, limits=limits)
    assert second.changed
    assert [(second.place / n).read_bytes() for n in ("a.csv", "b.csv")] == [b"1,a\n2,b\n", b"1,y\n"]
    assert (first.place / "b.csv").read_bytes() == b"1,x\n"


def test_one_file_that_fails_leaves_the_earlier_edition(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    main = publisher.on("/a", send(b"1,a\n"), send(b"1,b\n"))
    other = publisher.on("/b", send(b"1,x\n"), send(b"", 500))
    d = describe(Download("a.csv", main, "csv"), Download("b.csv", other, "csv"))
    first = fetch(d, tmp_path, check=readable, limits=limits)
    with pytest.raises(FetchFailed, match=r"by hand: save .*/a and .*/b as a\.csv, b\.csv in a folder"):
        fetch(d, tmp_path, check=readable, limits=limits)
    assert newest(tmp_path, d) == as_found(first)


def as_found(edition: Any) -> Any:
    return replace(edition, changed=False)


WRONG = {
    "an error page": ("xml", b"<!DOCTYPE html><html><body>Access denied</body></html>", "a web page"),
    "xml cut short": ("xml", LIST[:-12], "not well-formed to its end"),
    "no xml": ("xml", b"name,country\n" * 20, "it is no XML"),
    "no json": ("json", b"<list/>" * 20, "it is no JSON"),
    "json cut short": ("json", b'[{"a": 1}, {"b": ' + b" " * 100, "not JSON to its end"),
    "no zip": ("zip", b"PK\x03\x04" + b"x" * 200, "it is no ZIP"),
    "no pdf": ("pdf", b"x" * 200, "it is no PDF"),
    "xml for csv": ("csv", LIST, "it is no CSV"),
    "too small": ("xml", b"<list/>", "expected at least 100"),
    "nobody reads it": ("csv", b"a,b\n" * 100, "no reader recognises"),
    "zeros": ("csv", bytes(1000), "not"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_it_never_becomes_an_edition(name: str, publisher: Publisher, tmp_path: Path,
                                                 limits: Limits) -> None:  # fmt: skip
    kind, body, reason = WRONG[name]
    d = describe(Download("list.file", publisher.on("/l", send(body, Content_Type="text/xml")), kind, 100))
    with pytest.raises(FetchFailed, match=reason) as caught:
        fetch(d, tmp_path, check=readable, limits=limits)
    assert "by hand" in str(caught.value) and d.downloads[0].url in str(caught.value)
    assert newest(tmp_path, d) is None
    publisher.on("/l", send(LIST))  # and it is no hindrance to the next one
    d = describe(Download("list.file", d.downloads[0].url, "xml", 100))
    assert fetch(d, tmp_path, check=readable, limits=limits).changed


def test_an_entity_bomb_does_nothing_here(publisher: Publisher, tmp_path: Path, limits: Limits) -> None:
    bomb = b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 1000 + b'">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (str(n - 1).encode() if n else b"") * 10) for n in range(9)
    ) + b"]><list>&a8;</list>"  # fmt: skip
    d = describe(Download("l.xml", publisher.on("/l", send(bomb)), "xml"))
    with pytest.raises(FetchFailed):
        fetch(d, tmp_path, check=refuse, limits=limits)


def refuse(path: Path) -> None:
    raise InputError("it brings a DOCTYPE", file=str(path))


# -- the verb --------------------------------------------------------------------------------------------------------


def call(workspace: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["--workspace", str(workspace), *arguments])


def test_fetch_and_ingest_in_one_go(publisher: Publisher, tmp_path: Path, limits: Limits,
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    body = (Path(__file__).parents[1] / "fixtures" / "un_xml" / "list.xml").read_bytes()
    url = publisher.on("/un.xml", send(body, ETag='"1"'), send(b"", 304))
    own = {**vars(descriptors.load("un")), "assertions": (), "downloads": (Download("un.xml", url, "xml", 100),)}
    down = {**own, "dataset": "down", "downloads": (Download("x", publisher.on("/x", send(b"", 404)), "xml"),)}
    known = {"down": Descriptor(**down), "un": Descriptor(**own)}
    monkeypatch.setattr("counterflow.sources.fetch.fetchable", lambda: known)
    from counterflow import registry

    monkeypatch.setattr(type(registry.get("readers", "un_xml")), "descriptor", known["un"])
    workspace = tmp_path / "w"
    Workspace.create(workspace).close()
    done = call(workspace, "fetch", "un", "--ingest", "--json")
    assert done.exit_code == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["changed"] and row["ingest"]["parties"] > 0 and Path(row["place"]).read_bytes() == body
    again = call(workspace, "fetch", "--all", "--ingest", "--json")  # the other one's trouble does not stop this one
    assert again.exit_code == 4 and "404" in again.stderr and "by hand" in again.stderr
    row = json.loads(again.stdout)
    assert not row["changed"] and row["ingest"]["unchanged"]
    listed = [json.loads(line) for line in call(workspace, "fetch", "--list", "--json").stdout.splitlines()]
    assert [(r["name"], r["newest"] is None) for r in listed] == [("down", True), ("un", False)]
    log = [e for e in Workspace.open(workspace).store.casebook.audit_entries() if e["action"] == "fetch"]
    assert [json.loads(e["detail"])["dataset"] for e in log] == ["un", "down", "un"]


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    done = call(tmp_path / "w", "fetch", "unn")
    assert done.exit_code == 2 and "Did you mean 'un'" in done.stderr
    assert call(tmp_path / "w", "fetch").exit_code == 2


def test_every_address_is_the_publishers_own_and_secure() -> None:
    """Names fit in a folder, kinds are known, nothing is sent in the clear."""
    found = fetchable()
    assert {"un", "ofac", "ofac-cons"} <= set(found)
    for name, d in found.items():
        kept = [file.name for file in d.downloads]
        assert len(set(kept)) == len(kept), name
        for file in d.downloads:
            assert file.url.startswith("https://"), file.url
            assert file.kind in {"xml", "json", "csv", "xlsx", "zip", "html", "pdf", "text"}, file
            assert file.name == Path(file.name).name and not file.name.startswith("."), file
