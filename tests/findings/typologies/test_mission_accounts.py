from counterflow.findings.typologies.mission_accounts import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(accounts: int, *, staff: int = 0) -> World:
    w = World()
    if staff:
        w.entity("d:who", "Embassy of the State", "PublicBody")
        for n in range(staff):
            w.entity(f"d:p{n}", f"Diplomat {n}", "Person")
            w.link("Employment", f"d:p{n}", "d:who")
    else:
        w.entity("d:who", "Man", "Person", position="Second Secretary")
    for n in range(accounts):
        w.holds("d:who", f"account:A{n}")
    return w


class TestMissionAccounts(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(3).tables()

    def clean(self):
        return world(2).tables()

    def test_a_persons_accounts_are_counted(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == "Man, an accredited person, holds 3 bank accounts, more than 2."

    def test_a_missions_accounts_are_held_against_its_people(self) -> None:
        assert self._detect(world(6, staff=3).tables()) == []
        [finding] = self._detect(world(7, staff=3).tables())
        assert finding.sentence == (
            "Embassy of the State, a mission of 3 accredited persons, holds 7 bank accounts, more than 6."
        )

    def test_somebody_who_is_no_diplomat_may(self) -> None:
        w = World()
        w.entity("d:man", "Man", "Person", position="Merchant")
        w.holds("d:man", "account:1", "account:2", "account:3")
        assert self._detect(w.tables()) == []
