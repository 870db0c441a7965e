"""Cleaning: known forms, refusals, and the properties that hold for any text."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model import values
from counterflow.model.schema import TYPES
from counterflow.model.values import clean


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("country", "Korea, North", "kp"),
        ("country", "Democratic People's Republic of Korea", "kp"),
        ("country", "Democratic People’s Republic of Korea", "kp"),
        ("country", "Republic of Korea", "kr"),
        ("country", "PRK", "kp"),
        ("country", "Congo, Democratic Republic of the", "cd"),
        ("country", "Congo, Republic of the", "cg"),
        ("country", "China, Hong Kong Special Administrative Region", "hk"),
        ("country", "Macedonia, The Former Yugoslav Republic of", "mk"),
        ("country", "USSR", "suhh"),
        ("country", "TÜRKİYE", "tr"),
        ("country", "Côte d’Ivoire", "ci"),
        ("country", "Region: Gaza", "ps"),
        ("country", "EU", "eu"),
        ("country", "un", "un"),
        ("country", "no", "no"),
        ("country", "Niger", "ne"),
        ("country", "Sudan/South Sudan", None),
        ("country", "undetermined", None),
        ("country", "Korea", None),
        ("date", "2016-09-29T10:00:00", "2016-09-29"),
        ("date", "2016-13", None),
        ("date", "1 Jan 2016", None),
        ("name", "  Office\u00a0 No.\n39 ", "Office No. 39"),
        ("name", "\u200eمحمد\u200f", "محمد"),
        ("name", "\u1112\u1161\u11ab", "한"),
        ("name", "---", None),
        ("number", "10,273", "10273"),
        ("number", "1 000 000.50", "1000000.50"),
        ("number", "-12.5 kg", "-12.5 kg"),
        ("number", "54 tons", "54 tons"),
        ("number", "1.234.567", None),
        ("number", "10-20", None),
        ("number", "many", None),
        ("url", "www.example.org/a b", None),
        ("url", "WWW.Example.org", "http://WWW.Example.org"),
        ("url", "https://example.org:8080/x?y=1", "https://example.org:8080/x?y=1"),
        ("url", "javascript:alert(1)", None),
        ("url", "javascript://example.org/%0aalert(1)", None),
        ("email", "Info@Example.ORG", "Info@example.org"),
        ("email", "info at example.org", None),
        ("phone", "+850 2 18111  (ext. 381)", "+850 2 18111 (ext. 381)"),
        ("phone", "n/a", None),
        ("language", "ko", "kor"),
        ("language", "per", "fas"),
        ("language", "Korean", "kor"),
        ("language", "qqq", None),
        ("topic", "Sanction", "sanction"),
        ("topic", "villain", None),
        ("gender", "Female", "female"),
        ("gender", "unknown", None),
        ("entity", "office39::bda", "office39::bda"),
        ("entity", "two words", None),
        ("ip", "175.45.176.1", "175.45.176.1"),
        ("ip", "175.45.176.999", None),
        ("mimetype", "text/HTML; charset=utf-8", "text/html"),
        ("checksum", "zz", None),
        ("json", '{"b": 1, "a": "김"}', '{"a": "김", "b": 1}'),
        ("text", "one\r\n\r\n\r\n\r\ntwo \n", "one\n\ntwo"),
        ("string", " \x00 ", None),
    ],
)
def test_known_forms(kind: str, text: str, expected: str | None) -> None:
    assert clean(kind, text) == expected


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("imo", "IMO 9148295", "9148295"),
        ("imo", "IMO9148295", "9148295"),
        ("imo", "91482", "91482"),
        ("iban", "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("bic", "ftbd-kppy", "FTBDKPPY"),
        ("wikidata", "Q7747", "Q7747"),
        ("lei", " - ", None),
    ],
)
def test_identifiers_in_the_form_of_their_scheme(format: str, text: str, expected: str | None) -> None:
    assert clean("identifier", text, format) == expected


def test_every_type_of_the_vocabulary_can_be_cleaned() -> None:
    for kind in TYPES:
        clean(kind, "x")
    with pytest.raises(KeyError):
        clean("colour", "x")


@given(kind=st.sampled_from(sorted(TYPES)), text=st.text(max_size=60))
def test_cleaning_never_fails_and_is_done_once(kind: str, text: str) -> None:
    once = clean(kind, text)
    if once is not None:
        assert once
        assert once == once.strip()
        assert clean(kind, once) == once


def test_no_country_name_means_two_countries() -> None:
    table = values.table("countries")
    owner: dict[str, str] = {}
    for code, names in table.items():
        for name in [code, *names]:
            assert owner.setdefault(values._key(str(name)), code) == code, name
    assert values.country_name("kp") == "North Korea"
    assert values.topic_label("sanction") == "Sanctioned"


def test_it_keeps_up_with_a_list_of_a_hundred_thousand_values() -> None:
    began = time.perf_counter()
    for n in range(100_000):
        clean("name", f"Korea Company No. {n}")
    assert time.perf_counter() - began < 2


def test_country_names_of_the_real_lists(shared_data: Path) -> None:
    """Every country named in the UN list of 2026 is understood, but for those that are no country."""
    with gzip.open(shared_data / "sanctions-un" / "un_consolidated_2026-02-27.xml.gz", "rt", encoding="utf-8") as f:
        names = {n.strip() for n in re.findall(r"<COUNTRY>([^<]+)</COUNTRY>", f.read())}
    assert len(names) > 60
    nowhere = {"Iran / unknown", "Region: Kafia Kingi", "Sudan/South Sudan"}
    assert {n for n in names if clean("country", n) is None} <= nowhere
