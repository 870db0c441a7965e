from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities.candidates import CAPS, candidate_pairs
from counterflow.entities.profile import Profile, build

Party = Callable[..., Profile]


def pairs(profiles: list[Profile], groups: list[str] | None = None) -> set[tuple[int, int]]:
    found = candidate_pairs(profiles, groups or [str(n) for n in range(len(profiles))])
    return {(int(i), int(j)) for i, j in found}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Korea Daesong Bank", "Choson Taesong Unhaeng"),
        ("Kim Jong Un", "Gim Jeong-eun"),
        ("Hong Xiang Trading", "Hongxiang Trading"),
        ("Mohammad Reza Naqdi", "Muhamad Riza Naghdi"),
        ("Vladimir Vladimirovich Petrovsky", "Petrovsky Vladimir"),
    ],
)
def test_each_kind_of_key_has_its_use(party: Party, one: str, two: str) -> None:
    schema = "Company" if "Tr" in one or "Bank" in one else "Person"
    assert pairs([party(schema, name=one), party(schema, name=two)]) == {(0, 1)}


def test_a_number_brings_together_whatever_the_names(party: Party) -> None:
    one = party("Vessel", name="Saebyol", imoNumber="8916293")
    two = party("Vessel", name="Chong Rim 2", imoNumber="8916293")
    assert pairs([one, two]) == {(0, 1)}
    assert pairs([one, two], ["us", "us"]) == {(0, 1)}


def test_two_of_one_list_are_no_candidates_by_name(party: Party) -> None:
    one, two = party(name="Ri Yong Mu"), party(name="Ri Yong Mu")
    assert pairs([one, two], ["us", "us"]) == set()


def test_a_crowded_key_is_passed_over(party: Party) -> None:
    crowd = [party("Company", name="Zokwang") for _ in range(CAPS["name"] + 1)]
    assert pairs(crowd) == set()
    assert len(pairs(crowd[:10])) == 45


def test_nothing_to_compare(party: Party) -> None:
    assert pairs([]) == set()
    assert pairs([party(name="Kim"), party(birthDate="1960")]) == set()


NAMES = st.lists(
    st.sampled_from(["Kim Jong Un", "Gim Jeong-eun", "Office 39", "Room 39", "Ri Su Gil", "39호실"]), max_size=8
)


@settings(max_examples=50)
@given(NAMES)
def test_pairs_are_sorted_once_and_all_found(names: list[str]) -> None:
    """Against brute force: within the caps, every pair with a key in common is there."""
    from counterflow.entities.candidates import blocking_keys

    profiles = [build(str(n), "Person", {"name": [name]}) for n, name in enumerate(names)]
    found = candidate_pairs(profiles, range(len(profiles))).tolist()
    keys = [set(blocking_keys(p)) for p in profiles]
    brute = [[i, j] for i, j in itertools.combinations(range(len(profiles)), 2) if keys[i] & keys[j]]
    assert found == brute
