"""The portfolio: an exact knapsack, shocks that bite, ranges that are checked, and a back-test that can fail."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from counterflow.assessment.portfolio import Portfolio, month
from counterflow.assessment.substitution import substitution
from counterflow.errors import InputError


def two(**changes: object) -> dict:
    """Coal, which a shock closes, and cyber, which can take its place."""
    row = {"ceiling": [1, 1], "margin": [0.5, 0.5], "ramp": [0.1, 0.1], "effort": [1, 1], "exposure": [0.001, 0.001]}
    return {
        "start": "2015-01",
        "effort": [1, 1],
        "aversion": [1, 1],
        "response": [0.001, 0.001],
        "activities": {
            "coal": {**row, "size": [100, 100], "lawful": True},
            "cyber": {**row, "size": [10, 10], "ceiling": [20, 20], "margin": [0.4, 0.4], "ramp": [0.5, 0.5]},
        },
        "shocks": {"ban": {"date": "2016-01", "title": "Ban", "hits": {"coal": [0.99, 0.99]}}},
        "seen": [],
        **changes,
    }


def test_effort_goes_where_it_nets_most() -> None:
    run = Portfolio(two(effort=[0.5, 0.5]), 2, draws=3).run(shocks=())
    assert run.gross[0][:, 0] == pytest.approx([55, 0])  # coal nets more for the same effort: cyber gets none


def test_what_is_closed_frees_effort_for_the_rest() -> None:
    folio = Portfolio(two(), 60, draws=3)
    with_ban, without = folio.run(), folio.run(shocks=())
    after = month("2016-01", "2015-01")
    assert with_ban.gross[after - 1] == pytest.approx(without.gross[after - 1])
    assert with_ban.gross[after, 0] == pytest.approx(1.0)
    assert (with_ban.gross[-1, 1] > 3 * without.gross[-1, 1]).all()
    assert (with_ban.gross[-1].sum(axis=0) < without.gross[-1].sum(axis=0)).all()  # a ban never pays the regime


def test_a_shortfall_quickens_growth_only_where_there_is_a_response() -> None:
    slow, fast = (Portfolio(two(response=[r, r]), 30, draws=2).run().gross[-1, 1, 0] for r in (0.001, 3.0))
    assert fast > 1.5 * slow


def test_figures_weigh_draws() -> None:
    config = two(response=[0.01, 5.0])
    config["seen"] = [{"shock": "ban", "activity": "cyber", "what": "amount", "from": "2018-01", "until": "2018-12",
                       "value": 150, "spread": 0.1, "figure": "f"}]  # fmt: skip
    folio = Portfolio(config, 60, draws=800)
    run = folio.run()
    weight = folio.weights(run, folio.seen)
    assert weight.sum() == pytest.approx(1)
    said = run.value(folio.seen[0], 1)
    assert abs(np.log((said * weight).sum() / 150)) < abs(np.log(said.mean() / 150))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda c: c["activities"]["coal"].update(size=[5, 1]), "coal.size"),
        (lambda c: c["activities"]["coal"].update(size="many"), "coal.size"),
        (lambda c: c["activities"]["coal"].pop("margin"), "coal.margin"),
        (lambda c: c["activities"]["coal"].update(size=[0, 1]), "coal.size"),
        (lambda c: c["shocks"]["ban"]["hits"].update(coal=[0.5, 1.5]), "shocks.ban.coal"),
        (lambda c: c.update(activities={}), "activities"),
        (lambda c: c.pop("effort"), "portfolio.effort"),
    ],
)
def test_what_is_no_range_is_named(change, field: str) -> None:
    config = copy.deepcopy(two())
    change(config)
    with pytest.raises(InputError) as raised:
        substitution(config)
    assert raised.value.field == field


@pytest.fixture(scope="module")
def shipped() -> dict:
    return substitution()


def test_the_shipped_case_beats_two_dull_rivals_and_says_how_little_it_knows(shipped: dict) -> None:
    test = shipped["backtest"]
    assert test["coverage"] >= 0.7
    assert test["errors"]["model"] < min(test["errors"]["trend"], test["errors"]["no substitution"])
    assert "Only 3 shocks" in shipped["identifiability"]["words"]
    assert shipped["identifiability"]["narrowed"] < 0.5
    assert shipped["effective_draws"] > 30
    assert {r["shock"] for r in test["rows"]} == {"2016", "2017", "2017b"}


def test_every_band_is_one(shipped: dict) -> None:
    for series in (*shipped["fan"]["activities"], shipped["fan"]["illicit"], shipped["fan"]["all"]):
        bands = zip(*(series[k] for k in ("low", "lower", "central", "upper", "high")), strict=True)
        assert all(list(b) == sorted(b) for b in bands)
    for row in shipped["matrix"]["rows"]:
        assert row["all"]["high"] <= 1.0  # never more than is lost: nobody gains by being closed
        assert [c["code"] for c in row["to"]] == [a["code"] for a in shipped["matrix"]["activities"]]


def test_a_figure_that_may_not_be_read_is_not_used(shipped: dict) -> None:
    blind = substitution(known=set(), day="2018-01")
    assert blind["figures"] == []
    assert set(blind["left_out"]) == set(shipped["figures"])
    assert blind["backtest"]["coverage"] is None


def test_without_shocks_there_is_an_answer() -> None:
    found = substitution(two(shocks={}))
    assert found["answer"]["more_than_without"]["probability"] == 0
