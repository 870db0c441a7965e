"""Rows as columns: each value where it was, null for NaN."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from counterflow.findings.features.turning import as_table

CELLS = hnp.arrays(np.float32, st.tuples(st.integers(0, 30), st.just(3)), elements=st.floats(width=32))


@given(CELLS)
def test_columns_have_the_rows_values_and_nulls_for_nan(found):
    table = as_table(found, ("a", "b", "c"))
    table.validate(full=True)
    want = pa.table([pa.array(column, from_pandas=True) for column in found.T.copy()], names=["a", "b", "c"])
    assert table.to_pylist() == want.to_pylist()
    assert [column.null_count for column in table.columns] == [column.null_count for column in want.columns]
