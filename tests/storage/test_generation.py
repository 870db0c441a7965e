"""What was read of a casebook is remembered until something is another, and not a moment longer."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from counterflow import clock
from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.storage import catalogue, policy
from counterflow.storage.generation import generation
from counterflow.storage.memo import Memo
from counterflow.storage.ports import Segment
from counterflow.storage.records import Narrowed
from counterflow.storage.sql import Casebook
from storage.test_casebook import batch

if TYPE_CHECKING:
    import pytest

AMBER = Label(TLP.AMBER, originator="A")
READER = Audience("A", ceiling=TLP.AMBER, organisation="A")


def judgement(n: int) -> dict[str, Any]:
    return {"left": "a", "right": f"b{n}", "verdict": "same", "by": "me", "at": f"2026-01-0{n + 1}", "reason": "r"}


def test_every_change_to_what_results_are_made_from_gives_another_generation(casebook: Casebook) -> None:
    segment = Segment("claims", PUBLIC.id, "claims/a", 3, "aa")
    seen = [generation(casebook.engine)]
    casebook.commit_batch(batch(), [segment], [PUBLIC], [], "me")
    seen.append(generation(casebook.engine))
    casebook.judge(judgement(0), PUBLIC, "me")
    seen.append(generation(casebook.engine))
    for table, column in (
        (catalogue.labels, "content"), (policy.rules, "expires"), (catalogue.segments, "sha256"),
        (catalogue.batches, "dataset"), (catalogue.judgements, "withdrawn_at"), (catalogue.settings, "value"),
    ):  # fmt: skip
        for change in (sa.update(table).values({column: "2000-01-01"}), sa.delete(table)):
            with casebook.changing() as tx:
                tx.execute(change)
            seen.append(generation(casebook.engine))
    assert len(set(seen)) == len(seen)


def test_what_is_written_beside_them_or_undone_gives_none(casebook: Casebook) -> None:
    casebook.judge(judgement(0), PUBLIC, "me")
    before = generation(casebook.engine)
    casebook.audit("me", "read", {})
    with casebook.engine.connect() as tx:
        tx.execute(sa.insert(catalogue.judgements).values(**judgement(1), label_id=PUBLIC.id))
        tx.rollback()
    assert generation(casebook.engine) == before


def test_readers_see_what_comes_and_what_goes_at_once(casebook: Casebook) -> None:
    reader = casebook.reader(READER)
    assert reader.labels() == {} and reader.labels_of_records() == frozenset()
    casebook.commit_batch(batch(), [Segment("claims", AMBER.id, "claims/a", 3, "aa")], [PUBLIC, AMBER], [], "me")
    assert reader.labels() == {PUBLIC.id: PUBLIC, AMBER.id: AMBER}
    reader.labels().clear()  # what one is given is one's own
    assert reader.labels_of_records() == {PUBLIC.id, AMBER.id} == reader.labels().keys()
    with casebook.changing() as tx:
        tx.execute(sa.delete(catalogue.segments))
        tx.execute(sa.delete(catalogue.batches))
    assert reader.labels_of_records() == frozenset()


def test_a_label_that_expires_over_night_is_shut_in_the_morning(
    casebook: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.now().date()
    late = Label(TLP.AMBER, originator="A", expires=today.isoformat())
    casebook.commit_batch(batch(), [], [PUBLIC, late], [], "me")
    reader = casebook.reader(READER)
    assert reader.labels().keys() == {PUBLIC.id, late.id}
    monkeypatch.setattr(clock, "today", lambda: (today + dt.timedelta(days=1)).isoformat())
    assert reader.labels().keys() == {PUBLIC.id}


def write(casebook: Casebook, text: str, label: Label, at: str) -> None:
    with casebook.changing() as tx:
        casebook.intern(tx, [label])
        told = {"content": json.dumps({"text": text}), "labels": json.dumps([label.id]), "by": "me", "at": at}
        tx.execute(sa.insert(catalogue.writings).values(kind="k/a", key="x", **told))


def text(row: dict[str, Any]) -> str:
    return str(row["content"]["text"])


def test_what_is_made_of_a_writing_is_given_to_those_alone_who_may_read_it(casebook: Casebook) -> None:
    write(casebook, "for all", PUBLIC, "1")
    write(casebook, "for few", Label(TLP.AMBER, originator="B"), "2")
    one, other = casebook.reader(READER), casebook.reader(Audience("O", owner=True))
    assert [made for _, made in other.written("k/", text)] == ["for all", "for few"]
    assert [made for _, made in one.written("k/", text)] == ["for all"] == [m for _, m in one.written("k/a", text)]
    assert one.written("k", text) == [] == other.written("k/", text, after=99)
    assert [made for _, made in Narrowed(other, {PUBLIC.id}).written("k/", text)] == ["for all"]


def test_a_writing_that_takes_the_id_of_a_purged_one_is_not_taken_for_it(casebook: Casebook) -> None:
    reader = casebook.reader(READER)
    write(casebook, "old", PUBLIC, "1")
    [(_, made)] = reader.written("k/", text)
    with casebook.changing() as tx:
        id = tx.execute(sa.select(catalogue.writings.c.id)).scalar()
        tx.execute(sa.delete(catalogue.writings))
    assert reader.written("k/", text) == []
    write(casebook, "new", PUBLIC, "2")
    with casebook.changing() as tx:
        tx.execute(sa.update(catalogue.writings).values(id=id))
    assert made == "old" and [m for _, m in reader.written("k/", text)] == ["new"]


def test_what_was_made_is_forgotten_when_it_grows_too_large() -> None:
    kept = Memo(most=10)
    for n in range(4):
        kept.keep(text, (n, "t"), n, 4)
    assert kept.get(text, [(n, "t") for n in range(4)]) == ({(2, "t"): 2, (3, "t"): 3}, [(0, "t"), (1, "t")])
    assert kept.get(json.dumps, [(3, "t")]) == ({}, [(3, "t")])
