from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.entities.evidence.weights import Weights, everybody, pairs, screening
from counterflow.entities.profile import Profile
from counterflow.entities.scoring import CEILING, compare

Party = Callable[..., Profile]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Kim Jong Un", "김정은"),
        ("Kim Jong Un", "金正恩"),
        ("김정은", "金正恩"),
        ("Kim Cho'ng-u'n", "KIM, Jong Un"),
        ("Jongun Kim", "Kim Jong-Un"),
        ("Ri Pyong Chol", "Lee Byung-chul"),
        ("Pak Pong Nam", "Park Bong-nam"),
        ("O Kuk-Ryol", "오극렬"),
    ],
)
def test_one_person_in_other_letters(party: Party, one: str, two: str) -> None:
    found = compare(party(name=one), party(name=two))
    assert found.similarity > 0.85
    assert found.probability > 0.5


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Kim Kwang Jin", "Kim Kang Jin"),
        ("Jon Il Chun", "Jong Il Chun"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Ri Su Yong", "Ri Su Gil"),
    ],
)
def test_short_korean_names_allow_no_slip(party: Party, one: str, two: str) -> None:
    assert compare(party(name=one), party(name=two)).probability < 0.05


@pytest.mark.parametrize(
    ("one", "two"),
    [("Chang Myongc-Hin", "CHANG MYONG-CHIN"), ("Mun Kyong Hwaan", "MUN KYONG HWAN"), ("Kim Sko Chol", "Kim Sok Chol")],
)
def test_a_slip_may_fall_on_a_blank(party: Party, one: str, two: str) -> None:
    born = {"birthDate": "1968-02-19"}
    assert compare(party(name=one, **born), party(name=two, **born)).probability > 0.8


def test_a_slip_at_the_head_of_a_word_is_seen_among_many_aliases(party: Party) -> None:
    aliases = ["General Mudacumura", "Mupenzi Bernard", "Bernard Mupenzi", "General Major Mupenzi", "Radja"]
    found = compare(party(name="Sylvestre Umdacumura"), party(name="Sylvestre Mudacumura", alias=aliases))
    assert found.best is not None
    assert found.best[1].named.name.text == "Sylvestre Mudacumura"


@pytest.mark.parametrize(
    ("one", "two"),
    [("Giovanni Bianchi", "Juan Bianchi"), ("Yusuf Haddad", "Joseph Haddad"), ("Ivan Lozko", "John Lozko")],
)
def test_one_given_name_in_two_languages_is_some_evidence(party: Party, one: str, two: str) -> None:
    found = compare(party(name=one), party(name=two), weights=screening())
    assert SHOWN < found.probability < compare(party(name=one), party(name=one), weights=screening()).probability
    assert found.probability > compare(party(name=one), party(name=f"Pius {two.split()[1]}")).probability


def test_a_name_in_part_stays_below_the_whole_name(party: Party) -> None:
    whole, part = party(name="Mariam Okonkwo"), party(name="Mariam Okonkwo-Bell")
    assert compare(whole, whole, weights=screening()).verdict == "match"
    assert compare(whole, part, weights=screening()).verdict == "possible"


def test_namesakes_stay_apart_and_silence_decides_nothing(party: Party) -> None:
    general = party(name="Kim Yong Chol", birthDate=["1946", "1947"])
    trader = party(name="Kim Yong Chol", birthDate="1962-02-18")
    unknown = party(name="Kim Yong Chol")
    against, silent, agreed = compare(general, trader), compare(general, unknown), compare(trader, trader)
    assert against.probability < 0.05
    assert against.probability < silent.probability < agreed.probability
    assert agreed.probability > 0.95
    assert "different dates of birth" in against.sentence


def test_a_name_alone_is_visibly_less_than_a_confirmed_match(party: Party) -> None:
    alone = compare(party(name="Ermias Ghermay"), party(name="Ermias Ghermay"))
    confirmed = compare(
        party(name="Ermias Ghermay", birthDate="1980-05-03"), party(name="Ermias Ghermay", birthDate="1980-05-03")
    )
    assert alone.verdict == "possible"
    assert confirmed.verdict == "match"
    assert "nothing else is known" in alone.sentence


