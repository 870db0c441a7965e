"""The columns are what looking at all earlier payments finds, however the stream is cut and the table sorted."""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.errors import InputError
from counterflow.findings.features import State, Windows, features, matrix, names
from findings.features.oracle import expected, table_of

WINDOWS = Windows(stats=(9, 30), fans=(4,), cycle=20, relay=15)
ROW = st.tuples(st.integers(0, 40), st.integers(0, 5), st.integers(0, 5),
                st.one_of(st.integers(1, 9), st.floats(1e-6, 1e12)))  # fmt: skip
ROWS = st.lists(ROW, max_size=30).map(lambda rows: sorted(rows, key=lambda r: r[0]))


@settings(deadline=None, max_examples=15)
@given(ROWS)
def test_every_column_is_what_a_plain_search_finds(rows):
    found = State(WINDOWS, plain=True).extend(table_of(rows))
    for got, want in zip(found.tolist(), expected(rows, WINDOWS), strict=True):
        for name, value in zip(names(WINDOWS), got, strict=True):
            assert value == pytest.approx(want[name], rel=2e-6, abs=2e-5, nan_ok=True), name


@settings(deadline=None, max_examples=25)
@given(ROWS, st.lists(st.integers(0, 30), max_size=4))
def test_batches_of_any_size_say_bit_for_bit_what_one_says(rows, cuts):
    whole = State(WINDOWS, plain=True).extend(table_of(rows))
    state, parts = State(WINDOWS, plain=True), []
    table = table_of(rows)
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    for begin, end in itertools.pairwise(edges):
        parts.append(state.extend(table.slice(begin, end - begin)))
    assert np.concatenate(parts).tobytes() == whole.tobytes() if parts else not len(whole)


@settings(deadline=None, max_examples=25)
@given(ROWS, ROWS)
def test_later_payments_change_nothing(rows, more):
    later = [(r[0] + 41, *r[1:]) for r in more]
    alone = State(WINDOWS, plain=True).extend(table_of(rows))
    both = State(WINDOWS, plain=True).extend(table_of(rows + later))
    assert both[: len(rows)].tobytes() == alone.tobytes()


@settings(deadline=None, max_examples=25)
@given(ROWS, st.randoms())
def test_the_order_of_rows_decides_nothing(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    table = features(table_of(rows), WINDOWS).to_pylist()
    mixed = features(table_of(rows).take(pa.array(order, pa.int64())), WINDOWS).to_pylist()
    assert [table[i] for i in order] == mixed
    cells, head = matrix(table_of(rows).take(pa.array(order, pa.int64())), WINDOWS)
    assert cells.tobytes() == State(WINDOWS, plain=True).extend(table_of(rows))[order].tobytes()
    assert head == names(WINDOWS)


def test_what_leaves_a_window_leaves_no_trace():
    rows = [(0, 1, 2, 9e14), (1, 1, 3, 1e-6)] + [(100 + i, 1, 2 + i % 3, 0.01) for i in range(8)]
    found = features(table_of(rows), WINDOWS).to_pylist()
    assert found[-1]["payer_out_sum_9s"] == pytest.approx(0.07, rel=1e-6)
    assert found[-1]["payer_out_log_sd_9s"] == 0.0
    assert found[2]["payer_out_count_9s"] == 0
    assert math.isclose(found[1]["payer_out_sum_9s"], 9e14, rel_tol=1e-6)


@settings(deadline=None, max_examples=10)
@given(ROWS, st.integers(0, 30))
def test_a_saved_state_goes_on_as_it_would_have(rows, cut):
    table, whole = table_of(rows), State(WINDOWS, plain=True)
    want = [whole.extend(table.slice(0, cut)), whole.extend(table.slice(cut))][1]
    begun = State(WINDOWS, plain=True)
    begun.extend(table.slice(0, cut))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        begun.save(path)
        again = State.load(path, plain=True)
        path.write_bytes(b"no state")
        with pytest.raises(InputError, match="no saved state"):
            State.load(path)
    assert again.extend(table.slice(cut)).tobytes() == want.tobytes()
    assert (again.payments, again.accounts, again.windows) == (len(rows), whole.accounts, WINDOWS)


def test_late_payments_are_taken_as_of_the_latest_second_and_counted():
    early, late = [(10, 1, 2, 5.0), (20, 2, 3, 7.0)], [(5, 2, 3, 7.0), (30, 2, 3, 1.0)]
    state, plain = State(WINDOWS, plain=True), State(WINDOWS, plain=True)
    state.extend(table_of(early))
    plain.extend(table_of(early))
    found = state.extend(table_of(late))
    assert state.late == 1
    assert found.tobytes() == plain.extend(table_of([(20, *late[0][1:]), late[1]])).tobytes()


def test_what_cannot_be_described_is_an_empty_row_and_counted():
    table = table_of([(1, 1, 2, 5), (2, 1, 2, 5), (3, 1, 2, 5), (4, 1, 2, 5)]).to_pydict()
    table["amount"] = [-1.0, math.nan, 5.0, 5.0]
    table["from_account"][3] = None
    state = State(WINDOWS, plain=True)
    found = state.extend(pa.table({**table, "timestamp": pa.array(table["timestamp"], pa.timestamp("us", "UTC"))}))
    assert np.isnan(found[[0, 1, 3]]).all()
    assert found[2, names(WINDOWS).index("pair_count")] == 0
    assert state.left_out == {"no amount above zero": 2, "no account on one side": 1}


def test_a_cap_is_cut_at_a_whole_second_and_said():
    hub = [(i // 3, 9, 1 + i % 50, 1.0) for i in range(400)] + [(200, 1, 2, 1.0), (201, 2, 9, 1.0)]
    found = features(
        table_of(hub),
        Windows(stats=(9,), cycle=500, relay=500),
    ).to_pylist()
    assert found[-1]["cycles_3"] == 1
    assert found[-1]["cycle_capped"] == 1
    assert found[-2]["cycle_capped"] == 0


@pytest.mark.slow
def test_compiled_kernels_say_what_plain_ones_say():
    rng = np.random.default_rng(3)
    n = 600
    columns = (rng.integers(0, most, n).tolist() for most in (300, 25, 25))
    rows = sorted(zip(*columns, rng.lognormal(5, 3, n).tolist(), strict=True), key=lambda row: row[0])
    compiled, plain = State(WINDOWS), State(WINDOWS, plain=True)
    for begin in range(0, n, 250):
        table = table_of(rows[begin : begin + 250])
        np.testing.assert_array_equal(compiled.extend(table), plain.extend(table))
