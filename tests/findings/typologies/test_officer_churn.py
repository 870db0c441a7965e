from counterflow.findings.typologies.officer_churn import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*ends: str) -> World:
    w = World()
    w.entity("d:company", "Company")
    for n, end in enumerate(ends):
        w.entity(f"d:p{n}", f"Director {n}", "Person")
        w.link("Directorship", f"d:p{n}", "d:company", start="2014-01-01", end=end)
    return w


class TestOfficerChurn(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("2015-01-10", "2015-03", "2015-06-01", "2015-12-30", "2019-01-01").tables()

    def clean(self):
        """As many, over years."""
        return world("2012-01-10", "2013-03-01", "2015-06-01", "2016-12-30", "2019-01-01").tables()

    def test_the_busiest_year_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == "Company lost 4 directors between 2015-01-10 and 2015-12-30."
        assert finding.detail["directors_left"] == 4
