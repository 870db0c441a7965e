"""Logs from a few payments, and what every search must do with them."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from counterflow.findings.patterns.hits import Hits
from counterflow.findings.patterns.log import Log, from_rows

Row = tuple[int, int, int, float]
"""payer, payee, second, US dollars."""


def log_of(rows: list[Row]) -> Log:
    """Payments in the order given have row ids in that order."""
    n = len(rows)
    amounts = pa.array([float(w) for *_, w in rows], pa.float64())
    return from_rows(
        pa.table(
            {
                "row_id": pa.array([f"r{i:05}" for i in range(n)], pa.string()),
                "payment_id": pa.array([f"P{i}" for i in range(n)], pa.string()),
                "at": pa.array([t for _, _, t, _ in rows], pa.int64()),
                "payer": pa.array([f"B/{a:03}" for a, *_ in rows], pa.string()),
                "payee": pa.array([f"B/{b:03}" for _, b, *_ in rows], pa.string()),
                "amount": amounts,
                "currency": pa.array(["USD"] * n, pa.string()),
                "usd": amounts,
            }
        )
    )


def told(hits: Hits) -> list[tuple[int, ...]]:
    """The members of each hit."""
    return [tuple(hit.tolist()) for hit in hits]


def check(rows: list[Row], find: Callable[..., Hits], *, complete: int) -> list[tuple[int, ...]]:
    """The hits over all payments, after what holds of every search: members in time order, hits by their first
    payments; `since` tells those that begin later; payments appended change no hit that was complete before.

    :param complete: seconds after a hit's first payment from which it can no longer change
    """
    log = log_of(rows)
    hits = find(log)
    found = told(hits)
    assert all(list(hit) == sorted(set(hit)) for hit in found)
    assert [hit[0] for hit in found] == sorted(hit[0] for hit in found)
    assert hits.surprise is not None
    assert len(hits.surprise) == len(hits)
    for since in range(0, len(log), 3):
        later = find(log, since=since)
        assert told(later) == [hit for hit in found if hit[0] >= since]
        assert later.exhausted <= hits.exhausted
    ordered = sorted(rows, key=lambda row: row[2])
    for n in range(0, len(ordered), 4):
        if n and ordered[n - 1][2] == ordered[n][2]:
            continue
        last = ordered[n - 1][2] if n else 0
        early = told(find(log_of(ordered[:n])))
        done = [hit for hit in early if ordered[hit[0]][2] + complete < last]
        assert done == [hit for hit in told(find(log_of(ordered))) if ordered[hit[0]][2] + complete < last]
    return found
