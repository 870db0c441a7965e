from itertools import pairwise

from counterflow.findings.typologies.temporal_cycle import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, ordered: bool) -> World:
    w = World()
    w.entity("d:home", "Home Ltd")
    w.holds("d:home", "account:H")
    days = [1, 2, 4, 5] if ordered else [1, 2, 4, 3]
    for n, (payer, payee) in enumerate(pairwise(["H", "A", "B", "C", "H"])):
        w.pay(f"2017-06-{days[n]:02} 08:00", payer, payee, (100_000, 2_000, 700_000, 45_000)[n], "USD")
    w.pay("2017-06-02 09:00", "A", "X", 98_000)
    return w


class TestTemporalCycle(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(ordered=True).tables()

    def clean(self):
        """The last step comes before the one that it would have to answer to."""
        return world(ordered=False).tables()

    def test_the_members_are_in_order_whatever_the_amounts(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.payments == ("P1", "P2", "P3", "P4")
        assert finding.accounts == ("H", "A", "B", "C")
        assert finding.detail["hops"] == 4
        assert finding.detail["share_between_strangers"] == 1.0
        assert finding.sentence == (
            "Home Ltd paid 100,000 USD away, and money came back to the same account over account A, account B, "
            "account C within 4 days."
        )

    def test_the_same_ring_in_everyday_trade_is_less_likely(self) -> None:
        w = world(ordered=True)
        [rare] = self._detect(w.tables())
        again = world(ordered=True)
        for day in (1, 3, 5, 7, 9):
            for payer, payee in pairwise(["H", "A", "B", "C", "H"]):
                again.pay(f"2017-05-{day:02} 08:00", payer, payee, 50_000)
        assert max((f.probability for f in self._detect(again.tables())), default=0) < rare.probability

    def test_days_and_length_are_dials(self) -> None:
        for dials in ({"days": 3}, {"longest": 3}, {"shortest": 5}, {"amount": 5000}):
            self.parameters = dials
            assert self._detect(self.planted()) == []
