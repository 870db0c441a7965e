import pytest

from counterflow.findings.typologies.ship_mismatch import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

IMO = "9074729"


def world(*lengths: float, name: str = "OLD LADY", **said: str) -> World:
    w = World()
    w.entity("d:ship", "Old Lady", "Vessel", listed=True, imoNumber=IMO, **said)
    w.holds("d:ship", f"imo:{IMO}")
    for n, length in enumerate(lengths):
        w.static(f"21100000{n}", f"2019-0{n + 1}-01 00:00", IMO, vessel_name=name, length=float(length), width=20.0)
    w.stay("211000000", "2019-01-01 00:00", 2, 33.0, 125.0, imo=IMO)
    for row in w.rows["positions"]:
        row["vessel_name"] = name
    return w


class TestShipMismatch(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world(97, 141).tables()

    def clean(self):
        """The same hull, measured otherwise."""
        return world(97, 100).tables()

    def test_the_figures(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.vessels == (IMO,)
        assert finding.detail["contradictions"] == ["a length of 97 m and of 141 m"]

    @pytest.mark.parametrize(("tons", "found"), [("60000", 1), ("5000", 0)])
    def test_a_length_that_no_ship_of_that_tonnage_has(self, tons: str, found: int) -> None:
        assert len(self._detect(world(97, deadweightTonnage=tons).tables())) == found

    @pytest.mark.parametrize(("flag", "found"), [("pa", 1), ("de", 0)])
    def test_a_number_of_another_flag_than_the_registers(self, flag: str, found: int) -> None:
        assert len(self._detect(world(97, flag=flag).tables())) == found

    @pytest.mark.parametrize(("since", "found"), [("2018-06-01", 1), ("2019-02-20", 1), ("2019-06-01", 0)])
    def test_a_flag_that_was_not_hers_then_contradicts_nothing(self, since: str, found: int) -> None:
        w = world(97, flag="pa")
        next(row for row in w.rows["claims"] if row["property"] == "flag")["valid_from"] = since
        assert len(self._detect(w.tables())) == found

    @pytest.mark.parametrize(("name", "found"), [("MV OLD LADY", 0), ("OLDLADY", 0), ("PACIFIC STAR", 1)])
    def test_a_name_that_no_register_gives_her(self, name: str, found: int) -> None:
        assert len(self._detect(world(97, name=name).tables())) == found
