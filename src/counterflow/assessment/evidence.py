"""What the assessment reads: entities, links, and the records of estimates, measures and events, for one audience.

Invariant: everything comes through the scope, so nothing the audience may not read can influence a figure or a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from counterflow.claims.repetition import known
from counterflow.model.dates import earliest, holds_on, latest
from counterflow.model.handling import Label, combine

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Evidence", "Link", "Record", "Value"]

RECORDS = ("Activity", "Estimate", "Event", "Measure", "Seizure")
"""Schemata whose records are read whole."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a record, with what stands behind it."""

    value: str
    claim_id: str
    source_id: str
    origin: str | None
    reliability: str
    credibility: int
    verified: bool
    stance: str
    label_id: str


@dataclass(frozen=True)
class Record:
    """A record that is not a relationship: estimate, measure, event, activity.

    :param id: its subject
    :param values: property → values in the order of their claims
    """

    id: str
    schema: str
    values: Mapping[str, tuple[Value, ...]]

    def text(self, property: str) -> str:
        """The first value of a property, or empty."""
        found = self.values.get(property, ())
        return found[0].value if found else ""

    def texts(self, property: str) -> list[str]:
        """Every value of a property."""
        return [v.value for v in self.values.get(property, ())]

    def number(self, property: str) -> float | None:
        """The first value of a property as a number; None where there is none."""
        try:
            return float(self.text(property))
        except ValueError:
            return None

    @property
    def start(self) -> str | None:
        """When it began or happened: a partial date."""
        return self.text("startDate") or self.text("date") or None

    @property
    def end(self) -> str | None:
        """When it ended: a partial date, or None."""
        return self.text("endDate") or None

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Every claim of the record, sorted."""
        return tuple(sorted(v.claim_id for values in self.values.values() for v in values))

    @property
    def label_ids(self) -> tuple[str, ...]:
        """Labels of its claims, sorted."""
        return tuple(sorted({v.label_id for values in self.values.values() for v in values}))

    @property
    def code(self) -> str:
        """Its id without the dataset: what the property ``activity`` of other records names."""
        return self.id.partition(":")[2]

    @property
    def first(self) -> Value:
        """A claim that stands for the record's source and grade: that of its name, else the first there is."""
        return (self.values.get("name") or next(iter(self.values.values())))[0]


@dataclass(frozen=True)
class Link:
    """One asserted relationship; columns as in `storage.tables.LINKS`, with the activity it names."""

    id: str
    schema: str
    source: str
    target: str
    role: str
    start: str | None
    end: str | None
    amount: float | None
    currency: str
    stance: str
    verified: bool
    reliability: str
    credibility: int
    origins: int
    conflict: str
    claim_ids: tuple[str, ...]
    label_ids: tuple[str, ...]
    activity: str

    @property
    def asserted(self) -> bool:
        """Whether somebody says so, rather than denies or doubts it."""
        return self.stance == "asserts"

    @property
    def grade(self) -> str:
        """The best Admiralty grade among its claims."""
        return f"{self.reliability}{self.credibility}"


