"""Tobacco inputs: filters, cigarette paper and cigarettes that go to a country, far beyond what its people can smoke.

Every cigarette needs paper, and nearly every one a filter: what a country takes in of them says how many it can make,
whoever the maker is. What it sends out as cigarettes is taken off. What remains is held against its inhabitants times
more cigarettes than any market smokes. Countries that report nothing are seen through the reports of their partners.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.commodities import under
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY", "populations"]

_GOODS = {
    "acetate tow": "filters",
    "filter rods": "filters",
    "cigarette paper": "paper",
    "cigars, cigarettes": "cigarettes",
}
"""Goods of `findings.commodities` → what they are for."""
_KEYS = ("country", "year", "what", "side")
_TELLING = ("told", "level", "dated", "part", "world")
"""Tellings of one whole, of which only one may be counted: by whom, at how many digits, by month or year…"""


@cache
def populations() -> Mapping[str, float]:
    """Inhabitants in millions, by ISO 3166-1 alpha-2 in lower case."""
    import yaml

    found: dict[str, float] = yaml.safe_load(
        (resources.files("counterflow.findings") / "populations.yaml").read_text("utf-8")
    )
    return found


def moved(data: Data) -> ibis.Table:
    """What goes to and from countries by figures and papers: row_id, table, kg, sticks (where pieces are stated), and
    the keys of `_KEYS` and `_TELLING`. A row between two countries stands for both."""
    import ibis

    none = ibis.null("string")
    figures = under(data.table("trade_figures").filter(lambda t: t["aggregate"].isnull()), "tobacco")
    figures = figures.filter(figures.rule_goods.isin(list(_GOODS)) & _sound(figures))
    whole = figures.second_partner.isnull() & figures.transport.isnull() & figures.procedure.isnull()
    figures = figures.select(
        "row_id", "date", "reporter", "partner", "rule_goods", table=ibis.literal("trade_figures"),
        inward=figures.flow.isin(["import", "re-import"]), level=figures.level.cast("int64").fill_null(0),
        part=~whole, world=figures.partner.isnull(), **_amount(figures, figures.net_weight, figures.gross_weight),
    )  # fmt: skip
    papers = under(data.table("shipments"), "tobacco")
    papers = papers.filter(papers.rule_goods.isin(list(_GOODS)) & _sound(papers))
    # papers do not say which side wrote them: they stand beside the figures as one more telling
    papers = papers.select(
        "row_id", "date", "rule_goods", table=ibis.literal("shipments"), level=ibis.literal(6, "int64"),
        sender=ibis.coalesce(papers.departure_country, papers.origin_country), receiver=papers.dest_country,
        **_amount(papers, papers.net_mass, papers.gross_mass),
    )  # fmt: skip
    own = figures.mutate(country=figures.reporter, side=_side(figures.inward), told=ibis.literal("own"))
    mirror = figures.mutate(country=figures.partner, side=_side(~figures.inward), told=ibis.literal("partners"))
    common = ("row_id", "table", "date", "rule_goods", "kg", "sticks", "level", "country", "side", "told")
    parts = [t.select(*common, "part", "world") for t in (own, mirror)]
    for side, end in (("in", "receiver"), ("out", "sender")):
        shown = papers.filter(papers.sender.isnull() | papers.receiver.isnull() | (papers.sender != papers.receiver))
        shown = shown.mutate(country=shown[end], side=ibis.literal(side), told=ibis.literal("papers"))
        parts.append(shown.select(*common, part=ibis.literal(False), world=ibis.literal(False)))
    parts = [part.cast({"row_id": "string", "country": "string"}) for part in parts]
    rows = ibis.union(*parts, distinct=False)
    what = rows.rule_goods.cases(*_GOODS.items(), else_=none)
    rows = rows.filter(rows.country.notnull() & (rows.date.length() >= 4))
    return rows.mutate(what=what, year=rows.date.substr(0, 4), dated=rows.date.length().cast("int64")).drop(
        "rule_goods"
    )


def _sound(rows: ibis.Table) -> Any:
    return rows.credibility.isnull() | (rows.credibility < 4)


def _amount(rows: ibis.Table, net: Any, gross: Any) -> dict[str, Any]:
    import ibis

    stated = ibis.ifelse(rows.unit == "kg", rows.quantity, ibis.null("float64"))
    pieces = ibis.ifelse(rows.unit.isin(["cigarette", "pcs"]), rows.quantity, ibis.null("float64"))
    return {"kg": ibis.coalesce(net, stated, gross), "sticks": pieces}


def _side(inward: Any) -> Any:
    return inward.ifelse("in", "out")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each country and year."""
    rows = data.run(moved(data).order_by("table", "row_id"))
    told: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    sums = rows.group_by([*_KEYS, *_TELLING], use_threads=False).aggregate([("kg", "sum"), ("sticks", "sum")])
    for r in sums.to_pylist():
        sticks = _sticks(r, dial)
        own = told.setdefault((r["country"], r["year"]), {})
        key = r["what"], r["side"]
        own[key] = max(own.get(key, 0.0), sticks)
    beyond: dict[tuple[str, str], dict[str, float]] = {}
    for (country, year), own in told.items():
        people = populations().get(country)
        if people is None:
            continue
        market = people * 1e6 * dial["smoked"]
        filters, paper = (own.get((what, "in"), 0.0) - own.get((what, "out"), 0.0) for what in ("filters", "paper"))
        brought, sent = own.get(("cigarettes", "in"), 0.0), own.get(("cigarettes", "out"), 0.0)
        made = max(filters, paper, 0.0)
        if made + brought - sent >= dial["times"] * market and made + brought >= dial["least"] * 1e6:
            beyond[country, year] = {
                "filters": filters, "paper": paper, "made": made, "brought": brought, "sent": sent, "market": market,
                "sent_told": float(("cigarettes", "out") in own),
            }  # fmt: skip
    records: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for r in rows.select(["country", "year", "table", "row_id"]).to_pylist() if beyond else ():
        if (r["country"], r["year"]) in beyond:
            records.setdefault((r["country"], r["year"]), {})[r["table"], r["row_id"]] = None
    for (country, year), f in sorted(beyond.items()):
        yield _finding(country, year, f, list(records[country, year]))


