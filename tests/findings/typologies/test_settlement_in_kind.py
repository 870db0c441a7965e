from counterflow.findings.typologies.settlement_in_kind import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import COMMON, World


def world(day: str = "2017-04-10", dest: str = "kp", persons: str = "Chen Wei; Harbour Broker Ltd") -> World:
    """Drugs from North Korea are seized in China; fuel oil goes back through the broker."""
    w = World()
    w.entity("d:broker", "Harbour Broker")
    w.holds("d:broker", "name:harbour broker")
    w._add(
        "seizures", row_id="row-z1", seizure_id="Z1", date="2017-03-01", country="cn", category="drugs",
        goods="methamphetamine", quantity=22.0, unit="kg", origin_country="kp", persons=persons, locator="line 1",
        repeat=1, **COMMON,
    )  # fmt: skip
    w.ship("Harbour Broker", "Trading House", "271019", "gas oil", day, departure_country="cn", dest_country=dest,
           value=400_000.0, currency="USD")  # fmt: skip
    return w


class TestSettlementInKind(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same fuel half a year later."""
        return world(day="2017-09-10").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Harbour Broker has to do with 22 kg of methamphetamine seized in China on 2017-03-01, and within 40 days "
            "gas oil worth 400,000 USD went through its hands the other way, to North Korea."
        )
        assert finding.subjects == ("d:broker", "name:trading house")

    def test_fuel_that_goes_elsewhere_is_no_counter_flow(self) -> None:
        assert self._detect(world(dest="jp").tables()) == []

    def test_one_link_from_the_name_is_near_enough_and_said(self) -> None:
        w = world(persons="Chen Wei")
        assert self._detect(w.tables()) == []
        w.entity("d:chen", "Chen Wei", "Person")
        w.link("Directorship", "d:chen", "d:broker")
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith("Harbour Broker, who is tied to Chen Wei, has to do with 22 kg")

    def test_a_declarant_whom_no_register_knows_is_met_by_name(self) -> None:
        w = world(persons="Quay Agents", dest="kp")
        w.rows["shipments"][0]["declarant_name"] = "QUAY AGENTS CO LTD"
        [finding] = self._detect(w.tables())
        assert (finding.subjects[0], finding.detail["role"]) == ("name:quay agents", "declarant")
