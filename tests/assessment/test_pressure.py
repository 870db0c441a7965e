"""Which measures hit most: contributions add up, inclusion is a share, and what is in force is counted once."""

from __future__ import annotations

import itertools
import math

import pytest

from assessment.case import Book, scope, small_case
from counterflow.assessment.history import counted, enforced, in_force
from counterflow.assessment.measures import catalogue
from counterflow.assessment.money_flow import estimate
from counterflow.assessment.pressure import EXACT, hardest, shapley


def worth(names: tuple[str, ...] | list[str]) -> float:
    """A game with one that needs another, one that doubles another, and one that adds."""
    s = set(names)
    return 10.0 * ({"a", "b"} <= s) + 4.0 * bool(s & {"c", "d"}) + 3.0 * ("e" in s)


def test_shapley_is_the_mean_over_all_orders() -> None:
    names = ["a", "b", "c", "d", "e"]
    plain = dict.fromkeys(names, 0.0)
    for order in itertools.permutations(names):
        for i, one in enumerate(order):
            plain[one] += (worth(order[: i + 1]) - worth(order[:i])) / math.factorial(len(names))
    assert shapley(worth, names) == pytest.approx(plain)
    assert shapley(worth, names) == pytest.approx({"a": 5, "b": 5, "c": 2, "d": 2, "e": 3})


def test_shapley_of_many_is_sampled_and_still_adds_up() -> None:
    names = [*"abcde", *(f"x{i}" for i in range(EXACT))]
    found = shapley(worth, names)
    assert sum(found.values()) == pytest.approx(worth(names))
    assert found["e"] == pytest.approx(3)
    assert found["x1"] == pytest.approx(0)


def with_history() -> Book:
    book = small_case()
    for number, (when, end) in enumerate((("2010", None), ("2012-05", None), ("2001", "2004"))):
        more = {"endDate": end} if end else {}
        book.thing(f"m{number}", "Measure", f"Export ban of {when}", startDate=when, authority="Council",
                   targetEntity="envoys", _source_id="s1", **more)  # fmt: skip
    return book


def test_what_was_done_is_switched_on_by_date_and_counted_once() -> None:
    made = scope(with_history().records)
    flow = estimate(made)
    measures = catalogue(made, flow)
    assert [m.id for m in in_force(measures, "2003")] == ["case:m2"]
    assert [m.id for m in in_force(measures, "2011")] == ["case:m0"]
    both = in_force(measures, "2015")
    assert [m.id for m in both] == ["case:m0", "case:m1"]
    assert sum(bool(m.hits) for m in counted(both)) == 1  # two bans of one trade: the later one says the same again
    before, then, later = (enforced(flow, measures, day)[0].cashbox["central"] for day in ("2000", "2011", "2015"))
    assert before == flow.cashbox["central"]
    assert then < before
    assert later == pytest.approx(then)
    told = enforced(flow, measures, "2011")[1]
    assert [(t["id"], t["in_force"], t["counted"]) for t in told] == [
        ("case:m2", False, False),
        ("case:m0", True, True),
    ]


def test_the_answer_is_whole() -> None:
    made = scope(small_case().records)
    flow = estimate(made)
    found = hardest(flow, catalogue(made, flow), 12, draws=6, time_limit=3)
    shares = [m["contribution"] for m in found["measures"] if m["in_plan"]]
    assert shares
    assert sum(shares) == pytest.approx(found["plan"]["baseline"] - found["plan"]["objective"], abs=0.01)
    assert all(0 <= m["inclusion"] <= 1 for m in found["measures"])
    assert found["left"]["central"] <= found["baseline"]["central"]
    left = [p["central"] for p in found["frontier"]]
    assert left == sorted(left, reverse=True)
    assert all(p["low"] <= p["central"] <= p["high"] for p in found["frontier"])


def test_nothing_to_cut_and_nothing_to_cut_with_are_said() -> None:
    empty = estimate(scope(small_case().records[:3]))
    assert "no flow" in hardest(empty, [])["why_empty"]
    flow = estimate(scope(small_case().records))
    assert "No measure" in hardest(flow, [])["why_empty"]
