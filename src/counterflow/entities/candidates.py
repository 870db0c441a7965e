"""Candidates: which pairs are worth comparing, found without comparing all.

Keys of different kinds complement each other: what one misspelling breaks, another kind of key survives. A key shared
by too many is passed over (its `CAPS`) and counted in `Found.passed`, so no common word makes the work quadratic; a
party with many aliases has more keys, never fewer chances.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from counterflow.entities.names import skeleton
from counterflow.entities.profile import Profile

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["CAPS", "NAMED", "Found", "Keys", "Passed", "blocking_keys", "candidate_pairs", "hash_of", "keyed", "paired"]

CAPS = {"name": 120, "sound": 120, "run": 120, "pair": 60, "word": 30, "number": 40}
"""Largest number of parties that a key of each kind may bring together."""

NAMED = ("name", "sound", "run", "pair", "word")
"""Kinds of key that look at names; the others look at numbers."""

_CODE = {kind: n for n, kind in enumerate(CAPS)}


class Keys(NamedTuple):
    """Who is found under what, each row once, sorted by key, then owner.

    :param owner: position of the party, int32; :param kind: place of the key's kind in `CAPS`, uint8
    :param key: 64-bit hash of kind and text
    """

    owner: Array
    kind: Array
    key: Array


class Passed(NamedTuple):
    """Keys of one kind that more than its cap share. :param keys: how many; :param parties: who have one of them;
    :param lost: parties of whom every key of this kind is one; :param largest: parties under the most crowded
    :param example: its hash, and one of its owners"""

    kind: str
    cap: int
    keys: int
    parties: int
    lost: int
    largest: int
    example: tuple[int, int]


class Found(NamedTuple):
    """:param pairs: positions (i < j), shape (n, 2), sorted; :param kinds: by which kinds of key, one bit each, uint8
    :param passed: what was passed over"""

    pairs: Array
    kinds: Array
    passed: list[Passed]


def blocking_keys(profile: Profile) -> Iterator[tuple[str, str]]:
    """(kind, key) of every key under which a party is looked up; may repeat.

    * ``name``: consonants of all words, in any order; ``run``: of the name without blanks
    * ``sound``: Korean syllables in coarse code
    * ``pair``: any two words by their consonants; ``word``: one word
    * ``number``: an identifier
    """
    for row in profile.rows:
        bones = sorted({skeleton(t) for t in row.form.tokens} - {""})
        yield "name", " ".join(bones)
        yield "run", skeleton(row.form.joined)
        if row.sound:
            yield "sound", row.sound
        for pair in itertools.combinations(bones[:8], 2):
            yield "pair", " ".join(pair)
        for word in bones:
            yield "word", word
    for number in profile.identifiers:
        yield "number", number.key


def hash_of(kind: str, text: str) -> int:
    """64 bits for a key."""
    return int.from_bytes(_hashed(kind, text), "little")


def _hashed(kind: str, text: str) -> bytes:
    return hashlib.blake2b(f"{kind} {text}".encode(), digest_size=8).digest()


def keyed(profiles: Sequence[Profile], owners: Sequence[int] | None = None) -> Keys:
    """The keys of some parties. :param owners: position of each; None: their order"""
    import numpy as np

    owner: list[int] = []
    kind: list[int] = []
    keys: list[bytes] = []
    for n, profile in zip(owners if owners is not None else range(len(profiles)), profiles, strict=True):
        for what, text in set(blocking_keys(profile)):
            owner.append(n)
            kind.append(_CODE[what])
            keys.append(_hashed(what, text))
    key = np.frombuffer(b"".join(keys), dtype="<u8").astype(np.uint64)
    return ordered(Keys(np.asarray(owner, dtype=np.int32), np.asarray(kind, dtype=np.uint8), key))


def ordered(keys: Keys) -> Keys:
    """Sorted by key, then owner."""
    import numpy as np

    order = np.lexsort((keys.owner, keys.key))
    return Keys(keys.owner[order], keys.kind[order], keys.key[order])


def candidate_pairs(profiles: Sequence[Profile], groups: Sequence[Any]) -> Array:
    """Pairs of positions (i < j) that share a key no commoner than its cap, as an array of shape (n, 2), sorted.

    Two of one group are a candidate only where they share a number.

    :param groups: for each profile what it belongs to, such as its dataset
    """
    return paired(keyed(profiles), groups).pairs


def paired(keys: Keys, groups: Sequence[Any]) -> Found:
    """The pairs that keys bring together, and the keys that were passed over. :param groups: as in `candidate_pairs`"""
    import numpy as np

    count = len(groups)
    first = np.flatnonzero(np.concatenate([[True], keys.key[1:] != keys.key[:-1]])) if len(keys.key) else keys.key[:0]
    first = first.astype(np.int64)
    sizes = np.diff(np.concatenate([first, [len(keys.key)]])).astype(np.int64)
    kind_of = keys.kind[first]
    cap = np.asarray(list(CAPS.values()))[kind_of]
    group = np.unique(np.asarray([str(g) for g in groups]), return_inverse=True)[1]
    code, bits = [np.empty(0, np.int64)], [np.empty(0, np.uint8)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]):
        here = np.flatnonzero((sizes == size) & (size <= cap))
        members = keys.owner[first[here][:, None] + np.arange(size)].astype(np.int64)
        i, j = np.triu_indices(size, 1)
        left, right = members[:, i].ravel(), members[:, j].ravel()
        kind = np.repeat(kind_of[here], len(i))
        kept = (kind == _CODE["number"]) | (group[left] != group[right])
        code.append(left[kept] * count + right[kept])
        bits.append(np.left_shift(1, kind[kept]).astype(np.uint8))
    every, told = np.concatenate(code), np.concatenate(bits)
    order = np.argsort(every, kind="stable")
    every, told = every[order], told[order]
    new = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]])) if len(every) else np.empty(0, np.int64)
    unique = every[new]
    kinds = np.bitwise_or.reduceat(told, new) if len(new) else told
    pairs = np.stack([unique // max(1, count), unique % max(1, count)], axis=1)
    return Found(pairs, kinds, _passed(keys, first, sizes, kind_of, cap, count))


def _passed(keys: Keys, first: Array, sizes: Array, kind_of: Array, cap: Array, count: int) -> list[Passed]:
    import numpy as np

    over = sizes > cap
    crowded = np.repeat(over, sizes)
    found = []
    for kind, code in _CODE.items():
        here = np.flatnonzero(over & (kind_of == code))
        if not len(here):
            continue
        of_kind = keys.kind == code
        passed = np.bincount(keys.owner[of_kind & crowded], minlength=count)
        held = np.bincount(keys.owner[of_kind], minlength=count)
        most = int(here[sizes[here].argmax()])
        example = (int(keys.key[first[most]]), int(keys.owner[first[most]]))
        lost = int(np.count_nonzero((passed > 0) & (passed == held)))
        found.append(
            Passed(kind, CAPS[kind], len(here), int(np.count_nonzero(passed)), lost, int(sizes[most]), example)
        )
    return found
