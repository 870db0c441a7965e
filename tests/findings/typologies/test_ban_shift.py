import numpy as np
import pytest

from counterflow.findings.typologies.ban_shift import TYPOLOGY, shifts
from counterflow.testing import TypologyContract
from findings.world import World

MONTHS = [f"{year}-{month:02}" for year in (2016, 2017, 2018) for month in range(1, 13)]
DIAL = {name: dial.default for name, dial in TYPOLOGY.parameters.items()}


def world(*, risen: tuple[str, ...] = ("ru",), months: list[str] = MONTHS, **said: object) -> World:
    """China's imports of anthracite: North Korea's end with the ban of August 2017; those who rise double."""
    w = World()
    for n, month in enumerate(months):
        after = month > "2017-09"
        for supplier, tonnes in (
            ("kp", 900e3),
            ("ru", 500e3),
            ("mn", 400e3),
            ("au", 800e3),
            ("id", 300e3),
            ("vn", 200e3),
        ):
            wave = 1 + 0.08 * ((n * 7 + len(supplier) + ord(supplier[0])) % 5 - 2) / 2
            factor = (0.01 if supplier == "kp" else 2.0 if supplier in risen else 1.0) if after else 1.0
            kg = tonnes * 1000 * wave * factor
            w.figure("cn", supplier, month, "import", "270111", kg * 0.09, net_weight=kg, **said)
            w.figure(
                "cn", supplier, month, "import", "2701", kg * 0.1, net_weight=kg * 1.1, aggregate="commodity", **said
            )
    return w


class TestBanShift(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(months=MONTHS[8:30]).tables()

    def clean(self):
        """Every other supplier rises alike: the market grew, or the buyer turned to all of them."""
        return world(risen=("ru", "mn", "au", "id", "vn"), months=MONTHS[8:30]).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence.startswith(
            "After the ban of 2017-08-05 on coal from North Korea, imports of China from there fell from "
        )
        assert finding.subjects == ("country:ru", "country:cn", "country:kp")
        assert finding.detail["other_suppliers"] == 4
        assert finding.detail["standard_deviations"] > 3
        assert 450_000 < finding.detail["gained_tonnes_a_month"] < 550_000
        assert len(finding.evidence) == 2 * (finding.detail["periods_before"] + finding.detail["periods_after"])

    def test_a_distant_supplier_is_graded_down(self) -> None:
        [near] = self._detect(self.planted())
        [far] = self._detect(world(risen=("au",), months=MONTHS[8:30]).tables())
        assert far.probability < near.probability

    @pytest.mark.parametrize("said", [{"credibility": 4}, {"nomenclature": "SITC"}, {"transport": "rail"}])
    def test_what_is_not_counted(self, said) -> None:
        assert self._detect(world(months=MONTHS[8:30], **said).tables()) == []

    def test_years_are_measured_like_months(self) -> None:
        w = World()
        for year in range(2013, 2021):
            for supplier, usd in (("kp", 9e6), ("ru", 5e6), ("mn", 4e6), ("au", 8e6), ("id", 3e6)):
                after = year > 2017
                wave = 1 + 0.04 * ((year + ord(supplier[0])) % 3 - 1)
                factor = (0.0 if supplier == "kp" else 2.5 if supplier == "ru" else 1.0) if after else 1.0
                w.figure("jp", supplier, str(year), "import", "270112", usd * wave * factor)
        [finding] = self._detect(w.tables())
        assert finding.detail["gained_dollars_a_year"] > 5_000_000

    def test_too_short_a_time_says_nothing(self) -> None:
        assert self._detect(world(months=MONTHS[15:30]).tables()) == []


def test_chance_alone_shifts_hardly_any_market() -> None:
    """A thousand markets of eight suppliers whose months scatter by a third, where only the ban is real."""
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(1000):
        sold = rng.lognormal(0, 0.3, (8, 24)) * rng.lognormal(2, 1, (8, 1))
        sold[0, 12:] = 0
        found += len(list(shifts(sold, [f"s{k}" for k in range(8)], "s0", 12, DIAL)))
    assert found <= 10


def test_a_planted_shift_is_found_through_such_scatter() -> None:
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(200):
        sold = rng.lognormal(0, 0.3, (8, 24)) * 10
        sold[0, 12:] = 0
        sold[1, 12:] += 10 * rng.lognormal(0, 0.3, 12)
        found += [s.supplier for s in shifts(sold, [f"s{k}" for k in range(8)], "s0", 12, DIAL)] == ["s1"]
    assert found >= 160
