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
    ],
)
def test_quantities_are_converted_or_kept_as_written(quantity: str | None, unit: str | None, expected: Row) -> None:
    assert one(quantity, unit) == expected


SEPARATED = "the quantity's separators are read as they can only be meant"
MIDDLE = "the quantity is a range: its middle"


@pytest.mark.parametrize(
    ("written", "value", "unit", "note"),
    [
        ("1,234,567 kg", 1_234_567.0, "kg", SEPARATED),
        ("1.234,5 kg", 1234.5, "kg", SEPARATED),
        ("1 234 kg", 1234.0, "kg", SEPARATED),
        ("1\u00a0234,567 kg", 1234.567, "kg", SEPARATED),
        ("12,5 kg", 12.5, "kg", SEPARATED),
        ("0,250 kg", 0.25, "kg", SEPARATED),
        ("10,000 tablets", 10_000.0, "tablet", SEPARATED),  # a tablet has no thousandths
        ("1,500 kg", None, "kg", "the quantity may be thousands or a fraction: as written; a mapping says which "
         "(thousands, decimal)"),
        ("1,2,3 kg", None, "kg", "the quantity is no plain number: as written"),
        ("10-12 kg", 11.0, "kg", MIDDLE),
        ("10 to 12 kg", 11.0, "kg", MIDDLE),
        ("2 000 – 3 000 cigarettes", 2500.0, "cigarette", f"{SEPARATED}; {MIDDLE}"),
        ("12-10 kg", None, "kg", "the quantity is no plain number: as written"),
        ("approx. 2 tons", 2.0, "tons", "the unit is not known: the quantity is as written; the quantity is "
         "approximate"),
        ("3 tola", pytest.approx(0.034991411), "kg", None),
    ],
)  # fmt: skip
def test_separators_and_ranges_are_read_where_they_have_one_meaning(
    written: str, value: float | None, unit: str, note: str | None
) -> None:
    assert one(written, None) == (value, unit, written, note)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**9), st.integers(0, 99))
def test_a_number_is_the_same_in_every_country_s_writing(whole: int, hundredths: int) -> None:
    plain = f"{whole:,}.{hundredths:02}"
    for comma, point in ((",", "."), (".", ","), (" ", "."), (" ", ","), ("'", ".")):
        written = plain.replace(",", "_").replace(".", point).replace("_", comma)
        assert one(written, "kg")[0] == pytest.approx(whole + hundredths / 100), written


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["-", " - ", "–", " to ", "~"]))
def test_a_range_is_its_middle_and_says_so(low: int, more: int, to: str) -> None:
    value, _, written, note = one(f"{low}{to}{low + more} kg", None)
    assert (value, note) == (low + more / 2, MIDDLE if low + more else f"{MIDDLE}; the quantity given is zero")
    assert written == f"{low}{to}{low + more} kg"


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        ("9 million", "cigarettes", (9e6, "cigarette", None)),
        ("2 thousand tablets", None, (2000.0, "tablet", None)),
        ("1.5 million of cigarettes", None, (1.5e6, "cigarette", None)),
        ("3 dozen", None, (36.0, "pcs", None)),
        ("5 kg", "g", (0.005, "kg", "two units are given: that of its own column is taken")),
        ("5 kg", "kilogram", (5.0, "kg", None)),
        ("5 kg", "tablets", (5.0, "tablet", "two units are given: that of its own column is taken")),
    ],
)
def test_words_that_multiply_and_two_units(quantity: str, unit: str | None, expected: tuple[object, ...]) -> None:
    value, base, given, note = one(quantity, unit)
    assert (value, base, note) == expected
    assert given == " ".join(part for part in (quantity, unit) if part)


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
