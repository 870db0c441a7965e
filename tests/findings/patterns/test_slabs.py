"""Slab by slab the same is found as over the whole log."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import cycles, gather_scatter, scatter_gather, slabs
from counterflow.findings.patterns.log import read
from counterflow.findings.run import ScopeData
from counterflow.testing.tables import scope_of, whole
from findings.patterns.test_cycles import Payment, log_of
from findings.world import World

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 40), st.just(100)), max_size=45
).map(lambda rows: sorted(rows, key=lambda r: r[2]))  # fmt: skip
SEARCHES = {
    "cycles": (cycles.find, {}),
    "scatter_gather": (scatter_gather.find, {"relays": 2, "floor": -1e9}),
    "gather_scatter": (gather_scatter.find, {"each": 1, "both": 3, "floor": -1e9, "history": 100}),
}


@pytest.mark.parametrize("name", SEARCHES)
@settings(deadline=None, max_examples=40)
@given(rows=ROWS, window=st.integers(2, 8), width=st.integers(1, 20))
def test_slabs_find_what_one_search_finds(name: str, rows: list[Payment], window: int, width: int) -> None:
    search, dials = SEARCHES[name]

    def part(begin: int, end: int):
        kept = [n for n, r in enumerate(rows) if begin <= r[2] < end]
        log = log_of([rows[n] for n in kept])
        log.__dict__["numbers"] = kept
        return log

    back = 100 if name == "gather_scatter" else 0  # who is a stranger is told by all that came before
    found = [
        [log.__dict__["numbers"][i] for i in members]
        for log, hits in slabs.find(part, 0, 41, search, window=window, width=width, back=back, **dials)
        for members in hits.select(hits.sizes > 0)
    ]
    once = [members.tolist() for members in search(log_of(rows), window=window, **dials)]
    assert sorted(found) == sorted(once)


def test_slabs_of_a_table_are_read_by_time() -> None:
    world = World()
    for n in range(6):
        world.pay(f"2020-01-0{n + 1} 08:00", f"A{n}", f"A{(n + 1) % 6}", 100)
    data = ScopeData(scope_of(whole(world.tables())))
    begin, end = slabs.bounds(data) or (0, 0)
    every = read(data)
    assert (begin, end) == (every.at[0], every.at[-1] + 1)
    search = partial(slabs.find, slabs.reader(data), begin, end, cycles.find, width=2 * 86400)
    [(log, hits)] = [(log, hits) for log, hits in search(window=6 * 86400) if len(hits)]
    assert log.rows["payment_id"].take(hits.members).to_pylist() == [f"P{n + 1}" for n in range(6)]
    assert not any(len(hits) for _, hits in search(window=4 * 86400))
    assert slabs.bounds(ScopeData(scope_of(whole({})))) is None
