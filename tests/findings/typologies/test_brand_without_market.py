from typing import Any

import pytest

from counterflow.findings.typologies.brand_without_market import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, legal: str = "", others: int = 4, **said: Any) -> World:
    """Jin Ping is seized in Germany, Poland and Latvia; to the first two, others declare other brands."""
    w = World()
    for n, country in enumerate(("de", "pl", "lv", "de")):
        row = {
            "brand": "Jin-Ping" if n % 2 else "JIN PING",
            "quantity": 9e6,
            "unit": "cigarette",
            "origin_country": "ru",
        }
        w.seize(f"2012-0{1 + n}-10", country, "tobacco", "cigarettes", place=f"Place {n}", **(row | said))
    for n in range(others):
        for country in ("de", "pl"):
            w.ship("Maker", "Importer", "240220", f"Cigarettes, brand {legal or 'Camel'} {n}", f"2012-0{1 + n}-01")
            w.rows["shipments"][-1] |= {"dest_country": country, "origin_country": "ch"}
    return w


class TestBrandWithoutMarket(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same seizures of a brand that is imported there."""
        return world(legal="Jin Ping").tables()

    def test_what_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "JIN PING was seized 4 times in 3 countries from 2012-01-10 to 2012-04-10, and none of 8 declared "
            "consignments of cigarettes to Germany, Poland names the brand."
        )
        assert finding.detail["without_market"] == ["de", "pl"]
        assert {e.kind for e in finding.evidence} == {"seizures", "shipments"}

    def test_papers_that_say_something_else(self) -> None:
        [finding] = self._detect(world(declared="wooden furniture").tables())
        assert finding.sentence.endswith(
            "; 4 of the cargoes were declared as something else, such as wooden furniture."
        )

    @pytest.mark.parametrize(
        "said",
        [{"others": 1}, {"origin_country": "de"}, {"brand": "various"}, {"brand": None}, {"credibility": 4}],
    )
    def test_no_basis(self, said: dict[str, Any]) -> None:
        """Nothing to measure by; made there; no brand; doubted by its source."""
        assert self._detect(world(**said).tables()) == []

    def test_where_it_is_declared_to_be_sent_from_it_needs_no_import(self) -> None:
        w = world()
        w.ship("Maker", "Importer", "240220", "JIN PING king size", "2012-03-01")
        w.rows["shipments"][-1] |= {"dest_country": "lv", "origin_country": "pl"}
        assert self._detect(w.tables()) == []
