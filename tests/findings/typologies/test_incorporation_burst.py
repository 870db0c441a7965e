import datetime as dt

from counterflow.findings.typologies.incorporation_burst import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(number: int, *, days: int = 0) -> World:
    """:param days: between one formation and the next"""
    w = World()
    w.entity("d:agent", "Formation Agent")
    for n in range(number):
        day = f"2016-05-{2 + n * days:02}"
        w.entity(f"d:c{n}", f"Client {n}", address="Suite 7, 12 Harbour Street", incorporationDate=day)
        w.link("Representation", "d:agent", f"d:c{n}")
    return w


class TestIncorporationBurst(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(5).tables()

    def clean(self):
        """The same companies, a day apart."""
        return world(5, days=1).tables()

    def test_one_burst_is_one_finding(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:c0", "d:c1", "d:c2", "d:c3", "d:c4", "d:agent")
        assert finding.sentence == (
            "Client 0 was formed on 2016-05-02 with 4 other companies at one address and by one agent and under one "
            "officer."
        )
        assert finding.start == "2016-05-02"

    def test_a_year_is_no_day(self) -> None:
        w = World()
        for n in range(5):
            w.entity(f"d:c{n}", f"Client {n}", address="Suite 7, 12 Harbour Street", incorporationDate="2016")
        assert self._detect(w.tables()) == []

    def test_a_busy_agents_usual_day_is_no_burst(self) -> None:
        w = World()
        w.entity("d:agent", "Formation Agent")
        for n in range(900):
            day = dt.date(2015, 1, 1) + dt.timedelta(days=n // 4)
            w.entity(f"d:c{n}", f"Client {n}", incorporationDate=day.isoformat())
            w.link("Representation", "d:agent", f"d:c{n}")
        assert self._detect(w.tables()) == []
