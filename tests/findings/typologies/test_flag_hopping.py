from counterflow.findings.typologies.flag_hopping import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

IMO = "9074729"


def world(*flags: tuple[str, str]) -> World:
    w = World()
    w.entity("d:ship", "Hopper", "Vessel", listed=True, imoNumber=IMO)
    w.holds("d:ship", f"imo:{IMO}")
    for flag, since in flags:
        w.claim("d:ship", "Vessel", "flag", flag, "country")
        w.rows["claims"][-1]["valid_from"] = since
    return w


class TestFlagHopping(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(("pa", "2017-01-01"), ("tg", "2018-03-01"), ("sl", "2018-04-20")).tables()

    def clean(self):
        """Each flag for more than three months."""
        return world(("pa", "2017-01-01"), ("tg", "2018-03-01"), ("sl", "2018-06-20")).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["flags"] == ["pa", "tg", "sl"]
        assert finding.detail["shortest_days"] == 50

    def test_flags_by_the_number_that_is_sent(self) -> None:
        w = world()
        for mmsi, day in (("352000001", "2018-01-01"), ("671000001", "2018-06-01"), ("667000001", "2018-07-01")):
            w.stay(mmsi, f"{day} 00:00", 2, 33.0, 125.0, imo=IMO)
        [finding] = self._detect(w.tables())
        assert finding.detail["flags"] == ["pa", "tg", "sl"]
        assert finding.vessels == (IMO,)

    def test_another_number_of_the_same_flag_is_no_hop(self) -> None:
        w = world()
        for mmsi, day in (("352000001", "2018-01-01"), ("371000001", "2018-06-01"), ("351000001", "2018-07-01")):
            w.stay(mmsi, f"{day} 00:00", 2, 33.0, 125.0, imo=IMO)
        assert self._detect(w.tables()) == []

    def test_a_flag_told_twice_is_one(self) -> None:
        assert self._detect(world(("pa", "2017-01-01"), ("pa", "2017-02-01"), ("tg", "2018-01-01")).tables()) == []
