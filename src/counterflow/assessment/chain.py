"""The route of the money as claims tell it: activity → operator → front or bank → cash-box → use.

Read from the links that hold on the date asked for:

* what pays the cash-box, and what pays those (`Payment`), as far back as it goes
* who takes part in an activity that earns (`ProjectParticipant`, or another link to an Activity)
* what the cash-box pays, and what those pay

A participant whose money no payment is traced for is sent on by the next best claim: a bank that acts for it, a front
or bank group it belongs to, control by the cash-box. Where there is none, the route is *assumed*, is marked so, and
carries no claim. A collective (the elites) gives way to its members where those are paid too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from counterflow.assessment.evidence import Evidence, Link, Record
from counterflow.assessment.figures import assumptions

__all__ = ["SEIZED", "UNACCOUNTED", "UNATTRIBUTED", "Chain", "Node", "Route", "cash_box", "ordered", "trace"]

UNATTRIBUTED = "unattributed"
"""Source of what a total says beyond the activities."""
UNACCOUNTED = "unaccounted"
"""Where money goes that no claim follows."""
SEIZED = "seized"
"""Where money ends that was taken before it reached the cash-box."""


@dataclass(frozen=True)
class Node:
    """:param layer: activity, operator, channel, cashbox or use; :param entity: canonical id, None for a remainder"""

    id: str
    caption: str
    layer: str
    entity: str | None


@dataclass(frozen=True)
class Route:
    """Money goes from one node to another. :param links: claims' links that say so; none: the route is assumed;
    :param why: in words, what the route rests on"""

    source: str
    target: str
    links: tuple[Link, ...]
    why: str


@dataclass
class Chain:
    """Nodes in the order of the flow, and routes between them."""

    box: str
    nodes: dict[str, Node] = field(default_factory=dict)
    routes: dict[tuple[str, str], Route] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    untraced: dict[str, list[str]] = field(default_factory=dict)

    def add(self, source: str, target: str, links: Iterable[Link], why: str) -> None:
        """A route, or further links for one that is there."""
        old = self.routes.get((source, target))
        found = {link.id: link for link in (*(old.links if old else ()), *links)}
        self.routes[source, target] = Route(
            source, target, tuple(found[i] for i in sorted(found)), old.why if old else why
        )


def cash_box(evidence: Evidence, about: str = "") -> str | None:
    """The entity the assessment is about: the one named, else the one that claims tie to most earning activities."""
    if about:
        return evidence.canonical.get(about)
    earning = {r.id for r in evidence.of("Activity") if "income" in r.texts("keywords")}
    ties: dict[str, set[str]] = {}
    for link in evidence.links:
        if link.asserted and link.target in earning:
            ties.setdefault(link.source, set()).add(link.target)
    paid = {link.target for link in evidence.links if link.schema == "Payment" and link.asserted}
    ranked = sorted(((len(what), who) for who, what in ties.items() if who in paid), key=lambda t: (-t[0], t[1]))
    return ranked[0][1] if ranked else None


def trace(evidence: Evidence, box: str, with_figure: frozenset[str] = frozenset()) -> Chain:
    """The chain through a cash-box.

    :param with_figure: codes of activities that a usable figure speaks of
    """
    return _Tracer(evidence, box).trace(with_figure)


class _Tracer:
    def __init__(self, evidence: Evidence, box: str) -> None:
        self.evidence = evidence
        self.box = box
        self.chain = Chain(box)
        self.live = [link for link in evidence.links if evidence.holds(link) and link.source != link.target]
        self.payments = [link for link in self.live if link.schema == "Payment"]
        self.members: dict[str, set[str]] = {}
        self.groups: dict[str, list[Link]] = {}
        for link in self.live:
            if link.schema == "Membership":
                self.members.setdefault(link.target, set()).add(link.source)
                self.groups.setdefault(link.source, []).append(link)
        self.owned = self._owned()

    def trace(self, with_figure: frozenset[str]) -> Chain:
        chain = self.chain
        chain.nodes[self.box] = Node(self.box, self.evidence.caption(self.box), "cashbox", self.box)
        upstream = self._upstream()
        uses = self._uses(upstream)
        operators = self._activities(upstream, with_figure)
        for id in upstream:
            layer = "operator" if id in operators else "channel"
            chain.nodes[id] = Node(id, self.evidence.caption(id), layer, id)
        for id in sorted(operators - set(upstream)):
            chain.nodes.setdefault(id, Node(id, self.evidence.caption(id), "operator", id))
            self._onward(id, upstream)
        self._drop_dead_ends()
        for id, layer in uses.items():
            chain.nodes[id] = Node(id, self.evidence.caption(id), layer, id)
        return chain

    def _owned(self) -> dict[str, list[Link]]:
        """Entities the cash-box controls, directly or through others, with the links that say so."""
        owned: dict[str, list[Link]] = {self.box: []}
        queue = [self.box]
        for holder in queue:
            for link in self.live:
                if link.schema in ("Control", "Ownership") and link.source == holder and link.target not in owned:
                    owned[link.target] = [*owned[holder], link]
                    queue.append(link.target)
        del owned[self.box]
        return owned

    def _upstream(self) -> list[str]:
        """What pays the cash-box, nearest first; routes to it on the way. A payment that would close a ring is left."""
        depth = {self.box: 0}
        queue = [self.box]
        for node in queue:
            for link in self.payments:
                if link.target == node and link.source not in depth:
                    depth[link.source] = depth[node] + 1
                    queue.append(link.source)
        paid_by_box = {link.target for link in self.payments if link.source == self.box}
        found = [n for n in queue[1:] if n not in paid_by_box]
        for link in self.payments:
            if link.source in found and depth.get(link.target, 99) < depth[link.source]:
                self.chain.add(link.source, link.target, [link], "payment")
        return found

    def _uses(self, upstream: list[str]) -> dict[str, str]:
        """What the cash-box pays, and what those pay; with the layer of each."""
        order, queue = {self.box: 0}, [self.box]
        for node in queue:
            for link in self.payments:
                if link.source == node and link.target not in order and link.target not in upstream:
                    order[link.target] = len(order)
                    queue.append(link.target)
        layers: dict[str, str] = {}
        for link in self.payments:
            if link.source not in order or link.target not in order or order[link.source] >= order[link.target]:
                continue
            parts = [m for m in sorted(self.members.get(link.target, ())) if m in order]
            for target in parts or [link.target]:
                if target != link.source:
                    self.chain.add(link.source, target, [link], "payment")
                    layers.setdefault(target, "use")
        for source, _ in list(self.chain.routes):
            if source in layers:
                layers[source] = "cashbox"
        return layers

    def _activities(self, upstream: list[str], with_figure: frozenset[str]) -> set[str]:
        """Routes from earning activities to who takes part in them; returns the operators."""
        rules = assumptions()
        operators: set[str] = set()
        for record in self.evidence.of("Activity"):
            if "income" not in record.texts("keywords") or record.code in rules["aggregates"]:
                continue
            part = [link for link in self.live if link.target == record.id]
            tied = [link for link in part if link.source == self.box or link.source in upstream]
            owned = [link for link in part if link.source in self.owned]
            if not tied and not (owned and record.code in with_figure):
                continue
            operators |= self._participants(record, part, set(upstream), rules["operators_per_activity"])
        return operators

    def _participants(self, record: Record, part: list[Link], upstream: set[str], limit: int) -> set[str]:
        by_party: dict[str, list[Link]] = {}
        for link in part:
            if link.source != self.box and "gov.national" not in self.evidence.topics(link.source):
                by_party.setdefault(link.source, []).append(link)
        own = [link for link in part if link.source == self.box]

        def rank(party: str) -> tuple[int, int, str, str]:
            best = min(by_party[party], key=lambda x: (x.credibility, x.reliability))
            return (0 if party in self.owned else 1, best.credibility, best.reliability, party)

        traced = sorted(p for p in by_party if p in upstream)
        others = sorted((p for p in by_party if p not in upstream), key=rank)
        # persons and ships hold no part of the flow; and who serves an activity that also spends may be paid by it
        drawn = [p for p in others if self.evidence.schema(p) not in ("Person", "Vessel", "Airplane")]
        if "outlay" in record.texts("keywords"):
            drawn = [p for p in drawn if p in self.owned]
        chain = self.chain
        chain.nodes[record.id] = Node(record.id, self.evidence.caption(record.id), "activity", record.id)
        chain.codes[record.code] = record.id
        chosen = [*traced, *drawn[:limit]]
        for party in chosen:
            chain.add(record.id, party, [*by_party[party], *own], "takes part")
        if not chosen:
            chain.add(record.id, self.box, own, "run by the cash-box itself")
        left = [self.evidence.caption(p) for p in others if p not in chosen]
        if left:
            chain.untraced[self.evidence.caption(record.id)] = left
        return set(chosen)

    def _onward(self, party: str, upstream: list[str]) -> None:
        """Where the money of a participant goes whose payments are not traced: by the best claim there is."""
        chain = self.chain
        banks = self._banks(party)
        for bank, links in banks.items():
            chain.add(party, bank, links, "bank of the operator")
            if bank not in upstream:
                chain.nodes.setdefault(bank, Node(bank, self.evidence.caption(bank), "channel", bank))
                self._home(bank, upstream)
        if not banks:
            self._home(party, upstream)

    def _home(self, party: str, upstream: list[str]) -> None:
        """From a party to the traced part of the chain."""
        chain = self.chain
        if any(source == party for source, _ in chain.routes):
            return
        if party in self.owned:
            chain.add(party, self.box, self.owned[party], "under the control of the cash-box")
            return
        belongs = [link for link in self.groups.get(party, ()) if link.target in upstream]
        if belongs:
            for link in belongs:
                for (source, target), route in list(chain.routes.items()):
                    if source == link.target:
                        chain.add(party, target, [link, *route.links], "as its group does")
            return
        direct = [link for link in self.live if link.source == self.box and link.target == party]
        if direct:
            chain.add(party, self.box, direct, "tied to the cash-box")
            return
        fronts = [n for n in upstream if "corp.shell" in self.evidence.topics(n)]
        bank = "fin.bank" in self.evidence.topics(party)
        target = fronts[0] if fronts and not bank else self.box
        chain.add(party, target, [], "assumed: no claim follows its money to the cash-box")

    def _banks(self, party: str) -> dict[str, list[Link]]:
        """Banks that act for a party, or that it pays."""
        found: dict[str, list[Link]] = {}
        for link in self.live:
            acts = link.schema == "Representation" and link.target == party and link.source
            pays = link.schema == "Payment" and link.source == party and link.target
            bank = acts or pays
            if bank and bank != self.box and "fin.bank" in self.evidence.topics(bank):
                found.setdefault(bank, []).append(link)
        return {bank: found[bank] for bank in sorted(found)}

    def _drop_dead_ends(self) -> None:
        """Leave out upstream nodes that no activity reaches: they carry nothing that is estimated."""
        chain = self.chain
        reached = {n.id for n in chain.nodes.values() if n.layer == "activity"}
        queue = sorted(reached)
        for node in queue:
            for source, target in chain.routes:
                if source == node and target not in reached:
                    reached.add(target)
                    queue.append(target)
        downstream = {self.box}
        queue = [self.box]
        for node in queue:
            for source, target in chain.routes:
                if source == node and target not in downstream:
                    downstream.add(target)
                    queue.append(target)
        keep = reached | downstream
        chain.nodes = {i: n for i, n in chain.nodes.items() if i in keep}
        chain.routes = {k: r for k, r in chain.routes.items() if k[0] in keep and k[1] in keep}


def ordered(chain: Chain) -> list[Node]:
    """Nodes such that every route runs forward; of those that may come next, by layer and id."""
    layers = {"activity": 0, "operator": 1, "channel": 2, "cashbox": 3, "use": 4}
    waiting = {n: {s for s, t in chain.routes if t == n} for n in chain.nodes}
    found: list[Node] = []
    while waiting:
        ready = [n for n, before in waiting.items() if not before & set(waiting)]
        if not ready:  # a ring: cut where its first node stands
            ready = [min(waiting, key=lambda n: (layers[chain.nodes[n].layer], n))]
            done = {node.id for node in found} | set(ready)
            chain.routes = {k: r for k, r in chain.routes.items() if k[1] not in ready or k[0] in done}
        node = min(ready, key=lambda n: (layers[chain.nodes[n].layer], n))
        found.append(chain.nodes[node])
        del waiting[node]
    return found
