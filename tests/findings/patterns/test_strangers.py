"""What strangers do beside, and how alike they pay."""

from __future__ import annotations

import pytest

from counterflow.findings.observations import DAY
from counterflow.findings.patterns import fans, gather_scatter, strangers
from findings.patterns.payments import log_of


def fan(amounts: list[float], earlier: list[float] = []) -> float:  # noqa: B006, read only
    """What likeness adds to a fan of strangers who pay so much, into an account that others paid so much before."""
    before = [(100 + k, 0, 40 * DAY + k * DAY, x) for k, x in enumerate(earlier)]
    log = log_of([*before, *((10 + k, 0, 90 * DAY + k * 3600, x) for k, x in enumerate(amounts))])
    hits = fans.find(log, side="in", floor=-99)
    return float(strangers.alike(log, hits, log.payee)[-1])


SPREAD = [3.0, 40.0, 500.0, 6_000.0, 70_000.0, 800_000.0]


def test_like_amounts_add_and_unlike_take_nothing_away():
    assert fan([9_000, 9_500, 9_100, 9_900, 9_300, 9_700]) > 2
    assert fan(SPREAD) == 0


def test_one_amount_that_is_unlike_the_others_undoes_little():
    assert 1 < fan([9_000, 9_500, 9_100, 9_900, 9_300, 700_000]) < fan([9_000, 9_500, 9_100, 9_900, 9_300, 9_700])


def test_what_an_account_is_always_paid_is_no_wonder():
    price = [9_000 + 100.0 * k for k in range(6)]
    assert fan(price, earlier=price * 5) < fan(price, earlier=SPREAD * 5) / 3


@pytest.mark.parametrize("busy", [False, True])
def test_strangers_who_do_nothing_else_count_on_both_sides(busy):
    rows = [(10 + k, 0, 50 * DAY + k * 3600, 100.0) for k in range(6)]
    rows += [(0, 20 + k, 55 * DAY + k * 3600, 100.0) for k in range(6)]
    if busy:
        rows += [(x, 900 + n, 49 * DAY + n, 5.0) for x in (*range(10, 16), *range(20, 26)) for n in range(2)]
    log = log_of([(1, 0, 0, 1.0), *rows])
    hits = gather_scatter.find(log, floor=-99)
    [hit] = [h for h, members in enumerate(hits) if len(members) == 12]
    found = strangers.alone(log, hits, window=10 * DAY, history=60 * DAY)[hit]
    assert (found < 0) if busy else (found > 2)


def test_where_most_strangers_look_idle_one_more_says_nothing():
    """As where only one bank's payments are seen."""
    crowd = [(100 + k, 5 + k % 3, k * 3600, 7.0 + k) for k in range(900)]
    burst = [(10 + k, 0, 50 * DAY + k * 3600, 100.0) for k in range(6)]
    burst += [(0, 20 + k, 55 * DAY + k * 3600, 100.0) for k in range(6)]
    log = log_of([*crowd, *burst])
    hits = gather_scatter.find(log, floor=-99)
    [hit] = [h for h, members in enumerate(hits) if len(members) == 12]
    assert strangers.alone(log, hits, window=10 * DAY, history=60 * DAY)[hit] < 2


def test_hits_without_roles_and_none_at_all():
    log = log_of([(1, 2, 0, 5.0)])
    none = fans.find(log, side="in", floor=-99)
    assert len(strangers.alike(log, none)) == len(strangers.alone(log, none, window=DAY, history=DAY)) == 0
