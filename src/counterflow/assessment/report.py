"""The written assessment: title, dates, summary, key judgements, text, numbered endnotes; all from the records.

Every sentence that asserts carries claims; the endnotes are made from the sources those claims cite, numbered as they
are first cited. Each paragraph bears the marking of the records under it. A draft that the linter refuses is not
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.assessment.analysis import Analyst, money
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.frontier_chart import frontier_chart
from counterflow.assessment.hypotheses import Question
from counterflow.assessment.matrix import Matrix
from counterflow.assessment.matrix_chart import matrix_chart
from counterflow.assessment.measures import Measure, catalogue_from
from counterflow.assessment.mincut import Floats
from counterflow.assessment.narrative import Narrator
from counterflow.assessment.press import Figure, Press
from counterflow.assessment.sankey import sankey
from counterflow.assessment.scenario import outcome, some_draws
from counterflow.assessment.writing import Draft, Judgement, Sentence, Unsupported, it_is, join, lint

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Report", "write"]


@dataclass(frozen=True)
class Report:
    """A finished assessment. :param data: the shape of ``GET /api/report``; :param flow: of ``GET /api/flow``"""

    data: Mapping[str, Any]
    flow: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The shape of ``GET /api/report``."""
        return dict(self.data)

    def markdown(self) -> str:
        """As Markdown, with footnote-style endnotes."""
        from counterflow.assessment.report_markdown import markdown

        return markdown(self.data)

    def html(self) -> str:
        """As one page of HTML that stands alone: no script, nothing loaded."""
        from counterflow.assessment.report_html import html

        return html(self.data)


def write(
    scope: Scope,
    flow: MoneyFlow,
    plan: Mapping[str, Any],
    *,
    as_of: str | None = None,
    questions: Sequence[Question] = (),
) -> Report:
    """The assessment in words, for the audience of `scope`.

    :param plan: as `scenario.whatif` returns it; :param questions: with rival hypotheses, as the audience may see them
    :raises Unsupported: the linter refuses a sentence (an error of a pattern here, never of the records)
    """
    evidence = Evidence(scope, as_of)
    measures = catalogue_from(evidence, flow)
    narrator = Narrator(evidence, flow, measures)
    analyst = Analyst(evidence, flow, measures, plan)
    weighed = [Matrix(q, evidence) for q in questions]
    judgements = [*_judgements(evidence, flow, measures, plan), *_preferred(weighed)]
    draft = Draft(
        title=f"Assessment of {narrator.name}: what it earns, where the money goes, where pressure cuts most"
        if flow.box
        else "Assessment: no cash-box is on record",
        summary=tuple(_summary(flow, judgements, narrator.name)),
        judgements=tuple(judgements),
        sections=tuple(narrator.sections(analyst, weighed)),
    )
    problems = lint(draft)
    if problems:
        raise Unsupported(problems)
    figures = list(_figures(flow, plan, weighed))
    return Report(Press(evidence, draft, figures, flow.label).paper(), flow.to_dict())


def _summary(flow: MoneyFlow, judgements: list[Judgement], name: str) -> Iterable[Sentence]:
    if not flow.arcs:
        yield Sentence("The records this audience may read do not allow an estimate of the flow.", method=True)
        for note in flow.notes:
            yield Sentence(note, method=True)
        return
    activities = [n for n in flow.nodes if n.layer == "activity" and n.entity]
    ties = _claims(a.tie_ids for a in flow.arcs if a.source in {n.id for n in activities})
    if ties:
        yield Sentence(f"{name} earns hard currency from {join(n.caption.lower() for n in activities)}.", ties)
    rests = flow.figures or _claims(flow.arcs[i].claim_ids for i in flow.into(flow.box or ""))
    if rests:
        yield Sentence(f"What reaches it is estimated at {money(flow.cashbox)} million USD a year.", rests)
    paid = {n.id: n.caption.removesuffix(" (collective)") for n in flow.nodes if n.layer == "use" and n.entity}
    spent = _claims(a.claim_ids for a in flow.arcs if a.target in paid)
    if spent:
        yield Sentence(f"From it are paid: {join(paid.values())}.", spent)
    if judgements:
        yield Sentence("The key judgements follow.", method=True)


def _claims(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({claim for part in parts for claim in part}))


# -- judgements ----------------------------------------------------------------------------------------------------


def _judgements(
    evidence: Evidence, flow: MoneyFlow, measures: list[Measure], plan: Mapping[str, Any]
) -> list[Judgement]:
    """What the numbers allow to be judged, each with the probability that the posterior gives it."""
    if not flow.arcs or not flow.box:
        return []
    name = evidence.caption(flow.box)
    into = flow.into(flow.box)
    income = flow.draws[:, into].sum(axis=1)
    claims = flow.figures or _claims(flow.arcs[i].claim_ids for i in into)
    if not claims:
        return []
    confidence, because = _confidence(evidence, flow, claims)
    found = [_threshold(name, income, claims, confidence, because)]
    found += _largest(flow, claims, confidence, because)
    taken = [m for m in measures if m.id in {p["id"] for p in plan["plan"]}]
    if taken:
        found += _effect(flow, taken, name, claims)
    return found


