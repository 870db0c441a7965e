"""Gather-scatter: members are strangers in two phases; what makes the search incremental."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.observations import DAY
from counterflow.findings.patterns import gather_scatter
from findings.patterns.test_cycles import Payment, log_of

ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 30), st.just(100)), max_size=60
).map(lambda rows: sorted(((a % 3 if h else a, b, t * DAY // 2, x) for h, (a, b, t, x) in
                           ((i % 2, r) for i, r in enumerate(rows))), key=lambda r: r[2]))  # fmt: skip
DIALS = {"window": 5 * DAY, "each": 1, "both": 3, "floor": 0.0}


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_members_are_first_payments_of_one_account_within_the_window(rows: list[Payment]) -> None:
    log = log_of(rows)
    hits = gather_scatter.find(log, **DIALS)
    firsts = {}
    for i, (payer, payee, _, _) in enumerate(rows):
        firsts.setdefault((payer, payee), i)
    for h, members in enumerate(hits):
        role = hits.role[hits.starts[h] : hits.starts[h + 1]]
        hub = rows[members[0]][1]
        assert role[0] == 0
        assert all(rows[i][0 if r else 1] == hub for i, r in zip(members, role, strict=True))
        assert all(firsts[rows[i][:2]] == i for i in members.tolist())
        assert rows[members[-1]][2] <= rows[members[0]][2] + DIALS["window"]
        assert members.tolist() == sorted(set(members.tolist()))
        counts = Counter(role.tolist())
        assert min(counts[0], counts[1]) >= 1 and len(members) >= 3


@settings(deadline=None, max_examples=60)
@given(ROWS, st.integers(0, 60))
def test_later_searches_and_later_payments_change_no_complete_hit(rows: list[Payment], since: int) -> None:
    whole = gather_scatter.find(log_of(rows), **DIALS)
    part = gather_scatter.find(log_of(rows), **DIALS, since=since)
    assert sorted(m.tolist() for m in part) == sorted(m.tolist() for m in whole if m[0] >= since)
    day = 10 * DAY
    early = gather_scatter.find(log_of([r for r in rows if r[2] <= day]), **DIALS)
    closed = [
        sorted(m.tolist() for m in hits if rows[m[0]][2] + DIALS["window"] <= day) for hits in (whole, early)
    ]  # fmt: skip
    assert closed[0] == closed[1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=14))
def test_the_moment_that_parts_them_best(events: list[tuple[int, bool]]) -> None:
    events = sorted(events)
    at = np.array([t for t, _ in events])
    came = np.flatnonzero([not out for _, out in events]).astype(np.int32)
    went = np.flatnonzero([out for _, out in events]).astype(np.int32)

    def gain(moment: int) -> float:
        cells = [[int((at[side] <= moment).sum()), int((at[side] > moment).sum())] for side in (came, went)]
        if cells[0][0] * len(went) <= cells[1][0] * len(came):
            return 0.0
        columns = [cells[0][c] + cells[1][c] for c in (0, 1)]
        parts = [(n, sum(row), columns[c]) for row in cells for c, n in enumerate(row) if n]
        return sum(n * np.log(n * len(at) / (r * c)) for n, r, c in parts)

    found = gather_scatter._parts(at, came, 0, len(came), went, 0, len(went))
    best = max((gain(int(at[i])) for i in came), default=0.0)
    assert (found < 0 and best < 1e-9) or abs(gain(found) - best) < 1e-9
