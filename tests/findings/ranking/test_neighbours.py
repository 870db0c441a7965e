from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.findings.ranking import sheet
from counterflow.findings.ranking.neighbours import LATEST, SAYS, WINDOWS, folds, neighbours
from findings.ranking.town import log_of, payments


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_each_column_is_what_a_look_at_every_earlier_payment_tells(seed: int) -> None:
    rows = [{**row, "at": row["at"] // 86_400 * 86_400} for row in payments(60, seed)]
    log = log_of(rows)
    first = np.random.default_rng(seed).random(len(log))
    with mock.patch.object(sheet, "SLAB", 7):
        found = np.concatenate([cells for _, cells in neighbours(log, first)])
    names = list(SAYS)
    for i in range(len(log)):
        for side, account in (("payer", log.payer[i]), ("payee", log.payee[i])):
            for way, ends in (("out", log.payer), ("in", log.payee)):
                for days in WINDOWS:
                    near = (ends == account) & (log.at < log.at[i]) & (log.at >= log.at[i] - days * 86_400)
                    told = [
                        found[i, names.index(f"{side}_{way}_suspicion_{w}_{days}d")] for w in ("high", "sum", "mean")
                    ]
                    if near.any():
                        of = first[near]
                        assert len(of) <= LATEST
                        assert told == pytest.approx([of.max(), of.sum(), of.mean()], rel=1e-5)
                    else:
                        assert np.isnan(told).all()


def test_folds_cover_the_part_once_and_in_order() -> None:
    parts = folds(10)
    assert [x for part in parts for x in range(part.start, part.stop)] == list(range(10))
