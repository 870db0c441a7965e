"""Candidates: which pairs are worth comparing, found without comparing all.

Keys of different kinds complement each other: what one misspelling breaks, another kind of key survives. A key shared
by too many is passed over (its `CAPS`), so no common word makes the work quadratic; a party with many aliases has more
keys, never fewer chances.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.entities.names import skeleton
from counterflow.entities.profile import Profile

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CAPS", "blocking_keys", "candidate_pairs"]

CAPS = {"name": 120, "sound": 120, "run": 120, "pair": 60, "word": 30, "number": 40}
"""Largest number of parties that a key of each kind may bring together."""

_CODE = {kind: n for n, kind in enumerate(CAPS)}


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


def candidate_pairs(profiles: Sequence[Profile], groups: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Pairs of positions (i < j) that share a key no commoner than its cap, as an array of shape (n, 2), sorted.

    Two of one group are a candidate only where they share a number.

    :param groups: for each profile what it belongs to, such as its dataset
    """
    import numpy as np

    codes: dict[tuple[str, str], int] = {}
    kinds: list[int] = []
    keys: list[int] = []
    owners: list[int] = []
    for owner, profile in enumerate(profiles):
        for kind, text in sorted(set(blocking_keys(profile))):
            code = codes.setdefault((kind, text), len(codes))
            if code == len(kinds):
                kinds.append(_CODE[kind])
            keys.append(code)
            owners.append(owner)
    if not keys:
        return np.empty((0, 2), dtype=np.int64)
    key, owner_of = np.asarray(keys), np.asarray(owners, dtype=np.int64)
    order = np.argsort(key, kind="stable")
    owner_of = owner_of[order]
    sizes = np.bincount(key)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    kind_of = np.asarray(kinds)
    cap = np.asarray(list(CAPS.values()))[kind_of]
    group = np.unique(np.asarray([str(g) for g in groups]), return_inverse=True)[1]
    found = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]):
        here = np.flatnonzero((sizes == size) & (size <= cap))
        members = owner_of[starts[here][:, None] + np.arange(size)]
        i, j = np.triu_indices(size, 1)
        left, right = members[:, i].ravel(), members[:, j].ravel()
        number = np.repeat(kind_of[here] == _CODE["number"], len(i))
        kept = number | (group[left] != group[right])
        found.append(np.minimum(left, right)[kept] * len(profiles) + np.maximum(left, right)[kept])
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    unique = np.unique(np.concatenate(found))
    return np.stack([unique // len(profiles), unique % len(profiles)], axis=1)
