"""Drawn track: a ship's place is frozen while she says that she sails, or goes round and round one circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.coast import over_land
from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.shapes import Shape, circles, frozen
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each stretch of a track."""
    found = list(frozen(data.traffic, dial["hours"], dial["knots"], dial["still"]))
    found += circles(data.traffic, dial["turns"], dial["low"], dial["high"], dial["round"], dial["knots"])
    known = told(data, data.traffic, [key for shape in found for key in shape.messages])
    for shape in sorted(found, key=lambda shape: (shape.mmsi, shape.start, shape.turns)):
        yield _finding(shape, known)


def _finding(shape: Shape, known: Told) -> Finding:
    ship = known.ships[shape.mmsi]
    lasted = evidence.span(shape.end - shape.start)
    if shape.turns:
        told_ = f"went {shape.turns:.0f} times round a circle of {shape.metres:,.0f} m at {shape.knots:.0f} knots"
    else:
        told_ = f"gave {shape.knots:.0f} knots in each of {shape.count} messages and did not move {shape.metres:.0f} m"
    factors = {f"it {told_}": 2.0, f"for {lasted}": 1.0 if shape.end - shape.start < 6 * HOUR else 1.5}
    factors |= over_land(shape.lat, shape.lon)
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{ship.caption} {told_}, for {lasted} at {place(shape.lat, shape.lon)}: the track is not one she "
        f"sailed.",
        subjects=(ship.holder.entity,),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("positions", dict.fromkeys(known.ids(shape.messages)), "of the track"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(shape.start),
        end=evidence.iso(shape.end),
        lat=round(shape.lat, 5),
        lon=round(shape.lon, 5),
        vessels=(ship.vessel,),
        detail={
            "shape": "circle" if shape.turns else "frozen", "hours": round((shape.end - shape.start) / HOUR, 2),
            "turns": round(shape.turns, 1), "uncertainty_metres": round(shape.metres), "messages": shape.count,
            "knots": round(shape.knots, 1), "mmsi": ship.mmsi, "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="drawn_track",
    title="Frozen or circling track",
    kind="ship",
    what="A ship's place does not move while every message gives a speed, or goes round and round one circle.",
    why="Such tracks are sent by sets that are fed false places, to show a ship at sea while she is elsewhere.",
    standard="Bergman, Systematic GPS Manipulation Occurring at Chinese Oil Terminals and Government Installations "
    "(SkyTruth, 2019); Androjna et al., AIS Data Manipulation in the Illicit Global Oil Trade, J. Mar. Sci. Eng. 12 "
    "(2024) 6",
    needs=("positions",),
    parameters={
        "hours": Parameter(1, "hours", "shortest time for which a place is frozen"),
        "knots": Parameter(2, "knots", "speed that it gives while frozen; slowest round a circle"),
        "still": Parameter(20, "metres", "within which a place counts as frozen"),
        "turns": Parameter(2, "turns", "fewest round a circle, in three hours"),
        "low": Parameter(100, "metres", "smallest radius of a circle"),
        "high": Parameter(20000, "metres", "largest radius of a circle"),
        "round": Parameter(0.1, "share", "how far distances from the middle may spread, as a share of the radius"),
    },
    benign=(
        "satellite navigation jammed or spoofed by others: every ship near by circles too",
        "a log that gives speed through the water in a tidal stream, at anchor",
        "sea trials, turning circles, a ferry across a river",
    ),
    refutes="Radar or a picture that shows the ship there; the same circle of other ships at that time.",
    detect=detect,
)
