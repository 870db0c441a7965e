"""The command line in a process of its own, as a user would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def counterflow(workspace: Path, *arguments: str, code: int = 0) -> str:
    """Run the command line in a process of its own; returns what it printed."""
    command = [sys.executable, "-m", "counterflow", "--workspace", str(workspace), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout if code == 0 else done.stderr


def rows(text: str) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]
