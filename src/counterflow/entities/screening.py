"""Screening: who on the lists might this be?

An `Index` holds the entities in flat arrays; a question is answered by adding up the rarity of the keys it shares with
each entity (whole words, consonants, three-letter runs, Korean sounds, numbers), then comparing the best in full. A
name is looked up on its own, so an entity's many aliases neither help nor hinder its other names. `brute` compares with
everybody: the oracle that recall is measured against.

A hit never says more than the evidence: same name and nothing else known stays visibly below a confirmed match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow.entities.names import skeleton
from counterflow.entities.profile import Profile, Row, build, merge, profiles
from counterflow.entities.rarity import Rarity
from counterflow.entities.scoring import Comparison, compare

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["CANDIDATES", "MATCH", "PRIOR", "Entry", "Hit", "Index", "Query"]

PRIOR = -9.5
"""Log-odds before any evidence that somebody screened is a given entity of the lists: rarer than between two lists."""

MATCH = 0.9
"""Probability from which a hit is called a match; below it is a possible one."""

CANDIDATES = 40
"""Entities compared in full for one question."""


@dataclass(frozen=True, slots=True)
class Query:
    """Who is asked about. :param properties: FollowTheMoney-shaped: property → values"""

    id: str
    schema: str
    properties: Mapping[str, Sequence[str]]

    def profile(self) -> Profile:
        """What is compared. :raises UnknownName: no such schema"""
        return build(self.id, self.schema, self.properties)


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing behind a hit. :param subject: ``dataset:id``; :param numbers: the publisher's own, by property"""

    dataset: str
    subject: str
    numbers: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. :param id: canonical id; :param score: likeness of the names, 0 to 1; :param probability: that it is
    the same party; :param match: `probability` reaches `MATCH`; :param comparison: the evidence"""

    id: str
    caption: str
    schema: str
    score: float
    probability: float
    match: bool
    referents: tuple[str, ...]
    entries: tuple[Entry, ...]
    comparison: Comparison
    matched: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what `screen --json` prints for a hit."""
        entries = [{"dataset": e.dataset, "subject": e.subject, **e.numbers} for e in self.entries]
        features = [f.to_dict() for f in self.comparison.features]
        return {
            "id": self.id,
            "caption": self.caption,
            "schema": self.schema,
            "score": round(self.score, 4),
            "probability": round(self.probability, 4),
            "match": self.match,
            "referents": list(self.referents),
            "entries": entries,
            "explanation": {"sentence": self.comparison.sentence, "matched": self.matched, "features": features},
        }


def _keys(row: Row) -> Iterator[str]:
    """Keys under which one form of a name is found."""
    for word in row.form.tokens:
        yield "w" + word
        if not word.isdigit():
            yield "s" + skeleton(word)
    run = f" {row.flat} "
    for at in range(len(run) - 2):
        yield "g" + run[at : at + 3]
    if row.sound:
        yield "k" + row.sound
        for sound in row.sound.split():
            yield "c" + sound


_SHARE = {"w": 1.0, "s": 0.8, "g": 0.35, "k": 2.0, "c": 0.7}
"""How much of a key's rarity counts, by kind: three-letter runs come many to a word."""


