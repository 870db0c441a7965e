"""A world, and the same without all that its reader may not see, each asked everything from a cold start.

What is derived is derived twice: dear, and covers every stage. `arriving` is the cheap way: nothing that is derived
changes for the reader, and the server must notice that.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, Self
from unittest import mock

if TYPE_CHECKING:
    from fastapi import FastAPI

from counterflow.api.access import Access
from counterflow.api.app import create_app
from counterflow.testing.noninterference import commands
from counterflow.testing.noninterference.asking import (
    HOST,
    Answer,
    Caller,
    Request,
    harvested,
    made,
    operations,
)
from counterflow.testing.noninterference.clock import Clock
from counterflow.testing.noninterference.forgetting import forget
from counterflow.testing.noninterference.worlds import ASKING, build
from counterflow.workspace import Workspace

__all__ = ["DEAR", "UNREACHED", "Difference", "Pair", "Tally", "answered", "apart", "cleaned", "served"]

DEAR = re.compile(r"/report|/questions|/whatif|/grades/(fit|trial)|/mapping/|^GET /api/openapi|^GET /$")
"""Addresses that take a solver, print a document or read what is sent along: asked of some worlds only."""

UNREACHED: Mapping[str, str] = {
    "GET /api/model": "wants a model, trained on payments by the thousand",
    "GET /api/session/provider": "wants an identity provider",
    "GET /api/session/provider/{why}": "wants an identity provider",
    "GET /api/session/returned": "wants an identity provider",
    "GET /enter": "wants a code that was printed where nobody has an account, and works once",
}
"""Addresses that are asked, but of no world get what they ask for, and why."""

_LAST = re.compile(r"^(DELETE /api/sessions?\b|PATCH /api/session$)")
_LISTS = "/api/findings", "/api/patterns"

_TEMPORARY = re.compile(
    rb"(/[\w./-]*)?/(counterflow-)?tmp[a-z0-9_]{6,10}|counterflow-[a-z0-9_]{8}\b|expires=[^;]*GMT"
    rb'|(?<="code":")[0-9A-Z-]{34}(?=")'  # an invitation, which is chance and nothing else
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

    def add(self, other: Tally) -> None:
        """What another one counted as well."""
        self.pairs += other.pairs
        self.asked += other.asked
        self.fine += other.fine
        self.broken += other.broken
        self.differences += other.differences


def served(workspace: Workspace) -> FastAPI:
    """The application as those who ask have it before them."""
    if workspace.directory.any("principals"):
        return create_app(workspace, access=Access(workspace.directory, users=True))
    return create_app(workspace, audiences=[ASKING])


Asked = Request | list[str]
"""A request, or the words of a command line."""


class Pair:
    """A world and the same without what its reader may not see, both standing open.

    :param folder: to work in; :param caller: to find out which ids findings and patterns have; None: not asked for
    :param more: hidden files that arrive after all else
    :param who: which of the world's readers asks; on the command line it is always the first
    :param at: the time that both are asked at; None: now
    """

    def __init__(
        self, folder: Path, seed: int, caller: Caller | None = None, *, more: int = 0, signed_in: bool = False,
        who: int = 0, at: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        self.folder, self.seed = folder, seed
        place = folder / "with" / "workspace"
        place.parent.mkdir(parents=True)
        self.world = build(place, seed, signed_in=signed_in)
        with self.world.written():
            for step in range(more):
                self.world.grow(step)
        self.clock = Clock(at or dt.datetime.now(dt.UTC))
        self._who, self._alone = self.world.readers[who], who == 0
        less = Path(shutil.copytree(place, folder / "without" / "workspace"))
        day = self.clock.now.date().isoformat()
        self.gone = forget(less, self._who.audience, principal=self._who.principal, today=day)
        self.both = [Workspace.open(place), Workspace.open(less)]
        self._there, self._schemata = operations(served(self.both[0]))
        self._pools = self.world.pools if caller is None else self._told(caller)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for workspace in self.both:
            workspace.close()
        shutil.rmtree(self.folder / "with")
        shutil.rmtree(self.folder / "without")

    def questions(
        self, only: Callable[[str], bool] = lambda _: True, times: int = 1, turn: int = 0
    ) -> list[Asked]:  # fmt: skip
        """Requests and command lines. Those that change something come among the others, the same for both worlds; what
        ends the session or changes its rights comes last.

        :param only: which surfaces, by name; :param times: requests of each address; :param turn: others at each
        """
        r = random.Random(f"{self.seed} {turn}")
        wanted = [o for o in self._there if only(o.name)]
        requests = [made(o, self._schemata, self._pools, r) for o in wanted for _ in range(times)]
        asked: list[Asked] = [q._replace(headers=(*q.headers, *self._who.headers)) for q in requests]
        if self._alone:
            asked += [words for words in commands.examples(self._pools, r) if only(_name(words))]
        r.shuffle(asked)
        asked.sort(key=lambda one: bool(_LAST.match(_name(one))))
        return asked

    def compare(self, asked: Sequence[Asked], tally: Tally, caller: Caller) -> None:
        """Ask both the same, in the same order."""
        full, bare = (answered(workspace, asked, caller, self.clock) for workspace in self.both)
        _compare(tally, self.seed, asked, full, bare)

    def _told(self, caller: Caller) -> dict[str, list[str]]:
        """What may be asked for: what was brought, and ids that are told of findings and patterns."""
        lists = [Request(path, "GET", path, (("host", HOST), *self._who.headers)) for path in _LISTS]
        answers = [answered(workspace, lists, caller, self.clock) for workspace in self.both]
        found = harvested(text for text, _ in answers[1])
        pools = self.world.pools
        return {kind: [*pools.get(kind, ()), *found.get(kind, ()) * 9] for kind in {*pools, *found}}

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
    signed_in: bool = False,
    who: int = 0,
    most: int = 0,
) -> None:
    """Compare a world with the same without what its reader may not see, from a cold start.

    :param folder: to work in; :param only: which surfaces, by name; :param times: requests of each address
    :param signed_in, who: as of `Pair`
    :param most: turns in which addresses are asked again that have not told what was asked for yet
    """
    with Pair(folder, seed, caller, signed_in=signed_in, who=who) as pair:
        asked = pair.questions(only, times)
        pair.compare([one for one in asked if not _changes(one)], tally, caller)
        for turn in range(1, most + 1):
            missed = {
                name for name in tally.asked if name.startswith("GET ") and not tally.fine[name]
            } - UNREACHED.keys()
            if missed:
                pair.compare(pair.questions(missed.__contains__, 6, turn), tally, caller)
        pair.compare([one for one in asked if _changes(one)], tally, caller)
        tally.pairs += 1


def _changes(asked: Asked) -> bool:
    """Whether it may change something: asked after what only reads."""
    return not isinstance(asked, Request) or asked.method not in ("GET", "QUERY")


def _name(asked: Asked) -> str:
    """The surface that a question is of."""
    if isinstance(asked, Request):
        return asked.what
    two = " ".join(asked[:2])
    return f"counterflow {two if two in commands.EXAMPLES else asked[0]}"


def answered(workspace: Workspace, asked: Sequence[Asked], caller: Caller, clock: Clock) -> list[tuple[bytes, str]]:
    """Of each question: all that came back, and ``fine``, ``error`` or ``broken``."""
    found = []
    here = str(workspace.path).encode()  # where a workspace lies is no secret, and not what is compared
    app = served(workspace)
    drawn = random.Random(0)
    with (
        mock.patch.object(Workspace, "open", return_value=workspace),
        clock.told(),
        mock.patch("secrets.token_hex", lambda n=32: drawn.randbytes(n or 32).hex()),
        mock.patch("secrets.token_bytes", lambda n=32: drawn.randbytes(n or 32)),
        mock.patch("secrets.token_urlsafe", lambda n=32: drawn.randbytes(n or 32).hex()),
    ):
        for question in asked:
            if isinstance(question, Request):
                told = caller.ask(app, question)
                text = cleaned(told)
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


def cleaned(answer: Answer) -> bytes:
    """All of an answer, but for what chance or the time of day put into it."""
    return _TEMPORARY.sub(b"(temporary)", repr((answer.status, answer.headers)).encode() + b"\n" + answer.body)
