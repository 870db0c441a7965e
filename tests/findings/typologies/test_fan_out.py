import datetime as dt

from counterflow.findings.typologies.fan_out import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World, moment


def world(*, usual: bool) -> World:
    w = World()
    w.entity("d:spreader", "Spreader Ltd")
    w.holds("d:spreader", "account:K1")
    w.pay("2017-03-01 08:00", "X", "K1", 5000)
    first = moment("2017-03-01 09:00")
    for n in range(0, 200, 1 if usual else 100):  # the months before: two new payees a day, or two in all
        w.pay(first + dt.timedelta(hours=12 * n), "K1", f"EARLIER{n}", 2000)
        w.pay(first + dt.timedelta(hours=12 * n + 1), f"EARLIER{n}", "LANDLORD", 100)
    for n in range(8):
        w.pay(f"2017-06-01 09:{n:02}", f"N{n}", "LANDLORD", 100)
        w.pay(f"2017-06-{10 + n % 3:02} 09:{n:02}", "K1", f"N{n}", 20_000 + n)
    return w


class TestFanOut(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(usual=False).tables()

    def clean(self):
        """The same eight strangers, paid by one who pays strangers every day."""
        return world(usual=True).tables()

    def test_the_members_are_the_strangers(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.detail["payees"] == len(finding.payments) == 8
        assert finding.accounts[0] == "K1"
        assert (finding.start, finding.end) == ("2017-06-10T09:00:00Z", "2017-06-12T09:05:00Z")

    def test_a_payroll_is_less_likely(self) -> None:
        tables = self.planted()
        rows = tables["payments"].to_pylist()
        same = [{**row, "amount": 20_000.0} if row["to_account"].startswith("N") else row for row in rows]
        [alike] = self._detect({**tables, "payments": tables["payments"].from_pylist(same, tables["payments"].schema)})
        [various] = self._detect(tables)
        assert alike.probability < various.probability
