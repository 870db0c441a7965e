from counterflow.findings.typologies.bridge_hop import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.crypto.heist import THIEF, cross, town


def world(share: float, hour: int = 5, *, rival: bool = False):
    w = town()
    w.transfer("2025-02-21 01:00", THIEF, "0xhop", 40, amount_usd=100_000.0)
    if rival:
        cross(w, "2025-02-21", hour, "0xother", "bc1other", 40.1)
    cross(w, "2025-02-21", hour, "0xhop", "bc1new", 40, share)
    return w


class TestBridgeHop(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(0.995).tables()

    def clean(self):
        """The payout is smaller than a bridge's fee explains."""
        return world(0.95).tables()

    def test_both_sides_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("wallet:0xhop", "wallet:bc1new", "d:laz")
        [crossing] = finding.detail["crossings"]
        assert crossing["unique"]
        assert crossing["minutes"] == 17.0
        assert crossing["tainted_share"] == 1.0
        assert len(finding.transfers) == 3
        assert "got it as 1.10556 BTC on bitcoin after 17 minutes" in finding.sentence

    def test_of_two_that_would_do_neither_is_sure(self) -> None:
        sure, unsure = self._detect(self.planted()), self._detect(world(0.995, rival=True).tables())
        [crossing] = unsure[0].detail["crossings"]
        assert not crossing["unique"]
        assert crossing["candidates"] == 2
        assert "probably got it" in unsure[0].sentence
        assert unsure[0].probability < sure[0].probability

    def test_somebody_elses_money_is_nobodys_business(self) -> None:
        w = town()
        cross(w, "2025-02-21", 5, "0xown1", "bc1new", 40)
        assert self._detect(w.tables()) == []
