"""Two ways of finding out whether anything that a reader may not see changes an answer.

*Apart*: a world, and the same without all that the reader may not see, each asked everything from a cold start; what is
derived is derived twice. Dear, and covers every stage.

*Alive*: a server that runs while hidden records arrive in its workspace one after the other; after each, answers are as
they were before the first. Cheap, and covers every surface: nothing that is derived changes for the reader, and the
server must notice that.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import random
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, Self
from unittest import mock

if TYPE_CHECKING:
    from fastapi import FastAPI

from counterflow import casework, clock, storage, views
from counterflow import workspace as workspaces
from counterflow.api.app import create_app
from counterflow.testing.noninterference import commands
from counterflow.testing.noninterference.asking import (
    Answer,
    Caller,
    Request,
    harvested,
    made,
    operations,
)
from counterflow.testing.noninterference.forgetting import forget
from counterflow.testing.noninterference.worlds import ASKING, World, build
from counterflow.workspace import Workspace

__all__ = ["DEAR", "Difference", "Pair", "Tally", "alive", "apart", "served"]

DEAR = re.compile(r"/report|/questions|/whatif|/grades/(fit|trial)|/mapping/|^GET /api/openapi|^GET /$")
"""Addresses that take a solver, print a document or read what is sent along: asked of some worlds only."""

SLOW = 0.03
"""CPU seconds from which an address is asked a tenth as often of a running server."""

_TRIES = re.compile(r"^GET /(enter|api/session/returned)$")
"""Ways in: how often one may try is limited, so that what a running server answers hangs on the time. Asked apart."""

_TEMPORARY = re.compile(
    rb"(/[\w./-]*)?/(counterflow-)?tmp[a-z0-9_]{6,10}|counterflow-[a-z0-9_]{8}\b|expires=[^;]*GMT"
    rb"|(?<=\nid: )[\w-]{48}(?=\n)"  # where a stream of events is, sealed with chance of its own; always as long
)


class Difference(NamedTuple):
    """A question that was answered differently, and both answers."""

    asked: str
    seed: int
    with_hidden: bytes
    without: bytes

    def __str__(self) -> str:
        at = next((i for i, (a, b) in enumerate(zip(self.with_hidden, self.without, strict=False)) if a != b), 0)
        around = slice(max(0, at - 120), at + 200)
        told = f"  with:    {self.with_hidden[around]!r}\n  without: {self.without[around]!r}"
        return f"seed {self.seed}: {self.asked}\n{told}"


@dataclass
class Tally:
    """What was compared. :param pairs: of worlds; :param asked: surface → comparisons; :param fine: of those that were
    answered with what was asked for, not with an error; :param broken: unforeseen errors"""

    pairs: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    fine: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def compare(self, what: str, asked: object, seed: int, with_hidden: bytes, without: bytes, *, fine: bool) -> None:
        """Count a comparison, and keep it where the two are not the same."""
        self.asked[what] += 1
        self.fine[what] += fine
        if with_hidden != without:
            self.differences.append(Difference(str(asked), seed, with_hidden, without))


def served(workspace: Workspace) -> FastAPI:
    """The application as the reader has it before them."""
    return create_app(workspace, audiences=[ASKING])


Asked = Request | list[str]
"""A request, or the words of a command line."""


class Pair:
    """A world and the same without what its reader may not see, both standing open.

    :param folder: to work in; :param more: hidden files that arrive after all else
    """

    def __init__(self, folder: Path, seed: int, more: int = 0) -> None:
        self.folder, self.seed = folder, seed
        place = folder / "with" / "workspace"
        place.parent.mkdir(parents=True)
        self.world = build(place, seed)
        for step in range(more):
            self.world.grow(step)
        less = Path(shutil.copytree(place, folder / "without" / "workspace"))
        self.gone = forget(less, self.world.reader)
        self.both = [Workspace.open(place), Workspace.open(less)]
        self._there, self._schemata = operations(served(self.both[0]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for workspace in self.both:
            workspace.close()
        shutil.rmtree(self.folder / "with")
        shutil.rmtree(self.folder / "without")

    def questions(self, only: Callable[[str], bool] = lambda _: True, times: int = 1) -> list[Asked]:
        """Requests and command lines. Those that change something come among the others, the same for both worlds.

        :param only: which surfaces, by name; :param times: requests of each address
        """
        r = random.Random(self.seed)
        pools = self.world.pools
        wanted = [o for o in self._there if only(o.name)]
        asked: list[Asked] = [made(o, self._schemata, pools, r) for o in wanted for _ in range(times)]
        asked += [words for words in commands.examples(pools, r) if only(_name(words))]
        r.shuffle(asked)
        return asked

    def compare(self, asked: Sequence[Asked], tally: Tally, caller: Caller) -> None:
        """Ask both the same, in the same order."""
        clock = _standing(dt.datetime.now(dt.UTC))
        full, bare = (_all_answers(workspace, asked, caller, clock) for workspace in self.both)
        tally.pairs += 1
        _compare(tally, self.seed, asked, full, bare)

    def forget_pictures(self) -> None:
        """Let both servers look anew at what they have derived."""
        for workspace in self.both:
            workspace._pictures.clear()  # as a restart would


def apart(
    folder: Path,
    seed: int,
    tally: Tally,
    caller: Caller,
    *,
    only: Callable[[str], bool] = lambda _: True,
    times: int = 1,
) -> None:
    """Compare a world with the same without what its reader may not see, from a cold start.

    :param folder: to work in; :param only: which surfaces, by name; :param times: requests of each address
    """
    with Pair(folder, seed) as pair:
        pair.compare(pair.questions(only, times), tally, caller)


def _name(asked: Asked) -> str:
    """The surface that a question is of."""
    if isinstance(asked, Request):
        return asked.what
    two = " ".join(asked[:2])
    return f"counterflow {two if two in commands.EXAMPLES else asked[0]}"


def _standing(now: dt.datetime) -> type[dt.datetime]:
    """A clock that stands: what is written bears its time, in both worlds the same."""

    class Kind(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, dt.datetime)

    class Standing(dt.datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return cls.fromisoformat(now.astimezone(tz).isoformat())

    return Standing


@contextmanager
def _clock(standing: type[dt.datetime]) -> Iterator[None]:
    """Every module of the product tells the time by this clock."""
    for package in (casework, storage, views, workspaces):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(found.name)
    shim = SimpleNamespace(**{**vars(dt), "datetime": standing})
    ours = [m for n, m in sorted(sys.modules.items()) if n.startswith("counterflow.") and not n.startswith(__package__)]
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(clock, "now", return_value=standing.now(dt.UTC)))
        for module in ours:
            for name, value in list(vars(module).items()):
                if value is dt or value is dt.datetime:
                    stack.enter_context(mock.patch.object(module, name, shim if value is dt else standing))
        yield


def _all_answers(
    workspace: Workspace, asked: Sequence[Asked], caller: Caller, standing: type[dt.datetime]
) -> list[tuple[bytes, str]]:
    """Of each question: all that came back, and ``fine``, ``error`` or ``broken``."""
    found = []
    here = str(workspace.path).encode()  # where a workspace lies is no secret, and not what is compared
    app = served(workspace)
    drawn = random.Random(0)
    with (
        mock.patch.object(Workspace, "open", return_value=workspace),
        _clock(standing),
        mock.patch("secrets.token_hex", lambda n=32: drawn.randbytes(n or 32).hex()),
        mock.patch("secrets.token_bytes", lambda n=32: drawn.randbytes(n or 32)),
        mock.patch("secrets.token_urlsafe", lambda n=32: drawn.randbytes(n or 32).hex()),
    ):
        for question in asked:
            if isinstance(question, Request):
                told = caller.ask(app, question)
                text = _bytes(told)
                how = "fine" if told.status < 300 else "broken" if told.status >= 500 else "error"
            else:
                with TemporaryDirectory(prefix="counterflow-") as out:
                    (Path(out) / "written").mkdir()
                    printed = commands.run(question, workspace.path, ASKING, Path(out) / "written")
                text = repr(printed[:1] + printed[3:]).encode() + printed.out.encode() + b"\n" + printed.err.encode()
                how = {0: "fine", commands.CRASHED: "broken"}.get(printed.code, "error")
            found.append((_TEMPORARY.sub(b"(temporary)", text.replace(here, b"(here)")), how))
    return found


@contextmanager
def _opened(place: Path) -> Iterator[Workspace]:
    workspace = Workspace.open(place)
    try:
        yield workspace
    finally:
        workspace.close()


def _compare(
    tally: Tally,
    seed: int,
    asked: Sequence[Asked],
    full: Sequence[tuple[bytes, str]],
    bare: Sequence[tuple[bytes, str]],
) -> None:
    for question, (a, how), (b, _) in zip(asked, full, bare, strict=True):
        told = question if isinstance(question, Request) else "counterflow " + " ".join(question)
        tally.compare(_name(question), told, seed, a, b, fine=how == "fine")
        if how == "broken":
            tally.broken.append(f"seed {seed}: {told}\n{a[-1500:].decode(errors='replace')}")


def alive(
    folder: Path,
    seed: int,
    steps: int,
    tally: Tally,
    caller: Caller,
    *,
    each: int = 12,
    only: Callable[[str], bool] = lambda name: not DEAR.search(name),
) -> None:
    """Compare what a running server answers before and after each of so many hidden records that arrive.

    :param each: questions asked after each; reads only, since both answers come from the same workspace
    """
    world = build(folder / "workspace", seed, hidden=None)
    r = random.Random(seed)
    pools = _to_come(folder, world, min(steps, 8))
    with _opened(world.folder) as workspace:
        app = served(workspace)
        there, schemata = operations(app)
        reads = [o for o in there if only(o.name) and o.method == "GET" and not _TRIES.match(o.name)]
        lists = [(q, caller.ask(app, q)) for o in reads for q in [made(o, schemata, pools, r)] if not o.parameters[3:]]
        for kind, ids in harvested(iter(lists)).items():
            pools[kind] = [*pools.get(kind, ()), *ids * 3]
        asked = [made(o, schemata, pools, r) for o in reads for _ in range(3)]
        before = {q: caller.ask(app, q) for q in asked}
        slow = _slow(app, asked, caller)
        for step in range(steps):
            world.grow(step)
            tally.pairs += 1
            for question in {*r.choices(asked, [0.1 if q.what in slow else 1 for q in asked], k=each)}:
                now = caller.ask(app, question)
                fine, broken = now.status < 300, now.status >= 500
                told = (_TEMPORARY.sub(b"(temporary)", _bytes(one)) for one in (now, before[question]))
                tally.compare(question.what, question, seed, *told, fine=fine)
                if broken:
                    tally.broken.append(f"seed {seed}: {question}\n{now.body[-1500:].decode(errors='replace')}")
    shutil.rmtree(world.folder)


def _slow(app: FastAPI, asked: Sequence[Request], caller: Caller) -> set[str]:
    """Addresses that take long to ask again: asked less often."""
    taken: dict[str, float] = {}
    for question in asked:
        began = time.process_time()
        caller.ask(app, question)
        taken[question.what] = max(taken.get(question.what, 0.0), time.process_time() - began)
    return {what for what, seconds in taken.items() if seconds > SLOW}


def _to_come(folder: Path, world: World, steps: int) -> dict[str, list[str]]:
    """What may be asked for once hidden records have arrived: tried out beside."""
    beside = build(folder / "beside", world.seed, hidden=None)
    for step in range(steps):
        beside.grow(step)
    shutil.rmtree(folder / "beside")
    return beside.pools


def _bytes(answer: Answer) -> bytes:
    return repr((answer.status, answer.headers)).encode() + b"\n" + answer.body
