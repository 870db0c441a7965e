import pytest

from counterflow.findings.typologies.imo_without_history import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

# public cases: C4ADS, Unmasked (2021)
CASES = {"8528864": "Shun Fa", "8514045": "Hai Zhou 168"}


def world(imo: str, *, before: str = "") -> World:
    w = World()
    w.entity("d:ship", CASES.get(imo, "Other"), "Vessel", imoNumber=imo, flag="pa")
    w.holds("d:ship", f"imo:{imo}")
    w.stay("370000001", "2019-03-01 00:00", 5, 29.9, 122.4, imo=imo)
    if before:
        w.stay("413000001", f"{before} 00:00", 2, 31.0, 122.9, imo=imo)
    for n, other in enumerate(("9074729", "9314234")):  # ships of before, so that records are known to go back
        w.stay(f"21100000{n}", "2014-01-01 00:00", 3, 40.0 + n, 5.0, imo=other)
        w.stay(f"21100000{n}", "2019-01-01 00:00", 3, 40.0 + n, 5.0, imo=other)
    return w


class TestImoWithoutHistory(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("8528864").tables()

    def clean(self):
        """The same number, heard as far back as others'."""
        return world("8528864", before="2014-01-05").tables()

    @pytest.mark.parametrize("imo", CASES)
    def test_the_public_cases(self, imo: str) -> None:
        [finding] = self._detect(world(imo).tables())
        assert finding.vessels == (imo,)
        assert finding.detail["first_trace"] == "2019-03-01"
        assert finding.detail["number_given_about"] == 1985
        assert (finding.lat, finding.lon) == (29.9, 122.4)

    def test_a_ship_new_from_the_yard_is_none(self) -> None:
        assert self._detect(world("9811000").tables()) == []

    @pytest.mark.parametrize(("names", "factor"), [(["Apex"], 0.4), (["Apex", "Old Name"], None)])
    def test_one_earlier_name_weighs_against_it_and_several_are_a_history(
        self, names: list[str], factor: float | None
    ) -> None:
        w = world("8528864")
        for name in names:
            w.claim("d:ship", "Vessel", "previousName", name, "name")
        findings = self._detect(w.tables())
        told = "a register gives her one earlier name, Apex, without a date"
        assert [f.detail["factors"].get(told) for f in findings] == ([factor] if factor else [])

    def test_an_earlier_name_that_she_sent_since_is_no_history(self) -> None:
        w = world("8528864")
        w.claim("d:ship", "Vessel", "previousName", "APEX", "name")
        for row in w.rows["positions"]:
            row["vessel_name"] = "Apex" if row["imo"] == "8528864" else None
        [finding] = self._detect(w.tables())
        assert not any("earlier name" in said for said in finding.detail["factors"])
