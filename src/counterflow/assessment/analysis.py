"""The sections of the written assessment that come from the flow and the plan: amounts, pressure, outlook, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from counterflow.assessment.chain import SEIZED, UNACCOUNTED, UNATTRIBUTED
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.matrix import Matrix
from counterflow.assessment.measures import Measure
from counterflow.assessment.writing import Sentence, ended, join

__all__ = ["Analyst", "money", "rivals"]


class Analyst:
    """Puts figures into sentences. :param plan: as `scenario.whatif` returns it"""

    def __init__(self, evidence: Evidence, flow: MoneyFlow, measures: list[Measure], plan: Mapping[str, Any]) -> None:
        self.evidence = evidence
        self.flow = flow
        self.measures = measures
        self.plan = plan
        self.box = flow.box or ""
        self.name = evidence.caption(self.box)

    def amounts(self) -> Iterator[Sentence]:
        """What comes in, activity by activity, and what each use receives."""
        if not self.flow.arcs:
            return
        into = self.flow.into(self.box)
        claims = sorted({c for i in into for c in self.flow.arcs[i].claim_ids} | set(self.flow.figures))
        yield Sentence(f"{self.name} takes in {money(self.flow.cashbox)} million USD a year.", tuple(claims))
        yield Sentence("In brackets, here and below, stands the interval that holds nine of ten draws.", method=True)
        for node in self.flow.nodes:
            out = [i for i, a in enumerate(self.flow.arcs) if a.source == node.id]
            figured = [c for i in out for c in self.flow.arcs[i].claim_ids]
            if node.layer == "activity" and node.id != UNATTRIBUTED and figured:
                amount = self.flow.amount(out)
                yield Sentence(f"{node.caption}: {money(amount)}.", tuple(sorted(set(figured))))
        for node in self.flow.nodes:
            arcs = list(self.flow.into(node.id))
            paid = sorted({c for i in arcs for c in self.flow.arcs[i].claim_ids})
            if node.layer == "use" and node.id != UNACCOUNTED and paid:
                to = node.caption if node.id == SEIZED else f"To {self._caption(node.id)}"
                yield Sentence(f"{to}: {money(self.flow.amount(arcs))}.", tuple(paid))

    def figures(self) -> Iterator[Sentence]:
        """How much of it rests on assumptions, and which figures contradict each other."""
        if not self.flow.arcs:
            return
        guessed = sum(a.assumption for a in self.flow.arcs)
        yield Sentence(
            f"Of {len(self.flow.arcs)} arcs, {guessed} rest on a declared assumption for route or split."
            f" {len(self.flow.excluded)} published figures were left out, each with its reason.",
            method=True,
        )
        for note in self.flow.notes:
            if note.startswith("Conflict"):
                yield Sentence(note, method=True)

    def planned(self) -> Iterator[Sentence]:
        """The plan, and what it leaves before and after rerouting."""
        plan = self.plan
        if not plan["plan"]:
            return
        chosen = {p["id"] for p in plan["plan"]}
        by_kind: dict[str, list[Measure]] = {}
        for m in self.measures:
            if m.id in chosen:
                by_kind.setdefault(m.kind.name if not m.historic else m.id, []).append(m)
        told = [
            ms[0].title if len(ms) == 1 else ms[0].kind.title.format(target=join(m.targets[0][1] for m in ms))
            for ms in by_kind.values()
        ]
        yield Sentence(
            f"Within {plan['budget']:g} points, the plan that leaves least costs {plan['cost']:g}."
            f" {' '.join(map(ended, told))}",
            method=True,
        )
        cash = plan["cashbox"]
        yield Sentence(
            f"By the model, what reaches {self.name} falls from {money(cash['before'])} to {money(cash['after'])}"
            f" million USD a year, and comes back to {money(cash['after_rerouting'])} once money goes round it.",
            method=True,
        )

    def outlook(self) -> Iterator[Sentence]:
        """Where the money goes when it is pressed: the routes that gain most by rerouting."""
        if not self.plan["plan"]:
            return
        after = {a["id"]: a["central"] for a in self.plan["after"]["arcs"]}
        gains = [
            (a["central"] - after[a["id"]], a["id"])
            for a in self.plan["after_rerouting"]["arcs"]
            if a["target"] == self.box and a["source"] != UNATTRIBUTED
        ]
        most = [(gain, id) for gain, id in sorted(gains, key=lambda g: (-g[0], g[1])) if gain > 0.5][:3]
        if most:
            words = join(f"{self._caption(id.partition('>')[0])} (+{_round(gain)})" for gain, id in most)
            yield Sentence(
                f"Pressed in this way, the model sends most of what it can save through {words}; these are the channels"
                " to watch, and to press next.",
                method=True,
            )
        yield Sentence(
            "Whether other lines of business grow as these shrink is not modelled here: only routes that are known now"
            " take up what is stopped.",
            method=True,
        )

    def bound(self) -> Iterator[Sentence]:
        """Why no other plan of that price does better, and what that rests on."""
        plan = self.plan
        if not plan["plan"]:
            return
        yield Sentence(
            f"No other plan of that price can leave less than {plan['bound']:,.0f} million; this one leaves"
            f" {plan['objective']:,.0f} (gap {plan['gap']:.1%}; {plan['certificate']}).",
            method=True,
        )
        yield Sentence(
            "Costs, delays and chances of success of measures are assumptions; measures already in force are not"
            " offered again.",
            method=True,
        )

    def gaps(self) -> Iterator[Sentence]:
        """What rival accounts, unfollowed money and missing figures leave open."""
        unchecked = sum(not link.verified for link in self.evidence.links)
        groups = len({link.conflict for link in self.evidence.links if link.conflict})
        yield Sentence(
            f"{groups} matters have rival accounts; {unchecked} of {len(self.evidence.links)} links are recorded from"
            " general knowledge and not yet checked.",
            method=True,
        )
        followed = {a.source for a in self.flow.arcs if a.claim_ids}
        lost = dict.fromkeys(a.source for a in self.flow.arcs if a.source not in followed | {UNATTRIBUTED})
        if lost:
            text = f"No claim follows the money onward from {join(self._caption(id) for id in lost)}."
            yield Sentence(ended(text), method=True)
        for note in self.flow.notes:
            if "no usable figure" in note:
                yield Sentence(note, method=True)

    def _caption(self, node: str) -> str:
        return self.flow.nodes[self.flow.index[node]].caption.removesuffix(" (collective)")


def money(amount: dict[str, float]) -> str:
    """ "420 (300 to 960)", two significant figures: more would be invented."""
    low, middle, high = (_round(amount[k]) for k in ("low", "central", "high"))
    return f"{middle} ({low} to {high})"


def _round(value: float) -> str:
    return f"{float(f'{value:.2g}'):,g}"


def rivals(weighed: Matrix) -> Iterator[Sentence]:
    """A question, its answers in the order of what stands against them, and the evidence that tells most apart."""
    result, texts = weighed.result, weighed.question.hypotheses
    if not weighed.claim_ids:
        return
    yield Sentence(weighed.question.title.rstrip(".?") + "?", method=True)
    ranked = [f"{texts[weighed.ids[h]]} ({result.against[h]:.1f} bits)" for h in result.order]
    yield Sentence(f"By the evidence against them, least first: {'; '.join(ranked)}.", weighed.claim_ids)
    told = {i["id"]: i for i in weighed.to_dict()["evidence"]}
    apart = sorted(told.values(), key=lambda i: (-i["diagnosticity"], i["id"]))[:3]
    for item in apart:
        if not item["why_silent"]:
            yield Sentence(
                f"Tells apart {item['diagnosticity']:.1f} to 1: {item['text'].rstrip('.')} ({item['grade']}).",
                tuple(item["claim_ids"]),
            )
    if result.preferred is None:
        yield Sentence(f"The evidence prefers none of them: {result.why_none}.", method=True)
    elif hinges := weighed.rests_on():
        yield Sentence(
            f"The answer hinges on {join(weighed.title(o) for o in hinges[:3])}: without it there would be another, or"
            " none.", method=True,
        )  # fmt: skip
