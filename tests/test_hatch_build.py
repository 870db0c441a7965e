"""The package is built with the workbench in it, and the workbench is built only when its sources changed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BUILT = "src/counterflow/web/dist/index.html"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the same form, as small as can be."""
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name, text in {
        "src/counterflow/__init__.py": '__version__ = "9.8.7"\n',
        "web/src/main.tsx": "1",
        "web/index.html": "<html>",
        "web/node_modules/x/index.js": "never packed",
        "examples/office39/entities.csv": "id\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    return tmp_path


def _hook(project: Path) -> Any:
    spec = importlib.util.spec_from_file_location("hatch_build_here", project / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _built(project: Path) -> None:
    hook = _hook(project)
    (project / BUILT).parent.mkdir(parents=True)
    (project / BUILT).write_text("workbench")
    hook.STAMP.write_text(hook.fingerprint())


def _package(project: Path, *targets: str, **environment: str) -> list[str]:
    """Build without Node; returns the names of all files packed."""
    arguments = [word for target in targets for word in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *arguments, "--directory", str(project / "out")]
    env = {k: v for k, v in os.environ.items() if k != "COUNTERFLOW_WEB"} | environment
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    names: list[str] = []
    for path in (project / "out").iterdir():
        if path.suffix == ".whl":
            names += zipfile.ZipFile(path).namelist()
        else:
            with tarfile.open(path) as archive:
                names += [name.partition("/")[2] for name in archive.getnames()]
    return names


def test_the_stamp_is_of_paths_and_contents_and_of_nothing_else(project: Path) -> None:
    hook = _hook(project)
    before = hook.fingerprint()
    os.utime(project / "web/index.html", (0, 0))
    (project / "web/node_modules/x/index.js").write_text("changed")
    (project / "web/dist").mkdir()
    (project / "web/dist/index.html").write_text("built")
    (project / "web/src/main.test.tsx").write_text("a test")
    assert hook.fingerprint() == before
    (project / "web/index.html").rename(project / "web/start.html")
    renamed = hook.fingerprint()
    assert renamed != before
    (project / "web/src/main.tsx").write_text("2")
    assert hook.fingerprint() not in (before, renamed)


def test_node_is_asked_for_only_when_the_workbench_is_stale(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERFLOW_WEB", raising=False)
    hook = _hook(project)
    wanted = hook.WorkbenchHook.dependencies(object())
    assert wanted == [hook.NODE]
    _built(project)
    assert hook.WorkbenchHook.dependencies(object()) == []
    (project / "web/src/main.tsx").write_text("2")
    assert hook.WorkbenchHook.dependencies(object()) == [hook.NODE]
    monkeypatch.setenv("COUNTERFLOW_WEB", "skip")
    assert hook.WorkbenchHook.dependencies(object()) == []


def test_wheel_and_sdist_carry_the_workbench_and_not_what_made_it(project: Path) -> None:
    _built(project)
    wheel = _package(project, "wheel")
    assert {"counterflow/web/dist/index.html", "counterflow/examples/office39/entities.csv"} <= set(wheel)
    shutil.rmtree(project / "out")
    sdist = _package(project, "sdist")
    assert {BUILT, "src/counterflow/web/dist/.stamp", "web/src/main.tsx", "hatch_build.py"} <= set(sdist)
    assert not [name for name in [*wheel, *sdist] if "node_modules" in name]


def test_a_wheel_comes_out_of_the_sdist_without_node(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    _built(project)
    _package(project, "sdist")
    room = tmp_path_factory.mktemp("elsewhere")
    with tarfile.open(next((project / "out").glob("*.tar.gz"))) as archive:
        archive.extractall(room, filter="data")
    unpacked = next(room.iterdir())
    assert not _hook(unpacked).stale()
    assert "counterflow/web/dist/index.html" in _package(unpacked, "wheel")


def test_without_the_workbench_it_is_not_packed(project: Path) -> None:
    _built(project)
    packed = _package(project, "wheel", "sdist", COUNTERFLOW_WEB="skip")
    assert "counterflow/__init__.py" in packed
    assert not [name for name in packed if "web/dist" in name]
