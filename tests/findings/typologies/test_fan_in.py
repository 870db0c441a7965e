import datetime as dt

from counterflow.findings.typologies.fan_in import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment


def world(*, busy: bool) -> World:
    w = World()
    w.entity("d:collector", "Collector Ltd")
    w.holds("d:collector", "account:K1")
    w.pay("2017-03-01 08:00", "K1", "X", 5000)  # where the data begin
    first = moment("2017-03-01 09:00")
    for n in range(0, 200, 1 if busy else 60):  # the months before: two strangers a day, or one a month
        w.pay(first + dt.timedelta(hours=12 * n), f"EARLIER{n}", "K1", 2000)
        w.pay(first + dt.timedelta(hours=12 * n - 1), "EMPLOYER", f"EARLIER{n}", 2500)
    for n in range(10):
        w.pay(f"2017-06-01 09:{n:02}", "EMPLOYER", f"N{n}", 2500)
        w.pay(f"2017-06-{10 + n % 3:02} 09:{n:02}", f"N{n}", "K1", 20_000)
    w.pay("2017-06-11 12:00", "N0", "K1", 20_000)
    return w


class TestFanIn(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(busy=False).tables()

    def clean(self):
        """The same ten strangers, at a shop that strangers pay every day."""
        return world(busy=True).tables()

    def test_the_members_are_the_strangers_payments(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["payers"] == 10
        assert len(finding.payments) == 11
        assert finding.accounts[0] == "K1"
        assert (finding.start, finding.end) == ("2017-06-10T09:00:00Z", "2017-06-12T09:08:00Z")

    def test_at_the_edge_of_the_data_everybody_is_a_stranger(self) -> None:
        w = World()
        for n in range(20):
            w.pay(f"2017-06-01 09:{n:02}", f"N{n}", "K1", 20_000)
        [weak] = self._detect(w.tables())
        assert "0 days before, when everybody is a stranger" in " ".join(weak.detail["factors"])
        # in data that go on, the first month teaches what is usual
        w.pay("2018-06-01 09:00", "X", "Y", 50)
        assert self._detect(w.tables()) == []
