"""A casebook on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.storage.sql import Casebook


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
    for statement in ("CREATE ROLE agency LOGIN CREATEROLE", "CREATE DATABASE agency OWNER agency"):
        subprocess.run([str(binaries / "psql"), *admin, "-qc", statement], check=True, capture_output=True, timeout=60)
    yield f"postgresql+psycopg://agency@/agency?host={folder}"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def casebook(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'casebook.sqlite'}" if sqlite else request.getfixturevalue("postgresql")
    found = Casebook(url, tmp_path)
    found.create()
    yield found
    if not sqlite:
        from sqlalchemy import text

        with found.engine.begin() as tx:
            tx.execute(text("DROP SCHEMA public CASCADE"))
            tx.execute(text("CREATE SCHEMA public"))
    found.close()
