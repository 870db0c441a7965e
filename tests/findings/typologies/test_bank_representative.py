from counterflow.findings.typologies.bank_representative import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World


def world(employer: str = "Tanchon Commercial Bank", *, kin: str = "Family") -> World:
    w = World()
    w.entity("d:bank", employer, listed=True)
    w.entity("d:man", "Representative", "Person")
    w.entity("d:wife", "Wife", "Person")
    w.link("Employment", "d:man", "d:bank", role="representative in Dandong")
    w.link(kin, "d:wife", "d:man")
    w.holds("d:wife", "account:W1", "account:W2")
    return w


class TestBankRepresentative(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same with a shipping company."""
        return world("Shipping Company").tables()

    def test_who_holds_what_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Representative serves Tanchon Commercial Bank; 2 bank accounts stand in the name of Wife, of the same "
            "family or circle."
        )
        assert {e.role for e in finding.evidence} == {"the post", "the kinship", "the account"}

    def test_an_account_of_nobodys_relative_is_no_sign(self) -> None:
        assert self._detect(world(kin="UnknownLink").tables()) == []