def test_what_is_left_out_is_not_what_is_contradicted(party: Party) -> None:
    whole = party(name="Igor Aleksandrovich Michurin", birthDate="1960-01-02")
    short = party(name="Igor Michurin", birthDate="1960-01-02")
    other = party(name="Igor Vladimirovich Michurin", birthDate="1960-01-02")
    assert compare(whole, short).probability > 0.9
    assert compare(whole, other).probability < compare(whole, short).probability


def test_a_number_alone_never_makes_two_parties_one(party: Party) -> None:
    one = party("Vessel", name="Saebyol", imoNumber="8916293", flag="kp")
    two = party("Vessel", name="Chong Rim 2", imoNumber="8916293", flag="kp")
    found = compare(one, two)
    assert 0.3 < found.probability <= CEILING + 1e-9
    assert "no name agrees" in found.sentence
    nameless = party("Vessel", imoNumber="8916293")
    assert compare(one, nameless).probability > 0.7  # nothing contradicts it


def test_two_numbers_of_different_kinds_outweigh_a_new_name(party: Party) -> None:
    one = party("Vessel", name="Saebyol", imoNumber="8916293", ofacId="19589")
    two = party("Vessel", name="Chong Rim 2", imoNumber="8916293", ofacId="19589")
    assert compare(one, two).probability > 0.9


def test_two_numbers_that_are_only_quoted_do_not_outweigh_another_name(party: Party) -> None:
    """A list that puts both references of one party to another would make two parties one."""
    quoted = {"unscId": "KPi.030", "ofacId": "19589", "country": "kp", "birthDate": "1960-05-06"}
    found = compare(party(name="Ri Won Ho", id="uk:1", **quoted), party(name="Pak Chun Il", id="au:2", **quoted))
    assert found.probability <= CEILING + 1e-9
    assert (found.verdict, found.standing) == ("possible", "number only")


def test_a_number_with_a_wrong_check_digit_counts_for_little(party: Party) -> None:
    right = compare(
        party("Vessel", name="Patriot", imoNumber="9003550"), party("Vessel", name="Patriot", imoNumber="9003550")
    )
    wrong = compare(
        party("Vessel", name="Patriot", imoNumber="9003551"), party("Vessel", name="Patriot", imoNumber="9003551")
    )
    assert wrong.probability < right.probability
    assert "check digit" in wrong.sentence


def test_other_imo_other_ship(party: Party) -> None:
    one = party("Vessel", name="Hyok Sin 2", imoNumber="8018900")
    two = party("Vessel", name="Hyok Sin 2", imoNumber="8405270")
    found = compare(one, two)
    assert found.excluded
    assert found.probability < 0.1


@pytest.mark.parametrize(
    ("one", "two"), [("Office 39", "Office 38"), ("Hyok Sin 2", "Hyok Sin 6"), ("Second Bureau", "Third Bureau")]
)
def test_numbers_in_names_are_never_a_slip(party: Party, one: str, two: str) -> None:
    assert compare(party("Organization", name=one), party("Organization", name=two)).probability < 0.05


def test_common_words_prove_nothing(party: Party) -> None:
    common = compare(party("Company", name="Korea Trading Company"), party("Company", name="Korea Trading Company"))
    rare = compare(
        party("Company", name="Amroggang Trading Company"), party("Company", name="Amroggang Trading Company")
    )
    assert common.probability < rare.probability
    other = compare(party("Company", name="Korea Hyoksin Trading Co"), party("Company", name="Korea Tangun Trading Co"))
    assert other.probability < 0.01


def test_what_every_state_has_wants_a_country(party: Party) -> None:
    """The European Union's Ministry of National Defence, of North Korea, and the British one of Syria were one."""
    korean = party("Organization", name="Ministry of National Defence", alias=["Ministry of Defence"])
    syrian = party("Organization", name="MINISTRY OF DEFENCE", country="sy")
    assert SHOWN < compare(korean, syrian).probability < 0.8
    assert compare(syrian, syrian).probability > 0.8
    own = party("Organization", name="Academy of the Taedong Ministry")
    assert compare(own, own).probability > 0.8


