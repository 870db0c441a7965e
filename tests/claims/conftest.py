"""A ledger, casebook and blobs of their own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.claims.ingest import Store
from counterflow.storage.blobs import FolderBlobs
from counterflow.storage.duckdb import ParquetLedger
from counterflow.storage.sql import Casebook


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_in(tmp_path)


def store_in(folder: Path) -> Store:
    """An empty ledger with its casebook and originals."""
    folder.mkdir(exist_ok=True)
    casebook = Casebook(f"sqlite:///{folder / 'casebook.sqlite'}", folder)
    casebook.create()
    return Store(ParquetLedger(folder / "ledger", casebook), casebook, FolderBlobs(folder / "blobs"))
