"""Every command of the tutorial that can be run as it stands answers, and exits with 0."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterflow.cli import main

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def _commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("counterflow ")]
    return [shlex.split(line)[1:] for line in lines]


@pytest.fixture(scope="module")
def workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: asking leaves its mark on the audit log."""
    return Path(shutil.copytree(demo, tmp_path_factory.mktemp("tutorial") / "counterflow.d"))


@pytest.mark.slow
@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_a_command_of_the_tutorial_runs(workspace: Path, words: list[str]) -> None:
    done = CliRunner().invoke(main, ["--workspace", str(workspace), *words], prog_name="counterflow")
    assert done.exit_code == 0, done.output[-2000:]
    silent = "quarantine" in words  # the demonstration's own files are whole
    assert done.stdout.strip() or silent


def test_the_tutorial_has_commands_to_run() -> None:
    assert len(_commands()) > 15
