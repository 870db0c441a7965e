from counterflow.findings.typologies.crypto_peel_chain import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.crypto.heist import THIEF, peel, town


def world(*, fresh: bool = True, shares: tuple[float, ...] = (0.05,), payer: str = "bc1somebody"):
    w = town()
    w.transfer("2025-02-21 00:00", payer, "bc1run0", 10, "BTC", chain="bitcoin", amount_usd=900_000.0)
    peel(w, "2025-02-22", "bc1run", 10, 7, list(shares), fresh=fresh)
    return w


class TestCryptoPeelChain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same payments, but the rest goes to addresses that were in use: people who pay each other."""
        return world(fresh=False).tables()

    def test_the_chain_is_told_whole(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["steps"] == 7
        assert finding.transfers == tuple(f"bc1run {n}" for n in range(7))
        assert finding.detail["peel_share_median"] == 0.05
        assert finding.detail["receivers"] == ["bc1trader"]
        assert "chain of 7 addresses" in finding.sentence

    def test_sums_that_are_nothing_alike_are_purchases(self) -> None:
        assert self._detect(world(shares=(0.3, 0.003, 0.004, 0.2, 0.0031, 0.1, 0.002)).tables()) == []

    def test_from_a_marked_address_it_is_likelier(self) -> None:
        [marked] = self._detect(world(payer=THIEF).tables())
        [plain] = self._detect(self.planted())
        assert marked.probability > plain.probability
        assert "d:laz" in marked.subjects
