import datetime as dt

import pytest

from counterflow.findings.typologies.dark_meeting import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment

A, B, C, D = "211000001", "212000002", "213000003", "214000004"


def sails(w: World, ship: str, hours: range, lat: float, lon: float, knots: float, start: str) -> None:
    """North along a meridian, a message every ten minutes, from `lat` at hour 0 of `start`."""
    for tenth in range(hours.start * 6, hours.stop * 6):
        when = moment(start) + dt.timedelta(minutes=10 * tenth)
        w.position(ship, when, lat + knots * tenth / 6 / 60, lon, sog=knots)


def world(*, listens: bool = True, stops: bool = True) -> World:
    """A waits for half a day; B comes to five miles, is silent for five hours, and is heard five miles beyond."""
    w = World()
    w.entity("d:mother", "Waiting One", "Vessel", listed=True)
    w.holds("d:mother", f"mmsi:{A}")
    for tenth in range(72):
        if listens or not 24 <= tenth < 58:
            w.position(A, moment("2017-09-01 00:00") + dt.timedelta(minutes=10 * tenth), 33.0, 125.0)
    sails(w, B, range(4), 33.0 - 45 / 60, 125.01, 10.0, "2017-09-01 00:00")  # five miles short of it at four
    if stops:
        sails(w, B, range(9, 13), 33.0 + 5 / 60 - 90 / 60, 125.01, 10.0, "2017-09-01 00:00")
    else:  # and on, as she was going
        sails(w, B, range(9, 13), 33.0 - 45 / 60, 125.01, 10.0, "2017-09-01 00:00")
    return w


class TestDarkMeeting(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The other sailed on unheard, and had no time to stop."""
        return world(stops=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:mother", f"mmsi:{B}")
        assert finding.vessels == (A, B)
        assert finding.detail["chain"] == "visited"
        assert 3 < finding.detail["hours_together_at_most"] < 5
        assert [step["step"] for step in finding.detail["steps"]] == ["stay", "silence"]

    def test_a_receiver_that_fails_is_no_chain(self) -> None:
        assert self._detect(world(listens=False).tables()) == []

    def test_two_that_fall_silent_together(self) -> None:
        w = World()
        for ship, lon in ((A, 125.0), (B, 125.05)):
            sails(w, ship, range(6), 32.0, lon, 8.0, "2017-09-01 00:00")
            sails(w, ship, range(20, 26), 32.0 - 1.6, lon, 8.0, "2017-09-01 00:00")
        for hour in range(30):
            for ship, lat in ((C, 32.9), (D, 33.2)):
                w.position(ship, moment("2017-09-01 00:07") + dt.timedelta(hours=hour), lat, 125.2, sog=3.0)
        [finding] = self._detect(w.tables())
        assert finding.detail["chain"] == "both silent"
        assert set(finding.vessels) == {A, B}

    def test_a_meeting_beside_a_silence_and_a_stay(self) -> None:
        w = World()
        w.stay(A, "2017-09-01 00:00", 14, 33.0, 125.0)
        w.stay(B, "2017-08-31 08:00", 1, 32.0, 125.0, sog=8.0)
        w.stay(B, "2017-09-01 04:00", 4, 33.001, 125.0)
        kinds = {f.detail["chain"]: f for f in self._detect(w.tables())}
        assert set(kinds) == {"met"}
        assert kinds["met"].detail["steps"][0]["step"] == "silence"
        assert kinds["met"].detail["hours_together_at_most"] == pytest.approx(4, abs=0.3)
