"""Scatter-gather: against trying everything, and what makes the search incremental."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.patterns import scatter_gather
from findings.patterns.test_cycles import Payment, log_of

ANY = -1e9
"""No floor."""


def by_trying(rows: list[Payment], window: int, relays: int) -> list[tuple[int, ...]]:
    """Members of every hit: each source, sink and first leg; without those that reach no further than one before."""
    found, everybody = [], {a for r in rows for a in r[:2]}
    for source in everybody:
        for sink in everybody - {source}:
            told = -1
            for anchor, (payer, _, begin, _) in enumerate(rows):
                if payer != source:
                    continue
                members, carried, opens = set(), 0, False
                for relay in everybody - {source, sink}:
                    legs = [
                        i for i, r in enumerate(rows)
                        if i >= anchor and r[:2] == (source, relay) and r[2] <= begin + window
                    ]  # fmt: skip
                    ons = [i for i, r in enumerate(rows) if r[:2] == (relay, sink) and begin < r[2] <= begin + window]
                    if not legs or not ons:
                        continue
                    early, late = min(rows[i][2] for i in legs), max(rows[i][2] for i in ons)
                    if early < late:
                        carried += 1
                        opens = opens or anchor in legs
                        members |= {i for i in legs if rows[i][2] < late} | {i for i in ons if rows[i][2] > early}
                    else:
                        members |= {*legs, *ons}
                if carried >= relays and opens and max(members) > told:
                    told = max(members)
                    found.append(tuple(sorted(members)))
    return sorted(found)


ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 9), st.just(100)), max_size=25
).map(lambda rows: sorted(rows, key=lambda r: r[2]))  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(ROWS, st.integers(2, 9), st.integers(2, 3))
def test_against_trying_everything(rows: list[Payment], window: int, relays: int) -> None:
    hits = scatter_gather.find(log_of(rows), window=window, relays=relays, floor=ANY)
    assert hits.exhausted == 0
    assert sorted(tuple(m.tolist()) for m in hits) == by_trying(rows, window, relays)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.integers(0, 25), st.integers(2, 5))
def test_later_searches_and_later_payments_change_no_complete_hit(rows: list[Payment], since: int, window: int) -> None:
    dials = {"window": window, "relays": 2, "floor": ANY}
    whole = [m.tolist() for m in scatter_gather.find(log_of(rows), **dials)]
    part = [m.tolist() for m in scatter_gather.find(log_of(rows), **dials, since=since)]
    assert sorted(part) == sorted(m for m in whole if m[0] >= since)
    early = [m.tolist() for m in scatter_gather.find(log_of([r for r in rows if r[2] <= 6]), **dials)]
    closed = [[m for m in hits if rows[m[0]][2] + window <= 6] for hits in (whole, early)]
    assert sorted(closed[0]) == sorted(closed[1])


def test_roles_and_surprise() -> None:
    """Three relays of a quiet source are a surprise; to a sink that everybody pays they are none."""
    wide = [(0, n, n, 100) for n in (1, 2, 3)] + [(n, 9, 10 + n, 100) for n in (1, 2, 3)]
    noise = [(20 + n, 60 + n, n % 20, 100) for n in range(40)]
    [quiet] = scatter_gather.find(log_of(sorted(wide + noise, key=lambda r: r[2])), window=30).surprise.tolist()
    crowd = [(20 + n, 9, n % 20, 100) for n in range(40)]
    hits = scatter_gather.find(log_of(sorted(wide + crowd, key=lambda r: r[2])), window=30, floor=ANY)
    assert hits.role.tolist() == [0, 0, 0, 1, 1, 1]
    assert quiet > 2 > hits.surprise[0]


def test_a_hub_alone_makes_no_relay_and_that_is_declared() -> None:
    rows = [(0, 1, 1, 100), (0, 2, 2, 100), (1, 9, 5, 100), (2, 9, 6, 100)] + [(1, 20 + n, 3, 5) for n in range(8)]
    log = log_of(sorted(rows, key=lambda r: r[2]))
    assert len(scatter_gather.find(log, window=9, relays=2, floor=ANY)) == 1
    capped = scatter_gather.find(log, window=9, relays=2, degree=5, floor=ANY)
    assert (len(capped), capped.exhausted) == (0, 1)
