import datetime as dt
from pathlib import Path

from counterflow.model.handling import TLP, Label
from counterflow.sources.reader import read_head
from counterflow.sources.travel.trips import READER
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "trips"


def test_a_booking_is_one_journey() -> None:
    assert READER.recognises(read_head(FIXTURES / "good.csv")) == 0.9
    first, gold, tourist = Observed(READER, FIXTURES / "good.csv")["trips"]
    assert (first["name"], first["document"], first["document_type"]) == ("CHOL SU KIM", "P1234567", "diplomatic")
    assert (first["from_place"], first["from_country"], first["nationality"]) == ("PEK", None, "kp")
    assert (gold["document"], gold["nationality"], gold["cash"], gold["currency"]) == ("P1234567", "kp", 30000, "USD")
    assert (gold["from_country"], gold["to_country"], gold["goods"]) == ("sg", None, "27 kg gold")
    assert gold["departure"] == dt.datetime(2016, 3, 5, 9, 10, tzinfo=dt.UTC)
    assert gold["details"] == '{"Seat": "14C"}'
    assert tourist["document_type"] == "ordinary"


def test_border_crossings_and_what_is_wrong_with_them() -> None:
    found = Observed(READER, FIXTURES / "spoilt.csv")
    assert [(r.line, r.field) for r in found.rejected] == [
        (3, "traveller"), (4, "crossing date"), (5, "cash"), (7, "departure")]  # fmt: skip
    plain, odd = found["trips"]
    assert (plain["document_type"], plain["to_country"], plain["departure"]) == ("PS", "cn", None)
    assert plain["arrival"].date() == dt.date(2017, 5, 1)
    assert (odd["document_type"], odd["to_country"]) == ("service", None)
    assert odd["note"] == "to_country: 'Utopia' is no country that is known by that name"


def test_it_is_kept_from_all_but_those_who_may() -> None:
    label = Label.from_dict(READER.descriptor.label)
    assert label.tlp == TLP.AMBER_STRICT
    assert label.text == "TLP:AMBER+STRICT//PERSONAL DATA//WHERE LAWFUL"
