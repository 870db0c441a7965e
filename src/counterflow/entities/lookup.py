"""Looking names up in an index: the parties worth comparing in full, found by keys that complement each other.

* numbers, and whole names by their Korean sounds
* every row whose letters are near: no row at a ratio of `NEAR` or more (Indel, words sorted) is lost, for the bags
  that pick them out bound that ratio from above
* every row that enough words are alike with, by `agreement.answers` itself: rows are met from the rarest word onwards,
  and only as long as what is left could still make a row worth while that was not met before

A row is scored by itself, so a party's other names neither help nor hinder. What must be told by the name alone depends
on what the rest can tell (`Hope`): little where the dates are the same, too much where they differ.

Kernels are plain functions of arrays; numba compiles them after `COMPILE_FROM` questions of an index of `COMPILE_ROWS`
rows, since less does not repay loading a compiler.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from counterflow.entities.agreement import answers
from counterflow.entities.index import OTHER, Index, Ints, Word, bag, digest, row_sounds, row_words, traits, years
from counterflow.entities.lookup_kernels import add_up, compiled, in_common
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity

__all__ = ["FAR", "NEAR", "Hope", "Lookup"]

NEAR = 85.0
"""Ratio, of 100, from which two rows of letters are near."""

FAR = 12
"""Years from which dates are as far apart as can be."""

COMPILE_FROM = 8
COMPILE_ROWS = 2_000

MOST = 256
"""Rows by words at most for one row of a question."""

_SLIPS = ((13, 3), (9, 2), (4, 1), (1, 0))
"""Slips of the pen that words may be apart, by the length of the longer."""


class Hope(NamedTuple):
    """What a name has to tell, in log-odds.

    :param least: where nothing else is known; :param dates: what dates can tell at most, by years apart, 0 to `FAR`
    :param countries: what a country in common can tell at most
    """

    least: float
    dates: Ints
    countries: float


class Lookup:
    """Finds candidates in one index. Not for several threads at once."""

    def __init__(self, index: Index, rarity: Rarity) -> None:
        self.index = index
        self._weigh = rarity.word
        self._asked = 0
        self._alike: dict[Word, tuple[Ints, Ints]] = {}
        self._gain = np.zeros(len(index.weight), np.float32)
        self._slot = np.full(len(index.weight), -1, np.int16)
        self._met = np.zeros(len(index.owner), np.int32)
        self._mark = 0
        self._places = np.zeros((256, 4), np.uint64)
        self._words = memoryview(index.vocabulary.data)
        self._rows, self._worth = np.empty(MOST, np.int32), np.empty(MOST, np.float32)

    def candidates(self, asked: Profile, allowed: Ints, hope: Hope) -> list[int]:
        """Entities worth comparing, most promising first.

        :param allowed: for each schema of the index whether such a party may be the one asked about
        """
        index = self.index
        self._asked += 1
        found: dict[int, float] = {}
        for number in asked.identifiers:
            for entity in _of(index.number_key, index.number_of, index.number_of_at, digest(number.key)).tolist():
                found[entity] = np.inf
        born = np.array(years(asked.dates), np.int16)
        told = (allowed, born, np.uint64(traits(asked.countries)), hope)
        for row in asked.rows:
            if row.sound:
                for n in _of(index.row_key, index.row_of, index.row_of_at, digest("k" + row.sound)).tolist():
                    found[int(index.owner[n])] = np.inf
            for n in index.owner[self._near(row)].tolist():
                found.setdefault(n, 0.0)
            ways: list[tuple[Sequence[Any], bool]] = [(row_words(row), False)]
            if row.form.sounds:
                ways.append((row_sounds(row), True))
            for words, sounds in ways:
                count = self._by_words(row.form.tokens, words, sounds, *told)
                owners = index.owner[self._rows[:count]].tolist()
                for n, worth in zip(owners, self._worth[:count].tolist(), strict=True):
                    if worth > found.get(n, -np.inf):
                        found[n] = worth
        if not found:
            return []
        fits = allowed[index.schema[list(found)]].tolist()
        kept = [(-worth, n) for (n, worth), fit in zip(found.items(), fits, strict=True) if fit]
        return [n for _, n in sorted(kept)]

    def _kernel(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        large = self._asked > COMPILE_FROM and len(self.index.owner) >= COMPILE_ROWS
        return compiled(plain) if large else plain

    # -- near as strings -------------------------------------------------------------------------------------------

    def _near(self, row: Row) -> Ints:
        """Rows of a ratio of `NEAR` or more, and those a slip or two apart, or turned, when written without blanks."""
        index = self.index
        size, share = len(row.flat), NEAR / 100
        if size > 252:
            return np.empty(0, np.int64)
        bits = np.uint64(bag(row.flat))
        longest = len(index.length) - 1
        # Bags bound the ratio by length: stretch by stretch, since a longer row may be more letters away.
        edges = sorted({max(1, int(size * share / (2 - share))), size, size + 2, int(size * (2 - share) / share) + 1})
        found = []
        for low, high in itertools.pairwise(edges):
            begin, end = int(index.length[min(low, longest)]), int(index.length[min(high, longest)])
            apart = int((1 - share) * (size + high - 1))
            if begin < end:
                found.append(np.flatnonzero(np.bitwise_count(index.bags[begin:end] ^ bits) <= apart) + begin)
        rows = np.concatenate(found) if found else np.empty(0, np.int64)
        if not len(rows):
            return rows
        sizes = index.letters_at[rows + 1] - index.letters_at[rows]
        near: Ints = 200 * self._common(rows, row.flat, index.letters, index.letters_at) >= NEAR * (sizes + size)
        joined = row.form.joined
        sizes = index.joined_at[rows + 1] - index.joined_at[rows]
        if len(joined) >= 9:  # a slip is at most two insertions and deletions
            near |= sizes + len(joined) - 2 * self._common(rows, joined, index.joined, index.joined_at) <= 4
        near |= (index.bags[rows] == bits) & (sizes == len(joined))
        return rows[near]

    def _common(self, rows: Ints, text: str, others: Ints, at: Ints) -> Ints:
        letters = np.frombuffer(text.encode(), np.uint8)
        found: Ints = self._kernel(in_common)(rows, letters, others, at, self._places)
        return found

    # -- alike in words --------------------------------------------------------------------------------------------

    def _by_words(
        self, tokens: Sequence[str], words: Sequence[Any], sounds: bool, allowed: Ints, born: Ints, ties: Any,
        hope: Hope,
    ) -> int:  # fmt: skip
        index = self.index
        weigh = self._weigh
        weights = np.array([weigh(w) for w in tokens], np.float32)
        parts = [self._sounding(word) if sounds else self._words_like(word) for word in words]
        ids = np.concatenate([p[0] for p in parts])
        if not len(ids):
            return 0
        ends = np.cumsum([len(p[0]) for p in parts])
        shares = np.concatenate([p[1] for p in parts])
        initials = float(sum(weigh(w) for w in tokens if len(w) == 1))
        self._mark += 1
        count: int = self._kernel(add_up)(
            ids, shares, ends, weights, sounds, initials, allowed, born, ties, hope.least, hope.dates, hope.countries,
            index.owner, index.schema, index.years, index.traits, index.words, index.words_at, index.rows,
            index.rows_at, index.weight, index.total, self._gain, self._slot, self._met, self._mark, self._rows,
            self._worth,
        )  # fmt: skip
        return count

    def _sounding(self, codes: Sequence[str]) -> tuple[Ints, Ints]:
        found = np.concatenate([self._keyed("w" + code) for code in codes])
        return found, np.ones(len(found), np.float32)

    def _words_like(self, word: Word) -> tuple[Ints, Ints]:
        """Words of the vocabulary that are alike, and what share of the rarer one's weight that agreement is worth."""
        found = self._alike.get(word)
        if found is None:
            found = self._find_words_like(word)
            if len(self._alike) >= 100_000:
                self._alike.clear()
            self._alike[word] = found
        return found

    def _find_words_like(self, word: Word) -> tuple[Ints, Ints]:
        index, token = self.index, word.token
        near = [self._keyed(key) for key in word.found_by()]
        heard = [self._keyed(key) for key in word.found_heard_by()]
        if word.written:
            near += [self._keyed(key) for key in word.found_bent_by()]
        size, bits = len(token), np.uint64(bag(token))
        for ids in heard:
            bags = index.word_bags[ids]
            far = np.bitwise_count(bags ^ bits) > 2 * size // 3 + 2  # such words are not heard as one in one script
            near.append(ids if word.written else ids[~far | (bags == np.uint64(OTHER))])
        if 1 < size <= 250 and not token.isdigit():
            near.append(self._keyed("w" + token[0]))
            longest = len(index.word_length) - 2
            for length in range(max(2, size - 3), min(longest, size + 3) + 1):
                slips = next(n for least, n in _SLIPS if max(length, size) >= least)
                if abs(length - size) <= slips:
                    begin, end = int(index.word_length[length]), int(index.word_length[length + 1])
                    close = np.bitwise_count(index.word_bags[begin:end] ^ bits) <= 2 * slips
                    found = np.flatnonzero(close) + begin
                    apart = length + size - 2 * self._common(found, token, index.vocabulary, index.vocabulary_at)
                    near.append(found[apart <= 2 * slips])
        ids = np.unique(np.concatenate(near)).astype(np.int32)
        form = word.form
        likeness = np.array([answers(form, 0, self._word(n).form, 0) for n in ids.tolist()], np.float32)
        kept = likeness > 0
        return ids[kept], 1.25 * likeness[kept] - 0.25

    def _keyed(self, key: str) -> Ints:
        index = self.index
        return _of(index.word_key, index.word_of, index.word_of_at, digest(key))

    def _word(self, n: int) -> Word:
        at = self.index.vocabulary_at
        return Word.read(bytes(self._words[at[n] : at[n + 1]]).decode())


def _of(keys: Ints, items: Ints, at: Ints, key: int) -> Ints:
    """The items filed under a key."""
    wanted = np.uint64(key)
    n = int(np.searchsorted(keys, wanted))
    return items[at[n] : at[n + 1]] if n < len(keys) and keys[n] == wanted else items[:0]
