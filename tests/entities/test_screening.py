from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.entities.entity import entities
from counterflow.entities.profile import Profile, build
from counterflow.entities.resolve import resolve
from counterflow.entities.screening import Screener, write
from counterflow.errors import UnknownName
from counterflow.storage.ibis import IbisScope


@pytest.fixture(scope="module")
def index(world: Callable[..., IbisScope], office39: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Screener:
    scope = world(
        [*office39, ("un:9", "Organization", {"name": ["Koryo Bank"], "unscId": ["KPe.045"], "ofacId": ["20572"]})]
    )
    members = resolve(scope).members
    scope.adopt("members", members)
    scope.adopt("entities", entities(scope, members))
    folder = tmp_path_factory.mktemp("screen")
    write(scope, folder)
    return Screener.open(folder)


def ask(name: str | None = None, schema: str = "LegalEntity", **properties: list[str]) -> Profile:
    return build("q", schema, {**({"name": [name]} if name else {}), **properties})


@pytest.mark.parametrize("name", ["Office 39", "39호실", "Bureau 39", "Office #39", "三十九號室", "Room No. 39"])
def test_office_39_by_any_name(index: Screener, name: str) -> None:
    hits = index.screen(ask(name))
    assert [h.id for h in hits] == ["case:office-39"]
    assert hits[0].caption == "Office 39"
    assert hits[0].referents == ("case:office-39", "un:1", "us:10")
    assert hits[0].comparison.standing != "confirmed", "a name alone confirms nothing"


def test_namesakes_are_told_apart_by_birth(index: Screener) -> None:
    assert {h.id for h in index.screen(ask("Kim Yong Chol", "Person"))} == {"case:kim-rgb", "case:kim-komid"}
    (hit,) = index.screen(ask("김영철", "Person", birthDate=["1962-02-18"]))
    assert hit.id == "case:kim-komid"
    assert hit.match


def test_a_number_finds_without_a_name(index: Screener) -> None:
    (hit,) = index.screen(ask(None, "Vessel", imoNumber=["IMO 8018900"]))
    assert hit.id == "case:ship"


def test_a_hit_in_print(index: Screener) -> None:
    (hit,) = index.screen(ask("Koryo Bank", "Company", unscId=["KPe.045"]))
    printed = hit.to_dict()
    assert set(printed) == {
        "id",
        "caption",
        "schema",
        "score",
        "probability",
        "match",
        "referents",
        "entries",
        "explanation",
    }
    assert printed["entries"] == [{"dataset": "un", "subject": "un:9", "unscId": ["KPe.045"], "ofacId": ["20572"]}]
    assert printed["match"] is True
    explanation = printed["explanation"]
    assert explanation["matched"]["right"] == {"subject": "un:9", "property": "name", "name": "Koryo Bank"}
    assert {f["feature"] for f in explanation["features"]} == {"un", "name"}
    assert set(explanation["features"][0]) == {"feature", "weight", "left", "right", "says"}
    assert "same UN reference" in explanation["sentence"].lower().replace("un reference", "UN reference")


def test_limit_and_threshold(index: Screener) -> None:
    assert len(index.screen(ask("Kim Yong Chol", "Person"), limit=1)) == 1
    assert index.screen(ask("Kim Yong Chol", "Person"), threshold=0.99) == []


def test_strangers_and_odd_questions_find_nobody(index: Screener) -> None:
    for name in ("John Smith", "x", "", "    ", "\x00", "39", "Office", "q" * 9_000):
        assert index.screen(ask(name)) == [], name
    with pytest.raises(UnknownName):
        index.screen(ask("Kim", "Persona"))


def test_an_empty_index_answers() -> None:
    assert Screener.over([]).screen(ask("Kim Jong Un")) == []


def test_many_aliases_never_demote() -> None:
    plain = build("a:1", "Person", {"name": ["Hamza Qasimi"]})
    other = build("b:1", "Person", {"name": ["Hamza Qasim Rahimi"]})
    many = build(
        "a:1", "Person", {"name": ["Hamza Qasimi"], "alias": [f"Abu Alias Number{n} Jibril" for n in range(120)]}
    )
    for first in (plain, many):
        hits = Screener.over([first, other]).screen(ask("Hamza Qasimi", "Person"), threshold=0.1)
        assert hits[0].id == "a:1"


WORDS = [
    "Kim",
    "Ri",
    "Pak",
    "Yong",
    "Jong",
    "Chol",
    "Un",
    "Il",
    "Song",
    "Ivan",
    "Petrov",
    "Hassan",
    "Ali",
    "Bank",
    "Trading",
    "Daesong",
]
PEOPLE = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(" ".join), min_size=1, max_size=60, unique=True
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PEOPLE, st.data())
def test_candidates_lose_no_hit_that_brute_force_finds(names: list[str], data: st.DataObject) -> None:
    profiles: list[Profile] = [build(f"l:{n}", "Person", {"name": [name]}) for n, name in enumerate(names)]
    index = Screener.over(profiles)
    query = ask(data.draw(st.sampled_from(names)), "Person")
    found = {h.id for h in index.screen(query, limit=100)}
    brute = {h.id for h in index.screen(query, limit=100, exhaustive=True)}
    assert found <= brute
    assert len(brute - found) <= max(0, len(brute) - 40)


def test_a_question_of_no_kind_finds_persons_bodies_and_ships(index: Screener) -> None:
    found = [{h.id for h in index.screen(ask(name, "Thing"))} for name in ("김영철", "Room 39", "M/V Hyok Sin 2")]
    assert found == [{"case:kim-rgb", "case:kim-komid"}, {"case:office-39"}, {"case:ship"}]
