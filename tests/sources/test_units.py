from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.sources.units import normalised, unit_of

Row = tuple[float | None, str | None, str | None, str | None]


def one(quantity: str | None, unit: str | None, **options: object) -> Row:
    found = normalised(pa.array([quantity], pa.string()), pa.array([unit], pa.string()), **options)  # type: ignore[arg-type]
    [row] = zip(*(c.to_pylist() for c in (found.values, found.units, found.given, found.notes)), strict=True)
    return row  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        ("7", "kg", (7.0, "kg", None, None)),
        ("490", "Gram", (0.49, "kg", "490 Gram", None)),
        ("1.5 kg", None, (1.5, "kg", "1.5 kg", None)),
        ("2", "Thousand of tablets", (2000.0, "tablet", "2 Thousand of tablets", None)),
        ("about 300", "Tablet", (300.0, "tablet", "about 300 Tablet", "the quantity is approximate")),
        ("several bags", None, (None, None, "several bags", "the quantity is no plain number: as written")),
        ("3", "ton", (3.0, "ton", None, "the unit is not known: the quantity is as written")),  # metric, long or short?
        ("5", None, (5.0, None, None, "no unit is given")),
        ("0", "kg", (0.0, "kg", None, "the quantity given is zero")),
        ("1e-07", "kg", (1e-07, "kg", None, None)),
        (None, "kg", (None, "kg", None, None)),
        ("1,500", "kg", (None, "kg", "1,500 kg", "the quantity is no plain number: as written")),  # 1.5 or 1500?
    ],
)
def test_quantities_are_converted_or_kept_as_written(quantity: str | None, unit: str | None, expected: Row) -> None:
    assert one(quantity, unit) == expected


def test_a_mapping_says_how_figures_are_written_and_a_publisher_what_a_unit_means() -> None:
    assert one("1.500,5", "kg", decimal=",", thousands=".")[0] == 1500.5
    assert one("3", "Ton", extra={"ton": ["kg", 1000]})[:2] == (3000.0, "kg")
    assert unit_of("Gallons (US, liquid)") == ("l", 3.785411784)
    assert unit_of("furlong") is None


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**6, places=3), st.sampled_from(["g", "kg", "t", "lb", "ml", "dozen"]))
def test_conversion_is_the_factor_and_nothing_else(amount: object, unit: str) -> None:
    known = unit_of(unit)
    assert known is not None
    value = one(str(amount), unit)[0]
    assert value == pytest.approx(float(Fraction(str(amount)) * Fraction(known[1])))


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=8))
def test_whatever_is_written_is_kept_somewhere(quantity: str, unit: str) -> None:
    value, _, written, _ = one(quantity or None, unit or None)
    assert quantity == "" or value is not None or written is not None
