from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from counterflow.api.server import serve
from counterflow.errors import UsageError

SERVE = """
from conftest_double import EchoWorkspace
from counterflow.api.server import serve
serve(EchoWorkspace(), port=0, login=False, ready=lambda address: print(address, flush=True))
"""


def test_other_machines_are_let_in_only_with_a_token() -> None:
    with pytest.raises(UsageError, match="Set a token"):
        serve(object(), host="0.0.0.0")  # type: ignore[arg-type]


def test_a_taken_port_is_said_before_anything_is_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UsageError, match=f"Port {port} is taken. Name another: counterflow serve --port {port + 1}"
        ):
            serve(object(), port=port)  # type: ignore[arg-type]


def test_an_address_that_is_not_this_machines_is_said() -> None:
    with pytest.raises(UsageError, match=r"Cannot listen on 192\.0\.2\.1"):
        serve(object(), host="192.0.2.1", token="t")  # type: ignore[arg-type]


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    # A process of its own: the server takes over the signals.
    here = Path(__file__).parent
    (tmp_path / "conftest_double.py").write_text((here / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *(p for p in sys.path if p)])
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}, text=True
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
            connection.request("HEAD", "/api/summary")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"")
            connection.request("GET", "/api/entities/a%2Fb:c")
            answer = connection.getresponse()
            assert answer.status == 200
            assert b'"entity","a/b:c"' in answer.read()
            assert answer.getheader("server") is None
            connection.close()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) in (0, -signal.SIGTERM)
        finally:
            watchdog.cancel()
            process.kill()
