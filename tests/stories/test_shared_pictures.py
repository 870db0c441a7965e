"""Two of the same rights share one picture in memory; what only one may read never comes into sight of the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from claims.toy import take
from counterflow.model.handling import TLP, Label
from counterflow.model.principal import Principal, Session
from counterflow.storage.writings import write
from counterflow.workspace import Workspace


def _session(name: str) -> Session:
    verbs = frozenset({"read", "judge", "case"})
    return Session(Principal(f"p-{name}", name, "FIU-A", verbs=verbs, ceiling=TLP.RED), f"s-{name}")


def _add(workspace: Workspace, folder: Path, label: Label, *names: str) -> None:
    rows = [{"id": name, "schema": "Person", "name": name} for name in names]
    take(workspace.store, folder, *rows, label=label, dataset=f"toy{len(rows)}")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    _add(made, tmp_path, Label(tlp=TLP.GREEN), "Kim")
    return made


def test_equal_rights_share_a_picture_and_a_later_label_parts_them(workspace: Workspace, tmp_path: Path) -> None:
    ann, bob = workspace.acting(_session("Ann")), workspace.acting(_session("Bob"))
    anns, bobs = ann.view().picture, bob.view().picture
    assert anns.entities is bobs.entities  # one in memory
    assert anns.graph is bobs.graph
    assert (anns.audience.name, bobs.audience.name) == ("FIU-A/Ann", "FIU-A/Bob")
    assert bobs.line.scope.audience.name == "FIU-A/Bob"  # a report names the one it was written for
    assert len(workspace._pictures) == 1

    # Ann writes what only she may read: it lies in no record, so that both go on sharing
    only = Label(tlp=TLP.RED, readers=frozenset({"Ann"}))
    write(workspace.store.casebook, [("note", "n-1", {"text": "hers"})], [[only]], "p-Ann")
    for hers in (anns, ann.view().picture):
        assert [row["content"]["text"] for row in hers.line.writings("note")] == ["hers"]
    for his in (bobs, bob.view().picture):
        assert his.line.writings("note") == []
        assert only.id not in his.line.labels()
    assert ann.view().picture.entities is bob.view().picture.entities
    assert ann.view().picture.settled.line.writings("note") == []  # what is kept for both rests on what both may read

    # a record that only she may read parts them; what he had in hand shows nothing of it either
    _add(workspace, tmp_path, only, "Ri", "Pak")
    assert _names(ann.view().picture) == {"Kim", "Ri", "Pak"}
    assert _names(bob.view().picture) == {"Kim"}
    assert _names(bobs) == _names(anns) == {"Kim"}
    assert ann.view().picture.entities is not bob.view().picture.entities


def _names(picture: Any) -> set[str]:
    return {row["caption"] for row in picture.entities.values()}


def test_two_hundred_analysts_of_the_same_rights_are_one_picture(workspace: Workspace) -> None:
    pictures = [workspace.acting(_session(f"n{n}")).view().picture for n in range(200)]
    assert len({id(one.kept) for one in pictures}) == 1
    assert len(workspace._pictures) == 1
    assert len({one.line.audience.name for one in pictures}) == 200
