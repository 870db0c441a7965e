import random

from counterflow.findings.typologies.stack import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, onward: bool) -> World:
    w, rng = World(), random.Random(1)
    w.entity("d:first", "First Ltd")
    w.holds("d:first", "account:A0")
    for n in range(400):  # what everybody else pays
        w.pay(f"2017-06-{10 + n % 5} {n % 24:02}:{n % 60:02}", f"P{n % 80}", f"Q{rng.randrange(200)}", 50)
    for a in range(3):
        for b in range(3):
            w.pay(f"2017-06-{10 + (a + b) % 2} 1{a}:0{b}", f"A{a}", f"B{b}", 9000)
            w.pay(f"2017-06-12 1{a}:{5 + (a + b) % 2:02}", f"B{b}", f"C{a}" if onward else f"C{a}{b}", 8900)
    return w


class TestStack(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(onward=True).tables()

    def clean(self):
        """Those in the middle pay on, but none of them the payees of another."""
        return world(onward=False).tables()

    def test_both_layers_are_members(self) -> None:
        [finding] = self._detect(self.planted())
        assert [finding.detail[k] for k in ("payers", "between", "payees")] == [3, 3, 3]
        assert len(finding.payments) == 18
        roles = [e.role for e in finding.evidence if e.kind == "payments"]
        assert roles == ["into the middle"] * 9 + ["out of the middle"] * 9
