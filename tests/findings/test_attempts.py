"""From hits to findings: who, what, when, where, on what evidence."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from counterflow.findings.attempts import Attempt, Told, findings
from counterflow.findings.patterns.hits import Hits
from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typology import Data, Typology
from counterflow.model.finding import Evidence, Finding
from counterflow.testing.tables import scope_of, whole
from findings.world import World, moment


def told(a: Attempt) -> Told:
    first = int(a.payer[0])
    return Told(f"{a.name(first)} paid {a.money()} within {a.span}.", {"a sign": 2.0}, lead=(first,))


def all_in_one(data: Data, _dial: Mapping[str, float]) -> Iterator[Finding]:
    """Every payment of the log is one hit."""
    n = len(data.log)
    hits = Hits(np.array([0, n]), np.arange(n), 3, np.arange(n, dtype=np.int8) % 2)
    yield from findings(data, TRIAL, hits, told, roles=("out", "in"))


TRIAL = Typology(
    "trial", "Trial", "payment", "All.", "To try.", "None.", ("payments",), {}, ("everyday business",), "Anything.",
    all_in_one,
)  # fmt: skip


def run(world: World, as_of: str | None = None) -> Finding:
    [found] = detect(ScopeData(scope_of(whole(world.tables())), as_of), [TRIAL])
    return found


@pytest.fixture
def world() -> World:
    world = World()
    world.pay("2022-05-01 10:00", "A1", "B1", 100.0)
    world.pay("2022-05-01 12:00", "B1", "C1", 90.0, "EUR")
    world.pay("2022-05-03 10:00", "C1", "A1", 80.0)
    return world


def test_a_finding_has_members_sums_span_and_roles(world: World) -> None:
    found = run(world)
    assert found.sentence == "account A1 paid 180 USD and 90 EUR within 48 hours."
    assert found.payments == ("P1", "P2", "P3")
    assert found.accounts == ("A1", "B1", "C1")
    assert (found.start, found.end) == ("2022-05-01T10:00:00Z", "2022-05-03T10:00:00Z")
    assert [e.role for e in found.evidence] == ["out", "in", "out"]
    assert found.detail["sums"] == {"USD": 180.0, "EUR": 90.0}
    assert found.detail["searches_out_of_budget"] == 3
    assert found.detail["banks"] == ["BANK"]
    assert found.detail["jurisdictions"] == []
    assert found.detail["entities"] == []


def test_dollars_are_stated_converted_or_unknown_and_it_says_which(world: World) -> None:
    """Euros of 2022 by the year's average; bitcoin has no published rate, so there is no sum at all."""
    found = run(world)
    assert found.detail["sum_usd"] == pytest.approx(180 + 90 * 1.0534, rel=1e-3)
    assert found.detail["usd_basis"] == "yearly average rates"
    world.pay("2022-05-03 11:00", "A1", "D1", 5.0, "BTC")
    assert run(world).detail["sum_usd"] is None
    assert run(world).detail["usd_basis"] == "unknown for some"


def test_what_was_credited_in_dollars_is_worth_that(world: World) -> None:
    world.rows["payments"][1] |= {"received_currency": "USD", "received_amount": 95.5}
    found = run(world)
    assert found.detail["sum_usd"] == 275.5
    assert found.detail["usd_basis"] == "stated"


def test_holders_their_owners_and_the_way_to_a_listed_party_are_told(world: World) -> None:
    for id, name in (("acme", "Acme Trading"), ("ivan", "Ivan Petrov"), ("bureau", "Office 39"), ("near", "Near Ltd")):
        world.entity(id, name, "Person" if id == "ivan" else "Company", listed=id == "bureau", country="cn")
    world.link("Ownership", "ivan", "acme")
    world.link("Employment", "ivan", "bureau")
    world.holds("acme", "account:A1")
    world.holds("near", "account:B1")
    found = run(world)
    assert found.sentence.startswith("Acme Trading paid")
    assert found.subjects == ("acme", "near")
    assert found.detail["jurisdictions"] == ["cn"]
    acme, near = found.detail["entities"]
    assert acme["owners"] == [{"entity": "ivan", "caption": "Ivan Petrov", "listed": False}]
    assert acme["nearest_listed"] == {
        "entity": "bureau", "caption": "Office 39", "hops": 2, "through": ["Ivan Petrov"],
    }  # fmt: skip
    assert "nearest_listed" not in near
    assert "2 links from a listed party: Acme Trading" in found.detail["factors"]
    tied = [e for e in found.evidence if e.role == "how a holder is tied to a listed party"]
    assert len(tied) == 2


