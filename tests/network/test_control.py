"""Published worked examples, in our own letters; and the fixpoint against an oracle and against every completion."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.model.dates import earliest, latest
from counterflow.network import regime
from counterflow.network.control import Control
from counterflow.network.holdings import holdings_of
from counterflow.network.listings import Listing
from counterflow.storage.tables import DERIVED

Row = dict[str, Any]
PLAIN = {"stance": "asserts", "schema": "Ownership"}


def table(rows: list[Row]) -> pa.Table:
    whole = [{"link": f"l{n:03}", **PLAIN, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(whole, DERIVED["links"].schema)


def owns(owner: str, asset: str, low: float | None, high: float | None = None, **more: Any) -> Row:
    return {"source": owner, "target": asset, "share_low": low, "share_high": low if high is None else high, **more}


def control(
    rows: list[Row], listed: str = "XY", name: str = "ofac", as_of: str | None = None, **maybe: bool
) -> Control:
    known = dict.fromkeys(listed, True) | maybe
    return Control(holdings_of(table(rows), as_of), known, regime.get(name).rule(as_of))


def statuses(rows: list[Row], listed: str = "XY", name: str = "ofac", as_of: str | None = None) -> str:
    """Each unlisted party with a letter for its status: blocked, may be, not."""
    found = control(rows, listed, name, as_of)
    short = {"blocked": "b", "may-be-blocked": "m", "not-blocked": "n"}
    return " ".join(f"{e}={short[found.status(e)]}" for e in found.entities() if e not in listed)


# -- OFAC FAQ 398 to 402 ----------------------------------------------------------------------------------------------

FAQ = {
    "401-1": ([owns("X", "A", 50), owns("A", "B", 50)], "A=b B=b"),
    "401-2": ([owns("X", "A", 50), owns("X", "B", 50), owns("A", "C", 25), owns("B", "C", 25)], "A=b B=b C=b"),
    "401-3": ([owns("X", "A", 50), owns("X", "B", 10), owns("A", "B", 40)], "A=b B=b"),
    "401-4": ([owns("X", "A", 50), owns("X", "B", 25), owns("A", "C", 25), owns("B", "C", 25)], "A=b B=n C=n"),
    "401-5": ([owns("X", "A", 25), owns("X", "B", 25), owns("A", "C", 50), owns("B", "C", 50)], "A=n B=n C=n"),
    "401-6": (
        [owns("X", "A", 50), owns("Y", "B", 50), owns("A", "C", 25), owns("B", "C", 25)],
        "A=b B=b C=b",
    ),
    "399 two blocked owners of 25": ([owns("X", "A", 25), owns("Y", "A", 25)], "A=b"),
    "399 not quite": ([owns("X", "A", 25), owns("Y", "A", 24.9)], "A=n"),
    "398 control is not ownership": (
        [owns("X", "A", 49), {"source": "X", "target": "A", "schema": "Control"}],
        "A=n",
    ),
    "402 divested below the line": ([owns("X", "A", 60, end="2019-05"), owns("X", "A", 40, start="2019-06")], "A=n"),
}


@pytest.mark.parametrize(("rows", "expected"), FAQ.values(), ids=FAQ)
def test_ofac_frequently_asked_questions(rows: list[Row], expected: str) -> None:
    assert statuses(rows) == expected


def test_before_the_guidance_of_august_2014_owners_were_not_added_up() -> None:
    rows = [owns("X", "A", 25), owns("Y", "A", 25), owns("X", "B", 50), owns("B", "C", 50)]
    assert statuses(rows, as_of="2014-08-12") == "A=n B=b C=b"
    assert statuses(rows, as_of="2014-08-13") == "A=b B=b C=b"
    assert statuses(rows, as_of="2008-02-13") == "A=n B=n C=n"


def test_holders_below_the_line_pass_nothing_on_and_circles_do_not_lift_themselves() -> None:
    assert statuses([owns("A", "B", 60), owns("B", "A", 60), owns("X", "A", 40)]) == "A=n B=n"
    assert statuses([owns("A", "B", 60), owns("B", "A", 40), owns("X", "A", 50)]) == "A=b B=b"
    deep = [owns("X", "A00", 50), *(owns(f"A{n:02}", f"A{n + 1:02}", 50) for n in range(60))]
    assert set(statuses(deep).split()) == {f"A{n:02}=b" for n in range(61)}


# -- other regimes ----------------------------------------------------------------------------------------------------


def test_the_line_of_the_eu_moved_to_half_itself_in_july_2024() -> None:
    rows = [owns("X", "A", 50), owns("X", "B", 50.01), owns("X", "C", 30), owns("Y", "C", 30)]
    assert statuses(rows, name="eu", as_of="2024-07-02") == "A=n B=b C=b"
    assert statuses(rows, name="eu", as_of="2024-07-03") == "A=b B=b C=b"
    assert statuses(rows, name="eu", as_of="2022-03-01") == "A=n B=b C=n"


def test_the_united_kingdom_adds_up_only_what_is_held_jointly() -> None:
    """OFSI's general guidance on aggregation, and Schedule 1: a majority holding passes on what it holds."""
    rows = [owns("X", "A", 50), owns("X", "B", 50.1), owns("X", "C", 30), owns("Y", "C", 30), owns("B", "D", 51)]
    assert statuses(rows, name="uk") == "A=n B=b C=m D=b"
    assert control(rows, name="uk").answer("C").basis == "shares if held jointly"
    own_and_through = [owns("X", "A", 60), owns("A", "B", 30), owns("X", "B", 30)]
    assert statuses(own_and_through, name="uk") == "A=b B=b"
    votes = [owns("X", "A", 60, schema="Control", interest="votingRights")]
    assert (statuses(votes, name="uk"), statuses(votes, name="eu"), statuses(votes)) == ("A=b", "A=m", "A=n")
    board = [{"source": "X", "target": "A", "schema": "Control", "interest": "appointmentOfBoard"}]
    assert (statuses(board, name="uk"), statuses(board, name="eu"), statuses(board)) == ("A=b", "A=m", "A=n")


