from dataclasses import replace

from counterflow.findings.run import ScopeData, dials
from counterflow.findings.typologies.vehicle_trail import TYPOLOGY
from counterflow.model.finding import Evidence, Finding
from counterflow.testing import TypologyContract, scope_of, whole
from findings.world import World, moment

VIN = "WDD2221761A000123"


def world(*, registered: bool = False, onward: bool = True, dear: bool = False, ship: str | None = None) -> World:
    """A car that goes from the Netherlands over China to Russia, whose register of a year later does not know it."""
    w = World()
    w.entity("d:dealer", "Car Export B.V.")
    w.holds("d:dealer", "name:car export")
    price = {"value": 500_000.0 if dear else 20_050.0, "currency": "USD", "quantity": 1.0, "unit": "pcs"}
    w.ship("Car Export B.V.", "Harbour Agent", "870324", "motor car", "2018-06-14", serials=VIN,
           departure_country="nl", dest_country="cn", **price)  # fmt: skip
    if onward:
        w.ship("Harbour Agent", "DN5", "870324", "motor car", "2018-08-26", serials=f"chassis {VIN}", imo=ship,
               departure_country="cn", dest_country="ru", **price)  # fmt: skip
    for n in range(60):
        w.vehicle(f"XTA00000000{n:06}", "registered", "2019-06-01", "ru")
    for n in range(240 if dear else 0):
        w.ship("Dealer", "Buyer", "870323", "motor car", "2018-07-01", value=20_000.0 + n, currency="USD", quantity=1.0,
               unit="pcs", departure_country="jp", dest_country="nz")  # fmt: skip
    if registered:
        w.vehicle(VIN, "registered", "2018-09-20", "ru")
    return w


class TestVehicleTrail(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """It was registered where it went last."""
        return world(registered=True).tables()

    def test_the_trail_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            f"The vehicle {VIN}, shipped from NL to CN to RU, was sent on from CN and was never registered in RU."
        )
        assert finding.subjects == (f"vin:{VIN}", "d:dealer")

    def test_one_sign_is_an_export_like_any_other(self) -> None:
        assert self._detect(world(onward=False).tables()) == []

    def test_a_number_with_blanks_is_one_vehicle(self) -> None:
        w = world()
        for row in w.rows["shipments"][:2]:
            row["serials"] = "WDD 2221761A000123"
        assert [f.subjects[0] for f in self._detect(w.tables())] == [f"vin:{VIN}"]

    def test_a_price_beyond_nearly_all(self) -> None:
        [finding] = self._detect(world(dear=True, registered=True).tables())
        assert "is dearer, at 500,000 USD, than 99% of its kind" in finding.sentence

    def test_a_register_that_ends_before_says_nothing(self) -> None:
        w = world()
        for row in w.rows["vehicles"]:
            row["date"] = "2018-09-01"
        assert self._detect(w.tables()) == []

    def test_a_ship_that_falls_silent_off_korea(self) -> None:
        w = world(registered=True, ship="9030113")
        w.position("511000001", moment("2018-09-01 12:00"), 35.0, 129.5, imo="9030113")
        data = ScopeData(scope_of(whole(w.tables())))
        gap = Finding("ais_gap", "Silent.", ("imo:9030113",), 0.5, (Evidence("positions", "row-s00001"),), "none",
                      start="2018-09-01T12:00:00Z", lat=35.0, lon=129.5, vessels=("9030113",))  # fmt: skip
        [finding] = TYPOLOGY.gather(data, [gap], dials(TYPOLOGY, {}))
        assert finding.sentence.endswith("was sent on from CN and sailed on a ship that fell silent off Korea.")
        assert finding.vessels == ("9030113",)
        assert list(TYPOLOGY.gather(data, [replace(gap, lat=10.0)], dials(TYPOLOGY, {}))) == []
        assert list(TYPOLOGY.gather(data, [replace(gap, start="2018-11-01T12:00:00Z")], dials(TYPOLOGY, {}))) == []
