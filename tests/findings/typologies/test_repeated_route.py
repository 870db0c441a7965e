from typing import Any

from counterflow.findings.typologies.repeated_route import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

POST: dict[str, Any] = {"transport": "Commercial air", "concealment": "Postal"}
OTHERS = ("br", "pe", "co", "ar", "cl", "uy", "py", "bo")
BAGS: dict[str, Any] = {"transport": "Commercial air", "concealment": "Baggage"}


def world(w: World | None = None, *, others: str = "Baggage", country: str = "es", **more: Any) -> World:
    """Twelve days of parcels from Chad in a year; from eight other countries, bags."""
    w = w or World()
    for n in range(24):
        w.seize(f"2012-{1 + n % 12:02}-{3 + n:02}", country, "drugs", "Cocaine", departure_country=OTHERS[n % 8],
                **(BAGS | {"concealment": others}))  # fmt: skip
    for n in range(12):
        row = {"departure_country": "td", **POST} | more
        w.seize(f"2012-{1 + n:02}-15", country, "drugs", "Cocaine", **row)
    return w


class TestRepeatedRoute(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """As many parcels on the route, and as many on all others: the country reports parcels."""
        return world(others="Postal").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Cocaine from Chad to Spain by commercial air, concealment 'postal', was seized on 12 days from 2012-01-15 "
            "to 2012-12-15 as Spain reports: 100% of its days on this route, 0% on others."
        )
        assert [finding.detail[k] for k in ("days", "expected_days", "days_of_others")] == [12, 0.3, 22]
        assert len(finding.evidence) == 12
        assert finding.subjects == ("route:td>es",)

    def test_what_is_reported_much_is_not_what_is_done_much(self) -> None:
        """Ten times the rows, all of them parcels from everywhere: volume alone tells nothing."""
        w = World()
        for n in range(300):
            w.seize(f"2012-{1 + n % 12:02}-{1 + n % 28:02}", "nz", "drugs", "Heroin", quantity=float(n),
                    departure_country=("cn", "in", "hk")[n % 3], **POST)  # fmt: skip
        assert self._detect(w.tables()) == []

    def test_parcels_of_one_day_are_one_event(self) -> None:
        w = world()
        for row in w.rows["seizures"][24:]:
            row["date"] = "2012-05-15"
        assert self._detect(w.tables()) == []

    def test_no_basis(self) -> None:
        """Doubted by its source, told twice, nothing told of how it came, within the country's own borders: each as
        another country reports it."""
        w = World()
        cases: tuple[dict[str, Any], ...] = (
            {"credibility": 5}, {"credibility": 4}, {"repeat": 2}, {"concealment": "Other"}, {"transport": "Unknown"},
            {"departure_country": "se"},
        )  # fmt: skip
        for country, more in zip(("es", "fr", "it", "pl", "de", "se"), cases, strict=True):
            world(w, country=country, **more)
        assert self._detect(w.tables()) == []
        world(w, country="nl")
        assert [f.subjects[0] for f in self._detect(w.tables())] == ["route:td>nl"]

    def test_years_apart_is_no_habit(self) -> None:
        w = world()
        for n, row in enumerate(w.rows["seizures"][24:]):
            row["date"] = f"{2000 + n}-03-15"
        assert self._detect(w.tables()) == []

    def test_dates_to_the_month_are_said(self) -> None:
        w = world()
        for n, row in enumerate(w.rows["seizures"][24:]):
            row["date"] = f"2012-{1 + n:02}"
        [finding] = self._detect(w.tables())
        assert finding.detail["dates"] == "month"
