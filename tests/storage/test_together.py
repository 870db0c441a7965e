"""Writes of several threads go in together; each is told once its own is committed, and of its own failure alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from counterflow.storage.together import Together


class Book:
    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.slow = threading.Event()
        self.slow.set()

    def write(self, some: Sequence[int]) -> None:
        self.slow.wait()
        if -1 in some:
            raise ValueError("minus one")
        self.transactions.append(list(some))


def test_who_waits_is_written_with_the_others_and_nothing_twice() -> None:
    book, turn = Book(), threading.RLock()
    together = Together(turn, book.write)
    book.slow.clear()
    with ThreadPoolExecutor(20) as pool:
        done = [pool.submit(together.add, n) for n in range(20)]
        while len(together._waiting) < 19:  # one is writing, and waits for us
            pass
        assert not any(one.done() for one in done), "nobody is told before it is committed"
        book.slow.set()
        assert [one.result() for one in done] == [None] * 20
    assert len(book.transactions) == 2 and sorted(chain(*book.transactions)) == list(range(20))


def test_one_that_fails_is_nobody_elses_fault() -> None:
    book = Book()
    together = Together(threading.RLock(), book.write)
    book.slow.clear()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(together.add, 1)
        others = {n: pool.submit(together.add, n) for n in (2, -1, 3)}
        while len(together._waiting) < 3:
            pass
        book.slow.set()
        first.result()
        with pytest.raises(ValueError, match="minus one"):
            others[-1].result()
        others[2].result()
        others[3].result()
    assert sorted(chain(*book.transactions)) == [1, 2, 3]
