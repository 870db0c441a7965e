from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from counterflow.findings.ranking import sheet
from counterflow.findings.ranking.sheet import Sheet, slabs


@pytest.mark.parametrize("held", [0, sheet.HELD], ids=["file", "memory"])
def test_rows_come_back_as_written_wherever_they_are_kept(held: int) -> None:
    cells = np.arange(60, dtype=np.float32).reshape(20, 3)
    cells[4, 1] = np.nan
    with mock.patch.object(sheet, "SLAB", 8):
        kept = Sheet(20, 3, held=held)
        for part in slabs(0, 20):
            kept.write(part.start, cells[part])
        assert np.array_equal(kept.read(5, 17), cells[5:17], equal_nan=True)
        rows = np.array([19, 0, 4, 4, 11])
        assert np.array_equal(kept.take(rows), cells[rows], equal_nan=True)
        assert kept.take(rows[:0]).shape == (0, 3)
