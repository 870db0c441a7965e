"""Control: who counts as a listed party's own under a regime, on a day; surely, maybe, or not; and by which chain.

Three answers, from two least fixpoints (`network.propagation`): what is owned whatever the unknown shares are
(``blocked``), what is owned for some of them (``may-be-blocked``), and the rest. Shares, votes and control by other
means are measured apart and never added to each other. The chain under an answer has the links it rests on, and where
an answer is open, the one holding that would decide it is named.

Standard: OFAC FAQ 398-402 and the laws in ``regimes/*.yaml``. :param: see `Control`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from counterflow.network.grouping import Ints, Smalls
from counterflow.network.holdings import Holdings
from counterflow.network.propagation import FAR, Run, spread, spread_each
from counterflow.network.regime import MEASURES, Rule
from counterflow.network.sizes import per_cent, size_of

__all__ = ["STATUSES", "Answer", "Control", "Step", "lines_of"]

STATUSES = ("blocked", "may-be-blocked", "not-blocked")
_OWNED = ("shares", "indirect")
_PARTS = ("shares", "votes", "indirect")


@dataclass(frozen=True)
class Step:
    """One holding of a chain. :param low, high: per cent; None for an interest that has no size
    :param rows: rows of the links table, rival records of one holding together"""

    owner: str
    owned: str
    measure: str
    low: float | None
    high: float | None
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """:param basis: ``listed``, a measure, or, of an answer that is open, what leaves it so
    :param low, high: per cent of the shares that listed parties' own hold surely, and at most; likewise the votes
    :param path: from the party up to a listed one, a chain of the largest holdings
    :param missing: the holding that would decide an open answer, and from which share on"""

    entity: str
    status: str
    basis: str | None
    low: float
    high: float
    votes_low: float | None
    votes_high: float | None
    path: tuple[Step, ...] = ()
    missing: Mapping[str, Any] | None = None


def lines_of(holdings: Holdings, rule: Rule, run: str) -> Ints:
    """The line of each test. :param run: ``sure``; ``owned``: what ownership may be; ``any``: whatever may be"""
    found = np.full(len(holdings.measure), FAR, np.int64)
    if rule.line is None:
        return found
    line = size_of(rule.line, lower=True, is_open=rule.above)
    for number, measure in enumerate(MEASURES):
        effect = rule.reached_by.get("shares" if measure == "indirect" else measure)
        here = holdings.measure == number
        if effect is None or (run == "sure" and (effect == "may" or measure == "indirect")):
            continue
        if run == "owned" and measure not in _OWNED and effect in ("may", "decides"):
            continue
        if measure in _PARTS:
            found[here] = line
        else:
            found[here] = holdings.seats[here] // 2 + 1 if measure == "board" else 1
    return found


class Control:
    """Who counts as a listed party's own.

    :param listed: entity → whether it is surely listed by the regime's lists on that day
    """

    def __init__(self, holdings: Holdings, listed: Mapping[str, bool], rule: Rule) -> None:
        self.holdings, self.rule, self.listed = holdings, rule, listed
        index = holdings.index
        self.seeds = _sorted(index[e] for e, sure in listed.items() if sure and e in index)
        self.maybe_seeds = _sorted(index[e] for e in listed if e in index)
        effects = set(rule.reached_by.values())
        self.alone = bool(effects & {"each", "jointly"})
        self.lines = {run: lines_of(holdings, rule, run) for run in ("sure", "owned", "any")}
        tests = holdings.tests
        first = spread_each if self.alone else spread
        self.sure: Run = first(tests, self.seeds, self.lines["sure"], upper=False)
        self.owned: Run = first(tests, self.maybe_seeds, self.lines["owned"], upper=True)
        widest = spread_each if "each" in effects else spread
        self.any: Run = widest(tests, self.maybe_seeds, self.lines["any"], upper=True)
        self._alone: dict[tuple[str, int], Run] = {}
        self._ends = {True: set(self.seeds.tolist()), False: set(self.maybe_seeds.tolist())}

    def entities(self) -> Iterator[str]:
        """Everyone the answer is about: listed parties, and whoever has a holder; in order of id."""
        held = {str(self.holdings.nodes[node]) for node in np.unique(self.holdings.tests.company).tolist()}
        return iter(sorted(held | set(self.listed)))

    def status(self, entity: str) -> str:
        """One of `STATUSES`. A party of which nothing is known is not blocked."""
        if entity in self.listed:
            return STATUSES[0] if self.listed[entity] else STATUSES[1]
        node = self.holdings.index.get(entity)
        if node is None:
            return STATUSES[2]
        if self.sure.rank[node] >= 0:
            return STATUSES[0]
        return STATUSES[1] if self.owned.rank[node] >= 0 or self.any.rank[node] >= 0 else STATUSES[2]

    @cached_property
    def statuses(self) -> np.ndarray[Any, np.dtype[np.int8]]:
        """Of each node, an index into `STATUSES`."""
        maybe = self.owned.inside | self.any.inside
        return np.where(self.sure.inside, 0, np.where(maybe, 1, 2)).astype(np.int8)

    def answer(self, entity: str) -> Answer:
        """The whole answer about one party."""
        status = self.status(entity)
        node = self.holdings.index.get(entity)
        if node is None:
            return Answer(entity, status, "listed" if entity in self.listed else None, 0.0, 0.0, None, None)
        low, high = self._held(node, "shares")
        votes = self._held(node, "votes") if self._test(node, "votes") is not None else (None, None)
        sized = (low or 0.0, high or 0.0, *votes)
        if entity in self.listed:
            return Answer(entity, status, "listed", *sized)
        if status == STATUSES[2]:
            return Answer(entity, status, None, *sized)
        run = "sure" if status == STATUSES[0] else "owned" if self.owned.rank[node] >= 0 else "any"
        path = tuple(self._path(node, run))
        basis = path[0].measure if path else None
        if run == "any" and "jointly" in self.rule.reached_by.values() and basis in _PARTS:
            basis = f"{basis} if held jointly"
        missing = self._missing(node, run) if status == STATUSES[1] else None
        return Answer(entity, status, basis, *sized, path, missing)

    def holders(self, entity: str) -> list[Step]:
        """Every holding in a party that counts in this regime, of whomever, largest first."""
        node = self.holdings.index.get(entity)
        if node is None:
            return []
        found = [k for test in self._tests(node) for k in self._into(test)]
        return [self._step(k) for k in sorted(found, key=lambda k: (-int(self.holdings.tests.high[k]), k))]

    def chain(self, entity: str) -> list[Step]:
        """Every holding on the way up from a party to listed ones, not only the largest."""
        node = self.holdings.index.get(entity)
        status = self.status(entity)
        if node is None or entity in self.listed or status == STATUSES[2]:
            return []
        run = "sure" if status == STATUSES[0] else "owned" if self.owned.rank[node] >= 0 else "any"
        seen, todo, steps = {node}, [node], []
        while todo:
            at = todo.pop(0)
            for k in self._from(at, run):
                steps.append(self._step(k))
                owner = int(self.holdings.owner[k])
                if owner not in seen:
                    seen.add(owner)
                    todo.append(owner)
        return steps

    # -- how an answer came about --------------------------------------------------------------------------------

    def _run(self, name: str, node: int) -> Run:
        """The run that reached a node: where each listed party was tried alone, that party's own."""
        run: Run = getattr(self, name)
        if run.root is None:
            return run
        root = int(run.root[node])
        if (name, root) not in self._alone:
            seeds = np.array([root], np.int32)
            if len(self._alone) > 64:
                self._alone.clear()
            self._alone[name, root] = spread(self.holdings.tests, seeds, self.lines[name], upper=name != "sure")
        return self._alone[name, root]

    def _from(self, node: int, name: str) -> list[int]:
        """Holdings through which a run reached a node, those of its first test that reaches the line; largest first."""
        if node in self._ends[name == "sure"]:
            return []
        run = self._run(name, node)
        size = self.holdings.tests.low if name == "sure" else self.holdings.tests.high
        for test in self._tests(node):
            if run.reached[test] >= self.lines[name][test]:
                before = [k for k in self._into(test) if 0 <= run.rank[self.holdings.owner[k]] < run.rank[node]]
                if before and sum(int(self.holdings.tests.high[k]) for k in before) > 0:
                    return sorted((k for k in before if size[k] > 0), key=lambda k: (-int(size[k]), k))
        return []

    def _path(self, node: int, name: str) -> Iterator[Step]:
        while ks := self._from(node, name):
            yield self._step(ks[0])
            node = int(self.holdings.owner[ks[0]])

    def _missing(self, node: int, name: str) -> dict[str, Any] | None:
        """What would decide an open answer: the widest holding of a sure owner, else what leaves an owner open."""
        ks = self._from(node, name)
        if not ks:
            return None
        tests = self.holdings.tests
        measure = MEASURES[self.holdings.measure[tests.test[ks[0]]]]
        line = int(self.lines[name][tests.test[ks[0]]])
        sure = [k for k in ks if self.sure.rank[self.holdings.owner[k]] >= 0]
        got = sum(int(tests.low[k]) for k in sure)
        if measure not in _PARTS:
            return self._wanted(ks[0], None, f"whether this gives {measure.replace('appointmentOfBoard', 'the board')}")
        # what each open holding could still add; the widest is asked for
        gap = {k: int(tests.high[k] - (tests.low[k] if k in sure else 0)) for k in ks}
        widest = max((k for k in ks if gap[k]), key=lambda k: (gap[k], -k), default=None)
        if got >= line or widest is None:  # every part is sure; the law leaves open what they mean together
            several = "jointly" in self.rule.reached_by.values()
            meant = "whether these holdings are held jointly" if several else "whether the law means such a majority"
            return self._wanted(ks[0], None, meant)
        owner = int(self.holdings.owner[widest])
        if widest in sure:
            needed = line - (got - int(tests.low[widest]))
            alone = needed <= int(tests.high[widest])
            return self._wanted(widest, min(needed, int(tests.high[widest])), "its size" if alone else "its size first")
        if str(self.holdings.nodes[owner]) in self.listed:
            return self._wanted(widest, None, "whether the owner was listed on that day")
        return self._missing(owner, name) or self._wanted(widest, None, "whether the owner is owned")

    def _wanted(self, k: int, needed: int | None, what: str) -> dict[str, Any]:
        step = self._step(k)
        from_ = None if needed is None else max(per_cent(needed), 0.0)
        return {"owner": step.owner, "owned": step.owned, "what": what, "from_per_cent": from_, "rows": step.rows}

    # -- lookups -------------------------------------------------------------------------------------------------

    def _tests(self, node: int) -> list[int]:
        offsets, order = self.holdings.by_company
        return sorted(order[offsets[node] : offsets[node + 1]].tolist(), key=lambda t: int(self.holdings.measure[t]))

    def _test(self, node: int, measure: str) -> int | None:
        wanted = MEASURES.index(measure)
        return next((t for t in self._tests(node) if self.holdings.measure[t] == wanted), None)

    def _into(self, test: int) -> list[int]:
        offsets, order = self.holdings.into
        found: list[int] = order[offsets[test] : offsets[test + 1]].tolist()
        return found

    def _held(self, node: int, measure: str) -> tuple[float | None, float | None]:
        test = self._test(node, measure)
        if test is None:
            return None, None
        return per_cent(int(self.sure.reached[test])), per_cent(int(self.any.reached[test]))

    def _step(self, k: int) -> Step:
        h = self.holdings
        measure = MEASURES[h.measure[h.tests.test[k]]]
        sized = measure in _PARTS
        return Step(
            str(h.nodes[h.owner[k]]),
            str(h.nodes[h.tests.company[h.tests.test[k]]]),
            measure,
            per_cent(int(h.tests.low[k])) if sized else None,
            per_cent(int(h.tests.high[k])) if sized else None,
            tuple(sorted(set(h.rows[h.merged[k] : h.merged[k + 1]].tolist()))),
        )


def _sorted(nodes: Iterator[int]) -> Smalls:
    return np.array(sorted(nodes), np.int32)
