"""Every leak that is put into the product's own code is found, by questions that nobody wrote for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from counterflow.testing.noninterference import Caller, Pair, Tally
from noninterference.leaks import LEAKS, Leak

SEED = 4
"""Of a world in which the reader sees something of every kind."""
SIGNED_IN = 3
"""Likewise, of somebody who is signed in."""


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    made = Caller()
    yield made
    made.close()


Pairs = dict[bool, Pair]
"""Of worlds where people are signed in, and where nobody has an account."""


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    with (
        Pair(tmp_path_factory.mktemp("leaks"), SEED, more=9) as one,
        Pair(tmp_path_factory.mktemp("signed-in"), SIGNED_IN, more=9, signed_in=True) as other,
    ):
        yield {False: one, True: other}


def _asked(pair: Pair, caller: Caller, seen: str, most: int = 12) -> Tally:
    tally = Tally()
    asked = pair.questions(lambda name: re.search(re.sub(r"([{}])", r"\\\1", seen), name) is not None, times=most)
    pair.compare(asked[:most], tally, caller)
    return tally


def test_without_a_leak_there_is_no_difference(pairs: Pairs, caller: Caller) -> None:
    for signed_in, seen in sorted({(leak.signed_in, leak.seen) for leak in LEAKS}):
        assert not _asked(pairs[signed_in], caller, seen, 3).differences


@pytest.mark.parametrize("leak", LEAKS, ids=[leak.name for leak in LEAKS])
def test_a_seeded_leak_is_found(leak: Leak, pairs: Pairs, caller: Caller) -> None:
    pair = pairs[leak.signed_in]
    if leak.anew:
        pair.forget_pictures()
    with pytest.MonkeyPatch.context() as monkeypatch:
        leak.put(monkeypatch)
        for most in (12, 80):  # as long as it is not found
            found = _asked(pair, caller, leak.seen, most)
            if found.differences:
                break
    if leak.anew:
        pair.forget_pictures()
    assert found.asked, "it shows on a surface that is not there"
    assert found.differences
