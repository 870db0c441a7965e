"""Resolution: which subjects are one party.

Candidate pairs are scored; then clusters are grown from the surest pair down, and two clusters join only where *all*
they hold agrees on the whole: no pair across may be excluded, and the mean evidence across must itself be enough. So a
chain a = b = c never joins a and c against their own evidence (the usual failure of connected components).

Cannot-link: two records of one dataset are two parties, since a publisher lists a party once, unless they share a
number; exclusive numbers that differ (IMO, LEI, list references); incompatible kinds; a judgement ``different``.

Judgements come first: ``same`` joins without asking the evidence, ``different`` keeps apart whatever it says.
Invariant: a pure function of claims and judgements, whatever the order they come in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from counterflow.entities.candidates import candidate_pairs
from counterflow.entities.evidence.feature import Feature
from counterflow.entities.profile import Profile, profiles
from counterflow.entities.rarity import Rarity
from counterflow.entities.remembered import Told, mark, pack, signature, steady, unpack
from counterflow.entities.scoring import Comparison, compare
from counterflow.model.judgement import Judgement, in_force
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["MERGE", "REVIEW", "Edge", "Resolved", "cluster", "resolve", "scored_pairs"]

MERGE = 0.8
"""Least probability at which two subjects become one entity without a person deciding it."""

REVIEW = 0.2
"""Least probability at which a pair that stays apart is worth a person's look."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two subjects that may be one. :param left: smaller subject id; :param basis: ``match`` or ``judgement``;
    :param sentence: the evidence in one; :param excluded: a rule forbids it whatever the evidence"""

    left: str
    right: str
    probability: float
    reasons: tuple[str, ...]
    basis: str = "match"
    sentence: str = ""
    excluded: bool = False
    features: tuple[Feature, ...] = ()


class Resolved(NamedTuple):
    """:param members: rows of `storage.tables.MEMBERS`: one for every subject that is a thing; :param pairs: rows of
    `storage.tables.PAIRS`: what was likely enough to be joined or looked at"""

    members: pa.Table
    pairs: pa.Table


def resolve(
    scope: Scope,
    judgements: Sequence[Judgement] = (),
    progress: Progress | None = None,
    memory: dict[int, Told] | None = None,
) -> Resolved:
    """Who is who over every subject that is a thing; both tables sorted by subject.

    :param progress: told the step and the share done, 0 to 1
    :param memory: comparisons of an earlier run (`entities.remembered`); afterwards those of this one
    """

    def tell(step: str, share: float) -> None:
        if progress is not None:
            progress(step, share)

    tell("resolve: reading", 0.0)
    subjects = profiles(scope)
    tell("resolve: comparing", 0.3)
    comparable = [p for p in subjects if p.comparable]
    rarity = steady(Rarity(comparable))
    edges = scored_pairs(comparable, rarity, memory)
    tell("resolve: joining", 0.8)
    decided = in_force(judgements)
    known = {p.id: p for p in comparable}
    clusters, tree = cluster(known, edges, decided, rarity)
    rows = _members(subjects, clusters, tree)
    pairs = _pairs(edges, {row["subject"]: row["entity"] for row in rows}, tree)
    tell("resolve: done", 1.0)
    return Resolved(
        DERIVED["members"].conform(pa.Table.from_pylist(rows, schema=DERIVED["members"].schema)),
        DERIVED["pairs"].conform(pa.Table.from_pylist(pairs, schema=DERIVED["pairs"].schema)),
    )


def scored_pairs(subjects: Sequence[Profile], rarity: Rarity, memory: dict[int, Told] | None = None) -> list[Edge]:
    """Every candidate pair that reaches `REVIEW`, surest first.

    :param memory: comparisons of an earlier run, replaced by those of this one
    """
    memory = {} if memory is None else memory
    now: dict[int, Told] = {}
    edges = []
    signed = [signature(p, rarity) for p in subjects]
    for one, two in candidate_pairs(subjects, [p.datasets[:1] for p in subjects]).tolist():
        i, j = (one, two) if subjects[one].id <= subjects[two].id else (two, one)
        key = mark(signed[i], signed[j])
        told = memory.get(key) or _told(compare(subjects[i], subjects[j], rarity=rarity, least=REVIEW))
        now[key] = told
        if told[1]:
            reasons, sentence, excluded, features = unpack(told[1])
            edges.append(Edge(subjects[i].id, subjects[j].id, told[0], reasons, "match", sentence, excluded, features))
    memory.clear()
    memory.update(now)
    return sorted(edges, key=lambda e: (-e.probability, e.left, e.right))


def _told(found: Comparison) -> Told:
    if found.probability < REVIEW:
        return found.probability, ""
    return found.probability, pack(found.reasons, found.sentence, found.excluded, found.features)


@dataclass
class _Joiner:
    """Clusters while they grow. :param of: subject → its cluster's first subject; :param held: that → its subjects"""

    known: Mapping[str, Profile]
    decided: Mapping[tuple[str, str], Judgement]
    rarity: Rarity
    of: dict[str, str] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[tuple[str, str], Comparison] = field(default_factory=dict)

    def join(self, left: str, right: str) -> bool:
        """Make two clusters one where nothing across them forbids it. Returns whether they are one now."""
        a, b = self.of[left], self.of[right]
        if a == b:
            return False
        across = [(x, y) if x <= y else (y, x) for x in self.held[a] for y in self.held[b]]
        if not self._agree(across):
            return False
        self._union(a, b)
        return True

    def force(self, left: str, right: str) -> bool:
        """Make two clusters one because a person said so, unless a person also said otherwise of a pair across."""
        a, b = self.of[left], self.of[right]
        if a == b:
            return False
        if any(self._verdict(x, y) == "different" for x in self.held[a] for y in self.held[b]):
            return False
        self._union(a, b)
        return True

    def _union(self, a: str, b: str) -> None:
        for subject in self.held[b]:
            self.of[subject] = a
        self.held[a] += self.held.pop(b)

    def _verdict(self, x: str, y: str) -> str | None:
        judgement = self.decided.get((x, y) if x <= y else (y, x))
        return judgement.verdict if judgement else None

    def _agree(self, across: list[tuple[str, str]]) -> bool:
        total = 0.0
        for x, y in across:
            verdict = self._verdict(x, y)
            if verdict == "different":
                return False
            found = self._compared(x, y)
            if verdict != "same" and (found.excluded or _own_listings(self.known[x], self.known[y])):
                return False
            probability = 0.999 if verdict == "same" else found.probability
            total += math.log(max(probability, 0.002) / max(1 - probability, 0.002))
        return total / len(across) >= math.log(MERGE / (1 - MERGE))

    def _compared(self, x: str, y: str) -> Comparison:
        if (x, y) not in self.seen:
            self.seen[x, y] = compare(self.known[x], self.known[y], rarity=self.rarity)
        return self.seen[x, y]


