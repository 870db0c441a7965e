"""A server over a workspace, in a process of its own as a user would start it."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Address of the server while the block lasts."""
    command = [sys.executable, "-m", "counterflow", "--workspace", str(workspace), "serve", "--port", "0", "--no-login"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        watchdog = threading.Timer(60, server.kill)
        watchdog.start()
        assert server.stderr is not None
        said = ""
        for line in server.stderr:
            said += line
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                break
        else:
            pytest.fail(f"the server did not start:\n{said}")
        watchdog.cancel()
        drain = threading.Thread(target=lambda: [None for _ in server.stderr or ()], daemon=True)
        drain.start()  # a full pipe would stop the server
        yield found[0]
        server.terminate()
        server.wait(20)
        drain.join(5)
