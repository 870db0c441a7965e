from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.structuring import TYPOLOGY
from counterflow.testing import TypologyContract
from counterflow.testing.tables import scope_of, whole
from findings.world import World


def world(*, above: bool) -> World:
    w = World()
    w.entity("d:exchange", "Exchange Ltd")
    w.holds("d:exchange", "account:E1")
    for n in range(9):
        w.pay(f"2017-06-{1 + n // 2:02} 1{n % 2}:00", f"CASH{n % 4}", "E1", 9_100 + 90 * n)
        if above:
            w.pay(f"2017-06-{1 + n // 2:02} 1{n % 2}:30", f"CASH{n % 4}", "E1", 10_100 + 90 * n)
    return w


class TestStructuring(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(above=False).tables()

    def clean(self):
        """As many deposits just above the threshold: whoever pays in does not mind being reported."""
        return world(above=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["payments_below"] == 9
        assert finding.detail["payments_just_above"] == 0
        assert finding.detail["payers"] == 4
        assert finding.accounts == ("E1", "CASH0", "CASH1", "CASH2", "CASH3")

    def test_spread_over_months_is_no_series(self) -> None:
        w = World()
        for month in range(1, 13):
            w.pay(f"2017-{month:02}-01 08:00", f"CASH{month}", "E1", 9_500)
        assert self._detect(w.tables()) == []

    def test_each_currency_has_the_line_of_its_law_unless_one_is_set(self) -> None:
        """Nine payments of 1.9 million yen are below Japan's line of two million, and far above ten thousand."""
        w = World()
        for n in range(9):
            w.pay(f"2017-06-0{1 + n // 2} 1{n % 2}:00", f"CASH{n % 4}", "E1", 1_900_000 + 9_000 * n, "JPY")
            w.pay(f"2017-06-0{1 + n // 2} 1{n % 2}:30", f"CASH{n % 4}", "E2", 9_500 + 9 * n, "BTC")
        [finding] = self._detect(w.tables())
        assert finding.detail["threshold"] == 2_000_000
        assert "Criminal Proceeds" in finding.detail["law"]
        one = {TYPOLOGY.name: {"threshold": 10_000.0}}
        [finding] = detect(ScopeData(scope_of(whole(w.tables()))), [TYPOLOGY], one)
        assert (finding.accounts[0], finding.detail["law"]) == ("E2", "")
