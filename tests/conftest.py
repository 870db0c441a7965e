"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server of our own, on a socket in a folder of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
    if not found:
        pytest.skip("PostgreSQL's server is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra 'postgres')")
    binaries = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="cf-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(binaries / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd=folder, capture_output=True, timeout=60)

    run("initdb", "--auth=trust", "--encoding=UTF8", "--username=counterflow")
    run("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses=''", "-l", str(folder / "log"), "start")
    # row security holds for those who own the tables, not for who may do all
    admin = ["-h", str(folder), "-U", "counterflow", "postgres"]
    for statement in ("CREATE ROLE agency LOGIN CREATEROLE CREATEDB", "CREATE DATABASE agency OWNER agency"):
        subprocess.run([str(binaries / "psql"), *admin, "-qc", statement], check=True, capture_output=True, timeout=60)
    yield f"postgresql+psycopg://agency@/agency?host={folder}"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def database(postgresql: str) -> Iterator[str]:
    """URL of a fresh database of that server."""
    from sqlalchemy import create_engine, text

    name = f"d{secrets.token_hex(4)}"
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as tx:
        tx.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql.replace("/agency?", f"/{name}?")
    with engine.connect() as tx:
        tx.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "counterflow.d"))
