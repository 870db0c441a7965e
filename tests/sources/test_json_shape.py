"""Shapes of JSON: what fits is kept, what does not is named with its place."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from counterflow.sources.json_shape import ANY, FLAG, TEXT, shaped

SHAPE = {
    "name": TEXT,
    "ok": FLAG,
    "raw": ANY,
    "tags": [TEXT],
    "place": (TEXT, {"code": TEXT}),
    "inner": {"a": [{"b": TEXT}]},
}


def test_what_fits_is_kept() -> None:
    value = {"name": 5, "ok": False, "raw": {"x": [1]}, "tags": "one", "place": {"code": "GB", "more": 1}, "else": 1,
             "inner": {"a": {"b": "c"}}}  # fmt: skip
    assert shaped(value, SHAPE) == (
        {
            "name": "5",
            "ok": False,
            "raw": {"x": [1]},
            "tags": ["one"],
            "place": {"code": "GB"},
            "inner": {"a": [{"b": "c"}]},
        },
        [],
    )
    assert shaped({"place": "GB", "name": None}, SHAPE) == ({"place": "GB"}, [])


def test_what_does_not_is_named() -> None:
    found, problems = shaped({"name": [1], "ok": "yes", "tags": [1, {}], "inner": {"a": [{"b": {}}, 3]}}, SHAPE)
    assert found == {"tags": ["1"], "inner": {"a": [{}]}}
    assert [at for at, _ in problems] == ["name", "ok", "tags", "inner.a.b", "inner.a"]
    assert problems[1][1] == "'yes' is not true or false"
    assert shaped([], SHAPE) == (None, [("", "[] is not an object")])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["name", "ok", "tags", "place", "inner", "a", "b", "code"]), s), max_leaves=10))  # fmt: skip
def test_nothing_of_another_type_comes_out(value: object) -> None:
    found, _ = shaped(value, SHAPE)
    again, problems = shaped(found, SHAPE)
    assert json.dumps(again) == json.dumps(found) and not problems
