"""The server is killed (SIGKILL) at a random moment while several clients write: is every write that was acknowledged
there, does the audit log verify, and is nothing there by half?

    python benchmarks/crashes.py --kills 100 [--writers 8] [--workers 2] [--seed 0]

Each time the server is started again on the same workspace. Clients keep what-if questions, write hypotheses and judge;
whatever was answered with 2xx must be readable afterwards, and every row must have its entry in the log, and the other
way round.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from counterflow.testing.noninterference import build
from counterflow.workspace import Workspace

OWNER = "owner"


@dataclass
class Outcome:
    """:param acknowledged: writes answered with 2xx; :param lost: those that are not there afterwards
    :param wrong: anything else that is not as it should be, in words"""

    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, kills: int, writers: int = 8, seed: int = 0, workers: int = 1) -> Outcome:
    """Kill so many times. :param folder: empty; :param workers: processes of the server, which all die at once"""
    r = random.Random(seed)
    world = build(folder / "workspace", 2, hidden=None)
    parties = sorted({id for id in world.pools["entity"] if id.rpartition(":")[2].isdecimal()})
    subprocess.run([*_command(world.folder), "run"], check=True, capture_output=True)
    outcome, numbers = Outcome(), count(1)
    kept: list[str] = []
    for _ in range(kills):
        port, process = _served(world.folder, workers)
        stop, lock, begun = threading.Event(), threading.Lock(), threading.Event()

        def write(own: random.Random, port: int = port, stop: Any = stop, lock: Any = lock, begun: Any = begun) -> None:
            while not stop.is_set():
                with lock:
                    n = next(numbers)
                what, method, path, body = _write(n, own, parties)
                try:
                    status = _send(port, method, path, body)
                except (OSError, http.client.HTTPException):
                    continue
                with lock:
                    if status < 300:
                        kept.append(what)
                        begun.set()
                    elif status >= 500:
                        outcome.wrong.append(f"{method} {path}: {status}")

        threads = [threading.Thread(target=write, args=(random.Random(r.random()),)) for _ in range(writers)]
        for thread in threads:
            thread.start()
        begun.wait(120)
        time.sleep(r.uniform(0.0, 0.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stop.set()
        for thread in threads:
            thread.join()
        outcome.kills += 1
        _check(world.folder, kept, outcome)
    outcome.acknowledged = len(kept)
    return outcome


def _write(n: int, r: random.Random, parties: list[str]) -> tuple[str, str, str, dict[str, Any]]:
    """A write: what it leaves behind, and the request."""
    if r.random() < 0.4:
        return f"scenario {n}", "POST", "/api/scenarios", {"name": f"scenario {n}", "question": {"budget": n}}
    if r.random() < 0.5 or len(parties) < 2:
        body = {"id": f"h{n}", "title": "Which?", "hypotheses": {"a": "it is", "b": "it is not"}}
        return f"question h{n}", "POST", "/api/hypotheses", body
    left, right = r.sample(parties, 2)
    judged = {"left": left, "right": right, "verdict": "unsure", "reason": f"reason {n}"}
    return f"judgement reason {n}", "POST", "/api/judgements", {"judgements": [judged]}


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "counterflow", "--workspace", str(folder), "--audience", OWNER]


def _served(folder: Path, workers: int) -> tuple[int, subprocess.Popen[bytes]]:
    """Start the server in a process of its own. Returns its port and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*_command(folder), "serve", "--port", str(port), "--no-login", "--workers", str(workers)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if _send(port, "GET", "/healthz", None) == 200:
                return port, process
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    process.kill()
    raise TimeoutError("the server did not start")


def _send(port: int, method: str, path: str, body: dict[str, Any] | None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _check(folder: Path, kept: list[str], outcome: Outcome) -> None:
    import sqlalchemy as sa

    workspace = Workspace.open(folder)
    casebook = workspace.store.casebook
    with casebook.engine.connect() as tx:
        written = [tuple(row) for row in tx.execute(sa.text("SELECT kind, key FROM writings")).all()]
        judged = [reason for (reason,) in tx.execute(sa.text("SELECT reason FROM judgements")).all()]
        whole = tx.execute(sa.text("PRAGMA integrity_check")).scalar()
    there = {f"scenario {key.removeprefix('scenario ')}" for kind, key in written if kind == "scenario"}
    there |= {f"question {key}" for kind, key in written if kind == "question"} | {f"judgement {x}" for x in judged}
    outcome.lost += [what for what in kept if what not in there]
    outcome.wrong += casebook.verify_audit()
    outcome.wrong += [] if whole == "ok" else [str(whole)]
    told = [json.loads(entry["detail"]) | {"action": entry["action"]} for entry in casebook.audit_entries()]
    logged = [one["reason"] for one in told if one["action"] == "judge"]
    if sorted(logged) != sorted(judged):
        outcome.wrong.append("judgements and their entries of the log differ")
    workspace.close()


def _lines(outcome: Outcome) -> Iterator[str]:
    yield f"{outcome.kills} kills, {outcome.acknowledged} writes acknowledged, {len(outcome.lost)} lost"
    yield from outcome.lost[:10]
    yield from sorted(set(outcome.wrong))[:10]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    say: Callable[[str], None] = print
    with TemporaryDirectory(prefix="counterflow-crashes-") as folder:
        for line in _lines(run(Path(folder), options.kills, options.writers, options.seed, options.workers)):
            say(line)


if __name__ == "__main__":
    main()