def _sticks(row: Mapping[str, Any], dial: Mapping[str, float]) -> float:
    """Cigarettes that a sum is, or can be made of it."""
    grams = {"filters": dial["filter"], "paper": dial["paper"], "cigarettes": 1.0}[row["what"]]
    by_mass = (row["kg_sum"] or 0.0) * 1000 / grams
    return max(by_mass, row["sticks_sum"] or 0.0) if row["what"] == "cigarettes" else by_mass


def _finding(country: str, year: str, f: Mapping[str, float], records: Sequence[tuple[str, str]]) -> Finding:
    left = f["made"] + f["brought"] - f["sent"]
    name, ratio = country_name(country), left / f["market"]
    factors = {f"{ratio:.1f} times what its people can smoke": round(min(6.0, ratio), 3)}
    if min(f["filters"], f["paper"]) > f["market"]:
        factors["filters and paper both say so"] = 2.0
    after = (
        f"after {_many(f['sent'])} sent out" if f["sent_told"] else "and no figure of cigarettes sent out is at hand"
    )
    if not f["sent_told"]:
        factors["no figure of cigarettes sent out is at hand"] = 0.4
    parts = []
    if f["made"]:
        parts.append(f"filters or paper for {_many(f['made'])} cigarettes")
    if f["brought"]:
        parts.append(f"{_many(f['brought'])} cigarettes")
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{name} took in {' and '.join(parts)} in {year}, {after}: {ratio:.1f} times the "
        f"{_many(f['market'])} that its people can smoke.",
        subjects=(f"country:{country}",),
        probability=weigh(0.2, factors),
        evidence=tuple(
            item for table in ("shipments", "trade_figures")
            for item in evidence.of_rows(table, (id for t, id in records if t == table), "what went in and out")
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=year,
        end=year,
        detail={
            "country": country, "year": year, "filters_for_cigarettes": round(f["filters"]),
            "paper_for_cigarettes": round(f["paper"]), "cigarettes_in": round(f["brought"]),
            "cigarettes_out": round(f["sent"]) if f["sent_told"] else None, "market_cigarettes": round(f["market"]),
            "times": round(ratio, 2), "factors": factors,
        },
    )  # fmt: skip


def _many(sticks: float) -> str:
    return f"{sticks / 1e9:,.1f} billion" if sticks >= 1e9 else f"{sticks / 1e6:,.0f} million"


TYPOLOGY = Typology(
    name="tobacco_inputs",
    title="More tobacco inputs or cigarettes than a market can smoke",
    kind="trade",
    what="A country takes in filters, cigarette paper or cigarettes for far more cigarettes than its people can smoke, "
    "and does not declare that it sends them out.",
    why="What is made or brought for nobody is smuggled: counterfeit brands, or brands without a market of their own.",
    standard="WHO FCTC, Protocol to Eliminate Illicit Trade in Tobacco Products (2012), articles 6 and 7 (licences, "
    "due diligence: sales or purchases not commensurate with demand); FATF, Illicit Tobacco Trade (2012)",
    needs=(),
    parameters={
        "smoked": Parameter(2000, "cigarettes a year", "each inhabitant, child or not: more than any large market"),
        "times": Parameter(1.5, "times", "how far beyond that; more, and fewer countries are told"),
        "filter": Parameter(0.2, "grams", "of tow or rod a cigarette, usually 0.1 to 0.15: more means fewer"),
        "paper": Parameter(0.1, "grams", "of paper and plug wrap a cigarette; the usual is about 0.05"),
        "least": Parameter(100, "million cigarettes", "below which nothing is told of a small country"),
    },
    benign=(
        "a maker that exports, whose exports are not in the data, or go by way of a free zone",
        "a small country where neighbours shop, or a depot for a region",
        "stock for years, or tow for other goods than filters",
    ),
    refutes="Production and export figures of the licensed makers; the licence and customers of the receiver.",
    detect=detect,
)
