import pytest

from counterflow.findings.typologies.tobacco_inputs import TYPOLOGY, populations
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, exports: float = 0.0, tonnes: float = 4_000) -> World:
    """China reports tow and paper sent to Cambodia, whose 16 million people can smoke 32 billion cigarettes."""
    w = World()
    w.figure("cn", "kh", "2016", "export", "550210", 9e6, net_weight=tonnes * 3_000.0)
    w.figure("cn", "kh", "2016", "export", "481310", 9e6, net_weight=tonnes * 1_500.0)
    if exports:
        w.figure("th", "kh", "2016", "import", "240220", 9e6, net_weight=exports)
    return w


class TestTobaccoInputs(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(exports=1e6).tables()

    def clean(self):
        """The same, and its neighbour takes in the cigarettes that it makes of them."""
        return world(exports=40e6).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Cambodia took in filters or paper for 60.0 billion cigarettes in 2016, after 1.0 billion sent out: 1.8 "
            "times the 32.4 billion that its people can smoke."
        )
        assert finding.subjects == ("country:kh",)
        assert len(finding.evidence) == 3

    def test_where_no_exports_are_told_it_says_so(self) -> None:
        [finding] = self._detect(world().tables())
        assert finding.detail["cigarettes_out"] is None
        assert "no figure of cigarettes sent out is at hand" in finding.sentence
        assert finding.probability < self._detect(self.planted())[0].probability

    def test_tellings_of_one_whole_are_not_added_up(self) -> None:
        """Months beside the year, the heading beside its parts, both sides, the world beside its parts."""
        w = world(exports=1e6, tonnes=2_000)
        for month in range(1, 13):
            w.figure("cn", "kh", f"2016-{month:02}", "export", "550210", 1e6, net_weight=500_000.0)
        w.figure("cn", "kh", "2016", "export", "4813", 9e6, net_weight=3e6)
        w.figure("kh", "cn", "2016", "import", "550210", 9e6, net_weight=6e6)
        w.figure("kh", None, "2016", "import", "550210", 9e6, net_weight=6e6)
        w.rows["trade_figures"].append(w.rows["trade_figures"][0] | {"row_id": "total", "aggregate": "partner"})
        assert self._detect(w.tables()) == []

    def test_cigarettes_for_nobody_by_their_papers(self) -> None:
        w = World()
        for n in range(40):
            w.ship("Maker", "Free Zone Trading", "240220", "cigarettes", f"2019-0{1 + n % 9}-11")
            w.rows["shipments"][-1] |= {
                "dest_country": "bz",
                "origin_country": "ae",
                "quantity": 50e6,
                "unit": "cigarette",
            }
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith("Belize took in 2.0 billion cigarettes in 2019, and no figure")

    def test_no_basis(self) -> None:
        """Doubted, of no known country, without a mass, other goods: each of another country."""
        w = World()
        cases = ({"credibility": 5}, {"partner": "zz"}, {"net_weight": None}, {"hs_code": "5501"})
        for country, more in zip(("kh", "la", "mm", "np"), cases, strict=True):
            rows = world().rows["trade_figures"]
            w.rows.setdefault("trade_figures", []).extend(row | {"partner": country} | more for row in rows)
        for number, row in enumerate(w.rows["trade_figures"]):
            row["row_id"] = f"row-{number}"
        assert self._detect(w.tables()) == []

    def test_the_table_of_populations_is_sound(self) -> None:
        found = populations()
        assert found["no"] == pytest.approx(5.3, abs=0.3)
        assert 7_000 < sum(found.values()) < 8_500
        assert all(len(code) == 2 for code in found)
