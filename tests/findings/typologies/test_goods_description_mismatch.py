from counterflow.findings.typologies.goods_description_mismatch import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(words: str = "cigarettes Pine brand", code: str = "940360", price: float = 30.0) -> World:
    w = World()
    w.entity("d:sender", "Sender")
    w.holds("d:sender", "name:sender")
    for n in range(30):
        w.ship(
            f"Maker {n % 4}", "Shop", "240220", f"cigarettes lot {n}", net_mass=1000.0, value=30_000.0, currency="USD"
        )
        w.ship(f"Joiner {n % 4}", "Shop", "940360", f"wooden furniture lot {n}", net_mass=1000.0, value=4_000.0,
               currency="USD")  # fmt: skip
    w.ship("Sender Ltd", "Shop", code, words, net_mass=1000.0, value=1000 * price, currency="USD")
    return w


class TestGoodsDescriptionMismatch(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same words under their own code."""
        return world(code="240220").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Sender sent 'cigarettes Pine brand' under code 940360, but 97% of the consignments whose papers say "
            "'cigarettes' are of chapter 24, and so is the value for its weight."
        )

    def test_value_for_weight_that_agrees_with_the_code_speaks_against_it(self) -> None:
        assert self._detect(world(price=4.1).tables()) == []

    def test_words_that_speak_for_both_say_nothing(self) -> None:
        assert self._detect(world("furniture for cigarettes").tables()) == []