def test_what_else_is_found_of_a_holder_is_told(world: World) -> None:
    world.entity("acme", "Acme Trading")
    world.holds("acme", "account:A1")

    def fronts(data: Data, _dial: Mapping[str, float]) -> Iterator[Finding]:
        [claim] = [c for c in data.run(data.table("claims")).to_pylist() if c["property"] == "name"]
        evidence = (Evidence("claim", claim["claim_id"]),)
        yield Finding("front", "Acme Trading is a front.", ("acme",), 0.5, evidence, "r")

    front = dataclasses.replace(TRIAL, name="front", kind="ownership", needs=(), detect=fronts)
    found = detect(ScopeData(scope_of(whole(world.tables()))), [TRIAL, front])
    [other] = [f for f in found if f.typology == "front"]
    [attempt] = [f for f in found if f.typology == "trial"]
    assert attempt.detail["entities"][0]["findings"] == [{"typology": "front", "finding": other.id}]


def test_a_link_that_had_ended_is_no_way_to_a_listed_party(world: World) -> None:
    world.entity("acme", "Acme Trading")
    world.entity("bureau", "Office 39", listed=True)
    world.link("Ownership", "bureau", "acme", start="2010", end="2015")
    world.holds("acme", "account:A1")
    assert "nearest_listed" in run(world).detail["entities"][0]
    assert "nearest_listed" not in run(world, "2022-12-31").detail["entities"][0]


def test_a_listed_holder_weighs(world: World) -> None:
    plain = run(world).probability
    world.entity("bureau", "Office 39", listed=True)
    world.holds("bureau", "account:C1")
    found = run(world)
    assert found.probability > plain
    assert found.detail["entities"][0]["listed"] is True
    assert "named by a sanctions list: Office 39" in found.detail["factors"]


def test_money_that_stays_with_one_holder_weighs_against(world: World) -> None:
    plain = run(world).probability
    world.entity("acme", "Acme Trading")
    world.holds("acme", "account:A1", "account:B1", "account:C1")
    assert run(world).probability < plain


def test_a_name_that_the_payments_print_is_told_with_the_number(world: World) -> None:
    world.rows["payments"][0] |= {"from_name": "ACME LTD", "from_country": "hk", "from_bank_country": "sg"}
    found = run(world)
    assert found.sentence.startswith("ACME LTD (account A1) paid")
    assert found.detail["jurisdictions"] == ["sg", "hk"]


def test_banks_and_ibans_name_countries() -> None:
    world = World()
    world.pay("2022-05-01 10:00", "DE89370400440532013000", "B1", 1.0)
    world.pay("2022-05-01 11:00", "B1", "C1", 1.0)
    world.rows["payments"][0]["to_bank"] = "BSABESBB"
    world.rows["payments"][1]["to_bank"] = "CITIBANK"
    assert run(world).detail["jurisdictions"] == ["de", "es"]


def test_nothing_found_asks_nothing() -> None:
    class Nothing:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"asked for {name}")

    none = Hits(np.zeros(1, np.int64), np.zeros(0, np.int64))
    assert list(findings(Nothing(), TRIAL, none, told)) == []  # type: ignore[arg-type]


def test_the_same_whatever_the_order_of_rows(world: World) -> None:
    world.pay(moment("2022-05-03 10:00") + dt.timedelta(0), "C1", "A1", 80.0)
    tables = world.tables()
    first = dataclasses.asdict(run(world))
    tables["payments"] = tables["payments"].take([3, 1, 0, 2])
    [found] = detect(ScopeData(scope_of(whole(tables))), [TRIAL])
    assert dataclasses.asdict(found) == first
