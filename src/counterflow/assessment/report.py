"""The written assessment: title, dates, summary, key judgements, text, numbered endnotes; all from the records.

Every sentence that asserts carries claims; the endnotes are made from the sources those claims cite, numbered as they
are first cited. Each paragraph bears the marking of the records under it. A draft that the linter refuses is not
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.assessment.analysis import Analyst, money
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.measures import Measure, catalogue_from
from counterflow.assessment.mincut import Floats
from counterflow.assessment.narrative import Narrator
from counterflow.assessment.scenario import outcome, some_draws
from counterflow.assessment.writing import Draft, Judgement, Sentence, Unsupported, it_is, join, lint
from counterflow.model.dates import earliest, latest

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["Endnote", "Report", "write"]


@dataclass(frozen=True)
class Endnote:
    """A source as cited. :param claim_ids: the claims of it that the text rests on"""

    number: int
    text: str
    url: str
    source_id: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A finished assessment. :param data: the shape of ``GET /api/report``; :param flow: of ``GET /api/flow``, for
    the drawing"""

    data: Mapping[str, Any]
    flow: Mapping[str, Any]
    urls: Mapping[int, str]

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

        return html(self.data, self.flow, self.urls)


def write(scope: Scope, flow: MoneyFlow, plan: Mapping[str, Any], *, as_of: str | None = None) -> Report:
    """The assessment in words, for the audience of `scope`.

    :param plan: as `scenario.whatif` returns it
    :raises Unsupported: the linter refuses a sentence (an error of a pattern here, never of the records)
    """
    evidence = Evidence(scope, as_of)
    measures = catalogue_from(evidence, flow)
    narrator = Narrator(evidence, flow, measures)
    analyst = Analyst(evidence, flow, measures, plan)
    judgements = _judgements(evidence, flow, measures, plan)
    draft = Draft(
        title=f"Assessment of {narrator.name}: what it earns, where the money goes, where pressure cuts most"
        if flow.box
        else "Assessment: no cash-box is on record",
        summary=tuple(_summary(flow, judgements, narrator.name)),
        judgements=tuple(judgements),
        sections=tuple(narrator.sections(analyst)),
    )
    problems = lint(draft)
    if problems:
        raise Unsupported(problems)
    return _Press(evidence, draft, flow).report()


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
        f"{len(origins)} origins, {len(good)} of grade B2 or better; {assumed:.0%} of the arcs rest on assumptions"
    )
    if len(good) >= 3 and assumed < 0.3:
        return "high", because
    return ("moderate" if len(good) >= 2 and assumed < 0.6 else "low"), because


def _capped(p: float) -> float:
    """Never certain: the model may be wrong in ways that no draw shows."""
    return min(0.97, max(0.03, p))


# -- print ---------------------------------------------------------------------------------------------------------


