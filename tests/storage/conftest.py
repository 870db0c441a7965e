"""A casebook on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.storage.sql import Casebook


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
