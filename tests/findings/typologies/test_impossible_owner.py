import pytest

from counterflow.findings.typologies.impossible_owner import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(start: str | None = "2016-06-01", schema: str = "Person", **dates: str) -> World:
    w = World()
    w.entity("d:company", "Company")
    w.entity("d:owner", "Owner", schema, **dates)
    w.link("Ownership", "d:owner", "d:company", start=start)
    return w


class TestImpossibleOwner(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(birthDate="2004-01").tables()

    def clean(self):
        """Sixteen, or so the year allows."""
        return world(birthDate="2000").tables()

    @pytest.mark.parametrize(
        ("dates", "words"),
        [
            ({"birthDate": "2004-01"}, "born in 2004-01 and a minor when it began (2016-06-01)"),
            ({"birthDate": "2017-01-01"}, "born in 2017-01-01, after it began"),
            ({"birthDate": "1905"}, "born in 1905, more than 105 years before it began (2016-06-01)"),
            ({"deathDate": "2015"}, "died in 2015, before it began (2016-06-01)"),
        ],
    )
    def test_what_is_impossible(self, dates: dict[str, str], words: str) -> None:
        [finding] = self._detect(world(**dates).tables())
        assert words in finding.sentence

    def test_a_company_can_be_no_owner_before_or_after_its_time(self) -> None:
        assert self._detect(world(schema="Company", incorporationDate="2016-06-01").tables()) == []
        [early] = self._detect(world(schema="Company", incorporationDate="2017-02").tables())
        assert "was formed in 2017-02, after it began" in early.sentence
        [late] = self._detect(world(schema="Company", dissolutionDate="2014").tables())
        assert "was dissolved in 2014" in late.sentence

    @pytest.mark.parametrize("birth", ["1911", "2000-06-01", "1960-01-01"])
    def test_what_a_partial_date_allows_is_no_sign(self, birth: str) -> None:
        assert self._detect(world(birthDate=birth).tables()) == []

    def test_a_holding_of_no_date_decides_nothing(self) -> None:
        assert self._detect(world(start=None, birthDate="2004").tables()) == []

    def test_a_rival_date_that_is_possible_clears_it(self) -> None:
        w = world(birthDate="2004")
        w.claim("d:owner", "Person", "birthDate", "1974", "date")
        assert self._detect(w.tables()) == []
