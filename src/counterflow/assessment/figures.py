"""Published figures to observations of yearly amounts: what is used, in what unit, and what is left out and why.

Rules, each of which an assessment has got wrong before: figures of different kinds are not added up; one origin counts
once, however often it is repeated; a part is not the whole; one event is no yearly rate; "up to" is a limit and not a
middle.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import NormalDist
from typing import Any

from counterflow.assessment.evidence import Evidence, Record, Value
from counterflow.model.dates import earliest, latest
from counterflow.model.likelihood import probability

__all__ = [
    "Excluded",
    "Figure",
    "Observation",
    "assumptions",
    "described",
    "figures",
    "graded_spread",
    "money",
    "observation",
    "pick",
]

_TAIL = 1.6448536269514722  # standard normal quantile of 0.95: half of a 90 % interval


@cache
def assumptions() -> Mapping[str, Any]:
    """The numbers that no source gives: ``assumptions.yaml`` beside this module."""
    import yaml

    text = (resources.files("counterflow.assessment") / "assumptions.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@dataclass(frozen=True)
class Figure:
    """One published figure, in millions of US dollars a year.

    :param activity: code of the activity it speaks of; `entities` canonical ids of the parties it names
    :param part: the part of the activity that it covers; empty: all of it
    :param low: 0 where the source says "up to"; `high` infinite where it says "at least"
    :param age: years between the end of its period and the date asked for
    :param graded: sd of the logarithm that its grade stands for
    :param converted: what was done to unit and period
    """

    record: Record
    activity: str
    entities: tuple[str, ...]
    part: str
    kind: str
    low: float
    high: float
    age: float
    graded: float
    origin: str
    converted: str

    @property
    def value(self) -> Value:
        """The claim that stands for it."""
        return self.record.first

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The claims that state its bounds."""
        bounds = (*self.record.values.get("low", ()), *self.record.values.get("high", ()))
        return tuple(sorted(v.claim_id for v in bounds))

    @property
    def title(self) -> str:
        """Its name without the kind."""
        return (self.record.text("name") or self.activity).partition(",")[0]

    @property
    def text(self) -> str:
        """The figure in words, as used."""
        return f"{_span(self.low, self.high)} million USD a year"


def _span(low: float, high: float) -> str:
    if math.isinf(high):
        return f"at least {low:,.4g}"
    if low <= 0:
        return f"up to {high:,.4g}"
    return f"{low:,.4g}" if low == high else f"{low:,.4g} to {high:,.4g}"


@dataclass(frozen=True)
class Excluded:
    """A figure that was left out, and why."""

    text: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True)
class Observation:
    """The logarithm of an amount, seen with a normal error. :param side: 0 both ways, +1 at most, -1 at least"""

    mean: float
    spread: float
    side: int


def figures(evidence: Evidence) -> tuple[list[Figure], list[Excluded]]:
    """Every figure that is a yearly amount of money, whatever its kind; and those that are not, with the reason.

    A figure on part of an activity has a name of the form "Narcotics: opiates", "Cyber theft (crypto)", "Arms exports
    to Russia" or "Cigarettes via a scheme".
    """
    reference = _reference(evidence)
    kept, left_out = [], []
    for record in evidence.of("Estimate"):
        if not evidence.had_begun(record) or record.first.stance != "asserts":
            continue
        first = evidence.copied(record)
        if first is not None:
            why = f"repeats {described(first)}: {'; '.join(evidence.repeated[record.id]['reasons'])}"
            left_out.append(Excluded(f"{described(record)}: {why}", record.claim_ids))
            continue
        found = _figure(evidence, record, reference)
        if isinstance(found, Figure):
            kept.append(found)
        else:
            left_out.append(Excluded(f"{described(record)}: {found}", record.claim_ids))
    return kept, left_out


def _reference(evidence: Evidence) -> str | None:
    """The date that figures are aged to: the one asked for, else the latest that any figure speaks of."""
    dated = [record.end or record.start for record in evidence.of("Estimate")]
    return evidence.as_of or max((d for d in dated if d), default=None)


def _figure(evidence: Evidence, record: Record, reference: str | None) -> Figure | str:
    """The figure, or why it is none."""
    rules = assumptions()
    kind = record.text("kind")
    if kind in rules["excluded"] and kind not in rules["outlays"]:
        return str(rules["excluded"][kind])
    low, high = record.number("low") or 0.0, record.number("high")
    if low < 0 or (high is not None and (high <= 0 or low > high)) or (high is None and low <= 0):
        return "has no usable range"
    period = rules["periods"].get(record.text("period") or "per year")
    if period is None:
        return f"covers '{record.text('period')}', which is no yearly rate"
    scale, how = money(record.text("unit"), record.text("currency"))
    if scale is None:
        return how
    if period == "years":
        years = _years(record)
        scale /= years
        how += f"; spread over {years:.0f} years"
    return Figure(
        record=record,
        activity=record.text("activity"),
        entities=tuple(evidence.canonical.get(e, e) for e in record.texts("subjectEntity")),
        part=_part(record.text("name")),
        kind=kind,
        low=low * scale,
        high=math.inf if high is None else high * scale,
        age=_age(record, reference),
        graded=graded_spread(record.first, evidence.scope.grades),
        origin=evidence.origin(record.id, record.first.source_id, record.first.origin),
        converted=how,
    )


