"""Which two findings belong together: rare parties tie, busy ones do not; steps of control, place and time count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from counterflow.findings.activity.linking import MOST, Links, links, when_of
from counterflow.findings.activity.run import _LASTING
from counterflow.findings.activity.sharing import parties_of, shared
from counterflow.findings.run import ScopeData
from counterflow.model.finding import Evidence, Finding
from counterflow.testing.tables import scope_of, whole
from findings.world import World


def finding(*subjects: str, typology: str = "pass_through", record: str = "", **more: Any) -> Finding:
    """One about these parties, on a record of its own."""
    evidence = (
        Evidence("claim", f"c {subjects} {more.get('start')}"),
        *([Evidence("payments", record)] if record else []),
    )
    return Finding(typology=typology, sentence=f"{subjects[0]} did it.", subjects=subjects, probability=0.5,
                   evidence=evidence, refutes="A contract.", **more)  # fmt: skip


def odds(found: Sequence[Finding], world: World | None = None) -> dict[tuple[int, int], float]:
    """Pairs with their log-odds."""
    tied = tied_of(found, world)
    return dict(zip(zip(tied.one.tolist(), tied.other.tolist(), strict=True), tied.odds.tolist(), strict=True))


def tied_of(found: Sequence[Finding], world: World | None = None) -> Links:
    data = ScopeData(scope_of(whole((world or World()).tables())))
    parties = parties_of(found, data)
    return links(shared(found, parties, data), when_of(found, [f.typology in _LASTING for f in found]))


def strangers(n: int) -> list[Finding]:
    """Findings that have nothing to do with each other."""
    return [finding(f"d:x{k}", start=f"20{10 + k % 15}-01-01") for k in range(n)]


def test_a_party_that_two_alone_have_ties_them() -> None:
    assert odds([finding("d:a"), finding("d:a", "d:b"), *strangers(20)])[0, 1] > 0


def test_a_party_that_many_have_ties_nobody() -> None:
    """A bank in hundreds of findings is shared by chance."""
    assert odds([finding(f"d:a{k}", "d:bank") for k in range(MOST + 20)]) == {}


def test_the_more_have_a_party_the_less_it_tells() -> None:
    told = [odds([finding(f"d:a{k}", "d:firm") for k in range(n)])[0, 1] for n in (2, 4, 8, 30)]
    assert told == sorted(told, reverse=True)
    assert told[0] > 0 > told[-1]


def test_a_party_that_deals_with_everybody_ties_nobody() -> None:
    world = World()
    world.entity("d:forwarder", "Freight Co.")
    for k in range(400):
        world.link("UnknownLink", "d:forwarder", f"d:client{k}")
    pair = [finding("d:a", "d:forwarder"), finding("d:b", "d:forwarder")]
    assert odds(pair, world) == {}
    assert odds(pair)[0, 1] > 0


@pytest.mark.parametrize(("schema", "name"), [("Facility", "Port of Nampo"), ("Company", "Bank of Dandong")])
def test_a_port_or_bank_ties_nobody(schema: str, name: str) -> None:
    world = World()
    world.entity("d:busy", name, schema)
    assert all(odd < 0 for odd in odds([finding("d:a", "d:busy"), finding("d:b", "d:busy")], world).values())


def test_who_owns_the_other_ties_less_than_being_the_same() -> None:
    world = World()
    world.link("Ownership", "d:mother", "d:daughter")
    rest = strangers(20)
    step = odds([finding("d:mother"), finding("d:daughter"), *rest], world)[0, 1]
    same = odds([finding("d:mother"), finding("d:mother", "d:z"), *rest], world)[0, 1]
    assert 0 <= step < same


def test_the_fifty_per_cent_rule_is_one_step() -> None:
    """A listed party's own, over two companies, belongs to what the listed party does."""
    world = World()
    world.entity("d:listed", "Bureau", listed=True)
    for owner, owned in (("d:listed", "d:holding"), ("d:holding", "d:trader"), ("d:trader", "d:front")):
        world.link("Ownership", owner, owned, share_low=100.0, share_high=100.0)
    pair = [finding("d:listed", start="2017-05-01"), finding("d:front", start="2017-05-03"), *strangers(20)]
    assert odds(pair, world)[0, 1] > 0
    tied = tied_of(pair, world)
    assert tied.level[0] == 1


def test_time_counts_for_and_against() -> None:
    rest = strangers(20)
    firm = [
        finding(f"d:a{k}", "d:firm", start=day, end=day)
        for k, day in enumerate(("2017-05-01", "2017-05-04", "2022-01-01"))
    ]
    found = odds([*firm, *rest])
    undated = odds([*(finding(f"d:a{k}", "d:firm") for k in range(3)), *rest])[0, 1]
    assert found[0, 1] > undated > found[0, 2]


def test_what_still_holds_is_near_in_time() -> None:
    """Who owns whom from 2014 on is told of a payment of 2017, as well as a company's own sale of 2014 is not."""
    payment = finding("d:a", "d:firm", start="2017-05-01", end="2017-05-01")
    owned, sold = (finding("d:b", "d:firm", typology=t, start="2014-01-01") for t in ("ownership", "pass_through"))
    lasting, past = odds([payment, owned, *strangers(20)])[0, 1], odds([payment, sold, *strangers(20)])[0, 1]
    assert lasting > past


def _at(lat: float, day: str, ship: str) -> Finding:
    return finding(ship, typology="loitering", start=day, end=day, lat=lat, lon=125.0)


def test_place_and_time_together_tie_and_neither_alone_does() -> None:
    base = _at(34.0, "2017-05-01", "d:a")
    near, far, later = _at(34.1, "2017-05-03", "d:b"), _at(36.0, "2017-05-03", "d:b"), _at(34.1, "2018-05-03", "d:b")
    assert odds([base, near])[0, 1] > 0
    assert odds([base, far]) == odds([base, later]) == {}


def test_uncertain_places_are_near_from_farther_off() -> None:
    base = _at(34.0, "2017-05-01", "d:a")
    vague = finding(
        "d:b", start="2017-05-02", end="2017-05-02", lat=34.35, lon=125.0, detail={"uncertainty_metres": 20_000}
    )
    sure = finding("d:b", start="2017-05-02", end="2017-05-02", lat=34.35, lon=125.0)
    assert (0, 1) in odds([base, vague])
    assert odds([base, sure]) == {}


def test_a_roadstead_ties_nobody() -> None:
    """Sixty ships wait off one port in one week."""
    assert odds([_at(34.0 + k / 1000, "2017-05-01", f"d:s{k}") for k in range(60)]) == {}


def test_a_shared_record_ties() -> None:
    assert odds([finding("d:a", record="p1"), finding("d:b", record="p1")])[0, 1] > 0


def test_a_ship_is_one_by_any_of_her_numbers() -> None:
    world = World()
    world.entity("d:ship", "Pong Su", "Vessel")
    world.holds("d:ship", "imo:8730546", "mmsi:445000001")
    pair = [finding("d:a", vessels=("8730546",)), finding("d:b", vessels=("445000001",))]
    assert odds(pair, world)[0, 1] > 0
    assert odds(pair) == {}


def test_further_signs_count_less_and_none_without_end() -> None:
    one = odds([finding("d:a", "d:b1"), finding("d:a", "d:b2"), *strangers(200)])[0, 1]
    ten = odds([finding(*(f"d:a{k}" for k in range(10))), finding(*(f"d:a{k}" for k in range(10))), *strangers(200)])[
        0, 1
    ]
    assert one < ten < one + 3 * 2  # the harmonic sum of ten, less the first, of ln 20 each
