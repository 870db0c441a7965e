"""How likely several findings are together: what they have in common is counted once."""

from __future__ import annotations

import pytest

from counterflow.findings.activity.weighing import PRIOR, Member, together


def member(
    name: str, probability: float = 0.5, kind: str = "payment", evidence: str = "", belongs: float = 1.0
) -> Member:
    return Member(name, "t", kind, probability, frozenset(evidence or name), belongs)


def test_the_likeliest_stands_as_it_is() -> None:
    told, [first, second] = together([member("a", PRIOR), member("b", 0.8)])
    assert told == pytest.approx(0.8)
    assert (first.finding, second.adds) == ("b", pytest.approx(0))


def test_independent_findings_confirm_each_other() -> None:
    assert together([member("a"), member("b", kind="ship")])[0] > 0.8


def test_what_is_told_twice_counts_once() -> None:
    same = together([member("a", evidence="xyz"), member("b", kind="ship", evidence="xyz")])
    assert same[0] == pytest.approx(0.5)
    part = together([member("a", evidence="xyz"), member("b", kind="ship", evidence="xyzw")])
    whole = together([member("a", evidence="xyz"), member("b", kind="ship", evidence="w")])
    assert same[0] < part[0] < whole[0]


def test_the_tenth_silence_says_little_more_than_the_second() -> None:
    two, ten = (together([member(f"{k}", 0.4) for k in range(n)])[0] for n in (2, 10))
    other = together([member("0", 0.4), member("1", 0.4, "ship"), member("2", 0.4, "trade")])[0]
    assert 0.4 < two < ten < other


def test_what_hardly_belongs_hardly_counts() -> None:
    sure, unsure = (together([member("a"), member("b", kind="ship", belongs=b)])[0] for b in (1.0, 0.5))
    assert 0.5 < unsure < sure


def test_a_finding_that_is_unlikely_counts_against() -> None:
    assert together([member("a"), member("b", 0.05, "ship")])[0] < 0.5


def test_no_number_of_findings_makes_it_certain() -> None:
    kinds = ("payment", "ship", "trade", "ownership", "seizure", "travel")
    assert together([member(kind, 0.95, kind) for kind in kinds])[0] == 0.97
