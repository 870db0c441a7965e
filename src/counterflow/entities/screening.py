"""Screening: who on the lists might this be?

A `Screener` answers from a columnar index: it looks up the parties worth comparing (`counterflow.entities.lookup`),
compares those in full, and keeps what reaches the threshold. Names are looked up one by one, so an entity's many
aliases neither help nor hinder its other names. With ``exhaustive=True`` it compares with everybody: the oracle that
recall is measured against. One question or many get the same answers; many share what is worked out once.

A hit never says more than the evidence: same name and nothing else known stays visibly below a confirmed match.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.entities.agreement import SPELT
from counterflow.entities.evidence import naming, particulars
from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.entities.evidence.weights import screening
from counterflow.entities.names import kind_of
from counterflow.entities.profile import DETAILS, Profile, build, merge, profiles
from counterflow.entities.scoring import Comparison, compare, compatible
from counterflow.entities.stored import pack, unpack

if TYPE_CHECKING:
    from counterflow.entities.index import Index
    from counterflow.entities.lookup import Hope
    from counterflow.entities.rarity import Rarity
    from counterflow.entities.shapes import Ints
    from counterflow.storage.ports import Scope

__all__ = ["Entry", "Hit", "Screener", "judge", "write"]

SLACK = 0.01
"""Log-odds by which evidence may tell more than looking it up could see: the arithmetic is not quite the same."""

AT_ONCE = 256
"""Questions of a batch whose words are looked up together."""

KEPT = 4_000
"""Profiles kept once they were compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing behind a hit. :param subject: ``dataset:id``; :param numbers: the publisher's own, by property"""

    dataset: str
    subject: str
    numbers: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer.

    :param id: canonical id; :param score: likeness of the names, 0 to 1; :param probability: that it is the same party
    :param match: the verdict is ``match``, see `verdicts`; :param comparison: the evidence
    :param labels: ids of the labels of all that is known of it
    """

    id: str
    caption: str
    schema: str
    score: float
    probability: float
    match: bool
    referents: tuple[str, ...]
    entries: tuple[Entry, ...]
    comparison: Comparison
    labels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what `screen --json` prints for a hit."""
        entries = [{"dataset": e.dataset, "subject": e.subject, **e.numbers} for e in self.entries]
        return {
            "id": self.id,
            "caption": self.caption,
            "schema": self.schema,
            "score": round(self.score, 4),
            "probability": round(self.probability, 4),
            "match": self.match,
            "referents": list(self.referents),
            "entries": entries,
            "explanation": self.comparison.explanation(),
        }


class Screener:
    """Answers who somebody might be, from one index; several threads may ask, one is answered at a time.

    ``Screener.over(profiles)`` holds its index in memory; ``Screener.open(folder)`` maps one that `write` left there.

    :param rarity: to weigh names by; None: of the words among the entities
    """

    def __init__(self, index: Index, rarity: Rarity | None = None) -> None:
        from counterflow.entities.lookup import Lookup

        self.index = index
        self.rarity = rarity or index.rarity
        self._lookup = Lookup(index, self.rarity)
        self._profiles: dict[int, tuple[Profile, Mapping[str, Any]]] = {}
        self._allowed: dict[str, Ints] = {}
        self._lock = threading.Lock()

    @classmethod
    def over(cls, entities: Iterable[Profile]) -> Screener:
        """A screener over profiles, each its own entity."""
        from counterflow.entities.index import Builder

        builder = Builder()
        for profile in entities:
            builder.add(profile, pack(profile))
        return cls(builder.index())

    @classmethod
    def open(cls, folder: Path) -> Screener:
        """The one that `write` left in a folder."""
        from counterflow.entities.index import Index

        return cls(Index.open(folder))

    def __len__(self) -> int:
        return self.index.entities

    def screen(
        self, asked: Profile, limit: int = 5, threshold: float = SHOWN, *, exhaustive: bool = False
    ) -> list[Hit]:
        """The entities that it may be, most probable first.

        :param limit: at most so many; :param threshold: least probability
        :param exhaustive: compare with every entity, however unlike: slow, and proof of what `lookup` finds
        """
        hits = []
        with self._lock:
            for n in range(len(self)) if exhaustive else self.candidates(asked, threshold):
                entity, beside = self.entity(n)
                if hit := judge(asked, entity, beside, self.rarity, threshold):
                    hits.append(hit)
        hits.sort(key=lambda h: (-h.probability, -h.score, h.id))
        return hits[:limit]

    def screen_many(
        self, asked: Iterable[Profile], limit: int = 5, threshold: float = SHOWN, *, exhaustive: bool = False
    ) -> Iterator[list[Hit]]:
        """Each one's hits, in order, as `screen` gives them; some are read ahead."""
        waiting = iter(asked)
        while some := list(itertools.islice(waiting, AT_ONCE)):
            with self._lock:
                self._lookup.prepare(*some)
            for profile in some:
                yield self.screen(profile, limit, threshold, exhaustive=exhaustive)

    def candidates(self, asked: Profile, threshold: float = SHOWN, *, near: bool = False) -> list[int]:
        """Entities whose evidence may reach the threshold, by their number in the index, most promising first.

        :param near: those whose names are near as strings too, whatever the evidence
        """
        hope = _hope(asked, threshold, self.rarity, self.index.schemata)
        return self._lookup.candidates(asked, self._compatible(asked.schema), hope, near=near)

    def entity(self, n: int) -> tuple[Profile, Mapping[str, Any]]:
        """The *n*-th entity, and what was kept beside it: caption, labels, its subjects' own numbers."""
        found = self._profiles.get(n)
        if found is None:
            found = unpack(self.index.packed(n))
            if len(self._profiles) >= KEPT:
                self._profiles.clear()
            self._profiles[n] = found
        return found

    def _compatible(self, schema: str) -> Ints:
        import numpy as np

        if schema not in self._allowed:
            self._allowed[schema] = np.array([compatible(schema, other) for other in self.index.schemata], bool)
        return self._allowed[schema]


