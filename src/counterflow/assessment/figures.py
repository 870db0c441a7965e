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
from typing import Any

from counterflow.assessment.evidence import Evidence, Record, Value
from counterflow.model.dates import earliest, latest

__all__ = ["Excluded", "Figure", "Observation", "assumptions", "figures", "observation", "pick"]

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

    :param about: activity code, or canonical id of the entity that it speaks of
    :param part: the part of the activity that it covers; empty: all of it
    :param low: 0 where the source says "up to"
    :param age: years between the middle of its period and the date asked for
    """

    record: Record
    about: str
    part: str
    kind: str
    low: float
    high: float
    age: float
    origin: str
    converted: str

    @property
    def value(self) -> Value:
        """The claim that stands for it."""
        return self.record.first

    @property
    def text(self) -> str:
        """The figure in words, unit and period as used."""
        span = f"up to {self.high:,.4g}" if self.low <= 0 else f"{self.low:,.4g}"
        if self.low > 0 and self.high > self.low:
            span += f" to {self.high:,.4g}"
        return f"{span} million USD a year"


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
    """Every usable figure, whatever its kind; and those that cannot be a yearly amount of money."""
    kept, left_out = [], []
    for record in evidence.of("Estimate"):
        found = _figure(evidence, record)
        if isinstance(found, Figure):
            kept.append(found)
        elif found:
            left_out.append(Excluded(f"{_title(record)}: {found}", record.claim_ids))
    return kept, left_out


def _figure(evidence: Evidence, record: Record) -> Figure | str:
    """The figure, or why it is none; empty where it lies after the date asked for."""
    rules = assumptions()
    if not evidence.had_begun(record):
        return ""
    kind = record.text("kind")
    if kind in rules["excluded"] and kind not in rules["outlays"]:
        return str(rules["excluded"][kind])
    low, high = record.number("low"), record.number("high")
    high = low if high is None else high
    low = high if low is None else low
    if low is None or high is None or high <= 0 or low > high:
        return "has no usable range"
    years = _years(record)
    period = rules["periods"].get(record.text("period") or "per year")
    if period is None:
        return f"covers '{record.text('period')}', which is no yearly rate"
    scale, how = _unit(record.text("unit"), record.text("currency"))
    if scale is None:
        return how
    if period == "years":
        scale /= years
        how += f"; spread over {years:.0f} years"
    about, part = _about(evidence, record)
    return Figure(
        record=record, about=about, part=part, kind=kind, low=low * scale, high=high * scale,
        age=_age(evidence, record), origin=record.first.origin, converted=how,
    )  # fmt: skip


def _unit(unit: str, currency: str) -> tuple[float | None, str]:
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


def _about(evidence: Evidence, record: Record) -> tuple[str, str]:
    """The activity, or the entity the figure names; and the part of the activity that is meant."""
    whom = record.text("subjectEntity")
    raw = record.text("activity")
    name, _, part = raw.partition(":")
    bracket = re.search(r"\(([^)]*)\)", name)
    if bracket and not part and bracket[1] not in ("all",):
        part = bracket[1]
    name = re.sub(r"\s*\([^)]*\)", "", name).strip()
    names: Mapping[str, str] = assumptions()["activity_names"]
    code = names.get(name.lower(), name.lower().replace(" ", "_"))
    return (evidence.canonical.get(whom, whom) or code), part.strip()


def _years(record: Record) -> float:
    if not record.start:
        return 1.0
    last = latest(record.end or record.start)
    return max(1.0, round((last - earliest(record.start)).days / 365.25))


def _age(evidence: Evidence, record: Record) -> float:
    """Years from the end of its period to the date asked for; 0 where no date is asked for or none is given."""
    if evidence.as_of is None or not record.start:
        return 0.0
    return max(0.0, (latest(evidence.as_of) - latest(record.end or record.start)).days / 365.25)


def _title(record: Record) -> str:
    low, high, unit = record.text("low"), record.text("high"), record.text("unit")
    span = low if low == high else f"{low} to {high}"
    return (
        f"{record.text('name') or record.text('activity') or record.id} ({record.text('kind')} {span} {unit})".strip()
    )


def pick(candidates: list[Figure], kinds: list[str]) -> tuple[list[Figure], list[Excluded]]:
    """The figures to use on one amount: of the best kind there is, the latest of each origin.

    :param kinds: admissible kinds, best first
    """
    left_out: list[Excluded] = []
    whole = [f for f in candidates if not f.part]
    left_out += [
        Excluded(f"{_title(f.record)}: covers a part only ({f.part})", f.record.claim_ids) for f in candidates if f.part
    ]
    kind = next((k for k in kinds if any(f.kind == k for f in whole)), None)
    for f in whole:
        if f.kind != kind:
            why = assumptions()["excluded"].get(f.kind, f"figures of kind '{f.kind}' are not mixed with '{kind}'")
            left_out.append(Excluded(f"{_title(f.record)}: {why}", f.record.claim_ids))
    best: dict[str, Figure] = {}
    for f in sorted((f for f in whole if f.kind == kind), key=_recency):
        if f.origin in best:
            older = best[f.origin]
            why = f"same origin as {_title(f.record)}; one origin counts once, its latest figure"
            left_out.append(Excluded(f"{_title(older.record)}: {why}", older.record.claim_ids))
        best[f.origin] = f
    return [best[o] for o in sorted(best)], left_out


def _recency(figure: Figure) -> tuple[str, str, float, str]:
    """Oldest first; of one period the narrower last, as a range says more than a limit."""
    r = figure.record
    return (r.end or r.start or "", r.start or "", -(figure.high - figure.low), r.id)


def observation(figure: Figure) -> Observation:
    """What a figure says of the logarithm of the amount: its range, its grade, its age and its kind's factor."""
    rules = assumptions()
    low_factor, high_factor = rules["kinds"].get(figure.kind, {"factor": [1.0, 1.0]})["factor"]
    grade = (
        rules["spread_by_reliability"][figure.value.reliability] ** 2
        + rules["spread_by_credibility"][figure.value.credibility] ** 2
    )
    drift = rules["drift_per_root_year"] ** 2 * figure.age
    factor = (math.log(high_factor) - math.log(low_factor)) / (2 * _TAIL)
    if figure.low <= 0:
        return Observation(math.log(figure.high * high_factor), math.sqrt(grade + drift), 1)
    width = (math.log(figure.high) - math.log(figure.low)) / (2 * _TAIL)
    middle = (math.log(figure.low * low_factor) + math.log(figure.high * high_factor)) / 2
    return Observation(middle, math.sqrt(width**2 + factor**2 + grade + drift), 0)
