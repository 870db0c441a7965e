"""Mirror gap: one country reports exports that the other does not report as imports, or the other way round.

The two never agree. Importers count freight and insurance (CIF), exporters do not (FOB); goods leave in one period and
arrive in the next; entrepôts book what only passes through; small consignments are not counted; goods are booked under
different codes. A gap is told where it outlasts all that: against the pair's own history of the commodity, or, where
that is short, against all pairs at hand.

Who reports nothing of a kind in a period has no mirror: North Korea publishes nothing, and so is never compared. Pairs
whose figures their publisher's descriptor doubts are left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.worth import worth
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_PAIR = ("exporter", "importer", "code")
_KEY = (*_PAIR, "date")
_HISTORY = 5
"""Periods from which on a pair's own history is the measure."""
_ENOUGH = 20
"""Comparisons from which on all pairs are a measure."""


def figures(data: Data) -> ibis.Table:
    """Figures that can be compared: row_id, date, reporter, partner, flow, code (empty: all commodities), edition, usd
    (free on board where it is stated: fob), kg; and `doubted`."""
    rows = data.table("trade_figures")
    whole = rows.second_partner.isnull() & rows.procedure.isnull() & rows.transport.isnull()
    named = rows.reporter.notnull() & rows.partner.notnull() & (rows.reporter != rows.partner)
    rows = rows.filter(whole & named & ~rows.mirror.fill_null(False) & rows.date.length().isin([4, 7]))
    rows = worth(data, rows)
    fob = (rows.flow == "import") & rows.value_fob.notnull()
    return rows.select(
        "row_id", "date", "reporter", "partner", "flow",
        code=rows.hs_code.fill_null(""), edition=rows.hs_edition, fob=fob,
        usd=fob.ifelse(rows.value_fob, rows.value) * rows.rate, kg=rows.net_weight,
        doubted=rows.credibility.fill_null(0) >= 4,
    )  # fmt: skip


def compared(rows: ibis.Table, freight: float) -> ibis.Table:
    """exporter, importer, code, date, x and m (exports and imports as reported, the latter without freight), x_kg,
    m_kg, step (number of the period): where both are reported, or the silent one reports of others.

    :param rows: of `figures`, not doubted
    """
    import ibis

    rows = rows.filter(rows.usd.notnull())
    out, back, came = (rows.filter(rows.flow == flow) for flow in ("export", "re-export", "import"))
    sent = out.group_by(exporter=out.reporter, importer=out.partner, code=out.code, date=out.date).agg(
        x=out.usd.sum(), x_kg=out.kg.sum(), x_edition=out.edition.max()
    )
    again = back.group_by(exporter=back.reporter, importer=back.partner, code=back.code, date=back.date).agg(
        again=back.usd.sum()
    )
    sent = sent.left_join(again, _KEY).drop(*[f"{name}_right" for name in _KEY])
    # what only passed through is the exporter's export, and not its goods in the importer's books
    sent = sent.mutate(x=(sent.x - sent.again.fill_null(0.0)).clip(lower=0.0)).drop("again")
    got = came.mutate(bare=came.usd / came.fob.ifelse(1.0, 1.0 + freight))
    got = got.group_by(exporter=got.partner, importer=got.reporter, code=got.code, date=got.date).agg(
        m=got.bare.sum(), m_kg=got.kg.sum(), m_edition=got.edition.max()
    )
    both = sent.outer_join(got, _KEY)
    both = both.mutate(**{name: ibis.coalesce(both[name], both[f"{name}_right"]) for name in _KEY})
    both = both.drop(*[f"{name}_right" for name in _KEY])
    both = both.filter(
        (both.x_edition == both.m_edition)
        | both.x_edition.isnull()
        | both.m_edition.isnull()
        | (both.code.length() < 4)
    )
    both = both.mutate(level=both.code.length())
    told = rows.select("reporter", "flow", "date", level=rows.code.length()).distinct()
    for side, flow in (("exporter", "export"), ("importer", "import")):
        told_here = told.filter(told.flow == flow).select(
            side_name=told.reporter, side_date=told.date, side_level=told.level
        )
        both = both.semi_join(
            told_here,
            [both[side] == told_here.side_name, both.date == told_here.side_date, both.level == told_here.side_level],
        )
    both = both.mutate(x=both.x.fill_null(0.0), m=both.m.fill_null(0.0))
    monthly = both.date.length() == 7
    step = monthly.ifelse(
        both.date.substr(0, 4).cast("int64") * 12 + both.date.right(2).cast("int64"),
        both.date.substr(0, 4).cast("int64"),
    )
    return both.mutate(step=step, monthly=monthly).drop("x_edition", "m_edition")


