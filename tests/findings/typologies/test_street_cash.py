from typing import Any

from counterflow.findings.typologies.street_cash import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(
    w: World | None = None, of: str = "", *, to: str = "cn", counters: int = 8, wire: str = "2019-05-07 10:00",
    amount: float = 8_000, method: str = "cash deposit", sent: float = 60_000,
) -> World:  # fmt: skip
    """Eight counters pay cash into a trading account within five days; a wire goes to China the day after."""
    w, account = w or World(), f"T1{of}"
    w.entity(f"d:trader{of}", "Bright Trading Ltd")
    w.holds(f"d:trader{of}", f"account:{account}")
    for n in range(8):
        w.pay(f"2019-05-0{1 + n % 5} 1{n % 8}:00", f"TILL{n % counters}{of}", account, amount + n)
        w.rows["payments"][-1] |= {"method": method, "to_bank_country": "us", "from_bank_country": "us"}
    w.pay(wire, account, "F1", sent)
    w.rows["payments"][-1] |= {"method": "wire", "to_bank_country": to, "from_bank_country": "us", "to_bank": "FAR"}
    return w


class TestStreetCash(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same deposits, and the wire goes to a supplier in the country."""
        return world(to="us").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Bright Trading Ltd received 8 cash deposits (64,028 USD) from 8 counters, each below what must be "
            "reported, and sent 60,000 USD abroad (CN), all within 6 days."
        )
        assert (finding.detail["deposits"], finding.detail["wires_abroad"]) == (8, 1)
        assert finding.accounts[:2] == ("T1", "F1")

    def test_what_is_something_else(self) -> None:
        """Too few counters, a wire too late or before, deposits above the line, no cash, too little sent: each beside
        the others."""
        w = World()
        cases: tuple[dict[str, Any], ...] = (
            {"counters": 4}, {"wire": "2019-05-09 10:00"}, {"wire": "2019-04-30 10:00"}, {"amount": 10_500.0},
            {"method": "transfer"}, {"method": "cash management sweep"}, {"sent": 20_000.0},
        )  # fmt: skip
        for n, more in enumerate(cases):
            world(w, str(n), **more)
        assert self._detect(w.tables()) == []
        world(w, "N")
        assert len(self._detect(w.tables())) == 1

    def test_a_shop_whose_branches_pay_in_every_week_is_less_likely(self) -> None:
        [before] = self._detect(self.planted())
        w = world()
        for n in range(8):
            w.pay(f"2019-03-{10 + n} 10:00", f"TILL{n}", "T1", 7_000)
        [after] = self._detect(w.tables())
        assert after.probability < before.probability
