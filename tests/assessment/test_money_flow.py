"""The flow from claims: what is used, what is left out and why, and that it is conserved and marked."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from assessment.case import scope, small_case
from counterflow.assessment.chain import SEIZED, UNACCOUNTED, UNATTRIBUTED
from counterflow.assessment.evidence import Value
from counterflow.assessment.figures import graded_spread
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.measures import catalogue
from counterflow.assessment.mincut import Kernel
from counterflow.assessment.money_flow import estimate
from counterflow.assessment.scenario import network, outcome
from counterflow.model.handling import TLP, Audience, Label
from counterflow.model.likelihood import word

OFFICE39 = Path(__file__).parents[2] / "examples" / "office39"


def flow_of(book, as_of: str | None = None, **about: str) -> MoneyFlow:
    return estimate(scope(book.records), as_of, **about)


def arc(flow: MoneyFlow, source: str, target: str) -> dict:
    wanted = (
        source if source == UNATTRIBUTED else f"case:{source}",
        target if target in (SEIZED, UNACCOUNTED) else f"case:{target}",
    )
    return next(a for a in flow.to_dict()["arcs"] if (a["source"], a["target"]) == wanted)


def income(flow: MoneyFlow, activity: str) -> dict:
    return next(n for n in flow.to_dict()["nodes"] if n["id"] == f"case:{activity}")


def test_route_and_amounts_follow_the_claims() -> None:
    flow = flow_of(small_case())
    layers = {n.id.removeprefix("case:"): n.layer for n in flow.nodes}
    assert layers == {
        "drugs": "activity", "notes": "activity", "envoys": "operator", "front": "channel", "bank-a": "channel",
        "bank-b": "channel", "box": "cashbox", "fund": "cashbox", "rockets": "use", "army": "use", UNACCOUNTED: "use",
    }  # fmt: skip
    assert flow.box == "case:box"  # found, not told: it is paid and tied to the activities
    drugs = income(flow, "drugs")
    assert 85 < drugs["central"] < 115
    assert drugs["low"] < 80
    assert drugs["high"] > 120
    assert 100 < flow.cashbox["central"] < 140


def test_money_is_conserved_in_print_and_in_every_draw() -> None:
    flow = flow_of(small_case())
    rows = np.vstack([flow.central, flow.draws])
    for number, node in enumerate(flow.nodes):
        into, out = rows[:, flow.head == number].sum(axis=1), rows[:, flow.tail == number].sum(axis=1)
        if node.layer not in ("activity", "use"):
            assert out == pytest.approx(into, rel=1e-9)
    balance = flow.balance()
    whole = balance["outflow"]["central"] + balance["unexplained"]["central"]
    assert whole == pytest.approx(balance["inflow"]["central"], abs=0.01)


def test_every_arc_has_an_interval_and_claims_or_the_word_assumption() -> None:
    flow = flow_of(small_case()).to_dict()
    for a in flow["arcs"]:
        assert a["low"] <= a["central"] <= a["high"]
        assert a["claim_ids"] or a["assumption"]
        assert a["basis"]
    assert arc(flow_of(small_case()), "front", "bank-a")["assumption"]  # a split that no figure gives
    assert not arc(flow_of(small_case()), "envoys", "front")["assumption"]  # all of it goes there


def test_same_records_same_flow() -> None:
    assert flow_of(small_case()).to_dict() == flow_of(small_case()).to_dict()


def test_repetition_of_one_origin_adds_nothing() -> None:
    book = small_case()
    once = income(flow_of(book), "drugs")
    for n in range(5):
        book.estimate(f"e-again-{n}", "drugs", "revenue", 80, 120, _source_id="s3", _origin="s1")
    again = flow_of(book)
    assert income(again, "drugs")["low"] == pytest.approx(once["low"], rel=0.02)
    assert income(again, "drugs")["high"] == pytest.approx(once["high"], rel=0.02)
    assert sum("same origin" in e.text for e in again.excluded) == 5
    book.estimate("e-own", "drugs", "revenue", 80, 120, _source_id="s3")
    assert income(flow_of(book), "drugs")["high"] < once["high"]


def test_kinds_are_never_mixed() -> None:
    book = small_case()
    before = income(flow_of(book), "drugs")
    for kind in ("gross_market", "stock", "theft", "profit", "count", "export_value"):
        book.estimate(f"e-{kind}", "drugs", kind, 5000, 9000, _source_id="s3")
    flow = flow_of(book)
    assert income(flow, "drugs") == before
    left_out = [e.text for e in flow.excluded]
    assert len(left_out) == 6
    assert any("whole market" in text for text in left_out)
    assert any("not mixed with 'revenue'" in text for text in left_out)
    assert all(e.claim_ids for e in flow.excluded)


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ({"currency": "XXX"}, "no rate is set"),
        ({"unit": "tonnes"}, "not an amount of money"),
        ({"period": "event"}, "no yearly rate"),
        ({"name": "Narcotics: opiates, revenue"}, "covers a part only (opiates)"),
        ({"low": None, "high": None}, "no usable range"),
        ({"activity": "coal"}, "neither the cash-box nor one of its activities"),
    ],
)
def test_what_cannot_be_used_is_listed_with_its_reason(figure: dict, why: str) -> None:
    book = small_case()
    given = {"activity": "drugs", "kind": "revenue", "low": 900.0, "high": 1000.0, "_source_id": "s3"} | figure
    book.estimate("e-odd", **given)
    flow = flow_of(book)
    assert [why in e.text for e in flow.excluded] == [True]
    assert income(flow, "drugs") == income(flow_of(small_case()), "drugs")


def test_units_and_currencies_are_converted_and_said() -> None:
    book = small_case()
    book.estimate("e-yen", "drugs", "revenue", 10, 11, unit="billion", currency="JPY", _source_id="s3")
    flow = flow_of(book)
    assert any("JPY at 0.0091 USD" in note for note in flow.notes)
    assert 85 < income(flow, "drugs")["central"] < 112  # 10 billion yen and 80 to 120 million dollars agree


def test_cumulative_figures_are_spread_over_their_years() -> None:
    book = small_case()
    book.estimate("e-sum", "drugs", "revenue", 1000, 1000, period="cumulative", startDate="2006", endDate="2015",
                  _source_id="s3")  # fmt: skip
    assert any("taken as 100 million USD a year (as published; spread over 10 years)" in n for n in flow_of(book).notes)


def test_up_to_is_a_limit_and_at_least_a_floor() -> None:
    limited = small_case()
    limited.estimate("e-max", "drugs", "revenue", 0, 70, _source_id="s3")
    floored = small_case()
    floored.estimate("e-min", "drugs", "revenue", 140, None, _source_id="s3")
    middle = income(flow_of(small_case()), "drugs")["central"]
    assert income(flow_of(limited), "drugs")["central"] < middle < income(flow_of(floored), "drugs")["central"]


def test_contradicting_figures_are_flagged() -> None:
    book = small_case()
    book.estimate("e-other", "notes", "revenue", 900, 1000, _source_id="s3")
    assert any(n.startswith("Conflict on Counterfeiting") for n in flow_of(book).notes)


def test_a_total_brings_income_that_no_activity_accounts_for() -> None:
    book = small_case()
    book.estimate("e-total", "all-illicit", "revenue", 480, 520, subjectEntity="box", _source_id="s3")
    flow = flow_of(book)
    assert 430 < flow.cashbox["central"] < 560
    extra = arc(flow, UNATTRIBUTED, "box")
    assert extra["central"] > 250
    assert extra["assumption"]


def test_old_figures_are_wider() -> None:
    now, later = flow_of(small_case(), "2015"), flow_of(small_case(), "2019")
    assert income(later, "drugs")["high"] > income(now, "drugs")["high"]


def test_figures_and_links_of_a_later_day_do_not_count() -> None:
    flow = flow_of(small_case(), "2014")
    assert all("no usable figure" in n for n in flow.notes if n.startswith(("Narcotics", "Counterfeiting")))
    book = small_case()
    book.link("Payment", "front", "bank-c", startDate="2012", endDate="2013", _source_id="s2")
    book.thing("bank-c", "Company", "Bank C", topics="fin.bank", _source_id="s1")
    book.link("Payment", "bank-c", "box", startDate="2012", endDate="2013", _source_id="s2")
    assert "case:bank-c" in {n.id for n in flow_of(book, "2012-06").nodes}
    assert "case:bank-c" not in {n.id for n in flow_of(book, "2016").nodes}
    assert "case:bank-c" not in {n.id for n in flow_of(book).nodes}


def test_a_participant_that_no_payment_follows_is_sent_on_by_the_next_best_claim() -> None:
    book = small_case()
    for id in ("owned", "banked", "lost"):
        book.thing(id, "Company", id.title(), _source_id="s1")
        book.link("ProjectParticipant", id, "drugs", activity="drugs", role="makes it", _source_id="s1")
    book.thing("house-bank", "Company", "House Bank", topics="fin.bank", _source_id="s1")
    book.link("Control", "box", "owned", _source_id="s2")
    book.link("Representation", "house-bank", "banked", _source_id="s2")
    flow = flow_of(book)
    assert arc(flow, "owned", "box")["grade"] == "B2"
    assert arc(flow, "banked", "house-bank")["claim_ids"]
    assumed = arc(flow, "lost", "front")
    assert (assumed["claim_ids"], assumed["grade"], assumed["assumption"]) == ([], None, True)
    assert arc(flow, "drugs", "lost")["central"] < arc(flow, "drugs", "envoys")["central"] * 1.4


def test_denied_links_carry_no_money() -> None:
    book = small_case()
    book.thing("clean", "Company", "Clean Ltd", _source_id="s1")
    book.link("ProjectParticipant", "clean", "drugs", activity="drugs", _source_id="s1", _stance="denies")
    assert "case:clean" not in {n.id for n in flow_of(book).nodes}


def test_an_empty_case_has_a_clear_answer() -> None:
    flow = estimate(scope([]))
    assert flow.to_dict()["arcs"] == []
    assert "no flow to estimate" in flow.notes[0]
    book = small_case()
    assert "no flow to estimate" in flow_of(book, about="case:drugs").notes[0]


def test_what_the_audience_may_not_read_changes_nothing() -> None:
    secret = Label(tlp=TLP.AMBER, originator="AGENCY")
    book, without = small_case(), small_case()
    book.source("s-secret", label=secret)
    book.estimate("e-secret", "drugs", "revenue", 4000, 5000, _source_id="s-secret")
    public = Audience("public", ceiling=TLP.CLEAR)
    seen = estimate(scope(book.records, audience=public)).to_dict()
    assert seen == estimate(scope(without.records, audience=public)).to_dict()
    own = estimate(scope(book.records)).to_dict()
    assert own["handling"] == "TLP:AMBER//ORIG AGENCY"
    assert own["arcs"] != seen["arcs"]


def test_a_grade_the_workspace_trusts_less_is_taken_as_less_exact() -> None:
    made = scope(small_case().records)
    shipped = estimate(made).to_dict()
    made.grades = {"C3": 0.2}
    assert estimate(made).to_dict() == shipped  # no figure here is of that grade
    value = Value("80", "c", "s1", None, "B", 2, True, "asserts", "l")
    assert graded_spread(value, {"B2": 0.77}) == pytest.approx(graded_spread(value, {}))
    assert graded_spread(value, {"B2": 0.4}) > 2 * graded_spread(value, {})


def test_exercise_is_marked() -> None:
    book = small_case()
    book.source("s-ex", label=Label(caveats=frozenset({"EXERCISE"})))
    book.estimate("e-ex", "drugs", "revenue", 100, 100, _source_id="s-ex")
    assert flow_of(book).to_dict()["exercise"]
    assert not flow_of(small_case()).to_dict()["exercise"]


def test_office39() -> None:
    from counterflow.sources.case.case_csv import READER

    made = scope(READER.read(OFFICE39, {}), dataset="office39")
    flow = estimate(made, "2017-10-12", about="office39:office-39")
    activities = {n.id.removeprefix("office39:") for n in flow.nodes if n.layer == "activity"}
    assert {"narcotics", "currency-counterfeiting", "cigarette-counterfeiting", "arms", "automobiles"} <= activities
    uses = {n.id.removeprefix("office39:") for n in flow.nodes if n.layer == "use"}
    assert {"elite-military", "elite-government", "elite-party", "security-organs", "missile-programme",
            "nuclear-programme"} <= uses  # fmt: skip
    channels = {n.id.removeprefix("office39:") for n in flow.nodes if n.layer == "channel"}
    assert {"front-companies", "banks-cn", "banks-it", "banks-ru", "banks-africa"} <= channels
    assert 100 < flow.cashbox["low"] < flow.cashbox["central"] < flow.cashbox["high"] < 2500
    assert any("gross market" in e.text for e in flow.excluded)
    assert re.search(r"R-hat at most 1\.0\d, worth \d{3,4} independent draws", " ".join(flow.notes))
    assert not any(n.id == "office39:cyber" for n in flow.nodes)  # no claim ties it to the office


def test_figures_of_each_kind_stand_in_rows_of_their_own_and_change_no_other() -> None:
    book = small_case()
    before = income(flow_of(book), "drugs")
    book.estimate("e-gross", "drugs", "gross_market", 500, 700, _source_id="s3")
    found = flow_of(book).to_dict()
    assert income(flow_of(book), "drugs") == before  # gross never enters the flow
    drugs = next(a for a in found["activities"] if a["activity"] == "case:drugs")
    rows = {row["kind"]: row for row in drugs["kinds"]}
    assert list(rows) == ["revenue", "gross_market"]
    assert rows["revenue"]["reaches_regime"] and not rows["gross_market"]["reaches_regime"]
    assert [(f["low"], f["high"], f["grade"]) for f in rows["gross_market"]["figures"]] == [(500.0, 700.0, "B2")]
    assert rows["gross_market"]["figures"][0]["origin"] != rows["revenue"]["figures"][0]["origin"]
    assert {"low": before["low"], "central": before["central"], "high": before["high"]} == drugs["flow"]


def whole_of(flow: MoneyFlow) -> np.ndarray:
    """Uses, terms and what is unexplained, draw by draw, held against what enters the cash-box."""
    assert flow.box
    uses = flow.into(*[n.id for n in flow.nodes if n.layer == "use" and n.id not in (SEIZED, UNACCOUNTED)])
    taken, (_, left) = flow._taken(0.0, flow.draws[:, flow.into(UNACCOUNTED)].sum(axis=1))
    assert (left >= -1e-9).all()
    return flow.draws[:, uses].sum(axis=1) + left + sum(part for _, part in filter(None, taken))


def test_seizures_of_the_year_take_from_what_is_unexplained_and_every_draw_stays_whole() -> None:
    book = small_case()
    without = flow_of(book).to_dict()
    assert [(t["name"], t["amount"]) for t in without["terms"]] == [("seized", None), ("put aside", None)]
    assert "No seizure of money is recorded for 2015" in without["terms"][0]["text"]
    book.estimate("e-frozen", "wash", "seizure_or_freeze", 9, 11, _source_id="s3", period="event")
    book.estimate("e-again", "wash", "seizure_or_freeze", 9, 12, _source_id="s2", period="event")  # the same matter
    book.estimate("e-old", "wash", "seizure_or_freeze", 90, 110, _source_id="s3", startDate="2011", endDate="2011")
    flow = flow_of(book)
    seized = flow.to_dict()["terms"][0]
    assert seized["year"] == 2015 and len(seized["claim_ids"]) > 0
    assert 5 < seized["amount"]["central"] < 15
    found = flow.to_dict()["balance"]
    assert found["inflow"] == without["balance"]["inflow"]
    assert found["outflow"] == without["balance"]["outflow"]
    lost = without["balance"]["unexplained"]["central"] - found["unexplained"]["central"]
    assert lost == pytest.approx(seized["amount"]["central"], abs=0.01)
    assert whole_of(flow) == pytest.approx(flow.draws[:, flow.into("case:box")].sum(axis=1), rel=1e-9)


BOX = {"subjectEntity": "case:box"}


def test_a_stock_that_nobody_holds_is_not_held() -> None:
    book = small_case()
    book.estimate("e-found", "wash", "stock", 45, 45, _source_id="s2", basis="in circulation")
    text = flow_of(book).to_dict()["terms"][1]["text"]
    assert "Held, as published" not in text
    assert "Not counted as held, since no holder is named" in text and "[in circulation]" in text


def test_what_was_seized_on_the_way_leaves_the_flow_there() -> None:
    book = small_case()
    for id, who, low, high in (("e-bank", "bank-a", 9, 11), ("e-notes-taken", "", 4, 5), ("e-box", "box", 2, 3)):
        about = {"subjectEntity": who} if who else {}
        book.estimate(id, "notes", "seizure_or_freeze", low, high, _source_id="s3", period="event", **about)
    made = scope(book.records)
    flow = estimate(made)
    at_bank, at_notes = arc(flow, "bank-a", SEIZED), arc(flow, "notes", SEIZED)
    assert at_bank["low"] < 10 < at_bank["high"] and at_notes["low"] < 4.5 < at_notes["high"]
    assert at_bank["claim_ids"] and at_bank["grade"] == "B2" and not at_bank["assumption"]
    for number, node in enumerate(flow.nodes):
        if node.layer in ("operator", "channel"):
            into, out = (flow.draws[:, ends == number].sum(axis=1) for ends in (flow.head, flow.tail))
            assert into == pytest.approx(out, rel=1e-9)
    terms = {t["name"]: t for t in flow.to_dict()["terms"]}
    lost = terms["seized on the way"]["amount"]["central"]
    assert lost == pytest.approx(at_bank["central"] + at_notes["central"], 0.01)
    assert "Bank A" in terms["seized on the way"]["text"]
    assert terms["seized"]["amount"]["central"] == pytest.approx(2.5, abs=1)  # from the cash-box: of the residual
    earned = income(flow, "drugs")["central"] + income(flow, "notes")["central"]
    assert flow.cashbox["central"] == pytest.approx(earned - lost, rel=1e-3)
    assert whole_of(flow) == pytest.approx(flow.draws[:, flow.into("case:box")].sum(axis=1), rel=1e-9)
    # no measure gives the cash-box back what was taken
    assert Kernel(network(flow)).cut(network(flow).capacity).value == pytest.approx(flow.cashbox["central"], rel=1e-3)
    into = flow.into("case:box")
    for m in catalogue(made, flow)[::6]:
        found = outcome(flow, [m])
        assert found.after[into].sum() <= found.rerouted[into].sum() + 1e-9
        assert found.rerouted[into].sum() <= flow.central[into].sum() + 1e-9


def test_stocks_are_a_change_only_where_one_origin_gives_two_years() -> None:
    book = small_case()
    book.estimate(
        "e-held", "gifts", "stock", 40, 40, _source_id="s1", startDate="2013", endDate="2013", subjectEntity="case:box"
    )
    book.estimate("e-held-2", "gifts", "stock", 60, 60, _source_id="s2", **BOX)
    unknown = flow_of(book).to_dict()["terms"][1]
    assert unknown["amount"] is None and "unknown" in unknown["text"] and "60" in unknown["text"]
    book.estimate("e-held-3", "gifts", "stock", 60, 60, _source_id="s1", **BOX)
    flow = flow_of(book)
    aside = flow.to_dict()["terms"][1]
    assert aside["amount"]["low"] < 10 < aside["amount"]["high"]  # (60 - 40) in two years
    assert whole_of(flow) == pytest.approx(flow.draws[:, flow.into("case:box")].sum(axis=1), rel=1e-9)


def test_a_planted_circular_story_moves_no_conclusion_by_a_band() -> None:
    """Thirty articles that all go back to one report, each lower graded and some later: the estimate hardly stirs."""
    book = small_case()
    before = flow_of(book)
    for n in range(30):
        book.source(f"echo-{n}")
        book.estimate(f"e-echo-{n}", "drugs", "revenue", 80, 120, _source_id=f"echo-{n}", _origin="s1")
    after = flow_of(book)
    for limit in (60.0, 100.0, 150.0, 250.0):
        told = [word(float((f.draws[:, f.into("case:box")].sum(axis=1) > limit).mean())) for f in (before, after)]
        assert told[0] == told[1], (limit, told)
    assert income(after, "drugs") == income(before, "drugs")
