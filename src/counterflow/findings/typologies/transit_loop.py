"""Transit loop: one container consigned on again and again within days, back to where it was or over a free zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.dates import earliest
from counterflow.model.finding import Finding
from counterflow.network.ties import facts

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_FREE = re.compile(r"free[ -]?(trade )?(zone|port)|freeport|\bftz\b|bonded|zona franca|zone franche", re.IGNORECASE)
_COLUMNS = ("container", "origin_country", "departure_country", "dest_country", "discharge_port", "procedure",
            "description", "hs_code")  # fmt: skip


def legs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Consignments of containers that were consigned on often enough: box, run (number of the journey), onward (this
    one goes on from where the last ended, with the same goods for somebody else), and columns of the consignment."""
    import ibis

    rows = goods.consignments(data, *_COLUMNS)
    rows = rows.filter(rows.what == goods.DECLARED)
    rows = rows.mutate(
        start=ibis.coalesce(rows.departure_country, rows.origin_country),
        place=ibis.coalesce(rows.discharge_port, "") + " " + ibis.coalesce(rows.procedure, ""), ware=rows.hs_code[0:4],
    )  # fmt: skip
    rows = rows.filter(rows.start.notnull() & rows.dest_country.notnull() & (rows.start != rows.dest_country))
    each = goods.containers(rows).drop(
        "container", "procedure", "discharge_port", "origin_country", "departure_country"
    )
    order = ibis.window(group_by="box", order_by=["day", "row_id"])
    each = each.mutate(
        **{f"last_{c}": each[c].lag().over(order) for c in ("start", "dest_country", "day", "buyer", "ware")}
    )
    soon = (each.day - each.last_day <= int(dial["stay"])) & (each.ware == each.last_ware).fill_null(True)
    onward = soon & (each.start == each.last_dest_country) & (each.buyer != each.last_buyer)
    # several papers tell of one leg
    again = soon & (each.start == each.last_start) & (each.dest_country == each.last_dest_country)
    each = each.mutate(onward=onward.fill_null(False), fresh=(~(onward | again)).fill_null(True))
    each = each.mutate(
        run=each.fresh.cast("int64").sum().over(ibis.cumulative_window(group_by="box", order_by=["day", "row_id"]))
    )
    often = each.group_by(["box", "run"]).agg(times=each.onward.cast("int64").sum())
    often = often.filter(often.times >= int(dial["times"]))
    return each.semi_join(often, ["box", "run"]).order_by("box", "day", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each journey; containers that went together are one."""
    journeys: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in data.run(legs(data, dial)).to_pylist():
        journeys.setdefault((row["box"], row["run"]), []).append(row)
    together: dict[tuple[str, ...], list[str]] = {}
    for (box, _), rows in sorted(journeys.items()):
        together.setdefault(tuple(row["row_id"] for row in rows), []).append(box)
    by_rows = {tuple(row["row_id"] for row in rows): rows for rows in journeys.values()}
    known = _formed(data, {row["buyer"] for rows in journeys.values() for row in rows})
    for ids, boxes in together.items():
        rows = by_rows[ids]
        countries = [rows[0]["start"], *(row["dest_country"] for row in rows if row["onward"] or row is rows[0])]
        back = [c for k, c in enumerate(countries) if c in countries[:k]]
        zones = [row["place"].strip() for row in rows if _FREE.search(row["place"])]
        young = {
            row["buyer"]: known[row["buyer"]]
            for row in rows
            if row["buyer"] in known and 0 <= row["day"] - known[row["buyer"]][0] <= dial["months"] * 30.44
        }
        if back or zones or young:
            yield _finding(data, boxes, rows, countries, back, zones, young)


def _formed(data: Data, parties: set[str]) -> dict[str, tuple[int, str]]:
    """Entity → the day on which it was formed (since 1970), and the claim that says so."""
    told = evidence.among(facts(data, "incorporationDate"), "entity", sorted(parties))
    found: dict[str, tuple[int, str]] = {}
    for row in data.run(told.order_by("value", "claim_id")).to_pylist() if parties else ():
        found.setdefault(row["entity"], ((earliest(row["value"]) - earliest("1970-01-01")).days, row["claim_id"]))
    return found


def _finding(
    data: Data, boxes: list[str], rows: list[dict[str, Any]], countries: list[str], back: list[str], zones: list[str],
    young: Mapping[str, tuple[int, str]],
) -> Finding:  # fmt: skip
    onward = [row for row in rows if row["onward"]]
    days = rows[-1]["day"] - rows[0]["day"]
    buyers = list(dict.fromkeys(row["buyer"] for row in rows))
    factors = {
        f"consigned on {len(onward)} times in {days} days": 1.0 + len(onward),
        **({f"it came back to {', '.join(sorted({c.upper() for c in back}))}": 3.0} if back else {}),
        **({f"it lay in a free zone ({zones[0]})": 1.5} if zones else {}),
        **({f"{len(young)} of the consignees had just been formed": 2.0} if young else {}),
        **({"one of the parties is named by a sanctions list": 3.0} if any(map(data.listed, buyers)) else {}),
    }
    why = [
        *([f"back to {back[-1].upper()}"] if back else []),
        *([f"over a free zone ({zones[0]})"] if zones else []),
        *([f"to {goods.caption(data, b, None)}, just formed" for b in list(young)[:1]]),
    ]
    name = boxes[0] if len(boxes) == 1 else f"{boxes[0]} and {len(boxes) - 1} more"
    claims = {id for row in rows for k in ("seller", "buyer") for id in row[f"{k}_claims"] or ()}
    claims |= {claim for _, claim in young.values()}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"Container {name} with {goods.sold(rows)} went {' – '.join(c.upper() for c in countries)} in {days} "
        f"days, consigned on {len(onward)} times to {len(buyers)} parties, {', '.join(why)}.",
        subjects=tuple(dict.fromkeys([*buyers, rows[0]["seller"]])),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "a leg of the journey"),
            *evidence.claims(claims, "who the names are, and when they were formed"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(rows[0]["day"]),
        end=goods.iso_day(rows[-1]["day"]),
        detail={"containers": boxes, "countries": countries, "onward": len(onward), "days": days,
                "came_back_to": sorted(set(back)), "free_zones": zones, "just_formed": sorted(young),
                "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="transit_loop",
    title="Container consigned on in a loop",
    kind="trade",
    what="One container with the same goods is consigned on at least twice, each time within days, and returns to a "
    "country that it had left, lies in a free zone, or goes to a consignee that was just formed.",
    why="Each new paper hides where the goods come from: cigarettes and goods under sanctions change consignee in free "
    "zones.",
    standard="FATF, Money Laundering Vulnerabilities of Free Trade Zones (2010); WHO, Protocol to Eliminate Illicit "
    "Trade in Tobacco Products, article 12 (free zones and international transit)",
    needs=("shipments",),
    parameters={
        "times": Parameter(2, "times", "that it is consigned on, at least"),
        "stay": Parameter(10, "days", "from one consignment to the next, at most"),
        "months": Parameter(12, "months", "since a consignee was formed, at most, for it to count as new"),
    },
    benign=(
        "a liner service that relays a container over hubs, under papers of a forwarder for each leg",
        "goods sold on while they are in bond, as commodity traders do",
        "goods refused by the buyer and sent back",
    ),
    refutes="One through bill of lading with a final consignee who took the goods into use.",
    detect=detect,
)
