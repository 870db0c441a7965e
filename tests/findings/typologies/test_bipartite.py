import random

from counterflow.findings.typologies.bipartite import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, shared: bool) -> World:
    w, rng = World(), random.Random(1)
    w.entity("d:first", "First Ltd")
    w.holds("d:first", "account:A0")
    for n in range(400):  # what everybody else pays
        w.pay(f"2017-06-{10 + n % 3} {n % 24:02}:{n % 60:02}", f"P{n % 80}", f"Q{rng.randrange(200)}", 50)
    for a in range(4):
        for b in range(4):
            payee = f"B{b}" if shared else f"B{a}{b}"
            w.pay(f"2017-06-{10 + (a + b) % 3} 1{a}:0{b}", f"A{a}", payee, 9000)
    return w


class TestBipartite(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(shared=True).tables()

    def clean(self):
        """As many payers and payments, but each pays others."""
        return world(shared=False).tables()

    def test_all_pairs_are_members(self) -> None:
        [finding] = self._detect(self.planted())
        assert (finding.detail["payers"], finding.detail["payees"], len(finding.payments)) == (4, 4, 16)
        assert set(finding.accounts) == {f"{s}{n}" for s in "AB" for n in range(4)}
