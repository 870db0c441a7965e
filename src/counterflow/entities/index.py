"""The columnar index of names: what every name of every party looks like, in flat arrays that are mapped, not loaded.

A *row* is one form of one name. Rows are in order of length, words of the vocabulary too, so that a search for what is
about as long reads one stretch. A form with sounds (Korean, Chinese) has a second row: all sounds that its syllables
may stand for, each with a ``=`` before it. The *bag* of a text has two bits for each letter, set by the first and
second time it occurs: two texts whose bags differ in n bits are at least n insertions and deletions apart.

Everything is found by keys hashed to 64 bits (BLAKE2b): words, their consonants and classes of them, their sounds,
whole Korean names, numbers. Two keys of one hash would make a needless candidate, nothing worse.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np

from counterflow.entities.evidence.naming import WEAK
from counterflow.entities.lookup_kernels import GENDER, NATIONS
from counterflow.entities.profile import DETAILS, Profile, Row
from counterflow.entities.rarity import Rarity
from counterflow.entities.shapes import Ints, Shapes, Word, digest, script_code, shapes

__all__ = ["OTHER", "Builder", "Index", "bag", "gender_code", "row_sounds", "row_words", "traits", "years"]

_FIRST = {c: 1 << 2 * n for n, c in enumerate("abcdefghijklmnopqrstuvwxyz")} | {
    c: 1 << 52 + n for n, c in enumerate("0123456789")
}


OTHER = (1 << 64) - 1
"""Stands for the bag of a word of another script, or of a sound."""


def bag(text: str) -> int:
    """The letters of a text as 62 bits; see the module's head."""
    bits = 0
    for char in text:
        first = _FIRST.get(char, 0)
        bits |= first << 1 if bits & first and char > "9" else first
    return bits


def row_words(row: Row) -> tuple[Word, ...]:
    """The words of a form as they are filed."""
    form = row.form
    if not form.written:
        return tuple(map(Word, form.tokens))
    return tuple(Word(t, form.script, w) for t, w in zip(form.tokens, form.written, strict=True))


def row_sounds(row: Row) -> list[list[str]]:
    """For each syllable of a form that has sounds, the codes they are filed under."""
    return [["=" + sound for sound in sorted(sounds)] for sounds in row.form.sounds]


def traits(countries: Iterable[str]) -> int:
    """Countries as 64 bits; sets that have a country in common have a bit in common, and so have parts of China."""
    bits = 0
    for country in countries:
        bits |= _trait("cn" if country in ("hk", "mo") else country)
    return bits


@cache
def _trait(country: str) -> int:
    return 1 << digest(country) % 64


def marks(profile: Profile) -> int:
    """Which details, gender and nationalities a party has; see `counterflow.entities.lookup_kernels`."""
    found = gender_code(profile) << GENDER | (NATIONS if profile.nations else 0)
    for name in profile.detail:
        found |= 1 << DETAILS.index(name)
    return found


def gender_code(profile: Profile) -> int:
    """1 male, 2 female, 3 any other; 0 where there is none or more than one."""
    if len(profile.genders) != 1:
        return 0
    return {"male": 1, "female": 2}.get(profile.genders[0], 3)


def years(dates: Iterable[str]) -> tuple[int, int]:
    """First and last year of partial dates; 0, 0 where there is none."""
    found = [int(date[:4]) for date in dates]
    return (min(found), max(found)) if found else (0, 0)