def _own_listings(left: Profile, right: Profile) -> bool:
    """Two records of one dataset without a common number of their own: one that a list quotes of another is none."""
    if not set(left.datasets) & set(right.datasets):
        return False
    theirs = {i.key for i in right.identifiers if i.valid and not i.quoted}
    return not any(i.key in theirs for i in left.identifiers if i.valid and not i.quoted)


def cluster(
    known: Mapping[str, Profile],
    edges: Sequence[Edge],
    decided: Mapping[tuple[str, str], Judgement],
    rarity: Rarity,
) -> tuple[list[list[str]], list[Edge]]:
    """Clusters of subjects, and the edges that made them (a spanning tree of each).

    :param edges: surest first; :param decided: judgements in force, by pair
    """
    joiner = _Joiner(known, decided, rarity, {s: s for s in known}, {s: [s] for s in known})
    tree = []
    for (left, right), judgement in decided.items():
        if judgement.verdict == "same" and left in known and right in known and joiner.force(left, right):
            reason = f"{judgement.by} judged them the same" + (f": {judgement.reason}" if judgement.reason else "")
            tree.append(Edge(left, right, 1.0, (reason,), "judgement"))
    strong = (edge for edge in edges if edge.probability >= MERGE and not edge.excluded)
    tree += [edge for edge in strong if joiner.join(edge.left, edge.right)]
    return [sorted(held) for held in joiner.held.values()], tree


def _pairs(edges: Sequence[Edge], entity: Mapping[str, Any], tree: Sequence[Edge]) -> list[dict[str, Any]]:
    """Rows of the pairs table: what stands apart, and what holds an entity together."""
    holding = {(edge.left, edge.right) for edge in tree}
    rows = []
    for edge in edges:
        together = entity[edge.left] == entity[edge.right]
        if together and (edge.left, edge.right) not in holding:
            continue
        enough = edge.probability >= MERGE
        rows.append(
            {
                "left": edge.left,
                "right": edge.right,
                "probability": round(edge.probability, 6),
                "outcome": "joined" if together else "refused" if enough else "open",
                "sentence": edge.sentence,
                "features": json.dumps([f.to_dict() for f in edge.features], ensure_ascii=False),
            }
        )
    return sorted(rows, key=lambda row: (row["left"], row["right"]))


def _members(
    subjects: Sequence[Profile], clusters: Sequence[Sequence[str]], tree: Sequence[Edge]
) -> list[dict[str, Any]]:
    """Rows of the members table: from each cluster's first subject outwards along the edges that made it."""
    order = {p.id: (*p.first, p.id) for p in subjects}
    near: dict[str, list[tuple[str, Edge]]] = {}
    for edge in tree:
        near.setdefault(edge.left, []).append((edge.right, edge))
        near.setdefault(edge.right, []).append((edge.left, edge))
    first_of = {s: min(held, key=lambda s: order[s]) for held in clusters for s in held}
    rows: dict[str, dict[str, Any]] = {}
    for profile in subjects:
        entity = first_of.get(profile.id, profile.id)
        if entity != profile.id or profile.id in rows:
            continue
        rows[entity] = {"subject": entity, "entity": entity, "score": 1.0, "basis": "first", "reasons": []}
        reached = [(entity, 1.0)]
        while reached:
            at, score = reached.pop()
            for other, edge in near.get(at, ()):
                if other not in rows:
                    weakest = min(score, edge.probability)
                    rows[other] = {
                        "subject": other,
                        "entity": entity,
                        "score": round(weakest, 6),
                        "basis": edge.basis,
                        "reasons": list(edge.reasons) if at == entity else [*edge.reasons, f"by way of {at}"],
                    }
                    reached.append((other, weakest))
    return [rows[s] for s in sorted(rows)]
