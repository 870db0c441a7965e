"""Patterns of activity from many findings: cost of linking and of telling, and whether what is planted is told apart.

    python benchmarks/patterns.py [FINDINGS ...]        default: 1000 10000 100000

The findings are generated: activities of five, each over three parties of its own, sixty days and one sea, every
finding with a stranger and with one of fifty busy parties (ports, banks, forwarders) that all activities share. It
shows cost, and that what all share glues nothing together; how patterns look in real findings it does not show.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections import Counter

from counterflow.findings.activity.grouping import groups
from counterflow.findings.activity.linking import links, when_of
from counterflow.findings.activity.run import patterns
from counterflow.findings.activity.sharing import parties_of, shared
from counterflow.findings.run import ScopeData
from counterflow.model.finding import Evidence, Finding
from counterflow.testing import scope_of, whole

TYPOLOGIES = (
    "fan_in", "pass_through", "dark_meeting", "loitering", "shell_company", "offset_settlement", "encounter",
    "scatter_gather",
)  # fmt: skip
AT_SEA = ("dark_meeting", "loitering", "encounter")
BUSY = 50
EACH = 5
"""Findings of an activity."""


def planted(n: int, seed: int = 1) -> dict[str, tuple[Finding, int]]:
    """Id → finding and the number of its activity, in no order."""
    rng = random.Random(seed)
    found = []
    for activity in range(n // EACH):
        day = dt.date(2015, 1, 1) + dt.timedelta(days=rng.randrange(3000))
        lat, lon = rng.uniform(-50, 60), rng.uniform(-170, 170)
        own = [f"d:party{activity}-{k}" for k in range(3)]
        for k in range(EACH):
            typology = rng.choice(TYPOLOGIES)
            on = (day + dt.timedelta(days=rng.randrange(60))).isoformat()
            sea = typology in AT_SEA
            found.append((
                Finding(
                    typology=typology, sentence="It did.", refutes="A contract.", benign=("a trader",),
                    subjects=(rng.choice(own), rng.choice([*own, f"d:p{rng.randrange(10 * n)}"]),
                              f"d:busy{rng.randrange(BUSY)}"),
                    probability=rng.uniform(0.2, 0.9), start=on, end=on,
                    evidence=tuple(Evidence("claim", f"c{activity}-{k}-{m}") for m in range(8)),
                    lat=lat + rng.uniform(-0.1, 0.1) if sea else None,
                    lon=lon + rng.uniform(-0.1, 0.1) if sea else None,
                ),
                activity,
            ))  # fmt: skip
    rng.shuffle(found)
    return {f.id: (f, activity) for f, activity in found}


def main(sizes: list[int]) -> None:
    """A line for each size."""
    data = ScopeData(scope_of(whole({})))
    print("findings  patterns  largest  link s  whole s  pairs right  pairs found")
    for n in sizes:
        truth = planted(n)
        findings = [f for f, _ in truth.values()]
        begin = time.process_time()
        parties = parties_of(findings, data)
        tied = links(shared(findings, parties, data), when_of(findings, [False] * len(findings)))
        groups(tied.one.tolist(), tied.other.tolist(), tied.odds.tolist())
        linked = time.process_time() - begin
        begin = time.process_time()
        told = patterns(findings, data)
        spent = time.process_time() - begin
        of = [Counter(truth[f][1] for f in p.findings) for p in told]
        pairs = sum(_pairs(sum(c.values())) for c in of)
        right = sum(_pairs(k) for c in of for k in c.values())
        there = n // EACH * _pairs(EACH)
        largest = max(len(p.findings) for p in told)
        print(
            f"{n:8,}  {len(told):8,}  {largest:7}  {linked:6.1f}  {spent:7.1f}  {right / pairs:11.4f}"
            f"  {right / there:11.3f}"
        )


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [1_000, 10_000, 100_000])
