"""Odd route: goods go a long way round that hardly anybody takes with such goods between the two countries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.values import country_name

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_WAY = ("origin_country", "departure_country", "dest_country")
_LEAST = 500.0
"""Kilometres that the direct way counts for at least: middles of neighbours may be close."""


def shipped(data: Data) -> ibis.Table:
    """Declared consignments whose way is known, straight or by way of a third country."""
    rows = goods.consignments(data, *_WAY, "description", "hs_code", "usd")
    rows = rows.mutate(ware=rows.hs_code[0:4])
    known = rows.ware.notnull() & rows.origin_country.notnull() & rows.dest_country.notnull()
    return rows.filter(known & rows.departure_country.notnull() & (rows.what == goods.DECLARED))


def around(data: Data, rows: ibis.Table, dial: Mapping[str, float]) -> ibis.Table | None:
    """Consignments that went a long way round where others do not, with around (km), straight (km), peers (consignments
    of others with such goods between the two countries), alike (of these, by the same country); None: nobody did."""
    import ibis
    import pyarrow as pa

    ways = rows.select(*_WAY).distinct().filter(
        lambda t: (t.origin_country != t.departure_country) & (t.departure_country != t.dest_country)
        & (t.origin_country != t.dest_country)
    )  # fmt: skip
    long = [way for row in data.run(ways).to_pylist() if (way := _long(row, dial))]
    if not long:
        return None
    long.sort(key=lambda way: tuple(way[name] for name in _WAY))
    worth = rows.filter(rows.usd >= dial["value"])
    odd = worth.join(ibis.memtable(pa.Table.from_pylist(long)), list(_WAY))
    pair, own = ["ware", "origin_country", "dest_country"], ["buyer"]
    near = rows.semi_join(odd, pair)
    every = near.group_by(pair).agg(n=near.count())
    same = near.group_by([*pair, "departure_country"]).agg(n_alike=near.count())
    mine = near.group_by([*pair, *own]).agg(n_own=near.count())
    mine_alike = near.group_by([*pair, *own, "departure_country"]).agg(n_own_alike=near.count())
    odd = odd.join(every, pair).join(same, [*pair, "departure_country"])
    odd = odd.join(mine, [*pair, *own]).join(mine_alike, [*pair, *own, "departure_country"])
    odd = odd.mutate(peers=odd.n - odd.n_own, alike=odd.n_alike - odd.n_own_alike)
    odd = odd.filter((odd.peers >= int(dial["peers"])) & (odd.alike <= odd.peers * dial["share"]))
    return odd.drop("n", "n_alike", "n_own", "n_own_alike").order_by("buyer", "seller", *_WAY, "ware", "day", "row_id")


def _long(row: Mapping[str, str], dial: Mapping[str, float]) -> dict[str, Any] | None:
    origin, by, dest = (row[name] for name in _WAY)
    legs = goods.distance(origin, by), goods.distance(by, dest), goods.distance(origin, dest)
    if None in legs:
        return None
    first, second, straight = (float(leg) for leg in legs if leg is not None)
    total = first + second
    if total - straight < dial["extra"] or total < dial["times"] * max(straight, _LEAST):
        return None
    return {**row, "around": total, "straight": straight}


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each seller, buyer, way and kind of goods."""
    found = around(data, shipped(data), dial)
    if found is None:
        return
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in data.run(found).to_pylist():
        groups.setdefault(tuple(row[name] for name in ("seller", "buyer", *_WAY, "ware")), []).append(row)
    for (seller, buyer, origin, by, dest, _), rows in sorted(groups.items()):
        first = rows[0]
        times = first["around"] / max(first["straight"], _LEAST)
        names = [
            goods.caption(data, seller, first["shipper_name"]),
            goods.caption(data, buyer, first["consignee_name"]),
        ]
        places = [country_name(c) for c in (origin, dest, by)]
        factors = {
            f"the way round is {times:.1f} times as long": min(times, 4.0),
            f"{first['alike']} of {first['peers']:,} consignments of others go by {places[2]}": 2.0,
            **({f"{len(rows)} consignments went so": 1.5} if len(rows) > 1 else {}),
            **({"a party is named by a sanctions list": 3.0} if data.listed(seller) or data.listed(buyer) else {}),
        }
        claims = {id for row in rows for k in ("seller", "buyer") for id in row[f"{k}_claims"] or ()}
        yield Finding(
            typology=TYPOLOGY.name,
            sentence=f"{names[0]} sent {goods.sold(rows)} from {places[0]} to {names[1]} in {places[1]} by way of "
            f"{places[2]}, about {first['around']:,.0f} km instead of {first['straight']:,.0f}: of {first['peers']:,} "
            f"consignments of others with such goods between the two countries {first['alike'] or 'none'} went so.",
            subjects=(buyer, seller),
            probability=weigh(0.1, factors),
            evidence=(
                *evidence.of_rows("shipments", (row["row_id"] for row in rows), "goods that went round"),
                *evidence.claims(claims, "who the names are"),
            ),
            refutes=TYPOLOGY.refutes,
            benign=TYPOLOGY.benign,
            start=goods.iso_day(first["day"]),
            end=goods.iso_day(rows[-1]["day"]),
            detail={"consignments": len(rows), "around_km": round(first["around"]),
                    "straight_km": round(first["straight"]),
                    "peers": first["peers"], "peers_alike": first["alike"], "factors": factors},
        )  # fmt: skip


TYPOLOGY = Typology(
    name="odd_route",
    title="Route without economic sense",
    kind="trade",
    what="Goods are sent by way of a country that makes their way much longer, which others do not do with such goods "
    "between the same countries.",
    why="A detour costs money: it is paid to change papers, flag or consignee where nobody asks.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), trade activity: shipment "
    "routed through jurisdictions without economic justification",
    needs=("shipments",),
    parameters={
        "times": Parameter(2.0, "times", "the length of the straight way, at least"),
        "extra": Parameter(4_000, "kilometres", "more than the straight way, at least: lengths are between the middles "
                           "of countries"),
        "peers": Parameter(20, "consignments", "of others with such goods (four digits) between the two countries"),
        "value": Parameter(10_000, "US dollars", "less, or what is not known, is not looked at"),
        "share": Parameter(0.02, "share", "of these that may go by the same country"),
    },
    benign=(
        "a distribution centre of the group in that country",
        "goods finished, repacked or tested there",
        "a liner service whose hub it is, or a strike or blockade on the usual way",
    ),
    refutes="Papers of work done in that country, or a freight offer by which the way round was the cheaper one.",
    detect=detect,
)  # fmt: skip
