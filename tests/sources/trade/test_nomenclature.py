import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.sources.trade.nomenclature import edition, mended

CODES = st.builds(
    lambda chapter, rest: f"{chapter:02}{rest}",
    st.integers(1, 97),
    st.sampled_from([0, 2, 4, 6]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("H5", ("HS", "HS2017")), ("HS 2012", ("HS", "HS2012")), ("hs17", ("HS", "HS2017")), ("HS07", ("HS", "HS2007")),
        ("2022", ("HS", "HS2022")), ("HS", ("HS", None)), ("S3", ("SITC", "SITC3")), ("BEC4", ("BEC", "BEC4")),
        ("NOMEN-H4", ("HS", None)), ("own", ("own", None)),
    ],
)  # fmt: skip
def test_editions_as_they_are_written(written: str, expected: tuple[str, str | None]) -> None:
    assert edition(written) == expected


@settings(deadline=None)
@given(st.lists(CODES, max_size=30))
def test_a_spreadsheet_that_took_the_leading_zero_is_undone(codes: list[str]) -> None:
    spoilt = pa.array([str(int(code)) for code in codes], pa.string())
    found, lost, odd = mended(spoilt)
    for code, now, was_lost, is_odd in zip(codes, found.to_pylist(), lost, odd, strict=True):
        assert now == code
        assert was_lost == code.startswith("0")
        assert not is_odd
    again, lost_again, _ = mended(found)
    assert again.equals(found)
    assert not lost_again.any()


def test_what_is_odd_in_another_way_stays_as_it_is() -> None:
    found, lost, odd = mended(pa.array(["02701", "123456789", None, "27"], pa.string()))
    assert found.to_pylist() == ["02701", "123456789", None, "27"]
    assert not lost.any()
    assert odd.tolist() == [True, True, False, False]
