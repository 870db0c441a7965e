"""Bulk hashes are the hashes of the standard library, row by row."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.storage.digest import SIZE, digests, hexadecimal, words_of

texts = st.one_of(
    st.none(), st.binary(max_size=40), st.integers(0, 400).map(lambda n: bytes(range(256)) * 2 + b"x" * n)
)


@settings(deadline=None)
@given(st.integers(1, 12).flatmap(lambda k: st.lists(st.lists(texts, min_size=k, max_size=k), min_size=1, max_size=40)),
       st.booleans())  # fmt: skip
def test_as_the_standard_library_has_it(rows: list[list[bytes | None]], compiled: bool) -> None:
    salt = b"0123456789abcdef"
    columns = [pa.array([row[k] for row in rows], pa.binary()) for k in range(len(rows[0]))]
    found = digests(columns, salt, compiled=compiled)
    wanted = [hashlib.blake2b(b"".join(v or b"" for v in row), digest_size=SIZE, salt=salt) for row in rows]
    assert [bytes(row) for row in found] == [h.digest() for h in wanted]
    ids = hexadecimal(found)
    assert ids.to_pylist() == [h.hexdigest() for h in wanted]
    assert words_of(ids).tobytes() == found.tobytes()
    assert words_of(ids[3:]).tobytes() == found[3:].tobytes()


@pytest.mark.parametrize("compiled", [True, False])
def test_slices_and_texts(compiled: bool) -> None:
    number = pa.array([i.to_bytes(8, "little") for i in range(6)], pa.binary())
    column = pa.array(["zero", "one", "two", "three", "four", None, "six"])
    whole = digests([number, column[1:]], bytes(16), compiled=compiled)
    part = digests([number[2:5], column[3:6]], bytes(16), compiled=compiled)
    assert part.tobytes() == whole[2:5].tobytes()
    bare = digests([number], bytes(16), compiled=compiled)
    assert bytes(bare[1]) == hashlib.blake2b((1).to_bytes(8, "little"), digest_size=SIZE).digest()


def test_ids_of_another_length_are_left_out() -> None:
    assert len(words_of(pa.array(["abc", "0" * 32]))) == 1
