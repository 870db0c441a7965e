from counterflow.findings.typologies.mass_agent import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(served: int, schema: str = "Directorship") -> World:
    w = World()
    w.entity("d:nominee", "Nominee", "Person")
    for n in range(150):
        w.entity(f"d:director{n}", f"Director {n}", "Person")
        w.entity(f"d:honest{n}", f"Honest Trader {n}", country="sc")
        w.link(schema, f"d:director{n}", f"d:honest{n}")
    for n in range(served):
        w.entity(f"d:c{n:02}", f"Client {n}", country="sc")
        w.link(schema, "d:nominee", f"d:c{n:02}")
    return w


class TestMassAgent(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(21).tables()

    def clean(self):
        return world(19).tables()

    def test_agents_are_counted_as_directors_are(self) -> None:
        findings = self._detect(world(21, "Representation").tables())
        assert len(findings) == 21
        assert "is represented by Nominee, agent of 20 other companies" in findings[0].sentence
        assert findings[0].subjects[1] == "d:nominee"
