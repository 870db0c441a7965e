from typing import Any

from counterflow.findings.typologies.phantom_shipment import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

INVOICE: dict[str, Any] = {"kind": "invoice", "value": 90_000.0, "currency": "USD", "invoice": "INV-5501"}


def world(*, moved: str = "", papers: int = 3, **invoice: Any) -> World:
    """An invoice, and other goods of the buyer that were declared. :param moved: day on which its goods were, too"""
    w = World()
    w.entity("d:buyer", "Buyer")
    w.holds("d:buyer", "name:buyer", "account:B1")
    w.ship("Seller", "Buyer", "854231", "circuits", "2017-03-01", **INVOICE | invoice)
    for n in range(papers):
        w.ship("Other", "Buyer", "850440", "converters", f"2017-0{n + 2}-11", kind="import declaration")
    if moved:
        w.ship("Seller Ltd", "BUYER", "854231", "circuits", moved, kind="import declaration")
    w.pay("2017-03-20 10:00", "B1", "S1", 90_000, purpose="your INV-5501")
    return w


def boxed(days: int = 3, to: str = "br") -> World:
    """A container from China to Korea, and days later from `to`."""
    w = World()
    box = {"container": "MSCU1234566", "kind": "bill of lading"}
    w.ship("A", "B", "640399", "shoes", "2017-03-01", departure_country="cn", dest_country="kr", **box)
    w.ship("C", "D", "640399", "shoes", f"2017-03-{days + 1:02}", departure_country=to, dest_country="ar", **box)
    return w


class TestPhantomShipment(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same, and the goods were declared when they came."""
        return world(moved="2017-05-02").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Seller invoiced circuits worth 90,000 USD to Buyer, a payment quotes it, but no declaration or bill of "
            "lading "
            "shows goods between them from 60 days before to 180 days after, though 3 other consignments of theirs "
            "were declared."
        )
        assert finding.payments == ("P1",)

    def test_silence_about_parties_whose_goods_are_never_seen_says_nothing(self) -> None:
        assert self._detect(world(papers=2).tables()) == []

    def test_goods_a_year_later_are_others_and_a_bill_of_lading_is_enough(self) -> None:
        assert len(self._detect(world(moved="2018-02-02").tables())) == 1
        w = world(bill_of_lading="BL-77 1")
        w.ship("Forwarder", "Buyer", "854231", "circuits", "2017-03-09", kind="bill of lading", bill_of_lading="BL771")
        assert self._detect(w.tables()) == []

    def test_a_container_cannot_be_on_two_oceans(self) -> None:
        [finding] = self._detect(boxed().tables())
        assert finding.sentence.startswith(
            "Container MSCU1234566 went from China to South Korea for B by a paper of 2017-03-01, and 3 days later "
            "from Brazil to Argentina for D: it would have to have leapt "
        )
        assert self._detect(boxed(days=9).tables()) == []
        assert self._detect(boxed(to="jp").tables()) == []
