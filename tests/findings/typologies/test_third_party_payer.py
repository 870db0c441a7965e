from typing import Any

from counterflow.findings.typologies.third_party_payer import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

COAL: dict[str, Any] = {"value": 250_000.0, "currency": "USD", "departure_country": "kp", "dest_country": "cn"}


def world(*, tie: bool = False, country: str = "sg", purpose: str = "payment INV-2017/441", own: bool = False) -> World:
    """Miner sells coal to Buyer, and a company of Singapore pays for it."""
    w = World()
    for id, name, home in (("d:miner", "Miner", "kp"), ("d:buyer", "Buyer", "cn"), ("d:payer", "Payer Pte", country)):
        w.entity(id, name, country=home)
    w.holds("d:miner", "name:miner", "account:M1")
    w.holds("d:buyer", "name:buyer", "account:B1")
    w.holds("d:payer", "account:S1")
    if tie:
        w.entity("d:head", "Head")
        w.link("Ownership", "d:head", "d:buyer")
        w.link("Ownership", "d:head", "d:payer")
    w.ship("Miner Co., Ltd.", "Buyer", "2701", "coal", "2017-03-01", invoice="INV-2017/441", **COAL)
    w.pay("2017-04-10 10:00", "S1", "M1", 249_000, purpose=purpose)
    w.pay("2017-04-11 10:00", "S1", "X1", 249_000)
    if own:
        w.pay("2017-03-20 10:00", "B1", "M1", 250_000)
    return w


class TestThirdPartyPayer(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same, but one holding owns both buyer and payer."""
        return world(tie=True).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Miner shipped coal worth 250,000 USD to Buyer, and Payer Pte of SG, whom nothing ties to Buyer, paid "
            "249,000 USD for it."
        )
        assert finding.subjects == ("d:miner", "d:buyer", "d:payer")
        assert (finding.payments, finding.detail["quoted"]) == (("P1",), 1)

    def test_a_payer_of_the_buyers_country_or_of_none_that_is_known_is_no_third_country(self) -> None:
        assert self._detect(world(country="cn").tables()) == []
        assert self._detect(world(country="").tables()) == []

    def test_what_the_buyer_paid_himself_needs_nobody_else(self) -> None:
        assert self._detect(world(own=True).tables()) == []

    def test_without_a_number_one_payment_of_a_like_amount_is_chance_and_two_are_not(self) -> None:
        w = world(purpose="goods")
        assert self._detect(w.tables()) == []
        w.ship("Miner", "Buyer", "2701", "coal", "2017-05-01", **COAL | {"value": 310_000.0})
        w.pay("2017-06-01 10:00", "S1", "M1", 309_500)
        w.pay("2017-06-02 10:00", "S1", "M1", 249_500)
        [finding] = self._detect(w.tables())
        assert (finding.detail["consignments"], finding.detail["quoted"]) == (2, 0)

    def test_names_alone_are_enough(self) -> None:
        """A table of goods and one of payments, and no register."""
        w = World()
        w.ship("Miner Co., Ltd.", "Buyer", "2701", "coal", "2017-03-01", invoice="INV-2017/441", **COAL)
        w.pay("2017-04-10 10:00", "S1", "M1", 249_000, purpose="INV-2017/441", from_name="Payer Pte", to_name="MINER",
              from_country="sg")  # fmt: skip
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("name:miner", "name:buyer", "name:payer pte")
        assert "Payer Pte of SG" in finding.sentence
