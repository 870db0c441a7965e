"""Outside reception: a ship is heard as if near a receiver, where none has ever heard another ship."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.coast import over_land, shore
from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.geometry import METRES_PER_DEGREE, MILE
from counterflow.findings.tracks.outside import Outside, outside
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each stretch of a track."""
    size, away = dial["cell"] * METRES_PER_DEGREE, dial["away"] * MILE
    found = list(
        outside(data.traffic, away, size, dial["every"] * 60, dial["hours"], int(dial["ships"]), dial["known"])
    )
    known = told(data, data.traffic, [key for stretch in found for key in stretch.messages])
    for stretch in found:
        yield _finding(stretch, known)


def _finding(stretch: Outside, known: Told) -> Finding:
    ship = known.ships[stretch.mmsi]
    lasted, away = evidence.span(stretch.end - stretch.start), stretch.metres / MILE
    factors = {
        f"{away:,.0f} nautical miles from any place where others were heard": 1.5 if away < 500 else 2.0,
        f"a message every {stretch.every / 60:.0f} minutes, for {lasted}": 1.5,
    }
    off = shore(stretch.lat, stretch.lon) / MILE
    if off > 60:
        factors[f"{off:,.0f} nautical miles from any coast, further than receivers ashore hear"] = 1.5
    factors |= over_land(stretch.lat, stretch.lon)
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{ship.caption} was heard every {stretch.every / 60:.0f} minutes for {lasted} at "
            f"{place(stretch.lat, stretch.lon)}, {away:,.0f} nautical miles from any place where another ship was."
        ),
        subjects=(ship.holder.entity,),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("positions", dict.fromkeys(known.ids(stretch.messages)), "outside reception"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(stretch.start),
        end=evidence.iso(stretch.end),
        lat=round(stretch.lat, 5),
        lon=round(stretch.lon, 5),
        vessels=(ship.vessel,),
        detail={
            "hours": round((stretch.end - stretch.start) / HOUR, 2), "messages": stretch.count,
            "miles_from_others": round(away, 1), "minutes_between_messages": round(stretch.every / 60, 2),
            "mmsi": ship.mmsi, "uncertainty_metres": round(stretch.metres), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="outside_reception",
    title="Ship heard where nobody is",
    kind="ship",
    what="Messages come as often as near a receiver, from a sea where no other ship has ever been heard.",
    why="A false position is heard where the ship is, not where it says: receivers on a coast do not hear mid-ocean.",
    standard="Androjna et al., AIS Data Manipulation in the Illicit Global Oil Trade, J. Mar. Sci. Eng. 12 (2024) 6; "
    "Global Fishing Watch and "
    "SkyTruth, Bergman (2021): warships' false AIS tracks, told by where receivers heard them",
    needs=("positions",),
    parameters={
        "away": Parameter(150, "nautical miles", "how far from any place where two or more ships were heard"),
        "every": Parameter(5, "minutes", "longest median time between messages; satellites hear less often"),
        "hours": Parameter(1, "hours", "shortest stretch"),
        "cell": Parameter(0.5, "degrees", "size of cells of reception, north to south"),
        "ships": Parameter(10, "ships", "fewest in the data, to learn the receivers' reach from"),
        "known": Parameter(
            0.85, "share", "least part of the places, counted for each ship, where others were heard too"
        ),
    },
    benign=(
        "data of several networks laid together, one of which hears that sea",
        "a ship that records her own messages",
        "unusual propagation: terrestrial receivers at times hear over some hundred miles",
    ),
    refutes="Which receiver heard it; messages of other ships from that sea.",
    detect=detect,
)
