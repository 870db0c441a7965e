from counterflow.findings.typologies.impossible_imo import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(imo: str) -> World:
    w = World()
    w.entity("d:ship", "Odd", "Vessel", listed=True, imoNumber=imo)
    w.holds("d:ship", f"imo:{imo}")
    w.stay("211000001", "2017-09-01 00:00", 5, 33.0, 125.0, imo=imo)
    return w


class TestImpossibleImo(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("9074728").tables()

    def clean(self):
        """The last digit checks the others."""
        return world("9074729").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:ship",)
        assert finding.vessels == ("9074728",)
        assert finding.detail["sent"] == 31
