"""Bulk hashes are the hashes of the standard library, row by row."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.storage.digest import SIZE, digests, hexadecimal, words_of

texts = st.one_of(st.binary(max_size=40), st.integers(0, 400).map(lambda n: bytes(range(256)) * 2 + b"x" * n))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), texts, texts), max_size=40), st.integers(0, 20), st.booleans())
def test_as_the_standard_library_has_it(rows: list[tuple[int, bytes, bytes]], width: int, compiled: bool) -> None:
    salt = b"0123456789abcdef"
    head = np.array([[word] * width for word, _, _ in rows], dtype=np.uint64).reshape(len(rows), width)
    columns = [pa.array([row[k] for row in rows], pa.binary()) for k in (1, 2)]
    found = digests(head, columns, salt, compiled=compiled)
    wanted = [
        hashlib.blake2b(word.to_bytes(8, "little") * width + one + two, digest_size=SIZE, salt=salt)
        for word, one, two in rows
    ]
    assert [bytes(row) for row in found] == [h.digest() for h in wanted]
    ids = hexadecimal(found)
    assert ids.to_pylist() == [h.hexdigest() for h in wanted]
    assert words_of(ids).tobytes() == found.tobytes()
    assert words_of(ids[3:]).tobytes() == found[3:].tobytes()


@pytest.mark.parametrize("compiled", [True, False])
def test_slices_and_no_texts(compiled: bool) -> None:
    head = np.arange(6, dtype=np.uint64).reshape(6, 1)
    column = pa.array(["zero", "one", "two", "three", "four", "five", "six"])
    whole = digests(head, [column[1:]], bytes(16), compiled=compiled)
    part = digests(head[2:5], [column[3:6]], bytes(16), compiled=compiled)
    assert part.tobytes() == whole[2:5].tobytes()
    bare = digests(head, [], bytes(16), compiled=compiled)
    assert bytes(bare[1]) == hashlib.blake2b((1).to_bytes(8, "little"), digest_size=SIZE).digest()


def test_ids_of_another_length_are_left_out() -> None:
    assert len(words_of(pa.array(["abc", "0" * 32]))) == 1
