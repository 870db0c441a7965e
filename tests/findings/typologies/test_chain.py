from counterflow.findings.typologies.chain import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(kept: float) -> World:
    w = World()
    w.entity("d:origin", "Origin Ltd")
    w.holds("d:origin", "account:C0")
    for n in range(6):  # what the accounts do besides
        w.pay(f"2017-06-0{n + 1} 07:00", f"C{n}", "LANDLORD", 700)
    w.pay("2017-06-10 09:00", "C0", "C1", 50_000, "USD")
    for n in range(1, 5):
        euros = n % 2 == 1
        amount = 50_000 * kept**n * (0.885 if euros else 1.0)  # a euro was 1.13 dollars that year
        w.pay(f"2017-06-{10 + n} 12:00", f"C{n}", f"C{n + 1}", amount, "EUR" if euros else "USD")
    return w


class TestChain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(0.98).tables()

    def clean(self):
        """The same payments, but nobody pays on what came."""
        return world(0.1).tables()

    def test_it_follows_the_money_through_its_currencies(self) -> None:
        [finding] = self._detect(self.planted())
        assert len(finding.payments) == 5
        assert finding.accounts[:2] == ("C0", "C5")
        assert 0.85 < finding.detail["worth_arrived"] < 1
        assert "went through 4 accounts" in finding.sentence
        assert any("money changed" in said for said in finding.detail["factors"])