def test_two_bodies_that_share_only_an_alias_are_for_a_person_to_judge(party: Party) -> None:
    """OFAC gives Hizballah the alias Ansar Allah, the UN gives it to the Houthis: other movements altogether."""
    one = party("Organization", name="HIZBALLAH", alias=["ANSAR ALLAH", "PARTY OF GOD"])
    two = party("Organization", name="THE HOUTHIS", alias=["ANSAR ALLAH", "SUPPORTERS OF GOD"], country="ye")
    found = compare(one, two)
    assert 0.3 < found.probability < 0.8, found
    assert any("only aliases agree" in reason for reason in found.reasons)
    renamed = party("Organization", name="ANSAR ALLAH", country="ye")
    assert compare(two, renamed).probability > 0.8, "an alias that is the other's main name"


def test_kinds_that_cannot_be_one(party: Party) -> None:
    found = compare(party("Person", name="Chong Chon Gang"), party("Vessel", name="Chong Chon Gang"))
    assert found.excluded
    assert found.probability == 0
    body, company = party("PublicBody", name="Zokwang Trading"), party("Company", name="Zokwang Trading")
    assert not compare(body, company).excluded


def test_every_feature_says_why(party: Party) -> None:
    one = party(name="Kim Tong Chol", birthDate="1966-01-27", nationality="kp", gender="male")
    two = party(name="Kim Tong-ch'o'l", birthDate="1966-01-28", nationality="kp", gender="male")
    found = compare(one, two)
    assert {f.feature for f in found.features} == {"name", "date", "country", "gender"}
    assert all(f.says and f.left and f.right for f in found.features)
    assert [abs(f.weight) for f in found.features] == sorted((abs(f.weight) for f in found.features), reverse=True)
    assert "a day apart" in found.sentence


@pytest.mark.parametrize(
    ("left", "right", "standing"),
    [
        ({"birthDate": "1980-05-03"}, {"birthDate": "1980-05-03"}, "confirmed"),
        ({"nationality": "er"}, {"nationality": "er"}, "supported"),
        ({"birthDate": "1980-05-03"}, {}, "same name"),
        ({"birthDate": "1980-05-03"}, {"birthDate": "1951-07-09"}, "contradicted"),
    ],
)
def test_what_a_comparison_rests_on(party: Party, left: dict[str, str], right: dict[str, str], standing: str) -> None:
    for weights in (everybody(), pairs()):
        found = compare(party(name="Ermias Ghermay", **left), party(name="Ermias Ghermay", **right), weights=weights)
        assert found.standing == standing, found
    assert compare(party(name="Ermias Ghermay"), party(name="Medhanie Mered")).standing == "different"


def test_names_alone_are_a_match_of_names_where_they_were_put_side_by_side(party: Party) -> None:
    one, two = party(name="Ermias Ghermay"), party(name="GHERMAY, Ermias")
    asked, among_all = compare(one, two, weights=pairs()), compare(one, two)
    assert (asked.verdict, asked.standing) == ("match", "same name")
    assert (among_all.verdict, among_all.standing) == ("possible", "same name")


def test_a_number_alone_is_no_match_however_it_is_asked(party: Party) -> None:
    one, two = party("Vessel", name="Saebyol", imoNumber="8916293"), party("Vessel", name="Tanya", imoNumber="8916293")
    found = compare(one, two, weights=pairs())
    assert (found.verdict, found.standing) == ("possible", "number only")


def test_a_number_that_another_list_quotes_tells_less(party: Party) -> None:
    own = party(name="Ri Won Ho", unscId="KPi.030", id="un:1")
    assert (
        compare(own, party(name="Ri Won Ho", unscId="KPi.030", id="uk:1")).probability
        < compare(own, party(name="Ri Won Ho", unscId="KPi.030", id="un:2")).probability
    )
    other = compare(own, party(name="Ri Won Ho", unscId="KPi.031", id="uk:1"))
    assert not other.excluded, "a reference that is quoted wrongly parts nobody"
    assert compare(own, party(name="Ri Won Ho", unscId="KPi.031", id="un:2")).excluded


def test_a_name_only_heard_across_scripts_must_be_long_or_clear(party: Party) -> None:
    for stranger, listed in [
        ("선영 홍", "Hsien Cheng Chou"),
        ("红梅 张", "Husayn Ashami"),
        ("کيان جهانی", "Quanguo Chen"),
    ]:
        found = compare(party(name=stranger, country="sg"), party(name=listed, country="sg"))
        assert found.verdict == "no-match", found.sentence
    assert compare(party(name="صدام حسين التكريتي"), party(name="Saddam Hussein Al-Tikriti")).probability > 0.5


