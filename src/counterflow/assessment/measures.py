"""Measures: kinds of measure applied to the targets that a flow shows, and what states have already done.

A *kind* (`counterflow.assessment.kinds`, or a plug-in) says what it is laid on: a node, an activity, a use, a ship, a
whole country. Applied to a flow it becomes *measures*, each with the arcs it hits. A
collective (the dummy companies) cannot be designated; its named members can, and each is taken to carry an equal share
of the collective, one share more being left for those nobody has named.

Measures of the record (resolutions, orders, listings) are in the catalogue as *historic*, with the date they began:
a plan may be made to hold them, but they are not offered as something new to decide.

Every cost, delay, success and effect here is an assumption, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.assessment.evidence import Evidence, Record
from counterflow.assessment.figures import assumptions
from counterflow.assessment.interdiction import Action
from counterflow.assessment.kinds import Kind
from counterflow.assessment.money_flow import MoneyFlow
from counterflow.assessment.own_measures import read
from counterflow.model.values import country_name

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Measure", "agencies", "as_actions", "catalogue", "kinds"]


@dataclass(frozen=True)
class Measure:
    """Something that can be done, or was. :param hits: arc id → share of its flow that it stops when it succeeds"""

    id: str
    title: str
    kind: Kind
    targets: tuple[tuple[str, str], ...]
    hits: Mapping[str, float]
    authority: str
    agency: str
    date: str | None = None
    end_date: str | None = None
    jurisdiction: str = ""
    historic: bool = False
    claim_ids: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = field(default=(), repr=False)
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """An entry of ``GET /api/measures``."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind.name,
            "authority": self.authority,
            "agency": self.agency,
            "legal_basis": self.kind.legal_basis if not self.historic else self.title,
            "date": self.date,
            "end_date": self.end_date,
            "cost": self.kind.cost,
            "delay_days": self.kind.delay_days,
            "collateral": self.kind.collateral,
            "success": self.kind.success,
            "effects": {arc: self.hits[arc] for arc in sorted(self.hits)},
            "arcs": sorted(self.hits),
            "targets": [{"id": id, "caption": caption} for id, caption in self.targets],
            "jurisdiction": self.jurisdiction,
            "historic": self.historic,
            "claim_ids": list(self.claim_ids),
            "assumption": True,
            "note": self.note or self.kind.note,
        }


def kinds() -> tuple[Kind, ...]:
    """Every kind there is, built-in or plug-in, by name; a workspace may change them (`own_measures`)."""
    return tuple(registry.get("measures", name) for name in registry.names("measures"))


def catalogue(scope: Scope, flow: MoneyFlow) -> list[Measure]:
    """Every measure on this flow, historic ones last; those that hit no arc are left out unless they are historic."""
    return catalogue_from(Evidence(scope, flow.as_of), flow)


def catalogue_from(evidence: Evidence, flow: MoneyFlow) -> list[Measure]:
    """`catalogue` for evidence already loaded."""
    own = read(evidence.scope.measures, kinds())
    board = _Board(evidence, flow, own.over(kinds()))
    new = [own.priced(m) for kind in board.kinds for m in board.apply(kind) if m.hits]
    past = [board.historic(r) for r in evidence.of("Measure") if r.first.stance == "asserts" and evidence.had_begun(r)]
    return [*sorted(new, key=lambda m: m.id), *sorted(past, key=lambda m: (m.date or "", m.id))]


def agencies(measures: Iterable[Measure]) -> list[str]:
    """Who can be asked to act, by name."""
    return sorted({m.agency for m in measures})


def as_actions(measures: Iterable[Measure], flow: MoneyFlow) -> list[Action]:
    """The measures as the solver takes them."""
    number = {arc.id: i for i, arc in enumerate(flow.arcs)}
    return [
        Action(
            name=m.id,
            cost=m.kind.cost,
            arcs=tuple(number[a] for a in sorted(m.hits) if a in number),
            effect=tuple(m.hits[a] for a in sorted(m.hits) if a in number),
            success=m.kind.success,
            agency=m.agency,
            collateral=m.kind.collateral,
        )
        for m in measures
    ]


