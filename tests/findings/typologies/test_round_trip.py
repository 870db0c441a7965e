from itertools import pairwise

from counterflow.findings.typologies.round_trip import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, ordered: bool) -> World:
    w = World()
    w.entity("d:home", "Home Ltd", listed=True)
    w.holds("d:home", "account:H")
    ring = ["H", "A", "B", "C", "H"]
    days = [1, 2, 3, 4] if ordered else [4, 3, 2, 1]
    for n, (payer, payee) in enumerate(pairwise(ring)):
        w.pay(f"2017-06-{days[n]:02} 08:00", payer, payee, 100_000 * 0.98**n)
    w.pay("2017-06-02 09:00", "A", "X", 98_000)
    w.pay("2017-06-03 09:00", "X", "Y", 97_000)
    return w


class TestRoundTrip(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(ordered=True).tables()

    def clean(self):
        """The same four payments against time: nothing can have come back."""
        return world(ordered=False).tables()

    def test_the_members_are_in_order(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.payments == ("P1", "P2", "P3", "P4")
        assert finding.accounts == ("H", "A", "B", "C")
        assert finding.detail["share_returned"] == 0.9412
        assert "searches_out_of_budget" not in finding.detail, "nothing was given up"

    def test_a_search_that_ran_out_of_budget_is_declared(self) -> None:
        w = world(ordered=True)
        for n in range(60):  # decoys: A pays many who pay on, none of whom pays home
            w.pay(f"2017-06-02 07:{n:02}", "A", f"D{n}", 98_000)
            w.pay(f"2017-06-05 07:{n:02}", f"D{n}", "A", 97_000)
        self.parameters = {"budget": 20}
        found = self._detect(w.tables())
        assert all(f.detail["searches_out_of_budget"] > 0 for f in found)
        self.parameters = {"budget": 20_000}
        assert any(f.payments == ("P1", "P2", "P3", "P4") for f in self._detect(w.tables()))

    def test_another_account_of_the_same_holder_is_home_too(self) -> None:
        """Whatever the amounts, and with one account between."""
        w = World()
        w.entity("d:home", "Home Ltd")
        w.holds("d:home", "account:H1", "account:H2")
        w.pay("2017-06-01 08:00", "H1", "A", 100_000)
        w.pay("2017-06-03 08:00", "A", "H-2", 40_000)
        w.pay("2017-06-01 08:00", "H1", "B", 100_000)
        w.pay("2017-06-04 08:00", "B", "H1", 30_000)
        [finding] = self._detect(w.tables())
        assert finding.payments == ("P1", "P2")
        assert finding.detail["to_another_account"] is True
        assert finding.sentence == (
            "Home Ltd sent out 100,000 USD and got 40,000 USD back to another account of the same holder, H-2, over "
            "account A within 48 hours."
        )
