"""Shared MMSI: one number is in two places at the same time, again and again.

The messages of the number are parted into the tracks that ships can have sailed (`tracks.columns`); two that go on at
the same time are two ships, or one ship and a false one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.lanes import Double, doubles
from counterflow.findings.tracks.ships import Told, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each two tracks of a number that go on side by side."""
    found = list(doubles(data.traffic, int(dial["turns"]), dial["hours"], dial["miles"] * MILE))
    known = told(data, data.traffic, [key for double in found for key in double.messages])
    for double in found:
        yield _finding(double, known)


def _finding(double: Double, known: Told) -> Finding:
    ship = known.ships[double.mmsi]
    number = str(double.mmsi)
    careless = len(set(number)) == 1 or number == "123456789" or number.endswith("000000")
    apart, lasted = double.metres[1] / MILE, double.end - double.start
    factors = {f"{double.turns} times from one place to the other and back": 2.0 if double.turns >= 10 else 1.5}
    if careless:
        factors["the number is one that sets come with, or are given by the careless"] = 0.2
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{ship.caption} was in two places at once for {evidence.span(lasted)}, up to {apart:,.1f} nautical miles "
            f"apart: two ships sent under the number {double.mmsi}, or one sent false positions."
        ),
        subjects=(ship.holder.entity,),
        probability=weigh(0.35, factors),
        evidence=(
            *evidence.of_rows("positions", dict.fromkeys(known.ids(double.messages)), "from one place to the other"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(double.start),
        end=evidence.iso(double.end),
        lat=round(double.messages[0][2], 5),
        lon=round(double.messages[0][3], 5),
        vessels=(ship.vessel,),
        detail={
            "hours": round(lasted / HOUR, 2), "turns": double.turns, "miles_apart_at_most": round(apart, 1),
            "other_lat": round(double.messages[1][2], 5), "other_lon": round(double.messages[1][3], 5),
            "mmsi": ship.mmsi, "uncertainty_metres": round(double.metres[1]), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="shared_mmsi",
    title="One ship number in two places",
    kind="ship",
    what="Messages under one MMSI come from two places at the same time, again and again.",
    why="A ship that must not be seen sends under another's number, or another sends under hers.",
    standard="UN Panel of Experts S/2021/211 on ships' false AIS identities; C4ADS, Unmasked: Vessel Identity "
    "Laundering "
    "and North Korea's Maritime Sanctions Evasion (2021)",
    needs=("positions",),
    parameters={
        "turns": Parameter(3, "times", "how often it must go from one place to the other and back"),
        "hours": Parameter(3, "hours", "for how long, at least"),
        "miles": Parameter(1, "nautical miles", "how far apart the places must be, in the median"),
    },
    benign=(
        "a number set wrongly on a second ship: owners' fleets, fishing nets with transmitters, sets sold on",
        "a number that sets come with from the factory",
        "satellite navigation jammed: the ship and its false place take turns",
    ),
    refutes="The call signs and names sent from both places; the administration's record of who holds the number.",
    detect=detect,
)
