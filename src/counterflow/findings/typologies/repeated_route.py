"""Repeated route: one route, carrier and concealment again and again, beyond what a country's reporting explains.

Countries report as they like: one sends every street seizure, the next a tenth of its airports', so a count says how
much is reported. Compared is therefore only within what one country reports of one good in one span of time: how often
this way of carrying and hiding is met on this route, and how often on all others. Counted are days, not rows: parcels
of one day are one event, and rows are often doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.seized import dated
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import country_name
from counterflow.network.ties import address_key

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

__all__ = ["TYPOLOGY"]

Ints = np.ndarray[Any, np.dtype[np.int64]]

_GROUP, _ROUTE, _WAY = ("country", "what"), ("source", "target"), ("means", "hidden")
_CELL = (*_GROUP, *_ROUTE, *_WAY)
_UNTOLD = ("", "other", "others", "unknown", "not known", "unspecified", "not specified", "none", "n a", "various")
_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Repeated:
    """A cell in its fullest span. :param days: on which it was met; :param expected: if the route were as the others
    :param on_route: days of the route, whatever the way; :param elsewhere: days of the way on other routes, of `others`
    :param surprise: decimal logarithm of how unlikely that is, corrected for how many cells were looked at
    """

    cell: Mapping[str, str]
    first: str
    last: str
    days: int
    expected: float
    on_route: int
    elsewhere: int
    others: int
    surprise: float


def carried(data: Data) -> ibis.Table:
    """Seizures on a way between two countries, with how they were carried and hidden: row_id, day, and a cell: country
    that reports, what, source, target, means (the carrier's name, else the kind of transport), hidden."""
    import ibis

    rows = dated(data.seizures)
    rows = rows.select(
        "row_id", "day", "country", what=address_key(rows.goods),
        source=ibis.coalesce(rows.departure_country, rows.origin_country),
        target=ibis.coalesce(rows.dest_country, rows.country),
        means=address_key(ibis.coalesce(rows.carrier, rows.transport)), hidden=address_key(rows.concealment),
    )  # fmt: skip
    told = rows.country.notnull() & (rows.source != rows.target)
    for name in ("what", *_WAY):
        told &= rows[name].notnull() & ~rows[name].isin(_UNTOLD)
    return rows.filter(told)


def events(rows: ibis.Table, days: int) -> ibis.Table:
    """Each day of each cell once, of the countries and goods that have some cell on so many days."""
    once = rows.select(*_CELL, "day").distinct()
    often = once.group_by(list(_CELL)).agg(days=once.count())
    often = often.filter(often.days >= days).select(*_GROUP).distinct()
    return once.semi_join(often, list(_GROUP)).order_by(*_CELL, "day")


def repeated(told: pa.Table, dial: Mapping[str, float]) -> list[Repeated]:
    """Cells met on more days than the rest of what their country reports would have them. :param told: from `events`"""
    if not len(told):
        return []
    day = np.asarray(told.column("day").to_numpy(zero_copy_only=False), dtype="datetime64[D]").astype(np.int64)
    codes = {name: np.asarray(told.column(name).combine_chunks().dictionary_encode().indices) for name in _CELL}
    of = {keys: _Days(_coded([codes[k] for k in keys]), day)
          for keys in (_CELL, (*_GROUP, *_ROUTE), (*_GROUP, *_WAY), _GROUP)}  # fmt: skip
    cells, window = of[_CELL], int(dial["months"] * _MONTH)
    full = [(row, *cells.fullest(row, window)) for row in cells.groups(int(dial["days"]))]
    full = [f for f in full if f[3] >= dial["days"]]
    found = []
    for row, first, last, n in full:
        route, way, every = (days.between(row, first, last) for keys, days in of.items() if keys != _CELL)
        others, elsewhere = every - route, way - n
        expected = route * (elsewhere + 0.5) / (others + 1)
        surprise = -_chance(n, route, way, every) - np.log10(len(full))
        months = len(np.unique(cells.days(row, first, last).astype("datetime64[D]").astype("datetime64[M]")))
        if surprise >= dial["surprise"] and n >= dial["times"] * expected and months >= dial["spread"]:
            cell = {name: told.column(name)[row].as_py() for name in _CELL}
            ends = str(np.datetime64(first, "D")), str(np.datetime64(last, "D"))
            found.append(Repeated(cell, *ends, n, round(expected, 1), route, elsewhere, others, round(surprise, 2)))
    return found


class _Days:
    """Days of each group of rows, sorted. :param group: number of each row's group"""

    def __init__(self, group: Ints, day: Ints) -> None:
        order = np.lexsort((day, group))
        self._group, self._day, self._order = group, day[order], order
        self._starts = np.searchsorted(group[order], np.arange(group.max() + 2))

    def groups(self, least: int) -> Iterator[int]:
        """A row of each group that has so many."""
        for g in np.flatnonzero(np.diff(self._starts) >= least).tolist():
            yield int(self._order[self._starts[g]])

    def _of(self, row: int) -> Ints:
        g = self._group[row]
        return self._day[self._starts[g] : self._starts[g + 1]]

    def fullest(self, row: int, window: int) -> tuple[int, int, int]:
        """First day, last day and number of days of the window that holds the most, in the group of a row."""
        own = self._of(row)
        ends = np.searchsorted(own, own + window, side="right")
        best = int(np.argmax(ends - np.arange(len(own))))
        return int(own[best]), int(own[ends[best] - 1]), int(ends[best] - best)

    def days(self, row: int, first: int, last: int) -> Ints:
        """Those from one day to another, in the group of a row."""
        own = self._of(row)
        return own[np.searchsorted(own, first) : np.searchsorted(own, last, side="right")]

    def between(self, row: int, first: int, last: int) -> int:
        """How many these are."""
        return len(self.days(row, first, last))


def _chance(n: int, route: int, way: int, every: int) -> float:
    """Decimal logarithm of how likely at least `n` of the route's days are of the way, were they drawn from all days
    at random (hypergeometric: Fisher's exact test)."""
    from scipy.special import gammaln, logsumexp

    k = np.arange(n, min(route, way) + 1)

    def choose(total: Any, taken: Any) -> Any:
        return gammaln(total + 1) - gammaln(taken + 1) - gammaln(total - taken + 1)

    each = choose(way, k) + choose(every - way, route - k) - choose(every, route)
    return float(logsumexp(each[route - k <= every - way]) / np.log(10))


def _coded(columns: Sequence[Any]) -> Ints:
    """One number for each combination of several columns of numbers."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        code = np.unique(code * (int(column.max()) + 1) + column, return_inverse=True)[1].astype(np.int64)
    return code


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each cell."""
    rows = carried(data)
    found = repeated(data.run(events(rows, int(dial["days"]))), dial)
    records = _records(data, rows, found)
    for f in found:
        cell = tuple(f.cell[name] for name in _CELL)
        country, what, source, target, means, hidden = cell
        own = [(day, id) for day, id in records[cell] if f.first <= day <= f.last]
        reporter = country_name(country)
        share = f"{f.elsewhere / f.others:.0%}" if f.others else "none"
        factors = {
            f"{f.days} days where {f.expected:g} are expected of what {reporter} reports": _lift(f),
            f"by chance in less than 1 of 10^{f.surprise:.0f} such files": round(10 ** (min(f.surprise, 9) / 8), 3),
        }  # fmt: skip
        if to_the_month := all(day.endswith("-01") for day, _ in own):
            factors["dates are to the month: many days may be one"] = 0.8
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=(
                f"{what.capitalize()} from {country_name(source)} to {country_name(target)} by {means}, concealment "
                f"'{hidden}', was seized on {f.days} days from {f.first} to {f.last} as {reporter} reports: "
                f"{f.days / f.on_route:.0%} of its days on this route, {share} on others."
            ),
            subjects=(f"route:{source}>{target}",),
            probability=weigh(0.2, factors),
            evidence=evidence.of_rows("seizures", (id for _, id in own), "seizure on the route"),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            start=f.first,
            end=f.last,
            detail={
                **f.cell, "days": f.days, "expected_days": f.expected, "seizures": len(own),
                "days_on_route": f.on_route, "days_elsewhere": f.elsewhere, "days_of_others": f.others,
                "surprise_log10": f.surprise, "dates": "month" if to_the_month else "day", "factors": factors,
            },
        )  # fmt: skip


