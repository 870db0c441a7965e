"""What changed between two editions, in words."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from counterflow.claims.differences import differences
from counterflow.sources.reader import MENDED


def row(subject: str, property: str, value: str, schema: str = "Person", **more: Any) -> dict[str, Any]:
    kind = "entity" if property in ("addressEntity", "entity", "owner", "asset") else "name"
    return {
        "subject": subject, "schema": schema, "property": property, "value": value, "prop_type": kind,
        "stance": "asserts", "valid_from": None, "valid_to": None, "note": None, "label_id": "l", "locator": "", **more,
    }  # fmt: skip


KIM = [row("un:1", "name", "KIM Yong Chol"), row("un:1", "birthDate", "1946")]


def words(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    return [c.text for c in differences(before, after)]


def test_a_changed_value_and_a_new_alias_in_words() -> None:
    after = [KIM[0], row("un:1", "birthDate", "1945"), row("un:1", "alias", "X")]
    assert words(KIM, after) == ["KIM Yong Chol: alias X added; birth date 1946 → 1945"]


def test_who_came_and_went() -> None:
    other = [row("un:2", "name", "Ri Won Ho")]
    assert words(KIM, KIM + other) == ["Ri Won Ho: added"]
    assert words(KIM + other, KIM) == ["Ri Won Ho: removed"]
    assert words(KIM, other) == ["Ri Won Ho: added", "KIM Yong Chol: removed"]
    assert words(KIM, KIM) == []


def test_what_hangs_on_a_party_is_told_as_its_fields() -> None:
    place = {"locator": "INDIVIDUAL 1"}
    party = [row("un:1", "name", "Kim", **place), row("un:1", "address", "Pyongyang", **place)]
    home = [
        row("un:1", "addressEntity", "un:1-address-a", **place),
        row("un:1-address-a", "city", "Pyongyang", "Address", **place),
        row("un:1-address-a", "remarks", "old", "Address", **place),
    ]
    moved = [{**r, **{k: r[k].replace("-address-a", "-address-b") for k in ("subject", "value")}} for r in home]
    moved[0]["subject"], moved[2]["value"] = "un:1", "new"
    listing = row("un:1-sanction", "entity", "un:1", "Sanction", **place)
    listed = row("un:1-sanction", "listingDate", "2016-03-02", "Sanction", **place)
    assert words([*party, *home], [*party, *moved]) == ["Kim: address remarks old → new"]
    assert words([*party, listing], [*party, listing, listed]) == ["Kim: sanction listing date 2016-03-02 added"]


def test_parties_that_merely_share_a_place_stay_apart() -> None:
    """A locator by row moves from edition to edition: it alone ties nothing together."""
    both = [row("x:1", "name", "A", locator="row 7"), row("x:2", "name", "B", locator="row 7")]
    assert words(both[:1], both) == ["B: added"]


def test_a_link_to_another_party_is_told_by_its_name() -> None:
    ends = [row("x:1", "name", "Owner"), row("x:2", "name", "Firm")]
    owns = [row("x:o", "owner", "x:1", "Ownership"), row("x:o", "asset", "x:2", "Ownership")]
    other = [owns[0], row("x:o", "asset", "x:1", "Ownership")]
    assert words(ends + owns, ends + other) == ["o: asset Firm → Owner"]


def test_a_remark_counts_and_a_remark_on_the_reading_does_not() -> None:
    noted = [KIM[0], {**KIM[1], "note": "approximately"}]
    assert words(KIM, noted) == ["KIM Yong Chol: birth date 1946 → 1946 (approximately)"]
    mended = [{**r, "note": f"{MENDED}: unescaped & in line 3"} for r in KIM]
    assert words(mended, KIM) == []


def test_a_long_text_is_told_by_what_changed_in_it() -> None:
    long = "Listed in 2016. Father's name is Kim. Photo available for inclusion in the notice. Wanted by nobody at all."
    before = [*KIM, row("un:1", "notes", f"{long} Detained in 2017.")]
    after = [*KIM, row("un:1", "notes", f"{long} Reportedly deceased.")]
    [change] = differences(before, after)
    assert change.text == "KIM Yong Chol: notes “Detained in 2017.” removed; “Reportedly deceased.” added"
    assert change.fields[0].before[0].startswith("Listed in 2016.")


Fact = tuple[str, str, str]
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["name", "alias", "birthDate"]), st.sampled_from("123")),
    max_size=8,
)


@given(ROWS, ROWS)
def test_the_fields_say_exactly_what_differs(before: list[Fact], after: list[Fact]) -> None:
    """Against a plain model: sets of (subject, property, value)."""
    old, new = {(f"x:{s}", p, v) for s, p, v in before}, {(f"x:{s}", p, v) for s, p, v in after}
    found = differences([row(*r) for r in sorted(old)], [row(*r) for r in sorted(new)])
    gone = {(c.subject, f.name, v) for c in found for f in c.fields for v in f.before}
    come = {(c.subject, f.name, v) for c in found for f in c.fields for v in f.after}
    assert (gone, come) == (old - new, new - old)
    subjects = {s for s, _, _ in old}, {s for s, _, _ in new}
    assert {c.subject for c in found if c.change == "added"} == subjects[1] - subjects[0]
    assert {c.subject for c in found if c.change == "removed"} == subjects[0] - subjects[1]
