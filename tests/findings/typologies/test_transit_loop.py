from typing import Any

import pytest

from counterflow.findings.typologies.transit_loop import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

BOX = "MSCU1234566"


def world(days: tuple[str, ...] = ("2017-03-01", "2017-03-08", "2017-03-15"), home: str = "cn", **last: Any) -> World:
    """Cigarettes from China to Dubai, on to Georgia, and back. :param home: where the last leg ends"""
    w = World()
    w.entity("d:second", "Second FZE")
    w.holds("d:second", "name:second")
    legs = [("cn", "ae", "Maker", "First"), ("ae", "ge", "First", "Second FZE"), ("ge", home, "Second FZE", "Third")]
    for k, (day, (start, end, seller, buyer)) in enumerate(zip(days, legs, strict=True)):
        more = {"container": BOX, "departure_country": start, "dest_country": end, **(last if k == 2 else {})}
        w.ship(seller, buyer, "240220", "cigarettes", day, **more)
    return w


class TestTransitLoop(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same container on the same way, but it lies for a month with each of them."""
        return world(("2017-03-01", "2017-04-08", "2017-05-15")).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Container MSCU1234566 with cigarettes went CN – AE – GE – CN in 14 days, consigned on 2 times to 3 "
            "parties, back to CN."
        )
        assert finding.detail["came_back_to"] == ["cn"]

    def test_a_journey_that_ends_elsewhere_is_one_of_a_liner(self) -> None:
        assert self._detect(world(home="tr").tables()) == []

    @pytest.mark.parametrize("port", ["Poti Free Zone", "FTZ Batumi", "bonded warehouse 3"])
    def test_unless_it_lay_in_a_free_zone(self, port: str) -> None:
        [finding] = self._detect(world(home="tr", discharge_port=port).tables())
        assert finding.detail["free_zones"] == [port]

    def test_or_went_to_somebody_just_formed(self) -> None:
        w = world(home="tr")
        w.claim("d:second", "Company", "incorporationDate", "2016-12-01", "date")
        [finding] = self._detect(w.tables())
        assert finding.detail["just_formed"] == ["d:second"]

    def test_other_goods_or_the_same_consignee_break_it(self) -> None:
        w = world()
        w.rows["shipments"][2]["hs_code"] = "870323"
        assert self._detect(w.tables()) == []
        w = world()
        w.rows["shipments"][1]["consignee_name"] = "First"
        w.rows["shipments"][1]["shipper_name"] = "Maker"
        assert self._detect(w.tables()) == []

    def test_a_second_paper_of_a_leg_does_not_hide_it(self) -> None:
        w = world()
        w.ship("Maker", "First", "240220", "cigarettes", "2017-03-03", container=f"{BOX} / TGHU7654321",
               departure_country="cn", dest_country="ae")  # fmt: skip
        [finding] = self._detect(w.tables())
        assert finding.detail["onward"] == 2
