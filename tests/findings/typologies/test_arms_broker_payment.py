from counterflow.findings.typologies.arms_broker_payment import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, purpose: str = "consulting services", day: str = "2016-06-20", country: str = "my", listed: bool = True,
          link: str = "Family") -> World:  # fmt: skip
    """An army's buyer pays the wife of an arms dealer's representative in Malaysia, days after a shipment to it."""
    w = World()
    w.entity("d:corp", "Development Trading Corporation", listed=listed, country="kp",
             summary="Primary arms dealer and main exporter of goods related to ballistic missiles")  # fmt: skip
    w.entity("d:man", "Representative", "Person", country="kp")
    w.entity("d:wife", "Relative", "Person")
    w.entity("d:firm", "Army Supplies Ltd")
    w.link("Representation", "d:man", "d:corp", role="representative")
    w.link(link, "d:man", "d:wife")
    w.holds("d:wife", "account:WIFE")
    w.holds("d:firm", "account:FIRM", "name:army supplies")
    w.ship("Global Communications", "Army Supplies Ltd", "852610", "radio equipment", "2016-06-05",
           departure_country="cn", dest_country="er")  # fmt: skip
    w.pay(f"{day} 10:00", "FIRM", "WIFE", 80_000.0)
    w.rows["payments"][-1] |= {"purpose": purpose, "to_bank_country": country}
    return w


class TestArmsBrokerPayment(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """Paid three months later."""
        return world(day="2016-09-20").tables()

    def test_the_payment_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Army Supplies Ltd paid 80,000 USD for 'consulting services' to Relative in MY, of the family or circle of "
            "Representative, within 15 days of a consignment of radio equipment from CN to ER on 2016-06-05."
        )
        assert finding.subjects == ("d:wife", "d:corp", "d:firm")
        assert finding.payments == ("P1",)

    def test_an_everyday_purpose_at_home_or_of_nobody_is_none(self) -> None:
        assert self._detect(world(purpose="school fees").tables()) == []
        assert self._detect(world(country="kp").tables()) == []
        assert self._detect(world(listed=False).tables()) == []

    def test_a_company_of_a_relative_and_a_payer_known_by_print(self) -> None:
        w = world()
        w.entity("d:shop", "Spare Parts Sdn Bhd")
        w.link("Ownership", "d:wife", "d:shop")
        w.holds("d:shop", "account:SHOP")
        w.pay("2016-06-01 10:00", "STRANGER", "SHOP", 5_000.0)
        w.rows["payments"][-1] |= {"purpose": "Spare parts", "to_bank_country": "my", "from_name": "ARMY SUPPLIES LTD."}
        found = {f.subjects[0]: f for f in self._detect(w.tables())}
        assert set(found) == {"d:wife", "d:shop"}
        assert found["d:shop"].sentence.startswith(
            "ARMY SUPPLIES LTD. paid 5,000 USD for 'Spare parts' to Spare Parts Sdn Bhd in MY, a company of Relative, "
            "within 4 days"
        )
