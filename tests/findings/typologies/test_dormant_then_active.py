import datetime as dt

from counterflow.findings.typologies.dormant_then_active import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment


def world(*, seasonal: bool) -> World:
    w = World()
    w.entity("d:sleeper", "Sleeper Ltd")
    w.holds("d:sleeper", "account:S")
    years = (2014, 2015, 2016) if seasonal else (2014,)
    for year in years:
        for n in range(12 if seasonal else 2):
            w.pay(moment(f"{year}-06-10 09:00") + dt.timedelta(hours=12 * n), f"GUEST{year}{n}", "S", 900)
    for n in range(4):
        w.pay(f"2017-06-1{n} 09:00", f"N{n}", "S", 20_000)
        w.pay(f"2017-06-1{n} 15:00", "S", "ABROAD", 19_500)
    return w


class TestDormantThenActive(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(seasonal=False).tables()

    def clean(self):
        """An inn that is as busy every June and closed for the rest of the year."""
        return world(seasonal=True).tables()

    def test_it_says_how_long_it_was_silent_and_what_went_through(self) -> None:
        [finding] = self._detect(self.planted())
        assert (finding.detail["payments_in"], finding.detail["payments_out"]) == (4, 4)
        assert 1090 < finding.detail["days_silent"] < 1100
        assert finding.accounts[0] == "S"
        assert any("went out again" in said for said in finding.detail["factors"])
