import pytest

from counterflow.findings.typologies.luxury_goods import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

CAR = {"value": 240_000.0, "currency": "USD", "quantity": 2.0, "unit": "pcs", "origin_country": "de"}


def world(
    *, tied: bool, hs_code: str = "870323", goods: str = "motor cars", day: str = "2018-06-02", **papers: object
) -> World:
    """Two cars for a firm in Dalian; its director is, or is not, of North Korea."""
    w = World()
    w.entity("d:firm", "Golden Harbour Trading", country="cn")
    w.entity("d:director", "Ri Chol", "Person", country="kp" if tied else "cn")
    w.link("Directorship", "d:director", "d:firm")
    w.holds("d:firm", "name:golden harbour trading")
    w.ship("Alpen Motors", "Golden Harbour Trading", hs_code, goods, day=day)
    w.rows["shipments"][-1] |= CAR | {"dest_country": "cn"} | papers
    return w


class TestLuxuryGoods(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(tied=True).tables()

    def clean(self):
        """The same cars for a firm that nothing ties to the country."""
        return world(tied=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Golden Harbour Trading, tied to a party of North Korea, was sent a consignment of motor cars, 240,000 "
            "dollars, on 2018-06-02 by Alpen Motors: luxury goods (UN resolution 2094 (2013), paragraph 23 and annex "
            "IV)."
        )
        assert finding.subjects == ("d:firm", "name:Alpen Motors", "country:kp")
        assert finding.detail["usd_a_piece_most"] == 120_000
        assert "named by the Security Council" in finding.detail["factors"]
        assert "claim" in {e.kind for e in finding.evidence}

    def test_what_is_bound_for_the_country_itself_is_likelier(self) -> None:
        [near] = self._detect(self.planted())
        [there] = self._detect(world(tied=False, dest_country="kp").tables())
        assert there.probability > near.probability
        assert there.detail["signs"] == ["destination"]

    @pytest.mark.parametrize(
        ("hs_code", "day", "papers"),
        [
            ("300490", "2018-06-02", {}),  # medicine is no luxury
            ("870323", "2005-06-02", {}),  # before any list
            (
                "691110",
                "2018-06-02",
                {"value": 90.0, "quantity": 30.0, "shipper_name": "Cups"},
            ),  # three dollars a piece
        ],
    )
    def test_what_is_not_meant(self, hs_code, day, papers) -> None:
        tables = world(tied=True, hs_code=hs_code, day=day, dest_country="kp", **papers).tables()
        assert self._detect(tables) == []

    def test_the_amount_that_a_list_names_is_kept(self) -> None:
        cups = {"hs_code": "691110", "quantity": 1000.0, "dest_country": "kp"}
        [cheap] = self._detect(world(tied=True, value=3000.0, **cups).tables())
        assert all(not cite.startswith("UN ") for cite in cheap.detail["lists"])
        [dear] = self._detect(world(tied=True, value=300_000.0, **cups).tables())
        assert any(cite.startswith("UN resolution 2321") for cite in dear.detail["lists"])

    def test_what_a_piece_is_worth_is_weighed(self) -> None:
        def said(value: float) -> dict[str, float]:
            w = world(tied=True, value=value)
            for n in range(30):
                w.ship("Alpen Motors", f"Dealer {n}", "870323", "motor cars", day="2018-05-02")
                w.rows["shipments"][-1] |= CAR | {"value": 40_000.0 + n * 1000, "dest_country": "jp"}
            [finding] = self._detect(w.tables())
            return finding.detail["factors"]

        assert said(240_000.0)["dearer than three in four consignments of such goods"] > 1
        assert said(20_000.0)["cheaper than half of the consignments of such goods"] < 1
