"""Fixtures that every test may use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the large real sets beside the checkout; the test is skipped where it is absent."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the large real data sets (../shared/data) are not on this machine")
    return path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made by `counterflow demo --no-serve`, once for all tests. Not to be changed: copy it."""
    from stories.conftest import alone

    path = tmp_path_factory.mktemp("demo") / "counterflow.d"
    alone(path, "demo", "--no-serve")
    return path


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "counterflow.d"))
