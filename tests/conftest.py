"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

gc.set_threshold(50_000, 20, 20)
"""Expressions are trees of very many small objects, and hardly any in rings: collecting as often as by default took
a fifth of the time of the tests of typologies."""


LONGEST = (
    "tests/contracts/test_typologies_on_spark.py",
    "tests/stories/",
    "tests/browser/",
    "tests/findings/typologies/",
)
"""What takes longest, first: workers get whole files in this order, and one that ends on a long file works alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, long files first; elsewhere the order is as it was found."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: next((n for n, p in enumerate(LONGEST) if item.nodeid.startswith(p)), len(LONGEST)))


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

    made = once(tmp_path_factory, "demo", lambda folder: alone(folder / "counterflow.d", "demo", "--no-serve"))
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("demo") / "own")) / "counterflow.d"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker to ask for it makes and the others wait for. Not to be changed by any: copy it."""
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    whole, unfinished, taken, failed = (run / f"{name}{state}" for state in ("", "-unfinished", "-taken", "-failed"))
    try:
        taken.mkdir()
    except FileExistsError:
        while not whole.exists():
            if failed.exists():
                pytest.fail(f"another worker failed to make {name}")
            time.sleep(0.2)
        return whole
    try:
        unfinished.mkdir()
        make(unfinished)
        return unfinished.rename(whole)
    except BaseException:
        failed.mkdir()
        raise


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "counterflow.d"))
