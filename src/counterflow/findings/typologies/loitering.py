"""Loitering: a ship hardly moves for hours, away from where ships lie.

On its own it says little: most ships that loiter wait. It is what is left of a meeting whose other ship sends nothing.

Source of the thresholds: Miller et al., Frontiers in Marine Science 5 (2018) 240: a vessel under 2 knots for hours,
away from an anchorage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.tracks.stays import Stay, stays
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]

_ANCHORED = frozenset({"1", "5", "at anchor", "moored"})


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each stay away from roadsteads that was not spent beside another ship."""
    ports = harbours(data)
    found = [
        s for s in stays(data.traffic, dial)
        if s.others < dial["ships"] and not s.company and ports.open_sea(s.lat, s.lon, dial)
    ]  # fmt: skip
    known = told(data, data.traffic, [key for stay in found for key in stay.messages])
    for stay in found:
        yield _finding(stay, known)


def _finding(stay: Stay, known: Told) -> Finding:
    ship = known.ships[stay.mmsi]
    said = [str(known.rows[key]["status"] or "").casefold() for key in stay.messages]
    anchored = sum(word in _ANCHORED for word in said) / len(said)
    where = f"hardly moved for {evidence.span(stay.seconds)} at {place(stay.lat, stay.lon)}"
    factors = {f"it {where}": 1.0 if stay.seconds < 6 * HOUR else 1.5 if stay.seconds < 72 * HOUR else 0.7}
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    if anchored > 0.5:
        factors["it said that it lay at anchor or moored"] = 0.4
    if stay.others:
        factors[f"{stay.others} other ships have lain there"] = 1 / (1 + stay.others)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{ship.caption} {where}, alone and away from any roadstead.",
        subjects=(ship.holder.entity,),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("positions", known.ids(stay.messages), "hardly moved"),
            *evidence.claims(ship.holder.claim_ids, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(stay.start),
        end=evidence.iso(stay.end),
        lat=round(stay.lat, 5),
        lon=round(stay.lon, 5),
        vessels=(ship.vessel,),
        detail={
            "hours": round(stay.seconds / HOUR, 2), "mmsi": ship.mmsi, "other_ships_there": stay.others,
            "uncertainty_metres": round(stay.reach), "said_anchored": round(anchored, 2), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="loitering",
    title="Ship loitering at sea",
    kind="ship",
    what="A ship hardly moves for hours, alone, away from where ships lie.",
    why="The other ship of a transfer at sea is often silent: to observers' reports of transfers two hours of "
    "loitering "
    "fit far more often than meetings that are heard from both ships.",
    standard="Miller et al., Frontiers in Marine Science 5 (2018) 240; US State, Treasury and Coast Guard, Guidance to "
    "Address Illicit Shipping (May 2020): ship-to-ship transfers",
    needs=("positions",),
    parameters={
        "knots": Parameter(2, "knots", "fastest it may move"),
        "hours": Parameter(2, "hours", "shortest stay"),
        "slot": Parameter(15, "minutes", "how far apart the instants are at which places are compared"),
        "pause": Parameter(4, "hours", "longest silence in which it is taken to have lain there; no more than 4"),
        "apart": Parameter(1, "hours", "longest time in a stay in which it moves, or is lost"),
        "seen": Parameter(0.6, "share", "least part of the instants of a stay at which it is at rest"),
        "metres": Parameter(500, "metres", "another ship at rest within this is company: see encounters"),
        "roads": Parameter(3000, "metres", "size of the cells in which other resting ships are counted"),
        "ships": Parameter(3, "ships", "a place where so many others have lain counts as a roadstead"),
        "offshore": Parameter(5, "nautical miles", "a stay so near to a port is none at sea"),
        "coast": Parameter(1, "nautical miles", "a stay so near to a coast, or on land as rivers are, is none at sea"),
    },
    benign=(
        "waiting for orders, a tide, a pilot or a berth whose traffic is not in the data",
        "fishing, surveying, dredging, guarding or laying cables",
        "an engine under repair",
    ),
    refutes="A log, or a picture of the place and time that shows the ship alone.",
    detect=detect,
    part_of="dark_sts_chain",
)