def _lift(f: Repeated) -> float:
    return round(min(4.0, f.days / max(f.expected, 0.5)), 3)


def _records(data: Data, rows: ibis.Table, found: Sequence[Repeated]) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """Cell → day and row_id of its seizures, in order."""
    import ibis
    import pyarrow as pa

    cells: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    if found:
        asked = pa.table({name: pa.array([f.cell[name] for f in found], pa.string()) for name in _CELL})
        mine = rows.semi_join(ibis.memtable(asked), list(_CELL)).order_by("day", "row_id")
        for row in data.run(mine).to_pylist():
            cells.setdefault(tuple(row[name] for name in _CELL), []).append((row["day"], row["row_id"]))
    return cells


TYPOLOGY = Typology(
    name="repeated_route",
    title="Route, carrier and concealment repeated",
    kind="seizure",
    what="The same goods come on the same route by the same means, hidden in the same way, on far more days than the "
    "other routes of that country's reports would have it.",
    why="Who has found a way that works uses it again: the method leads to the organiser, and to what is not seized.",
    standard="UNODC, Individual Drug Seizures (fields of route, transport and concealment) and World Drug Report, "
    "methodology: counts of seizures reflect reporting and enforcement; WCO, Illicit Trade Report",
    needs=("seizures",),
    parameters={
        "days": Parameter(6, "days", "fewest days on which it was met; more, and fewer routes are told"),
        "months": Parameter(24, "months", "longest span of time that they lie in"),
        "spread": Parameter(3, "months", "fewest different months among them: one operation is no habit"),
        "times": Parameter(2, "times", "how many times more days than the other routes would have it"),
        "surprise": Parameter(2, "powers of ten", "how unlikely it must be, after so many comparisons"),
    },
    benign=(
        "checks that look for this one method on this one route",
        "a change of what the country reports, or how it words it",
        "travellers who carry for themselves, each on their own",
    ),
    refutes="Files that show unconnected senders and receivers; the same share among all parcels or passengers of the "
    "route that were checked at random.",
    detect=detect,
)
