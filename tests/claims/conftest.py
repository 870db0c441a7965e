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
    casebook = Casebook(f"sqlite:///{tmp_path / 'casebook.sqlite'}", tmp_path)
    casebook.create()
    return Store(ParquetLedger(tmp_path / "ledger", casebook), casebook, FolderBlobs(tmp_path / "blobs"))