def test_control_by_other_means_is_kept_apart_from_the_sum() -> None:
    rows = [owns("X", "A", 30), {"source": "X", "target": "A", "schema": "Control"}, owns("A", "B", 100)]
    answer = control(rows, name="eu").answer("A")
    assert (answer.status, answer.basis, answer.low, answer.high) == ("may-be-blocked", "control", 30, 30)
    assert control(rows, name="eu").answer("B").status == "may-be-blocked"
    assert control(rows, name="bis").status("A") == "not-blocked"
    mixed = [owns("X", "A", 30), owns("X", "A", 30, schema="Control", interest="votingRights")]
    assert statuses(mixed, name="uk") == "A=n", "shares and votes do not add up"


def test_shares_that_a_nominee_holds_for_a_listed_party_leave_every_answer_open() -> None:
    rows = [owns("N", "A", 60), {"source": "X", "target": "A", "schema": "Control", "interest": "nominator"}]
    for name in regime.names():
        found = control(rows, name=name).answer("A")
        assert (found.status, found.basis, found.high) == ("may-be-blocked", "nominator", 0), name


def test_a_board_of_which_most_are_listed_and_a_relative_s_majority_may_be_control() -> None:
    seats = [{"source": s, "target": "A", "schema": "Directorship"} for s in ("X", "Y", "P")]
    assert statuses(seats, name="eu") == "A=m"
    assert statuses(seats, listed="X", name="eu") == "A=n"
    kin = [{"source": "W", "target": "X", "schema": "Family"}, owns("W", "A", 75)]
    found = control(kin, name="eu").answer("A")
    assert (found.status, found.basis, [s.owner for s in found.path]) == ("may-be-blocked", "family", ["X"])
    assert statuses(kin) == "A=n"


