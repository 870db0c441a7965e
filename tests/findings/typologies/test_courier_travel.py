import datetime as dt

from counterflow.findings.typologies.courier_travel import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, cash: float = 30_000.0, kind: str = "diplomatic", hours: int = 40, times: int = 3) -> World:
    """Beijing to Dhaka over Singapore and back, once a month, less than two days there."""
    w = World()
    w.entity("d:other", "Somebody Else", "Person")
    passport = {"document": "836110063", "document_type": kind, "nationality": "kp"}
    for n in range(times):
        day = dt.datetime(2015, 1 + n, 5, 8, tzinfo=dt.UTC)
        legs = [("PEK", "SIN", 0), ("SIN", "DAC", 8), ("DAC", "SIN", 12 + hours), ("SIN", "PEK", 20 + hours)]
        for start, to, later in legs:
            left, came = day + dt.timedelta(hours=later), day + dt.timedelta(hours=later + 4)
            money = {"cash": cash, "currency": "USD"} if (start, n) == ("SIN", 1) and to == "DAC" else {}
            w.trip("SON YONG NAM", start, to, f"{left:%Y-%m-%d %H:%M}", f"{came:%Y-%m-%d %H:%M}", **passport, **money)
    return w


class TestCourierTravel(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same journeys, with pocket money."""
        return world(cash=500.0).tables()

    def test_the_visits_are_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "SON YONG NAM, on a diplomatic passport, went to DAC 3 times for less than 72 hours from 2015-01-05 to "
            "2015-03-07, and declared 30,000 USD within 7 days of it."
        )
        assert finding.subjects == ("document:836110063",)
        assert len(finding.evidence) == 6  # out and home, three times; changing planes is no visit

    def test_a_tourist_is_nobodys_courier(self) -> None:
        assert self._detect(world(kind="ordinary").tables()) == []

    def test_long_stays_and_few_are_none(self) -> None:
        assert self._detect(world(hours=90).tables()) == []
        assert self._detect(world(times=2).tables()) == []

    def test_an_accredited_person_is_known_by_name_and_birth(self) -> None:
        w = world(kind="ordinary")
        w.entity("d:man", "Son Yong-nam", "Person", position="First Secretary", birthDate="1965-01-01")
        for row in w.rows["trips"]:
            row["birth_date"] = "1965-01-01"
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:man",)
        assert finding.sentence.startswith("Son Yong-nam, an accredited person, went to DAC 3 times")
        assert [e.role for e in finding.evidence][-1] == "the accreditation"
        for row in w.rows["trips"]:
            row["birth_date"] = "1970-01-01"
        assert self._detect(w.tables()) == []

    def test_an_accredited_person_is_known_by_passport(self) -> None:
        w = world(kind="ordinary")
        w.entity("d:man", "Son Yong-nam", "Person", position="First Secretary", passportNumber="836110063")
        w.entity("d:namesake", "Son Yong Nam", "Person")
        [finding] = self._detect(w.tables())
        assert finding.subjects == ("d:man",)

    def test_gold_that_was_seized(self) -> None:
        w = world(cash=0.0)
        w.seize("2015-03-08", "bd", "minerals", "26.7 kg gold", persons="Son Yong Nam; driver")
        [finding] = self._detect(w.tables())
        assert finding.sentence.endswith("and was stopped with 26.7 kg gold within 7 days of it.")
        late = world(cash=0.0)
        late.seize("2015-06-08", "bd", "minerals", "26.7 kg gold", persons="Son Yong Nam; driver")
        assert self._detect(late.tables()) == []

    def test_in_and_out_at_a_border(self) -> None:
        w = World()
        for n in range(4):
            for kind, hour, money in (("Entry", 8, 20_000.0), ("Exit", 18, None)):
                w.trip("RI YONG", "x", "Dandong", "2016-01-01 00:00", f"2016-02-{n + 1:02} {hour:02}:00", kind=kind,
                       document="1", document_type="service", cash=money)  # fmt: skip
                w.rows["trips"][-1] |= {"from_place": None, "departure": None}
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith("RI YONG, on a service passport, went to DANDONG 4 times")
