from counterflow.findings.typologies.false_flag import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

IMO = "9074729"


def world(mmsi: str, day: str, flag: str = "") -> World:
    w = World()
    said = {"flag": flag} if flag else {}
    w.entity("d:ship", "Of Nowhere", "Vessel", listed=True, imoNumber=IMO, **said)
    w.holds("d:ship", f"imo:{IMO}")
    w.stay(mmsi, f"{day} 00:00", 5, 33.0, 125.0, imo=IMO)
    return w


class TestFalseFlag(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("669000001", "2024-05-01").tables()

    def clean(self):
        """The same number, years before anybody sold registrations in that name."""
        return world("669000001", "2012-05-01").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["flag"] == "sz"
        assert finding.vessels == (IMO,)

    def test_a_flag_of_a_register(self) -> None:
        [finding] = self._detect(world("211000001", "2024-05-01", flag="sz").tables())
        assert finding.detail["mmsi"] == []
