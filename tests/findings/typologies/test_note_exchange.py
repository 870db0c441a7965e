from typing import Any

from counterflow.findings.typologies.note_exchange import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(
    w: World | None = None, of: str = "", *, cheque: float = 29_000, when: str = "2019-05-03 20:00",
    cash: float = 30_000, method: str = "cash", currency: str = "USD", out: str = "cheque",
) -> World:  # fmt: skip
    """30,000 in small dollars are exchanged, 29,500 go into chips, and a cheque comes back."""
    w, player, casino = w or World(), f"d:player{of}", f"d:casino{of}"
    one, other, cage = f"P1{of}", f"P2{of}", f"C1{of}"
    w.entity(player, "Player One", "Person")
    w.entity(casino, "Casino Lagoon Ltd")
    w.holds(player, f"account:{one}", f"account:{other}")
    w.holds(casino, f"account:{cage}")
    w.pay("2019-05-02 10:00", one, "X1", cash, currency)
    w.rows["payments"][-1] |= {"method": method, "purpose": "exchange of small bills", "to_name": "Bureau Ltd"}
    w.pay("2019-05-02 21:00", one, cage, 29_500)
    w.rows["payments"][-1] |= {"method": "transfer", "purpose": "chips"}
    w.pay(when, cage, other, cheque)
    w.rows["payments"][-1] |= {"method": out}
    return w


class TestNoteExchange(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same, but most of the chips were played."""
        return world(cheque=9_000).tables()

    def test_the_sequence_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Player One exchanged 30,000 USD in cash, bought chips for 29,500 USD at Casino Lagoon Ltd and had a "
            "cheque for 29,000 USD from it, all within 34 hours."
        )
        assert finding.payments == ("P1", "P2", "P3")
        assert finding.detail["small_notes"] is True

    def test_chips_bought_for_cash_at_a_casino_known_by_its_printed_name(self) -> None:
        w = World()
        w.pay("2019-05-02 10:00", "P1", "C1", 30_000)
        w.rows["payments"][-1] |= {"method": "cash", "to_name": "Casino Lagoon"}
        w.pay("2019-05-02 22:00", "C1", "P1", 29_000)
        w.rows["payments"][-1] |= {"method": "CHECK", "from_name": "Casino Lagoon"}
        [finding] = self._detect(w.tables())
        assert finding.detail["exchanged"] == {}
        assert finding.detail["cheque_of_chips"] == 0.967

    def test_what_is_something_else(self) -> None:
        """A cheque too late or before, too little cash, none, no dollars, no cheque: each beside the others."""
        w = World()
        cases: tuple[dict[str, Any], ...] = (
            {"when": "2019-05-06 20:00"}, {"when": "2019-05-01 20:00"}, {"cash": 9_000.0}, {"method": "card"},
            {"currency": "EUR"}, {"out": "transfer"},
        )  # fmt: skip
        for n, more in enumerate(cases):
            world(w, str(n), **more)
        assert self._detect(w.tables()) == []
        world(w, "N")
        assert len(self._detect(w.tables())) == 1