def test_rules_that_are_not_in_force_block_listed_parties_only() -> None:
    rows = [owns("X", "A", 80)]
    assert [statuses(rows, name="bis", as_of=d) for d in ("2025-09-28", "2025-09-29", "2025-11-10", "2026-11-10")] == [
        "A=n", "A=b", "A=n", "A=b"]  # fmt: skip
    assert regime.get("bis").rule("2026-01").why
    assert control(rows, name="bis", as_of="2026-01").status("X") == "blocked"


@pytest.mark.parametrize(
    ("authority", "publisher", "dataset", "names"),
    [
        ("Office of Foreign Assets Control", None, "ofac", {"ofac"}),
        ("Office of Foreign Assets Control", None, "ofac-cons", set()),
        ("Treasury Department", "Specially Designated Nationals (SDN) - Treasury Department", "csl", {"ofac"}),
        ("Treasury Department", "Sectoral Sanctions Identifications List (SSI) - Treasury Department", "csl", set()),
        ("Bureau of Industry and Security", "Entity List (EL) - Bureau of Industry and Security", "csl", {"bis"}),
        ("Bureau of Industry and Security", "Unverified List (UVL) - Bureau of Industry and Security", "csl", set()),
        ("Foreign, Commonwealth and Development Office", None, "uk-sanctions-list", {"uk"}),
        ("Council of the European Union", None, "office39", {"eu"}),
        ("UN Security Council 1718 Committee", None, "office39", {"un"}),
        ("Global Affairs Canada", None, "ca-sema", {"ca"}),
        ("US Treasury, Financial Crimes Enforcement Network", None, "office39", set()),
        (None, None, "ch-seco", {"ch"}),
    ],
)
def test_a_regime_is_about_whom_its_own_lists_name(
    authority: str | None, publisher: str | None, dataset: str, names: set[str]
) -> None:
    assert {n for n in regime.names() if regime.get(n).lists.name(authority, None, publisher, dataset)} == names


@pytest.mark.parametrize("name", regime.names())
def test_every_regime_is_dated_without_gaps_and_says_its_source(name: str) -> None:
    rules = regime.get(name).rules
    assert rules[0].since is None and rules[-1].until is None
    for before, after in itertools.pairwise(rules):
        assert before.until is not None and after.since is not None
        assert (earliest(after.since) - latest(before.until)).days == 1
    for rule in rules:
        assert (rule.source and rule.url.startswith("https://")) if rule.line is not None else rule.why
        assert set(rule.reached_by) <= set(regime.MEASURES)


# -- intervals --------------------------------------------------------------------------------------------------------


def test_bands_leave_open_what_they_leave_open_and_their_ends_count() -> None:
    half = owns("X", "A", 25, 50, low_open=True)
    assert statuses([half]) == "A=m"
    assert statuses([half, owns("Y", "A", 25, 50, low_open=True)]) == "A=b", "more than 25 twice is more than 50"
    assert statuses([owns("X", "A", 25, 50), owns("Y", "A", 25, 50)], name="eu", as_of="2023") == "A=m"
    assert statuses([owns("X", "A", 0, 50, high_open=True)]) == "A=n"
    assert statuses([owns("X", "A", 50, 75, low_open=True)], name="uk") == "A=b"
    assert statuses([owns("X", "A", 50, 75)], name="uk") == "A=m"


def test_what_others_hold_limits_an_unknown_share() -> None:
    assert statuses([owns("X", "A", None), owns("P", "A", 50.1)]) == "A=n"
    answer = control([owns("X", "A", None), owns("P", "A", 40)]).answer("A")
    assert (answer.status, answer.low, answer.high) == ("may-be-blocked", 0, 60)
    assert answer.missing is not None
    assert (answer.missing["owner"], answer.missing["owned"], answer.missing["from_per_cent"]) == ("X", "A", 50)


def test_the_holding_that_would_decide_is_named_wherever_on_the_way_it_is() -> None:
    found = control([owns("X", "A", 10, 60), owns("A", "B", 80), owns("B", "C", 30), owns("Y", "C", 20, 25)])
    missing = found.answer("C").missing
    assert missing is not None and (missing["owner"], missing["owned"], missing["from_per_cent"]) == ("X", "A", 50)
    open_ = found.answer("B")
    assert [(s.owner, s.owned) for s in open_.path] == [("A", "B"), ("X", "A")]


