"""Somebody reads while somebody else purges: they are told as it was or as it is, or to ask again; what was purged when
they began, they are not told."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from counterflow.api.app import create_app
from counterflow.errors import Busy, NotFound, Purged
from counterflow.pipeline.stages import WRITERS
from counterflow.storage.duckdb import ParquetLedger
from counterflow.views.picture import Picture
from counterflow.workspace import Workspace
from stories.test_retention import NAME, OTHER, anywhere, workspace_of


def once(do: Callable[[], Any]) -> Callable[[], None]:
    """The first time that it is called, and no more."""
    left = [do]
    return lambda: left.pop()() if left else None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = workspace_of(tmp_path_factory.mktemp("made"))
    workspace.view().search("Severin")
    workspace.close()
    return workspace.path


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    """With all that is derived, but no picture in memory."""
    shutil.copytree(made, tmp_path / "w")
    workspace = Workspace.open(tmp_path / "w")
    yield workspace
    workspace.close()


def purge(workspace: Workspace, **what: str) -> None:
    """By another process, for all that this one knows. :param what: a dataset; without it a party"""
    other = Workspace.open(workspace.path)
    other.purge(() if what else ["people:1"], **what, reason="r")
    other.close()


def test_what_was_in_hand_before_a_purge_answers_without_it_or_says_that_it_has_gone(workspace: Workspace) -> None:
    view = workspace.view()
    assert [r["caption"] for r in view.search("Severin")["results"]] == [NAME]
    picture, line = view.picture, workspace.line(None, True)
    told = line.scope.table("claims")
    assert len(line.scope.run(told))
    old = workspace.store.ledger.readable_segments(line.audience)
    purge(workspace)
    for read in (lambda: line.scope.run(told), lambda: [*line.scope.batches(told)], lambda: picture.findings,
                 lambda: line.run(), lambda: picture.scope.run(picture.scope.table("claims"))):  # fmt: skip
        with pytest.raises(Purged):
            read()
    assert not picture.stands and old != workspace.store.ledger.readable_segments(line.audience)
    assert view.search("Severin")["results"] == []
    assert [r["caption"] for r in view.search("Okonkwo")["results"]] == [OTHER]
    with pytest.raises(NotFound):
        view.entity("people:1")
    assert workspace.made(None, True) is view.picture and view.picture.stands
    assert anywhere(workspace.path, NAME) == []


def test_a_purge_while_a_stage_is_made(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(workspace.path / "derived")
    # of a dataset: to know what is a party's, one has to wait for what is being made
    meanwhile, write = once(lambda: purge(workspace, dataset="people")), WRITERS["gather"]

    def made(*given: Any) -> None:
        write(*given)
        meanwhile()

    monkeypatch.setitem(WRITERS, "gather", made)  # type: ignore[misc]
    assert workspace.view().search("Severin")["results"] == []
    assert anywhere(workspace.path, NAME) == []
    assert [p.name for p in (workspace.path / "derived").iterdir()] == ["1"]


def test_a_purge_between_the_catalogue_and_its_files(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile, find = once(lambda: purge(workspace)), ParquetLedger.readable_segments

    def found(ledger: ParquetLedger, *given: Any, **named: Any) -> Any:
        segments = find(ledger, *given, **named)
        if ledger is workspace.store.ledger:
            meanwhile()
        return segments

    monkeypatch.setattr(ParquetLedger, "readable_segments", found)
    with pytest.raises(Purged):
        workspace.purge_plan(dataset="people")
    assert workspace.purge_plan(dataset="people")["rows"] == {"sources": 1, "claims": 1}


def test_a_request_under_way_is_answered_as_it_is_now(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(create_app(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        assert NAME in client.get("/api/search?q=Severin").text
        meanwhile, find = once(lambda: purge(workspace)), Picture.find_text

        def found(picture: Picture, *given: Any, **named: Any) -> Any:
            hits = find(picture, *given, **named)
            meanwhile()
            return hits

        monkeypatch.setattr(Picture, "find_text", found)
        answer = client.get("/api/search?q=Severin")
        assert (answer.status_code, answer.json()["results"]) == (200, [])
        with workspace.store.casebook.writing():
            answer = client.post("/api/retention/purges", json={"dataset": "people", "reason": "r"})
        assert (answer.status_code, answer.json()["error"]) == (503, "Busy")
        assert int(answer.headers["retry-after"]) > 0


def test_of_two_purges_at_once_the_second_looks_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile, chosen = once(lambda: purge(workspace)), Workspace._chosen

    def choosing(self: Workspace, *given: Any) -> Any:
        found = chosen(self, *given)
        if self is workspace:
            meanwhile()
        return found

    monkeypatch.setattr(Workspace, "_chosen", choosing)
    with pytest.raises(Purged):
        workspace.purge(dataset="people", reason="r")
    assert len(workspace.purged()) == 5
    workspace.purge(dataset="people", reason="r")
    assert workspace.verify() == []
    with workspace.store.casebook.writing(), pytest.raises(Busy):
        workspace.purge(dataset="people", reason="r")


def test_nobody_who_begins_after_a_purge_is_told_of_it_however_many_read(workspace: Workspace) -> None:
    workspace.view().search("Severin")
    gone, begun = threading.Event(), threading.Barrier(4)

    def read() -> list[tuple[bool, str]]:
        told = []
        begun.wait(10)
        late = False
        while not late:
            late, view = gone.is_set(), workspace.view()
            told += [(late, str([view.search(q)["results"], view.sources()])) for q in ("Severin", "Okonkwo")]
        return told

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        begun.wait(10)
        workspace.purge(["people:1"], reason="r")
        gone.set()
        told = [one for reader in readers for one in reader.result(60)]
    assert not [text for late, text in told if late and NAME in text]
    assert any(late for late, _ in told) and all(text for _, text in told)
    assert anywhere(workspace.path, NAME) == []


def test_results_of_before_a_purge_are_not_put_in_place_after_it(workspace: Workspace) -> None:
    line = workspace.line(None, True)
    purge(workspace)
    assert not list((workspace.path / "derived").iterdir())
    with pytest.raises(Purged):
        line.derived.make("gather", "x", lambda out: None)
    assert not (workspace.path / "derived" / "0").exists()
