"""Ctrl-C ends a command whatever it is at."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

STALLS = """
import sys, hashlib, threading
from counterflow.cli import leaving, main

def kernel():
    print("begun", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 500_000_000)  # minutes, and Python hears of nothing meanwhile

@main.command()
def stall():
    if aside:
        thread = threading.Thread(target=kernel)
        thread.start()
        thread.join()
    kernel()

aside = sys.argv.pop() == "aside"
sys.argv[1:] = ["stall"]
leaving.run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
@pytest.mark.parametrize("where", ["here", "aside"])
def test_ctrl_c_ends_a_command_in_the_middle_of_a_kernel(where: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STALLS, where], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, "counterflow: interrupted\n")
    assert time.monotonic() - begun < 10  # half a second on a quiet machine; the kernel takes minutes
