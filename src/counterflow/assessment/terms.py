"""What a balance holds besides flows: seizures and the change in money held, each dated and with its claims; and what
is published on each activity, kind by kind.

Money sent to the cash-box = uses + seized + put aside + unexplained. A term takes from the residual, draw by draw, and
never more than is there, so every draw stays conserved. What was seized from a party that the money passes on its way
is no such term: it leaves the flow there (`seized_on_the_way`). A term that nobody has put a number on is not invented:
it is said to be unknown, and lies within what is unexplained.

Seizures: amounts of money of the kind ``seizure_or_freeze``, and Seizure records of cash or of no goods, that begin in
the year of the balance; of one matter (the same parties, else the same activity) the best graded figure, once. Street
values of goods are no money of the cash-box. Change in what is held: two stocks of the same parties from one origin for
different years; stocks of two origins differ in what they count as much as in time. A stock that names no holder (false
notes found in circulation, at face value) is held by nobody that is known, and counts as nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterflow.assessment.chain import SEIZED
from counterflow.assessment.evidence import Evidence, Record
from counterflow.assessment.figures import assumptions, described, graded_spread, money
from counterflow.assessment.mincut import Floats
from counterflow.model.dates import latest

__all__ = ["Taken", "Term", "published", "seized_on_the_way", "terms"]

_TAIL = 1.6448536269514722
_Row = tuple[Record, float, float]
"""A record and its bounds in millions of US dollars."""


@dataclass(frozen=True, eq=False)
class Term:
    """:param name: seized, put aside or seized on the way; :param draws: millions of US dollars, shape (draws,), below
    0 where money held was spent; None: nobody says, or it is no part of the residual; :param text: what it rests on, or
    why it is unknown; :param into: id of the node at which its amount is read off the flow"""

    name: str
    year: int | None
    draws: Floats | None
    text: str
    claim_ids: tuple[str, ...]
    label_ids: tuple[str, ...] = ()
    into: str = ""


@dataclass(frozen=True)
class Taken:
    """Seizures at one node. :param mean: logarithm of the amount; `spread` its sd; :param records: behind it"""

    node: str
    mean: float
    spread: float
    records: tuple[Record, ...]

    @property
    def text(self) -> str:
        """Each of them, as published."""
        return "; ".join(described(r) for r in self.records)


def terms(evidence: Evidence, draws: int, seed: int, way: Sequence[str] = ()) -> tuple[Term, ...]:
    """Seizures and change in stock of the year asked for, or of the latest that a figure speaks of.

    :param way: ids of the nodes before the cash-box, in the order of the flow
    """
    year = _year(evidence)
    rng = np.random.default_rng(seed)
    found = (_seized(evidence, year, draws, rng, way), _put_aside(evidence, draws, rng))
    taken = seized_on_the_way(evidence, way)
    if not taken:
        return found
    behind = _behind([r for t in taken for r in t.records])
    said = "; ".join(f"at {evidence.caption(t.node)}: {t.text}" for t in taken)
    return (*found, Term("seized on the way", year, None, said, *behind, into=SEIZED))


def seized_on_the_way(evidence: Evidence, way: Sequence[str]) -> list[Taken]:
    """Seizures of the year from those whom the money passes: the last on the way that it names, else its activity.

    :param way: as in `terms`
    """
    at: dict[str, list[_Row]] = {}
    for row in _matters(evidence, _year(evidence)):
        node = _where(evidence, row[0], way)
        if node:
            at.setdefault(node, []).append(row)
    found = []
    for node in (n for n in way if n in at):
        middles = [math.sqrt(low * high) for _, low, high in at[node]]
        errors = [_error(row, evidence.scope.grades) for row in at[node]]
        spread = math.hypot(*(m * e for m, e in zip(middles, errors, strict=True))) / sum(middles)
        found.append(Taken(node, math.log(sum(middles)), spread, tuple(r for r, *_ in at[node])))
    return found


def _where(evidence: Evidence, r: Record, way: Sequence[str]) -> str:
    """The node of the way that a seizure took money from; empty: none that it names."""
    parties = {evidence.canonical.get(e, e) for e in (*r.texts("subjectEntity"), *r.texts("seizedFrom"))}
    named = parties or {a.id for a in evidence.of("Activity") if a.code == r.text("activity")}
    return next((n for n in reversed(way) if n in named), "")


def _year(evidence: Evidence) -> int | None:
    dated = [r.end or r.start for r in evidence.of("Estimate") if evidence.had_begun(r)]
    last = evidence.as_of or max((d for d in dated if d), default=None)
    return None if last is None else latest(last).year


def _usable(evidence: Evidence, kind: str) -> list[_Row]:
    """Records of a kind with their bounds in millions of US dollars; copies and what is no money left out."""
    found = []
    for r in evidence.of("Estimate"):
        if r.text("kind") != kind or r.first.stance != "asserts" or not evidence.had_begun(r) or evidence.copied(r):
            continue
        scale, _ = money(r.text("unit"), r.text("currency"))
        low, high = r.number("low"), r.number("high")
        if scale is not None and low and high and 0 < low <= high:
            found.append((r, low * scale, high * scale))
    return found


def _drawn(row: _Row, own: Mapping[str, float], draws: int, rng: np.random.Generator) -> Floats:
    """Log-normal: the published range as 90 %, wider by what the grade says."""
    _, low, high = row
    return np.exp(rng.normal((math.log(low) + math.log(high)) / 2, _error(row, own), draws))


def _error(row: _Row, own: Mapping[str, float]) -> float:
    r, low, high = row
    return math.hypot((math.log(high) - math.log(low)) / (2 * _TAIL), graded_spread(r.first, own))


def _matters(evidence: Evidence, year: int | None) -> list[_Row]:
    """Of each matter of the year the best graded figure."""
    rows = _usable(evidence, "seizure_or_freeze")
    for r in evidence.of("Seizure"):
        value = r.number("amountUsd")
        money_taken = not r.text("commodity") or "cash" in r.text("commodity").lower()
        if value and value > 0 and money_taken and r.first.stance == "asserts" and evidence.had_begun(r):
            rows.append((r, value * 1e-6, value * 1e-6))
    matters: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        if row[0].start and latest(row[0].start).year == year:
            matters.setdefault(_matter(evidence, row[0]), []).append(row)
    best = [min(v, key=lambda x: (x[0].first.credibility, x[0].first.reliability, x[0].id)) for v in matters.values()]
    return sorted(best, key=lambda x: x[0].id)


def _seized(evidence: Evidence, year: int | None, draws: int, rng: np.random.Generator, way: Sequence[str]) -> Term:
    every = _matters(evidence, year)
    best = [row for row in every if not _where(evidence, row[0], way)]
    if not best:
        when, other = year or "any year", " other" if every else ""
        return Term("seized", year, None, f"No{other} seizure of money is recorded for {when}.", ())
    total = np.sum([_drawn(row, evidence.scope.grades, draws, rng) for row in best], axis=0)
    return Term("seized", year, total, "; ".join(described(r) for r, *_ in best), *_behind([r for r, *_ in best]))


def _put_aside(evidence: Evidence, draws: int, rng: np.random.Generator) -> Term:
    series: dict[tuple[tuple[str, ...], str], dict[int, tuple[Record, float, float]]] = {}
    stocks = _usable(evidence, "stock")
    for row in stocks:
        r = row[0]
        if not r.texts("subjectEntity"):
            continue
        last = r.end or r.start
        if last:
            key = (_matter(evidence, r), evidence.origin(r.id, r.first.source_id, r.first.origin))
            series.setdefault(key, {})[latest(last).year] = row
    pairs = [(key, sorted(rows)[-2:], rows) for key, rows in sorted(series.items()) if len(rows) > 1]
    if not pairs:
        why = "No origin gives what is held in two years: the change is unknown, and within what is unexplained."
        held = [r for r, *_ in stocks if r.texts("subjectEntity")]
        loose = [r for r, *_ in stocks if not r.texts("subjectEntity")]
        why += f" Held, as published: {'; '.join(map(described, held))}." if held else ""
        if loose:
            why += f" Not counted as held, since no holder is named: {'; '.join(map(_with_basis, loose))}."
        return Term("put aside", None, None, why, *_behind([*held, *loose]))
    change, used, own = np.zeros(draws), [], evidence.scope.grades
    for _, (before, after), rows in pairs:
        change += (_drawn(rows[after], own, draws, rng) - _drawn(rows[before], own, draws, rng)) / (after - before)
        used += [rows[before][0], rows[after][0]]
    return Term("put aside", max(p[1][1] for p in pairs), change, " to ".join(map(described, used)), *_behind(used))


def _with_basis(r: Record) -> str:
    return described(r) + (f" [{r.text('basis')}]" if r.text("basis") else "")


def _matter(evidence: Evidence, r: Record) -> tuple[str, ...]:
    named = [*r.texts("subjectEntity"), *r.texts("seizedFrom")]
    return tuple(sorted({evidence.canonical.get(e, e) for e in named})) or (r.text("activity") or r.id,)


def _behind(records: list[Record]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(sorted({i for r in records for i in r.claim_ids})),
        tuple(sorted({i for r in records for i in r.label_ids})),
    )


def published(evidence: Evidence, codes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each activity's figures, kind by kind, as published: nothing is added up, least of all across kinds.

    :param codes: activity code → node id. A row of ``kinds`` holds the figures of one kind, whether that kind measures
    what reaches the regime, and if not, why.
    """
    rules = assumptions()
    found = []
    for code, id in sorted(codes.items()):
        kinds: dict[str, list[Record]] = {}
        for r in evidence.of("Estimate"):
            if r.text("activity") == code and evidence.had_begun(r) and r.first.stance == "asserts":
                kinds.setdefault(r.text("kind"), []).append(r)
        rows = [
            {
                "kind": kind,
                "reaches_regime": kind in rules["kinds"],
                "why": (rules["kinds"].get(kind) or {}).get("why") or rules["excluded"].get(kind, "no kind of flow"),
                "figures": [_printed(evidence, r) for r in sorted(kinds[kind], key=lambda r: (r.start or "", r.id))],
            }
            for kind in sorted(kinds, key=lambda k: (k not in rules["kinds"], k))
        ]
        labels = sorted({i for records in kinds.values() for r in records for i in r.label_ids})
        found.append({"activity": id, "caption": evidence.caption(id), "kinds": rows, "label_ids": labels})
    return found


def _printed(evidence: Evidence, r: Record) -> dict[str, Any]:
    first = evidence.copied(r)
    return {
        "text": described(r), "low": r.number("low"), "high": r.number("high"), "unit": r.text("unit"),
        "currency": r.text("currency"), "period": r.text("period"), "start": r.start, "end": r.end,
        "grade": f"{r.first.reliability}{r.first.credibility}",
        "conflict_group": r.text("conflictGroup") or None,
        "origin": evidence.origin(r.id, r.first.source_id, r.first.origin),
        "repeats": first.id if first else None, "claim_ids": list(r.claim_ids),
    }  # fmt: skip
