"""Clusters: grown from the surest pair down; two join only where *all* they hold agrees on the whole.

No pair across may be excluded, and the mean evidence across must itself be enough. So a chain a = b = c never joins a
and c against their own evidence (the usual failure of connected components).

Cannot-link: two records of one dataset are two parties, since a publisher lists a party once, unless they share a
number; exclusive numbers that differ (IMO, LEI, list references); incompatible kinds; a judgement ``different``.

Judgements come first: ``same`` joins without asking the evidence, ``different`` keeps apart whatever it says.
Invariant: what comes of a connected part of the graph of likely pairs depends on that part alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterflow.entities.profile import Profile
from counterflow.entities.rarity import Rarity
from counterflow.entities.scoring import Comparison, compare
from counterflow.model.judgement import Judgement

__all__ = ["MERGE", "Edge", "cluster"]

MERGE = 0.8
"""Least probability at which two subjects become one entity without a person deciding it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two subjects that may be one. :param left: smaller subject id; :param basis: ``match`` or ``judgement``;
    :param sentence: the evidence in one; :param excluded: a rule forbids it whatever the evidence
    :param features: of the evidence, as JSON; :param reason: of a judgement"""

    left: str
    right: str
    probability: float
    basis: str = "match"
    sentence: str = ""
    excluded: bool = False
    features: str = "[]"
    reason: str = ""

    @property
    def reasons(self) -> list[str]:
        """In words, strongest first."""
        return [self.reason] if self.reason else [f["says"] for f in json.loads(self.features)]


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
            tree.append(Edge(left, right, 1.0, "judgement", reason=reason))
    strong = (edge for edge in edges if edge.probability >= MERGE and not edge.excluded)
    tree += [edge for edge in strong if joiner.join(edge.left, edge.right)]
    return [sorted(held) for held in joiner.held.values()], tree
