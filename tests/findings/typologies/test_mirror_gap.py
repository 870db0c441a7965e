from pathlib import Path

import pyarrow as pa
import pytest

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.ban_shift import TYPOLOGY as BAN_SHIFT
from counterflow.findings.typologies.mirror_gap import TYPOLOGY
from counterflow.findings.typologies.sanctioned_trade import TYPOLOGY as SANCTIONED_TRADE
from counterflow.findings.typologies.unit_value_outlier import TYPOLOGY as UNIT_VALUE
from counterflow.model.handling import PUBLIC
from counterflow.sources.trade.trade_figures import READER
from counterflow.testing import TypologyContract, scope_of, whole
from findings.world import World
from sources.observed import Observed

MONTHS = [f"{year}-{month:02}" for year in (2018, 2019) for month in range(1, 13)]


def world(*, missing: bool, exporter: str = "ru", importer: str = "mn") -> World:
    """Coal from one to the other for two years; a tenth more where it arrives, for freight. In three months of the
    second year most of what left does not arrive, or arrives in the month after."""
    w = World()
    for n, month in enumerate(MONTHS):
        sent = 10e6 * (1 + 0.05 * (n % 3))
        dark = n in (15, 18, 21)
        w.figure(exporter, importer, month, "export", "270112", sent)
        late = 10e6 * 1.1 if n in (16, 19, 22) and not missing else 0
        w.figure(importer, exporter, month, "import", "270112", sent * 1.1 * (0.15 if dark else 1) + late)
    return w


class TestMirrorGap(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(missing=True).tables()

    def clean(self):
        """The ships of these months came in the next: what was missing is there."""
        return world(missing=False).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Russia reports exports of goods of HS 270112 to Mongolia of 30,000,000 dollars in 3 periods from "
            "2019-04 to 2019-10; Mongolia reports imports of 4,500,000."
        )
        assert finding.subjects == ("country:mn", "country:ru")
        assert finding.detail["missing"] == "imports"
        assert finding.detail["usual_ratio"] == 1.0
        assert len(finding.evidence) == 6

    def test_goods_that_nobody_exported(self) -> None:
        w = world(missing=False)
        w.figure("cn", "mn", "2019-05", "import", "270112", 9e6)  # Mongolia reports no exports at all
        assert self._detect(w.tables()) == []
        w.figure("mn", "fr", "2019-05", "export", "270112", 9e6)
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("country:mn", "country:cn")
        assert finding.detail["missing"] == "exports"

    def test_who_reports_nothing_has_no_mirror(self) -> None:
        w = World()
        for year in range(2010, 2020):
            w.figure("cn", "kp", str(year), "export", "8703", 50e6)
            w.figure("cn", "kp", str(year), "import", "2701", 500e6)
        assert self._detect(w.tables()) == []

    @pytest.mark.parametrize("said", [{"credibility": 4}, {"currency": None}, {"mirror": True}])
    def test_what_is_doubted_or_of_unknown_worth_is_not_compared(self, said) -> None:
        w = world(missing=True)
        for row in w.rows["trade_figures"]:
            row.update(said)
        assert self._detect(w.tables()) == []

    def test_a_figure_out_by_a_thousand_is_a_slip_and_not_a_gap(self) -> None:
        w = world(missing=False)
        for row in w.rows["trade_figures"]:
            if row["date"] == "2019-06" and row["flow"] == "import":
                row["value"] /= 1000
        assert self._detect(w.tables()) == []

    def test_an_entrepot_is_graded_down_and_its_re_exports_are_no_exports_of_its_own(self) -> None:
        [plain] = self._detect(world(missing=True).tables())
        w = world(missing=True, exporter="hk")
        [hub] = self._detect(w.tables())
        assert hub.probability < plain.probability
        assert any("passes through" in sign for sign in hub.detail["factors"])
        for n in (15, 18, 21):
            w.figure("hk", "mn", MONTHS[n], "re-export", "270112", 8.5e6)
        assert self._detect(w.tables()) == []

    def test_prices_differ_where_weights_agree(self) -> None:
        w = world(missing=True)
        for row in w.rows["trade_figures"]:
            row["net_weight"] = 1e8
        [finding] = self._detect(w.tables())
        assert any("weights agree" in sign for sign in finding.detail["factors"])

    def test_a_short_history_is_held_against_all_pairs(self) -> None:
        w = World()
        for n in range(30):
            for way, more in (("export", 1.0), ("import", 1.0 + 0.01 * n)):
                one, other = ("fr", "de") if way == "export" else ("de", "fr")
                w.figure(one, other, "2019", way, f"{100000 + n}", 20e6 * more)
        w.figure("it", "ma", "2019", "export", "870323", 20e6)
        w.figure("ma", "it", "2019", "import", "870323", 3e6)
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("country:ma", "country:it")


def test_correlates_of_war_has_no_mirrors_and_no_goods(shared_data: Path) -> None:
    """Its two figures of a pair are opposite flows, each told by the importer: to set one against the other would find
    a "gap" in every pair, and in 142 of North Korea's."""
    path = shared_data / "dprk-trade" / "cow_bilateral_2001_all_pairs.parquet"
    rows = Observed(READER, path, mapping={"defaults": {"date": "2001"}}).table("trade_figures")
    assert len(rows) == 2 * 13_728
    n = len(rows)
    for name, values in (("row_id", [f"r{k}" for k in range(n)]), ("label_id", [PUBLIC.id] * n)):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values))
    every = [TYPOLOGY, BAN_SHIFT, SANCTIONED_TRADE, UNIT_VALUE]
    assert detect(ScopeData(scope_of(whole({"trade_figures": rows}))), every) == []
