"""A directory with two organisations and their people, made as the folder's owner would make it."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.casework.identity import people
from counterflow.casework.identity.people import By
from counterflow.storage.identity import Directory
from counterflow.storage.sql import Casebook

OWNER = By("root")


def directory_at(url: str, folder: Path) -> Directory:
    casebook = Casebook(url, folder)
    casebook.create()
    return Directory(casebook)


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    found = directory_at(f"sqlite:///{tmp_path / 'casebook.sqlite'}", tmp_path)
    for name, kind in (("FIU-A", "fiu"), ("CUSTOMS-B", "customs")):
        people.add_organisation(found, name, kind, OWNER)
    for name, home, role in (
        ("Ann", "FIU-A", "analyst"),
        ("Sue", "FIU-A", "supervisor"),
        ("Kim", "FIU-A", "administrator"),
        ("Lee", "CUSTOMS-B", "administrator"),
        ("Bob", "CUSTOMS-B", "analyst"),
    ):
        people.add_person(found, name, home, OWNER, held=[role])
    return found


def by(directory: Directory, name: str) -> By:
    """Somebody as one who changes something."""
    row = people.found(directory, name, OWNER)
    return By(row["id"], people.principal(directory, row["id"]))
