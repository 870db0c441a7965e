from counterflow.findings.typologies.secrecy_chain import TYPOLOGY, secretive
from counterflow.model.values import clean
from counterflow.testing import TypologyContract
from findings.world import World


def world(*jurisdictions: str, ring: bool = False) -> World:
    """A company in Germany under owners in these jurisdictions, nearest first."""
    w = World()
    w.entity("d:c0", "Operating Company", jurisdiction="de")
    for n, place in enumerate(jurisdictions, 1):
        w.entity(f"d:c{n}", f"Holding {n}", jurisdiction=place)
        w.link("Ownership", f"d:c{n}", f"d:c{n - 1}")
    if ring:
        w.link("Ownership", "d:c1", f"d:c{len(jurisdictions)}")
    return w


class TestSecrecyChain(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world("vg", "sc").tables()

    def clean(self):
        """As long a chain, one of whose layers says who owns it."""
        return world("vg", "at", "sc").tables()

    def test_the_layers_are_named(self) -> None:
        [finding] = self._detect(world("vg", "sc", "mh").tables())
        assert finding.sentence == (
            "Operating Company stands under 3 owners in secrecy jurisdictions: Holding 1 (VG), Holding 2 (SC), "
            "Holding 3 (MH)."
        )

    def test_a_ring_ends(self) -> None:
        [finding] = self._detect(world("vg", "sc", ring=True).tables())
        assert finding.detail["layers"] == 2

    def test_every_jurisdiction_is_a_country(self) -> None:
        assert all(clean("country", code) == code for code in secretive())
