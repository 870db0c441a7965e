from counterflow.findings.typologies.mass_address import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

FACTORY = "Suite 7, 12 Harbour Street, Port Vila"


def world(crowd: int, *, agent: bool = False) -> World:
    """:param agent: whether the address is that of the agent who represents all of them"""
    w = World()
    for n in range(30):
        w.entity(f"d:honest{n}", f"Honest Trader {n}", country="vu", address=f"{n} Main Road, Port Vila 100")
    for n in range(crowd):
        spelt = FACTORY if n % 2 else FACTORY.upper().replace(",", "")
        w.entity(f"d:c{n:02}", f"Client {n}", country="vu", address=spelt)
    if agent:
        w.entity("d:agent", "Formation Agent", country="vu", address=FACTORY)
        for n in range(crowd):
            w.link("Representation", "d:agent", f"d:c{n:02}")
    return w


class TestMassAddress(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(12).tables()

    def clean(self):
        """Nearly as many at one address."""
        return world(9).tables()

    def test_the_same_address_however_spelt(self) -> None:
        findings = self._detect(self.planted())
        assert len(findings) == 12
        assert {f.detail["companies_at_address"] for f in findings} == {12}
        assert "shares its address with 11 other companies" in findings[0].sentence

    def test_an_agents_own_address_is_another_sign(self) -> None:
        assert {f.subjects[0] for f in self._detect(world(12, agent=True).tables())} == {"d:agent"}

    def test_what_is_usual_in_the_country_is_no_sign(self) -> None:
        """Twelve at an address is the rule here: only the busiest hundredth stands out."""
        w = World()
        for house in range(200):
            for n in range(12 if house else 13):
                w.entity(f"d:c{house:03}-{n}", f"Company {house} {n}", country="hk", address=f"{house} Queens Road 1")
        assert {f.subjects[0].partition("-")[0] for f in self._detect(w.tables())} == {"d:c000"}
