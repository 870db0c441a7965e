from __future__ import annotations

from typing import Any

import pytest

from counterflow.findings.ranking.judging import judge, members_of
from counterflow.findings.ranking.truth import on
from findings.ranking.town import log_of, payments, truth_of

ROWS = payments(56)
LOG = log_of(ROWS)
KNOWN = on(LOG, truth_of(ROWS))
ATTEMPTS: dict[str, list[str]] = {}
for row in ROWS:
    if row["attempt"]:
        ATTEMPTS.setdefault(row["attempt"], []).append(row["payment_id"])


def _finding(id: str, probability: float, payments: list[str]) -> dict[str, Any]:
    return {"id": id, "typology": "fan_in", "probability": probability, "payments": payments}


def test_an_attempt_is_whole_hit_or_missed() -> None:
    first, second, *rest = ATTEMPTS.values()
    found = members_of(LOG, [_finding("f1", 0.9, first), _finding("f2", 0.8, second[:1]), _finding("f3", 0.7, ["P0"])])
    told = judge(LOG, KNOWN, found, cuts=(1, 2))
    one, two, all_ = told["cut_offs"]
    assert (one["whole"]["n"], one["hit"]["n"], one["hit"]["of"]) == (1, 1, 2 + len(rest))
    assert (two["whole"]["n"], two["hit"]["n"]) == (1, 2)
    assert all_["true_findings"]["share"] == pytest.approx(2 / 3, abs=1e-4)
    assert all_["edge_precision"]["n"] == 6 and all_["edge_precision"]["of"] == 7
    assert all_["analyst_minutes"] == 45
    assert told["patterns"]["fan-in"]["whole"]["n"] == 1
    assert told["pr_auc_attempts"] == pytest.approx(2 / (2 + len(rest)), abs=1e-4)
    assert all_["findings_per_1000_accounts"] == pytest.approx(1000 * 3 / len(LOG.accounts), abs=1e-3)


def test_findings_alike_go_over_the_line_together_whatever_their_order() -> None:
    first, *_ = ATTEMPTS.values()
    good, bad = _finding("f1", 0.5, first), _finding("f0", 0.5, ["P0"])
    areas = {judge(LOG, KNOWN, members_of(LOG, order))["pr_auc_attempts"] for order in ([good, bad], [bad, good])}
    assert areas == {round(0.5 / len(ATTEMPTS), 4)}


def test_only_what_begins_after_is_counted_when_that_is_asked() -> None:
    told = judge(LOG, KNOWN, members_of(LOG, []), since=len(LOG) // 2)
    later = {row["attempt"] for row in ROWS[len(LOG) // 2 :]} - {row["attempt"] for row in ROWS[: len(LOG) // 2]}
    assert told["attempts"] + told["smaller_attempts"] == len(later - {""})
    assert told["cut_offs"][0]["findings"] == 0


def test_payments_that_are_not_in_the_log_are_no_members() -> None:
    first, *_ = ATTEMPTS.values()
    found = members_of(LOG, [_finding("f1", 0.9, ["gone", *first]), _finding("f2", 0.8, ["gone"])])
    assert judge(LOG, KNOWN, found)["findings"] == 1
