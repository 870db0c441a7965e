"""Clients that are slow, idle, greedy or do not speak HTTP: they are let go of, and others are answered meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.api.connections import Limits, room

SERVE = """
from conftest_double import EchoWorkspace
from counterflow.api.connections import Limits
from counterflow.api.server import serve
serve(EchoWorkspace(), port=0, login=False, ready=lambda address: print(address, flush=True),
      limits=Limits(head=1, body=1, unread=1, linger=1, most=300, each=260))
"""
HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("slow")
    double = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")
    (folder / "conftest_double.py").write_text(double, encoding="utf-8")
    path = os.pathsep.join([str(folder), *(p for p in sys.path if p)])
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | {"PYTHONPATH": path},
    ) as process:  # fmt: skip
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().rpartition(":")[2])
        finally:
            watchdog.cancel()
            process.kill()


def connected(port: int, *said: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    for text in said:
        client.sendall(text)
    return client


def rest(client: socket.socket) -> bytes:
    """All that comes until the other side has closed."""
    told = b""
    with client, contextlib.suppress(ConnectionError):
        while piece := client.recv(65_536):
            told += piece
    return told


def good(port: int) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    client.request("GET", "/api/summary")
    status = client.getresponse().status
    client.close()
    return status


def test_a_good_client_is_answered_while_two_hundred_slow_ones_hang(port: int) -> None:
    begun = [b"", b"GET /api/summ", b"GET /api/summary HTTP/1.1\r\n" + HOST + b"X-", HOST[:1]]
    body = b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    slow = [connected(port, (*begun, body)[n % 5]) for n in range(200)]
    assert [good(port) for _ in range(5)] == [200] * 5
    told = [rest(client) for client in slow]
    assert all(text.startswith(b"HTTP/1.1 408 ") for text in told), {text[:40] for text in told}
    assert all(b"\r\nconnection: close" in text and b"problem+json" in text for text in told)


def test_a_byte_now_and_then_buys_no_time(port: int) -> None:
    client = connected(port, b"GET / HTTP/1.1\r\n")
    told = b""
    client.settimeout(0.1)
    for _ in range(600):
        with contextlib.suppress(TimeoutError, ConnectionError):
            client.sendall(b"X: y\r\n")
            told = client.recv(1000)
            break
    assert told.startswith(b"HTTP/1.1 408 ")
    client.close()


def test_who_asks_and_never_reads_is_let_go_of(port: int) -> None:
    asked = b"GET /api/search?q=" + b"x" * 50_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    client = connected(port)
    client.settimeout(30)
    with pytest.raises(ConnectionError):  # the server stops reading, then hangs up
        client.sendall(asked * 5_000)
    client.close()
    assert good(port) == 200


def test_more_connections_than_one_address_may_hold_are_refused_and_told_so(port: int) -> None:
    held = [connected(port) for _ in range(280)]
    told = [rest(client) for client in held]
    refused = [text for text in told if text.startswith(b"HTTP/1.1 503 ")]
    assert 15 <= len(refused) <= 40
    assert len([text for text in told if text.startswith(b"HTTP/1.1 408 ")]) == len(told) - len(refused)
    assert good(port) == 200


@pytest.mark.parametrize(
    "said",
    [
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Content-Length: 4, 5\r\n\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Content-Length: +4\r\n\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        b"POST /api/whatif HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\n\r\n",
        b"GET /api/summary HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET /api/summary HTTP/1.1\r\n\r\n",
        b"GET /api/summary HTTP/1.1\r\n" + HOST + b"X: a\r\n b\x00\r\n\r\n",
        b"GET /api/sum\x00mary HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_answered(port: int, said: bytes) -> None:
    behind = b"GET /api/entities/smuggled HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    client = connected(port)
    with contextlib.suppress(ConnectionError):
        client.sendall(said + behind)
    told = rest(client)
    assert b"smuggled" not in told
    assert not told or told.startswith(b"HTTP/1.1 4"), told[:200]


def test_pipelined_requests_are_answered_in_their_order(port: int) -> None:
    asked = [f"GET /api/entities/e{n} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for n in range(50)]
    last = b"GET /api/entities/last HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    told = rest(connected(port, b"".join(asked) + last))
    places = [told.index(b'"e%d"' % n) for n in range(50)]
    assert places == sorted(places)
    assert told.count(b"HTTP/1.1 200 ") == 51


def test_an_unfinished_upgrade_is_an_ordinary_request(port: int) -> None:
    asked = b"GET /api/summary HTTP/1.1\r\n" + HOST
    asked += (
        b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert rest(connected(port, asked)).startswith(b"HTTP/1.1 200 ")


def test_no_more_are_let_in_than_this_process_may_have_files() -> None:
    found = room(Limits(most=10**9, each=10**9))
    assert 64 <= found.most < 10**9
    assert found.each <= found.most
