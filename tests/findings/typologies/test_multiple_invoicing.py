from typing import Any

from counterflow.findings.typologies.multiple_invoicing import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

LOAD: dict[str, Any] = {"value": 80_000.0, "currency": "USD", "quantity": 20_000.0, "unit": "kg", "kind": "invoice"}


def world(second: float = 20_000.0, **more: Any) -> World:
    """Two invoices for one bill of lading. :param second: quantity of the second one"""
    w = World()
    w.entity("d:seller", "Seller")
    w.holds("d:seller", "name:seller")
    load = LOAD | {"bill_of_lading": "BL 77-1"} | more
    w.ship("Seller Ltd", "Buyer", "760200", "aluminium scrap", "2017-03-01", invoice="A-100", **load)
    w.ship("Seller", "Buyer", "760200", "aluminium scrap", "2017-03-09", invoice="A-107", **load | {"quantity": second})
    return w


class TestMultipleInvoicing(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        w = world()
        w.pay("2017-03-20 10:00", "B1", "S1", 80_000, purpose="invoice A-100", from_bank="ONE")
        w.pay("2017-03-22 10:00", "C1", "S1", 80_000, purpose="inv. A-107", from_bank="TWO")
        return w.tables()

    def clean(self):
        """Two invoices for two parts of the load."""
        return world(second=12_000.0).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Seller invoiced aluminium scrap under bill of lading BL771 to Buyer 2 times, 80,000 USD each, with "
            "different numbers."
        )
        assert finding.subjects[:2] == ("d:seller", "name:buyer")

    def test_payments_that_quote_them_are_evidence(self) -> None:
        w = world()
        for row, number in zip(w.rows["shipments"], ("INV-4100", "INV-4107"), strict=True):
            row["invoice"] = number
        w.pay("2017-03-20 10:00", "B1", "S1", 80_000, purpose="invoice INV-4100", from_bank="ONE")
        w.pay("2017-03-22 10:00", "C1", "S1", 80_000, purpose="inv. INV-4107", from_bank="TWO")
        w.pay("2017-03-23 10:00", "C1", "S1", 80_000, purpose="inv. INV-4108", from_bank="TWO")
        [finding] = self._detect(w.tables())
        assert finding.payments == ("P1", "P2")
        assert (finding.detail["payers"], finding.detail["banks"]) == (2, 2)
        assert finding.probability > self._detect(world().tables())[0].probability

    def test_a_container_stands_for_the_voyage_where_no_bill_is_told(self) -> None:
        boxed = {"bill_of_lading": None, "container": "MSCU 123456-6, TGHU7654321"}
        [finding] = self._detect(world(**boxed).tables())
        assert "under container MSCU1234566 to Buyer" in finding.sentence
        w = world(**boxed)
        w.rows["shipments"][1]["date"] = "2017-09-01"  # another voyage
        assert self._detect(w.tables()) == []

    def test_another_value_or_the_same_number_is_no_second_invoice(self) -> None:
        w = world()
        w.rows["shipments"][1]["value"] = 95_000.0
        assert self._detect(w.tables()) == []
        w = world()
        w.rows["shipments"][1]["invoice"] = "a100"
        assert self._detect(w.tables()) == []
