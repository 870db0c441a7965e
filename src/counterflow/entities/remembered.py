"""Comparisons remembered between runs: a pair is compared again only where something that its score rests on changed.

A score rests on the two profiles and on how rare their words, countries and numbers are. Rarity is counted over
everybody, so a single new record would change every score a little; counts are therefore rounded to steps of about a
fifth (`steady`), and a party's `signature` covers its own content and the rounded rarities that it meets.

Invariant: with what was remembered or without, the answer is the same.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity

__all__ = ["Told", "mark", "read", "signature", "steady", "write"]

Told = tuple[float, str]
"""Probability, and the rest of the comparison as JSON; ``""`` where it is too low to be of interest."""

_STEP = math.log(2) / 4
_SCHEMA = pa.schema([("mark", pa.uint64()), ("probability", pa.float64()), ("told", pa.string())])


def steady(rarity: Rarity) -> Rarity:
    """The same with counts rounded to powers of the fourth root of two, which small changes seldom move."""
    state = rarity.state()
    counts = {kind: {key: _round(n) for key, n in state[kind].items()} for kind in ("words", "countries", "numbers")}
    return Rarity.of_state({**counts, "total": _round(state["total"])})


def _round(n: int) -> int:
    return n if n < 6 else round(math.exp(round(math.log(n) / _STEP) * _STEP))


def signature(profile: Profile, rarity: Rarity) -> int:
    """64 bits that change with anything that a comparison of this party rests on."""
    words = sorted({t for row in profile.rows for t in row.form.tokens})
    content = (
        profile.id, profile.schema, profile.datasets, profile.dates, profile.countries, profile.nations,
        profile.genders, profile.topics, profile.numbers, profile.details,
        [(n.name.text, n.property) for n in profile.names],
        [(i.key, i.valid, i.quoted, i.printed, rarity.number(i.key)) for i in profile.identifiers],
        [rarity.word(w) for w in words], [rarity.country(c) for c in profile.countries],
    )  # fmt: skip
    return int.from_bytes(hashlib.blake2b(repr(content).encode(), digest_size=8).digest(), "big")


def mark(left: int, right: int) -> int:
    """64 bits for two signatures, the one of the smaller id first."""
    return (left * 0x9E3779B97F4A7C15 + right) & 0xFFFFFFFFFFFFFFFF


def pack(reasons: Iterable[str], sentence: str, excluded: bool, features: Iterable[Feature]) -> str:
    """What is kept of a comparison beside its probability."""
    return json.dumps(
        [list(reasons), sentence, excluded, [[f.feature, f.weight, f.left, f.right, f.says] for f in features]],
        ensure_ascii=False,
    )


def unpack(told: str) -> tuple[tuple[str, ...], str, bool, tuple[Feature, ...]]:
    """As it was before `pack`."""
    reasons, sentence, excluded, features = json.loads(told)
    return tuple(reasons), sentence, excluded, tuple(Feature(*f) for f in features)


def read(path: Path, version: str) -> dict[int, Told]:
    """Comparisons of an earlier run; none where there are none, or another version of the code made them."""
    import pyarrow.feather as feather

    try:
        table = feather.read_table(path)
    except (OSError, pa.ArrowInvalid):
        return {}
    if (table.schema.metadata or {}).get(b"version") != version.encode():
        return {}
    columns = (table.column(name).to_pylist() for name in _SCHEMA.names)
    return {m: (p, told) for m, p, told in zip(*columns, strict=True)}


def write(path: Path, found: Mapping[int, Told], version: str) -> None:
    """Keep comparisons for the next run, the same bytes for the same ones."""
    import pyarrow.feather as feather

    marks = sorted(found)
    rows: list[list[Any]] = [marks, [found[m][0] for m in marks], [found[m][1] for m in marks]]
    schema = _SCHEMA.with_metadata({"version": version})
    arrays = [pa.array(v, f.type) for v, f in zip(rows, _SCHEMA, strict=True)]
    feather.write_feather(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")
