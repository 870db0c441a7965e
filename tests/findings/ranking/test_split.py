from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterflow.findings.ranking.split import by_days, in_time

TIMES = st.lists(st.integers(0, 20 * 86_400), max_size=60).map(lambda x: np.array(sorted(x), dtype=np.int64))


@given(TIMES)
def test_parts_follow_in_time_and_no_second_is_in_two(at: np.ndarray) -> None:
    for split in (in_time(at), by_days(at)):
        assert 0 <= split.first <= split.second <= split.n == len(at)
        parts = [set(at[part].tolist()) for part in (split.train, split.choose, split.judge)]
        assert not parts[0] & parts[1] and not parts[1] & parts[2] and not parts[0] & parts[2]


def test_days_are_cut_where_the_parts_come_closest() -> None:
    at = np.repeat(np.arange(10) * 86_400, 100).astype(np.int64)
    split = by_days(at)
    assert (split.first, split.second) == (600, 800)
    assert (in_time(at).first, in_time(at).second) == (600, 800)