@pytest.mark.parametrize(
    ("left", "right", "feature", "sign"),
    [
        ({"birthDate": "1954~"}, {"birthDate": "1955"}, "date", 1),
        ({"birthDate": "1954~"}, {"birthDate": "1970"}, "date", -1),
        ({"birthDate": ["1963", "1965"]}, {"birthDate": "1964-05-01"}, "date", 1),
        ({"birthPlace": "Tirin Kot city, Uruzgan"}, {"birthPlace": "Tirin Kot, Uruzgan Province"}, "birthPlace", 1),
        ({"birthPlace": "Tunis"}, {"birthPlace": "Bizerte"}, "birthPlace", -1),
        ({"address": "12 Green Lane, Dandong"}, {"address": "Dandong, Green Lane 12, China"}, "address", 1),
        ({"phone": "+86 415 3122345"}, {"phone": "0415-3122345"}, "phone", 1),
        ({"email": "Office@Example.com"}, {"email": "office@example.com"}, "email", 1),
        ({"website": "https://www.example.com/a"}, {"website": "http://example.com"}, "website", 1),
        ({"deathDate": "2011"}, {"deathDate": "1999"}, "deathDate", -1),
        ({"position": "Deputy director of Office 39"}, {"position": "Office 39 deputy director"}, "position", 1),
    ],
)
def test_particulars(party: Party, left: dict[str, str], right: dict[str, str], feature: str, sign: int) -> None:
    found = {
        f.feature: f for f in compare(party(name="Amin Saleh", **left), party(name="Amin Saleh", **right)).features
    }
    assert found[feature].weight * sign > 0, found[feature]
    assert found[feature].says


def test_a_ship_is_known_by_its_size_and_former_flag(party: Party) -> None:
    one = party("Vessel", name="Hyok Sin", grossRegisteredTonnage="4983", pastFlags="kp")
    same = party("Vessel", name="Hyok Sin", grossRegisteredTonnage="4980", pastFlags="kp")
    other = party("Vessel", name="Hyok Sin", grossRegisteredTonnage="27000")
    assert compare(one, same).probability > compare(one, party("Vessel", name="Hyok Sin")).probability
    assert compare(one, other).probability < compare(one, party("Vessel", name="Hyok Sin")).probability


WORDS = st.sampled_from(
    ["Kim", "Ri", "Yong", "Chol", "Jong", "Un", "Petrov", "Ivan", "Ivanovich", "al", "Hassan", "Bank", "2", "39"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
PEOPLE = st.fixed_dictionaries(
    {"name": st.lists(NAMES, min_size=1, max_size=3)},
    optional={
        "birthDate": st.lists(st.sampled_from(["1946", "1962-02-18", "1962-03"]), min_size=1),
        "nationality": st.just(["kp"]),
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=PEOPLE, two=PEOPLE, way=st.sampled_from([everybody, pairs]))
def test_it_does_not_matter_who_is_on_the_left(
    party: Party, one: dict[str, list[str]], two: dict[str, list[str]], way: Callable[[], Weights]
) -> None:
    a, b = party(**one), party(**two)
    there, back = compare(a, b, weights=way()), compare(b, a, weights=way())
    assert there.probability == pytest.approx(back.probability, abs=1e-6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=PEOPLE, two=PEOPLE, way=st.sampled_from([everybody, pairs]))
def test_the_waterfall_adds_up(
    party: Party, one: dict[str, list[str]], two: dict[str, list[str]], way: Callable[[], Weights]
) -> None:
    found = compare(party(**one), party(**two), weights=way())
    logit = found.prior + sum(f.weight for f in found.features)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-9)
    assert 0 < found.probability < 1, "it never saturates"
    assert found.sentence.endswith(".")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=PEOPLE, more=NAMES, way=st.sampled_from([everybody, pairs]))
def test_another_alias_never_makes_a_match_weaker(
    party: Party, one: dict[str, list[str]], more: str, way: Callable[[], Weights]
) -> None:
    plain = party(name=one["name"][0])
    longer = party(name=[one["name"][0]], alias=[more])
    alone = compare(plain, plain, weights=way()).probability
    assert compare(plain, longer, weights=way()).probability >= alone - 1e-9
