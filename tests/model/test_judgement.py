"""Judgements: the latest of a pair counts, whichever way round it was given."""

from __future__ import annotations

import pytest

from counterflow.errors import UsageError
from counterflow.model.judgement import Judgement, in_force

ROW = {
    "left": "a:1",
    "right": "b:1",
    "verdict": "same",
    "by": "x",
    "at": "2026",
    "reason": None,
    "label_id": "l",
    "id": 3,
}


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_from_a_row_of_the_casebook(verdict: str) -> None:
    assert Judgement.from_row({**ROW, "verdict": verdict}) == Judgement("a:1", "b:1", verdict, "x", "2026")  # type: ignore[arg-type]


def test_no_such_verdict() -> None:
    with pytest.raises(UsageError, match="maybe"):
        Judgement.from_row({**ROW, "verdict": "maybe"})


def test_the_latest_counts_whichever_way_round() -> None:
    old = Judgement("a:1", "b:1", "same", "x", "2026-01-01")
    new = Judgement("b:1", "a:1", "different", "y", "2026-02-01")
    other = Judgement("a:1", "c:1", "same", "x", "2026-01-01")
    assert in_force([new, other, old]) == {("a:1", "b:1"): new, ("a:1", "c:1"): other}
