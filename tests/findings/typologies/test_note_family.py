from typing import Any

import pytest

from counterflow.findings.typologies.note_family import TYPOLOGY
from counterflow.testing import TypologyContract
from findings.world import World

NOTES = "counterfeit 100 dollar notes"
PLATES = "face plate H12; back plate 8"


def world(*serials: str, goods: str = NOTES, **more: Any) -> World:
    """Seizures in Macao, Peru and Germany within half a year."""
    w = World()
    said = serials or (PLATES, f"serial AB12345678A, {PLATES}", f"{PLATES}; series 1996")
    for day, country, text in zip(("2005-01-10", "2005-03-02", "2005-06"), ("mo", "pe", "de"), said, strict=True):
        w.seize(day, country, "currency", goods, serials=text, **more)
    return w


class TestNoteFamily(TypologyContract):
    typology = TYPOLOGY

    def planted(self):
        return world().tables()

    def clean(self):
        """The same notes three times in two countries."""
        w = world()
        w.rows["seizures"][2]["country"] = "pe"
        return w.tables()

    def test_the_family_is_told(self) -> None:
        [finding] = self._detect(self.planted())
        assert finding.sentence == (
            "Notes that share USD 100 face plate H12, back plate 8 were seized 3 times in 3 countries (Macau, Peru, "
            "Germany) from 2005-01-10 to 2005-06-01."
        )
        assert finding.detail["couriers"] == []

    @pytest.mark.parametrize(
        "serials",
        [
            ("PN-14342", "class C-14342", "Circular 14342"),
            ("AB12345601A-AB12345620A", "AB 12345655 A", "AB12345700A - …20A"),
            ("AB12345678A", "serials: AB12345678A, CD00000001B", "AB-12345678-A"),
        ],
    )
    def test_by_class_and_serials_also_where_nobody_calls_them_false(self, serials: tuple[str, ...]) -> None:
        assert len(self._detect(world(*serials, goods="100 dollar notes").tables())) == 1

    def test_what_is_only_alike_is_no_family(self) -> None:
        w = World()
        for serials in (
            ("AB12345678A", "AC12345678A", "AB12345678B"),
            ("DD12345678A", "DD12355678A", "DD12365678A"),
            ("face plate H12; back plate 8", "face plate H12; back plate 9", "face plate H13; back plate 8"),
            ("series 1996", "series 1996", "series 1996"),
            ("AB??", "AB??", "AB??"),
        ):
            w.rows.setdefault("seizures", []).extend(world(*serials).rows["seizures"])
        for number, row in enumerate(w.rows["seizures"]):
            row["row_id"] = f"row-{number}"
        assert self._detect(w.tables()) == []

    @pytest.mark.parametrize(
        "said", [{"goods": "100 dollar notes"}, {"goods": "counterfeit coins of 100 rupees"}, {"credibility": 5}]
    )  # fmt: skip
    def test_plates_of_genuine_notes_other_goods_and_doubted_rows_are_no_basis(self, said: dict[str, Any]) -> None:
        w = world(**said)
        for row in w.rows["seizures"]:
            row["category"] = "currency" if "notes" in row["goods"] else "metal"
        assert self._detect(w.tables()) == []

    def test_spread_over_years_is_another_matter(self) -> None:
        w = world()
        w.rows["seizures"][0]["date"] = "2003-01-10"
        assert self._detect(w.tables()) == []

    @pytest.mark.parametrize(("document", "couriers"), [("diplomatic", 1), ("ordinary", 0)])
    def test_who_was_there_on_an_official_passport(self, document: str, couriers: int) -> None:
        w = world()
        for day, country in (("2005-01-05", "mo"), ("2005-02-27", "pe"), ("2005-05-01", "de")):
            w.trip("Pak Yong", "FNJ", country, day, day, to_country=country, document="P1", document_type=document)
        w.trip("Somebody Else", "FNJ", "MFM", "2005-01-05", "2005-01-05", to_country="mo", document="P2",
               document_type="diplomatic")  # fmt: skip
        [finding] = self._detect(w.tables())
        assert len(finding.detail["couriers"]) == couriers
        if couriers:
            assert finding.sentence.endswith(
                "Pak Yong came to Macau and Peru within days of it on a diplomatic passport."
            )
            assert len([e for e in finding.evidence if e.kind == "trips"]) == 2

    def test_the_same_rows_are_one_family_however_much_they_share(self) -> None:
        w = world(*[f"{PLATES}; AB12345678A; PN-14342"] * 3)
        [finding] = self._detect(w.tables())
        assert finding.detail["shared"] == [
            "USD 100 serial AB12345678A", "class 14342", "USD 100 face plate H12, back plate 8"]  # fmt: skip
