"""How much flows where: a conserved flow from activities to uses, with intervals, from graded figures.

The route comes from claims (`chain`), the amounts from published figures (`figures`), and what is between from a
posterior that conserves money in every draw (`balance`). What is not known is not left out: income beyond the
activities, and money that no use accounts for, are nodes of their own.

Invariants: figures of different kinds are never added up; one origin counts once; every arc has an interval, a basis
and either claims or the word *assumption*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.assessment.balance import Balance, Sight, central, mixing, sample
from counterflow.assessment.chain import SEIZED, UNACCOUNTED, UNATTRIBUTED, Chain, Node, Route, cash_box, ordered, trace
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.figures import Excluded, Figure, assumptions, described, figures, observation, pick
from counterflow.assessment.flow import UNIT, Arc, MoneyFlow, interval
from counterflow.assessment.shares import contradictions
from counterflow.assessment.terms import published, seized_on_the_way, terms

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Arc", "MoneyFlow", "estimate", "estimate_from", "interval"]


def estimate(scope: Scope, as_of: str | None = None, *, about: str = "", seed: int = 39) -> MoneyFlow:
    """The flow through the cash-box as the records of this audience have it.

    :param as_of: partial date: links that held then, figures up to then; None: all that is known
    :param about: id of the cash-box; default: the payee that claims tie to most earning activities
    :param seed: of the sampler
    """
    evidence = Evidence(scope, as_of)
    return estimate_from(evidence, about=about, seed=seed)


def estimate_from(evidence: Evidence, *, about: str = "", seed: int = 39) -> MoneyFlow:
    """`estimate` for evidence already loaded."""
    box = cash_box(evidence, about)
    published, excluded = figures(evidence)
    if box is None:
        note = "No record names a cash-box that is paid and tied to an earning activity: there is no flow to estimate."
        return _empty(evidence, None, (note,), excluded)
    chain = trace(evidence, box, frozenset(f.activity for f in published))
    if not chain.codes:
        note = f"No claim ties an earning activity to {evidence.caption(box)}: there is no flow to estimate."
        return _empty(evidence, box, (note,), excluded)
    return _Estimate(evidence, chain, published, excluded).flow(seed)


def _empty(evidence: Evidence, box: str | None, notes: Sequence[str], excluded: Sequence[Excluded]) -> MoneyFlow:
    return MoneyFlow((), (), np.zeros(0), np.zeros((0, 0)), box, evidence.as_of, tuple(notes), tuple(excluded))


class _Estimate:
    """Joins chain and figures into a balance, and the balance's posterior into a flow."""

    def __init__(self, evidence: Evidence, chain: Chain, published: list[Figure], excluded: list[Excluded]) -> None:
        self.evidence = evidence
        self.chain = chain
        self.excluded = list(excluded)
        self.notes: list[str] = []
        self.used: list[Figure] = []
        self.free = list(published)

    def flow(self, seed: int) -> MoneyFlow:
        limits = self._limits()
        totals = self._take(lambda f: self.chain.box in f.entities, self.evidence.caption(self.chain.box))
        by_activity = {
            id: self._take(lambda f, code=code: f.activity == code, self.evidence.caption(id))
            for code, id in sorted(self.chain.codes.items())
        }
        inner = [n for n in self.chain.nodes.values() if n.layer in ("cashbox", "use") and n.id != self.chain.box]
        by_node = {n.id: self._take(lambda f, n=n: n.id in f.entities, n.caption) for n in inner}
        self._complete(bool(totals))
        nodes = ordered(self.chain)
        way = [n.id for n in nodes if n.layer in ("activity", "operator", "channel") and n.entity]
        self.taken = {t.node: t for t in seized_on_the_way(self.evidence, way)}
        if self.taken:
            nodes.append(self._seize())
        number = {n.id: i for i, n in enumerate(nodes)}
        routes = sorted(self.chain.routes.values(), key=lambda r: (number[r.source], number[r.target]))
        sights = [
            *self._sights(totals, _into(routes, self.chain.box)),
            *(s for id, found in by_activity.items() for s in self._sights(found, _out_of(routes, id))),
            *(s for id, found in by_node.items() for s in self._sights(found, _into(routes, id))),
            *(Sight(_those(routes, {(t.node, SEIZED)}), t.mean, t.spread) for t in self.taken.values()),
            *(s for found, keys in limits for s in self._sights(found, _those(routes, keys))),
        ]
        balance = self._balance(nodes, number, routes, by_activity, tuple(sights))
        draws = sample(balance, seed)
        self.mixed = mixing(draws)
        seen = {arc for sight in sights if len(sight.arcs) == 1 and sight.side == 0 for arc in sight.arcs}
        arcs = tuple(self._arc(r, routes, i in seen, by_activity, by_node) for i, r in enumerate(routes))
        self._declare(by_activity, totals)
        label_ids = {i for r in routes for link in r.links for i in link.label_ids}
        label_ids |= {i for f in self.used for i in f.record.label_ids}
        beside = terms(self.evidence, len(draws), seed, way)
        told = published(self.evidence, self.chain.codes)
        label_ids |= {i for term in beside for i in term.label_ids} | {i for a in told for i in a["label_ids"]}
        return MoneyFlow(
            nodes=tuple(nodes), arcs=arcs, central=central(balance, draws), draws=draws, box=self.chain.box,
            as_of=self.evidence.as_of, notes=tuple(self.notes), excluded=tuple(self._left_out()),
            label=self.evidence.handling(label_ids),
            figures=tuple(sorted({i for f in self.used for i in f.claim_ids})), terms=beside,
            activities=tuple(told),
        )  # fmt: skip

    # -- figures -------------------------------------------------------------------------------------------------

    def _take(self, speaks_of: Any, caption: str) -> list[Figure]:
        """The figures to use on one amount; the others on it are left out with the reason."""
        mine = [f for f in self.free if speaks_of(f)]
        self.free = [f for f in self.free if f not in mine]
        kept, left = pick(mine, list(assumptions()["kinds"]))
        self.excluded += left
        self.used += kept
        self._conflict(kept, caption)
        return kept

    def _conflict(self, kept: list[Figure], caption: str) -> None:
        """Say where independent figures on one amount cannot both be right within their own spread."""
        seen = [(f, observation(f)) for f in kept]
        ranges = [(f, o) for f, o in seen if o.side == 0]
        for i, (f, a) in enumerate(ranges):
            for g, b in ranges[i + 1 :]:
                if abs(a.mean - b.mean) > 1.645 * math.hypot(a.spread, b.spread):
                    times = math.exp(abs(a.mean - b.mean))
                    self.notes.append(
                        f"Conflict on {caption}: {described(f.record)} and {described(g.record)} differ by a factor of"
                        f" {times:.1f}; both are used."
                    )

    def _limits(self) -> list[tuple[list[Figure], set[tuple[str, str]]]]:
        """Published outlays, each with the routes to the uses it speaks of: what those can have taken at most."""
        rules = assumptions()
        spent = [f for f in self.free if f.kind in rules["outlays"]]
        self.free = [f for f in self.free if f not in spent]
        groups: dict[tuple[tuple[str, str], ...], list[Figure]] = {}
        for f in spent:
            groups.setdefault(tuple(sorted(self._spent_on(f))), []).append(f)
        found = []
        for routes, figures_on in sorted(groups.items()):
            if not routes:
                self.free += figures_on
                continue
            kept, left = pick(figures_on, list(rules["outlays"]))
            self.excluded += left
            self.used += kept
            found.append((kept, set(routes)))
        return found

    def _spent_on(self, figure: Figure) -> set[tuple[str, str]]:
        """Routes into the use, or the members of the collective, that an outlay names; else those of its activity."""
        chain = self.chain
        parts = {
            link.source
            for link in self.evidence.links
            if link.schema == "Membership" and link.target in figure.entities
        }
        uses = {n for n in (*figure.entities, *parts) if n in chain.nodes and chain.nodes[n].layer == "use"}
        if uses:
            return {key for key in chain.routes if key[1] in uses}
        return {
            key
            for key, route in chain.routes.items()
            if chain.nodes[key[1]].layer == "use" and any(link.activity == figure.activity for link in route.links)
        }

    def _sights(self, found: list[Figure], arcs: tuple[int, ...]) -> list[Sight]:
        if not arcs:
            return []
        sights = []
        for figure in found:
            seen = observation(figure)
            side = 1 if figure.kind in assumptions()["outlays"] else seen.side
            mean = math.log(figure.high) if side == 1 and not math.isinf(figure.high) else seen.mean
            sights.append(Sight(arcs, mean, seen.spread, side, figure.origin))
        return sights

    # -- network -------------------------------------------------------------------------------------------------

    def _complete(self, with_totals: bool) -> None:
        """Add what no claim names but the balance needs: income beyond the activities, money kept or unfollowed."""
        chain = self.chain
        if with_totals:
            chain.nodes[UNATTRIBUTED] = Node(UNATTRIBUTED, "Income that no activity accounts for", "activity", None)
            chain.add(UNATTRIBUTED, chain.box, [], "assumed: what the totals say beyond the activities")
        chain.nodes[UNACCOUNTED] = Node(UNACCOUNTED, "Kept, or spent on what no claim names", "use", None)
        for node in list(chain.nodes.values()):
            if node.layer == "cashbox":
                chain.add(node.id, UNACCOUNTED, [], "assumed: what is left over")

    def _seize(self) -> Node:
        """The node at which what was seized on the way ends, with a route from each place of it."""
        node = self.chain.nodes[SEIZED] = Node(SEIZED, "Seized on the way", "use", None)
        for taken in self.taken.values():
            self.chain.add(taken.node, SEIZED, [], f"seized: {taken.text}")
        return node

    def _balance(
        self, nodes: list[Node], number: dict[str, int], routes: list[Route], by_activity: dict[str, list[Figure]],
        sights: tuple[Sight, ...],
    ) -> Balance:  # fmt: skip
        rules = assumptions()
        sources = [n for n in nodes if n.layer == "activity"]
        priors = [
            rules["prior" if by_activity.get(n.id) or n.id == UNATTRIBUTED else "prior_without_figure"] for n in sources
        ]
        return Balance(
            nodes=len(nodes),
            tail=np.array([number[r.source] for r in routes], dtype=np.int64),
            head=np.array([number[r.target] for r in routes], dtype=np.int64),
            sources=np.array([number[n.id] for n in sources], dtype=np.int64),
            mean=np.log([p["middle"] for p in priors]),
            spread=np.array([p["spread"] for p in priors]),
            lean=np.array([self._lean(r, by_activity) for r in routes]),
            split_spread=float(rules["split_spread"]),
            sights=sights,
        )

    def _lean(self, route: Route, by_activity: dict[str, list[Figure]]) -> float:
        """Middle of the logit of a route; of what was seized about its part of all that activities earn."""
        if route.target == SEIZED:
            figured = [math.exp(observation(f).mean) for found in by_activity.values() for f in found]
            earned = sum(figured) or float(assumptions()["prior_without_figure"]["middle"])
            return min(0.0, max(-6.0, self.taken[route.source].mean - math.log(earned)))
        return 0.0 if route.links else float(assumptions()["assumed_route"])

    def _arc(
        self, route: Route, routes: list[Route], seen: bool, by_activity: dict[str, list[Figure]],
        by_node: dict[str, list[Figure]],
    ) -> Arc:  # fmt: skip
        if route.target == SEIZED:
            return self._seizure(route)
        alone = sum(r.source == route.source and r.target != SEIZED for r in routes) == 1
        sources = by_activity.get(route.source, [])
        rests = [*sources, *by_node.get(route.target, [])]
        guessed = route.source in self.chain.codes.values() and not sources
        words = [route.why if not route.links else _said(route)]
        words += [f"{f.text} ({f.title}, {f.value.reliability}{f.value.credibility})" for f in rests]
        if guessed:
            words.append("no figure is published: broad assumption")
        if not alone and not seen:
            words.append("the split is an assumption")
        links = sorted(route.links, key=lambda x: (x.credibility, x.reliability))
        claims = {i for link in route.links for i in link.claim_ids} | {i for f in rests for i in f.claim_ids}
        return Arc(
            id=f"{route.source}>{route.target}",
            source=route.source,
            target=route.target,
            basis="; ".join(words),
            grade=links[0].grade if links else None,
            claim_ids=tuple(sorted(claims)),
            assumption=not route.links or guessed or (not alone and not seen),
            tie_ids=tuple(sorted({i for x in route.links if x.source == self.chain.box for i in x.claim_ids})),
        )

    def _seizure(self, route: Route) -> Arc:
        records = self.taken[route.source].records
        best = min((r.first for r in records), key=lambda v: (v.credibility, v.reliability))
        return Arc(
            id=f"{route.source}>{route.target}", source=route.source, target=route.target, basis=route.why,
            grade=f"{best.reliability}{best.credibility}",
            claim_ids=tuple(sorted({c for r in records for c in r.claim_ids})), assumption=False,
        )  # fmt: skip

    # -- words ---------------------------------------------------------------------------------------------------

    def _declare(self, by_activity: dict[str, list[Figure]], totals: list[Figure]) -> None:
        rules = assumptions()
        for id, found in by_activity.items():
            name = self.evidence.caption(id)
            for f in found:
                factor = rules["kinds"][f.kind]
                how = f"{f.converted}; {factor['why']}" if factor["factor"] != [1.0, 1.0] else f.converted
                self.notes.append(f"{name}: {described(f.record)} taken as {f.text} ({how}).")
            if not found:
                prior = rules["prior_without_figure"]
                span = math.exp(1.645 * prior["spread"])
                self.notes.append(
                    f"{name}: no usable figure; assumed {prior['middle'] / span:.2g} to {prior['middle'] * span:.2g}"
                    f" {UNIT}."
                )
        for f in (f for f in self.used if f.kind in rules["outlays"]):
            self.notes.append(f"Limit on what a use can have taken: {described(f.record)}.")
        for f in totals:
            self.notes.append(f"Total: {described(f.record)} taken as {f.text} ({f.converted}).")
        self.notes += contradictions(self.evidence)
        for activity, left in sorted(self.chain.untraced.items()):
            self.notes.append(f"{activity}: also named, not drawn: {', '.join(left)}.")
        self.notes.append(
            "Intervals cover 90 %. Splits that no figure gives are logistic-normal with spread"
            f" {rules['split_spread']:g}; an assumed route starts with less weight. Fees and costs on the way are not"
            f" estimated. Sampled by Hamiltonian Monte Carlo, seeded: R-hat at most {self.mixed.r_hat:.2f}, worth"
            f" {self.mixed.effective:.0f} independent draws or more."
        )
        if self.evidence.as_of:
            self.notes.append(f"As of {self.evidence.as_of}: what held then, as known now.")

    def _left_out(self) -> list[Excluded]:
        rest = [
            Excluded(f"{described(f.record)}: speaks of neither the cash-box nor one of its activities", f.claim_ids)
            for f in self.free
        ]
        return sorted([*self.excluded, *rest], key=lambda e: e.text)


def _said(route: Route) -> str:
    """What the best link of a route says, with its grade."""
    best = min(route.links, key=lambda x: (x.credibility, x.reliability, x.id))
    return f"{route.why}: {best.role or best.schema} ({best.grade})"


def _into(routes: list[Route], id: str) -> tuple[int, ...]:
    return tuple(i for i, r in enumerate(routes) if r.target == id)


def _out_of(routes: list[Route], id: str) -> tuple[int, ...]:
    return tuple(i for i, r in enumerate(routes) if r.source == id)


def _those(routes: list[Route], keys: set[tuple[str, str]]) -> tuple[int, ...]:
    return tuple(i for i, r in enumerate(routes) if (r.source, r.target) in keys)
