from counterflow.findings.typologies.dormant_company import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, first: str, formed: str = "2016-01-05", amount: float = 100_000) -> World:
    w = World()
    w.entity("d:company", "Quiet Company", incorporationDate=formed)
    w.holds("d:company", "account:C1")
    w.pay(f"{first} 09:00", "X1", "C1", amount)
    w.pay(f"{first} 15:00", "X2", "C1", amount)
    w.pay(f"{first} 16:00", "C1", "Y1", amount)
    return w


class TestDormantCompany(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(first="2016-09-01").tables()

    def clean(self):
        """The same payments soon after it was formed."""
        return world(first="2016-03-01").tables()

    def test_silence_and_sum_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Quiet Company moved 300,000 USD from 2016-09-01 on, after 240 days without a payment."
        )
        assert finding.payments == ("P1", "P2", "P3")
        assert finding.accounts == ("C1",)

    def test_small_sums_are_no_surge(self) -> None:
        assert self._detect(world(first="2016-09-01", amount=10_000).tables()) == []

    def test_silence_between_payments(self) -> None:
        w = world(first="2016-02-01")
        w.pay("2017-02-01 10:00", "X3", "C1", 400_000)
        [finding] = self._detect(w.tables())
        assert finding.payments == ("P4",)
        assert finding.detail["silent_days"] == 365
