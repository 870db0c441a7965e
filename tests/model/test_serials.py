import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model.serials import MOST, Numbers, Run, read


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("AB 12345678 A", Run("AB", "A", 8, 12345678, 12345678)),
        ("AB-12345678-A", Run("AB", "A", 8, 12345678, 12345678)),
        ("B00123456*", Run("B", "*", 8, 123456, 123456)),
        ("X12345678901", Run("X", "", 11, 12345678901, 12345678901)),
        ("AA12 345678", Run("AA", "", 8, 12345678, 12345678)),
        ("AB12345678A-…79A", Run("AB", "A", 8, 12345678, 12345679)),
        ("AB12345678A - AB12345699A", Run("AB", "A", 8, 12345678, 12345699)),
        ("AB12345678 to 99", Run("AB", "", 8, 12345678, 12345699)),
        ("AB12345678–12345699A", Run("AB", "A", 8, 12345678, 12345699)),
        ("AB123456xxA", Run("AB", "A", 8, 12345600, 12345699)),
    ],
)
def test_serials_in_every_way_of_writing(text: str, run: Run) -> None:
    assert read(text) == Numbers(runs=(run,))


@pytest.mark.parametrize(
    "text",
    ["AB12345699A-AB12345678A", "AB12345678A-CD12345699A", "AB12345678A-99B", "CB 00", "AB1000000-9999999", "see note"],
)
def test_what_is_none_is_kept_as_odd(text: str) -> None:
    assert read(text) == Numbers(odd=(text.upper(),))


def test_lists_and_marks() -> None:
    found = read(
        "Serials: AB12345678A, AB12345679A; face plate FW H 12, back plate no. 8 / position B2; series 1996; PN-14342"
    )
    assert [str(run) for run in found.runs] == ["AB12345678A", "AB12345679A"]
    marks = {"face plate": "FWH12", "back plate": "8", "position": "B2", "series": "1996", "class": "14342"}
    assert found.marks == tuple(marks.items())
    assert found.odd == ()


RUNS = st.builds(
    lambda prefix, suffix, digits, first, more: Run(
        prefix, suffix, digits, first % 10**digits, min(first % 10**digits + more, 10**digits - 1)
    ),
    st.text("ABCDEFGHIJKL", min_size=1, max_size=3), st.sampled_from(["", "A", "*"]), st.integers(6, 11),
    st.integers(0, 10**11), st.integers(0, MOST - 1),
)  # fmt: skip


@given(st.lists(RUNS, max_size=4), st.sampled_from([", ", "; ", "\n", " & ", " and "]))
def test_what_is_written_is_read(runs: list[Run], between: str) -> None:
    assert read(between.join(map(str, runs))).runs == tuple(dict.fromkeys(runs))


@given(RUNS, st.sampled_from(["-", " - ", "–", " to ", " thru "]))
def test_an_end_may_be_cut_to_the_digits_that_change(run: Run, to: str) -> None:
    first, last = (f"{n:0{run.digits}}" for n in (run.first, run.last))
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), run.digits - 1)
    assert read(f"{run.prefix}{first}{run.suffix}{to}…{last[same:]}{run.suffix}").runs == (run,)


@given(st.text(max_size=40))
def test_no_text_is_dropped_silently(text: str) -> None:
    found = read(text)
    assert bool(found.runs or found.marks or found.odd) or not any(c.isalnum() for c in text) or _label(text)


def _label(text: str) -> bool:
    """Only words that say that a serial follows."""
    words = {"SERIAL", "SERIALS", "NUMBER", "NUMBERS", "NO", "NOS", "AND", "S", "N"}
    return all(word in words for word in "".join(c if c.isalnum() else " " for c in text.upper()).split())