def write(scope: Scope, folder: Path, as_of: str | None = None, without: Collection[str] = ()) -> None:
    """Make the index of a scope's comparable entities as files. Needs the scope's claims, members and entities.

    :param as_of: partial ISO date: claims that may have held then; None: all claims
    :param without: canonical ids of entities to leave out
    """
    from counterflow.entities.index import Builder

    with (folder / "told.part").open("wb") as stream:
        builder = Builder(stream)
        for profile, beside in _parties(scope, as_of):
            if profile.id not in without:
                builder.add(profile, pack(profile, **beside))
        builder.index().save(folder)
    (folder / "told.part").unlink()
    screener = Screener.open(folder)
    if len(screener):  # so that kernels are compiled before somebody waits for an answer
        screener.screen(screener.entity(0)[0])


def _parties(scope: Scope, as_of: str | None) -> Iterator[tuple[Profile, dict[str, Any]]]:
    members = scope.run(scope.table("members").select("subject", "entity")).to_pylist()
    entity_of = {row["subject"]: row["entity"] for row in members}
    table = scope.table("entities").select("entity", "caption", "label_ids")
    known = {row["entity"]: row for row in scope.run(table).to_pylist()}
    held: dict[str, list[Profile]] = {}
    for profile in profiles(scope, as_of):
        if profile.comparable:
            held.setdefault(entity_of.get(profile.id, profile.id), []).append(profile)
    for id in sorted(held):
        told = known.get(id, {})
        listings = {p.id: p.numbers for p in held[id] if p.numbers}
        beside = {"caption": told.get("caption"), "labels": told.get("label_ids"), "listings": listings}
        yield merge(id, held[id]), beside


def _hope(asked: Profile, threshold: float, rarity: Rarity, schemata: tuple[str, ...]) -> Hope:
    """What the evidence has to reach, and what each part of it can tell at most.

    What the rest can tell is asked of the scoring itself, by comparing parties of which nothing else is known.
    """
    import numpy as np

    from counterflow.entities.index import gender_code
    from counterflow.entities.lookup import Hope

    least = math.log(threshold / (1 - threshold)) if 0 < threshold < 1 else math.inf if threshold else -math.inf
    legal = naming.LEGAL if any(row.form.legal for row in asked.rows) else 0.0
    countries = np.zeros(3)
    if asked.countries:
        countries[1:] = _apart(asked.kind)
        countries[0] = max(map(rarity.country, asked.countries)) * screening().scale.get("country", 1.0)
    details = np.zeros(len(DETAILS))
    for name in asked.detail:
        details[DETAILS.index(name)] = particulars.MOST[name] * screening().scale.get(name, 1.0)
    return Hope(
        least - screening().prior - SLACK - legal,
        _by_years(asked.schema, tuple(sorted({len(d) for d in asked.dates}))),
        countries,
        _by_gender(gender_code(asked)),
        details,
        _names_table(asked.kind, schemata),
    )


