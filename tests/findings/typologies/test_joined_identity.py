from counterflow.findings.typologies.joined_identity import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

A, B, C = "211000001", "572000002", "413000003"
OLD, NEW = "9191773", "8528864"


def world(*, elsewhere: bool = False, new: str = NEW) -> World:
    """A goes into a yard in 2018 and is not heard again; B comes out of it five months later."""
    w = World()
    w.entity("d:old", "Kingsway", "Vessel", listed=True)
    w.holds("d:old", f"imo:{OLD}", f"mmsi:{A}")
    w.stay(A, "2018-05-01 00:00", 5, 29.95, 122.05, every=30, imo=OLD)
    w.stay(A, "2018-06-01 00:00", 5, 29.95, 122.05, every=30, imo=OLD)
    there = (31.5, 121.9) if elsewhere else (29.952, 122.051)
    w.stay(B, "2018-11-01 00:00", 5, *there, every=30, imo=new)
    w.static(A, "2018-05-01 00:00", OLD, length=103.0)
    w.static(B, "2018-11-01 00:00", new, length=103.0)
    for day in ("2018-01-01", "2019-06-01"):  # the data reach further at both ends
        w.stay(C, f"{day} 00:00", 5, 20.0, 110.0, every=30, imo="9314234")
    return w


class TestJoinedIdentity(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The other comes from a yard a hundred miles off."""
        return world(elsewhere=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (OLD, NEW)
        assert finding.detail["days"] > 140
        assert finding.detail["factors"]["103 m and 103 m long"] == 3.0

    def test_the_same_ship_under_a_new_flag_is_none(self) -> None:
        assert self._detect(world(new=OLD).tables()) == []
