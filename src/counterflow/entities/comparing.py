"""Comparing candidate pairs: each anew where it must be, else as an earlier run found it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from counterflow.entities.clusters import Edge
from counterflow.entities.profile import Profile
from counterflow.entities.remembered import COMPARED, Lookups, lists
from counterflow.entities.scoring import compare

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["REVIEW", "Edges", "compared", "likely"]

REVIEW = 0.2
"""Least probability at which a pair that stays apart is worth a person's look."""

_MANY = 2000
"""Comparisons between two words to who waits."""


class Edges(NamedTuple):
    """Pairs that reach `REVIEW`, surest first. :param row: of the comparisons; :param left, right: positions"""

    row: Array
    left: Array
    right: Array
    probability: Array
    excluded: Array


def compared(
    pairs: Array,
    marks: Array,
    subjects: Sequence[str],
    profiles: Callable[[Sequence[str]], Mapping[str, Profile]],
    lookups: Lookups,
    before: pa.Table,
    tell: Callable[[float], None],
) -> tuple[pa.Table, int]:
    """A row of `remembered.COMPARED` for each pair, and how many were compared anew.

    :param pairs: positions, shape (n, 2); :param marks: of what is claimed of each party; :param subjects: their ids
    :param profiles: ids → profiles; :param before: comparisons of an earlier run; :param tell: share done
    """
    import numpy as np

    mark = marks[pairs[:, 0]] * np.uint64(0x9E3779B97F4A7C15) + marks[pairs[:, 1]]
    old = before["mark"].to_numpy()
    at = np.minimum(np.searchsorted(old, mark), max(0, len(old) - 1))
    kept = old[at] == mark if len(old) else np.zeros(len(mark), dtype=bool)
    if len(old):
        kept &= ~lookups.moved(before["asked"])[at]
    anew = np.flatnonzero(~kept)
    todo = [(subjects[i], subjects[j]) for i, j in pairs[anew].tolist()]
    known = profiles([s for pair in todo for s in pair])
    rows: list[tuple[float, bool, str, str]] = []
    asked: list[list[int]] = []
    for n, (left, right) in enumerate(todo):
        if n % _MANY == 0:
            tell(n / len(todo))
        found = compare(known[left], known[right], rarity=lookups.rarity, least=REVIEW)
        asked.append(lookups.asked())
        if found.probability < REVIEW:
            rows.append((found.probability, False, "", ""))
        else:
            features = json.dumps([f.to_dict() for f in found.features], ensure_ascii=False)
            rows.append((found.probability, found.excluded, found.sentence, features))
    columns = list(zip(*rows, strict=True)) or [()] * 4
    new = pa.Table.from_arrays(
        [
            pa.array(mark[anew], pa.uint64()),
            pa.array(columns[0], pa.float64()),
            pa.array(columns[1], pa.bool_()),
            pa.array([False] * len(rows), pa.bool_()),
            pa.array(columns[2], pa.string()),
            pa.array(columns[3], pa.string()),
            lists(asked),
        ],
        schema=COMPARED,
    )
    at[anew] = len(old) + np.arange(len(anew))
    return pa.concat_tables([before.replace_schema_metadata(None), new]).take(pa.array(at)).combine_chunks(), len(anew)


def likely(found: pa.Table, pairs: Array) -> Edges:
    """The pairs worth joining or looking at, surest first. :param found: what `compared` returned for `pairs`"""
    import numpy as np

    probability = found["probability"].to_numpy()
    row = np.flatnonzero(probability >= REVIEW)
    row = row[np.lexsort((pairs[row, 1], pairs[row, 0], -probability[row]))]
    excluded = found["excluded"].to_numpy()[row].astype(bool)
    return Edges(row, pairs[row, 0], pairs[row, 1], probability[row], excluded)


def edge(found: pa.Table, subjects: Sequence[str], edges: Edges, n: int) -> Edge:
    """One of `edges` with all that is known of it."""
    row = int(edges.row[n])
    return Edge(
        subjects[int(edges.left[n])],
        subjects[int(edges.right[n])],
        float(edges.probability[n]),
        sentence=found["sentence"][row].as_py(),
        excluded=bool(edges.excluded[n]),
        features=found["features"][row].as_py(),
    )
