"""Looking names up in an index: the parties worth comparing in full, found by keys that complement each other.

* numbers, and whole names by their Korean sounds
* every row whose letters are near: no row at a ratio of `NEAR` or more (Indel, words sorted) is lost, for the bags
  that pick them out bound that ratio from above
* every row that enough words are alike with, by `agreement.answers` itself: rows are met from the rarest word onwards,
  and only as long as what is left could still make a row worth while that was not met before

A row is scored by itself, so a party's other names neither help nor hinder. What must be told by the name alone depends
on what the rest can tell (`Hope`): little where the dates are the same, too much where they differ.

What is found is an upper bound of what a comparison in full can tell: nothing that the index can find is lost by it.

Kernels are plain functions of arrays; numba compiles them for an index of `COMPILE_ROWS` rows, since less does not
repay loading a compiler, and keeps them on disk.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from counterflow.entities.agreement import UNHEARD, answers
from counterflow.entities.compiling import compiled
from counterflow.entities.evidence.naming import BY_EAR, SYLLABIC, WEAK
from counterflow.entities.index import OTHER, Index, bag, row_sounds, row_words, traits, years
from counterflow.entities.letter_kernels import close, in_common
from counterflow.entities.lookup_kernels import sift
from counterflow.entities.profile import Profile, Row
from counterflow.entities.rarity import Rarity
from counterflow.entities.shapes import Ints, Word, digest, script_code, shapes
from counterflow.entities.word_kernels import ALMOST, ASK, words_like
from counterflow.entities.word_likeness import HEARD, LETTERS

__all__ = ["FAR", "NEAR", "Hope", "Lookup"]

NEAR = 85.0
"""Ratio, of 100, from which two rows of letters are near."""

FAR = 12
"""Years from which dates are as far apart as can be."""

COMPILE_ROWS = 2_000
"""Rows from which an index repays loading a compiler."""

MOST = 256
"""Rows by words at most for one row of a question."""

_UNHEARD = np.array([UNHEARD[False], UNHEARD[True]])

_HEARD = np.array([HEARD[False], HEARD[True]])

_NONE = np.empty(0, np.int64)

_SLIPS = ((13, 3), (9, 2), (4, 1), (1, 0))
"""Slips of the pen that words may be apart, by the length of the longer."""


class Hope(NamedTuple):
    """What a name has to tell, and what the rest can tell at most, in log-odds.

    :param least: what all must tell together
    :param dates: by years apart, 0 to `FAR`; :param countries: (3) where one is shared, where none is, and where both
        sides name nationalities and none is shared; :param genders: (4) by `index.gender_code`
    :param details: (12) by property of `profile.DETAILS`
    :param names: (schemata of the index, 11) of `NameWeights`: agreed, whole, left, late, against, most, the share of
        it where the rarest word is only alike, the share of it where one word agrees, likeness from which it is more
        than only alike; loose, and likeness below which it counts
    """

    least: float
    dates: Ints
    countries: Ints
    genders: Ints
    details: Ints
    names: Ints


class Lookup:
    """Finds candidates in one index. Not for several threads at once."""

    def __init__(self, index: Index, rarity: Rarity) -> None:
        self.index = index
        self._weigh = rarity.word
        self._large = len(index.owner) >= COMPILE_ROWS
        self._alike: dict[Word, tuple[Ints, Ints]] = {}
        self._slot, self._gain = np.zeros(len(index.weight), np.uint64), np.zeros(len(index.weight))
        self._met = np.zeros(len(index.owner), np.int32)
        self._met_words, self._room = np.zeros(len(index.weight), np.int32), np.empty(len(index.weight), np.int32)
        self._mark = self._word_mark = 0
        self._places = np.zeros((256, 4), np.uint64)
        self._words = memoryview(index.vocabulary.data)
        self._rows, self._worth = np.empty(MOST, np.int32), np.empty(MOST)
        self._weight = index.weight if rarity is index.rarity else self._weighed()

    def _weighed(self) -> Ints:
        at = self.index.vocabulary_at
        words = (bytes(self._words[a:b]).decode() for a, b in itertools.pairwise(at.tolist()))
        found = (0.0 if word.startswith("=") else self._weigh(Word.read(word).token) for word in words)
        return np.fromiter(found, np.float64, len(self.index.weight))

    def candidates(self, asked: Profile, allowed: Ints, hope: Hope, *, near: bool = False) -> list[int]:
        """Entities whose evidence can reach what is hoped for, most promising first.

        :param allowed: for each schema of the index whether such a party may be the one asked about
        :param near: those near as strings too, whatever their names can tell
        """
        index = self.index
        found: dict[int, float] = {}
        for number in asked.identifiers:
            for entity in _of(index.number_key, index.number_of, index.number_of_at, digest(number.key)).tolist():
                found[entity] = np.inf
        born = np.array(years(asked.dates), np.int16)
        told = (allowed, born, np.uint64(traits(asked.countries)), bool(asked.nations), *hope)
        self.prepare(asked)
        for row in asked.rows:
            if near:
                for n in index.owner[self._near(row)].tolist():
                    found.setdefault(n, 0.0)
            rows = self._close(row)
            flags = np.ones(len(rows), np.int8)
            if row.sound:
                same = _of(index.row_key, index.row_of, index.row_of_at, digest("k" + row.sound))
                rows = np.concatenate([rows, same])
                flags = np.concatenate([flags, np.full(len(same), 2, np.int8)])
            self._mark += 1
            ways: list[tuple[Sequence[Any], bool]] = [(row_words(row), False)]
            if row.form.sounds:
                ways.append((row_sounds(row), True))
            for words, sounds in ways:
                count = self._sift(row, words, sounds, rows, flags, told)
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
        return compiled(plain) if self._large else plain

    # -- near as strings -------------------------------------------------------------------------------------------

    def _close(self, row: Row) -> Ints:
        """Rows that may be a slip or two apart without blanks, or turned."""
        index, size = self.index, len(row.form.joined)
        longest = len(index.length) - 1
        low, high = (min(longest, max(1, edge)) for edge in (size - 2, size + 5 + len(row.form.tokens)))
        begin, end, bits = int(index.length[low]), int(index.length[high]), np.uint64(bag(row.flat))
        if self._large:
            count = compiled(close)(bits, size, begin, end, index.bags, index.joined_at, self._rows)
            return self._rows[:count].copy()
        sizes = np.diff(index.joined_at[begin : end + 1])
        shortest = np.minimum(sizes, size)
        most = np.where(shortest < 9, 0, np.where(shortest < 14, 1, 2))
        apart = np.bitwise_count(index.bags[begin:end] ^ bits)
        return np.flatnonzero((apart <= 2 * most) & (abs(sizes - size) <= most)) + begin

    def _near(self, row: Row) -> Ints:
        """Rows of a ratio of `NEAR` or more, and those a slip or two apart, or turned, when written without blanks."""
        index = self.index
        size, share = len(row.flat), NEAR / 100
        if size > 252:
            return _NONE
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
            return _NONE
        sizes = index.letters_at[rows + 1] - index.letters_at[rows]
        near: Ints = 200 * self._common(rows, row.flat, index.letters, index.letters_at) >= NEAR * (sizes + size)
        joined = row.form.joined
        sizes = index.joined_at[rows + 1] - index.joined_at[rows]
        near |= (index.bags[rows] == bits) & (sizes == len(joined))
        return rows[near]

    def _common(self, rows: Ints, text: str, others: Ints, at: Ints) -> Ints:
        letters = np.frombuffer(text.encode(), np.uint8)
        found: Ints = self._kernel(in_common)(rows, letters, others, at, self._places)
        return found

    # -- alike in words --------------------------------------------------------------------------------------------

    def _sift(
        self, row: Row, words: Sequence[Any], sounds: bool, near: Ints, flags: Ints, told: tuple[Any, ...]
    ) -> int:
        index, weigh = self.index, self._weigh
        tokens = row.form.tokens
        weights = np.array([weigh(w) for w in tokens])
        digits = np.array([w.isdigit() for w in tokens])
        parts = [self._sounding(word) if sounds else self._words_like(word) for word in words]
        ids = np.concatenate([p[0] for p in parts]).astype(np.int32, copy=False)  # other types compile anew
        likes = np.concatenate([p[1] for p in parts])
        ends = np.cumsum([len(p[0]) for p in parts])
        told_by = shapes(map(Word, tokens) if sounds else words)
        count: int = self._kernel(sift)(
            ids, likes, ends, weights, digits, sounds, script_code(row.form.script), WEAK[row.named.property],
            near.astype(np.int32, copy=False), flags, *told,
            index.owner, index.schema, index.years, index.traits, index.marks, index.words, index.words_at, index.rows,
            index.rows_at, self._weight, index.shapes.facts, index.row_script, index.row_weak,
            BY_EAR if row.form.script == "Han" else 1.0, _by_ear_of(row.form.script), self._slot,
            self._gain, told_by.facts, told_by.units, told_by.costs, index.shapes.units, index.shapes.costs,
            _UNHEARD, self._met, self._mark, self._rows, self._worth,
        )  # fmt: skip
        return count

    def _sounding(self, codes: Sequence[str]) -> tuple[Ints, Ints]:
        found = np.concatenate([self._keyed("w" + code) for code in codes])
        return found, np.ones(len(found))

    def _words_like(self, word: Word) -> tuple[Ints, Ints]:
        """Words of the vocabulary that are alike, in order, and how alike."""
        found = self._alike.get(word)
        if found is None:
            self._find([word])
            found = self._alike[word]
        return found

    def prepare(self, *asked: Profile) -> None:
        """Find the words alike of all words of some questions at once."""
        words = (word for profile in asked for row in profile.rows for word in row_words(row))
        if fresh := [word for word in dict.fromkeys(words) if word not in self._alike]:
            self._find(fresh)

    def _find(self, words: list[Word]) -> None:
        if not len(self.index.weight):
            self._alike.update((word, (_NONE, np.empty(0))) for word in words)
            return
        if len(self._alike) >= 100_000:
            self._alike.clear()
        if not self._large:
            self._alike.update((word, self._find_words_like(word)) for word in words)
            return
        index = self.index
        keyed, at = [], [0]
        for word in words:
            exact = [self._keyed(key) for key in word.found_by()]
            heard = [self._keyed(key) for key in word.found_heard_by()]
            if word.written:
                exact += [self._keyed(key) for key in word.found_bent_by()]
            for part in (exact, heard):
                keyed += part
                at.append(at[-1] + sum(map(len, part)))
        bags = np.array([bag(word.token) for word in words], np.uint64)
        by_keys = np.concatenate(keyed).astype(np.int32, copy=False)
        room = 4096 + 128 * len(words)
        while True:
            out, like, out_at = np.empty(room, np.int32), np.empty(room), np.zeros(len(words) + 1, np.int64)
            count = compiled(words_like)(
                *shapes(words), bags, *index.shapes, index.word_bags, index.word_length, by_keys,
                np.array(at, np.int64), _HEARD, LETTERS, self._met_words, self._word_mark, self._room, out, like,
                out_at,
            )  # fmt: skip
            self._word_mark += len(words)
            if count >= 0:
                break
            room *= 4
        for word, begin, end in zip(words, out_at[:-1].tolist(), out_at[1:].tolist(), strict=True):
            ids, likes = out[begin:end], like[begin:end]
            for n in np.flatnonzero(likes == ASK).tolist():
                likes[n] = self._answer(word, int(ids[n]))
            kept = np.flatnonzero(likes > 0)
            order = kept[np.argsort(ids[kept])]
            self._alike[word] = ids[order], likes[order]

    def _answer(self, word: Word, n: int) -> float:
        other = self._word(n)
        found = answers(word.form, 0, other.form, 0)
        return found if found < 1 or word.token == other.token else ALMOST

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
        if 1 < size <= 250:
            longest = len(index.word_length) - 2
            for length in range(max(2, size - 4), min(longest, size + 5) + 1):
                most = max(length, size)
                slips = max(most // 3, next(n for least, n in _SLIPS if most >= least))
                if abs(length - size) <= slips:
                    begin, end = int(index.word_length[length]), int(index.word_length[length + 1])
                    close = np.bitwise_count(index.word_bags[begin:end] ^ bits) <= 2 * slips
                    found = np.flatnonzero(close) + begin
                    apart = length + size - 2 * self._common(found, token, index.vocabulary, index.vocabulary_at)
                    near.append(found[apart <= 2 * slips])
        ids = np.unique(np.concatenate(near)).astype(np.int32)
        likeness = np.array([self._answer(word, n) for n in ids.tolist()])
        kept = likeness > 0
        return ids[kept], likeness[kept]

    def _keyed(self, key: str) -> Ints:
        index = self.index
        return _of(index.word_key, index.word_of, index.word_of_at, digest(key))

    def _word(self, n: int) -> Word:
        at = self.index.vocabulary_at
        return Word.read(bytes(self._words[at[n] : at[n + 1]]).decode())


@cache
def _by_ear_of(script: str) -> Ints:
    """See `lookup_kernels.sift`."""
    return np.array([BY_EAR, *map(script_code, ("Han",)), script in SYLLABIC, *map(script_code, ("Hangul", "Kana"))])


def _of(keys: Ints, items: Ints, at: Ints, key: int) -> Ints:
    """The items filed under a key."""
    wanted = np.uint64(key)
    n = int(np.searchsorted(keys, wanted))
    return items[at[n] : at[n + 1]] if n < len(keys) and keys[n] == wanted else items[:0]
