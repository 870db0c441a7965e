"""Courier travel: short trips, again and again, of somebody in a state's service, with cash or gold on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.roles import diplomats
from counterflow.findings.travellers import OFFICIAL, journeys, person_key, visits
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding
from counterflow.model.rates import dollars

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_GOLD = r"(^|[^a-z])(gold|bullion|platinum|diamonds?|bank ?notes?|cash|currency)([^a-z]|$)|золот|黄金|黃金|금괴|현금"
"""Goods that a courier carries, as declarations and seizures write them."""


def often(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Short visits of those who made enough of them, in order."""
    short = visits(journeys(data), dial["hours"])
    many = short.group_by("traveller").agg(visits=short.count())
    return short.semi_join(many.filter(many.visits >= int(dial["visits"])), "traveller").order_by(
        "traveller", "came", "row_id"
    )


def seized(data: Data) -> ibis.Table:
    """row_id, date, goods, who (key of a person named, or said to have carried it) of seizures of cash and gold."""
    import ibis

    rows = data.seizures
    valuable = (rows.category == "currency") | rows.goods.lower().re_search(_GOLD)
    rows = rows.filter(valuable.fill_null(False))
    named = [
        rows.filter(rows[column].notnull()).select("row_id", "date", "goods", text=piece)
        for column in ("persons", "carrier")
        for piece in (rows[column], rows[column].re_split("[;,&/]").unnest())
    ]
    found = ibis.union(*named, distinct=False)
    found = found.select("row_id", "date", "goods", who=person_key(found.text))
    return found.filter(found.who.notnull()).distinct().order_by("row_id", "who")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each traveller."""
    short: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(often(data, dial)).to_pylist():
        short.setdefault(row["traveller"], []).append(row)
    if not short:
        return
    trips: dict[str, list[dict[str, Any]]] = {}
    all_of = evidence.among(journeys(data), "traveller", sorted(short))
    all_of = all_of.mutate(who=person_key(all_of.name), valuable=all_of.goods.lower().re_search(_GOLD).fill_null(False))
    for row in data.run(all_of.order_by("traveller", "at", "row_id")).to_pylist():
        trips.setdefault(row["traveller"], []).append(row)
    taken: dict[str, dict[str, dict[str, Any]]] = {}
    for row in data.run(seized(data)).to_pylist():
        taken.setdefault(row["who"], {})[row["row_id"]] = row
    posts: dict[str, set[str]] = {}
    for row in data.run(diplomats(data).order_by("person")).to_pylist():
        posts.setdefault(row["person"], set()).update(row["claim_ids"])
    for traveller, every in short.items():
        stays = _densest(every, int(dial["days"]) * DAY)
        carried = [row for row in trips[traveller] if _declared(row, dial) and _near(row["at"], stays, dial)]
        names = {row["who"] for row in trips[traveller]} - {None}
        found = {id: row for name in sorted(names) for id, row in taken.get(name, {}).items()}
        caught = [row for _, row in sorted(found.items()) if _around(row["date"], stays, dial)]
        if len(stays) >= dial["visits"] and (carried or caught):
            yield _finding(data, traveller, trips[traveller], stays, carried, caught, posts.get(traveller, set()), dial)


def _densest(stays: Sequence[dict[str, Any]], span: int) -> list[dict[str, Any]]:
    """The most visits that fall within a span of seconds, the first of several such."""
    best: tuple[int, int] = (0, 0)
    first = 0
    for last, stay in enumerate(stays):
        while stay["came"] - stays[first]["came"] > span:
            first += 1
        if last + 1 - first > best[1] - best[0]:
            best = (first, last + 1)
    return list(stays[slice(*best)])


def _declared(row: Mapping[str, Any], dial: Mapping[str, float]) -> bool:
    """Whether cash, or goods such as gold, of enough worth were declared. Gold without a value counts; an amount
    without a currency is taken for dollars."""
    year = dt.datetime.fromtimestamp(row["at"], dt.UTC).year
    rate = float(dollars([row["currency"] or "USD"], year, year)[0, 0])
    value = row["goods_value"] if row["valuable"] else None
    worth = (row["cash"] or 0.0) + (value or 0.0)
    return worth * rate >= dial["worth"] or (row["valuable"] and value is None)


def _near(at: int, stays: Sequence[Mapping[str, Any]], dial: Mapping[str, float]) -> bool:
    return any(stay["came"] - dial["around"] * DAY <= at <= stay["left"] + dial["around"] * DAY for stay in stays)


def _around(date: str | None, stays: Sequence[Mapping[str, Any]], dial: Mapping[str, float]) -> bool:
    """Whether a partial date may be near a visit; one that names no month is near none."""
    if not date or len(date) < 7:
        return False
    first, last = ((day - dt.date(1970, 1, 1)).days * DAY for day in (earliest(date), latest(date)))
    reach = dial["around"] * DAY
    return any(first <= stay["left"] + reach and last + DAY > stay["came"] - reach for stay in stays)


def _finding(
    data: Data, traveller: str, trips: Sequence[Mapping[str, Any]], stays: Sequence[Mapping[str, Any]],
    carried: Sequence[Mapping[str, Any]], caught: Sequence[Mapping[str, Any]], posts: set[str],
    dial: Mapping[str, float],
) -> Finding:  # fmt: skip
    person = trips[0]["person"]
    name = data.caption(person) if person else next((t["name"] for t in trips if t["name"]), traveller)
    kind = next((t["document_type"] for t in trips if t["document_type"] in OFFICIAL), None)
    who = f"{name}, {'an accredited person' if person else f'on a {kind} passport'},"
    places = list(dict.fromkeys(stay["to"] for stay in stays if stay["to"]))
    factors = {f"{len(stays)} visits of less than {dial['hours']:.0f} hours": min(4.0, 1 + len(stays) / 3)}
    said = []
    if carried:
        factors["cash or gold was declared"] = 3.0
        said.append(f"declared {_goods(carried)}")
    if caught:
        factors["cash or gold was seized"] = 8.0
        said.append(f"was stopped with {', '.join(dict.fromkeys(row['goods'] for row in caught))}")
    used = dict.fromkeys(row for stay in stays for row in (stay["row_id"], stay["back"]))
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{who} went to {' and '.join(places[:3]) or 'one border'} {len(stays)} times for less than "
            f"{dial['hours']:.0f} hours from {_date(stays[0]['came'])} to {_date(stays[-1]['left'])}, and "
            f"{' and '.join(said)} within {dial['around']:.0f} days of it."
        ),
        subjects=(person or traveller,),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("trips", (row["row_id"] for row in carried), "cash or gold declared"),
            *evidence.of_rows("seizures", (row["row_id"] for row in caught), "cash or gold seized"),
            *evidence.of_rows("trips", [row for row in used if row not in {c["row_id"] for c in carried}], "the visit"),
            *evidence.claims(posts, "the accreditation"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(stays[0]["came"]),
        end=evidence.iso(stays[-1]["left"]),
        detail={
            "visits": len(stays), "places": places, "declarations": len(carried), "seizures": len(caught),
            "shortest_hours": round(min(stay["left"] - stay["came"] for stay in stays) / 3600, 1), "factors": factors,
        },
    )  # fmt: skip


def _goods(rows: Sequence[Mapping[str, Any]]) -> str:
    """What was declared, in words: sums of cash by currency, and goods as written."""
    cash = [{"currency": row["currency"] or "(no currency)", "amount": row["cash"]} for row in rows if row["cash"]]
    goods = list(dict.fromkeys(row["goods"] for row in rows if row["valuable"]))
    return " and ".join(part for part in (evidence.money(cash), *goods[:3]) if part)


def _date(seconds: int) -> str:
    return evidence.iso(seconds)[:10]


TYPOLOGY = Typology(
    name="courier_travel",
    title="Courier on short trips",
    kind="travel",
    what="An accredited person, or somebody on a diplomatic or service passport, makes several trips of less than "
    "three days, and declares cash or gold, or is stopped with it, about that time.",
    why="Bags under immunity are not opened: diplomats have carried gold, cash and counterfeit notes for their state.",
    standard="UN Panel of Experts S/2016/157 on diplomats with gold and cash in hand luggage; UN Security Council "
    "resolution 2094 (2013), paragraphs 11 and 14 (bulk cash), and 2270 (2016), paragraphs 13 and 37 (gold); FATF "
    "recommendation 32 on cash couriers",
    needs=("trips",),
    parameters={
        "visits": Parameter(3, "visits", "short ones, within `days`"),
        "hours": Parameter(72, "hours", "a visit shorter than this is short"),
        "days": Parameter(365, "days", "in which the visits fall"),
        "worth": Parameter(10_000, "US dollars", "of cash or goods declared on one trip; less is pocket money"),
        "around": Parameter(7, "days", "before or after a visit in which the declaration or seizure falls"),
    },
    benign=(
        "a diplomatic courier with a bag of papers",
        "cash for a mission that no bank of the country will serve, declared as the law asks",
        "a delegation to a series of meetings",
    ),
    refutes="The foreign ministry's note on each visit; records of the mission's bank that show where the cash came "
    "from.",
    detect=detect,
)
