from counterflow.findings.typologies.offset_settlement import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, direct: bool = False, amount: float = 247_000, when: str = "2017-04-10 10:00") -> World:
    """Miner sells coal to Buyer, whose trading company pays the miner's holding."""
    w = World()
    for id, name in (("d:miner", "Miner"), ("d:buyer", "Buyer"), ("d:trade", "Trade Ltd"), ("d:hold", "Hold Ltd")):
        w.entity(id, name)
    w.link("Ownership", "d:buyer", "d:trade")
    w.link("Ownership", "d:miner", "d:hold")
    w.holds("d:miner", "name:miner", "account:M1")
    w.holds("d:buyer", "name:buyer", "account:B1")
    w.holds("d:trade", "account:T1")
    w.holds("d:hold", "account:H1")
    w.ship("Miner Co., Ltd.", "Buyer", "2701", "coal", "2017-03-01")
    w.rows["shipments"][0] |= {"value": 250_000.0, "currency": "USD"}
    w.pay(when, "T1", "H1", amount)
    w.pay("2017-03-20 10:00", "B1", "M1", 250_000 if direct else 400)
    w.pay("2017-03-21 10:00", "T1", "X9", 250_000)
    return w


class TestOffsetSettlement(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same, but the buyer pays for the coal as well: what the companies pay each other is their own affair."""
        return world(direct=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:miner", "d:buyer", "d:trade", "d:hold")
        assert finding.payments == ("P1",)
        assert finding.detail["goods_usd"] == 250_000
        assert finding.detail["off"] == 0.012
        assert finding.sentence.startswith("Miner shipped goods of 250,000 USD to Buyer, which did not pay for them, ")
        assert "Trade Ltd is owned by Buyer and Hold Ltd is owned by Miner" in finding.sentence
        assert {e.kind for e in finding.evidence} == {"payments", "shipments", "claim"}

    def test_another_amount_or_another_season_settles_nothing(self) -> None:
        assert self._detect(world(amount=200_000).tables()) == []
        assert self._detect(world(when="2017-06-10 10:00").tables()) == []

    def test_a_payment_settles_one_shipment(self) -> None:
        w = world()
        w.ship("Miner", "Buyer", "2701", "coal", "2017-03-05")
        w.rows["shipments"][1] |= {"value": 250_000.0, "currency": "USD"}
        [finding] = self._detect(w.tables())
        assert finding.detail["shipments"] == 1
        w.pay("2017-04-20 10:00", "T1", "H1", 251_000)
        [finding] = self._detect(w.tables())
        assert (finding.detail["shipments"], len(finding.payments)) == (2, 2)

    def test_owners_in_a_circle_are_gone_through_once(self) -> None:
        w = world()
        w.link("Ownership", "d:trade", "d:buyer")
        assert len(self._detect(w.tables())) == 1