def _threshold(name: str, income: Floats, claims: tuple[str, ...], confidence: str, because: str) -> Judgement:
    level = float(f"{np.quantile(income, 0.15):.1g}")
    p = _capped(float((income > level).mean()))
    text = f"{it_is(p)} more than {level:,.0f} million USD a year reaches {name}."
    return Judgement(text, p, confidence, because, claims)


def _largest(flow: MoneyFlow, claims: tuple[str, ...], confidence: str, because: str) -> list[Judgement]:
    named = [n for n in flow.nodes if n.layer == "activity" and n.entity]
    if len(named) < 2:
        return []
    earned = np.column_stack(
        [flow.draws[:, [i for i, a in enumerate(flow.arcs) if a.source == n.id]].sum(axis=1) for n in named]
    )
    wins = np.bincount(earned.argmax(axis=1), minlength=len(named)) / len(earned)
    best = int(wins.argmax())
    p = _capped(float(wins[best]))
    text = f"{it_is(p)} {named[best].caption.lower()} earns more than any other activity named here."
    return [Judgement(text, p, confidence, because, claims)]


def _effect(flow: MoneyFlow, taken: list[Measure], name: str, claims: tuple[str, ...]) -> list[Judgement]:
    """How much the plan takes, and how much of that comes back by other ways."""
    into = flow.into(flow.box or "")
    found = outcome(flow, taken)
    before = some_draws(flow)[:, into].sum(axis=1)
    after = found.after_draws[:, into].sum(axis=1)
    rerouted = found.rerouted_draws[:, into].sum(axis=1)
    cut = 1 - rerouted / np.maximum(before, 1e-9)
    share = max(0.05, np.floor(float(np.quantile(cut, 0.15)) * 20) / 20)
    p = _capped(float((cut > share).mean()))
    because = "the effects of measures are assumptions, and only known routes are modelled"
    less = Judgement(
        f"{it_is(p)} the plan takes more than {share:.0%} of what reaches {name}, after rerouting, if its assumptions"
        " on measures hold.", p, "low", because, claims,
    )  # fmt: skip
    back = (rerouted - after) / np.maximum(before - after, 1e-9)
    q = _capped(float((back > 0.25).mean()))
    more = Judgement(
        f"{it_is(q)} rerouting wins back more than a quarter of what the plan stops at first.",
        q, "low", because, claims,
    )  # fmt: skip
    return [less, more]


def _confidence(evidence: Evidence, flow: MoneyFlow, claims: tuple[str, ...]) -> tuple[str, str]:
    """Confidence from how many independent origins there are, how good, and how much is assumed; and why."""
    rows = evidence.claims(claims).values()
    rooted = [(evidence.origin(r["subject"], r["source_id"], r["origin"]), r) for r in rows]
    origins = {root for root, _ in rooted}
    good = {root for root, r in rooted if r["reliability"] in "AB" and r["credibility"] <= 2}
    assumed = sum(a.assumption for a in flow.arcs) / len(flow.arcs)
    because = (
        f"{len(origins)} origin{'s' * (len(origins) != 1)}, {len(good)} of grade B2 or better;"
        f" {assumed:.0%} of the arcs rest on assumptions"
    )
    if len(good) >= 3 and assumed < 0.3:
        return "high", because
    return ("moderate" if len(good) >= 2 and assumed < 0.6 else "low"), because


def _capped(p: float) -> float:
    """Never certain: the model may be wrong in ways that no draw shows."""
    return min(0.97, max(0.03, p))


def _preferred(weighed: Iterable[Matrix]) -> Iterator[Judgement]:
    """What the evidence prefers among rival hypotheses, where it prefers anything."""
    for one in weighed:
        best = one.result.preferred
        if best is not None and one.claim_ids:
            yield Judgement(one.judgement(), one.result.probability[best], *one.confidence(), one.claim_ids)


# -- drawings --------------------------------------------------------------------------------------------------------


def _figures(flow: MoneyFlow, plan: Mapping[str, Any], weighed: Iterable[Matrix]) -> Iterator[Figure]:
    """Each drawing with the claims that it rests on, as SVG."""
    rests = _claims([*(a.claim_ids for a in flow.arcs), *(a.tie_ids for a in flow.arcs), flow.figures])
    data = flow.to_dict()
    if drawing := sankey(data):
        yield Figure(
            "flow", "How much flows", "Estimated flow", drawing, rests,
            f"Estimated flow, {data['unit']}: central amount, in brackets the 90 % interval. Pale bands rest on an"
            " assumed split, brown ones on an assumed route.",
        )  # fmt: skip
    if drawing := frontier_chart(plan["frontier"], flow.cashbox["central"], data["unit"]):
        yield Figure(
            "frontier", "Where pressure cuts most", "What each budget leaves", drawing, rests,
            f"What reaches the cash-box, {data['unit']}, by the points spent: the best plan of each price. The dashed"
            " line is what flows now.",
        )  # fmt: skip
    for one in weighed:
        told = one.to_dict()
        if told["evidence"]:
            claims = tuple(sorted({c for i in told["evidence"] for c in i["claim_ids"]}))
            yield Figure(
                f"matrix-{one.question.id}", "Rival hypotheses", told["title"], matrix_chart(told), claims,
                f"{told['title']} Rows: evidence, with its grade and how much it tells apart. Columns: hypotheses, that"
                " with least against it first. CC very consistent, II very inconsistent.",
            )  # fmt: skip
