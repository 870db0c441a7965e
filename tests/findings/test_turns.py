"""Several typologies at a time: the same findings as one after another, and an end to it when nobody waits any more."""

import threading
import time
from dataclasses import dataclass

import pytest

from counterflow import registry
from counterflow.findings import run, turns
from counterflow.findings.turns import Turns, shared
from counterflow.storage.tables import DERIVED
from counterflow.testing import scope_of
from findings.world import World


def test_one_works_at_a_time_and_others_search() -> None:
    own, working, searching, most = Turns(), [0], [0], [0, 0]

    def job() -> int:
        for _ in range(20):
            working[0] += 1
            most[0] = max(most[0], working[0])
            time.sleep(0.0002)
            working[0] -= 1
            with own.given_up():
                searching[0] += 1
                most[1] = max(most[1], searching[0])
                time.sleep(0.002)
                searching[0] -= 1
        return threading.get_ident()

    with own.running({str(n): job for n in range(6)}) as results:
        threads = {results[str(n)].result() for n in range(6)}
    assert most[0] == 1
    assert 1 < most[1] <= turns.AT_ONCE == len(threads)


def test_who_is_not_waited_for_does_not_go_on() -> None:
    own, begun, search, went_on = Turns(), [], threading.Event(), []

    def fails() -> None:
        raise ValueError("no")

    def searches() -> None:
        begun.append(1)
        with own.given_up():
            search.wait(10)
        went_on.append(1)

    jobs = {"a": searches, "b": searches, "c": fails, **{str(n): searches for n in range(9)}}
    with pytest.raises(ValueError, match="no"), own.running(jobs) as results:
        results["c"].result()
    search.set()
    for thread in threading.enumerate():
        if thread.name.startswith("typology"):
            thread.join(10)
    assert 2 <= len(begun) <= 4  # the two beside it, and what was begun in its place before it was heard of
    assert not went_on


def test_a_turn_that_nobody_gave_is_none_to_give_up() -> None:
    with Turns().given_up():
        pass


def test_what_is_shared_is_made_once() -> None:
    made = []

    @dataclass(frozen=True)
    class Thing:
        @shared
        def slow(self) -> int:
            made.append(1)
            time.sleep(0.02)
            return 7

    thing, seen = Thing(), []
    threads = [threading.Thread(target=lambda: seen.append(thing.slow)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [7] * 4
    assert len(made) == 1


def test_findings_do_not_depend_on_how_many_search_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    w = World()
    for round_ in range(4):
        day = f"2024-03-{10 + round_:02}"
        for hour, (a, b) in enumerate([("A", "B"), ("B", "C"), ("C", "D"), ("D", "A"), ("A", "E"), ("E", "C")]):
            w.pay(f"{day} {hour + round_:02}:00", f"{a}{round_}", f"{b}{round_}", 5000 - 10 * hour)
        for n in range(6):
            w.pay(f"{day} 12:{n:02}", f"payer{round_}{n}", f"A{round_}", 900)
            w.pay(f"{day} 18:{n:02}", f"A{round_}", f"payee{round_}{n}", 880)
    tables = {n: t.schema.empty_table() for n, t in DERIVED.items()} | w.tables()
    looked = [t for name in registry.names("typologies") if (t := registry.get("typologies", name)).kind == "payment"]
    told = []
    for at_once in (1, 3):
        monkeypatch.setattr(turns, "AT_ONCE", at_once)
        data, steps = run.ScopeData(scope_of(tables)), []
        found = run.detect(data, looked, {}, lambda step, _share, steps=steps: steps.append(step))
        told.append(([f.to_dict() for f in found], data.searches.begun, steps))
    assert told[0] == told[1]
    assert len(told[0][0]) > 3
