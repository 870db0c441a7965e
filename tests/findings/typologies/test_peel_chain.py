from counterflow.findings.typologies.peel_chain import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, fresh: bool) -> World:
    w = World()
    w.entity("d:thief", "Thief")
    w.holds("d:thief", "account:H0")
    if not fresh:  # the same accounts, in use for long
        for n in range(7):
            w.pay(f"2017-05-01 0{n}:00", f"H{n}", "SHOP", 20)
    held = 100_000.0
    w.pay("2017-06-01 08:00", "H0", "H1", held)
    for n in range(1, 6):
        w.pay(f"2017-06-0{n + 1} 10:00", f"H{n}", f"CASH{n}", held * 0.08)
        w.pay(f"2017-06-0{n + 1} 10:05", f"H{n}", f"H{n + 1}", held * 0.92)
        held *= 0.92
    return w


class TestPeelChain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(fresh=True).tables()

    def clean(self):
        """The same payments between accounts that are no fresh ones: a chain of firms that keep their commission."""
        return world(fresh=False).tables()

    def test_it_tells_what_is_carried_and_what_is_peeled_off(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["peels"] == 5
        assert 0.3 < finding.detail["share_peeled"] < 0.36
        roles = [e.role for e in finding.evidence if e.kind == "payments"]
        assert roles.count("what is peeled off") == 5
        assert finding.accounts[:2] == ("H0", "H6")
