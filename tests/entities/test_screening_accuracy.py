"""How far screening carries on names of our own, quick enough for every run: the committed baseline. The figures on
real lists and 50,000 innocent persons are in benchmarks/README.md."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterflow.entities.profile import Profile, build
from counterflow.entities.screening import Hit, Screener

PAIRS = Path(__file__).parents[1] / "fixtures" / "entities" / "pairs.csv"
BORN, LIVES = "1961-03-02", "kp"

GIVEN = [
    "Sarah",
    "Lisa",
    "Martin",
    "Carlos",
    "Ana",
    "Omar",
    "Yusuf",
    "Ivan",
    "Ming",
    "Hiroshi",
    "Fatima",
    "Sven",
    "Amara",
    "Lucas",
    "Ria",
    "민준",
    "영수",
    "Ольга",
    "علي",
]
FAMILY = [
    "Li",
    "Nolan",
    "Hari",
    "Okafor",
    "Silva",
    "Haddad",
    "Petrov",
    "Tanaka",
    "Andersson",
    "Diaz",
    "Smith",
    "Kowalski",
    "Phillips",
    "Wang",
    "박",
    "김",
    "Иванова",
]


def listed() -> dict[str, Profile]:
    """The right sides of the pairs that are one party, all of them on one list."""
    found = {}
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        for n, row in enumerate(csv.DictReader(stream)):
            if row["same"] == "yes":
                found[f"l:{n}"] = build(f"l:{n}", row["schema"], told(row, "right"))
    return found


def told(row: dict[str, str], side: str) -> dict[str, list[str]]:
    more = dict(part.split("=") for part in row[f"{side}_more"].split(";") if part)
    return {"name": [row[side]], **{k: [v] for k, v in more.items()}}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.over(listed().values())


def best(screener: Screener, asked: Profile, id: str) -> Hit | None:
    names = {n.name.text for n in listed()[id].names}
    return next((h for h in screener.screen(asked, 20) if h.id == id or h.caption in names), None)


def test_who_is_on_the_list_is_found_by_other_names(screener: Screener) -> None:
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        rows = list(enumerate(csv.DictReader(stream)))
    asked = {f"l:{n}": build("q", row["schema"], told(row, "left")) for n, row in rows if row["same"] == "yes"}
    found = {id: best(screener, profile, id) for id, profile in asked.items()}
    matched = [id for id, hit in found.items() if hit and hit.match]
    assert sum(hit is not None for hit in found.values()) >= 0.96 * len(found), [i for i, h in found.items() if not h]
    assert len(matched) >= 0.8 * len(found), sorted(found.keys() - set(matched))


def slips(name: str) -> Iterator[str]:
    """A name as forms bear it: two letters turned, one doubled, one lost, the surname first, in capitals."""
    words = name.split()
    long = max(words, key=len)
    middle = len(long) // 2
    yield name.replace(long, long[: middle - 1] + long[middle] + long[middle - 1] + long[middle + 1 :])
    yield name.replace(long, long[:middle] + long[middle] + long[middle:])
    yield name.replace(long, long[:middle] + long[middle + 1 :])
    yield f"{words[-1]}, {' '.join(words[:-1])}"
    yield name.upper()


@pytest.mark.parametrize(
    "name",
    ["Sylvestre Mudacumura", "Abdulmalik al-Houthi", "Vasili Aleksandrovich Kolchanov",
     "Marial Chanuong Yol Mangok", "Shams Ur-Rahman Abdul Zahir"],
)  # fmt: skip
def test_a_slip_of_the_pen_hides_nobody(name: str) -> None:
    one = Screener.over([build("l:1", "Person", {"name": [name], "birthDate": [BORN], "nationality": [LIVES]})])
    for asked in slips(name):
        told = {"name": [asked], "birthDate": [BORN], "nationality": [LIVES]}
        hits = one.screen(build("q", "Person", told))
        assert [h.match for h in hits] == [True], asked


def test_strangers_are_no_match(screener: Screener) -> None:
    for n, (given, family) in enumerate(itertools.product(GIVEN, FAMILY)):
        told = {"name": [f"{given} {family}"], "birthDate": [f"{1950 + n % 50}-0{n % 9 + 1}-1{n % 7}"]}
        hits = screener.screen(build("q", "Person", {**told, "nationality": [["sg", "ke", "co", "kr"][n % 4]]}))
        assert not any(h.match for h in hits), (told, hits[0].caption, hits[0].comparison.sentence)