class _Board:
    """Where on a flow a kind can be laid."""

    def __init__(self, evidence: Evidence, flow: MoneyFlow, kinds: list[Kind]) -> None:
        self.kinds = kinds
        self.evidence = evidence
        self.flow = flow
        self.out: dict[str, list[str]] = {}
        self.into: dict[str, list[str]] = {}
        for arc in flow.arcs:
            self.out.setdefault(arc.source, []).append(arc.id)
            self.into.setdefault(arc.target, []).append(arc.id)
        self.members: dict[str, list[str]] = {}
        for link in evidence.links:
            if link.schema == "Membership" and evidence.holds(link):
                self.members.setdefault(link.target, []).append(link.source)
        self.code = {r.id: r.code for r in evidence.of("Activity")}
        self.handling = {r.code for r in evidence.of("Activity") if "handling" in r.texts("keywords")}
        self.home = self._countries(flow.box) if flow.box else set()

    def apply(self, kind: Kind) -> Iterator[Measure]:
        """Every measure of a kind that this flow allows."""
        lay = {"node": self._nodes, "activity": self._activities, "use": self._uses, "ship": self._ships,
               "country": self._states}  # fmt: skip
        for target, caption, hits, jurisdiction in lay[kind.laid_on](kind):
            yield Measure(
                id=f"{kind.name}:{target}",
                title=kind.title.format(target=caption),
                kind=kind,
                targets=((target, caption),) if kind.laid_on != "country" else (),
                hits=hits,
                authority=kind.authority,
                agency=kind.agency,
                jurisdiction=jurisdiction,
            )

    def _nodes(self, kind: Kind) -> Iterator[tuple[str, str, dict[str, float], str]]:
        for node in self.flow.nodes:
            if node.entity is None or node.layer not in kind.layers:
                continue
            members = [] if kind.collective else self._named(node.id)
            if not members and self._fits(kind, node.id) and (kind.collective or not self._is_collective(node.id)):
                hits = dict.fromkeys(self.out.get(node.id, ()), kind.effect)
                yield node.id, node.caption, hits, self._where(node.id)
            for member in members:
                if self._fits(kind, member) or (self._fits(kind, node.id) and not kind.abroad):
                    share = kind.effect / (len(members) + 1)
                    hits = dict.fromkeys(self.out.get(node.id, ()), share)
                    yield member, self.evidence.caption(member), hits, self._where(member)

    def _named(self, node: str) -> list[str]:
        """Members of a collective that are companies or bodies: persons are not offered as targets."""
        return sorted(
            m
            for m in dict.fromkeys(self.members.get(node, ()))
            if self.evidence.schema(m) != "Person" and m not in self.flow.index
        )

    def _is_collective(self, node: str) -> bool:
        return bool(self.members.get(node)) or "(collective)" in self.evidence.caption(node)

    def _fits(self, kind: Kind, entity: str) -> bool:
        if kind.abroad and self._countries(entity) and self._countries(entity) <= self.home:
            return False
        return not kind.topics or bool(self.evidence.topics(entity) & set(kind.topics))

    def _activities(self, kind: Kind) -> Iterator[tuple[str, str, dict[str, float], str]]:
        for node in self.flow.nodes:
            if node.layer == "activity" and self.code.get(node.id) in kind.activities:
                yield node.id, node.caption, dict.fromkeys(self.out.get(node.id, ()), kind.effect), ""

    def _uses(self, kind: Kind) -> Iterator[tuple[str, str, dict[str, float], str]]:
        """Uses whose supply a cap limits: those paid under one of the kind's activities."""
        spent = {(x.source, x.target) for x in self.evidence.links if x.activity in kind.activities}
        for node in self.flow.nodes:
            paid = [arc for arc in self.flow.arcs if arc.target == node.id and (arc.source, node.id) in spent]
            if node.layer == "use" and paid:
                yield node.id, node.caption, {arc.id: kind.effect for arc in paid}, ""

    def _ships(self, kind: Kind) -> Iterator[tuple[str, str, dict[str, float], str]]:
        """Ships that claims tie to an activity or an operator of the flow; each carries an equal share."""
        carriers: dict[str, set[str]] = {}
        for link in self.evidence.links:
            if not link.asserted:
                continue
            for ship, other in ((link.source, link.target), (link.target, link.source)):
                if self.evidence.schema(ship) == "Vessel" and other in self.flow.index:
                    carriers.setdefault(other, set()).add(ship)
        hits: dict[str, dict[str, float]] = {}
        for node, ships in sorted(carriers.items()):
            for ship in sorted(ships):
                for arc in self.out.get(node, ()):
                    hits.setdefault(ship, {})[arc] = kind.effect / (len(ships) + 1)
        for ship, arcs in sorted(hits.items()):
            yield ship, self.evidence.caption(ship), arcs, self._where(ship)

    def _states(self, kind: Kind) -> Iterator[tuple[str, str, dict[str, float], str]]:
        hits: dict[str, dict[str, float]] = {}
        for node in self.flow.nodes:
            if node.layer == "channel":
                for country in self._countries(node.id) - self.home:
                    hits.setdefault(country, {}).update(dict.fromkeys(self.out.get(node.id, ()), kind.effect))
        for country, arcs in sorted(hits.items()):
            yield country, country_name(country), arcs, country

    def _countries(self, entity: str) -> set[str]:
        row = self.evidence.entities.get(entity)
        return set(row["countries"] or ()) if row else set()

    def _where(self, entity: str) -> str:
        return ", ".join(sorted(self._countries(entity) - self.home or self._countries(entity)))

    # -- what was done -------------------------------------------------------------------------------------------

    def historic(self, record: Record) -> Measure:
        """A measure of the record: of the kind its words say, hitting what it names."""
        kind = _kind_of(record, self.kinds)
        aims = [self.evidence.canonical.get(t, t) for t in record.texts("targetEntity")]
        hits: dict[str, float] = {}
        for aim in aims:
            self._hit(hits, aim, kind.effect)
        for node in self.flow.nodes:
            if node.layer == "activity" and self.code.get(node.id) in record.texts("activity"):
                for arc in self.out.get(node.id, ()):
                    hits[arc] = max(hits.get(arc, 0.0), kind.effect / 2)
        handled = self.handling & set(record.texts("activity")) or {"bank", "business"} & set(record.texts("keywords"))
        if handled and not any("gov.national" not in self.evidence.topics(a) for a in aims):
            self._hit_channels(hits, record, kind.effect)
        return Measure(
            id=self.evidence.canonical.get(record.id, record.id),
            title=record.text("name") or record.id,
            kind=kind,
            targets=tuple((a, self.evidence.caption(a)) for a in sorted(set(aims))),
            hits=hits,
            authority=record.text("authority"),
            agency=record.text("authority"),
            date=record.start,
            end_date=record.end,
            jurisdiction=record.text("scope") or ", ".join(sorted(record.texts("jurisdiction"))),
            historic=True,
            claim_ids=record.claim_ids,
            label_ids=record.label_ids,
            note=record.text("summary"),
        )

    def _hit_channels(self, hits: dict[str, float], record: Record, effect: float) -> None:
        """A measure against handling money that names no party: half its effect on the channels of the states it
        binds; a quarter on every channel where it binds all states, or one that clears the currency."""
        channels = [n.id for n in self.flow.nodes if n.layer == "channel"]
        binds = set(record.texts("jurisdiction"))
        bound = [n for n in channels if self._countries(n) & binds]
        if not bound and binds and not binds & set(assumptions()["clearing"]):
            return
        share = effect / 2 if bound else effect / 4
        for node in bound or channels:
            for arc in self.out.get(node, ()):
                hits[arc] = max(hits.get(arc, 0.0), share)

    def _hit(self, hits: dict[str, float], aim: str, effect: float) -> None:
        """Arcs that a target carries: its own, or its share of the collective it belongs to."""
        if aim in self.flow.index and aim != self.flow.box:
            for arc in self.out.get(aim, ()):
                hits[arc] = max(hits.get(arc, 0.0), effect)
        for collective, members in self.members.items():
            if aim in members and collective in self.flow.index:
                for arc in self.out.get(collective, ()):
                    hits[arc] = max(hits.get(arc, 0.0), effect / (len(set(members)) + 1))


def _kind_of(record: Record, known: list[Kind]) -> Kind:
    """The kind whose word stands earliest in the name; else in what it does; else an export ban."""
    for property in ("name", "summary"):
        text = record.text(property).lower()
        found = [(text.index(word), kind.name, kind) for kind in known for word in kind.words if word in text]
        if found:
            return min(found, key=lambda f: f[:2])[2]
    return next(kind for kind in known if kind.name == "export_ban")
