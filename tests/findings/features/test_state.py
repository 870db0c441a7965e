"""The columns are what looking at all earlier payments finds, however the stream is cut and the table sorted."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.features import State, Windows, features, names
from findings.features.oracle import expected, table_of

WINDOWS = Windows(stats=(9, 30), fans=(4,), cycle=20, relay=15)
ROW = st.tuples(st.integers(0, 40), st.integers(0, 5), st.integers(0, 5),
                st.one_of(st.integers(1, 9), st.floats(1e-6, 1e12)))  # fmt: skip
ROWS = st.lists(ROW, max_size=30).map(lambda rows: sorted(rows, key=lambda r: r[0]))


@settings(deadline=None, max_examples=30)
@given(ROWS)
def test_every_column_is_what_a_plain_search_finds(rows):
    found = State(WINDOWS, plain=True).extend(table_of(rows))
    for got, want in zip(found.tolist(), expected(rows, WINDOWS), strict=True):
        for name, value in zip(names(WINDOWS), got, strict=True):
            assert value == pytest.approx(want[name], rel=2e-6, abs=2e-5, nan_ok=True), name


@settings(deadline=None, max_examples=40)
@given(ROWS, st.lists(st.integers(0, 30), max_size=4))
def test_batches_of_any_size_say_bit_for_bit_what_one_says(rows, cuts):
    whole = State(WINDOWS, plain=True).extend(table_of(rows))
    state, parts = State(WINDOWS, plain=True), []
    table = table_of(rows)
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    for begin, end in itertools.pairwise(edges):
        parts.append(state.extend(table.slice(begin, end - begin)))
    assert np.concatenate(parts).tobytes() == whole.tobytes() if parts else not len(whole)


@settings(deadline=None, max_examples=40)
@given(ROWS, ROWS)
def test_later_payments_change_nothing(rows, more):
    later = [(r[0] + 41, *r[1:]) for r in more]
    alone = State(WINDOWS, plain=True).extend(table_of(rows))
    both = State(WINDOWS, plain=True).extend(table_of(rows + later))
    assert both[: len(rows)].tobytes() == alone.tobytes()


@settings(deadline=None, max_examples=40)
@given(ROWS, st.randoms())
def test_the_order_of_rows_decides_nothing(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    table = features(table_of(rows), WINDOWS).to_pylist()
    mixed = features(table_of(rows).take(pa.array(order, pa.int64())), WINDOWS).to_pylist()
    assert [table[i] for i in order] == mixed


def test_what_leaves_a_window_leaves_no_trace():
    rows = [(0, 1, 2, 9e14), (1, 1, 3, 1e-6)] + [(100 + i, 1, 2 + i % 3, 0.01) for i in range(8)]
    found = features(table_of(rows), WINDOWS).to_pylist()
    assert found[-1]["payer_out_sum_9s"] == pytest.approx(0.07, rel=1e-6)
    assert found[-1]["payer_out_log_sd_9s"] == 0.0
    assert found[2]["payer_out_count_9s"] == 0
    assert math.isclose(found[1]["payer_out_sum_9s"], 9e14, rel_tol=1e-6)
