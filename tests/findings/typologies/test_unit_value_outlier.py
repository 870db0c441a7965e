import math

import pytest

from counterflow.findings.typologies.unit_value_outlier import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(price: float, rows: int = 60, **said: object) -> World:
    """Crab from China at four to nine dollars a kilogram; one importer declares three consignments at `price`."""
    w = World()
    for n in range(rows + 3):
        odd = n >= rows
        w.ship(
            "Exporter",
            "Golden Seafood" if odd else f"Importer {n % 12}",
            "030614",
            "crab",
            day=f"2018-03-{n % 28 + 1:02}",
        )
        kg = 20_000.0
        each = price if odd else 4 * math.exp(0.8 * (n % 20) / 20)
        w.rows["shipments"][-1] |= {
            "origin_country": "cn", "net_mass": kg, "value": kg * each, "currency": "USD", "unit": "kg",
        } | (said if odd else {})  # fmt: skip
    return w


class TestUnitValueOutlier(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(0.9).tables()

    def clean(self):
        """The same importer at the price of the cheapest others."""
        return world(3.8).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence.startswith(
            "Golden Seafood declared HS 030614 from China at 0.9 dollars a kg in 3 of 3 rows, where 63 rows of the "
            "commodity, partner and period lie between "
        )
        assert finding.subjects == ("name:Golden Seafood",)
        assert finding.detail["direction"] == "below"
        assert finding.detail["at_stake"] == pytest.approx(60_000 * (finding.detail["median_price"] - 0.9), abs=5)

    def test_what_cannot_be_measured_is_passed_over_and_counted(self) -> None:
        lacking = {
            "no commodity code of six digits": {"hs_code": "03"},
            "no value, or a value of zero": {"value": 0.0},
            "no quantity": {"net_mass": None, "quantity": None},
            "a quantity of zero": {"net_mass": None, "quantity": 0.0},
            "no unit of quantity": {"net_mass": None, "quantity": 9.0, "unit": None},
            "no trader": {"consignee_name": None, "shipper_name": None},
        }
        w = world(0.9)
        for row, said in zip(w.rows["shipments"], lacking.values(), strict=False):
            row.update(said)
        [finding] = self._detect(w.tables())
        assert finding.detail["passed_over"] == dict.fromkeys(lacking, 1)

    def test_a_value_in_thousands_is_a_slip(self) -> None:
        w = world(0.9)
        for row in w.rows["shipments"][:1]:
            row["value"] /= 1000
        [finding] = self._detect(w.tables())
        assert finding.detail["passed_over"] == {"a price out by a thousand": 1}

    def test_other_currencies_are_compared_in_dollars(self) -> None:
        w = world(0.9)
        for row in w.rows["shipments"][:30]:
            row |= {"value": row["value"] * 6.6, "currency": "CNY"}
        assert len(self._detect(w.tables())) == 1

    def test_without_a_currency_like_is_held_against_like(self) -> None:
        w = world(0.9)
        for row in w.rows["shipments"]:
            row["currency"] = None
        [finding] = self._detect(w.tables())
        assert finding.detail["money"] == "units of currency (d)"
        assert "at 0.9 units of currency (d) a kg" in finding.sentence
        assert self._detect(world(0.9, currency=None).tables()) == []  # none of its kind to hold it against

    def test_where_a_month_has_few_rows_all_months_are_the_measure(self) -> None:
        w = world(0.9)
        for n, row in enumerate(w.rows["shipments"]):
            row["date"] = f"2018-{n % 12 + 1:02}-05"
        [finding] = self._detect(w.tables())
        assert any("commodity and partner" in sign for sign in finding.detail["factors"])

    def test_too_few_rows_are_no_measure(self) -> None:
        assert self._detect(world(0.9, rows=10).tables()) == []

    def test_statistics_are_measured_too(self) -> None:
        w = World()
        for n in range(40):
            kg, odd = 1e6, n == 39
            each = 0.9 if odd else 4 * math.exp(0.8 * (n % 20) / 20)
            reporter = "la" if odd else ("de", "fr", "jp", "us")[n % 4]
            partner = "cn" if odd else ("vn", "th", "in", "br", "id", "my", "pe", "cl", "ec", "ar")[n % 10]
            w.figure(reporter, partner, "2018", "import", "030614", kg * each, net_weight=kg)
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith("Laos reports imports of HS 030614 at 0.9 dollars a kg in one row")
        assert finding.subjects == ("country:la",)
