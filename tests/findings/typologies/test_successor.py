import pytest

from counterflow.findings.typologies.successor import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(formed: str, *, name: str = "Glocom Marine Systems Ltd", officer: str = "d:officer") -> World:
    w = World()
    w.entity("d:old", "Glocom Systems Ltd", listed=True)
    w.entity("d:officer", "An Officer", "Person")
    w.entity("d:stranger", "A Stranger", "Person")
    w.entity("d:new", name, incorporationDate=formed)
    w.designate("d:old", "2017-08-22")
    w.link("Directorship", "d:officer", "d:old")
    w.link("Directorship", officer, "d:new")
    for n in range(5):
        w.entity(f"d:other{n}", f"Marine Systems {n} Ltd", incorporationDate="2017-09-01")
    return w


class TestSuccessor(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("2017-09-04").tables()

    def clean(self):
        """As like a name, formed in the same days, by somebody else."""
        return world("2017-09-04", officer="d:stranger").tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.subjects == ("d:new", "d:old", "d:officer")
        assert finding.detail["days"] == 13
        assert finding.start == "2017-09-04"
        assert finding.sentence.startswith(
            "Glocom Marine Systems Ltd was formed 13 days after Glocom Systems Ltd was designated on 2017-08-22, and "
        )

    @pytest.mark.parametrize(
        ("formed", "expected"),
        [("2017-08-21", 0), ("2017-08-22", 1), ("2018-02-18", 1), ("2018-02-19", 0), ("2017-08", 1), ("2017", 0)],
    )
    def test_the_window_and_partial_dates(self, formed: str, expected: int) -> None:
        assert len(self._detect(world(formed).tables())) == expected

    def test_a_shared_officer_under_another_name_is_weaker(self) -> None:
        like = self._detect(self.planted())[0]
        other = self._detect(world("2017-09-04", name="Blue Lantern Tea Ltd").tables())
        assert [f.probability < like.probability for f in other] in ([], [True])

    def test_a_recorded_succession_counts(self) -> None:
        w = world("2017-09-04", officer="d:stranger")
        w.link("Succession", "d:old", "d:new")
        [finding] = self._detect(w.tables())
        assert "is recorded as its successor" in finding.detail["factors"]
