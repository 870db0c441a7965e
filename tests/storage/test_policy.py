"""The compiled policy says what its oracle says, on every engine, and no clause of it could be another."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from counterflow.model.handling import PUBLIC, TLP, Audience, Label, readable
from counterflow.storage import policy
from counterflow.storage.duckdb import connect, rules_of
from counterflow.storage.sql import Casebook
from counterflow.testing.policy import TODAY, audiences, labels

EDGES = [
    Label(), Label(TLP.RED), Label(TLP.RED, readers=frozenset()), Label(TLP.AMBER), Label(TLP.AMBER_STRICT, "A"),
    Label(TLP.AMBER, "A"), Label(releasable_to=frozenset()), Label(releasable_to=frozenset({""})),
    Label(readers=frozenset()), Label(readers=frozenset({""})), Label(expires=TODAY), Label(expires="2026-06-14"),
    Label(compartments=frozenset({"\0"})), Label(purposes=frozenset({"(none)"})), Label(purposes=frozenset({""})),
    Label(compartments=frozenset(f"compartment {n}" for n in range(3000))),
]  # fmt: skip


@cache
def world() -> tuple[dict[str, Label], list[tuple[Audience, set[str]]]]:
    """Labels by id, and audiences with those that the oracle opens for each."""
    rng = random.Random(11)
    known = {f"{n:03}": label for n, label in enumerate([*EDGES, *labels(rng, 250)])}
    asked = [Audience("nobody"), Audience("all", "", frozenset({""}), TLP.RED, purposes=frozenset({"", "(none)"}))]
    asked += audiences(rng, 60)
    return known, [(w, {i for i, x in known.items() if readable(x, w, today=TODAY)}) for w in asked]


def test_half_of_the_sample_could_be_otherwise() -> None:
    known, asked = world()
    yes = sum(len(right) for _, right in asked) / len(asked) / len(known)
    assert 0.1 < yes < 0.5


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    """The rules of the world's labels."""
    engine = sa.create_engine("sqlite://")
    policy.rules.create(engine)
    with engine.begin() as tx:
        tx.execute(sa.insert(policy.rules), [policy.rule(i, label) for i, label in world()[0].items()])
    plain = engine.raw_connection()
    yield plain.driver_connection  # type: ignore[misc]
    plain.close()
    engine.dispose()


def differing(sqlite: sqlite3.Connection, predicate: str) -> bool:
    """Whether a predicate decides anything otherwise than the oracle."""
    query = f"SELECT label_id FROM rules WHERE {predicate}"
    for who, right in world()[1]:
        try:
            if {i for (i,) in sqlite.execute(query, policy.bound(who, TODAY))} != right:
                return True
        except sqlite3.Error:
            return True
    return False


def test_sqlite_decides_as_the_oracle_does(sqlite: sqlite3.Connection) -> None:
    assert not differing(sqlite, policy.predicate(policy.SQLITE))


def test_duckdb_decides_as_the_oracle_does() -> None:
    known, asked = world()
    cursor = connect().con
    cursor.register("rules", rules_of(known))
    query = f"SELECT label_id FROM rules WHERE {policy.predicate(policy.DUCKDB)}"
    for who, right in asked:
        assert {i for (i,) in cursor.execute(query, policy.asked(who, TODAY)).fetchall()} == right, who


def test_casebooks_decide_as_the_oracle_does(casebook: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do it: behind the wall, on a real server where it is PostgreSQL."""
    known, asked = world()
    monkeypatch.setattr(policy, "today", lambda: TODAY)
    with casebook.engine.begin() as tx:
        casebook.intern(tx, list(known.values()))
    ids = {label.id for label in known.values()}
    for who, right in asked:
        assert casebook.reader(who).labels().keys() & ids == {known[i].id for i in right}, who


SWAPS = [("NOT ", ""), (" AND ", " OR "), (" OR ", " AND "), ("<=", "<"), ("<=", ">="), (">=", ">"), (">=", "<="),
         ("IS NULL", "IS NOT NULL"), ("NOT IN", "IN"), (" IN (", " NOT IN ("), (":owner", "0"), (":owner", "1"),
         (":nobody", "0"), ("<= 2", "<= 1"), ("<= 2", "<= 3")]  # fmt: skip
KEYS = re.compile(r":\w+|json_each\((?!:)\w+\)")


def mutants(predicate: str) -> Iterator[str]:
    """Every place where an operator, a key or a column could be another one, and every clause left out."""
    for old, new in SWAPS:
        for found in re.finditer(re.escape(old), predicate):
            yield predicate[: found.start()] + new + predicate[found.end() :]
    columns = [c.name for c in policy.rules.columns if c.name not in ("label_id", "tlp", "expires")]
    keys = [
        key for key, value in policy.bound(Audience("a"), TODAY).items() if isinstance(value, str) and key != "today"
    ]
    for found in KEYS.finditer(predicate):
        one = found[0]
        others = [f":{key}" for key in keys] if one[1:] in keys else []
        others += [f"json_each({column})" for column in columns] if one.startswith("json") else []
        for other in others:
            if other != one:
                yield predicate[: found.start()] + other + predicate[found.end() :]
    for clause in re.findall(r"\((?:purposes|expires|circle|persons) IS NULL OR [^&]*?\)+(?= AND|\)\)$)", predicate):
        yield predicate.replace(clause, "1")


def test_no_change_of_the_compiled_policy_goes_unnoticed(sqlite: sqlite3.Connection) -> None:
    predicate = policy.predicate(policy.SQLITE)
    made = [changed for changed in mutants(predicate) if changed != predicate]
    alive = [changed for changed in made if not differing(sqlite, changed)]
    assert len(made) > 80
    assert not alive, "\n\n".join(alive)


def test_what_an_audience_brings_is_complete() -> None:
    """PostgreSQL asks for keys by name: one that is not brought would be an empty list, which shuts nothing out."""
    said = policy.asked(Audience("a"), TODAY)
    wanted = set(re.findall(r":(\w+)", policy.predicate(policy.POSTGRESQL)))
    assert wanted == said.keys()
    assert json.loads(json.dumps(said)) == said
    rule: dict[str, Any] = policy.rule("x", PUBLIC)
    assert rule.keys() == set(policy.rules.c.keys())