def test_rival_records_are_sure_of_the_least_and_may_be_the_most() -> None:
    rival = control([owns("X", "A", 60), owns("X", "A", 30)])
    assert rival.answer("A").status == "may-be-blocked"
    assert (rival.answer("A").low, rival.answer("A").high) == (30, 60)
    assert [p.kind for p in rival.holdings.problems] == ["rival records"]
    denied = control([owns("X", "A", 60), owns("X", "A", None, stance="denies")])
    assert denied.status("A") == "may-be-blocked"
    assert control([owns("X", "A", 60, stance="denies")]).status("A") == "not-blocked"
    assert control([owns("X", "A", 60, stance="doubts")]).status("A") == "may-be-blocked"


def test_partial_dates_are_sure_only_of_days_they_must_mean() -> None:
    rows = [owns("X", "A", 80, start="2016", end="2018-03")]
    days = {"2015-12-31": "n", "2016-05-01": "m", "2016": "m", "2017-01-01": "b", "2018-03-15": "m", "2018-04-01": "n"}
    short = {"blocked": "b", "may-be-blocked": "m", "not-blocked": "n"}
    assert {day: short[control(rows, as_of=day).status("A")] for day in days} == days


def test_a_listing_is_in_force_surely_maybe_or_not() -> None:
    def on(start: str | None, end: str | None, day: str | None) -> bool | None:
        return Listing("x", "a", None, None, "d", start, end, (), ()).on(day)

    assert [on("2016-06", None, day) for day in ("2016-05-31", "2016-06-15", "2016-07-01")] == [False, None, True]
    assert [on("2016", "2018", day) for day in ("2017", "2018-05", "2019")] == [True, None, False]
    assert (on(None, None, "2016"), on(None, None, None), on("2016", "2018", None)) == (None, True, False)


def test_a_listing_of_uncertain_date_leaves_what_it_owns_open() -> None:
    found = control([owns("X", "A", 80)], listed="", X=False)
    assert [found.status(e) for e in "XA"] == ["may-be-blocked", "may-be-blocked"]
    missing = found.answer("A").missing
    assert missing is not None and "listed" in missing["what"]


# -- what is wrong with the data --------------------------------------------------------------------------------------


def test_bad_data_is_reported_and_neither_clamped_nor_dropped() -> None:
    found = control(
        [
            owns("X", "A", None, share="120"),
            owns("X", "B", 70), owns("Y", "B", 60),
            owns("C", "C", 100), owns("X", "C", 40),
            owns("X", "D", 90, start="2015", end="2012"),
        ]
    )  # fmt: skip
    assert [(p.entity, p.kind) for p in found.holdings.problems] == [
        ("A", "share not possible"), ("B", "more than the whole"), ("C", "owns itself"), ("D", "dates reversed"),
    ]  # fmt: skip
    assert [found.status(e) for e in "ABCD"] == ["may-be-blocked", "blocked", "not-blocked", "may-be-blocked"]
    assert (found.answer("B").low, found.answer("B").high) == (130, 130)


def test_a_company_of_very_many_owners_adds_up_exactly() -> None:
    """Twenty-five thousand listed owners of a 500th of a per cent each: half, to the last unit."""
    rows = [owns(f"{'L' if n % 2 else 'P'}{n:05}", "A", 0.002) for n in range(50_000)]
    listed = {row["source"]: True for row in rows if row["source"].startswith("L")}
    held = holdings_of(table(rows), None)
    rule = regime.get("ofac").rule(None)
    assert Control(held, listed, rule).status("A") == "blocked"
    assert Control(held, dict(list(listed.items())[1:]), rule).status("A") == "not-blocked"
    open_ = holdings_of(table([{**row, "low_open": True, "share_high": 1.0} for row in rows]), None)
    assert Control(open_, listed, regime.get("bis").rule(None)).status("A") == "blocked"


