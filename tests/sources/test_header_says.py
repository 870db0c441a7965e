import pytest

from counterflow.sources.header_says import Said, said


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Trade Value (1000 USD)", Said("tradevalue", 1000, "USD")),
        ("trade_value_1000usd", Said("tradevalue", 1000, "USD")),
        ("Value in thousands of EUR", Said("value", 1000, "EUR")),
        ("Value ('000)", Said("value", 1000)),
        ("value_mn", Said("value", 1e6)),
        ("Value (US$ million)", Said("value", 1e6, "USD")),
        ("Value, 1 000 000 RUB", Said("value", 1e6, "RUB")),
        ("Net weight (1,000 kg)", Said("netweightkg", 1000)),
        ("value_usd", Said("value", 1, "USD")),
        ("Importer", Said("importer")),
        ("HS6 code", Said("hs6code")),
        ("Value 2017", Said("value2017")),
    ],
)
def test_only_what_cannot_mean_anything_else_is_read(header: str, expected: Said) -> None:
    assert said(header) == expected
