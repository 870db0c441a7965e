from counterflow.findings.run import ScopeData, dials
from counterflow.findings.typologies.arms_freight import TYPOLOGY
from counterflow.model.finding import Evidence, Finding
from counterflow.testing import TypologyContract, scope_of, whole
from findings.world import World, moment

STREET = "12 Harbour Road, Unit 3, Dalian 116001"


def world(*, address: str = STREET, price: float = 300.0, dest: str = "ye", sea: bool = False) -> World:
    """Water pumps at thirty times their price, from a sender at a listed party's address, bound for Yemen."""
    w = World()
    w.entity("d:sender", "Machinery Export Co., Ltd.", address=address)
    w.entity("d:listed", "Mining Development Trading Corporation", listed=True, address=STREET)
    w.holds("d:sender", "name:machinery export")
    for n in range(40):
        w.ship(f"Maker {n}", "Buyer", "841370", "water pumps", "2016-05-01", value=1000.0 * (9 + n % 5), currency="USD",
               net_mass=1000.0, departure_country="cn", dest_country="pl")  # fmt: skip
    w.ship("Machinery Export Co., Ltd.", "Farm Supply", "841370", "water pumps", "2016-06-01", value=price * 1000.0,
           currency="USD", net_mass=1000.0, departure_country="cn", dest_country=dest, vessel_name="EVER BLOOM",
           imo="9030113")  # fmt: skip
    if sea:
        w.position("511000001", moment("2016-06-04 12:00"), 15.0, 60.0, imo="9030113")
    return w


class TestArmsFreight(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The sender is next door to nobody: what the papers say is one witness."""
        return world(address="9 Hill Street, Dalian 116001").tables()

    def test_the_signs_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Machinery Export Co., Ltd. shipped water pumps from CN to YE on EVER BLOOM on 2016-06-01; a kilogram is "
            "far dearer than of other such goods; the way begins or ends in YE, under an arms embargo; the sender "
            "shares its address with the listed Mining Development Trading Corporation."
        )
        assert finding.subjects == ("d:sender", "d:listed")
        assert finding.detail["witnesses"] == 2

    def test_honest_papers_beside_a_bad_neighbour_are_no_finding(self) -> None:
        assert self._detect(world(price=11.0, dest="pl").tables()) == []

    def test_arms_under_their_own_name(self) -> None:
        w = world(price=11.0, dest="pl")
        w.rows["shipments"][-1] |= {"hs_code": "930200", "description": "pistols"}
        [finding] = self._detect(w.tables())
        assert "under a list of arms or of dual use (arms and ammunition)" in finding.sentence

    def test_an_embargo_has_its_days(self) -> None:
        w = world(price=11.0, dest="so")
        assert len(self._detect(w.tables())) == 1
        w.rows["shipments"][-1]["date"] = "2024-06-01"
        assert self._detect(w.tables()) == []

    def test_a_ship_that_fell_silent_is_a_witness(self) -> None:
        tables = world(address="9 Hill Street, Dalian 116001", sea=True).tables()
        data = ScopeData(scope_of(whole(tables)))

        def silent(start: str) -> list[Finding]:
            gap = Finding("ais_gap", "Silent.", ("imo:9030113",), 0.5, (Evidence("positions", "row-s00001"),), "none",
                          start=f"{start}T12:00:00Z", end=f"{start}T23:00:00Z", lat=15.0, lon=60.0,
                          vessels=("9030113",))  # fmt: skip
            return list(TYPOLOGY.gather(data, [gap], dials(TYPOLOGY, {})))

        [finding] = silent("2016-06-04")
        assert finding.sentence.endswith("under an arms embargo; its ship fell silent about that day.")
        assert finding.vessels == ("9030113",)
        assert silent("2016-06-10") == []

    def test_a_port_that_ships_arms(self) -> None:
        w = world(price=11.0, dest="pl")
        w.entity("d:port", "Nampo", "Facility", latitude="38.7", longitude="125.4", activity="ammunition shipments")
        w.rows["shipments"][-1]["load_port"] = "NAMPO"
        [finding] = self._detect(w.tables())
        assert "a port that is said to ship arms" in finding.sentence
