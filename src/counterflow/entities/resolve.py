"""Resolution: which subjects are one party.

Parties are read, paired where they share a key, compared, and grown to clusters (`clusters`). Each step does again only
what rests on something that changed since an earlier run (`remembered`): a party of which something else is claimed, a
pair one of whose parties or looked-up rarities is another, a connected part of the graph of likely pairs with another
member, pair or judgement.

Invariant: a pure function of claims and judgements, whatever the order they come in and whatever is remembered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.entities.candidates import CAPS, NAMED, Found, Keys, blocking_keys, hash_of, keyed, ordered, paired
from counterflow.entities.capture import METHOD, recall
from counterflow.entities.clusters import MERGE, Edge, cluster
from counterflow.entities.comparing import REVIEW, Edges, compared, edge, likely
from counterflow.entities.parties import Parties, mixed, parties
from counterflow.entities.remembered import CLUSTERS, KEYS, Lookups, Memory, lists, steady
from counterflow.model.judgement import Judgement, in_force
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import numpy as np

    from counterflow.storage.ports import Scope

    Array = np.ndarray[Any, Any]

__all__ = ["MERGE", "REVIEW", "Resolved", "resolve"]

Progress = Callable[[str, float], None]


class Resolved(NamedTuple):
    """:param members: rows of `storage.tables.MEMBERS`: one for every subject that is a thing; :param pairs: rows of
    `storage.tables.PAIRS`: what was likely enough to be joined or looked at
    :param memory: for the next run; :param report: what was done, and what was passed over"""

    members: pa.Table
    pairs: pa.Table
    memory: Memory
    report: dict[str, Any]


def resolve(
    scope: Scope,
    judgements: Sequence[Judgement] = (),
    progress: Progress | None = None,
    before: Memory | None = None,
) -> Resolved:
    """Who is who over every subject that is a thing; both tables sorted by subject.

    :param progress: told the step and the share done, 0 to 1
    :param before: what an earlier run left
    """

    def tell(step: str, share: float) -> None:
        if progress is not None:
            progress(f"resolve: {step}", share)

    before = before or Memory()
    tell("reading", 0.0)
    known = parties(scope, before.parties)
    held = known.table.filter(known.table["comparable"])
    subjects = held["subject"].to_pylist()
    marks = held["claims"].to_numpy()
    tell("finding pairs", 0.2)
    keys = _keys(known, subjects, before)
    found = paired(keys, held["dataset"].to_pylist())
    lookups = Lookups(before.lookups, steady(known.rarity()))
    tell("comparing", 0.3)
    told, anew = compared(
        found.pairs, marks, subjects, known.profiles, lookups, before.compared, lambda n: tell("comparing", 0.3 + n / 2)
    )
    edges = likely(told, found.pairs)
    tell("joining", 0.8)
    joined = _joined(known, subjects, marks, told, edges, in_force(judgements), lookups, before)
    told = told.set_column(3, "holds", pa.array(joined.holds))
    pairs = _pairs(subjects, joined.members, told, edges)
    order = pc.sort_indices(told["mark"])
    told, clusters = told.take(order).combine_chunks(), joined.clusters
    rest, (pair_asked, cluster_asked) = lookups.settle(told["asked"], clusters["asked"])
    told, clusters = told.set_column(6, "asked", pair_asked), clusters.set_column(1, "asked", cluster_asked)
    kept = pa.table([keys.key, keys.owner, keys.kind], schema=KEYS)
    report = {
        "parties": len(subjects),
        "parties_read": int(known.fresh[known.table["comparable"].to_numpy()].sum()),
        "pairs": len(found.pairs),
        "pairs_compared": anew,
        "parts_grown": joined.grown,
        "entities": pc.count_distinct(joined.members["entity"]).as_py(),
        **_blocked(found, edges, known, subjects, held["dataset"].to_pylist()),
    }
    tell("done", 1.0)
    memory = Memory(known.table, kept, told, rest, clusters, joined.members)
    return Resolved(joined.members, pairs, memory, report)


def _blocked(
    found: Found, edges: Edges, known: Parties, subjects: Sequence[str], datasets: Sequence[str]
) -> dict[str, Any]:
    """How much of what would be joined was found, and what was passed over. Two of one list are left out of it: only
    numbers are asked whether they are one."""
    import numpy as np

    of = np.unique(np.asarray(datasets), return_inverse=True)[1]
    sure = edges.row[(edges.probability >= MERGE) & ~edges.excluded & (of[edges.left] != of[edges.right])]
    kinds = found.kinds[sure]
    named = (kinds & np.uint8(sum(1 << n for n, kind in enumerate(CAPS) if kind in NAMED))) != 0
    numbered = (kinds & np.uint8(sum(1 << n for n, kind in enumerate(CAPS) if kind not in NAMED))) != 0
    told = recall(len(sure), int(named.sum()), int(numbered.sum()), int((named & numbered).sum()))
    owners = known.profiles([subjects[p.example[1]] for p in found.passed])
    passed = []
    for p in found.passed:
        owner = owners[subjects[p.example[1]]]
        texts = {hash_of(*key): key[1] for key in set(blocking_keys(owner))}
        passed.append({**p._asdict(), "example": texts[p.example[0]]})
    return {"blocking": {"method": METHOD, "ways": ["names", "numbers"], **told, "passed_over": passed}}


def _keys(known: Parties, subjects: Sequence[str], before: Memory) -> Keys:
    """Who is found under what: kept of parties that are as they were."""
    import numpy as np

    held = known.table["comparable"].to_numpy()
    fresh = known.fresh[held]
    mine = [subjects[n] for n in np.flatnonzero(fresh).tolist()]
    new = keyed(list(known.profiles(mine).values()), np.flatnonzero(fresh).tolist())
    if not len(before.keys):
        return new
    was = before.parties.filter(before.parties["comparable"])["subject"].combine_chunks()
    place = pc.fill_null(pc.index_in(was, value_set=pa.array(subjects, pa.string())), -1).to_numpy().copy()
    place[np.isin(place, np.flatnonzero(fresh))] = -1
    owner = place[before.keys["owner"].to_numpy()]
    kept = owner >= 0
    key, kind = (before.keys[name].to_numpy()[kept] for name in ("key", "kind"))
    both = zip((owner[kept].astype(np.int32), kind, key), new, strict=True)
    return ordered(Keys(*(np.concatenate(two) for two in both)))


class _Joined(NamedTuple):
    """:param holds: of each comparison, whether it holds an entity together; :param grown: parts worked out anew"""

    members: pa.Table
    holds: Array
    clusters: pa.Table
    grown: int


def _joined(
    known: Parties, subjects: Sequence[str], marks: Array, told: pa.Table, edges: Edges,
    decided: Mapping[tuple[str, str], Judgement], lookups: Lookups, before: Memory,
) -> _Joined:  # fmt: skip
    """Clusters of every connected part of the graph of likely pairs and judgements."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {s: n for n, s in enumerate(subjects)} if decided else {}
    ruled = [(place[a], place[b], j) for (a, b), j in decided.items() if a in place and b in place]
    same = [(a, b) for a, b, j in ruled if j.verdict == "same"]
    strong = np.flatnonzero((edges.probability >= MERGE) & ~edges.excluded)
    one = np.concatenate([edges.left[strong], np.array([a for a, _ in same], dtype=np.int64)])
    two = np.concatenate([edges.right[strong], np.array([b for _, b in same], dtype=np.int64)])
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, two)), shape=(len(subjects), len(subjects)))
    count, part = connected_components(graph, directed=False) if subjects else (0, np.empty(0, np.int64))

    mark = np.zeros(count, dtype=np.uint64)
    np.add.at(mark, part, mixed(marks))
    pair = mixed(told["mark"].to_numpy()[edges.row[strong]] + edges.probability[strong].view(np.uint64))
    np.add.at(mark, part[edges.left[strong]], pair)
    within: dict[int, dict[tuple[str, str], Judgement]] = {}
    for a, b, j in ruled:
        if part[a] == part[b]:
            within.setdefault(int(part[a]), {})[subjects[a], subjects[b]] = j
            told_of = hashlib.blake2b(repr(j).encode(), digest_size=8).digest()
            np.add.at(mark, part[a], np.frombuffer(told_of, dtype=np.uint64)[0])

    old = before.clusters["mark"].to_numpy()
    at = np.minimum(np.searchsorted(old, mark), max(0, len(old) - 1))
    kept = old[at] == mark if len(old) else np.zeros(count, dtype=bool)
    if len(old):
        kept &= ~lookups.moved(before.clusters["asked"])[at]
    size = np.bincount(part, minlength=count)
    kept &= size > 1

    grown = np.flatnonzero(~kept & (size > 1))
    is_grown = np.zeros(count, dtype=bool)
    is_grown[grown] = True
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(size)
    of_part: dict[int, list[int]] = {}
    for n in strong[is_grown[part[edges.left[strong]]]].tolist():  # surest first, as the edges are
        of_part.setdefault(int(part[edges.left[n]]), []).append(n)
    profiles = known.profiles([subjects[n] for n in np.flatnonzero(is_grown[part]).tolist()])
    holds = np.zeros(len(told), dtype=bool)
    still = edges.row[kept[part[edges.left]]]
    holds[still] = told["holds"].to_numpy()[still]
    rows: list[dict[str, Any]] = []
    asked: list[list[int]] = []
    first = {s: (*p.first, s) for s, p in profiles.items()}
    lookups.asked()
    for p in grown.tolist():
        mine = {subjects[n]: profiles[subjects[n]] for n in order[ends[p] - size[p] : ends[p]].tolist()}
        numbered = {n: edge(told, subjects, edges, n) for n in of_part.get(p, ())}
        clusters, tree = cluster(mine, list(numbered.values()), within.get(p, {}), lookups.rarity)
        asked.append(lookups.asked())
        ends_of_tree = {(e.left, e.right) for e in tree}
        holds[[int(edges.row[n]) for n, e in numbered.items() if (e.left, e.right) in ends_of_tree]] = True
        rows += _members(clusters, tree, first)
    return _Joined(
        _everybody(known, subjects, kept[part], rows, before),
        holds,
        _parts(np.concatenate([mark[kept], mark[grown]]), before.clusters["asked"].take(at[kept]), asked),
        len(grown),
    )


