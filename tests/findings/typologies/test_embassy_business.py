import pytest

from counterflow.findings.typologies.embassy_business import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

STREET = "14 Glinkastrasse, Berlin 10117"


def world(mission: str = "Embassy of the State in Berlin", *, address: str = STREET) -> World:
    w = World()
    w.entity("d:mission", mission, "PublicBody", address=STREET)
    w.entity("d:hostel", "City Hostel GmbH", address=address)
    w.link("UnknownLink", "d:mission", "d:hostel", role="leases the premises")
    return w


class TestEmbassyBusiness(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The landlord is a ministry, not a mission."""
        return world("Ministry of Housing").tables()

    def test_each_tie_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "City Hostel GmbH is in business with a mission or diplomat: it has the address of Embassy of the State in "
            "Berlin and rents the premises of Embassy of the State in Berlin."
        )
        assert finding.subjects == ("d:hostel", "d:mission")

    @pytest.mark.parametrize("post", ["Third Secretary", "посол", "외교관", "attaché"])
    def test_a_diplomat_who_runs_a_company(self, post: str) -> None:
        w = World()
        w.entity("d:man", "Man", "Person", position=post)
        w.entity("d:firm", "Trading Firm")
        w.link("Directorship", "d:man", "d:firm")
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:firm", "d:man")
        assert len(finding.evidence) == 2

    def test_a_diplomat_known_by_employer(self) -> None:
        w = World()
        w.entity("d:mission", "대사관", "PublicBody")
        w.entity("d:man", "Man", "Person")
        w.entity("d:firm", "Trading Firm")
        w.link("Employment", "d:man", "d:mission")
        w.link("Ownership", "d:man", "d:firm")
        assert [f.subjects for f in self._detect(w.tables())] == [("d:firm", "d:man")]

    def test_a_director_who_is_no_diplomat(self) -> None:
        w = World()
        w.entity("d:man", "Man", "Person", position="Consultant")
        w.entity("d:firm", "Trading Firm")
        w.link("Directorship", "d:man", "d:firm")
        assert self._detect(w.tables()) == []
