"""A workspace in the hands of a session: it reads, does and records as its principal."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.errors import Forbidden, UnknownName
from counterflow.model.handling import TLP
from counterflow.model.principal import Principal, Session
from counterflow.workspace import Workspace


def test_a_session_is_its_own_audience_and_records_bear_its_principal(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    who = Principal("p-7f3a", "Ann", "FIU-A", verbs=frozenset({"read"}), ceiling=TLP.AMBER)
    hers = workspace.acting(Session(who, "s-1", purpose="aml", case="c-9"))
    assert hers.view().audiences()["audiences"] == [{"name": "FIU-A/Ann", "text": "FIU-A/Ann"}]
    for name in ("owner", "public"):
        with pytest.raises(UnknownName):
            hers.view(name)
    with pytest.raises(Forbidden):
        hers.allow("ingest")
    workspace.allow("ingest")
    hers.audit("read", {"path": "/api/summary"})
    *_, entry, _asked = workspace.audit_entries("owner")
    assert entry["who"] == "p-7f3a"
    assert '"purpose":"aml"' in entry["detail"]
    assert '"case":"c-9"' in entry["detail"]
    assert workspace.who != "p-7f3a"
    workspace.close()
