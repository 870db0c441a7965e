import datetime as dt

from counterflow.findings.typologies.gather_scatter import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment


def world(*, new: bool = True, first_in: bool = True) -> World:
    w = World()
    w.entity("d:hub", "Hub Ltd")
    w.holds("d:hub", "account:H")
    w.pay("2017-01-05 08:00", "H", "LANDLORD", 900)
    into, out = ("01", "06") if first_in else ("06", "01")
    if not new:
        for n in range(6):
            w.pay(moment("2017-01-08 08:00") + dt.timedelta(days=20 * n), f"A{n}", "H", 10_000)
            w.pay(moment("2017-01-18 08:00") + dt.timedelta(days=20 * n), "H", f"B{n}", 10_000)
    for n in range(6):
        w.pay(f"2017-06-{into} 1{n}:00", f"A{n}", "H", 10_000 + n)
        w.pay(f"2017-06-{out} 1{n}:00", "H", f"B{n}", 9_000 - n)
    w.pay("2017-06-03 08:00", "H", "LANDLORD", 900)
    return w


class TestGatherScatter(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same payments to and from those that it always deals with."""
        return world(new=False).tables()

    def test_scattering_what_was_not_yet_gathered_is_something_else(self) -> None:
        assert self._detect(world(first_in=False).tables()) == []

    def test_the_members(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects[0] == "d:hub"
        assert len(finding.payments) == 12
        assert (finding.detail["payers"], finding.detail["payees"]) == (6, 6)
        assert finding.sentence == (
            "Hub Ltd was paid 60,015 USD by 6 accounts it had no dealings with before and paid 53,985 USD to 6 others "
            "that were new to it within 5 days."
        )

    def test_what_is_usual_for_a_shop_is_not_told(self) -> None:
        """An account that meets as many strangers every week."""
        w = world()
        for week in range(12):
            monday = moment("2017-03-06 08:00") + dt.timedelta(weeks=week)
            for n in range(6):
                w.pay(monday + dt.timedelta(hours=n), f"C{week}-{n}", "H", 10_000)
                w.pay(monday + dt.timedelta(days=4, hours=n), "H", f"D{week}-{n}", 9_000)
        assert [f for f in self._detect(w.tables()) if f.start.startswith("2017-06")] == []
