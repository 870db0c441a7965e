from counterflow.findings.typologies.disqualified_director import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(topic: str) -> World:
    w = World()
    w.entity("d:company", "Company")
    w.entity("d:man", "Man", "Person", topics=topic)
    w.link("Directorship", "d:man", "d:company")
    w.link("Ownership", "d:man", "d:company")
    return w


class TestDisqualifiedDirector(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("corp.disqual").tables()

    def clean(self):
        return world("role.pep").tables()

    def test_what_the_person_does_is_told_once(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == "Company is directed and owned by Man, who is disqualified as a director."
        assert len(finding.evidence) == 3
