"""The command line, as a user would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from counterflow.cli import main

Run = Callable[..., Any]


def counterflow(workspace: Path, *arguments: str, code: int | None = 0) -> str:
    """Run the command line in this process, which has loaded what it needs; returns what it printed.

    :param code: exit code it should have; None: any, and the answer is what it printed all the same
    """
    done = CliRunner().invoke(main, ["--workspace", str(workspace), *arguments])
    assert code is None or done.exit_code == code, (
        f"exit {done.exit_code}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}\n{done.exception!r}"
    )
    return done.stderr if code else done.stdout


def alone(workspace: Path, *arguments: str, seconds: float = 280) -> str:
    """Run the command line in a process of its own; returns what it printed.

    :param seconds: after which it is taken to hang
    """
    command = [sys.executable, "-m", "counterflow", "--workspace", str(workspace), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def rows(text: str) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]