def _parts(mark: Array, kept: pa.ChunkedArray, asked: list[list[int]]) -> pa.Table:
    column = pa.concat_arrays([*kept.chunks, lists(asked)])
    return pa.table([pa.array(mark, pa.uint64()), column], schema=CLUSTERS).sort_by("mark")


def _everybody(
    known: Parties, subjects: Sequence[str], kept: Array, rows: list[dict[str, Any]], before: Memory
) -> pa.Table:
    """Rows of the members table: those grown now, those kept from before, and for the rest each one by itself."""
    import numpy as np

    schema = DERIVED["members"].schema
    new = DERIVED["members"].conform(pa.Table.from_pylist(rows, schema=schema))
    still = pa.array([subjects[n] for n in np.flatnonzero(kept).tolist()], pa.string())
    old = before.members.filter(pc.is_in(before.members["subject"], value_set=still)).replace_schema_metadata(None)
    together = pa.concat_arrays([still, *new["subject"].chunks])
    everybody = known.table["subject"].combine_chunks()
    alone = everybody.filter(pc.invert(pc.is_in(everybody, value_set=together)))
    none = pa.ListArray.from_arrays(pa.array(np.zeros(len(alone) + 1), pa.int32()), pa.array([], pa.string()))
    single = pa.Table.from_arrays(
        [alone, alone, pa.array(np.ones(len(alone))), pa.array(["first"] * len(alone), pa.string()), none],
        names=["subject", "entity", "score", "basis", "reasons"],
    )
    whole = pa.concat_tables([new, old.cast(new.schema), DERIVED["members"].conform(single).cast(new.schema)])
    return whole.sort_by("subject").combine_chunks()


