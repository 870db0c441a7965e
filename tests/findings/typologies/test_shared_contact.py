from counterflow.findings.typologies.shared_contact import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(*phones: str, held: bool = False) -> World:
    w = World()
    for n, phone in enumerate(phones):
        w.entity(f"d:c{n:02}", f"Company {n}", phone=phone)
    if held:
        w.link("Ownership", "d:c00", "d:c01")
    return w


class TestSharedContact(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("+85221112222", "+85221112222", "+85229999999").tables()

    def clean(self):
        return world("+85221112222", "+85221112223", "+85229999999").tables()

    def test_both_are_told(self) -> None:
        findings = self._detect(self.planted())
        assert {f.sentence for f in findings} == {
            "Company 0 answers to +85221112222, as does Company 1.",
            "Company 1 answers to +85221112222, as does Company 0.",
        }

    def test_a_parent_and_its_subsidiary_may(self) -> None:
        assert self._detect(world("+85221112222", "+85221112222", held=True).tables()) == []

    def test_a_number_of_very_many_is_an_agents(self) -> None:
        assert self._detect(world(*["+85221112222"] * 11).tables()) == []