@dataclass(frozen=True)
class Index:
    """Flat arrays over R rows, V words, E entities. Of a list of lists that is flattened, the *i*-th stands from place
    ``x_at[i]`` to ``x_at[i+1]``.

    :param owner: (R) entity of each row; :param letters: the rows' words, sorted, one text, as bytes; :param joined: in
        order and without blanks; :param bags: (R); :param length: first row of each length of letters
    :param words: of each row, in order; :param rows: of each word; :param vocabulary: the words as bytes
    :param word_bags: (V); :param word_length: first word of each length
    :param weight: (V) log-odds of an agreement on the word; 0 for codes, which weigh as the spelling asked about
    :param row_script: (R) code of the script of each row, see `script_code`; :param row_weak: (R) what its kind of name
        is worth
    :param word_key: sorted hashes of the keys of words, `word_of` the words of each; likewise for rows and numbers
    :param schema: (E) place in `schemata`; :param years: (E, 2) first and last year of birth, founding or build, 0: not
        known; :param traits: (E) of its countries; :param marks: (E) properties of which it has details, its gender
        and whether it has nationalities, see `lookup_kernels`; :param ids: canonical ids as bytes
    :param told: packed profiles as bytes; :param digests: (E) hash of each; :param shapes: (V)
    """

    owner: Ints
    letters: Ints
    letters_at: Ints
    joined: Ints
    joined_at: Ints
    bags: Ints
    length: Ints
    words: Ints
    words_at: Ints
    rows: Ints
    rows_at: Ints
    vocabulary: Ints
    vocabulary_at: Ints
    word_bags: Ints
    word_length: Ints
    weight: Ints
    row_script: Ints
    row_weak: Ints
    word_key: Ints
    word_of: Ints
    word_of_at: Ints
    row_key: Ints
    row_of: Ints
    row_of_at: Ints
    number_key: Ints
    number_of: Ints
    number_of_at: Ints
    schema: Ints
    years: Ints
    traits: Ints
    marks: Ints
    ids: Ints
    ids_at: Ints
    told: Ints
    told_at: Ints
    digests: Ints
    shapes: Shapes
    schemata: tuple[str, ...]
    rarity: Rarity

    def save(self, folder: Path) -> None:
        """Write it as one ``.npy`` file an array."""
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray):
                np.save(folder / f"{f.name}.npy", value, allow_pickle=False)
        for name, value in self.shapes._asdict().items():
            np.save(folder / f"shape_{name}.npy", value, allow_pickle=False)
        state = {"schemata": self.schemata, "rarity": self.rarity.state()}
        (folder / "index.json").write_text(json.dumps(state, ensure_ascii=False, sort_keys=True), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Index:
        """One that was saved, mapped into memory."""
        state = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        arrays = {f.name: _mapped(folder / f"{f.name}.npy") for f in fields(cls) if f.name not in _NO_ARRAYS}
        shapes = Shapes(*(_mapped(folder / f"shape_{name}.npy") for name in Shapes._fields))
        rarity = Rarity.of_state(state["rarity"])
        return cls(**arrays, shapes=shapes, schemata=tuple(state["schemata"]), rarity=rarity)

    @property
    def entities(self) -> int:
        """Number of entities."""
        return len(self.schema)

    def names(self) -> list[str]:
        """Canonical id of every entity."""
        return [bytes(self.ids[a:b]).decode() for a, b in itertools.pairwise(self.ids_at.tolist())]

    def packed(self, n: int) -> bytes:
        """What is told of the *n*-th entity, as it was packed."""
        return bytes(self.told[self.told_at[n] : self.told_at[n + 1]].data)


_NO_ARRAYS = ("shapes", "schemata", "rarity")


def _mapped(path: Path) -> Ints:
    """Mapped so that pages could be written, though none is: numba passes such arrays much faster."""
    found: Ints = np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
    return found


def _offsets(sizes: Iterable[int]) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.fromiter(sizes, np.int64))])


def _flat(texts: Iterable[str]) -> tuple[Ints, Ints]:
    held = [text.encode() for text in texts]
    return np.frombuffer(bytearray().join(held), np.uint8), _offsets(map(len, held))