def gaps(both: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Comparisons that stand out: their columns, and missing (imports or exports), excess (how far apart, natural log),
    usual (of the pair or of all), scale, history (periods of the pair), always (so in most periods of the pair).

    :param both: of `compared`
    """
    import ibis

    # what is not counted because it is small counts as little
    small = dial["least"] / 10
    both = both.mutate(ratio=((both.m + small) / (both.x + small)).ln())
    both = both.mutate(two_sided=(both.x > 0) & (both.m > 0))
    own = both.group_by(*_PAIR, "monthly").agg(own=both.ratio.median(), history=both.count())
    rows = both.join(own, [*_PAIR, "monthly"])
    spread = rows.group_by(*_PAIR, "monthly").agg(own_scale=(rows.ratio - rows.own).abs().median() * 1.4826)
    rows = rows.join(spread, [*_PAIR, "monthly"])
    seen = both.filter(both.two_sided)
    centre = seen.group_by("level", "monthly").agg(every=seen.ratio.median(), pairs=seen.count())
    away = seen.join(centre, ["level", "monthly"])
    width = away.group_by("level", "monthly").agg(every_scale=(away.ratio - away.every).abs().median() * 1.4826)
    measure = centre.join(width, ["level", "monthly"])
    rows = rows.left_join(measure, ["level", "monthly"])
    many = (rows.pairs >= _ENOUGH).fill_null(False)
    rows = rows.mutate(
        every=many.ifelse(rows.every, 0.0), every_scale=ibis.greatest(many.ifelse(rows.every_scale, 0.5), dial["floor"])
    )
    rows = rows.mutate(
        always=(rows.history >= _HISTORY) & ((rows.own - rows.every).abs() > dial["scales"] * rows.every_scale)
    )
    by_own = (rows.history >= _HISTORY) & ~rows.always
    rows = rows.mutate(
        usual=by_own.ifelse(rows.own, rows.every),
        scale=by_own.ifelse(ibis.greatest(rows.own_scale, dial["floor"]), rows.every_scale),
    )
    # what is wanting in a period and too much in the next, or in the one before, was on its way
    rows = rows.mutate(awry=rows.m - rows.x * rows.usual.exp())
    order = ibis.window(group_by=[*_PAIR, "monthly"], order_by="step")
    after = (rows.step.lead().over(order) == rows.step + 1).ifelse(rows.awry.lead().over(order), 0.0).fill_null(0.0)
    before = (rows.step.lag().over(order) == rows.step - 1).ifelse(rows.awry.lag().over(order), 0.0).fill_null(0.0)
    late = (rows.awry < 0).ifelse(1, -1)
    elsewhere = (before * late).clip(lower=0.0) + (after * late).clip(lower=0.0)
    room = rows.monthly.ifelse(rows.awry.abs(), ibis.least(rows.awry.abs(), rows.x * (dial["lag"] / 12)))
    rows = rows.mutate(best=rows.m + late * ibis.least(elsewhere, room))
    rows = rows.mutate(excess=((rows.best + small) / (rows.x + small)).ln() - rows.usual)
    line = ibis.greatest(rows.scale * dial["scales"], math.log(dial["times"]))
    rows = rows.filter((rows.excess.abs() > line) & ((rows.x - rows.best).abs() >= dial["least"]))
    rows = rows.mutate(missing=(rows.excess < 0).ifelse("imports", "exports"), excess=rows.excess.abs())
    thousand = rows.two_sided & (((rows.m / rows.x).ln().abs() / math.log(10) - 3).abs() < 0.03)
    return rows.mutate(thousand=thousand).select(
        *_KEY, "x", "m", "x_kg", "m_kg", "missing", "excess", "usual", "scale", "history", "always", "thousand"
    ).order_by(*_KEY)  # fmt: skip


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each pair, commodity and direction."""
    rows = figures(data)
    found = data.run(gaps(compared(rows.filter(~rows.doubted), dial["freight"]), dial)).to_pylist()
    if not found:
        return
    [passed] = data.run(
        rows.agg(
            doubted_figures=rows.doubted.sum(), without_a_worth_in_dollars=rows.usd.isnull().sum()
        )
    ).to_pylist()  # fmt: skip
    passed["out_by_a_thousand"] = sum(row["thousand"] for row in found)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in found:
        if not row["thousand"]:
            groups.setdefault((row["exporter"], row["importer"], row["code"], row["missing"]), []).append(row)
    ids = _row_ids(data, rows, [row for several in groups.values() for row in several])
    for key in sorted(_finest(groups)):
        yield _finding(groups[key], ids, passed)


def _finest(groups: Mapping[tuple[str, ...], Any]) -> list[tuple[str, ...]]:
    """Without sums over a commodity that is itself among them."""
    return [
        (one, other, code, missing)
        for one, other, code, missing in groups
        if not any(
            (one, other, missing) == (a, b, way) and finer != code and finer.startswith(code)
            for a, b, finer, way in groups
        )
    ]


def _row_ids(data: Data, rows: ibis.Table, found: list[dict[str, Any]]) -> dict[tuple[str, ...], list[str]]:
    """exporter, importer, code, date → the figures of both sides."""
    import ibis

    if not found:
        return {}
    wanted = ibis.memtable(pa.table({f"_{name}": pa.array([row[name] for row in found], pa.string()) for name in _KEY}))
    exported = rows.flow.isin(["export", "re-export"])
    rows = rows.filter(exported | (rows.flow == "import"))
    rows = rows.mutate(
        exporter=exported.ifelse(rows.reporter, rows.partner), importer=exported.ifelse(rows.partner, rows.reporter)
    )
    rows = rows.filter(~rows.doubted).semi_join(wanted, [rows[name] == wanted[f"_{name}"] for name in _KEY])
    told: dict[tuple[str, ...], list[str]] = {}
    for row in data.run(rows.select(*_KEY, "row_id").order_by(*_KEY, "row_id")).to_pylist():
        told.setdefault(tuple(row[name] for name in _KEY), []).append(row["row_id"])
    return told


@cache
def _hubs() -> frozenset[str]:
    import yaml

    return frozenset(yaml.safe_load((resources.files("counterflow.findings") / "hubs.yaml").read_text("utf-8"))["hubs"])


def _finding(
    rows: list[dict[str, Any]], ids: Mapping[tuple[str, ...], list[str]], passed: Mapping[str, int]
) -> Finding:
    first, last = rows[0], rows[-1]
    exporter, importer = country_name(first["exporter"]), country_name(first["importer"])
    x, m = sum(row["x"] for row in rows), sum(row["m"] for row in rows)
    gap, excess = abs(x - m), max(row["excess"] for row in rows)
    missing = first["missing"]
    factors = {f"{math.exp(excess):,.0f} times as far apart as is usual for them": 3.0 if excess > math.log(5) else 2.0}
    if len(rows) > 1:
        factors[f"in {len(rows)} periods"] = 1.5
    if first["always"]:
        factors["in most periods of the pair: likelier a way of booking"] = 0.5
    hubs = [country_name(side) for side in (first["exporter"], first["importer"]) if side in _hubs()]
    if hubs:
        factors[f"{' and '.join(hubs)} books what only passes through"] = 0.3
    if not min(x, m):
        factors["the other reports none at all: the goods may be booked under another code or country"] = 0.7
    weights = [(row["x_kg"], row["m_kg"]) for row in rows if row["x_kg"] and row["m_kg"]]
    if weights and all(0.8 <= one / other <= 1.25 for one, other in weights):
        factors["the weights agree: the prices are what differs"] = 1.5
    goods = f"goods of HS {first['code']}" if first["code"] else "goods of all kinds"
    when = f"in {first['date']}" if len(rows) == 1 else f"in {len(rows)} periods from {first['date']} to {last['date']}"
    reports = f"{exporter} reports exports of {goods} to {importer} of {x:,.0f} dollars {when}"
    answers = f"{importer} reports imports of {m:,.0f}" if m else f"{importer} reports none"
    if missing == "exports":
        reports = f"{importer} reports imports of {goods} from {exporter} of {m:,.0f} dollars before freight {when}"
        answers = f"{exporter} reports exports of {x:,.0f}" if x else f"{exporter} reports none"
    silent, other = ("importer", "exporter") if missing == "imports" else ("exporter", "importer")
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{reports}; {answers}.",
        subjects=(f"country:{first[silent]}", f"country:{first[other]}"),
        probability=weigh(0.2, factors),
        evidence=evidence.of_rows(
            "trade_figures", [id for row in rows for id in ids[tuple(row[name] for name in _KEY)]], "of one flow"
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=first["date"],
        end=last["date"],
        detail={
            "exporter": first["exporter"], "importer": first["importer"], "hs_code": first["code"], "missing": missing,
            "exports_usd": round(x), "imports_usd_before_freight": round(m), "gap_usd": round(gap),
            "usual_ratio": round(math.exp(first["usual"]), 3), "periods": len(rows), "history": first["history"],
            "passed_over": dict(passed), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="mirror_gap",
    title="Gap between two countries' figures of one trade",
    kind="trade",
    what="One country reports exports to another that the other does not report as imports, or imports that the other "
    "does not report as exports, beyond freight, lag, re-exports and what is usual for the pair.",
    why="Goods that leave one set of books and never enter the other were diverted, or priced to move money.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Trends and Developments (2020); WCO, Illicit "
    "Financial Flows via Trade Mis-invoicing: Study Report (2018); Bhagwati, On the Underinvoicing of Imports (1964)",
    needs=("trade_figures",),
    parameters={
        "freight": Parameter(
            0.1, "share", "what freight and insurance add to imports that are not stated free on board"
        ),
        "lag": Parameter(1, "months", "that goods may be on their way: how much of a year may be booked in another"),
        "least": Parameter(
            1_000_000, "US dollars", "smallest gap of a period; a tenth of it is the smallest figure counted"
        ),
        "times": Parameter(2, "times", "how far apart the two must be, beyond what is usual"),
        "scales": Parameter(4, "standard deviations", "the same, in robust ones of the pair's history or of all pairs"),
        "floor": Parameter(0.15, "natural log", "smallest standard deviation that is believed"),
    },
    benign=(
        "goods booked under another code, or under the country of origin by one and of consignment by the other",
        "re-exports through an entrepôt",
        "goods on the way at the end of a period, or destined for a warehouse or free zone that is not counted",
        "confidential figures, which one of the two holds back",
        "a figure that one office has since corrected",
    ),
    refutes="Both offices' entries for the consignments behind the figures; the figures of the transit countries.",
    detect=detect,
)
