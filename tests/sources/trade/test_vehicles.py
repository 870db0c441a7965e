from pathlib import Path

from counterflow.model import check_digits
from counterflow.sources.reader import read_head
from counterflow.sources.trade.vehicles import READER
from sources.observed import Observed

FIXTURES = Path(__file__).parents[2] / "fixtures" / "vehicles"


def test_a_date_of_theft_says_what_the_row_is() -> None:
    assert READER.recognises(read_head(FIXTURES / "good.csv")) == 0.7
    rows = Observed(READER, FIXTURES / "good.csv")["vehicles"]
    assert [(row["vin"], row["kind"], row["date"]) for row in rows] == [
        ("WDD2221761A000123", "stolen", "2017-03-01"),
        ("1M8GDM9AXKP042788", "registered", "1989-05"),
        ("JZX1000012345", "stolen", "2016-01-02"),
    ]


def test_a_number_that_cannot_be_one_is_set_aside() -> None:
    found = Observed(READER, FIXTURES / "spoilt.csv")
    assert [(r.line, r.field) for r in found.rejected] == [
        (3, "chassis number"), (4, "date reported"), (5, "status")]  # fmt: skip
    car, other = found["vehicles"]
    assert (car["vin"], car["end"], car["country"]) == ("WDD2221761A000124", "2017-09-30", "de")
    assert car["note"] == "I, O or Q in the vehicle's number, which has none: read as 1 and 0"
    assert other["kind"] == "seen"


def test_the_ninth_character_checks_the_others() -> None:
    # the example of 49 CFR 565 as the trade gives it, and the all-ones number
    assert check_digits.vin("1M8GDM9AXKP042788")
    assert check_digits.vin("11111111111111111")
    assert not check_digits.vin("1M8GDM9A0KP042788")
    assert not check_digits.vin("1M8GDM9AXKP04278")
    assert not check_digits.vin("IM8GDM9AXKP042788")
