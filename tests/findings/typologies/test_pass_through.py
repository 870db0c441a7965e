from counterflow.findings.typologies.pass_through import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(delay_hours: int) -> World:
    w = World()
    w.entity("d:front", "Front Ltd", listed=True)
    w.holds("d:front", "account:F1")
    for n in range(4):
        w.pay(f"2017-05-{3 + 7 * n:02} 08:00", f"C{n}", "F1", 100_000 + n)
        day, hour = divmod(8 + delay_hours, 24)
        w.pay(f"2017-05-{3 + 7 * n + day:02} {hour:02}:00", "F1", "SINK", 98_500 + n)
    return w


class TestPassThrough(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(9).tables()

    def clean(self):
        """The same payments, but the money stays for three days: a merchant with terms of payment."""
        return world(72).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:front",)
        assert finding.payments == tuple(f"P{n}" for n in range(1, 9))
        assert finding.detail["relays"] == 4
        assert finding.detail["share_passed_on"] == 1.0
        assert finding.detail["median_hours"] == 9.0
        assert finding.sentence.startswith("Front Ltd passed on 4 of 4 payments received (400,006 USD) within 9 hours")

    def test_refunds_and_other_currencies_are_no_relays(self) -> None:
        w = World()
        for n in range(4):
            w.pay(f"2017-05-{3 + n:02} 08:00", f"C{n}", "F1", 5000)
            w.pay(f"2017-05-{3 + n:02} 12:00", "F1", f"C{n}", 5000)  # back to who paid
            w.pay(f"2017-05-{13 + n:02} 08:00", "C", "F2", 5000, "USD")
            w.pay(f"2017-05-{13 + n:02} 12:00", "F2", "D", 5000, "JPY")
        assert self._detect(w.tables()) == []
