"""The command line, as a user would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterflow.cli import main
from counterflow.workspace import Workspace

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


LIST = [
    {
        "id": "1",
        "schema": "Person",
        "properties": {"name": ["Grigory Antonovich Severin"], "birthDate": ["1961-03-02"]},
    },
    {"id": "2", "schema": "Person", "properties": {"name": ["Mariam Okonkwo"], "birthDate": ["1974-01-09"]}},
]
"""A list of two persons."""


def ingest(workspace: Workspace, folder: Path, rows: list[dict[str, Any]], **how: Any) -> None:
    """An edition of the list."""
    path = folder / "list.ftm.json"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    workspace.ingest(path, reader="ftm", dataset="listed", label="TLP:CLEAR", **how)


@pytest.fixture(scope="session")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the list in it and every stage made. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("listed")
    made = Workspace.create(folder / "counterflow.d")
    ingest(made, folder, LIST)
    made.run()
    made.close()
    return made.path
