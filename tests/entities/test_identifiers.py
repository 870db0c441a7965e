from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counterflow.entities.identifiers import SCHEMES, parse

# Numbers as their bearers publish them.
GENUINE = [
    ("imoNumber", "IMO 9074729", "Vessel"),  # the example of the IMO number article: 9*7+0*6+7*5+4*4+7*3+2*2 = 139
    ("imoNumber", "5342883", "Company"),  # Chongchongang Shipping
    ("mmsi", "445125000", "Vessel"),
    ("leiCode", "253400YGH90JM0RMLU50", "Company"),  # Far Eastern Bank
    ("iban", "GB82 WEST 1234 5698 7654 32", "BankAccount"),  # ISO 13616 registry's example
    ("swiftBic", "KDBKKPPY", "Company"),
    ("innCode", "7707083893", "Company"),  # Sberbank
    ("innCode", "500100732259", "Person"),  # the Tax Service's example
    ("ogrnCode", "1027700132195", "Company"),  # Sberbank
    ("uscCode", "91330100799655058B", "Company"),  # Alibaba (China) Technology
    ("unscId", "KPe.030", "Organization"),
    ("ofacId", "12209", "Organization"),
]


@pytest.mark.parametrize(("property", "value", "schema"), GENUINE)
def test_genuine_numbers_pass(property: str, value: str, schema: str) -> None:
    found = parse(property, value, schema)
    assert found is not None
    assert found.valid


@pytest.mark.parametrize(
    ("property", "value", "schema"),
    [
        ("imoNumber", "9074728", "Vessel"),
        ("mmsi", "945125000", "Vessel"),
        ("leiCode", "253400YGH90JM0RMLU51", "Company"),
        ("iban", "GB82 WEST 1234 5698 7654 33", "BankAccount"),
        ("swiftBic", "KDB", "Company"),
        ("innCode", "7707083894", "Company"),
        ("ogrnCode", "1027700132196", "Company"),
        ("uscCode", "91330100799655058C", "Company"),
        ("unscId", "entry 30", "Organization"),
    ],
)
def test_a_wrong_number_is_kept_and_marked(property: str, value: str, schema: str) -> None:
    found = parse(property, value, schema)
    assert found is not None
    assert not found.valid


@given(st.sampled_from([g for g in GENUINE if g[0] in ("leiCode", "iban", "uscCode", "ogrnCode")]), st.data())
def test_one_wrong_digit_is_noticed(genuine: tuple[str, str, str], data: st.DataObject) -> None:
    property, value, schema = genuine
    places = [n for n, c in enumerate(value) if c.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != value[place])
    found = parse(property, value[:place] + digit + value[place + 1 :], schema)
    assert found is not None
    assert not found.valid


def test_how_it_is_written_does_not_matter() -> None:
    assert parse("imoNumber", "IMO 9074729", "Vessel") == parse("imoNumber", "9074729", "Vessel")
    assert parse("unscId", "KPe.030") == parse("unscId", "kpe030")
    assert parse("swiftBic", "KDBKKPPYXXX") == parse("swiftBic", "KDBKKPPY")


def test_what_is_no_number_is_none() -> None:
    assert parse("name", "Kim") is None
    assert parse("idNumber", "see the directive of the Treasury") is None
    assert parse("passportNumber", "unknown") is None
    assert parse("imoNumber", "-", "Vessel") is None


def test_a_ship_and_its_owner_never_share_a_number() -> None:
    ship, owner = parse("imoNumber", "9074729", "Vessel"), parse("imoNumber", "9074729", "Company")
    assert ship is not None
    assert owner is not None
    assert ship.key != owner.key


@given(
    st.sampled_from(["imoNumber", "leiCode", "iban", "uscCode", "innCode", "ogrnCode", "mmsi", "unscId"]),
    st.text(max_size=40),
)
def test_any_text_is_answered(property: str, text: str) -> None:
    found = parse(property, text)
    assert found is None or found.scheme in SCHEMES


def test_a_lists_own_number_and_a_quotation_of_it_are_one_number_but_not_one_word() -> None:
    own = parse("unscId", "KPi.074", "Person", "un")
    quoted = parse("unscId", "KPi.074", "Person", "uk-conlist")
    assert own is not None
    assert quoted is not None
    assert (own.key, own.quoted, quoted.quoted) == (quoted.key, False, True)
    assert own < quoted  # the publisher's own comes first
    number = parse("imoNumber", "IMO 9074729", "Vessel", "uk-conlist")
    assert number is not None
    assert not number.quoted  # nobody's list: painted on the ship
