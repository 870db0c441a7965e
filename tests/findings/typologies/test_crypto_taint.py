import pytest

from counterflow.findings.typologies.crypto_taint import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.crypto.heist import THIEF, theft


class TestCryptoTaint(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return theft().tables()

    def clean(self):
        """The same way of other people's money; the marked address moved nothing."""
        w = theft(thief="0xmerchant")
        w.transfer("2025-02-21 01:00", "0xvictim", THIEF, 5, amount_usd=12_500.0)
        return w.tables()

    def test_the_funds_are_followed_over_swap_bridge_and_peels_to_the_exchange(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:exc", "d:laz")
        assert finding.sentence.startswith("Anyone Exchange (an exchange) received 3.")
        assert "Lazarus Group" in finding.sentence
        [arrived] = finding.detail["arrived"]
        # all but what the bridge kept
        assert arrived["tainted_usd"] == pytest.approx(0.995 * 291_000, rel=1e-6)
        assert arrived["share"] == 1.0
        assert finding.detail["paid_in_by"] == ["bc1trader"]
        assert {"swap 0xhop0", "swap 0xhop1", "swap 0xhop2"} <= set(finding.transfers)
        assert finding.start == "2025-02-21T02:00:00Z"

    def test_dust_from_a_marked_address_marks_nobody(self) -> None:
        w = theft(thief="0xmerchant")
        for n in range(30):
            w.transfer("2025-02-20 00:00", THIEF, f"0xown{n % 9}", 0.0001, amount_usd=0.25)
        assert self._detect(w.tables()) == []

    def test_funds_at_rest_are_told_where_they_rest(self) -> None:
        w = theft(branches=1)
        w.transfer("2025-02-21 09:00", THIEF, "0xcold", 60_000, "USDT", amount_usd=60_000.0)
        told = {f.subjects[0]: f.sentence for f in self._detect(w.tables())}
        assert set(told) == {"d:exc", "wallet:0xcold"}
        assert told["wallet:0xcold"].startswith("The address 0xcold received 60,000 USDT (60,000 US dollars)")

    def test_a_label_that_has_ended_marks_nothing_afterwards(self) -> None:
        tables = theft().tables()
        rows = [
            {**row, "valid_to": "2025-02-20"} if row["property"] == "topics" else row
            for row in tables["claims"].to_pylist()
        ]
        holder = [row for row in tables["entities"].to_pylist() if row["entity"] != "d:laz"]
        ended = {
            **tables,
            "claims": tables["claims"].from_pylist(rows, tables["claims"].schema),
            "entities": tables["entities"].from_pylist(holder, tables["entities"].schema),
        }
        assert self._detect(ended) == []
