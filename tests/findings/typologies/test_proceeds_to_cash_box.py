from pathlib import Path

from counterflow.findings.run import ScopeData
from counterflow.findings.typologies.mission_income import TYPOLOGY as INCOME
from counterflow.findings.typologies.proceeds_to_cash_box import TYPOLOGY, boxes
from counterflow.testing import TypologyContract
from counterflow.workspace import Workspace
from findings.world import World


def world(*, last: str = "2017-05-02", listed: bool = True, customers: int = 0) -> World:
    """A diplomat whom companies pay, who pays a broker, who pays the bureau."""
    w = World()
    w.entity("d:man", "Man", "Person", position="Third Secretary")
    w.entity("d:firm", "Trading Firm")
    w.entity("d:bureau", "Bureau", "PublicBody", listed=listed)
    w.holds("d:man", "account:MAN")
    w.holds("d:firm", "account:FIRM")
    w.holds("d:bureau", "account:BUREAU")
    for month in (1, 2, 3):
        w.pay(f"2017-0{month}-15 09:00", "FIRM", "MAN", 9_000.0)
        w.rows["payments"][-1]["purpose"] = "invoice"
    w.pay("2017-04-01 10:00", "MAN", "BROKER", 20_000.0)
    for n in range(customers):
        w.pay("2017-04-02 10:00", f"CUSTOMER{n}", "BROKER", 10.0)
    w.pay(f"{last} 10:00", "BROKER", "BUREAU", 18_000.0)
    return w


class TestProceedsToCashBox(TypologyContract):
    typology = TYPOLOGY
    parts = (INCOME,)

    def planted(self):
        return world().tables()

    def clean(self):
        """The broker had paid the bureau before he was paid."""
        return world(last="2017-03-02").tables()

    def test_the_way_is_told_from_its_beginning(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Trading Firm, named by mission income, paid 27,000 USD to Man in 3 payments, which paid 20,000 USD to "
            "account:BANK/BROKER, which paid 18,000 USD to Bureau; at most 18,000 USD can have come the whole way."
        )
        assert finding.subjects == ("d:firm", "d:bureau", "account:BANK/BROKER", "d:man")
        assert finding.payments == ("P1", "P2", "P3", "P4", "P5")
        assert [f["typology"] for f in finding.detail["findings"]] == ["mission_income"]

    def test_a_body_that_no_list_names_is_no_cash_box(self) -> None:
        assert self._detect(world(listed=False).tables()) == []

    def test_a_bank_is_not_passed_through(self) -> None:
        assert len(self._detect(world(customers=150).tables())) == 1
        assert self._detect(world(customers=250).tables()) == []

    def test_ownership_and_what_claims_tell_are_steps(self) -> None:
        w = world(last="2017-03-02")
        w.entity("d:holding", "Holding", "Company")
        w.link("Ownership", "d:holding", "d:man")
        w.link("Payment", "d:holding", "d:bureau")
        [finding] = self._detect(w.tables())
        assert [(step["to"], step["how"]) for step in finding.detail["way"]] == [
            ("d:man", "paid"), ("d:holding", "is held by"), ("d:bureau", "is said to pay")]  # fmt: skip
        assert finding.sentence.endswith("which is held by Holding, which is said to pay Bureau; at most 27,000 USD "
                                         "can have come the whole way.")  # fmt: skip

    def test_a_party_that_is_only_owned_has_paid_nothing(self) -> None:
        w = world(last="2017-03-02")
        w.link("Ownership", "d:bureau", "d:man")
        w.rows["payments"] = w.rows["payments"][:3]
        for row in w.rows["payments"]:
            row["from_account"], row["from_name"] = "ELSEWHERE", "Trading Firm Ltd"
        assert self._detect(w.tables()) == []

    def test_a_trickle_of_what_was_paid_is_no_way(self) -> None:
        w = world()
        w.rows["payments"][-1]["amount"] = 200.0
        assert self._detect(w.tables()) == []

    def test_ways_that_come_together_are_told_of_where_they_do(self) -> None:
        w = world()
        for n, row in enumerate(w.rows["payments"][:3]):
            w.entity(f"d:firm{n}", f"Trading Firm {n}")
            w.holds(f"d:firm{n}", f"account:FIRM{n}")
            row["from_account"] = f"FIRM{n}"
        [finding] = self._detect(w.tables())
        assert finding.subjects[0] == "d:man"


def test_the_cash_box_of_the_flow_is_one_of_the_bodies(demo: Path) -> None:
    view = Workspace.open(demo).view()
    assert view.flow()["cashbox"] in boxes(ScopeData(view.picture.scope))

    def test_a_way_that_only_claims_tell_has_no_payments(self) -> None:
        w = world(last="2017-03-02")
        w.rows["payments"] = w.rows["payments"][:3]
        w.link("Payment", "d:man", "d:bureau")
        w.link("Payment", "d:firm", "d:bureau")
        found = {f.subjects[0]: f for f in self._detect(w.tables())}
        assert found["d:firm"].detail["way"][-1]["payments"] == 0
        assert found["d:firm"].sentence.endswith("is said to pay Bureau.")
