from counterflow.findings.typologies.scatter_gather import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, ordered: bool) -> World:
    w = World()
    w.entity("d:source", "Source Ltd")
    w.entity("d:bank", "Listed Bank", listed=True)
    w.holds("d:source", "account:S")
    w.holds("d:bank", "account:T")
    for n in range(5):
        w.pay(f"2017-06-{10 if ordered else 12} 08:{n:02}", "S", f"R{n}", 50_000 + 10 * n)
        w.pay(f"2017-06-11 1{n}:00", f"R{n}", "T", 49_000 + 10 * n)
    return w


class TestScatterGather(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(ordered=True).tables()

    def clean(self):
        """The relays paid before they were paid: they cannot have passed anything on."""
        return world(ordered=False).tables()

    def test_the_members(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:source", "d:bank")
        assert finding.accounts == ("S", "T", "R0", "R1", "R2", "R3", "R4")
        assert len(finding.payments) == 10
        assert finding.detail["relays"] == finding.detail["relays_conserving"] == 5
        assert "searches_out_of_budget" not in finding.detail, "nothing was left out"

    def test_the_guard_on_hubs_is_declared(self) -> None:
        w = world(ordered=True)
        for n in range(20):
            w.pay(f"2017-06-12 08:{n:02}", "R0", f"X{n}", 5000)
        self.parameters = {"degree": 15, "surprise": -9}
        [finding] = self._detect(w.tables())
        assert finding.detail["searches_out_of_budget"] == 1
        assert finding.detail["relays"] == 5, "beside four others the hub is told"
        self.parameters = {"degree": 15, "relays": 5, "surprise": -9}
        assert self._detect(w.tables()) == []

    def test_who_pays_in_advance_is_a_relay_beside_others(self) -> None:
        w = world(ordered=True)
        w.pay("2017-06-10 09:00", "EARLY", "T", 49_500)
        w.pay("2017-06-12 09:00", "S", "EARLY", 50_000)
        self.parameters = {"surprise": -9}  # in so little a world any two meet
        [finding] = self._detect(w.tables())
        assert finding.detail["relays"] == 6

    def test_two_rounds_are_two_findings(self) -> None:
        w = world(ordered=True)
        for n in range(4):
            w.pay(f"2017-08-10 08:{n:02}", "S", f"R{n}", 50_000)
            w.pay(f"2017-08-11 1{n}:00", f"R{n}", "T", 49_000)
        assert [f.detail["relays"] for f in self._detect(w.tables())] == [5, 4]
