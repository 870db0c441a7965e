"""Shares as intervals, with ends that belong to them or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model.share import Share, possible, read, write


@pytest.mark.parametrize(
    ("text", "share"),
    [("51", Share(51, 51)), ("25-50", Share(25, 50)), ("75 to 100%", Share(75, 100)), (">50", Share(50, 100, True)),
     ("over 25 %", Share(25, 100, True)), (">=50", Share(50, 100)), (">25-50", Share(25, 50, True)),
     ("50-<75", Share(50, 75, False, True)), ("more than 25% but not more than 50%", Share(25, 50, True)),
     ("<50", Share(0, 50, False, True)), ("up to 10%", Share(0, 10)), ("0", Share(0, 0)),
     ("half", None), ("120", None), ("50-25", None), ("-5", None), ("", None), (">100", None), ("1e3", None)],
)  # fmt: skip
def test_shares_are_intervals_and_nonsense_is_unknown(text: str, share: Share | None) -> None:
    assert read(text) == share


_FIGURES = st.integers(0, 10_000).map(lambda n: n / 100)


@given(low=_FIGURES, high=_FIGURES, low_open=st.booleans(), high_open=st.booleans())
def test_what_is_written_is_read_again(low: float, high: float, low_open: bool, high_open: bool) -> None:
    share = Share(low, high, low_open, high_open)
    if possible(share):
        assert read(write(share)) == share


@given(st.text(max_size=20))
def test_any_text_is_a_share_or_none(text: str) -> None:
    found = read(text)
    assert found is None or possible(found)