class Evidence:
    """Loaded once from a scope; lookups are by canonical id.

    :param as_of: partial date: links are those that held then, estimates and events those up to then. None: all that
        is known; a link whose end is stated has ended. It is what held then *as known now*: sources that were
        published later still count.
    :param published_by: partial date: only what sources say that were surely published by then; a source without a
        date is none of them. None: every source
    """

    def __init__(self, scope: Scope, as_of: str | None = None, published_by: str | None = None) -> None:
        self.scope = scope
        self.as_of = as_of
        self.published_by = published_by
        rows = scope.run(scope.table("entities").order_by("entity")).to_pylist()
        self.entities: dict[str, dict[str, Any]] = {row["entity"]: row for row in rows}
        self.canonical = {ref: row["entity"] for row in rows for ref in (row["referents"] or [row["entity"]])}
        self.records = _records(scope)
        self.links = self._links()
        if published_by is not None:
            self._freeze(published_by)

    def _links(self) -> list[Link]:
        claims = self.scope.table("claims")
        named = claims.filter(claims.property == "activity").select("subject", "value").order_by("subject", "value")
        activity = {row["subject"]: row["value"] for row in self.scope.run(named).to_pylist()}
        rows = self.scope.run(self.scope.table("links").order_by("link", "source", "target")).to_pylist()
        return [
            Link(
                id=row["link"], schema=row["schema"], source=row["source"], target=row["target"],
                role=row["role"] or "", start=row["start"], end=row["end"], amount=row["amount"],
                currency=row["currency"] or "", stance=row["stance"] or "asserts", verified=bool(row["verified"]),
                reliability=row["reliability"] or "F", credibility=row["credibility"] or 6,
                origins=row["origins"] or 1, conflict=row["conflict"] or "",
                claim_ids=tuple(row["claim_ids"] or ()), label_ids=tuple(row["label_ids"] or ()),
                activity=activity.get(row["link"], ""),
            )
            for row in rows
        ]  # fmt: skip

    def _freeze(self, day: str) -> None:
        """Leave out what sources say that were not surely published by a day; links keep the claims that remain."""
        early = {
            id
            for id, row in self.sources.items()
            if row["date_published"] and latest(row["date_published"]) <= latest(day)
        }
        said = {id: row["source_id"] for id, row in self.claims(i for x in self.links for i in x.claim_ids).items()}
        kept = ((x, tuple(i for i in x.claim_ids if said.get(i) in early)) for x in self.links)
        self.links = [replace(x, claim_ids=ids) for x, ids in kept if ids]
        frozen = (
            (r, {name: tuple(v for v in values if v.source_id in early) for name, values in r.values.items()})
            for r in self.records
        )
        self.records = [replace(r, values={k: v for k, v in vs.items() if v}) for r, vs in frozen if any(vs.values())]

    def holds(self, link: Link) -> bool:
        """Whether the link is asserted and in force on the date asked for."""
        if not link.asserted:
            return False
        if self.as_of is None:
            return link.end is None
        return holds_on(link.start, link.end, self.as_of)

    def had_begun(self, record: Record) -> bool:
        """Whether the record's date is not after the date asked for; a record without a date counts."""
        return self.as_of is None or record.start is None or earliest(record.start) <= latest(self.as_of)

    def of(self, *schemata: str) -> list[Record]:
        """Records of these schemata, by id."""
        return [r for r in self.records if r.schema in schemata]

    def caption(self, id: str) -> str:
        """The name to print of an entity, by any of its ids."""
        row = self.entities.get(self.canonical.get(id, id))
        return str(row["caption"]) if row else id

    def topics(self, id: str) -> frozenset[str]:
        """FollowTheMoney topics of an entity."""
        row = self.entities.get(id)
        return frozenset(row["topics"] or ()) if row else frozenset()

    def schema(self, id: str) -> str:
        """Schema of an entity, or empty."""
        row = self.entities.get(id)
        return str(row["schema"]) if row else ""

    def root(self, origin: str) -> str:
        """The origin that an origin itself repeats, as far as it is stated or was found."""
        row = self.repeated.get(origin)
        return str(row["repeats"]) if row else origin

    def origin(self, subject: str, source: str, stated: str | None) -> str:
        """Where a claim comes from. :param stated: its own origin, where it states one"""
        row = self.repeated.get(subject) if stated is None else None
        return str(row["repeats"]) if row else self.root(stated or source)

    def copied(self, record: Record) -> Record | None:
        """The record that another merely repeats, where that one may be read too."""
        row = self.repeated.get(record.id)
        return next((r for r in self.records if row and r.id == row["record"]), None)

    def handling(self, label_ids: Iterable[str]) -> Label:
        """The marking of something made from records with these labels."""
        known = self.scope.labels()
        return combine(known[i] for i in sorted(set(label_ids)) if i in known)

    def about(self, entity: str, properties: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """Claims about an entity, from every record that is it, by property; best grade first."""
        row = self.entities[entity]
        wanted = list(properties)
        claims = self.scope.table("claims")
        ours = claims.subject.isin(sorted(row["referents"] or [entity]))
        found = self.scope.run(claims.filter(ours & claims.property.isin(wanted))).to_pylist()
        grouped: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
        for claim in sorted(found, key=lambda c: (c["credibility"], c["reliability"], c["locator"], c["claim_id"])):
            grouped[claim["property"]].append(claim)
        return grouped

    def claims(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Rows of these claims, by id."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        claims = self.scope.table("claims")
        found = self.scope.run(claims.filter(claims.claim_id.isin(wanted)))
        return {row["claim_id"]: row for row in found.to_pylist()}

    @cached_property
    def repeated(self) -> dict[str, dict[str, Any]]:
        """Rows of the origins table, by what repeats."""
        return {row["of"]: row for row in known(self.scope).to_pylist()}

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """The latest row of the sources table of each, by id."""
        rows = self.scope.run(self.scope.table("sources").order_by("source_id", "recorded_at", "label_id")).to_pylist()
        return {row["source_id"]: row for row in rows}


def _records(scope: Scope) -> list[Record]:
    claims = scope.table("claims")
    wanted = claims.filter(claims["schema"].isin(RECORDS)).order_by("subject", "property", "value", "claim_id")
    grouped: dict[tuple[str, str], dict[str, list[Value]]] = {}
    for row in scope.run(wanted).to_pylist():
        properties = grouped.setdefault((row["subject"], row["schema"]), {})
        properties.setdefault(row["property"], []).append(
            Value(
                value=row["value"], claim_id=row["claim_id"], source_id=row["source_id"] or "",
                origin=row["origin"], reliability=row["reliability"] or "F",
                credibility=row["credibility"] or 6, verified=row["verified"] is not False,
                stance=row["stance"] or "asserts", label_id=row["label_id"],
            )
        )  # fmt: skip
    return [
        Record(id, schema, {name: tuple(values) for name, values in properties.items()})
        for (id, schema), properties in sorted(grouped.items())
    ]
