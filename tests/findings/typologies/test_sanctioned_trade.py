import pytest

from counterflow.findings.typologies.sanctioned_trade import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*dates: str, hs_code: str = "270111", **said: object) -> World:
    """China's imports of anthracite from North Korea in these periods."""
    w = World()
    for date in dates:
        w.figure("cn", "kp", date, "import", hs_code, 14_000_000.0, net_weight=1e8, **said)
        w.figure("cn", "kp", date, "import", hs_code[:2], 90_000_000.0, aggregate="commodity", **said)
    return w


class TestSanctionedTrade(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("2017-07", "2017-10", "2017-11", "2017-12").tables()

    def clean(self):
        """The months before the ban, and that in which older contracts still had time."""
        return world("2017-06", "2017-07", "2017-08", "2017-09").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "China reports imports of coal (HS 270111), 42,000,000 dollars and 300,000 tonnes, from North Korea from "
            "2017-10 to 2017-12: banned since 2017-08-05 (UN resolution 2371 (2017), paragraph 8)."
        )
        assert len(finding.evidence) == 3
        assert finding.subjects == ("country:cn", "country:kp")

    def test_exports_to_the_country_fall_under_their_own_paragraph(self) -> None:
        w = World()
        w.figure("de", "kp", "2019", "export", "8458", 50_000.0)
        [finding] = self._detect(w.tables())
        assert (finding.detail["side"], finding.detail["cite"]) == ("import", "UN resolution 2397 (2017), paragraph 7")
        [coal] = self._detect(world("2019").tables())
        assert coal.detail["side"] == "export"

    def test_headings_stand_in_where_nothing_finer_is_given(self) -> None:
        w = World()
        w.figure("cn", "kp", "2018", "import", "2701", 5e6, aggregate="commodity")
        [finding] = self._detect(w.tables())
        assert finding.detail["usd"] == 5_000_000

    def test_what_may_be_booked_under_the_wrong_korea_is_graded_down(self) -> None:
        w = World()
        w.figure("cg", "kp", "2019", "import", "870323", 8e6)
        [plain] = self._detect(world("2019").tables())
        assert self._detect(w.tables()) == []  # cars *from* North Korea are under no ban
        w.figure("cg", "kp", "2019", "import", "854231", 8e6)
        w.figure("cg", "kr", "2019", "import", "854231", 9e6)
        [one_year] = self._detect(w.tables())
        assert any("wrong Korea" in sign for sign in one_year.detail["factors"])
        [doubted] = self._detect(world("2019", "2020", "2021", credibility=4).tables())
        assert doubted.probability < one_year.probability < plain.probability
        assert doubted.detail["doubted"] == 3

    def test_a_quota_is_of_all_countries_together_and_of_a_year(self) -> None:
        w = World()
        for month in range(1, 13):
            for reporter, kg in (("cn", 4e6), ("ru", 2e6)):
                w.figure(reporter, "kp", f"2018-{month:02}", "export", "271019", kg * 0.7, net_weight=kg)
        assert self._detect(w.tables()) == []  # 72,000 tonnes
        w.figure("cn", "kp", "2018-12", "export", "271012", 6e6, net_weight=9e6)
        w.figure("cn", "kp", "2018", "export", "2710", 40e6, net_weight=60e6, aggregate="commodity")
        [finding] = self._detect(w.tables())
        assert finding.sentence == (
            "China, Russia together report 81,000 tonnes of refined petroleum to North Korea in 2018: the quota is "
            "79,494 (UN resolution 2397 (2017), paragraph 5)."
        )
        assert finding.subjects == ("country:cn", "country:ru", "country:kp")
        assert len(finding.evidence) == 25

    @pytest.mark.parametrize("said", [{"nomenclature": "SITC"}, {"transport": "sea"}, {"second_partner": "hk"}])
    def test_parts_and_other_nomenclatures_are_not_counted(self, said) -> None:
        assert self._detect(world("2019", **said).tables()) == []
