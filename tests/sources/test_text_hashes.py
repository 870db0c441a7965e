"""A number for each text: the same for the same, whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from counterflow.sources.repeats import Seen, occurrences
from counterflow.sources.text_hashes import hashes

words = st.one_of(st.text(max_size=30), st.sampled_from(["", "a", "a" * 8, "a" * 9, "a" * 16, "\0", "\0" * 8]))


@given(st.lists(words, max_size=30), st.integers(0, 5))
def test_equal_texts_and_only_those_share_a_number(texts: list[str], cut: int) -> None:
    found = hashes(pa.array(texts, pa.string())[cut:]).tolist()
    assert found == [hashes(pa.array([text]))[0] for text in texts[cut:]]
    assert len(set(found)) == len(set(texts[cut:]))


def test_a_null_is_as_empty() -> None:
    assert np.array_equal(hashes(pa.array([None, "x"])), hashes(pa.array(["", "x"])))


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=12), max_size=6))
def test_occurrences_are_numbered_in_order_of_the_file(batches: list[list[tuple[str, int]]]) -> None:
    seen, told = Seen(), []
    for batch in batches:
        columns = [pa.array([row[k] for row in batch], (pa.string(), pa.int64())[k]) for k in (0, 1)]
        told += occurrences(columns, seen).tolist()
    rows = [row for batch in batches for row in batch]
    assert told == [rows[: n + 1].count(row) for n, row in enumerate(rows)]
