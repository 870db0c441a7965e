from counterflow.findings.typologies.cash_out_convergence import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.crypto.heist import TRADER, theft, town


def meeting(from_: str) -> dict:
    """Three mules paid by one address all pay a fourth address."""
    w = town()
    for n in range(3):
        w.transfer(f"2025-02-21 0{n}:00", from_, f"0xmule{n}", 10, amount_usd=25_000.0)
        w.transfer(f"2025-02-22 0{n}:00", f"0xmule{n}", "0xdesk", 10, amount_usd=25_000.0)
    return w.tables()


class TestCashOutConvergence(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return theft().tables()

    def clean(self):
        """One chain peels to the trader step by step: many payments, one branch."""
        return theft(branches=1).tables()

    def test_where_the_branches_meet(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == (f"wallet:{TRADER}", "d:laz", "d:exc")
        assert finding.detail["branches"] == 3
        assert finding.detail["pays_on_to"] == ["bc1hot"]
        assert finding.sentence.startswith(
            "The address bc1trader, which pays on to Anyone Exchange (an exchange), received"
        )

    def test_branches_of_clean_money_are_none(self) -> None:
        assert self._detect(meeting("0xmerchant")) == []
        [finding] = self._detect(meeting("0xthief"))
        assert finding.detail["share"] == 1.0
