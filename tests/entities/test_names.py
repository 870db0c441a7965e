from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.entities.names import analyse, kind_of, number_tokens, search_queries, search_tokens, skeleton

THIRTY_NINE = [
    "Office 39", "Office #39", "Office No. 39", "OFFICE-39", "Room 39", "Bureau 39", "Bureau Thirty-Nine",
    "Division 39", "39호실", "삼십구호실", "三十九號室", "三十九号室", "39號室",
]  # fmt: skip


@pytest.mark.parametrize("text", THIRTY_NINE)
def test_a_numbered_office_is_one_name_in_every_script(text: str) -> None:
    assert {"unit", "39"} == set(analyse(text, "body").forms[0].tokens)


def test_another_number_is_another_name() -> None:
    assert "38" in analyse("38호실", "body").forms[0].tokens


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Foreign Trade Bank of the Democratic People's Republic of Korea", "Foreign Trade Bank of the DPRK"),
        ("Second Economic Committee", "제2경제위원회"),
        ("Second Economic Committee", "2nd Economic Committee"),
        ("Korea Taesong Bank", "조선대성은행"),
        ("Choson Taesong Unhaeng", "조선대성은행"),
        ("Bank of Dandong Co., Ltd.", "丹东银行"),
        ("L.L.C. Ardis", "OOO Ardis"),
    ],
)
def test_names_of_bodies_meet(one: str, two: str) -> None:
    forms = [{tuple(sorted(f.tokens)) for f in analyse(text, "body").forms} for text in (one, two)]
    assert forms[0] & forms[1]


def test_legal_forms_are_set_aside_not_lost() -> None:
    form = analyse("Leader International Trading Limited", "body").forms[0]
    assert form.tokens == ("leader", "international", "trading")
    assert form.legal == "limited"
    assert analyse("Company", "body").forms[0].tokens == ("company",)


def test_a_ships_prefix_and_roman_number() -> None:
    assert analyse("M/V Hyok Sin II", "ship").forms[0].tokens == ("hyok", "sin", "2")
    assert analyse("MT Courageous", "ship").forms[0].tokens == ("courageous",)


def test_chinese_characters_are_read_in_chinese_and_in_korean() -> None:
    forms = {(f.how, f.tokens) for f in analyse("金正恩", "person").forms}
    assert ("Sino-Korean reading", ("kim", "jong", "un")) in forms
    assert ("Mandarin reading", ("jin", "zhengen")) in forms


def test_a_korean_name_carries_its_sounds_and_others_do_not() -> None:
    assert any(f.sounds for f in analyse("Kim Jong-un", "person").forms)
    assert any(f.sounds for f in analyse("Jongun Kim", "person").forms)
    assert not any(f.sounds for f in analyse("Vladimir Petrov", "person").forms)


def test_what_stands_in_brackets_at_the_end_is_a_remark_or_the_same_in_another_script() -> None:
    assert analyse("Kim Yong Chol (RGB)", "person").forms[0].tokens == ("kim", "yong", "chol")
    tokens = {f.tokens for f in analyse("Jin Tiesan (金铁三)", "person").forms}
    assert ("jin", "tiesan") in tokens
    assert ("kim", "chol", "sam") in tokens


def test_titles_go_from_the_front_only() -> None:
    assert analyse("Dr. Haji Karim", "person").forms[0].tokens == ("karim",)
    assert analyse("Colonel", "person").forms[0].tokens == ("colonel",)


@pytest.mark.parametrize(
    ("one", "two"), [("mohammed", "muhamad"), ("mohammed", "mhmd"), ("hussein", "hsyn"), ("qasim", "kasem")]
)
def test_skeletons_outlive_the_vowels(one: str, two: str) -> None:
    assert skeleton(one) == skeleton(two)


@given(st.text(max_size=60), st.sampled_from(["person", "body", "ship", "any"]))
def test_any_text_has_forms_of_plain_words(text: str, kind: str) -> None:
    for form in analyse(text, kind).forms:
        assert form.tokens
        assert all(t and t.isascii() and t == t.lower() and " " not in t for t in form.tokens)
        assert not form.sounds or len(form.sounds) == len(form.tokens)


@given(st.text(max_size=60))
def test_a_text_is_found_by_each_way_of_asking_for_it(text: str) -> None:
    tokens = set(search_tokens(text))
    assert all(set(words) <= tokens and words for words in search_queries(text))


def test_long_and_odd_texts_are_answered() -> None:
    assert analyse("x" * 10_000, "person").forms
    assert analyse("\x00\u202e\ufeff", "person").forms == ()
    assert analyse("", "body").forms == ()
    assert analyse("Кim Jоng", "person").forms  # Cyrillic letters within Latin words


@pytest.mark.parametrize("asked", ["39호실", "Bureau 39", "三十九號室", "Office #39"])
def test_search_reaches_office_39_from_any_name(asked: str) -> None:
    known = set(search_tokens("Office 39"))
    assert any(set(words) <= known for words in search_queries(asked))


@pytest.mark.parametrize("asked", ["김정은", "金正恩", "Kim Chŏng-ŭn", "Gim Jeong-eun", "Kim Jung Eun"])
def test_search_reaches_a_korean_name_from_any_spelling(asked: str) -> None:
    known = set(search_tokens("KIM, Jong Un"))
    assert any(set(words) <= known for words in search_queries(asked))


def test_kinds() -> None:
    assert [kind_of(s) for s in ("Person", "Vessel", "Company", "LegalEntity")] == ["person", "ship", "body", "any"]


@given(st.one_of(st.text(max_size=20), st.sampled_from(["IMO 9322451", "un:6908524", "KP/2016-39", "L'Oréal 7"])))
def test_a_number_is_found_under_its_own_words(text: str) -> None:
    ways = search_queries(text)
    assert any(set(way) <= set(number_tokens(text)) for way in ways) or not number_tokens(text)
    assert set(number_tokens(text)) <= set(search_tokens(text))
