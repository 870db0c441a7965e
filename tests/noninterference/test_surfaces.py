"""No answer on any surface changes when what the reader may not see is deleted; every surface is asked.

A sample; `benchmarks/noninterference.py` goes on for as long as one lets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.api.app import create_app
from counterflow.testing.noninterference import DEAR, Caller, Tally, alive, apart, build
from counterflow.testing.noninterference import commands as command_line
from counterflow.testing.noninterference.asking import operations
from counterflow.workspace import Workspace


@pytest.fixture
def caller() -> Iterator[Caller]:
    made = Caller()
    yield made
    made.close()


def _cheap(name: str) -> bool:
    return not DEAR.search(name) and name not in ("counterflow report", "counterflow whatif", "counterflow ask")


def _told(tally: Tally) -> str:
    return "\n".join(map(str, tally.differences[:5])) + "\n".join(tally.broken[:3])


def test_worlds_apart_give_the_same_answers(tmp_path: Path, caller: Caller) -> None:
    tally = Tally()
    apart(tmp_path / "world", 3, tally, caller, only=_cheap)
    assert not tally.differences, _told(tally)
    assert not tally.broken, _told(tally)
    assert tally.asked.keys() >= {
        f"counterflow {name}" for name in command_line.EXAMPLES if _cheap(f"counterflow {name}")
    }


def test_a_running_server_does_not_notice_what_its_reader_may_not_see(tmp_path: Path, caller: Caller) -> None:
    tally = Tally()
    alive(tmp_path, 2, 8, tally, caller)
    assert tally.pairs == 8
    assert not tally.differences, _told(tally)
    assert not tally.broken, _told(tally)


def test_every_command_has_an_example(tmp_path: Path) -> None:
    assert command_line.uncovered() == []


def test_every_address_is_asked(tmp_path: Path) -> None:
    world = build(tmp_path / "world", 1, hidden=None)
    workspace = Workspace.open(world.folder)
    app = create_app(workspace)
    asked = {(o.method, o.path) for o in operations(app)[0]}
    there = {(method, path.replace(":path}", "}")) for method, path in app.state.needs if method != "HEAD"}
    assert len(there) > 60
    assert there <= asked
    workspace.close()