@dataclass
class Index:
    """Entities, ready to be asked. :param entities: one profile an entity; :param captions: id → name to print;
    :param listings: subject → its own profile, for the publishers' numbers"""

    entities: Sequence[Profile]
    captions: Mapping[str, str] = field(default_factory=dict)
    listings: Mapping[str, Profile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import numpy as np

        self.rarity = Rarity(self.entities)
        codes: dict[str, int] = {}
        keys: list[int] = []
        rows: list[int] = []
        owners: list[int] = []
        self._numbers: dict[str, list[int]] = {}
        for owner, profile in enumerate(self.entities):
            for row in profile.rows:
                found = {codes.setdefault(key, len(codes)) for key in _keys(row)}
                keys.extend(found)
                rows.extend([len(owners)] * len(found))
                owners.append(owner)
            for number in profile.identifiers:
                self._numbers.setdefault(number.key, []).append(owner)
        self._codes = codes
        self._owner = np.asarray(owners, dtype=np.int32)
        key, row_of = np.asarray(keys, dtype=np.int32), np.asarray(rows, dtype=np.int32)
        order = np.argsort(key, kind="stable")
        counts = np.bincount(key, minlength=len(codes))
        self._start = np.concatenate([[0], np.cumsum(counts)])
        self._rows = row_of[order]
        share = np.asarray([_SHARE[k[0]] for k in codes], dtype=np.float32)
        self._weight = share * np.log1p(len(owners) / np.maximum(counts, 1)).astype(np.float32)
        # Longer names hold more keys by chance: weigh them down gently, as BM25 does.
        size = np.bincount(row_of, minlength=len(owners)).astype(np.float32)
        self._length = 1.0 / (0.6 + 0.4 * size / max(1.0, float(size.mean()))) if len(size) else size

    @classmethod
    def of(cls, scope: Scope) -> Index:
        """The index over a scope's comparable entities. Needs the scope's claims, members and entities."""
        members = scope.table("members")
        entity_of = {
            row["subject"]: row["entity"] for row in scope.run(members.select("subject", "entity")).to_pylist()
        }
        named = scope.table("entities")
        captions = {row["entity"]: row["caption"] for row in scope.run(named.select("entity", "caption")).to_pylist()}
        listings = {p.id: p for p in profiles(scope) if p.comparable}
        held: dict[str, list[Profile]] = {}
        for profile in listings.values():
            held.setdefault(entity_of.get(profile.id, profile.id), []).append(profile)
        return cls([merge(id, parts) for id, parts in sorted(held.items())], captions, listings)

    def match(self, query: Query, limit: int = 5, threshold: float = 0.5) -> list[Hit]:
        """The entities that it may be, most probable first.

        :param limit: at most so many; :param threshold: least probability
        :raises UnknownName: the query's schema is not one of ours
        """
        asked = query.profile()
        return self._judge(asked, self._candidates(asked), limit, threshold)

    def brute(self, query: Query, limit: int = 5, threshold: float = 0.5) -> list[Hit]:
        """The same, comparing with every entity. Slow; the oracle for `match`."""
        return self._judge(query.profile(), range(len(self.entities)), limit, threshold)

    def _candidates(self, asked: Profile) -> list[int]:
        import numpy as np

        best = np.zeros(len(self.entities), dtype=np.float32)
        for row in asked.rows:
            scores = np.zeros(len(self._owner), dtype=np.float32)
            for key in set(_keys(row)):
                code = self._codes.get(key)
                if code is not None:
                    scores[self._rows[self._start[code] : self._start[code + 1]]] += self._weight[code]
            np.maximum.at(best, self._owner, scores * self._length)
        top = np.argsort(-best, kind="stable")[:CANDIDATES]
        found = [int(n) for n in top if best[n] > 0]
        numbered = (n for i in asked.identifiers for n in self._numbers.get(i.key, ())[:CANDIDATES])
        return list(dict.fromkeys([*numbered, *found]))

    def _judge(self, asked: Profile, candidates: Iterable[int], limit: int, threshold: float) -> list[Hit]:
        hits = []
        for n in candidates:
            entity = self.entities[n]
            found = compare(asked, entity, rarity=self.rarity, prior=PRIOR, least=threshold)
            if found.probability >= threshold and found.features and not found.excluded:
                hits.append(self._hit(entity, found))
        hits.sort(key=lambda h: (-h.probability, -h.score, h.id))
        return hits[:limit]

    def _hit(self, entity: Profile, found: Comparison) -> Hit:
        named = found.best[1].named if found.best else None
        return Hit(
            id=entity.id,
            caption=self.captions.get(entity.id) or (entity.names[0].name.text if entity.names else entity.id),
            schema=entity.schema,
            score=found.similarity,
            probability=found.probability,
            match=found.probability >= MATCH,
            referents=entity.subjects,
            entries=tuple(self._entry(s) for s in entity.subjects),
            comparison=found,
            matched=f"{named.subject} {named.property}" if named else "",
        )

    def _entry(self, subject: str) -> Entry:
        numbers: dict[str, list[str]] = {}
        for key, value in self.listings[subject].numbers if subject in self.listings else ():
            numbers.setdefault(key, []).append(value)
        return Entry(subject.partition(":")[0], subject, numbers)