class _Press:
    """Numbers the endnotes and sets the markings."""

    def __init__(self, evidence: Evidence, draft: Draft, flow: MoneyFlow) -> None:
        self.evidence = evidence
        self.draft = draft
        self.flow = flow
        ids = {c for s in self._all() for c in s.claim_ids}
        self.claims = evidence.claims(ids)
        self.numbers: dict[str, int] = {}
        self.cited: dict[str, set[str]] = {}

    def _all(self) -> list[Sentence | Judgement]:
        d = self.draft
        return [*d.summary, *d.judgements, *(s for x in d.sections for p in x.paragraphs for s in p)]

    def report(self) -> Report:
        draft = self.draft
        summary = " ".join(s.text for s in draft.summary)
        for sentence in draft.summary:
            self._cite(sentence.claim_ids)
        judgements = [
            {
                "text": j.text,
                "likelihood": j.likelihood,
                "probability": round(j.probability, 2),
                "confidence": j.confidence,
                "because": j.because,
                "endnotes": self._cite(j.claim_ids),
                "claim_ids": list(j.claim_ids),
            }
            for j in draft.judgements
        ]
        sections = [
            {"heading": s.heading, "paragraphs": [self._paragraph(p) for p in s.paragraphs]} for s in draft.sections
        ]
        notes = [self._endnote(source, n) for source, n in self.numbers.items()]
        labels = {row["label_id"] for row in self.claims.values()}
        label = self.evidence.handling(labels)
        data = {
            "title": draft.title,
            "date_of_information": self._date(),
            "as_of": self.evidence.as_of,
            "audience": self.evidence.scope.audience.name,
            "handling": label.text,
            "summary": " ".join([summary, *self._hindsight()]),
            "key_judgements": judgements,
            "sections": sections,
            "endnotes": [
                {"n": e.number, "text": e.text, "source_id": e.source_id, "claim_ids": list(e.claim_ids)} for e in notes
            ],
        }
        return Report(data, self.flow.to_dict(), {e.number: e.url for e in notes})

    def _paragraph(self, sentences: tuple[Sentence, ...]) -> dict[str, Any]:
        ids = {c for s in sentences for c in s.claim_ids}
        labels = {self.claims[c]["label_id"] for c in ids if c in self.claims}
        told = [
            {"text": s.text, "endnotes": self._cite(s.claim_ids), "claim_ids": list(s.claim_ids)} for s in sentences
        ]
        return {
            "text": " ".join(s.text for s in sentences),
            "endnotes": sorted({n for t in told for n in t["endnotes"]}),
            "sentences": told,
            "handling": self.evidence.handling(labels).text,
        }

    def _cite(self, claim_ids: Iterable[str]) -> list[int]:
        """Numbers of the sources of these claims, given out as they come."""
        found = []
        for id in claim_ids:
            row = self.claims.get(id)
            if row is None:
                continue
            source = row["source_id"] or row["dataset"]
            self.numbers.setdefault(source, len(self.numbers) + 1)
            self.cited.setdefault(source, set()).add(id)
            found.append(self.numbers[source])
        return sorted(set(found))

    def _endnote(self, source: str, number: int) -> Endnote:
        row = self.evidence.sources.get(source) or {}
        rows = [self.claims[c] for c in sorted(self.cited[source])]
        grades = sorted({f"{r['reliability']}{r['credibility']}" for r in rows if r["reliability"]})
        places = sorted({r["locator"] for r in rows if r["locator"]}, key=lambda x: (len(x), x))
        parts = [
            f"{row['author']}." if row.get("author") else "",
            f"{row.get('title') or source}.",
            f"{row['publisher']}." if row.get("publisher") and row.get("publisher") != row.get("author") else "",
            f"{row['date_published']}." if row.get("date_published") else "",
            f"{row['url']}." if row.get("url") else "",
            f"[{', '.join(grades)}" + (f"; {_few(places)}" if places else "") + "]",
        ]
        url = row.get("url") or ""
        text = " ".join(p for p in parts if p)
        return Endnote(number, text, url if url.startswith(("http://", "https://")) else "", source,
                       tuple(sorted(self.cited[source])))  # fmt: skip

    def _date(self) -> str:
        """The date asked for; else the latest publication that is cited."""
        return self.evidence.as_of or max(self._published(), default="")

    def _published(self) -> list[str]:
        """Date of each source cited, as far as it is known."""
        dates = [(self.evidence.sources.get(s) or {}).get("date_published") for s in self.numbers]
        return [date for date in dates if date]

    def _hindsight(self) -> list[str]:
        """What a reader must know of a report on an earlier day: it was not known then what is known now."""
        asked = self.evidence.as_of
        later = [date for date in self._published() if asked and earliest(date) > latest(asked)]
        if not later:
            return []
        return [
            f"This is what held on {asked} as it is known now: of the {len(self.numbers)} sources cited, {len(later)}"
            f" were published later, the last on {max(later)}."
        ]


def _few(places: list[str], limit: int = 4) -> str:
    shown = ", ".join(places[:limit])
    return shown if len(places) <= limit else f"{shown} and {len(places) - limit} more"