@cache
def _names_table(kind: str, schemata: tuple[str, ...]) -> Ints:
    """See `counterflow.entities.lookup.Hope.names`."""
    import numpy as np

    table = np.zeros((len(schemata), 11))
    for n, schema in enumerate(schemata):
        both = kind_of(schema) if kind == "any" else kind
        weights = screening().name[both]
        if weights.likeness:  # which is not worked out when names are looked up
            table[n] = [0.0, weights.top, 0.0, 0.0, 0.0, weights.top, 1.0, 1.0, 0.0, 0.0, 0.0]
        else:
            body = both == "body"
            table[n] = [
                weights.agreed, weights.whole, weights.left, weights.late, weights.against, weights.most,
                weights.lookalike if body else 1.0, 1.0 if body else naming.ONE_WORD, SPELT, weights.loose,
                naming.LOOSE,
            ]  # fmt: skip
    return table


def _told(feature: str, kind: str, left: Mapping[str, list[str]], right: Mapping[str, list[str]]) -> float:
    """What a feature of two parties tells of which nothing else is known."""
    schema = next(s for s in _SCHEMATA if kind_of(s) == kind)
    one, two = (build("", schema, {"name": ["nobody"], **told}) for told in (left, right))
    return sum(f.weight for f in compare(one, two).features if f.feature == feature)


@cache
def _apart(kind: str) -> tuple[float, float]:
    """What countries tell of which none is shared, at most, and where both are nationalities."""
    kinds = [kind_of(s) for s in _SCHEMATA] if kind == "any" else [kind]
    ways = ("country", "nationality")
    found = [max(_told("country", k, {way: ["fr"]}, {way: ["jp"]}) for k in kinds) for way in ways]
    return found[0], found[1]


@cache
def _by_gender(code: int) -> Ints:
    import numpy as np

    genders = ("", "male", "female", "other")
    given = [{"gender": [gender]} if gender else {} for gender in genders]
    return np.array([_told("gender", "person", given[code], other) for other in given])


@cache
def _by_years(schema: str, lengths: tuple[int, ...]) -> Ints:
    """Log-odds that a date can tell at most, by the years two dates are apart. :param lengths: of the dates as text"""
    import numpy as np

    from counterflow.entities.lookup import FAR

    most = np.full(FAR + 1, -np.inf, np.float32)
    full, days = "2000-05-17", ("", "~", "-05", "-05-17", "-05-18", "-07-05", "-11-29")
    for kind in {schema, *_SCHEMATA} if kind_of(schema) == "any" else {schema}:
        for length in lengths:
            asked = build("", kind, {"name": ["nobody"], _DATE[kind_of(kind)]: [_ASKED.get(length, full[:length])]})
            for apart in range(FAR + 1):
                for day in days:
                    other = build("", kind, {"name": ["nobody"], _DATE[kind_of(kind)]: [f"{2000 + apart}{day}"]})
                    told = [f.weight for f in compare(asked, other).features if f.feature == "date"]
                    most[apart] = max(most[apart], *told, -np.inf)
    most[most == -np.inf] = 0.0
    return np.maximum.accumulate(most[::-1])[::-1].copy()


_SCHEMATA = ("Person", "Organization", "Vessel", "LegalEntity")
_ASKED = {5: "2000~"}
_DATE = {"person": "birthDate", "any": "birthDate", "body": "incorporationDate", "ship": "buildDate"}


def judge(asked: Profile, entity: Profile, beside: Mapping[str, Any], rarity: Rarity, threshold: float) -> Hit | None:
    """The hit that an entity makes, None where it does not reach the threshold. :param beside: see `Screener.entity`"""
    found = compare(asked, entity, rarity=rarity, least=threshold, weights=screening())
    if found.probability < threshold or not found.features or found.excluded:
        return None
    return _hit(entity, beside, found)


def _hit(entity: Profile, beside: Mapping[str, Any], found: Comparison) -> Hit:
    listings = beside.get("listings", {})
    return Hit(
        id=entity.id,
        caption=beside.get("caption") or (entity.names[0].name.text if entity.names else entity.id),
        schema=entity.schema,
        score=found.similarity,
        probability=found.probability,
        match=found.verdict == "match",
        referents=entity.subjects,
        entries=tuple(_entry(subject, listings.get(subject, ())) for subject in entity.subjects),
        comparison=found,
        labels=tuple(beside.get("labels") or ()),
    )


def _entry(subject: str, told: Iterable[Sequence[str]]) -> Entry:
    numbers: dict[str, list[str]] = {}
    for key, value in told:
        numbers.setdefault(key, []).append(value)
    return Entry(subject.partition(":")[0], subject, numbers)
