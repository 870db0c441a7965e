"""Origins: who merely repeats whom, so that repetition never counts as corroboration.

Four marks are read, each told as a reason; an analyst's own word (`origin` of a claim or source) goes before them all.

* *Citation*: a text names the document that it rests on (`counterflow.claims.citations`). What a figure's ``basis``
  names is by definition where it comes from.
* *One witness*: interviews with the same person have one origin, whoever prints them.
* *Rare numbers*: two records on one matter give the same figure, one that two people would not both arrive at. Round
  numbers prove nothing; a figure rounded on the way counts only where the text says that it repeats.
* *Texts*: two of them share words, quotations or rare figures, or one cites the other (`counterflow.claims.alike`).

The origin is what was published first; what has no date is an origin only where it is cited. Where two documents fit a
citation equally well, neither is chosen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterflow.claims.alike import alike
from counterflow.claims.citations import Index, Known, plain, read
from counterflow.model import dates

__all__ = ["Repeat", "Statement", "repeats", "roots"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """What one record says, as far as it can be compared with another.

    :param subject: the record; :param source: whose statement it is, by id
    :param about: what it is about: records are compared only where this is equal
    :param numbers: its figures, in order
    :param basis: where it says that it comes from; :param notes: what else is remarked, in which a citation needs a cue
    """

    subject: str
    source: str
    about: tuple[str, ...]
    numbers: tuple[float, ...]
    basis: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Repeat:
    """Something that repeats a source.

    :param of: the source, or the one record, that repeats; :param origin: the source that it repeats
    :param record: the record of the origin, or of an earlier copy, that holds the same; empty: the source as a whole
    """

    of: str
    origin: str
    reasons: tuple[str, ...]
    record: str = ""


_AGAIN = re.compile(r"\brepeat(?:s|ing|ed)?\b|\bsame report\b", re.IGNORECASE)
_NEAR = 0.05
"""How far a figure may move when it is rounded in the retelling, as a share of it."""


def repeats(
    sources: Iterable[Row], statements: Iterable[Statement], texts: Mapping[str, str] | None = None
) -> list[Repeat]:
    """Who repeats whom, found in the data; sorted. What repeats something that itself repeats leads to that.

    :param sources: rows of `storage.tables.SOURCES`; :param texts: source → the document's own text, where it is kept
    """
    rows = list(sources)
    known = {row["source_id"]: read(row) for row in rows}
    stated = {row["source_id"]: row["origin"] for row in rows if row.get("origin")}
    told = sorted(statements, key=lambda s: s.subject)
    found = _Found(known)
    index = Index(known.values())
    for source in known.values():
        for of, why in index.cited(source.text, source, named=False):
            found.add(source.id, of, why)
    for one in told:
        by = known.get(one.source)
        if by is not None:
            for text, named in ((one.basis, True), (one.notes, False)):
                for of, why in index.cited(text, by, named=named):
                    found.add(one.subject, of, why)
    _same_witness(known, found)
    _same_figures(told, known, found)
    for of, origin, why in alike(texts or {}, known, index):
        found.add(of, origin, why)
    return found.repeats({one.subject: one for one in told}, stated)


class _Found:
    """Candidates with their reasons."""

    def __init__(self, known: Mapping[str, Known]) -> None:
        self.known = known
        self.reasons: dict[tuple[str, str], list[str]] = {}
        self.records: dict[tuple[str, str], str] = {}

    def add(self, of: str, origin: str, reason: str, record: str = "") -> None:
        reasons = self.reasons.setdefault((of, origin), [])
        if reason not in reasons:
            reasons.append(reason)
        if record:
            self.records[of, origin] = record

    def repeats(self, statements: Mapping[str, Statement], stated: Mapping[str, str]) -> list[Repeat]:
        """One origin for each that repeats: that for which most speaks. Candidates that go back to one source speak for
        it together; where two are left that nothing tells apart, neither is chosen."""
        by: dict[str, dict[str, int]] = {}
        for (of, origin), reasons in self.reasons.items():
            own = statements[of].source if of in statements else of
            if own != origin:
                by.setdefault(of, {})[origin] = len(reasons)
        sure = [self._repeat(of, next(iter(options))) for of, options in by.items() if len(options) == 1]
        ends = roots(stated, sure)
        chosen = []
        for of, options in by.items():
            weight: Counter[str] = Counter()
            for origin, n in options.items():
                weight[ends.get(origin, origin)] += n
            ranked = weight.most_common(2)
            if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
                mine = [origin for origin in options if ends.get(origin, origin) == ranked[0][0]]
                chosen.append(self._repeat(of, min(mine, key=lambda o, of=of: self._rank(of, o))))  # type: ignore[misc]
        return sorted(chosen, key=lambda r: r.of)

    def _rank(self, of: str, origin: str) -> tuple[bool, str, str]:
        """Where the record itself is known before where only its source is; the earlier first."""
        return ((of, origin) not in self.records, self.known[origin].date or "9999", origin)

    def _repeat(self, of: str, origin: str) -> Repeat:
        return Repeat(of, origin, tuple(self.reasons[of, origin]), self.records.get((of, origin), ""))


def _same_witness(known: Mapping[str, Known], found: _Found) -> None:
    """One witness is one origin, whoever prints what he says."""
    by: dict[str, list[Known]] = {}
    for source in known.values():
        if source.kind == "interview" and source.author:
            by.setdefault(plain(source.author), []).append(source)
    for sources in by.values():
        first = min(sources, key=lambda s: (s.date or "9999", s.id))
        for source in sources:
            if source is not first:
                found.add(source.id, first.id, f"the same witness speaks, {source.author}")


def _same_figures(told: Sequence[Statement], known: Mapping[str, Known], found: _Found) -> None:
    """Figures on one matter that two people would not both arrive at; and rounded ones that say that they repeat."""
    by: dict[tuple[str, ...], list[Statement]] = {}
    for one in told:
        if one.numbers and one.source in known:
            by.setdefault(one.about, []).append(one)
    for group in by.values():
        for later in group:
            for first in group:
                a, b = known[first.source], known[later.source]
                if a.id == b.id or not a.date or not b.date or not dates.latest(a.date) < dates.earliest(b.date):
                    continue
                figure = " to ".join(f"{n:,g}" for n in dict.fromkeys(first.numbers))
                if later.numbers == first.numbers and _rare(first.numbers):
                    found.add(later.subject, a.id, f"gives the same rare figure, {figure}", first.subject)
                elif _AGAIN.search(f"{later.basis} {later.notes}") and _close(first.numbers, later.numbers):
                    found.add(later.subject, a.id, f"says that it repeats, and gives {figure} rounded", first.subject)


def _rare(numbers: Sequence[float]) -> bool:
    """Whether a figure is no round one: three digits that count, or two bounds of which one has two."""
    digits = [len(f"{abs(n):.6g}".replace(".", "").strip("0")) for n in numbers if n]
    distinct = len(set(numbers)) > 1
    return bool(digits) and (max(digits) >= 3 or (distinct and max(digits) >= 2))


def _close(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(math.isclose(x, y, rel_tol=_NEAR) for x, y in zip(a, b, strict=True))


def roots(stated: Mapping[str, str], found: Iterable[Repeat]) -> dict[str, str]:
    """Everything that repeats → the source that it goes back to, along all steps; a circle leads to itself.

    :param stated: source → the one that an analyst says it repeats; it goes before what was found
    """
    step = {r.of: r.origin for r in found} | {of: origin for of, origin in stated.items() if of != origin}
    ends = {}
    for of in step:
        seen = [of]
        while (further := step.get(seen[-1])) and further not in seen:
            seen.append(further)
        ends[of] = min(seen[seen.index(further) :]) if further else seen[-1]
    return {of: end for of, end in ends.items() if of != end}
