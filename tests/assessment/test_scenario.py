"""Measures and what-if on a small case: what may be laid where, and that pressure never helps the adversary."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.case import scope, small_case
from counterflow.assessment.interdiction import interdict
from counterflow.assessment.measures import Measure, agencies, as_actions, catalogue, kinds
from counterflow.assessment.money_flow import MoneyFlow, estimate
from counterflow.assessment.scenario import network, outcome, some_draws, whatif
from counterflow.errors import UnknownName, UsageError


@pytest.fixture(scope="module")
def laid_out() -> tuple[MoneyFlow, list[Measure]]:
    book = small_case()
    for member in ("shell-1", "shell-2"):
        book.thing(member, "Company", member.title(), country="cn", _source_id="s1")
        book.link("Membership", member, "front", _source_id="s3")
    book.thing("boat", "Vessel", "The Boat", _source_id="s1")
    book.link("UnknownLink", "boat", "drugs", role="carried it", activity="drugs", _source_id="s3")
    book._say("m-list", "Measure", {"name": "Listing of Bank A", "authority": "UN", "startDate": "2014", "summary":
                                    "Names the bank", "targetEntity": "bank-a", "_source_id": "s3"})  # fmt: skip
    book._say("m-ban", "Measure", {"name": "Ban", "authority": "UN", "startDate": "2016", "activity": "drugs",
                                   "_source_id": "s3"})  # fmt: skip
    made = scope(book.records)
    flow = estimate(made)
    return flow, catalogue(made, flow)


def by_id(measures: list[Measure], id: str) -> Measure:
    return next(m for m in measures if m.id == id)


def test_kinds_are_complete_and_sane() -> None:
    named = "designation asset_freeze front_closure correspondent_cutoff ship_seizure diplomat_expulsion export_ban"
    named += " commodity_cap joint_boarding law_enforcement jurisdiction cyber_recovery"
    assert set(named.split()) <= {k.name for k in kinds()}
    for kind in kinds():
        assert 0 < kind.success <= 1
        assert 0 < kind.effect <= 1
        assert kind.cost > 0
        assert 0 <= kind.collateral <= 10
        assert all((kind.what, kind.note, kind.legal_basis, kind.authority, kind.agency))


def test_a_collective_is_reached_through_its_members(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    _, measures = laid_out
    assert not any(m.id == "front_closure:case:front" for m in measures)
    shell = by_id(measures, "front_closure:case:shell-1")
    assert set(shell.hits) == {"case:front>case:bank-a", "case:front>case:bank-b"}
    closure = next(k for k in kinds() if k.name == "front_closure")
    assert set(shell.hits.values()) == {closure.effect / 3}  # two are named, one share is left for the rest


def test_measures_hit_what_they_are_laid_on(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    _, measures = laid_out
    assert set(by_id(measures, "correspondent_cutoff:case:bank-a").hits) == {"case:bank-a>case:box"}
    assert set(by_id(measures, "diplomat_expulsion:case:envoys").hits) == {"case:envoys>case:front"}
    assert set(by_id(measures, "ship_seizure:case:boat").hits) == {"case:drugs>case:envoys"}
    assert all(m.to_dict()["assumption"] for m in measures)
    assert "Sanctions authority" in agencies(measures) or "FinCEN" in agencies(measures)


def test_historic_measures_carry_date_claims_and_targets(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    _, measures = laid_out
    listing = by_id(measures, "case:m-list")
    assert listing.historic
    assert listing.date == "2014"
    assert listing.kind.name == "designation"
    assert set(listing.hits) == {"case:bank-a>case:box"}
    assert listing.claim_ids
    ban = by_id(measures, "case:m-ban")
    assert ban.kind.name == "export_ban"
    assert set(ban.hits) == {"case:drugs>case:envoys"}


def test_measures_of_a_later_day_are_not_there() -> None:
    book = small_case()
    book._say("m-late", "Measure", {"name": "Ban", "startDate": "2018", "_source_id": "s3"})
    made = scope(book.records)
    flow = estimate(made, "2016")
    assert not [m for m in catalogue(made, flow) if m.historic]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_pressure_never_helps(laid_out: tuple[MoneyFlow, list[Measure]], data: st.DataObject) -> None:
    """Arc by arc before rerouting; at the cash-box after ≤ after rerouting ≤ before, in print and in every draw."""
    flow, measures = laid_out
    taken = data.draw(st.lists(st.sampled_from(measures), max_size=6, unique_by=lambda m: m.id))
    found = outcome(flow, taken)
    before, into = np.vstack([flow.central, some_draws(flow)]), flow.into(flow.box or "")
    after = np.vstack([found.after, found.after_draws])
    rerouted = np.vstack([found.rerouted, found.rerouted_draws])
    to_box = [i for i, a in enumerate(flow.arcs) if a.source not in ("case:box", "case:fund")]
    assert (after[:, to_box] <= before[:, to_box] * (1 + 1e-9)).all()
    sums = [rows[:, into].sum(axis=1) for rows in (after, rerouted, before)]
    assert (sums[0] <= sums[1] * (1 + 1e-9) + 1e-9).all()
    assert (sums[1] <= sums[2] * (1 + 1e-9) + 1e-9).all()
    for rows in (after, rerouted):
        for number, node in enumerate(flow.nodes):
            if node.layer in ("operator", "channel", "cashbox"):
                entered, left = rows[:, flow.head == number].sum(axis=1), rows[:, flow.tail == number].sum(axis=1)
                assert left == pytest.approx(entered, rel=1e-6, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_another_measure_never_lets_more_through(
    laid_out: tuple[MoneyFlow, list[Measure]], data: st.DataObject
) -> None:
    flow, measures = laid_out
    taken = data.draw(st.lists(st.sampled_from(measures), min_size=1, max_size=6, unique_by=lambda m: m.id))
    into = flow.into(flow.box or "")
    fewer, more = outcome(flow, taken[:-1]), outcome(flow, taken)
    assert more.after[into].sum() <= fewer.after[into].sum() * (1 + 1e-9)
    assert more.rerouted[into].sum() <= fewer.rerouted[into].sum() * (1 + 1e-9)


def test_the_solver_and_the_scenario_agree(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    flow, measures = laid_out
    offered = [m for m in measures if not m.historic]
    plan = interdict(network(flow), as_actions(offered, flow), 12)
    found = outcome(flow, [m for m in offered if m.id in plan.measures])
    assert found.rerouted[flow.into(flow.box or "")].sum() == pytest.approx(plan.objective, rel=1e-6)
    assert plan.baseline == pytest.approx(flow.cashbox["central"], abs=0.01)


def test_whatif_has_the_agreed_shape(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    flow, measures = laid_out
    found = whatif(flow, measures, 12)
    assert {"budget", "cost", "collateral", "plan", "objective", "bound", "gap", "certificate", "before",
            "after", "after_rerouting", "cashbox", "frontier"} == set(found)  # fmt: skip
    assert found["cost"] <= 12
    assert found["gap"] == 0
    cash = found["cashbox"]
    for edge in ("low", "central", "high"):
        assert cash["after"][edge] <= cash["after_rerouting"][edge] <= cash["before"][edge]
    assert cash["after_rerouting"]["central"] == pytest.approx(found["objective"], abs=0.01)
    for less, more in itertools.pairwise(found["frontier"]):
        assert more["residual"] <= less["residual"] + 1e-6
    assert not {p["id"] for p in found["plan"]} & {m.id for m in measures if m.historic}


def test_must_never_and_selected(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    flow, measures = laid_out
    free = whatif(flow, measures, 12)
    barred = [p["id"] for p in free["plan"]]
    other = whatif(flow, measures, 12, never=barred)
    assert not {p["id"] for p in other["plan"]} & set(barred)
    assert other["objective"] >= free["objective"]
    held = whatif(flow, measures, 12, must=["case:m-list"])
    assert "case:m-list" in {p["id"] for p in held["plan"]}
    chosen = whatif(flow, measures, 0, selected=["case:m-list", "case:m-ban"])
    assert {p["id"] for p in chosen["plan"]} == {"case:m-list", "case:m-ban"}
    assert "not optimised" in chosen["certificate"]
    assert chosen["cashbox"]["after"]["central"] < chosen["cashbox"]["before"]["central"]


def test_what_cannot_be_asked(laid_out: tuple[MoneyFlow, list[Measure]]) -> None:
    flow, measures = laid_out
    with pytest.raises(UnknownName, match="m-lisst"):
        whatif(flow, measures, 5, must=["case:m-lisst"])
    with pytest.raises(UsageError, match="0 or more"):
        whatif(flow, measures, -5)
    with pytest.raises(UsageError, match="more than the budget"):
        whatif(flow, measures, 1, must=["case:m-list"])


def test_nothing_to_cut_is_said() -> None:
    flow = estimate(scope([]))
    found = whatif(flow, [], 10)
    assert found["plan"] == []
    assert found["objective"] == 0
    assert "no flow" in found["certificate"]
    with pytest.raises(UsageError):
        whatif(flow, [], -1)
