"""What a run of resolution leaves for the next, so that only what changed is worked out again.

A stage's answer is kept with all it rests on: of a party its claims; of a comparison the two parties and each rarity
that was looked up for it; of a cluster its parties, the pairs that are likely in it, the judgements on them, and the
rarities looked up while it grew. Rarity is counted over everybody, so a single new record would change every count a
little: counts are rounded to powers of two (`steady`).

Invariant: with what is remembered or without, the answer is the same, and so is what is left for the next run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.entities.parties import PARTIES
from counterflow.entities.rarity import Asking, Rarity
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Lookups", "Memory", "read", "steady", "write"]

FOLDER = "memory"

KEYS = pa.schema([("key", pa.uint64()), ("owner", pa.int32()), ("kind", pa.uint8())])
COMPARED = pa.schema(
    {
        "mark": pa.uint64(),
        "probability": pa.float64(),
        "excluded": pa.bool_(),
        "holds": pa.bool_(),  # it is one of those that hold an entity together
        "sentence": pa.string(),  # "" for what is of no interest, likewise features
        "features": pa.string(),
        "asked": pa.list_(pa.uint32()),  # rows of LOOKUPS
    }
)
LOOKUPS = pa.schema([("asked", pa.string()), ("answer", pa.float64())])
CLUSTERS = pa.schema([("mark", pa.uint64()), ("asked", pa.list_(pa.uint32()))])


@dataclass(frozen=True)
class Memory:
    """:param parties: see `parties`; :param keys: what the comparable ones are found under; owner: place among these
    :param compared: pairs, sorted by mark; :param clusters: of two parties and more, sorted by mark
    :param lookups: what was asked of the rarity, sorted, and the answers"""

    parties: pa.Table = field(default_factory=PARTIES.empty_table)
    keys: pa.Table = field(default_factory=KEYS.empty_table)
    compared: pa.Table = field(default_factory=COMPARED.empty_table)
    lookups: pa.Table = field(default_factory=LOOKUPS.empty_table)
    clusters: pa.Table = field(default_factory=CLUSTERS.empty_table)
    members: pa.Table = field(default_factory=DERIVED["members"].schema.empty_table)


def steady(rarity: Rarity) -> Asking:
    """The same with counts rounded to powers of two, which small changes seldom move: at most 0.35 in log-odds."""
    state = rarity.state()
    counts = {kind: {key: _round(n) for key, n in state[kind].items()} for kind in ("words", "countries", "numbers")}
    return Asking.of_state({**counts, "total": _round(state["total"])})


def _round(n: int) -> int:
    return n if n < 4 else 1 << round(math.log2(n))


class Lookups:
    """What was asked of the rarity, by number: those of an earlier run first.

    :param before: lookups of an earlier run; :param rarity: as it is now
    """

    def __init__(self, before: pa.Table, rarity: Asking) -> None:
        import numpy as np

        self.rarity = rarity
        texts = before["asked"].to_pylist()
        self._code = {text: n for n, text in enumerate(texts)}
        now = np.array([rarity.answer(text) for text in texts], dtype=np.float64)
        self._moved = now != before["answer"].to_numpy()

    def moved(self, asked: pa.ChunkedArray) -> Array:
        """Of each row of an earlier run, whether something it asked for has another answer now."""
        import numpy as np

        flat, offsets = flattened(asked)
        seen = np.concatenate([[0], np.cumsum(self._moved[flat])])
        changed: Array = seen[offsets[1:]] > seen[offsets[:-1]]
        return changed

    def asked(self) -> list[int]:
        """Numbers of what was asked since this was asked last."""
        code = self._code
        return [code.setdefault(text, len(code)) for text in self.rarity.asked()]

    def settle(self, *columns: pa.ChunkedArray) -> tuple[pa.Table, list[pa.Array]]:
        """Lookups in alphabetical order, without what no row asks for, and the columns in their numbers, sorted."""
        import numpy as np

        texts = list(self._code)
        parts = [flattened(column) for column in columns]
        used = np.unique(np.concatenate([flat for flat, _ in parts]))
        kept = sorted((texts[n], n) for n in used.tolist())
        new = np.zeros(len(texts) + 1, dtype=np.uint32)
        new[[n for _, n in kept]] = np.arange(len(kept), dtype=np.uint32)
        table = pa.table([[t for t, _ in kept], [self.rarity.answer(t) for t, _ in kept]], schema=LOOKUPS)
        out = []
        for flat, offsets in parts:
            row = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
            code = np.sort((row << 32) + new[flat]) & 0xFFFFFFFF
            out.append(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(code.astype(np.uint32))))
        return table, out


def flattened(column: pa.ChunkedArray) -> tuple[Array, Array]:
    """All numbers of a column of lists, and where each list begins, shape (rows + 1,)."""
    import numpy as np

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    sizes = whole.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return whole.flatten().to_numpy(), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def lists(rows: Iterable[Sequence[int]]) -> pa.Array:
    """A column of lists of numbers."""
    return pa.array(rows, pa.list_(pa.uint32()))


def read(folder: Path, version: str) -> Memory:
    """What an earlier run left; nothing where there is none, or another version of the code made it."""
    import pyarrow.feather as feather

    found: Mapping[str, pa.Table] = {}
    try:
        found = {f.name: feather.read_table(folder / FOLDER / f"{f.name}.arrow") for f in fields(Memory)}
    except (OSError, pa.ArrowInvalid):
        return Memory()
    if any((table.schema.metadata or {}).get(b"version") != version.encode() for table in found.values()):
        return Memory()
    return Memory(**found)


def write(folder: Path, memory: Memory, version: str) -> None:
    """Keep it for the next run, the same bytes for the same things."""
    import pyarrow.feather as feather

    (folder / FOLDER).mkdir()
    for f in fields(Memory):
        table = getattr(memory, f.name).replace_schema_metadata({"version": version}).combine_chunks()
        feather.write_feather(table, folder / FOLDER / f"{f.name}.arrow", compression="lz4")