def _members(
    clusters: Sequence[Sequence[str]], tree: Sequence[Edge], first: Mapping[str, tuple[str, int, str]]
) -> list[dict[str, Any]]:
    """Rows of the members table: from each cluster's first subject outwards along the edges that made it."""
    near: dict[str, list[tuple[str, Edge]]] = {}
    for e in tree:
        near.setdefault(e.left, []).append((e.right, e))
        near.setdefault(e.right, []).append((e.left, e))
    rows: dict[str, dict[str, Any]] = {}
    for held in clusters:
        entity = min(held, key=lambda s: first[s])
        rows[entity] = {"subject": entity, "entity": entity, "score": 1.0, "basis": "first", "reasons": []}
        reached = [(entity, 1.0)]
        while reached:
            at, score = reached.pop()
            for other, e in near.get(at, ()):
                if other not in rows:
                    weakest = min(score, e.probability)
                    rows[other] = {
                        "subject": other,
                        "entity": entity,
                        "score": round(weakest, 6),
                        "basis": e.basis,
                        "reasons": e.reasons if at == entity else [*e.reasons, f"by way of {at}"],
                    }
                    reached.append((other, weakest))
    return list(rows.values())


def _pairs(subjects: Sequence[str], members: pa.Table, told: pa.Table, edges: Edges) -> pa.Table:
    """Rows of the pairs table: what stands apart, and what holds an entity together."""
    import numpy as np

    ids = pa.array(subjects, pa.string())
    entity = members["entity"].take(pc.index_in(ids, value_set=members["subject"].combine_chunks()))
    code = entity.combine_chunks().dictionary_encode().indices.to_numpy()
    together = code[edges.left] == code[edges.right]
    holds = told["holds"].to_numpy()[edges.row].astype(bool)
    shown = np.flatnonzero(~together | holds)
    shown = shown[np.lexsort((edges.right[shown], edges.left[shown]))]
    enough = edges.probability[shown] >= MERGE
    outcome = np.where(together[shown], 0, np.where(enough, 1, 2)).astype(np.int8)
    kept = told.select(["sentence", "features"]).take(pa.array(edges.row[shown]))
    rows = {
        "left": ids.take(pa.array(edges.left[shown])),
        "right": ids.take(pa.array(edges.right[shown])),
        "probability": np.round(edges.probability[shown], 6),
        "outcome": pa.DictionaryArray.from_arrays(pa.array(outcome), ["joined", "refused", "open"]).cast(pa.string()),
        "sentence": kept["sentence"],
        "features": kept["features"],
    }
    return DERIVED["pairs"].conform(pa.table(rows))
