from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.entities.korean import coarse, read_hanja, romanise, sounds, syllables

HANGUL = st.integers(0xAC00, 0xD7A3).map(chr)


@pytest.mark.parametrize(
    ("hangul", "spellings"),
    [
        ("김", ["kim", "gim"]),
        ("리", ["ri", "lee", "yi", "rhee", "li"]),
        ("박", ["pak", "park", "bak"]),
        ("림", ["rim", "lim", "im", "yim"]),
        ("최", ["choe", "choi", "ch'oe"]),
        ("정", ["jong", "jung", "jeong", "chong", "chung", "cho'ng"]),
        ("철", ["chol", "chul", "cheol", "ch'o'l"]),
        ("은", ["un", "eun", "u'n"]),
        ("영", ["yong", "young", "yeong", "yo'ng", "yung"]),
        ("택", ["thaek", "taek", "t'aek"]),
        ("류", ["ryu", "yu", "yoo"]),
        ("로", ["ro", "no", "roh", "noh"]),
    ],
)
def test_every_spelling_in_use_meets_its_syllable(hangul: str, spellings: list[str]) -> None:
    for spelling in spellings:
        assert sounds(hangul) & sounds(spelling), spelling
        assert coarse(spelling) == coarse(hangul), spelling


@pytest.mark.parametrize(
    ("one", "two"), [("kwang", "kang"), ("kim", "kin"), ("chol", "chon"), ("pak", "paek"), ("jon", "jong")]
)
def test_other_syllables_stay_apart(one: str, two: str) -> None:
    assert not sounds(one) & sounds(two)


@given(HANGUL)
def test_a_romanised_syllable_is_found_again(char: str) -> None:
    for system in ("dprk", "revised", "mccune"):
        (spelling,) = romanise(char, system)
        assert sounds(char) & sounds(spelling), (char, spelling)


@given(HANGUL)
def test_the_coarse_code_does_not_depend_on_the_spelling(char: str) -> None:
    codes = {coarse(romanise(char, system)[0]) for system in ("dprk", "revised", "mccune")}
    assert codes == {coarse(char)}


def test_systems_spell_as_published() -> None:
    assert romanise("김정은", "dprk") == ["kim", "jong", "un"]
    assert romanise("김정은", "revised") == ["gim", "jeong", "eun"]
    assert romanise("김정은", "mccune") == ["kim", "cho'ng", "u'n"]


def test_chinese_characters_in_korean_reading() -> None:
    assert read_hanja("金正恩") == "김정은"
    assert read_hanja("金日成") == "김일성"
    assert read_hanja("金铁三") == "김철삼"  # simplified
    assert read_hanja("権栄録") == "권영록"  # Japanese forms
    assert read_hanja("金𠮷") is None


def test_an_ambiguous_word_keeps_both_cuts() -> None:
    assert ("jong", "un") in syllables("jongun")
    assert ("jon", "gun") in syllables("jongun")
    assert syllables("schmidt") == ()


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(sounds(text), frozenset)
    assert isinstance(syllables(text), tuple)
    assert read_hanja(text) is None or isinstance(read_hanja(text), str)