def _inverted(keys: Ints, items: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted distinct keys, the items of each, and where each one's begin."""
    order = np.lexsort((items, keys))
    keys, items = keys[order], items[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (items[1:] != items[:-1])
    keys, items = keys[fresh], items[fresh]
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, items, _offsets(counts)


class Builder:
    """Takes profiles one by one, in order of entity, and makes the index of them; holds no profile itself.

    :param told: where packed profiles go; None: kept in memory
    :param rarity: to weigh words by; None: as they are counted here
    """

    def __init__(self, told: IO[bytes] | None = None, rarity: Rarity | None = None) -> None:
        self._told: IO[bytes] = told or BytesIO()
        self._sizes = array("q")
        self._schemata: dict[str, int] = {}
        self._schema, self._years, self._traits, self._marks = array("h"), array("h"), array("Q"), array("i")
        self._codes: dict[str, int] = {}
        self._owner, self._words, self._counts = array("i"), array("i"), array("i")
        self._scripts, self._weak = array("i"), array("f")
        self._letters: list[str] = []
        self._joined: list[str] = []
        self._row_key, self._row_of = array("Q"), array("i")
        self._number_key, self._number_of = array("Q"), array("i")
        self._ids: list[str] = []
        self._digests = array("Q")
        self._counted = rarity is None
        self._rarity = rarity or Rarity()

    def add(self, profile: Profile, packed: bytes) -> None:
        """One entity more. :param packed: from `stored.pack`"""
        entity = len(self._sizes)
        self._told.write(packed)
        self._sizes.append(len(packed))
        self._schema.append(self._schemata.setdefault(profile.schema, len(self._schemata)))
        self._years.extend(years(profile.dates))
        self._traits.append(traits(profile.countries))
        self._marks.append(marks(profile))
        self._ids.append(profile.id)
        self._digests.append(int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little"))
        if self._counted:
            self._rarity.add(profile)
        for row in profile.rows:
            if row.sound:
                self._row_key.append(digest("k" + row.sound))
                self._row_of.append(len(self._owner))
            weak = WEAK[row.named.property]
            self._row(entity, map(str, row_words(row)), row.form.script, weak, row.flat, row.form.joined)
            if row.form.sounds:
                sounds = dict.fromkeys(itertools.chain.from_iterable(row_sounds(row)))
                self._row(entity, sounds, "", weak)
        for number in profile.identifiers:
            self._number_key.append(digest(number.key))
            self._number_of.append(entity)

    def _row(
        self, entity: int, words: Iterable[str], script: str, weak: float, letters: str = "", joined: str = ""
    ) -> None:
        codes = [self._codes.setdefault(word, len(self._codes)) for word in words]
        self._owner.append(entity)
        self._scripts.append(script_code(script))
        self._weak.append(weak)
        self._words.extend(codes)
        self._counts.append(len(codes))
        self._letters.append(letters)
        self._joined.append(joined)

    def index(self) -> Index:
        """The index over all that were added."""
        vocabulary = sorted(self._codes, key=lambda w: (len(w), w))
        place = np.empty(len(vocabulary), np.int32)
        place[np.fromiter((self._codes[w] for w in vocabulary), np.int64, len(vocabulary))] = np.arange(len(vocabulary))
        lengths = np.fromiter(map(len, self._letters), np.int64, len(self._letters))
        order = np.argsort(lengths, kind="stable")
        new = np.empty(len(order), np.int32)
        new[order] = np.arange(len(order))
        letters = [self._letters[n] for n in order]
        counts = np.asarray(self._counts, np.int64)
        at = _offsets(counts[order])
        within = np.arange(int(at[-1])) - np.repeat(at[:-1], counts[order])
        words = place[
            np.asarray(self._words, np.int64)[np.repeat(_offsets(counts)[:-1][order], counts[order]) + within]
        ]
        row_of = np.repeat(np.arange(len(order), dtype=np.int32), counts[order])
        weight = np.fromiter((self._weigh(w) for w in vocabulary), np.float64, len(vocabulary))
        by_word = np.argsort(words, kind="stable")
        keys = [(digest(key), n) for n, word in enumerate(vocabulary) for key in self._keys(word)]
        word_key, word_of, word_of_at = _inverted(
            np.fromiter((k for k, _ in keys), np.uint64, len(keys)),
            np.fromiter((n for _, n in keys), np.int32, len(keys)),
        )
        row_key, row_of_key, row_of_at = _inverted(
            np.asarray(self._row_key, np.uint64), new[np.asarray(self._row_of, np.int64)]
        )
        number_key, number_of, number_of_at = _inverted(
            np.asarray(self._number_key, np.uint64), np.asarray(self._number_of, np.int32)
        )
        flat, flat_at = _flat(letters)
        joined, joined_at = _flat(self._joined[n] for n in order)
        spelt, spelt_at = _flat(vocabulary)
        ids, ids_at = _flat(self._ids)
        return Index(
            owner=np.asarray(self._owner, np.int32)[order],
            letters=flat,
            letters_at=flat_at,
            joined=joined,
            joined_at=joined_at,
            bags=np.fromiter(map(bag, letters), np.uint64, len(letters)),
            length=_firsts(lengths[order]),
            words=words,
            words_at=at,
            rows=row_of[by_word],
            rows_at=_offsets(np.bincount(words, minlength=len(vocabulary))),
            vocabulary=spelt,
            vocabulary_at=spelt_at,
            word_bags=np.fromiter(
                (OTHER if ":" in w or w[0] == "=" else bag(w) for w in vocabulary), np.uint64, len(vocabulary)
            ),
            word_length=_firsts(np.fromiter(map(len, vocabulary), np.int64, len(vocabulary))),
            weight=weight,
            row_script=np.asarray(self._scripts, np.int32)[order],
            row_weak=np.asarray(self._weak, np.float32)[order],
            word_key=word_key,
            word_of=word_of,
            word_of_at=word_of_at,
            row_key=row_key,
            row_of=row_of_key,
            row_of_at=row_of_at,
            number_key=number_key,
            number_of=number_of,
            number_of_at=number_of_at,
            schema=np.asarray(self._schema, np.int16),
            years=np.asarray(self._years, np.int16).reshape(-1, 2),
            traits=np.asarray(self._traits, np.uint64),
            marks=np.asarray(self._marks, np.int32),
            ids=ids,
            ids_at=ids_at,
            digests=np.asarray(self._digests, np.uint64),
            told=self._packed(),
            told_at=_offsets(self._sizes),
            shapes=shapes(map(Word.read, vocabulary)),
            schemata=tuple(self._schemata),
            rarity=self._rarity,
        )

    def _packed(self) -> Ints:
        if isinstance(self._told, BytesIO):
            return np.frombuffer(self._told.getvalue(), np.uint8)
        self._told.flush()
        return np.memmap(self._told.name, np.uint8, "r").view(np.ndarray) if len(self._sizes) else np.empty(0, np.uint8)

    def _weigh(self, word: str) -> float:
        return 0.0 if word.startswith("=") else self._rarity.word(Word.read(word).token)

    @staticmethod
    def _keys(word: str) -> Iterator[str]:
        if word.startswith("="):
            return iter(("w" + word,))
        read = Word.read(word)
        return itertools.chain(read.found_by(), read.found_heard_by(), read.found_bent_by())


def _firsts(lengths: Ints) -> Ints:
    """Of sorted lengths, the first place of each length from 0 to one past the longest."""
    longest = int(lengths[-1]) if len(lengths) else 0
    return np.searchsorted(lengths, np.arange(longest + 2)).astype(np.int64)
