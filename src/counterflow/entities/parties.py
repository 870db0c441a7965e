"""Parties as columns: what resolution needs to know of every subject before it compares two of them.

A subject's row rests on its claims alone and carries a mark of them, so that the row of a subject of which nothing was
said or taken back since is kept, and only the others are read and analysed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.entities.profile import Profile, profiles, things
from counterflow.entities.rarity import Rarity

if TYPE_CHECKING:
    import ibis
    import numpy as np

    from counterflow.storage.ports import Scope

    Array = np.ndarray[Any, Any]

__all__ = ["PARTIES", "Parties", "mixed", "parties"]

PARTIES = pa.schema(
    {
        "subject": pa.string(),
        "claims": pa.uint64(),  # mark of what is claimed of it
        "named": pa.uint64(),  # mark of the sanctions that name it
        "comparable": pa.bool_(),
        "dataset": pa.string(),
        "recorded": pa.string(),  # `Profile.first`
        "listed": pa.int8(),
        "words": pa.list_(pa.string()),  # what `Rarity` counts
        "countries": pa.list_(pa.string()),
        "numbers": pa.list_(pa.string()),
    }
)


class Parties:
    """:param table: of schema `PARTIES`, sorted by subject; :param fresh: of each, whether it was read anew"""

    def __init__(self, scope: Scope, table: pa.Table, fresh: Array, known: dict[str, Profile]) -> None:
        self.scope = scope
        self.table = table
        self.fresh = fresh
        self._known = known

    def profiles(self, subjects: Iterable[str]) -> dict[str, Profile]:
        """The profiles of some subjects, read from the ledger where they were not yet."""
        wanted = list(dict.fromkeys(subjects))
        if missing := [s for s in wanted if s not in self._known]:
            self._known.update((p.id, p) for p in profiles(self.scope, only=missing))
        return {s: self._known[s] for s in wanted}

    def rarity(self) -> Rarity:
        """How rare words, countries and numbers are among those that can turn out to be one."""
        held = self.table.filter(self.table["comparable"])
        counts = {kind: _counted(held[kind]) for kind in ("words", "countries", "numbers")}
        return Rarity.of_state({**counts, "total": len(held)})


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    told = pc.value_counts(pc.list_flatten(column).combine_chunks())
    return dict(zip(told.field("values").to_pylist(), told.field("counts").to_pylist(), strict=True))


def parties(scope: Scope, before: pa.Table | None = None) -> Parties:
    """Every subject that is a thing. :param before: rows of an earlier run"""
    import numpy as np

    before = PARTIES.empty_table() if before is None else before
    subjects, claims, named = _marks(scope)
    at = pc.fill_null(pc.index_in(subjects, value_set=before["subject"].combine_chunks()), -1).to_numpy().copy()
    old = before["claims"].to_numpy()
    fresh = np.ones(len(subjects), dtype=bool)
    known = at >= 0
    fresh[known] = old[at[known]] != claims[known]
    wanted = subjects.filter(pa.array(fresh)).to_pylist()
    read = profiles(scope, only=None if len(wanted) == len(subjects) else wanted) if wanted else []
    rows = pa.concat_tables([before, _rows(read)])
    at[fresh] = len(before) + np.arange(len(wanted))
    table = rows.take(pa.array(at)).combine_chunks()
    for name, marks in (("claims", claims), ("named", named)):
        table = table.set_column(PARTIES.get_field_index(name), PARTIES.field(name), pa.array(marks, pa.uint64()))
    return Parties(scope, table, fresh, {p.id: p for p in read})


def _rows(read: Sequence[Profile]) -> pa.Table:
    held = [p if p.comparable else None for p in read]
    words = [sorted({t for row in p.rows for t in row.form.tokens}) if p else [] for p in held]
    columns: dict[str, Any] = {
        "subject": [p.id for p in read],
        "claims": [0] * len(read),
        "named": [0] * len(read),
        "comparable": [p.comparable for p in read],
        "dataset": [p.datasets[0] if p.datasets else "" for p in read],
        "recorded": [p.first[0] for p in read],
        "listed": [p.first[1] for p in read],
        "words": words,
        "countries": [list(p.countries) if p else [] for p in held],
        "numbers": [sorted(Counter(i.key for i in p.identifiers).elements()) if p else [] for p in held],
    }
    return pa.table(columns, schema=PARTIES)


def _marks(scope: Scope) -> tuple[pa.Array, Array, Array]:
    """Subjects, the mark of each one's claims, and that of the sanctions that name it; sorted by subject.

    A mark changes with any claim in force (which its id stands for) and with when one was first recorded.
    """
    import numpy as np

    claims = scope.table("claims")
    thing = claims["schema"].isin(things()).cast("int8").max()
    told = scope.run(_summed(claims.group_by("subject"), claims, thing=thing).order_by("subject"))
    told = told.filter(pc.equal(told["thing"], 1))
    subjects = told["subject"].cast(pa.string()).combine_chunks()
    measures = claims.filter((claims["schema"] == "Sanction") & (claims.property == "entity"))
    by = scope.run(_summed(measures.group_by("value"), measures).order_by("value"))
    at = pc.index_in(subjects, value_set=by["value"].cast(pa.string()).combine_chunks())
    there = at.is_valid().to_numpy(zero_copy_only=False)
    named = np.zeros(len(subjects), dtype=np.uint64)
    named[there] = _mark(by)[at.drop_null().to_numpy()]
    return subjects, _mark(told), named


def _summed(groups: Any, claims: ibis.Table, **more: Any) -> ibis.Table:
    """Sums that stand for a set of claims, whatever their order: of two residues of a hash of each one's id."""
    hashed = claims.claim_id.hash()
    found: ibis.Table = groups.agg(
        one=(hashed % 2_147_483_647).sum(),
        two=(hashed % 2_147_483_629).sum(),
        count=claims.count(),
        first=claims.recorded_at.min(),
        **more,
    )
    return found


def _mark(told: pa.Table) -> Array:
    import numpy as np

    found = np.zeros(len(told), dtype=np.uint64)
    for name in ("one", "two", "count", "first"):
        found = mixed(found + told[name].cast(pa.int64()).fill_null(0).to_numpy().view(np.uint64))
    return found


def mixed(numbers: Array) -> Array:
    """Each 64-bit number thoroughly stirred (the finaliser of MurmurHash3, Appleby 2011)."""
    import numpy as np

    found = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    found = (found ^ (found >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    stirred: Array = found ^ (found >> np.uint64(33))
    return stirred
