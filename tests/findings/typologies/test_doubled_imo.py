from counterflow.findings.typologies.doubled_imo import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

IMO = "9074729"
A, B = "211000001", "636000002"


def world(*, at_once: bool) -> World:
    w = World()
    w.entity("d:ship", "Two of Them", "Vessel", listed=True, imoNumber=IMO)
    w.holds("d:ship", f"imo:{IMO}")
    w.stay(A, "2017-09-01 00:00", 72, 33.0, 125.0, every=60, imo=IMO)
    w.stay(B, "2017-09-01 12:00" if at_once else "2017-09-05 12:00", 72, 1.2, 104.0, every=60, imo=IMO)
    return w


class TestDoubledImo(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(at_once=True).tables()

    def clean(self):
        """One number after the other: a new flag."""
        return world(at_once=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (IMO, A, B)
        assert finding.detail["days"] == 2.5
        assert finding.start == "2017-09-01T12:00:00Z"

    def test_a_register_that_has_both(self) -> None:
        w = World()
        w.entity("d:ship", "Two of Them", "Vessel", imoNumber=IMO)
        w.holds("d:ship", f"imo:{IMO}")
        for mmsi, since, until in ((A, "2015-01-01", "2016-06-30"), (B, "2016-01-01", "2018-01-01")):
            w.claim("d:ship", "Vessel", "mmsi", mmsi, "identifier")
            w.rows["claims"][-1] |= {"valid_from": since, "valid_to": until}
        [finding] = self._detect(w.tables())
        assert finding.detail["told_by"] == "a register"
        assert finding.detail["days"] == 181.0
