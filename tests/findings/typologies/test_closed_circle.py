from itertools import combinations

from counterflow.findings.typologies.closed_circle import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, shared: bool) -> World:
    w = World()
    w.entity("d:first", "First Ltd")
    w.holds("d:first", "account:A0")
    for n in range(600):  # what everybody else pays
        w.pay(f"2017-06-{10 + n % 8} {n % 24:02}:{n % 60:02}", f"P{n}", f"Q{n}", 50)
    for n, (a, b) in enumerate(combinations(range(4), 2)):
        other = f"A{b}" if shared or a == 0 else f"B{a}{b}"
        w.pay(f"2017-06-{10 + n} 10:00", f"A{a}", other, 9000)
        w.pay(f"2017-06-{11 + n} 16:00", other, f"A{a}", 8500)
    return w


class TestClosedCircle(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(shared=True).tables()

    def clean(self):
        """As many payments in both directions, but among accounts that do not all know each other."""
        return world(shared=False).tables()

    def test_all_payments_among_them_are_members(self) -> None:
        [finding] = self._detect(self.planted())
        assert len(finding.payments) == 12
        assert set(finding.accounts) == {"A0", "A1", "A2", "A3"}
        assert finding.detail["pairs_both_ways"] == 6
        assert finding.detail["share_of_their_payments"] == 1.0
        assert finding.sentence == (
            "First Ltd and account A1, account A2, account A3 paid one another 12 times (105,000 USD) within 6 days, 6 "
            "pairs of them in both directions."
        )
