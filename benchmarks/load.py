"""A day at a fusion centre: two hundred analysts of four organisations at one server, each listening for events.

    python benchmarks/load.py [--analysts 200] [--seconds 60] [--think 7.5] [--writes 0.1] [--furnished FOLDER]
                              [--workers 2]
    python benchmarks/load.py --sweep          think times shortened step by step until the 95th of 100 takes 300 ms
    python benchmarks/load.py --dear           somebody asks for plans, one after the other, beside all that
    python benchmarks/load.py --restart        the server is ended and started again while all are at work

Prints for each route how many requests, and the milliseconds that 50, 95 and 99 of 100 took at most; errors; writes
that were acknowledged and are not there afterwards; processor seconds of the server and of this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from load_client import Browser, Person, Told, work
from load_office import Analyst, furnish

TICK = os.sysconf("SC_CLK_TCK")
LIMIT = 0.3


@dataclass
class Server:
    """`counterflow serve` in processes of its own."""

    folder: Path
    workers: int = 1
    port: int = 0
    process: Any = None

    def start(self) -> float:
        """Returns the seconds until it answered."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        begun = time.monotonic()
        command = [sys.executable, "-m", "counterflow", "--workspace", str(self.folder), "serve", "--port",
                   str(self.port), "--workers", str(self.workers)]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while time.monotonic() < begun + 120:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return time.monotonic() - begun
            except OSError:
                time.sleep(0.02)
        raise TimeoutError("the server did not start")

    def end(self) -> None:
        """As an operator does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def spent(self) -> tuple[float, float, int]:
        """Processor seconds so far, resident MiB now, threads now."""
        family, of = {str(self.process.pid)}, {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                of[file.parent.name] = file.read_text().rpartition(")")[2].split()
        while more := {pid for pid, told in of.items() if told[1] in family} - family:
            family |= more
        ticks = sum(int(of[pid][11]) + int(of[pid][12]) for pid in family)
        pages = sum(int(of[pid][21]) for pid in family)
        threads = sum(int(of[pid][17]) for pid in family)
        return ticks / TICK, pages * os.sysconf("SC_PAGE_SIZE") / 2**20, threads


async def signed_in(server: Server, people: Sequence[Analyst], told: Told) -> list[Browser]:
    """A browser for each, in which they have come in; each from an address of its own."""
    found = []
    for n, one in enumerate(people):
        browser = Browser(server.port, f"127.0.{1 + n // 250}.{1 + n % 250}", told)
        if not await browser.ask("sign in", "POST", "/api/session/code", {"code": one.code}):
            raise RuntimeError(f"{one.name} could not come in")
        found.append(browser)
    return found


async def spell(
    server: Server, people: Sequence[Analyst], browsers: Sequence[Browser], told: Told, *, seconds: float, think: float,
    writes: float, seed: int, warm: float, dear: bool = False, restart: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """All at work for so long; what was measured."""
    ends = time.monotonic() + warm + seconds
    persons = [
        Person(browser, one.cases, random.Random(f"{seed} {n}"), think, writes, f"{seed}-{n}")
        for n, (browser, one) in enumerate(zip(browsers, people, strict=True))
    ]
    told.times.clear()
    told.errors.clear()
    at_work = [asyncio.create_task(work(p, ends)) for p in persons]
    await asyncio.sleep(warm)
    listening = sum(b.ready.is_set() for b in browsers)
    told.measuring, told.events = True, 0
    print(json.dumps({"measuring": server.process.pid}), flush=True)
    before, own, begun = server.spent()[0], time.process_time(), time.monotonic()
    beside = asyncio.create_task(_dear(persons[0], ends)) if dear else None
    back = asyncio.create_task(_restarted(server, browsers)) if restart else None
    _, late = await asyncio.wait(at_work, timeout=ends - time.monotonic() + 5)
    for one in late:
        one.cancel()
    await asyncio.gather(*at_work, return_exceptions=True)
    took = time.monotonic() - begun
    told.measuring = False
    spent, memory, threads = server.spent()
    report: dict[str, Any] = {
        "analysts": len(persons), "think": think, "seconds": round(took), "streams": listening, "events": told.events,
        "server_cpu_s": round(spent - (0 if restart else before), 1),
        "client_cpu_s": round(time.process_time() - own, 1),
        "memory_mib": round(memory), "threads": threads, **_figures(told, took),
    }  # fmt: skip
    report["server_cpu_ms_a_request"] = round(1000 * report["server_cpu_s"] / max(1, report["requests"]), 2)
    if beside is not None:
        report["dear_answers"] = await beside
    if back is not None:
        report["restart"] = await back
    for browser in browsers:
        browser.close()
    return report


def _figures(told: Told, took: float) -> dict[str, Any]:
    routes = {route: times for route, times in told.times.items() if not route.startswith("DEAR")}
    every = [t for times in routes.values() for t in times]
    return {
        "requests": len(every), "a_second": round(len(every) / took, 1), "all": _quantiles(every),
        "routes": {route: _quantiles(times) for route, times in sorted(routes.items(), key=lambda x: -len(x[1]))},
        "errors": dict(told.errors.most_common(12)),
    }  # fmt: skip


def _quantiles(times: list[float]) -> dict[str, float]:
    some = sorted(times)
    return {"n": len(some)} | {
        f"p{q}": round(1000 * some[min(len(some) - 1, len(some) * q // 100)], 1) for q in (50, 95, 99) if some
    }


async def _dear(p: Person, ends: float) -> list[float]:
    """Plans under budgets that nobody asked for yet, one after the other. Returns the seconds each took."""
    took = []
    while time.monotonic() < ends:
        begun = time.monotonic()
        body = {"budget": round(p.r.uniform(3, 40), 3), "substitution": True}
        await p.browser.ask("DEAR /whatif", "POST", "/api/whatif?exercise=1", body)
        took.append(round(time.monotonic() - begun, 2))
    return took


async def _restarted(server: Server, browsers: Sequence[Browser]) -> dict[str, float]:
    """End the server and start it again: how long until it answers, and until every stream is open again."""
    await asyncio.sleep(5)
    begun = time.monotonic()
    await asyncio.to_thread(server.end)
    for browser in browsers:
        browser.ready.clear()
    ended = time.monotonic() - begun
    answers = await asyncio.to_thread(server.start)
    up = time.monotonic()
    await asyncio.gather(*(browser.ready.wait() for browser in browsers))
    return {"ended_s": round(ended, 2), "answers_s": round(answers, 2), "all_listen_s": round(time.monotonic() - up, 2)}


def lost(folder: Path, kept: Sequence[str]) -> list[str]:
    """Writes that were acknowledged and are not there; and what of the audit log is not as it was appended."""
    import sqlalchemy as sa

    from counterflow.workspace import Workspace

    workspace = Workspace.open(folder)
    with workspace.store.casebook.engine.connect() as tx:
        there = "\n".join(tx.execute(sa.text("SELECT content FROM writings")).scalars())
    wrong = [f"lost: {token}" for token in kept if f'"{token}"' not in there and f'"{token}:' not in there]
    wrong += workspace.store.casebook.verify_audit()
    workspace.close()
    return wrong


async def run(folder: Path, people: Sequence[Analyst], options: argparse.Namespace) -> None:
    """Start, come in, work; print a line of JSON for each spell."""
    server, told = Server(folder, options.workers), Told()
    print(json.dumps({"first_answer_s": round(server.start(), 2)}), flush=True)
    browsers = await signed_in(server, people, told)
    thinks = [options.think * f for f in (1, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)] if options.sweep else [options.think]
    for n, think in enumerate(thinks):
        report = await spell(
            server, people, browsers, told, seconds=options.seconds, think=think, writes=options.writes,
            seed=options.seed + n, warm=options.warm if not n else 10.0, dear=options.dear, restart=options.restart,
        )  # fmt: skip
        print(json.dumps(report), flush=True)
        if options.sweep and report["all"]["p95"] > 1000 * LIMIT:
            break
    server.end()
    wrong = lost(folder, told.kept)
    print(json.dumps({"writes_acknowledged": len(told.kept), "lost_or_wrong": wrong[:10]}), flush=True)


def main() -> None:
    """Furnish the workspace, or take one that was kept; measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analysts", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=7.5, help="mean seconds between screens")
    parser.add_argument("--writes", type=float, default=0.1, help="share of screens on which something is written")
    parser.add_argument("--warm", type=float, default=60, help="seconds at work before anything is measured")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--demo", type=Path, help="a workspace of the demonstration, in place of making one")
    parser.add_argument("--furnished", type=Path, help="folder of what was furnished before, made where it is empty")
    for what in ("sweep", "dear", "restart"):
        parser.add_argument(f"--{what}", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="counterflow-load-") as name:
        place = options.furnished or Path(name) / "furnished"
        place.mkdir(exist_ok=True)
        kept = place / "people.json"
        if not kept.exists():
            people = furnish(place / "workspace", analysts=options.analysts, cases=options.cases, demo=options.demo)
            kept.write_text(json.dumps([asdict(one) for one in people]))
        people = [Analyst(**{**one, "cases": tuple(one["cases"])}) for one in json.loads(kept.read_text())]
        own = shutil.copytree(place / "workspace", Path(name) / "workspace")  # a code lets nobody in twice
        asyncio.run(run(own, people[: options.analysts], options))


if __name__ == "__main__":
    main()