def _part(name: str) -> str:
    """What part of the activity a figure's name limits it to; empty: none."""
    whole = name.partition(",")[0].replace("(all)", "")
    found = re.search(r":\s*(.+)|\(([^)]+)\)|\b(?:to|via)\s+(.+)", whole)
    return next((g for g in found.groups() if g), "") if found else ""


def money(unit: str, currency: str) -> tuple[float | None, str]:
    """Factor to millions of US dollars, and what was done in words; None with the reason where it is no money."""
    rates = assumptions()["rates"]
    words = unit.lower().split()
    size = {"billion": 1000.0, "million": 1.0, "thousand": 0.001, "usd": 1e-6, "": 1e-6}.get(words[0] if words else "")
    if size is None or len(words) > 1:
        return None, f"is in '{unit}', not an amount of money"
    if currency not in rates:
        return None, f"is in '{currency or 'no currency'}', for which no rate is set"
    how = "as published" if currency == "USD" else f"{currency} at {rates[currency]:g} USD"
    return size * float(rates[currency]), how


def _years(record: Record) -> float:
    if not record.start:
        return 1.0
    last = latest(record.end or record.start)
    return max(1.0, round((last - earliest(record.start)).days / 365.25))


def _age(record: Record, reference: str | None) -> float:
    """Years from the end of its period to the reference date; 0 where it has no date."""
    last = record.end or record.start
    if reference is None or not last:
        return 0.0
    return max(0.0, (latest(reference) - latest(last)).days / 365.25)


def described(record: Record) -> str:
    """A published figure as its source gives it, in words."""
    low, high, unit = record.text("low"), record.text("high"), record.text("unit")
    span = low if low == high else f"{low or 'up'} to {high}" if high else f"at least {low}"
    name = (record.text("name") or record.text("activity") or record.id).partition(",")[0]
    currency = record.text("currency")
    years = "-".join(dict.fromkeys(d[:4] for d in (record.start, record.end) if d))
    words = (record.text("kind").replace("_", " "), span, unit, currency, years)
    return f"{name} ({', '.join(w for w in (words[0], ' '.join(x for x in words[1:4] if x), words[4]) if w)})"


def pick(candidates: list[Figure], kinds: list[str]) -> tuple[list[Figure], list[Excluded]]:
    """The figures to use on one amount: of the best kind there is, the latest of each origin.

    :param kinds: admissible kinds, best first
    """
    left_out: list[Excluded] = []
    whole = [f for f in candidates if not f.part]
    left_out += [
        Excluded(f"{described(f.record)}: covers a part only ({f.part})", f.record.claim_ids)
        for f in candidates
        if f.part
    ]
    kind = next((k for k in kinds if any(f.kind == k for f in whole)), None)
    for f in whole:
        if f.kind != kind:
            why = assumptions()["excluded"].get(f.kind, f"figures of kind '{f.kind}' are not mixed with '{kind}'")
            left_out.append(Excluded(f"{described(f.record)}: {why}", f.record.claim_ids))
    best: dict[str, Figure] = {}
    for f in sorted((f for f in whole if f.kind == kind), key=_recency):
        if f.origin in best:
            older = best[f.origin]
            why = f"same origin as {described(f.record)}; one origin counts once, its latest figure"
            left_out.append(Excluded(f"{described(older.record)}: {why}", older.record.claim_ids))
        best[f.origin] = f
    return [best[o] for o in sorted(best)], left_out


def _recency(figure: Figure) -> tuple[str, str, float, str]:
    """Oldest first; of one period the narrower last, as a range says more than a limit."""
    r = figure.record
    width = -math.inf if figure.low <= 0 or math.isinf(figure.high) else figure.low - figure.high
    return (r.end or r.start or "", r.start or "", width, r.id)


def graded_spread(value: Value, own: Mapping[str, float]) -> float:
    """Sd of the logarithm of a figure that its grade stands for.

    Where a workspace sets its own probability for the grade, the spread changes with it as that of a normal error does
    whose chance to lie within a fixed distance goes from the shipped probability to that one.
    """
    rules = assumptions()
    spread = math.hypot(
        rules["spread_by_reliability"][value.reliability], rules["spread_by_credibility"][value.credibility]
    )
    grade = f"{value.reliability}{value.credibility}"
    if grade not in own:
        return spread
    shipped, set_ = (
        NormalDist().inv_cdf(0.5 + min(0.99, max(0.01, p)) / 2)
        for p in (probability(value.reliability, value.credibility), own[grade])
    )
    return spread * shipped / set_


def observation(figure: Figure) -> Observation:
    """What a figure says of the logarithm of the amount: its range, its grade, its age and its kind's factor."""
    rules = assumptions()
    low_factor, high_factor = rules["kinds"].get(figure.kind, {"factor": [1.0, 1.0]})["factor"]
    grade = figure.graded**2
    drift = rules["drift_per_root_year"] ** 2 * figure.age
    factor = (math.log(high_factor) - math.log(low_factor)) / (2 * _TAIL)
    if figure.low <= 0:
        return Observation(math.log(figure.high * high_factor), math.sqrt(grade + drift), 1)
    if math.isinf(figure.high):
        return Observation(math.log(figure.low * low_factor), math.sqrt(grade + drift), -1)
    width = (math.log(figure.high) - math.log(figure.low)) / (2 * _TAIL)
    middle = (math.log(figure.low * low_factor) + math.log(figure.high * high_factor)) / 2
    return Observation(middle, math.sqrt(width**2 + factor**2 + grade + drift), 0)
