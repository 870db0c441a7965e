"""Several processes answer at one address, and end with the first one, however that ends."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from counterflow.api.connections import Limits
from counterflow.api.workers import LEAST, together
from counterflow.errors import WorkspaceError
from counterflow.workspace import Workspace

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


def children(of: int) -> set[int]:
    """Workers of a process that live."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            worker = b"spawn_main" in (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == of and state != "Z" and worker:
            found.add(int(folder.name))
    return found


def soon(told: Callable[[], object], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not told():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def status(address: str) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        connection.request("GET", "/api/audiences")
        return connection.getresponse().status
    finally:
        connection.close()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_one_that_dies_is_replaced_and_all_end_with_the_first(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    command = [sys.executable, "-m", "counterflow", "--workspace", str(tmp_path / "w"), "serve", "--no-login", "--port",
               "0", "--workers", "2"]  # fmt: skip
    for end in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            watchdog = threading.Timer(120, process.kill)
            watchdog.start()
            try:
                assert process.stderr is not None
                address = next(w for w in process.stderr.readline().split() if w.startswith("http://"))
                assert soon(lambda: len(children(process.pid)) == 2)
                assert [status(address) for _ in range(4)] == [200] * 4
                workers = children(process.pid)
                if end is signal.SIGTERM:
                    time.sleep(LEAST)
                    first = workers.pop()
                    os.kill(first, signal.SIGKILL)
                    assert status(address) == 200
                    assert soon(lambda: len(children(process.pid) - {first}) == 2)  # noqa: B023
                    workers = children(process.pid)
                process.send_signal(end)
                assert process.wait(30) in (0, -end)
                assert soon(lambda: all(gone(pid) for pid in workers), 20)  # noqa: B023
            finally:
                watchdog.cancel()
                process.kill()


def test_what_fails_at_once_is_not_begun_again_for_ever() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(WorkspaceError, match="as soon as it had begun"):
        together(1, sys.exit, (3,))
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_limited_is_shared_among_them() -> None:
    whole = Limits()
    assert whole.shared(1) is whole
    part = whole.shared(4)
    assert (part.most, part.each, part.backlog) == (whole.most // 4, whole.each // 4, whole.backlog // 4)
    assert whole.shared(1000).most == 64  # few are no fewer


def test_settings_that_another_process_wrote_are_in_force(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", title="Before")
    file = tmp_path / "w" / "counterflow.toml"
    text = file.read_text(encoding="utf-8")
    acting = workspace.line(None, True)
    file.write_text(text.replace("Before", "After!"), encoding="utf-8")
    assert workspace.settings.title == "After!" != acting.settings.title  # what is under way goes on as it began
    file.write_text("title = [", encoding="utf-8")
    assert workspace.settings.title == "After!"
    file.write_text(text, encoding="utf-8")
    assert workspace.settings.title == "Before"
    workspace.close()
