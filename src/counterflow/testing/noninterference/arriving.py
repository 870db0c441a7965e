"""A server that runs while hidden records arrive in its workspace, one file after the other.

A *pair* is one arrival and one of those who ask: the workspace before and after it, equal but for what that one may not
see. Each pair compares the answers to so many questions, whatever else it might have asked; a question was answered
once before the first arrival, and every later answer must be that one, byte for byte. Questions are drawn like cards:
every address that one may ask comes up once before any comes up again, and those that take long a tenth as often.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from counterflow.api.needs import ANYBODY, SIGNED_IN
from counterflow.testing.noninterference.asking import Caller, Operation, Request, harvested, made, operations
from counterflow.testing.noninterference.clock import Clock
from counterflow.testing.noninterference.comparing import DEAR, Tally, cleaned, served
from counterflow.testing.noninterference.people import Reader
from counterflow.testing.noninterference.worlds import World, build
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["alive"]

SLOW = 0.03
"""CPU seconds from which an address is asked a tenth as often."""

_TRIES = re.compile(r"^GET /(enter|api/session/returned)$")
"""Ways in: how often one may try is limited, so that what a running server answers hangs on the time. Asked apart."""

_READING = re.compile(r"^POST /(match|reconcile|api/screen|api/releases/plan)")
"""Questions that are sent as a body."""

_AHEAD = 8
"""Arrivals whose ids are asked for before they are there."""


def alive(
    folder: Path,
    seed: int,
    steps: int,
    tally: Tally,
    caller: Caller,
    *,
    each: int = 4,
    signed_in: bool = False,
    most: int = 99,
    only: Callable[[str], bool] = lambda name: not DEAR.search(name),
) -> None:
    """Compare what a running server answers before and after each of so many arrivals.

    :param each: questions of each pair; reads only, since both answers come from the same workspace
    :param signed_in: several people ask, each with rights of their own; what arrives is hidden from all of them
    :param most: of those who ask
    """
    world = build(folder / "workspace", seed, hidden=None, signed_in=signed_in, shut_to_all=True)
    pools = _to_come(folder, world, min(steps, _AHEAD), signed_in)
    clock = Clock(dt.datetime.now(dt.UTC))
    workspace = Workspace.open(world.folder)
    with world.written(), clock.told():
        app = served(workspace)
        there = [o for o in operations(app)[0] if only(o.name) and not _TRIES.match(o.name) and _reads(o)]
        asking = [
            _Asking(reader, app, there, pools, random.Random(f"{seed} {n}"), caller)
            for n, reader in enumerate(world.readers[:most])
            if "audit" not in reader.verbs  # who audits is told of every emergency: none arrives unseen
        ]
        tally.broken += [told for one in asking for told in one.broken]
        for step in range(steps):
            world.grow(step)
            clock.now += dt.timedelta(milliseconds=1)
            for one in asking:
                one.compare(each, seed, tally)
    workspace.close()
    shutil.rmtree(world.folder)


def _reads(operation: Operation) -> bool:
    return operation.method == "GET" or bool(_READING.match(operation.name))


class _Asking:
    """One who asks: the questions, and how each was answered before anything arrived."""

    def __init__(
        self, reader: Reader, app: FastAPI, there: Sequence[Operation], pools: Mapping[str, Sequence[str]],
        r: random.Random, caller: Caller,
    ) -> None:  # fmt: skip
        self._app, self._caller, self._random = app, caller, r
        allowed = {*reader.verbs, ANYBODY, SIGNED_IN, None} if reader.principal else None
        mine = [o for o in there if allowed is None or app.state.needs.get((o.method, o.path)) in allowed]
        schemata = operations(app)[1]
        then = r.choice(("2024-01-02", "2023-12-31", "2030"))

        def asked(operation: Operation, pools: Mapping[str, Sequence[str]]) -> Request:
            found = made(operation, schemata, pools, r, {"known_on": then})
            return found._replace(headers=(*found.headers, *reader.headers))

        lists = [asked(o, pools) for o in mine if len(o.parameters) <= 3]
        self._before = {question: self._answer(question) for question in lists}
        found = harvested(answer for answer, _, _ in self._before.values())
        more = {kind: [*pools.get(kind, ()), *found.get(kind, ()) * 3] for kind in {*pools, *found}}
        for question in [asked(o, more) for o in mine if len(o.parameters) > 3 for _ in range(2)]:
            self._before[question] = self._answer(question)
        self.broken = [f"{q}: {a[:500]!r}" for q, (a, status, _) in self._before.items() if status >= 500]
        self._slow: set[str] = set()
        self._cards = self._drawn()

    def _answer(self, question: Request) -> tuple[bytes, int, float]:
        began = time.process_time()
        told = self._caller.ask(self._app, question)
        return cleaned(told), told.status, time.process_time() - began

    def _drawn(self) -> Iterator[Request]:
        of: dict[str, list[Request]] = {}
        for question in self._before:
            of.setdefault(question.what, []).append(question)
        turn = 0
        while True:
            names = [name for name in of if name not in self._slow or turn % 10 == 9]
            self._random.shuffle(names)
            yield from (of[name][turn % len(of[name])] for name in names)
            turn += 1

    def compare(self, each: int, seed: int, tally: Tally) -> None:
        """Ask the next questions again."""
        tally.pairs += 1
        for _ in range(each):
            question = next(self._cards)
            now, status, seconds = self._answer(question)
            if seconds > SLOW:
                self._slow.add(question.what)
            before = self._before[question][0]
            tally.compare(question.what, question, seed, now, before, fine=status < 300)
            if status >= 500:
                tally.broken.append(f"seed {seed}: {question}\n{now[-1500:].decode(errors='replace')}")


def _to_come(folder: Path, world: World, steps: int, signed_in: bool) -> dict[str, list[str]]:
    """What may be asked for once hidden records have arrived: tried out beside."""
    beside = build(folder / "beside", world.seed, hidden=None, signed_in=signed_in, shut_to_all=True)
    with beside.written():
        for step in range(steps):
            beside.grow(step)
    found = beside.pools
    shutil.rmtree(folder / "beside")
    return found
