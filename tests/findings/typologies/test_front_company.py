import pytest

from counterflow.findings.run import ScopeData, detect
from counterflow.findings.typologies.front_company import TYPOLOGY
from counterflow.testing import TypologyContract, scope_of
from counterflow.testing.tables import whole
from findings.world import World


def world(*, listed: bool, **more: str) -> World:
    w = World()
    w.entity("d:bank", "Some Bank", listed=listed)
    w.entity("d:front", "Harbour Trading Ltd")
    w.entity("d:officer", "An Officer", "Person", listed=listed)
    w.link("Ownership", "d:bank", "d:front", **more)
    w.link("Directorship", "d:officer", "d:front", **more)
    return w


class TestFrontCompany(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(listed=True).tables()

    def clean(self):
        """The same links, to parties that nobody has listed."""
        return world(listed=False).tables()

    def test_the_sentence_names_the_best_flags(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Harbour Trading Ltd is named by no sanctions list, but is held by Some Bank and is directed by An Officer."
        )
        assert finding.subjects == ("d:front", "d:bank", "d:officer")
        assert {e.role for e in finding.evidence} == {"is held by", "is directed by"}

    @pytest.mark.parametrize("stance", ["denies", "doubts"])
    def test_a_link_that_is_denied_is_no_flag(self, stance: str) -> None:
        assert self._detect(world(listed=True, stance=stance).tables()) == []

    def test_a_poor_source_is_worth_less(self) -> None:
        good = self._detect(world(listed=True).tables())[0]
        assert self._detect(world(listed=True, reliability="F", credibility=3).tables()) == []
        fair = self._detect(world(listed=True, reliability="C", credibility=2).tables())[0]
        assert fair.probability < good.probability

    def test_a_grade_is_worth_what_the_workspace_says(self) -> None:
        def probability(own: dict[str, float]) -> float:
            scope = scope_of(whole(world(listed=True).tables()))
            scope.grades = own
            return max(f.probability for f in detect(ScopeData(scope), [TYPOLOGY]))

        assert probability({"B1": 0.6}) < probability({}) == probability({"C3": 0.2})

    def test_shared_officer_address_and_number(self) -> None:
        w = World()
        w.entity("d:listed", "Listed Co", listed=True, phone="+85221112222")
        w.entity("d:front", "Front Co", phone="+85221112222")
        w.entity("d:man", "Man", "Person")
        w.entity("d:place", "Room 1, 5 Pier Road", "Address")
        for company in ("d:listed", "d:front"):
            w.link("Directorship", "d:man", company)
            w.link("UnknownLink", company, "d:place")
        [finding] = self._detect(w.tables())
        assert finding.detail["kinds"] == 3
        assert finding.subjects == ("d:front", "d:listed", "d:man")
        assert len(finding.evidence) == 6

    def test_an_address_that_many_share_tells_nothing(self) -> None:
        w = World()
        w.entity("d:listed", "Listed Co", listed=True)
        w.entity("d:place", "Office 7, Agents House", "Address")
        w.link("UnknownLink", "d:listed", "d:place")
        for n in range(12):
            w.entity(f"d:c{n}", f"Client {n}")
            w.link("UnknownLink", f"d:c{n}", "d:place")
        self.parameters = {"least": 0.01}
        assert self._detect(w.tables()) == []
