"""Encounter: two ships close together, hardly moving, for hours, where ships do not otherwise lie.

The set-based steps (mean place in time slots, a join over grid cells, distances) are Ibis and run unchanged on Spark;
slots are put together into meetings in Python. Where ships lie as a matter of course (roadsteads, ports) is learnt from
the traffic itself: places where several ships have lain.

Source of the thresholds: Miller et al., Identifying Global Patterns of Transshipment Behavior, Frontiers in Marine
Science 5 (2018): two vessels within 500 m at under 2 knots for over two hours, away from an anchorage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR, metres, positions, silences
from counterflow.findings.places import cells, neighbours
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]


def resting(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Where each ship was in each time slot in which it hardly moved: mmsi, imo, vessel_name, slot, at, lat, lon,
    row_id (one message of the slot)."""
    import ibis

    ships = positions(data)
    slow = ships.filter(ships.sog.isnull() | (ships.sog <= dial["knots"]))
    slow = slow.mutate(slot=slow["at"] // int(dial["slot"] * 60))
    torn = slow.lon.max() - slow.lon.min() > 180  # across the date line a mean would lie on the other side of the earth
    return slow.group_by(["mmsi", "slot"]).agg(
        imo=slow.imo.max(), vessel_name=slow.vessel_name.max(), at=slow["at"].min(), lat=slow.lat.mean(),
        lon=ibis.ifelse(torn, slow.lon.min(), slow.lon.mean()), row_id=slow.row_id.min(),
    )  # fmt: skip


def pairs(data: Data, dial: Mapping[str, float]) -> ibis.Table:
    """Slots in which two ships lay within `metres` of each other, with how many other ships have ever lain there."""
    size = dial["metres"]
    rest = resting(data, dial)
    one, other = cells(rest, size), neighbours(rest, size)
    joined = one.join(
        other,
        [one.slot == other.slot, one.cell_y == other.near_y, one.cell_x == other.near_x, one.mmsi < other.mmsi],
    ).select(
        slot=one.slot, mmsi=one.mmsi, imo=one.imo, vessel_name=one.vessel_name, at=one["at"], lat=one.lat,
        lon=one.lon, row_id=one.row_id, other_mmsi=other.mmsi, other_imo=other.imo, other_name=other.vessel_name,
        other_row_id=other.row_id, distance=metres(one.lat, one.lon, other.lat, other.lon),
    )  # fmt: skip
    close = joined.filter(joined.distance <= size)
    lain = _lain(rest, dial["roads"])
    placed = cells(close, dial["roads"]).left_join(lain, ["cell_y", "cell_x"])
    rows = placed.select(*close.columns, ships_here=placed.ships)
    return rows.order_by("mmsi", "other_mmsi", "slot")


def _lain(rest: ibis.Table, size: float) -> ibis.Table:
    """cell_y, cell_x, ships: how many ships have rested in a cell or around it."""
    grid = cells(rest, size)
    once = grid.group_by(["mmsi", "cell_y", "cell_x"]).agg(lat=grid.lat.min(), lon=grid.lon.min())
    spread = neighbours(once.select("mmsi", "lat", "lon"), size)
    around = spread.group_by(["near_y", "near_x"]).agg(ships=spread.mmsi.nunique())
    return around.rename(cell_y="near_y", cell_x="near_x")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each meeting."""
    slot = int(dial["slot"] * 60)
    met = []
    for _, group in groupby(data.run(pairs(data, dial)).to_pylist(), key=itemgetter("mmsi", "other_mmsi")):
        for rows in _meetings(list(group), int(dial["pause"] * HOUR) // slot):
            lasted = (rows[-1]["slot"] - rows[0]["slot"] + 1) * slot
            seen = len(rows) / (rows[-1]["slot"] - rows[0]["slot"] + 1)
            if lasted >= dial["hours"] * HOUR and seen >= dial["seen"]:
                others = max(r["ships_here"] or 0 for r in rows) - 2
                if others < dial["ships"]:
                    met.append((rows, lasted, others))
    if not met:
        return
    ships = sorted({r[0][key] for r, _, _ in met for key in ("mmsi", "other_mmsi")})
    every = positions(data)
    dark = data.run(silences(every.filter(every.mmsi.isin(ships)), dial["dark"])).to_pylist()
    held = evidence.holders(data, {k for rows, _, _ in met for k in _keys(rows[0])})
    for rows, lasted, others in met:
        yield _finding(rows, lasted, others, [d for d in dark if _near(d, rows)], held)


def _meetings(rows: list[dict[str, Any]], pause: int) -> Iterator[list[dict[str, Any]]]:
    """Slots of one pair, cut where they were apart, or not heard, for longer than `pause` slots."""
    meeting = [rows[0]]
    for row in rows[1:]:
        if row["slot"] - meeting[-1]["slot"] > pause + 1:
            yield meeting
            meeting = []
        meeting.append(row)
    yield meeting


def _keys(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{kind}:{row[column]}"
        for kind, column in (("imo", "imo"), ("mmsi", "mmsi"), ("imo", "other_imo"), ("mmsi", "other_mmsi"))
        if row[column]
    ]


def _near(silence: Mapping[str, Any], rows: list[dict[str, Any]]) -> bool:
    """Whether one of the two was silent within half a day of the meeting."""
    if silence["mmsi"] not in (rows[0]["mmsi"], rows[0]["other_mmsi"]):
        return False
    return bool(silence["at"] <= rows[-1]["at"] + 12 * HOUR and silence["next_at"] >= rows[0]["at"] - 12 * HOUR)


def _ship(imo: str | None, mmsi: str, name: str | None, held: Mapping[str, evidence.Holder]) -> evidence.Holder:
    """Who a ship is: by IMO number, else by MMSI, else as it calls itself."""
    for key in (f"imo:{imo}", f"mmsi:{mmsi}"):
        holder = held.get(key)
        if holder is not None and holder.known:
            return holder
    own = held[f"mmsi:{mmsi}"]
    return own if not name else evidence.Holder(own.key, own.entity, f"{name} ({mmsi})", False, False)


Rows = list[dict[str, Any]]


def _finding(rows: Rows, lasted: float, others: int, dark: Rows, held: Mapping[str, evidence.Holder]) -> Finding:
    first = rows[0]
    two = (
        _ship(first["imo"], first["mmsi"], first["vessel_name"], held),
        _ship(first["other_imo"], first["other_mmsi"], first["other_name"], held),
    )
    closest = min(rows, key=lambda r: (r["distance"], r["slot"]))
    silent = {d["mmsi"] for d in dark}
    near = f"within {closest['distance']:.0f} m of each other for {evidence.span(lasted)}"
    factors = {near: 2.0 if lasted < 6 * HOUR else 3.0}
    if silent:
        factors[f"silent for hours around the meeting: {len(silent)} of the two"] = 2.5 * len(silent)
    listed = sorted({s.caption for s in two if s.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    if others > 0:
        factors[f"{others} other ships have lain there"] = 1 / (1 + others)
    lat, lon = (sum(r[c] for r in rows) / len(rows) for c in ("lat", "lon"))
    alongside = dict.fromkeys(r[c] for r in rows for c in ("row_id", "other_row_id"))
    edges = [id for d in dark for id in (d["row_id"], d["next_row_id"]) if id not in alongside]
    going = " One of them had been silent." if len(silent) == 1 else " Both had been silent." if silent else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{two[0].caption} and {two[1].caption} lay {near} at {abs(lat):.2f}°{'N' if lat >= 0 else 'S'} "
            f"{abs(lon):.2f}°{'E' if lon >= 0 else 'W'}, away from any roadstead.{going}"
        ),
        subjects=tuple(s.entity for s in two),
        probability=weigh(0.35, factors),
        evidence=(
            *evidence.of_rows("positions", alongside, "lay alongside"),
            *evidence.of_rows("positions", edges, "edge of a silence"),
            *evidence.claims({id for s in two for id in s.claim_ids}, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(first["at"]),
        end=evidence.iso(first["at"] + lasted),
        lat=round(lat, 5),
        lon=round(lon, 5),
        vessels=tuple(v for v in (first["imo"] or first["mmsi"], first["other_imo"] or first["other_mmsi"])),
        detail={
            "hours": round(lasted / HOUR, 2), "closest_metres": round(closest["distance"], 1),
            "slots_together": len(rows), "mmsi": [first["mmsi"], first["other_mmsi"]],
            "silent_ships": sorted(silent), "other_ships_there": others,
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="encounter",
    title="Ship-to-ship encounter",
    kind="ship",
    what="Two ships lie within some hundred metres of each other at sea for hours, hardly moving.",
    why="Fuel and coal change ships at sea to hide where they come from; UN resolution 2375 (2017) forbids it to "
    "ships of North Korea.",
    standard="UN Security Council resolution 2375 (2017), paragraph 11; UN Panel of Experts S/2019/171; thresholds "
    "after Miller et al., Frontiers in Marine Science 5 (2018) 240",
    needs=("positions",),
    parameters={
        "metres": Parameter(500, "metres", "farthest apart"),
        "knots": Parameter(2, "knots", "fastest either may move"),
        "hours": Parameter(2, "hours", "shortest meeting"),
        "slot": Parameter(15, "minutes", "time slot in which places are compared; longer for sparse data"),
        "pause": Parameter(1.5, "hours", "longest time in a meeting in which not both are heard"),
        "seen": Parameter(0.3, "share", "least part of the slots of a meeting in which both are heard"),
        "roads": Parameter(3000, "metres", "size of the cells in which other resting ships are counted"),
        "ships": Parameter(3, "ships", "a place where so many others have lain counts as a roadstead"),
        "dark": Parameter(6, "hours", "a silence of this length around the meeting is mentioned"),
    },
    benign=(
        "bunkering or lightering that is declared and allowed",
        "pilot boats, tugs and tows",
        "fishing vessels working together",
        "waiting for a berth outside a port whose traffic is not in the data",
    ),
    refutes="Papers of a declared transfer; a picture of the place and time that shows one ship or none.",
    detect=detect,
)
