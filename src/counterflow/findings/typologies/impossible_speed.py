"""Impossible speed: a number is heard at two places that no ship can have sailed between.

One garbled message is common and says little; a jump to another place from which more is heard says that the place is
false, or the number not hers alone. Two places heard side by side are a `shared_mmsi` instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.lanes import Jump, jumps
from counterflow.findings.tracks.ships import Told, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for the jumps of a number that are no more than a day apart."""
    found = []
    for several in jumps(data.traffic):
        wide = [jump for jump in several if jump.metres >= dial["miles"] * MILE]
        if wide:
            found.append(wide)
    known = told(
        data, data.traffic, [key for several in found for jump in several for key in (jump.before, jump.after)]
    )
    for several in found:
        yield _finding(several, known)


def _finding(several: list[Jump], known: Told) -> Finding:
    first, worst = several[0], max(several, key=lambda jump: (jump.metres, jump.after))
    ship = known.ships[first.before[0]]
    # a garbled message is a jump away and a jump back
    back = len(several) % 2 == 0 and len(several) <= 4
    factors = {f"{worst.metres / MILE:.0f} nautical miles at {worst.knots:,.0f} knots": 1.5}
    if back:
        factors["it was back at once: a message may be garbled"] = 0.4
    if len(several) > 4:
        factors[f"{len(several)} such jumps"] = 2.0
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    ids = dict.fromkeys(known.ids(key for jump in several for key in (jump.before, jump.after)))
    many = f" {len(several)} such jumps in a row." if len(several) > 1 else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{ship.caption} was heard {worst.metres / MILE:.0f} nautical miles away "
            f"{_span(worst.after[1] - worst.before[1])} later: {worst.knots:,.0f} knots, which no ship "
            f"sails.{many}"
        ),
        subjects=(ship.holder.entity,),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("positions", ids, "before or after a jump"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(first.before[1]),
        end=evidence.iso(several[-1].after[1]),
        lat=round(worst.before[2], 5),
        lon=round(worst.before[3], 5),
        vessels=(ship.vessel,),
        detail={
            "jumps": len(several), "knots": round(worst.knots, 1), "miles": round(worst.metres / MILE, 1),
            "next_lat": round(worst.after[2], 5), "next_lon": round(worst.after[3], 5), "mmsi": ship.mmsi,
            "uncertainty_metres": round(worst.metres), "factors": factors,
        },
    )  # fmt: skip


def _span(seconds: int) -> str:
    return evidence.span(seconds) if seconds >= 120 else f"{seconds} seconds"


TYPOLOGY = Typology(
    name="impossible_speed",
    title="Ship at impossible speed",
    kind="ship",
    what="A ship is heard at two places that no ship can have sailed between in that time: over 60 knots.",
    why="False positions are sent to show a ship elsewhere than where she loads, meets or calls.",
    standard="US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020): manipulating AIS; "
    "Androjna et al., AIS Data Manipulation in the Illicit Global Oil Trade, J. Mar. Sci. Eng. 12 (2024) 6",
    needs=("positions",),
    parameters={
        "miles": Parameter(2, "nautical miles", "shortest jump; below it clocks and receivers may be at fault")
    },
    benign=(
        "a message garbled on the way, or its time by the receiver",
        "another ship that uses the same number by mistake",
        "jamming of satellite navigation, which moves every ship in that sea",
    ),
    refutes="The ship's other records for that time; other ships of that sea that jumped likewise.",
    detect=detect,
)
