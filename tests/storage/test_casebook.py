"""The casebook behaves the same on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from counterflow.errors import WorkspaceError
from counterflow.model.handling import PUBLIC, TLP, Label
from counterflow.storage.ports import Segment
from counterflow.storage.sql import Casebook

AMBER = Label(TLP.AMBER, originator="A")


def batch(at: str = "2026-01-01T00:00:00.000000+00:00") -> dict[str, Any]:
    files = [{"name": "f", "sha256": "00"}]
    return {"dataset": "d", "reader": "r", "files": files, "fingerprint": "x", "counts": {"claims": 1},
            "descriptor": {"title": "D"}, "label_id": PUBLIC.id, "recorded_at": at}  # fmt: skip


def test_a_batch_is_committed_whole(casebook: Casebook) -> None:
    segments = [
        Segment("claims", PUBLIC.id, "claims/a", 3, "aa"),
        Segment("claims", AMBER.id, "claims/b", 1, "bb"),
    ]
    aside = {"file": "f", "line": 3, "field": "x", "reason": "bad", "raw": "?", "label_id": AMBER.id}
    casebook.commit_batch(batch(), segments, [PUBLIC, AMBER], [aside], "me")
    assert [s["path"] for s in casebook.segments()] == ["claims/a", "claims/b"]
    found = casebook.batches()[0]
    assert found["counts"] == {"claims": 1} and found["labels"] == {PUBLIC.id, AMBER.id}
    assert casebook.labels() == {PUBLIC.id: PUBLIC, AMBER.id: AMBER}
    assert casebook.quarantine()[0]["dataset"] == "d"
    assert casebook.verify_audit() == []


def test_a_batch_that_cannot_be_committed_leaves_nothing(casebook: Casebook) -> None:
    from sqlalchemy.exc import IntegrityError

    broken = [Segment("claims", PUBLIC.id, "claims/a", 3, "aa")]
    with pytest.raises(IntegrityError):
        casebook.commit_batch(
            batch(), broken, [PUBLIC], [{"file": None, "reason": "r", "raw": "", "label_id": "x"}], "me"
        )
    assert casebook.segments() == casebook.batches() == casebook.audit_entries() == []
    assert casebook.labels() == {}


def test_recording_times_only_grow(casebook: Casebook) -> None:
    future = "2999-01-01T00:00:00.000000+00:00"
    casebook.commit_batch(batch(future), [], [PUBLIC], [], "me")
    assert casebook.next_time() > future


def test_a_later_judgement_withdraws_the_earlier_one_of_the_pair(casebook: Casebook) -> None:
    for n, (left, right, verdict) in enumerate([("a", "b", "same"), ("b", "a", "different"), ("a", "c", "same")]):
        row = {"left": left, "right": right, "verdict": verdict, "by": "me", "at": f"2026-01-0{n + 1}", "reason": "r"}
        casebook.judge(row, AMBER, "me")
    assert [(j["left"], j["right"], j["verdict"]) for j in casebook.judgements()] == [
        ("b", "a", "different"),
        ("a", "c", "same"),
    ]
    assert {j["label_id"] for j in casebook.judgements()} == {AMBER.id}
    row = {"left": "a", "right": "b", "verdict": "withdrawn", "by": "me", "at": "2026-01-09", "reason": "r"}
    casebook.judge(row, AMBER, "me")
    assert len(casebook.judgements()) == 1


def test_a_newer_layout_is_refused(casebook: Casebook) -> None:
    from sqlalchemy import text

    casebook.check_layout()
    with casebook.engine.begin() as tx:
        tx.execute(text("UPDATE meta SET value = '99' WHERE key = 'layout'"))
    with pytest.raises(WorkspaceError, match="layout 99"):
        casebook.check_layout()


def test_entries_logged_at_once_still_follow_one_another(casebook: Casebook) -> None:
    """A browser asks several questions at the same time, each in a thread of the server; each is logged."""

    def log(thread: int) -> None:
        for n in range(10):
            casebook.audit("somebody", "show", {"thread": thread, "n": n})

    before = len(casebook.audit_entries())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(log, range(8)))
    assert len(casebook.audit_entries()) == before + 80
    assert casebook.verify_audit() == []


def test_who_may_not_read_a_later_judgement_goes_on_reading_the_one_before(casebook: Casebook) -> None:
    told = {"left": "a", "right": "b", "by": "me", "reason": "r"}
    casebook.judge({**told, "verdict": "same", "at": "2026-01-01"}, PUBLIC, "me")
    for day, verdict in (("2026-01-02", "different"), ("2026-01-03", "withdrawn")):
        casebook.judge({**told, "verdict": verdict, "at": day}, AMBER, "me")
        assert [j["verdict"] for j in casebook.judgements(readable={PUBLIC.id})] == ["same"]
    assert casebook.judgements(readable={PUBLIC.id, AMBER.id}) == []
