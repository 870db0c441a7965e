"""Dates, amounts, countries, resolutions and checked numbers are found as they are written, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities.spotting import spots


def spotted(text: str, *kinds: str) -> list[tuple[str, str, str | None]]:
    return [(text[s.start : s.end], s.value, s.unit) for s in spots(text) if not kinds or s.kind in kinds]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on 29 September 2016", "2016-09-29"), ("on September 29, 2016,", "2016-09-29"),
        ("in September 2016", "2016-09"),
        ("(2016, September 29)", "2016-09-29"), ("2016-09-29", "2016-09-29"), ("Sept. 29, 2016", "2016-09-29"),
        ("in 1974 to", "1974"), ("2016년 9월 29일", "2016-09-29"), ("2016年9月", "2016-09"), ("since 2001", "2001"),
    ],
)  # fmt: skip
def test_dates(text: str, value: str) -> None:
    assert [v for _, v, _ in spotted(text, "date")] == [value]


@pytest.mark.parametrize("text", ["in 1,974 tonnes", "Resolution 2016", "room 1974", "31 February 2016", "in 19745"])
def test_no_dates(text: str) -> None:
    assert spotted(text, "date") == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("US$1.2 million", "1200000", "USD"), ("$500", "500", None), ("€3,500", "3500", "EUR"),
        ("20 million yuan", "20000000", "CNY"), ("500 million USD", "500000000", "USD"),
        ("USD 40,000.50", "40000.5", "USD"),
        ("£2bn", "2000000000", "GBP"), ("three dollars or 7 dollars", "7", None), ("RMB 9,000", "9000", "CNY"),
    ],
)  # fmt: skip
def test_amounts(text: str, value: str, unit: str | None) -> None:
    assert [(v, u) for _, v, u in spotted(text, "amount")] == [(value, unit)]


@pytest.mark.parametrize("text", ["$", "in 500 towns", "a million people", "EUROPE 5"])
def test_no_amounts(text: str) -> None:
    assert spotted(text, "amount") == []


@pytest.mark.parametrize(
    ("text", "kind", "value", "valid"),
    [
        ("IMO 9314650", "imo", "9314650", True), ("IMO number: 9314651", "imo", "9314651", False),
        ("MMSI 445123000", "mmsi", "445123000", True), ("MMSI: 999999999", "mmsi", "999999999", False),
        ("LEI 5493001KJTIIGC8Y1R12", "lei", "5493001KJTIIGC8Y1R12", True),
        ("5493001KJTIIGC8Y1R12", "lei", "5493001KJTIIGC8Y1R12", True),
        ("LEI 5493001KJTIIGC8Y1R13", "lei", "5493001KJTIIGC8Y1R13", False),
        ("DE89 3704 0044 0532 0130 00.", "iban", "DE89370400440532013000", True),
        ("SWIFT: KDBKKPPY", "bic", "KDBKKPPY", True),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", True),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "wallet", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", True),
        ("0x52908400098527886E0F7030069857D2E4169EE7", "wallet", "0x52908400098527886E0F7030069857D2E4169EE7", None),
        ("see https://example.org/a_b(c).", "url", "https://example.org/a_b(c", None),
        ("to a.b@mail.example.org,", "email", "a.b@mail.example.org", None),
    ],
)  # fmt: skip
def test_numbers(text: str, kind: str, value: str, valid: bool | None) -> None:
    assert [(s.kind, s.value, s.valid) for s in spots(text)] == [(kind, value, valid)]


@pytest.mark.parametrize(
    "text",
    ["9314650", "445123000", "5493001KJTIIGC8Y1R13", "DE89 3704 0044 0532 0130 01",
     "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr", "12345678901234567890"],
)  # fmt: skip
def test_a_number_that_says_nothing_by_itself_is_none(text: str) -> None:
    assert spots(text) == []


def test_resolutions_in_a_row() -> None:
    found = spotted(
        "Security Council Resolutions 2371 and 2375, UNSCR 1718, 1874 (2009) and 2270; S/RES/2397 (2017)", "resolution"
    )
    assert [value.removeprefix("S/RES/") for _, value, _ in found] == ["2371", "2375", "1718", "1874", "2270", "2397"]


def test_countries_by_any_name_but_not_within_words() -> None:
    found = spotted("banks in China, Italy, Russia, and Africa; the DPRK; Chinatown; North Korean ships", "country")
    assert [(text, value) for text, value, _ in found] == [
        ("China", "cn"), ("Italy", "it"), ("Russia", "ru"), ("DPRK", "kp"), ("North Korean", "kp"),
    ]  # fmt: skip


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_places_are_in_order_and_apart(text: str) -> None:
    last = 0
    for spot in spots(text):
        assert last <= spot.start < spot.end <= len(text)
        assert spot.value
        last = spot.end


@given(st.text(alphabet="0123456789,. $UDSmilon", max_size=3000))
@settings(max_examples=30, deadline=2000)
def test_no_text_takes_long(text: str) -> None:
    spots(text * 3)
