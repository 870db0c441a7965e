import re
from importlib import resources

import pytest

from counterflow.findings.flags import assigned_by, same_digits


@pytest.mark.parametrize(
    ("mmsi", "country"),
    [("445123000", "kp"), ("273001000", "ru"), ("257000000", "no"), ("677012300", "tz"), ("200000001", None),
     ("002731000", None), ("27300100", None)],
)  # fmt: skip
def test_who_assigned_a_number(mmsi: str, country: str | None) -> None:
    assert assigned_by(mmsi) == country


def test_a_flag_without_digits_of_its_own_sends_under_another_s() -> None:
    assert same_digits("im", "235000001")
    assert not same_digits("im", "273000001")
    assert same_digits("im", "200000001"), "numbers that nobody assigned say nothing of the flag"


def test_no_digits_are_two_countries() -> None:
    text = (resources.files("counterflow.findings") / "maritime_digits.yaml").read_text("utf-8")
    digits = re.findall(r"\b[2-7]\d\d\b", re.sub(r"#.*", "", text))
    assert len(digits) == len(set(digits)) == 292