def test_nothing_at_all_and_a_party_nobody_holds() -> None:
    found = control([])
    assert list(found.entities()) == ["X", "Y"]
    assert found.status("X") == "blocked" and found.status("Z") == "not-blocked"
    assert found.answer("Z").path == () and found.holders("Z") == []


# -- against an oracle, and against every completion ------------------------------------------------------------------

PARTIES = "XYABCD"
shares = st.sampled_from([0, 10, 20, 25, 30, 50, 60, 75, 100])
bands = st.tuples(shares, shares).map(lambda pair: (min(pair), max(pair)))
registers = st.dictionaries(
    st.tuples(st.sampled_from(PARTIES), st.sampled_from("ABCD")).filter(lambda pair: pair[0] != pair[1]),
    bands,
    max_size=9,
)


def oracle(held: dict[tuple[str, str], Fraction], line: Fraction) -> set[str]:
    """The plain fixpoint, one party at a time."""
    owned = {"X", "Y"}
    while True:
        more = {
            c
            for c in "ABCD"
            if c not in owned and sum(share for (o, t), share in held.items() if t == c and o in owned) >= line
        }
        if not more:
            return owned - {"X", "Y"}
        owned |= more


@settings(max_examples=150, deadline=None)
@given(registers)
def test_exact_registers_agree_with_the_oracle(register: dict[tuple[str, str], tuple[int, int]]) -> None:
    found = control([owns(o, t, low) for (o, t), (low, _) in register.items()])
    expected = oracle({pair: Fraction(low) for pair, (low, _) in register.items()}, Fraction(50))
    assert {c for c in "ABCD" if found.status(c) == "blocked"} == expected
    assert {c for c in "ABCD" if found.status(c) != "not-blocked"} == expected or any(
        p.kind == "more than the whole" for p in found.holdings.problems
    )


small = st.dictionaries(
    st.tuples(st.sampled_from("XYABC"), st.sampled_from("ABC")).filter(lambda pair: pair[0] != pair[1]),
    st.tuples(st.sampled_from([0, 20, 30, 40, 60]), st.sampled_from([0, 20, 40])).map(
        lambda p: (p[0], min(100, sum(p)))
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(small)
def test_answers_are_those_of_every_completion(register: dict[tuple[str, str], tuple[int, int]]) -> None:
    """Every choice of shares within their bands that comes to at most the whole; a grid that holds all its corners."""
    by_company: dict[str, list[tuple[str, str]]] = {}
    for pair in register:
        by_company.setdefault(pair[1], []).append(pair)
    choices = []
    for pairs in by_company.values():
        grids = [range(register[p][0], register[p][1] + 1, 10) for p in pairs]
        choices.append(
            [
                dict(zip(pairs, map(Fraction, pick), strict=True))
                for pick in itertools.product(*grids)
                if sum(pick) <= 100
            ]
        )
    if not all(choices):
        return  # contradictory: no completion; said as a problem of the data
    always, ever = set("ABC"), set()
    for parts in itertools.product(*choices):
        owned = oracle({k: v for part in parts for k, v in part.items()}, Fraction(50))
        always &= owned
        ever |= owned
    found = control([owns(o, t, low, high) for (o, t), (low, high) in register.items()])
    assert {c for c in "ABC" if found.status(c) == "blocked"} == always
    assert {c for c in "ABC" if found.status(c) != "not-blocked"} == ever


@settings(max_examples=100, deadline=None)
@given(registers)
def test_every_answer_bears_a_chain_up_to_a_listed_party(register: dict[tuple[str, str], tuple[int, int]]) -> None:
    rows = [owns(o, t, low, high) for (o, t), (low, high) in register.items()]
    for name in regime.names():
        found = control(rows, name=name)
        for entity in found.entities():
            answer = found.answer(entity)
            if answer.status == "not-blocked" or answer.basis == "listed":
                assert answer.path == ()
                continue
            assert answer.path[-1].owner in "XY" and answer.path[0].owned == entity
            assert all(a.owner == b.owned for a, b in itertools.pairwise(answer.path))
            assert set(answer.path) <= set(found.chain(entity))
            assert (answer.missing is not None) == (answer.status == "may-be-blocked")
