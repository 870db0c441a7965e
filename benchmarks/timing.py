"""How long an answer takes about what is there but hidden, and about what is not there: can one tell them apart?

    python benchmarks/timing.py [--each 1000] [--seed 3]

One who is signed in asks a server in this process, in random order, for things of which each comes as often as another:
half exist and are hidden from that one, half do not exist. Of each surface: medians in µs, the difference, how often
the one takes longer than the other (0.5: no telling; it is the U of Mann and Whitney over n·m), and that test's p.

Source: Mann and Whitney (1947), On a Test of Whether one of Two Random Variables is Stochastically Larger.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from counterflow.model.handling import TLP, Label
from counterflow.storage.writings import write
from counterflow.testing.noninterference import Caller, build, served
from counterflow.testing.noninterference.asking import HOST, Request
from counterflow.testing.noninterference.records import DAY, Hand, companies
from counterflow.workspace import Workspace

if TYPE_CHECKING:
    from fastapi import FastAPI

HIDDEN = Label(tlp=TLP.RED, originator="D", readers=frozenset({"dan"}))
SURFACES: Mapping[str, str] = {
    "GET /api/cases/{id}": "/api/cases/{}", "GET /api/entities/{id}": "/api/entities/gamma:{}",
    "GET /api/search": "/api/search?q=Company+{}",
}  # fmt: skip


def strangers(workspace: Workspace, ids: Sequence[str]) -> None:
    """Cases and companies of these ids, which nobody but a stranger may read."""
    content = {"version": "v", "follows": [], "fields": {"title": "T", "purpose": "tax", "basis": "mandate"}}
    rows = [(f"case/{kind}", f"{id}/{kind}", content) for id in ids for kind in ("case", "task", "note")]
    write(workspace.store.casebook, rows, [[HIDDEN]] * len(rows), "somebody")
    told = companies(Hand(workspace, [HIDDEN], {}), "gamma", HIDDEN, DAY, ids)
    batch = {
        "dataset": "gamma", "reader": "ftm", "files": [], "fingerprint": "timing", "counts": {},
        "descriptor": {"complete": False}, "label_id": HIDDEN.id, "recorded_at": DAY.isoformat(timespec="microseconds"),
    }  # fmt: skip
    segments = workspace.store.ledger.append(told)
    workspace.store.casebook.commit_batch(batch, segments, [HIDDEN], [], "somebody")


def taken(caller: Caller, app: FastAPI, headers: tuple[tuple[str, str], ...], target: str) -> float:
    """Microseconds until the whole answer is there."""
    request = Request("", "GET", target, (("host", HOST), *headers))
    began = time.perf_counter_ns()
    caller.ask(app, request)
    return (time.perf_counter_ns() - began) / 1000


def main() -> None:
    """Ask, compare, print."""
    from scipy.stats import mannwhitneyu

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=1000, metavar="N", help="requests of each kind at each surface")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    r, caller = random.Random(options.seed), Caller()
    there, missing = ([f"{r.randrange(16**12):012x}" for _ in range(20)] for _ in range(2))
    with TemporaryDirectory(prefix="counterflow-timing-") as folder:
        world = build(Path(folder) / "workspace", options.seed, signed_in=True)
        workspace = Workspace.open(world.folder)
        strangers(workspace, there)
        app, headers = served(workspace), world.readers[0].headers
        for name, form in SURFACES.items():
            plan = [(kind, form.format(r.choice((there, missing)[kind]))) for kind in (0, 1) * options.each]
            r.shuffle(plan)
            for _, target in plan[:50]:
                taken(caller, app, headers, target)
            found: tuple[list[float], list[float]] = ([], [])
            for kind, target in plan:
                found[kind].append(taken(caller, app, headers, target))
            test = mannwhitneyu(*found)
            middle = [statistics.median(one) for one in found]
            share = float(test.statistic) / options.each**2
            print(f"{name}: hidden {middle[0]:.0f} µs, missing {middle[1]:.0f} µs, {middle[0] - middle[1]:+.0f} µs; "
                  f"longer {share:.3f}, p {test.pvalue:.2g}, {len(plan)} requests", flush=True)  # fmt: skip
        workspace.close()
    caller.close()


if __name__ == "__main__":
    main()
