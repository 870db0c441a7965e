from typing import Any

from counterflow.findings.typologies.misdeclared_container import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(
    w: World | None = None, box: str = "MSKU1234567", *, description: str = "wooden furniture",
    day: str = "2013-06-20", **said: Any,
) -> World:  # fmt: skip
    """Nine million cigarettes in a container that was declared as furniture three weeks before."""
    w = w or World()
    row = {"quantity": 9e6, "unit": "cigarette", "place": "Hamburg", "container": f"{box[:4]} {box[4:]}"} | said
    w.seize(day, "de", "tobacco", "cigarettes", **row)
    w.ship("Harbour Exports Ltd", "Nord Import GmbH", "940360", description, "2013-06-01", container=box)
    return w


class TestMisdeclaredContainer(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same, declared as what it was: duty may be owed, and nothing was hidden."""
        return world(description="Cigarettes, 900 cases").tables()

    def test_what_is_told(self) -> None:
        w = world()
        w.entity("d:nord", "Nord Import GmbH")
        w.holds("d:nord", "name:nord import")
        [finding] = self._detect(w.tables())
        assert finding.sentence == (
            "Harbour Exports Ltd declared 'wooden furniture' to Nord Import GmbH in the container MSKU1234567; what "
            "was seized in it: cigarettes (9,000,000 cigarettes) at Hamburg, Germany on 2013-06-20."
        )
        assert finding.subjects[1] == "d:nord"
        assert (finding.start, finding.end) == ("2013-06-01", "2013-06-20")

    def test_no_basis(self) -> None:
        """Another voyage, another box, a doubted row, no number that is one: each beside the others."""
        w = World()
        world(w, "MSKU0000001", day="2014-06-20")
        world(w, "MSKU0000002", container="TCLU7654321")
        world(w, "MSKU0000003", credibility=5)
        world(w, "MSKU0000004", container="see annex")
        assert self._detect(w.tables()) == []

    def test_one_paper_that_tells_it_is_enough(self) -> None:
        w = world()
        w.ship("Another Ltd", "Nord Import GmbH", "240220", "cigarettes", "2013-06-02", container="MSKU1234567")
        assert self._detect(w.tables()) == []
