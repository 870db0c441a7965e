from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.co_movement import TYPOLOGY
from counterflow.testing import TypologyContract
from counterflow.testing.tables import scope_of, whole
from findings.world import World


def world(*, tied: bool = True, apart: int = 0) -> World:
    """:param apart: days between the payments of the one and the other"""
    w = World()
    w.entity("d:agent", "Agent", "Person")
    for n in (1, 2):
        w.entity(f"d:c{n}", f"Company {n}")
        w.holds(f"d:c{n}", f"account:C{n}")
        if tied or n == 1:
            w.link("Directorship", "d:agent", f"d:c{n}")
        for day in (3, 13):
            when = day + (apart if n == 2 else 0)
            w.pay(f"2017-05-{when:02} 10:00", "PAYER", f"C{n}", 50_000)
            w.pay(f"2017-05-{when:02} 11:00", f"C{n}", "PAYEE1", 20_000)
            w.pay(f"2017-05-{when:02} 12:00", f"C{n}", "PAYEE2", 20_000)
    return w


class TestCoMovement(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same payments, days apart."""
        return world(apart=3).tables()

    def test_the_pair_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Company 1 moves with another company: Company 1 and Company 2 pay and are paid by the same 3 parties and "
            "surge together on 2 days."
        )
        assert len(finding.payments) == 12
        assert finding.accounts == ("C1", "C2")

    def test_without_a_tie_it_is_a_market(self) -> None:
        assert self._detect(world(tied=False).tables()) == []

    def test_with_whom_everybody_deals_tells_nothing(self) -> None:
        """Where two companies are a crowd, what both share says nothing of either."""
        data = ScopeData(scope_of(whole(world().tables())))
        assert detect(data, [TYPOLOGY], {TYPOLOGY.name: {"crowd": 1.0}}) == []
