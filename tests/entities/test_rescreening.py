"""A kept file screened by what changed gives what screening everybody anew gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.entities import rescreening
from counterflow.entities.profile import build
from counterflow.entities.rescreening import Customer, Outcome, kept, renew
from counterflow.entities.screening import Screener

WORDS = ["Kim", "Ri", "Yong", "Jong", "Chol", "Ivan", "Petrov", "Hassan", "Ali", "Daesong", "Trading", "Bank"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3, unique=True).map(" ".join)
PARTY = st.tuples(NAMES, st.sampled_from(["1962-02-18", "1946", ""]))
LISTS = st.dictionaries(st.sampled_from([f"l:{n}" for n in range(12)]), PARTY, min_size=8, max_size=12)
FILES = st.dictionaries(st.sampled_from([f"c{n}" for n in range(10)]), PARTY, min_size=1, max_size=10)


def properties(party: tuple[str, str]) -> dict[str, list[str]]:
    name, born = party
    return {"name": [name], **({"birthDate": [born]} if born else {})}


def screener(parties: dict[str, tuple[str, str]]) -> Screener:
    return Screener.over(build(id, "Person", properties(parties[id])) for id in sorted(parties))


def file(parties: dict[str, tuple[str, str]]) -> list[Customer]:
    return [Customer(id, {"schema": "Person", "properties": properties(parties[id])}) for id in parties]


def run(folder: Path, lists: Screener, asked: list[Customer] | None, *, full: bool = False) -> dict[str, Outcome]:
    return {o.id: o for o in renew(folder, lists, asked, threshold=0.05, version="1", full=full)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LISTS, LISTS, FILES, FILES, st.booleans())
def test_by_what_changed_is_as_anew(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, tuple[str, str]],
    after: dict[str, tuple[str, str]],
    customers: dict[str, tuple[str, str]],
    others: dict[str, tuple[str, str]],
    new_file: bool,
) -> None:
    folder = tmp_path_factory.mktemp("kept") / "bank"
    first = run(folder, screener(before), file(customers))
    assert set(first) == set(customers)
    rarity = screener(before).rarity
    asked = others if new_file else customers
    lists = screener(after)
    drift = abs(len(lists) - len(before)) > rescreening.DRIFT * len(before)
    found = run(folder, lists, file(others) if new_file else None)
    for id in asked:
        profile = Customer(id, {"schema": "Person", "properties": properties(asked[id])}).profile
        assert profile is not None
        anew = Screener(lists.index, lists.rarity if drift else rarity).screen(profile, 1000, 0.05, exhaustive=True)
        assert {h["id"]: h["probability"] for h in found[id].hits} == {h.id: round(h.probability, 4) for h in anew}
        was = {h["id"] for h in first[id].hits} if id in first else set()
        now = {h["id"] for h in found[id].hits}
        assert (set(found[id].appeared), set(found[id].gone)) == (now - was, was - now)
    assert {o.id for o in found.values() if o.removed} == set(customers) - set(asked)


def test_only_what_changed_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{a} {b} {c}" for a in WORDS[:5] for b in WORDS[5:8] for c in WORDS[8:]]
    before = {f"l:{n:02}": (name, "1960") for n, name in enumerate(names)}
    customers = {f"c{n}": (name, "1960") for n, name in enumerate(names[:20])}
    run(tmp_path / "bank", screener(before), file(customers))
    count = 0
    judge = rescreening.judge

    def counted(*args: object) -> object:
        nonlocal count
        count += 1
        return judge(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rescreening, "judge", counted)
    monkeypatch.setattr(Screener, "screen", lambda *_: pytest.fail("somebody was screened in full"))
    after = {**before, "l:03": (names[3], "1960-03")}
    found = run(tmp_path / "bank", screener(after), None)
    assert 0 < count <= 20
    assert [o.id for o in found.values() if o.gone or o.appeared or o.changed]
    count = 0
    again = run(tmp_path / "bank", screener(after), None)
    assert count == 0
    assert not any(o.gone or o.appeared or o.changed for o in again.values())


def test_what_is_interrupted_is_not_kept(tmp_path: Path) -> None:
    lists, asked = screener({"l:1": ("Kim Yong Chol", "1962-02-18")}), file({"c1": ("Kim Yong Chol", "1962-02-18")})
    run(tmp_path / "bank", lists, asked)
    state = kept(tmp_path / "bank")
    going = renew(tmp_path / "bank", lists, [*asked, *file({"c2": ("Ivan Petrov", "")})], threshold=0.05, version="1")
    next(going)
    going.close()
    assert kept(tmp_path / "bank") == state
    assert [path.name for path in tmp_path.iterdir()] == ["bank"]


def test_lines_that_cannot_be_asked_are_told(tmp_path: Path) -> None:
    lists = screener({"l:1": ("Kim Yong Chol", "1962-02-18")})
    asked = [
        Customer("c1", {"schema": "Persona", "properties": {"name": ["Kim"]}}),
        *file({"c2": ("Kim Yong Chol", "")}),
    ]
    found = run(tmp_path / "bank", lists, [*asked, asked[1]])
    assert "Persona" in found["c1"].error
    assert "twice" in found["c2"].error
    again = run(tmp_path / "bank", lists, None)
    assert "Persona" in again["c1"].error
    assert [h["id"] for h in again["c2"].hits] == ["l:1"]
