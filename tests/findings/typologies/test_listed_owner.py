"""Worked examples in the manner of OFAC's FAQ 398-402, in our own numbers and names."""

from __future__ import annotations

from typing import Any

from counterflow.findings.typologies.listed_owner import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

Holding = tuple[str, str, float | None, float | None]


def world(*holdings: Holding, listed: tuple[str, ...] = ("X", "Y"), **more: Any) -> World:
    w = World()
    for name in sorted({h[0] for h in holdings} | {h[1] for h in holdings} | set(listed)):
        w.entity(f"d:{name}", name, listed=name in listed)
    for owner, asset, low, high in holdings:
        w.link("Ownership", f"d:{owner}", f"d:{asset}", share_low=low, share_high=high, **more)
    return w


class TestListedOwner(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(("X", "A", 50.0, 50.0), ("A", "B", 50.0, 50.0)).tables()

    def clean(self):
        return world(("X", "A", 49.0, 49.0), ("A", "B", 50.0, 50.0)).tables()

    def _status(self, *holdings: Holding, **more: Any) -> dict[str, tuple[str, float, float]]:
        found = self._detect(world(*holdings, **more).tables())
        return {
            f.subjects[0][2:]: (f.detail["status"], f.detail["low_per_cent"], f.detail["high_per_cent"]) for f in found
        }

    def test_status_is_passed_on_whole_not_multiplied(self) -> None:
        owned = self._status(("X", "A", 50.0, 50.0), ("A", "B", 50.0, 50.0))
        assert owned == {"A": ("owned", 50.0, 50.0), "B": ("owned", 50.0, 50.0)}  # 50 % × 50 % would be 25 %

    def test_listed_owners_are_added_up(self) -> None:
        assert self._status(("X", "A", 25.0, 25.0), ("Y", "A", 25.0, 25.0)) == {"A": ("owned", 50.0, 50.0)}
        assert self._status(("X", "A", 25.0, 25.0), ("Y", "A", 24.9, 24.9)) == {}

    def test_direct_and_indirect_shares_are_added_up(self) -> None:
        owned = self._status(("X", "A", 50.0, 50.0), ("X", "C", 10.0, 10.0), ("A", "C", 40.0, 40.0))
        assert owned["C"] == ("owned", 50.0, 50.0)

    def test_an_owner_below_the_line_passes_nothing_on(self) -> None:
        assert self._status(("X", "A", 25.0, 25.0), ("A", "B", 100.0, 100.0)) == {}

    def test_circles_do_not_lift_themselves(self) -> None:
        assert self._status(("A", "B", 60.0, 60.0), ("B", "A", 60.0, 60.0), ("X", "A", 40.0, 40.0)) == {}
        assert set(self._status(("A", "B", 60.0, 60.0), ("B", "A", 40.0, 40.0), ("X", "A", 50.0, 50.0))) == {"A", "B"}

    def test_an_unknown_share_is_an_interval_and_is_named(self) -> None:
        holdings = (("X", "A", None, None), ("A", "B", 75.0, 100.0))
        assert self._status(*holdings) == {
            "A": ("may be owned", 0.0, 100.0), "B": ("may be owned", 0.0, 100.0)}  # fmt: skip
        sentences = [f.sentence for f in self._detect(world(*holdings).tables())]
        assert all("The size of X's holding in A would decide it." in s for s in sentences)
        assert self._status(("X", "A", 25.0, 50.0), ("Y", "A", 10.0, 30.0)) == {"A": ("may be owned", 35.0, 80.0)}

    def test_a_holding_that_ended_counts_no_more(self) -> None:
        assert self._status(("X", "A", 80.0, 80.0), end="2015-03") == {}

    def test_as_of_a_day(self) -> None:
        from counterflow.findings.run import ScopeData, detect
        from counterflow.storage.tables import DERIVED
        from counterflow.testing import scope_of

        tables = world(("X", "A", 80.0, 80.0), start="2014-02", end="2015-03").tables()
        scope = scope_of({n: t.schema.empty_table() for n, t in DERIVED.items()} | tables)
        for day, expected in (("2014-01-31", 0), ("2014-02-01", 1), ("2015-03-31", 1), ("2015-04-01", 0)):
            assert len(detect(ScopeData(scope, day), [TYPOLOGY])) == expected, day
