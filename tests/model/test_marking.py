"""A label in print, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import UsageError
from counterflow.model.handling import EXERCISE, NO_PURPOSE, PAP, PUBLIC, TLP, Label, combine

words = st.text(max_size=6) | st.sampled_from(
    ["A", "TO A", "(none)", "rel", 'a "b"', "a, b", "a//b", "ORCON", "금강", "\0"]
)
some = st.frozensets(words, max_size=3)
days = st.none() | st.dates().map(str)
labels = st.builds(
    Label, tlp=st.sampled_from(TLP), originator=words, releasable_to=st.none() | some, readers=st.none() | some,
    compartments=some, purposes=some, caveats=st.frozensets(st.sampled_from([EXERCISE, "REL A", "ORCON", "EXPIRES"])),
    expires=days, orcon=some, sources=some, review_by=days, pap=st.sampled_from(PAP),
)  # fmt: skip


@given(labels)
def test_reading_is_the_inverse_of_printing(label: Label) -> None:
    said = label if label.tlp >= TLP.AMBER or label.releasable_to is not None else replace(label, originator="")
    assert Label.parse(label.text) == said


def test_marking_is_printed_whole() -> None:
    label = Label(
        TLP.AMBER_STRICT, "FIU-A", frozenset({"C", "B"}), frozenset({"lee"}), frozenset({"X"}), frozenset({"aml"}),
        frozenset({EXERCISE}), "2030-01-01", frozenset({"FIU-A"}), review_by="2029-01-01", pap=PAP.AMBER,
    )  # fmt: skip
    assert label.text == (
        "TLP:AMBER+STRICT//PAP:AMBER//EXERCISE//COMPARTMENTS X//ORCON FIU-A//ORIG FIU-A//REL B, C//READERS lee"
        "//PURPOSES aml//EXPIRES 2030-01-01//REVIEW BY 2029-01-01"
    )
    assert Label(originator="OFAC").text == "TLP:CLEAR", "whose it is obliges nobody here"
    assert combine([Label(TLP.AMBER, "A"), Label(TLP.AMBER, "B")]).text == "TLP:AMBER//FROM A, B//REL (none)"
    assert combine([Label(purposes=frozenset({p})) for p in "ab"]).text == "TLP:CLEAR//PURPOSES (none)"


def test_as_people_write_it() -> None:
    held = Label(TLP.AMBER, "FIU-A", frozenset({"B", "C"}), orcon=frozenset({"FIU-A"}))
    assert Label.parse(" tlp:amber // orcon // rel to B ,C ", own="FIU-A") == held
    assert Label.parse("AMBER//ORIG FIU-A//ORCON//REL B, C") == held
    assert Label.parse("TLP:CLEAR//ORCON B", own="A") == Label(orcon=frozenset({"B"}))
    assert Label.parse("white", own="A") == PUBLIC, "what is published is nobody's secret"
    assert Label.parse("TLP:AMBER//FROM B//REL C", own="A").originator == "", "what is mixed is nobody's own"
    assert Label.parse("TLP:CLEAR//PURPOSES (none)").purposes == {NO_PURPOSE}
    assert Label.parse('TLP:RED//READERS "Kim, A.", lee').readers == {"Kim, A.", "lee"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SECRET//NOFORN", "'SECRET' is not a TLP 2.0 label. Valid: TLP:CLEAR"),
        ("", "Valid: TLP:AMBER//REL A, B"),
        ("TLP:AMBER//", "nothing stands before or after"),
        ("TLP:AMBER////REL A", "nothing stands before or after"),
        ("TLP:AMBER//ORCON", "ORCON needs to say whose"),
        ("TLP:AMBER//REL", "REL wants names with commas"),
        ("TLP:AMBER//REL A,,B", "REL wants names with commas"),
        ('TLP:AMBER//REL "A" B', "comma is missing before 'B'"),
        ('TLP:AMBER//REL "A', "quotation mark is not closed"),
        ('TLP:AMBER//REL "\\x"', "no name in quotation marks"),
        ("TLP:AMBER//REL A//REL B", "REL stands in the marking twice"),
        ("TLP:AMBER//ORIG A, B", "FROM A, B"),
        ("TLP:AMBER//PAP:BLUE", "not a PAP label"),
        ("TLP:AMBER//EXPIRES soon", "must be a date like"),
        ("TLP:AMBER//a_b", "no caveat"),
    ],
)
def test_what_is_no_marking_is_refused_and_says_why(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("(", r"\(")):
        Label.parse(text)
