"""Draught change without a port: a ship lies deeper or higher in the water, and has called nowhere in between.

Ports are learnt from the traffic (places where several ships have lain) and taken from facilities that claims tell;
calls that others worked out (`ship_events`) count too. A stay or a silence in between, where cargo can have changed
ships, is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from counterflow.findings import evidence
from counterflow.findings.observations import DAY, HOUR
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.calls import Calls, calls
from counterflow.findings.tracks.ships import place, told
from counterflow.findings.tracks.stays import Stay
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


@dataclass(frozen=True)
class Draught:
    """What a ship told. :param table, row_id: where"""

    mmsi: str
    imo: str | None
    name: str | None
    at: int
    metres: float
    table: str
    row_id: str


def draughts(data: Data, name: str) -> ibis.Table:
    """Rows of a table that give a draught: mmsi, imo, vessel_name, at, draught, row_id."""
    table = data.table(name)
    rows = table.filter(table.draught.notnull() & (table.draught > 0.1) & (table.mmsi >= "2") & (table.mmsi < "8"))
    rows = rows.select(
        "mmsi", "imo", "vessel_name", "draught", "row_id", at=rows.timestamp.epoch_seconds().cast("int64")
    )
    # a draught is typed in by hand and repeated for days: the first row and the last of each
    ends = rows.group_by(["mmsi", "draught"]).agg(first=rows["at"].min(), last=rows["at"].max())
    return rows.semi_join(
        ends.select("mmsi", "draught", at=ends.first).union(ends.select("mmsi", "draught", at=ends.last)),
        ["mmsi", "draught", "at"],
    ).order_by("mmsi", "at", "row_id")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each change that no call explains."""
    found: dict[str, list[Draught]] = {}
    for name in ("positions", "ship_statics"):
        for r in data.run(draughts(data, name)).to_pylist():
            draught = Draught(r["mmsi"], r["imo"], r["vessel_name"], r["at"], r["draught"], name, r["row_id"])
            found.setdefault(r["mmsi"], []).append(draught)
    changes = [
        (one, other)
        for mmsi in sorted(found)
        for one, other in pairwise(sorted(found[mmsi], key=lambda d: (d.at, d.table, d.row_id)))
        if abs(one.metres - other.metres) >= max(dial["metres"], dial["part"] * max(one.metres, other.metres))
        and 0 < other.at - one.at <= dial["days"] * DAY
    ]
    if not changes:
        return
    known = calls(data, {one.mmsi for one, _ in changes}, harbours(data), dial)
    keys = {
        f"{kind}:{number}" for one, _ in changes for kind, number in (("imo", one.imo), ("mmsi", one.mmsi)) if number
    }
    held = evidence.holders(data, keys)
    changes = [
        (one, other) for one, other in changes
        if known.heard(one.mmsi, one.at, other.at) and not known.between(one.mmsi, one.at, other.at)
    ]  # fmt: skip
    lain = [known.lain(one.mmsi, one.at, other.at) for one, other in changes]
    rows = told(data, data.traffic, [key for stay in lain if stay for key in stay.messages])
    for (one, other), stay in zip(changes, lain, strict=True):
        at_rest = rows.ids(stay.messages) if stay else []
        yield _finding(one, other, stay, at_rest, known, held)


def _finding(
    one: Draught,
    other: Draught,
    lain: Stay | None,
    at_rest: list[str],
    known: Calls,
    held: Mapping[str, evidence.Holder],
) -> Finding:
    ship = next((h for k in (f"imo:{one.imo}", f"mmsi:{one.mmsi}") if (h := held.get(k)) and h.known), None)
    own = held[f"imo:{one.imo}" if one.imo else f"mmsi:{one.mmsi}"]
    caption = ship.caption if ship else f"{one.name} ({one.mmsi})" if one.name else own.caption
    holder = ship or own
    deeper = other.metres > one.metres
    silent = known.silent(one.mmsi, one.at, other.at)
    change = f"{one.metres:g} m to {other.metres:g} m"
    factors = {f"from {change}": 1.5 if abs(one.metres - other.metres) >= 2 else 1.0}
    if lain:
        factors[f"it lay at sea for {evidence.span(lain.seconds)}"] = 2.5
    if silent:
        factors[f"it was silent for {evidence.span(silent)}"] = 1.5
    if holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    where = f" It lay for {evidence.span(lain.seconds)} at {place(lain.lat, lain.lon)}." if lain else ""
    rows: dict[str, list[str]] = {}
    for draught in (one, other):
        rows.setdefault(draught.table, []).append(draught.row_id)
    spot = (lain.lat, lain.lon) if lain else known.place(other.mmsi, other.at)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{caption} came to lie {'deeper' if deeper else 'higher'}, from {change}, within "
            f"{evidence.span(other.at - one.at)} and without a call at any port.{where}"
        ),
        subjects=(holder.entity,),
        probability=weigh(0.2, factors),
        evidence=(
            *(e for table, ids in rows.items() for e in evidence.of_rows(table, ids, "draught")),
            *evidence.of_rows("positions", [id for id in at_rest if id not in rows.get("positions", ())], "lay at sea"),
            *evidence.claims(holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(one.at),
        end=evidence.iso(other.at),
        lat=None if spot is None else round(spot[0], 5),
        lon=None if spot is None else round(spot[1], 5),
        vessels=(one.imo or one.mmsi,),
        detail={
            "from_metres": one.metres, "to_metres": other.metres, "mmsi": one.mmsi,
            "hours_at_rest": round(lain.seconds / HOUR, 2) if lain else 0.0, "hours_silent": round(silent / HOUR, 2),
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="draught_change",
    title="Cargo taken or given away from any port",
    kind="ship",
    what="A ship's draught changes by a metre or more while it calls at no port.",
    why="Cargo that changes ships at sea shows in how deep they lie, also where the other ship is not heard.",
    standard="UN Panel of Experts S/2019/171 and S/2021/211 on ship-to-ship transfers; US State, Treasury and Coast "
    "Guard, "
    "Guidance to Address Illicit Shipping (May 2020)",
    needs=("positions",),
    parameters={
        "metres": Parameter(1, "metres", "least change"),
        "part": Parameter(0.1, "share", "least change, as a part of the greater draught"),
        "days": Parameter(30, "days", "longest time between two draughts"),
        "near": Parameter(5, "nautical miles", "within this of a port's place counts as a call"),
        "knots": Parameter(2, "knots", "fastest that counts as lying"),
        "hours": Parameter(2, "hours", "shortest stay"),
        "silent": Parameter(6, "hours", "a silence of this length may hide a call, and is told"),
        "ships": Parameter(3, "ships", "a place where so many others have lain counts as a port"),
    },
    benign=(
        "a draught typed in late, after a call before the first message",
        "ballast taken or given",
        "a port whose traffic is not in the data, or a declared transfer",
    ),
    refutes="The ship's cargo papers and log; a port's record of a call in that time.",
    detect=detect,
)
