"""Holdings: the links that are interests, as of a date, as columns ready for propagation; and what is wrong with them.

Rival records of one holder's one interest are one interval: the least that any of them says is sure, the most that any
says may be. What only may hold on that day (a partial date, a record that doubts, one that another denies) is sure of
nothing. Nothing is clamped or dropped unsaid: what cannot be right is a row of `Holdings.problems`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.model import dates
from counterflow.network.grouping import (
    EPOCH,
    FIRST,
    LAST,
    Bools,
    Ints,
    Smalls,
    coded,
    coded_texts,
    days,
    grouped,
    offsets_of,
    order_of,
)
from counterflow.network.propagation import FAR, Tests
from counterflow.network.regime import MEASURES, measure_of
from counterflow.network.sizes import PER_CENT, WHOLE, size_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SEVERAL", "Holdings", "Problem", "holdings_of", "tests_of"]

_PARTS = ("shares", "votes", "indirect")
SEVERAL = 1_000_000
"""Holders of one company beyond which the exactness of open bounds is not warranted (see `network.sizes`)."""


@dataclass(frozen=True)
class Problem:
    """Something about the data that cannot be right. :param kind: one word for programs; :param entity: whom it
    concerns; :param links: the records; :param text: one sentence"""

    kind: str
    entity: str
    links: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Holdings:
    """Columns of one row for each interest of one holder in one party, rival records merged.

    :param nodes: entity ids, sorted; :param owner: node of each row; rows are in order of owner and test
    :param measure: of each test: index into `regime.MEASURES`; :param seats: of each test: how many holders it has
    :param rows: rows of the links table, `merged[k]` to `merged[k+1]` are those of holding *k*
    """

    nodes: np.ndarray[Any, np.dtype[Any]]
    owner: Smalls
    tests: Tests
    measure: Smalls
    seats: Ints
    rows: Ints
    merged: Ints
    problems: tuple[Problem, ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """Entity id → node."""
        return {node: i for i, node in enumerate(self.nodes.tolist())}

    @cached_property
    def into(self) -> tuple[Ints, Ints]:
        """(offsets by test, holdings in that order): who holds in each test."""
        return grouped(self.tests.test, len(self.measure))

    @cached_property
    def by_company(self) -> tuple[Ints, Ints]:
        """(offsets by node, tests in that order): the tests of each party."""
        return grouped(self.tests.company, len(self.nodes))


def tests_of(
    owner: Smalls, owned: Smalls, measure: Smalls, low: Ints, high: Ints, nodes: int
) -> tuple[Tests, Smalls, Smalls, Ints, Ints, Ints, Bools]:
    """Columns of interests as tests: (tests, owner, measure of each test, holders of each test, rows, merged, over).

    :param owner: node of each row, in any order; :param owned: likewise; :param measure: index into `MEASURES`
    :return: `rows` in the order of the holdings, holding *k* being made of ``rows[merged[k]:merged[k+1]]``; `over`: of
        each test, whether the least that its holders are known to have is more than the whole
    """
    test = np.empty(len(owned), np.int32)
    which, companies, first = [], [], 0
    for number in np.flatnonzero(np.bincount(measure, minlength=len(MEASURES))).tolist():
        mine = measure == number
        held = np.zeros(nodes, bool)
        held[owned[mine]] = True
        test[mine] = (np.cumsum(held, dtype=np.int32) + (first - 1))[owned[mine]]
        companies.append(np.flatnonzero(held).astype(np.int32))
        which.append(np.full(len(companies[-1]), number, np.int32))
        first += len(companies[-1])
    company = np.concatenate([np.empty(0, np.int32), *companies])
    kinds = np.concatenate([np.empty(0, np.int32), *which])
    rows = order_of(owner, test, nodes, len(company))
    owner, test, low, high = owner[rows], test[rows], low[rows], high[rows]
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | (test[1:] != test[:-1])
    merged = np.flatnonzero(fresh)
    if len(merged) < len(rows):
        low, high = np.minimum.reduceat(low, merged), np.maximum.reduceat(high, merged)
        owner, test = owner[merged], test[merged]
    total = np.zeros(len(company), np.int64)
    np.add.at(total, test, low)
    over = total > WHOLE
    whole = np.isin(kinds, [MEASURES.index(name) for name in _PARTS if name != "indirect"])
    room = np.where(whole & ~over, WHOLE - total, FAR - total)  # a contradiction limits nothing
    seats = np.bincount(test, minlength=len(company)).astype(np.int64)
    tests = Tests(offsets_of(owner, nodes), test, low, high, company, room)
    return tests, owner, kinds, seats, rows, np.append(merged, len(rows)), over & whole


def holdings_of(links: pa.Table, as_of: str | None) -> Holdings:
    """The interests among rows of `storage.tables.LINKS`. :param as_of: partial ISO date; None: what no source says has
    ended"""
    links = links.select(_NEEDED)
    kind = _measures(links)
    here = np.flatnonzero(kind != -1)
    if len(here) < len(links):
        links, kind = links.take(here), kind[here]
    nodes, source, target = coded(links.column("source"), links.column("target"))
    possible, sure, reversed_ = _span(links, as_of)
    stance, asserted = coded_texts(links.column("stance"))
    denies, doubts = (np.isin(asserted, [i for i, text in enumerate(stance) if text == word]) for word in _AGAINST)
    low, high = _sizes(links, kind)
    itself = source == target
    low = np.where(sure & ~doubts & ~denies, low, 0)
    high = np.where(denies, 0, high)  # what denies a holding gives no size to it
    kept = np.flatnonzero((kind >= 0) & possible & ~itself & ~_only_denied(source, target, kind, denies & possible))
    columns = [source[kept], target[kept], kind[kept], low[kept], high[kept], kept]
    kin = _relatives(links, nodes, columns, possible)
    columns = [np.concatenate([own, theirs]).astype(own.dtype) for own, theirs in zip(columns, kin, strict=True)]
    *sized, origin = columns
    tests, owner, measure, seats, rows, merged, over = tests_of(
        sized[0], sized[1], sized[2], sized[3], sized[4], nodes=len(nodes)
    )
    rows = origin[rows]
    found = Holdings(nodes, owner, tests, measure, seats, here[rows], merged, ())
    problems = _problems(links, found, rows, itself & possible & (kind >= 0), reversed_, over)
    return Holdings(nodes, owner, tests, measure, seats, here[rows], merged, problems)


_NEEDED = [
    "link", "schema", "source", "target", "start", "end", "interest", "directness", "share", "share_low", "share_high",
    "low_open", "high_open", "stance",
]  # fmt: skip
_AGAINST = ("denies", "doubts")
_KIN = MEASURES.index("family")


def _relatives(links: pa.Table, nodes: Any, columns: list[Any], possible: Bools) -> list[Any]:
    """What the relatives of each party may hold half or more of, as interests of measure ``family`` of that party:
    two rows each, the kinship and the holding."""
    pairs: dict[int, list[tuple[int, int]]] = {}
    where = np.searchsorted(nodes, [links["source"][r].as_py() for r in _kinships(links, possible)])
    others = np.searchsorted(nodes, [links["target"][r].as_py() for r in _kinships(links, possible)])
    for row, a, b in zip(_kinships(links, possible), where.tolist(), others.tolist(), strict=True):
        pairs.setdefault(a, []).append((b, row))
        pairs.setdefault(b, []).append((a, row))
    source, target, kind, _, high, rows = columns
    theirs = np.isin(source, sorted(pairs)) & (kind == MEASURES.index("shares")) & (high >= WHOLE // 2)
    found = [
        (relative, int(target[k]), _KIN, 0, 1, row)
        for k in np.flatnonzero(theirs).tolist()
        for relative, kinship in pairs[int(source[k])]
        if relative != target[k]
        for row in (kinship, int(rows[k]))
    ]
    return [np.array(column, np.int64) for column in zip(*found, strict=True)] if found else [np.empty(0, int)] * 6


def _kinships(links: pa.Table, possible: Bools) -> list[int]:
    names, codes = coded_texts(links.column("schema"), links.column("stance"))
    kin = [i for i, name in enumerate(names) if name == "Family\x1fasserts"]
    return list(np.flatnonzero(np.isin(codes, kin) & possible).tolist())


def _measures(links: pa.Table) -> Smalls:
    """Index into `MEASURES` of each link, -1 for none, -2 for kinship; asked once for each distinct kind."""
    names, codes = coded_texts(*(links.column(c) for c in ("schema", "interest", "directness")))
    table = [-1]
    for name in names:
        schema, interest, directness = name.split("\x1f")
        measure = measure_of(schema, interest or None, directness or None)
        table.append(-2 if schema == "Family" else -1 if measure is None else MEASURES.index(measure))
    return np.array(table, np.int32)[codes + 1]


def _span(links: pa.Table, as_of: str | None) -> tuple[Bools, Bools, Bools]:
    """Of each link: whether it may hold on some day that `as_of` can mean; whether it surely holds on all of them;
    whether its dates are reversed, so that nothing is known of when it held."""
    first_start, last_start = days(links.column("start"), FIRST)
    first_end, last_end = days(links.column("end"), LAST)
    turned = first_start > last_end
    if as_of is None:
        possible = first_end == LAST
        return possible | turned, possible, turned
    begin, finish = (day.toordinal() - EPOCH for day in (dates.earliest(as_of), dates.latest(as_of)))
    possible = (first_start <= finish) & (last_end >= begin)
    sure = (last_start <= begin) & (first_end >= finish) & ~turned
    return possible | turned, sure, turned


def _sizes(links: pa.Table, kind: Smalls) -> tuple[Ints, Ints]:
    """Bounds in units; nothing to all where no share is known; 1 for an interest that is not a part of a whole."""
    low, high = (
        _units(links.column(f"share_{side}"), links.column(f"{side}_open"), lower=side == "low")
        for side in ("low", "high")
    )
    part = np.isin(kind, [MEASURES.index(name) for name in _PARTS])
    return np.where(part, low, 1), np.where(part, high, 1)


def _units(values: pa.ChunkedArray, opened: pa.ChunkedArray, *, lower: bool) -> Ints:
    """Bounds in units; reckoned once for each distinct one."""
    known = values.combine_chunks().dictionary_encode(null_encoding="encode")
    absent = 0 if lower else WHOLE
    sizes = [absent if v is None else size_of(v, lower=lower) for v in known.dictionary.to_pylist()] or [absent]
    is_open = opened.fill_null(False).to_numpy()
    found: Ints = np.array(sizes, np.int64)[known.indices.to_numpy()] + np.where(is_open, 1 if lower else -1, 0)
    return found


def _only_denied(source: Smalls, target: Smalls, kind: Smalls, denied: Bools) -> Bools:
    """Rows whose holding nobody asserts: every record of it denies."""
    if not denied.any():
        return denied
    key = np.stack([source, target, kind])
    against = {tuple(column) for column in key[:, denied].T.tolist()}
    near = np.flatnonzero(np.isin(source, source[denied]) & np.isin(target, target[denied]))
    said = {tuple(key[:, row].tolist()) for row in near.tolist() if not denied[row]}
    lone = np.zeros(len(denied), bool)
    lone[[row for row in np.flatnonzero(denied).tolist() if tuple(key[:, row].tolist()) in against - said]] = True
    return lone


def _problems(
    links: pa.Table, made: Holdings, rows: Ints, itself: Bools, turned: Bools, over: Bools
) -> tuple[Problem, ...]:
    """What cannot be right, by entity."""
    found: list[Problem] = []
    id, target = links.column("link"), links.column("target")
    at = made.nodes

    def tell(kind: str, which: Any, text: str) -> None:
        for row in np.flatnonzero(which).tolist():
            cells = {name: links[name][row].as_py() for name in ("share", "start", "end")}
            found.append(Problem(kind, target[row].as_py(), (id[row].as_py(),), text.format(**cells)))

    impossible = links.column("share").is_valid().to_numpy() & ~links.column("share_low").is_valid().to_numpy()
    tell("share not possible", impossible, "'{share}' is no part of a whole; the share counts as not known")
    tell("owns itself", itself, "holds itself; left out of every sum")
    tell("dates reversed", turned, "began {start} and ended {end}; when it held is not known")
    for test in np.flatnonzero(over).tolist():
        begin, end = (int(made.into[0][test + n]) for n in (0, 1))
        mine = [k for k in made.into[1][begin:end].tolist() if made.tests.low[k] > 0]
        total = sum(int(made.tests.low[k]) for k in mine) / PER_CENT
        records = sorted({id[int(rows[r])].as_py() for k in mine for r in range(made.merged[k], made.merged[k + 1])})
        what = MEASURES[made.measure[test]]
        said = f"{what} of {len(mine)} holders come to {total:g} per cent at the least; no other share is inferred"
        found.append(Problem("more than the whole", str(at[made.tests.company[test]]), tuple(records), said))
    several = np.flatnonzero((np.diff(made.merged) > 1) & (made.measure[made.tests.test] != _KIN))
    found += [p for k in several.tolist() if (p := _rival(links, made, rows, k)) is not None]
    found += [
        Problem("too many holders", str(at[made.tests.company[t]]), (), f"{made.seats[t]:,} holders; open bounds are "
                "exact up to a million") for t in np.flatnonzero(made.seats > SEVERAL).tolist()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda p: (p.entity, p.kind, p.links)))


def _rival(links: pa.Table, made: Holdings, rows: Ints, k: int) -> Problem | None:
    """Records of one holding that contradict each other."""
    mine = rows[made.merged[k] : made.merged[k + 1]].tolist()
    told = [
        (links["share_low"][r].as_py(), links["share_high"][r].as_py(), links["stance"][r].as_py() == "denies")
        for r in mine
    ]
    if len(set(told)) == 1:
        return None
    ids = tuple(sorted(links["link"][r].as_py() for r in mine))
    said = "; ".join(
        "denied" if denied else "no share" if low is None else f"{low:g}-{high:g}" if low != high else f"{low:g}"
        for low, high, denied in told
    )
    owner, owned = made.nodes[made.owner[k]], made.nodes[made.tests.company[made.tests.test[k]]]
    return Problem("rival records", str(owned), ids, f"records of what {owner} holds differ: {said} per cent")
