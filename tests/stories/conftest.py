"""The demonstration, built once for all stories, through the command line as a user would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made by `counterflow demo --no-serve`. Not to be changed: copy it."""
    path = tmp_path_factory.mktemp("demo") / "counterflow.d"
    counterflow(path, "demo", "--no-serve")
    return path


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "counterflow.d"))
