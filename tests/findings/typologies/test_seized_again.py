from typing import Any

import pytest

from counterflow.findings.typologies.seized_again import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, second: str = "9074729", day: str = "2015-11-02", **said: Any) -> World:
    """One ship is stopped in Egypt with arms, and in Panama with cigarettes a year later."""
    w = World()
    w.entity("d:ship", "Jie Shun", "Vessel", imoNumber="9074729")
    w.holds("d:ship", "imo:9074729")
    w.seize(
        "2014-08-11", "eg", "arms", "rocket grenades", quantity=30_000.0, unit="pcs", imo="9074729", carrier="Jie Shun"
    )
    w.seize(day, "pa", "tobacco", "cigarettes", place="Colon", **({"imo": second} | said))
    return w


class TestSeizedAgain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same two seizures, on two ships."""
        return world(second="8730546").tables()

    def test_what_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Jie Shun was named in 2 seizures in Egypt, Panama, from rocket grenades (30,000 pcs) in Egypt on "
            "2014-08-11 to cigarettes at Colon, Panama on 2015-11-02."
        )
        assert finding.subjects == ("d:ship",)
        assert finding.vessels == ("9074729",)

    def test_by_names_as_printed(self) -> None:
        w = World()
        printed: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
            ({"carrier": "M/V Jie Shun", "transport": "vessel"}, {"carrier": "JIE SHUN", "transport": "Sea"}),
            ({"persons": "KIM Chol Su"}, {"persons": "unknown male; Chol-su Kim"}),
            ({"companies": "Acme Trading Co., Ltd."}, {"companies": "ACME TRADING"}),
        )
        for first, second in printed:
            w.seize("2014-08-11", "eg", "drugs", "heroin", **first)
            w.seize("2015-08-11", "tr", "drugs", "heroin", **second)
        found = self._detect(w.tables())
        assert {f.subjects[0] for f in found} == {"ship:jie shun", "person:chol kim su", "company:acme trading"}
        assert all("known by name alone" in f.detail["factors"] for f in found)

    def test_who_is_named_together_each_time(self) -> None:
        w = World()
        for day in ("2014-08-11", "2015-08-11"):
            w.seize(
                day, "de", "tobacco", "cigarettes", companies="Baltic Tobacco; Acme GmbH", persons="Kim Chol; Pak Yong"
            )
            w.rows["seizures"][-1]["persons"] = "Kim Chol" if day < "2015" else "Pak Yong"
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("company:acme", "company:baltic tobacco")
        assert finding.sentence.startswith("Acme GmbH and Baltic Tobacco were named in 2 seizures in Germany, from ")

    def test_who_is_nobody(self) -> None:
        w = World()
        for day in ("2014-08-11", "2015-08-11", "2016-08-11"):
            w.seize(day, "eg", "drugs", "heroin", persons="unknown male", companies="various")
            w.seize(day, "eg", "drugs", "heroin", persons="Kim", carrier="Air France", transport="Commercial air")
        assert self._detect(w.tables()) == []

    @pytest.mark.parametrize("more", [{"day": "2022-11-02"}, {"day": "2014-08-11"}, {"credibility": 4}])
    def test_another_time_the_same_day_or_no_basis(self, more: dict[str, Any]) -> None:
        assert self._detect(world(**more).tables()) == []

    def test_a_line_that_is_stopped_every_month_is_no_smuggler(self) -> None:
        w = world()
        for n in range(30):
            w.seize(f"201{4 + n // 12}-{1 + n % 12:02}-01", "eg", "drugs", "khat", imo="9074729")
        assert self._detect(w.tables()) == []
