import pytest

from counterflow.findings.typologies.sanctioned_goods import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(day: str, hs_code: str = "270111", goods: str = "anthracite", **papers: object) -> World:
    """Two consignments a week apart, on these papers."""
    w = World()
    w.entity("d:seller", "Amnok Trading", country="kp", jurisdiction="kp")
    w.entity("d:buyer", "Harbour Fuel Ltd", country="cn")
    for seller in ("d:seller", "d:buyer"):
        name = {"d:seller": "amnok trading", "d:buyer": "harbour fuel"}[seller]
        w.holds(seller, f"name:{name}")
    said = {"origin_country": "kp", "departure_country": "kp", "dest_country": "cn", "value": 90_000.0,
            "currency": "USD", "net_mass": 1_000_000.0, "hs_edition": "HS2017"} | papers  # fmt: skip
    for date in (day, day[:-2] + "28"):
        w.ship("AMNOK TRADING", "Harbour Fuel, Ltd.", hs_code, goods, day=date)
        w.rows["shipments"][-1] |= said
    return w


class TestSanctionedGoods(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("2017-10-02").tables()

    def clean(self):
        """The same coal in the days that the ban left for contracts signed before."""
        return world("2017-08-20", departure_country="kp").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "AMNOK TRADING sent Harbour Fuel, Ltd. 2 consignments of coal (HS 270111), 180,000 dollars and 2,000.0 "
            "tonnes, from North Korea from 2017-10-02 to 2017-10-28: banned since 2017-08-05 (UN resolution 2371 "
            "(2017), paragraph 8)."
        )
        assert finding.subjects == ("d:seller", "d:buyer", "country:kp")
        assert finding.detail["usd"] == 180_000
        assert finding.probability > 0.9

    @pytest.mark.parametrize(
        ("day", "papers"),
        [
            ("2017-10-02", {"hs_code": "100630"}),  # rice is not under a ban
            ("2017-10-02", {"origin_country": "mn", "departure_country": "mn", "shipper_name": "Gobi Coal"}),
            ("2017-07-02", {}),  # within the quota of that time
            ("2017-10-02", {"value": 400.0}),  # of little worth
        ],
    )
    def test_what_is_not_meant(self, day, papers) -> None:
        assert self._detect(world(day, **papers).tables()) == []

    def test_south_korean_goods_booked_under_the_north_are_graded_down(self) -> None:
        papers = {"departure_country": "kr", "shipper_name": "Busan Metals"}
        [finding] = self._detect(world("2018-03-02", "7208", "steel plate", **papers).tables())
        assert any("South Korea" in sign for sign in finding.detail["factors"])
        assert finding.probability < 0.3

    def test_machinery_for_the_country_is_meant_by_another_paragraph(self) -> None:
        papers = {"origin_country": "cn", "departure_country": "cn", "dest_country": "kp",
                  "shipper_name": "Dalian Tools", "consignee_name": "Somebody", "value": None}  # fmt: skip
        [finding] = self._detect(world("2018-03-02", "845811", "lathes", **papers).tables())
        assert finding.detail["side"] == "import"
        assert finding.detail["cite"].endswith("paragraph 7")

    def test_a_port_or_the_sender_alone_tells_whence(self) -> None:
        papers = {"origin_country": "ru", "departure_country": None, "load_port": "NAMPO, WEST SEA"}
        w = world("2018-03-02", **papers, shipper_name="Other Seller")
        assert self._detect(w.tables()) == []
        w.entity("d:port", "Nampo", "Facility", latitude="38.7", longitude="125.4", country="kp")
        w.claim("d:port", "Facility", "country", "kp", "country")
        [finding] = self._detect(w.tables())
        assert finding.detail["signs"] == ["loaded at a port there"]
        assert {e.kind for e in finding.evidence} == {"shipments", "claim"}
        [finding] = self._detect(world("2018-03-02", origin_country="ru", departure_country="ru").tables())
        assert finding.detail["signs"] == ["the sender is of there"]

    def test_of_two_bans_over_one_consignment_the_older_is_told(self) -> None:
        papers = {"dest_country": "kp", "origin_country": "cn", "departure_country": "cn", "shipper_name": "Yard"}
        [finding] = self._detect(world("2018-03-02", "890190", "cargo ship", **papers).tables())
        assert finding.detail["list"] == "kp_helicopters_and_vessels"
