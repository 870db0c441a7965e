from dataclasses import replace

import pytest

from counterflow.errors import UnknownName, UsageError
from counterflow.findings.run import ScopeData, detect, dials
from counterflow.findings.typologies.front_company import TYPOLOGY as FRONT
from counterflow.findings.typologies.pass_through import TYPOLOGY as PASS
from counterflow.findings.typology import weigh
from counterflow.model.finding import Evidence, Finding
from counterflow.storage.tables import DERIVED
from counterflow.testing import scope_of
from findings.world import World


def data(world: World, as_of: str | None = None) -> ScopeData:
    return ScopeData(scope_of({n: t.schema.empty_table() for n, t in DERIVED.items()} | world.tables()), as_of)


def test_dials_are_checked() -> None:
    assert dials(PASS, {"hours": 12, "enabled": True})["hours"] == 12.0
    with pytest.raises(UnknownName, match="Did you mean 'hours'"):
        dials(PASS, {"hour": 12})
    with pytest.raises(UsageError, match=r"pass_through\.hours must be a number"):
        dials(PASS, {"hours": "long"})


def test_findings_come_most_probable_first() -> None:
    w = World()
    for n, listed in enumerate((True, True)):
        w.entity(f"d:owner{n}", f"Owner {n}", listed=listed)
        w.entity(f"d:front{n}", f"Front {n}")
        w.link("Ownership", f"d:owner{n}", f"d:front{n}", credibility=1 + n)
    found = detect(data(w), [PASS, FRONT])
    assert [f.subjects[0] for f in found] == ["d:front0", "d:front1"]


def test_what_happened_later_is_not_seen() -> None:
    w = World()
    w.entity("d:owner", "Owner", listed=True)
    w.entity("d:front", "Front")
    w.link("Ownership", "d:owner", "d:front", start="2016-09")
    w.pay("2016-09-30 23:59", "A", "B", 1)
    w.pay("2016-10-01 00:00", "A", "B", 1)
    assert len(detect(data(w, "2016-08"), [FRONT])) == 0
    assert len(detect(data(w, "2016-09"), [FRONT])) == 1
    seen = data(w, "2016-09")
    assert len(seen.run(seen.table("payments"))) == 1


def test_evidence_that_is_no_record_is_an_error() -> None:
    w = World()
    w.entity("d:a", "A")

    def broken(_data, _dial):
        yield Finding("x", "A is.", ("d:a",), 0.5, (Evidence("claim", "no such claim"),), "nothing")

    with pytest.raises(LookupError, match="no such claim"):
        detect(data(w), [replace(FRONT, needs=("entities",), detect=broken)])


def test_weigh_multiplies_odds_and_is_never_certain() -> None:
    assert weigh(0.2, {}) == 0.2
    assert weigh(0.2, {"a": 4.0}) == 0.5
    assert weigh(0.5, {"a": 1000.0}) == 0.97
    assert weigh(0.5, {"a": 0.0001}) == 0.02


def test_ground_truth_is_kept_from_detection() -> None:
    with pytest.raises(UsageError, match="judged by"):
        data(World()).table("labels")


def test_as_of_a_day_nobody_is_listed_who_was_listed_later() -> None:
    """Nor is told when a link ended that had not: both would be known only afterwards."""
    world = World()
    for entity, day in (("d:early", "2010-08-30"), ("d:late", "2014-07-28")):
        world.entity(entity, entity, listed=True)
        world.designate(entity, day)
        world._add("members", subject=f"s:{entity}", entity=f"s:{entity}", score=1.0, basis="first", reasons=[])
    world.link("Ownership", "d:early", "d:ship", start="2009", end="2019-10-21")
    eve, now = data(world, "2013-07-14"), data(world)
    assert [eve.listed(e) for e in ("d:early", "d:late")] == [True, False]
    assert [now.listed(e) for e in ("d:early", "d:late")] == [True, True]
    rows = eve.run(eve.table("entities").order_by("entity")).to_pylist()
    assert [row["listed"] for row in rows] == [True, False]
    assert [d.run(d.table("links")).column("end").to_pylist() for d in (eve, now)] == [[None], ["2019-10-21"]]
