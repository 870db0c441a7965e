from counterflow.findings.typologies.mission_income import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*, post: str = "Third Secretary", purpose: str = "invoice {n}", payer: str = "Company", n: int = 3,
          amount: float = 9_000.0) -> World:  # fmt: skip
    """A diplomat on a salary, and somebody who pays into his account."""
    w = World()
    w.entity("d:man", "Man", "Person", position=post)
    w.entity("d:ministry", "Ministry of Foreign Affairs", "PublicBody")
    w.entity("d:firm", "Trading Firm", payer)
    w.holds("d:man", "account:MAN")
    w.holds("d:ministry", "account:MFA")
    w.holds("d:firm", "account:FIRM")
    for month in range(1, 4):
        w.pay(f"2017-0{month}-01 09:00", "MFA", "MAN", 2_000.0)
        w.rows["payments"][-1]["purpose"] = "Salary"
    for k in range(n):
        w.pay(f"2017-0{1 + k}-15 09:00", "FIRM", "MAN", amount)
        w.rows["payments"][-1]["purpose"] = purpose.format(n=k)
    return w


class TestMissionIncome(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The company pays for visas."""
        return world(purpose="visa fees, list {n}").tables()

    def test_commerce_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == ("Man, an accredited person, received 27,000 USD from companies in 3 payments.")
        assert finding.subjects == ("d:man", "d:firm")
        assert finding.payments == ("P4", "P5", "P6")

    def test_a_merchant_may(self) -> None:
        assert self._detect(world(post="Merchant").tables()) == []

    def test_a_friend_is_no_company_but_one_with_a_legal_form_is(self) -> None:
        w = world(payer="Person")
        assert self._detect(w.tables()) == []
        w.rows["holders"] = w.rows["holders"][:2]
        for row in w.rows["payments"][3:]:
            row["from_name"] = "Bright Trading Co., Ltd."
        assert len(self._detect(w.tables())) == 1

    def test_rent_for_premises(self) -> None:
        [finding] = self._detect(world(purpose="Miete Hostel", n=2, amount=800.0).tables())
        assert finding.sentence == "Man, an accredited person, received 1,600 USD as rent."

    def test_cash_beyond_a_salary(self) -> None:
        def deposits(amount: float) -> World:
            w = world(n=0)
            for day in (3, 10):
                w.pay(f"2017-02-{day:02} 09:00", "TILL", "MAN", amount)
                w.rows["payments"][-1] |= {"method": "cash deposit", "from_account": None}
            return w

        assert self._detect(deposits(2_900.0).tables()) == []
        [finding] = self._detect(deposits(4_000.0).tables())
        assert finding.sentence.endswith(
            "8,000 USD in cash within 30 days, beside a salary of about 2,000 USD a month."
        )

    def test_a_mission_is_held_against_its_people(self) -> None:
        w = World()
        w.entity("d:mission", "Embassy of the State", "PublicBody")
        w.holds("d:mission", "account:EMB")
        for n in range(2):
            w.entity(f"d:p{n}", f"Diplomat {n}", "Person")
            w.link("Employment", f"d:p{n}", "d:mission")
        w.pay("2017-02-03 09:00", "TILL", "EMB", 17_000.0)
        w.rows["payments"][-1]["method"] = "cash"
        assert self._detect(w.tables()) == []
        w.pay("2017-02-04 09:00", "TILL", "EMB", 2_000.0)
        w.rows["payments"][-1]["method"] = "cash"
        [finding] = self._detect(w.tables())
        assert finding.sentence.startswith(
            "Embassy of the State, a mission of 2 accredited persons, received 19,000 USD"
        )
