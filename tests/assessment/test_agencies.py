"""The case of coordination: the order of the ways to plan, what is asked wrongly, and who withholds."""

from __future__ import annotations

import pytest

from assessment.case import scope, small_case
from counterflow.assessment.agencies import TITLES, together
from counterflow.assessment.measures import catalogue
from counterflow.assessment.money_flow import estimate
from counterflow.errors import InputError, UnknownName


@pytest.fixture(scope="module")
def case() -> tuple:
    made = scope(small_case().records)
    flow = estimate(made)
    return flow, catalogue(made, flow)


def test_acting_together_never_cuts_less(case: tuple) -> None:
    found = together(*case, None, {}, time_limit=20)
    cut = {s["name"]: s["central"] for s in found["stages"]}
    assert list(cut) == list(TITLES)
    assert cut["own"] <= cut["shared"] + 1e-6 <= cut["joint"] + 2e-6 <= cut["pooled"] + 3e-6
    assert cut["naive"] <= cut["joint"] + 1e-6
    assert all(s["low"] <= s["central"] <= s["high"] for s in found["stages"])
    assert all(w["price"] >= 0 for w in found["withholding"])
    assert all(f["worth"] >= 0 for f in found["facts"])
    assert any(f["worth"] > 0 for f in found["facts"])
    assert found["claims"]["sum"] == pytest.approx(sum(c["claim"] for c in found["claims"]["by_agency"]), abs=0.01)


def test_who_withholds_takes_part_in_nothing(case: tuple) -> None:
    agency = "FinCEN"
    found = together(*case, 24, {"withhold": [agency]}, time_limit=10)
    assert agency not in {w["agency"] for w in found["withholding"]}
    assert not any("correspondent" in id for s in found["stages"] for id in s["plan"])
    agencies = sorted({m.agency for m in case[1] if not m.historic})
    assert "withholds" in together(*case, None, {"withhold": agencies})["why_empty"]


def test_what_is_asked_wrongly_is_named(case: tuple) -> None:
    for config in ({"withhold": ["Nobody"]}, {"budgets": {"Nobody": 1}}, {"budget": 3}):
        with pytest.raises(UnknownName):
            together(*case, None, config)
    for config in ({"withhold": "FinCEN"}, {"budgets": [1]}, {"budgets": {"FinCEN": -1}}, {"budgets": {"FinCEN": "x"}}):
        with pytest.raises(InputError):
            together(*case, None, config)


def test_nothing_to_cut_is_said() -> None:
    assert "no flow" in together(estimate(scope(small_case().records[:3])), [], None, {})["why_empty"]
