"""Columns that look ahead: what they see, and where they end."""

from __future__ import annotations

import numpy as np

from counterflow.findings.ranking.inputs import inputs, kind_of
from counterflow.findings.ranking.offline import suspected_after
from findings.ranking.town import log_of


def _row(n: int, payer: str, payee: str, day: int, amount: float = 10.0) -> dict[str, object]:
    who = {"row_id": f"r{n}", "payment_id": f"P{n}", "payer": f"B/{payer}", "payee": f"B/{payee}"}
    return {**who, "at": 1_000_000 + day * 86_400, "amount": amount, "currency": "USD", "attempt": ""}


ROWS = [
    _row(0, "a", "b", 0), _row(1, "b", "c", 1, 7.0), _row(2, "b", "d", 2, 8.0), _row(3, "c", "a", 3),
    _row(4, "a", "b", 4), _row(5, "b", "e", 5),
]  # fmt: skip


def test_what_a_payee_pays_on_is_seen_to_the_end_of_the_part_and_no_farther() -> None:
    log = log_of(ROWS)
    given = inputs(log, kind_of(log, len(log)), None, (slice(0, 4), slice(4, 6)))
    values = dict(zip(given.names[: given.first], given.take(np.arange(6), looks=1).T, strict=True))
    # turned round, b "received" what it pays on: two payments within seven days after the first
    assert values["after_payer_in_count_7d"].tolist()[:2] == [2.0, 1.0]
    assert values["after_payer_in_sum_7d"][0] == 15.0
    assert values["after_payer_in_count_7d"][4] == 1.0, "of the second part its own"
    causal = inputs(log, kind_of(log, len(log)))
    assert np.array_equal(
        causal.take(np.arange(6), looks=1), given.take(np.arange(6), looks=1)[:, : causal.first], equal_nan=True
    )


def test_how_later_payments_score_is_seen_within_the_part() -> None:
    log = log_of(ROWS)
    first = np.array([0.1, 0.2, 0.9, 0.3, 0.4, 0.5])
    found = np.concatenate([cells for _, cells in sorted(suspected_after(log, slice(0, 4), first), key=lambda x: x[0])])
    assert found.shape[0] == 4
    assert np.nanmax(found[0]) >= 0.9, "b pays d two days after it was paid"
    assert np.isnan(found[3]).all(), "nothing comes after the last of the part"
