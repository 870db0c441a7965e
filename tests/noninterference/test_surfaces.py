"""No answer on any surface changes when what the reader may not see is deleted; every surface is asked.

A sample; `benchmarks/noninterference.py` goes on for as long as one lets it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.api.app import create_app
from counterflow.testing.noninterference import DEAR, UNREACHED, Caller, Pair, Tally, alive, apart, build
from counterflow.testing.noninterference import commands as command_line
from counterflow.testing.noninterference.asking import operations
from counterflow.testing.noninterference.comparing import answered
from counterflow.testing.noninterference.worlds import EXPIRES
from counterflow.workspace import Workspace

ADMIN = 5
"""Place of an administrator among those who are signed in."""


EXPIRING = 2
"""Of a world in which the reader sees something until `EXPIRES`."""
_LISTS = re.compile(r"GET /api/(search|sources|documents|judgements|cases|scenarios)$")


ELSEWHERE = {
    "GET /api/people": "an administrator's", "GET /api/organisations": "an administrator's",
    "GET /api/custody/{digest}": "an auditor's", "GET /api/custody/{digest}/check": "an auditor's",
    "GET /api/patterns/{id}": "two findings of one activity are in some worlds only",
}  # fmt: skip
"""Addresses that do not tell this one reader what they are for."""


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
    apart(tmp_path / "world", 3, tally, caller, only=_cheap, signed_in=True, most=3)
    assert not tally.differences, _told(tally)
    assert not tally.broken, _told(tally)
    assert tally.asked.keys() >= {
        f"counterflow {name}" for name in command_line.EXAMPLES if _cheap(f"counterflow {name}")
    }
    never = {name for name in tally.asked if name.startswith("GET ") and not tally.fine[name]}
    assert never <= {*UNREACHED, *ELSEWHERE}


def test_an_administrator_is_told_of_nobody_elses_people(tmp_path: Path, caller: Caller) -> None:
    tally = Tally()
    looks_after = re.compile(r" /api/(people|organisations|session|tokens|passkeys|notices|emergencies)")
    apart(tmp_path / "world", 3, tally, caller, only=lambda n: bool(looks_after.search(n)), signed_in=True, who=ADMIN)
    assert not tally.differences, _told(tally)
    assert not tally.broken, _told(tally)
    assert tally.fine["GET /api/people"]
    assert tally.fine["GET /api/organisations"]


def test_a_running_server_does_not_notice_what_its_reader_may_not_see(tmp_path: Path, caller: Caller) -> None:
    tally = Tally()
    alive(tmp_path, 2, 12, tally, caller, signed_in=True, most=2)
    assert tally.pairs == 24
    assert not tally.differences, _told(tally)
    assert not tally.broken, _told(tally)


def test_what_has_expired_is_gone_as_if_deleted_when_the_clock_jumps(tmp_path: Path, caller: Caller) -> None:
    tally = Tally()
    today, then = dt.datetime.now(dt.UTC), dt.datetime.fromisoformat(f"{EXPIRES}T12:00Z") + dt.timedelta(days=1)
    with Pair(tmp_path / "world", EXPIRING, at=then) as pair:
        asked = pair.questions(lambda name: bool(_LISTS.match(name)), 2)

        def told(at: dt.datetime) -> list[tuple[bytes, str]]:
            pair.clock.now = at
            return answered(pair.both[0], asked, caller, pair.clock)

        before = told(today)
        pair.clock.now = then
        pair.compare(asked, tally, caller)
        assert not tally.differences, _told(tally)
        assert told(then) != before


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
