"""AIS gap: a ship falls silent for many hours where others are heard all along.

A receiver that fails, or a ship that sails out of range, is no dark ship: how well the sea was listened to where she
should have been, hour by hour while she was silent, is learnt from the traffic itself (`tracks.reception`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.gaps import Gap, gaps
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.ships import Told, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each silence that the reception does not explain."""
    found = list(gaps(data.traffic, dial))
    known = told(data, data.traffic, [end for gap in found for end in gap.ends])
    ports = harbours(data)
    for gap in found:
        port = all(ports.nearest(lat, lon)[0] <= 5 * MILE for _, _, lat, lon in gap.ends)
        yield _finding(gap, known, port)


def _finding(gap: Gap, known: Told, port: bool) -> Finding:
    ship = known.ships[gap.mmsi]
    last, following = known.ids(gap.ends)
    miles = gap.near / MILE
    share = gap.reception
    factors = {
        f"{share:.0%} of the ships that must have been there were heard": 1 + 2 * share,
        f"silent for {evidence.span(gap.seconds)}": 1.5 if gap.seconds < 24 * HOUR else 2.0,
    }
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    if gap.others < 3:
        factors[f"no more than {gap.others:.1f} other ships an hour to tell it by"] = 0.6
    if port:
        factors["it was off a port before and after, where sets are switched off"] = 0.3
    if gap.sog >= 2:
        factors["it was under way when last heard"] = 1.5
    if gap.habit < 0.9:
        factors[f"at other times it is heard in {gap.habit:.0%} of the hours only"] = gap.habit
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{ship.caption} fell silent for {evidence.span(gap.seconds)} and was next heard {miles:.0f} nautical "
            f"miles away, while {share:.0%} of the ships that must have been there were heard."
        ),
        subjects=(ship.holder.entity,),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("positions", (last,), "last heard"),
            *evidence.of_rows("positions", (following,), "next heard"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(gap.at),
        end=evidence.iso(gap.then_at),
        lat=round(gap.lat, 5),
        lon=round(gap.lon, 5),
        vessels=(ship.vessel,),
        detail={
            "hours": round(gap.seconds / HOUR, 2), "miles_between": round(miles, 1), "reception": round(share, 4),
            "next_lat": round(gap.then_lat, 5), "next_lon": round(gap.then_lon, 5), "mmsi": ship.mmsi,
            "uncertainty_metres": _reach(gap), "heard_at_other_times": round(gap.habit, 4),
            "other_ships_an_hour": round(gap.others, 1), "factors": factors,
        },
    )  # fmt: skip


def _reach(gap: Gap) -> int:
    """Metres from the middle of the straight way within which the ship was: half the lesser axis of the ellipse that
    she can have sailed in at 15 knots, or a quarter faster than the straight way asks for."""
    way = max(15 * MILE * gap.seconds / HOUR, 1.25 * gap.near)
    return round(math.sqrt(way**2 - gap.near**2) / 2)


TYPOLOGY = Typology(
    name="ais_gap",
    title="Ship silent where others are heard",
    kind="ship",
    what="A ship sends nothing for many hours although the sea where it must have been was listened to.",
    why="Ships switch off or muffle their sets before they load, meet or call where they must not.",
    standard="US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020): disabling or "
    "manipulating AIS; SOLAS chapter V regulation 19",
    needs=("positions",),
    parameters={
        "hours": Parameter(12, "hours", "shortest silence"),
        "heard": Parameter(
            0.5, "share", "least part of the ships expected there that must have been heard, hour by hour"
        ),
        "cell": Parameter(
            0.25, "degrees", "size of cells of reception, north to south; ships must be heard within two of them"
        ),
        "ahead": Parameter(4, "hours", "how long it is taken to have sailed on, and come, as it was going"),
    },
    benign=(
        "the set failed or was jammed",
        "messages lost in crowded waters: a satellite hears few of many",
        "switched off for fear of pirates, as the master may",
    ),
    refutes="Messages of the ship from another receiver for that time; a port's record of its call.",
    detect=detect,
    part_of="dark_sts_chain",
)
