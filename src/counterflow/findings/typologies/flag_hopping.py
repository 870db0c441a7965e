"""Flag hopping: a ship flies a flag for less than ninety days, and then another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from counterflow.findings.flags import assigned_by
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Fact, Sighting, Vessel, day
from counterflow.model.dates import earliest
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


@dataclass(frozen=True)
class Flown:
    """A flag from a day on.

    :param flag: its country as a register has it, or who assigned the number sent (``MID 200``: nobody)
    """

    flag: str
    since: str
    fact: Fact | None = None
    sighting: Sighting | None = None


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each ship and kind of record."""
    for vessel in data.vessels:
        for flown in (_registered(vessel), _sent(vessel, dial["sent"])):
            hops = [
                k for k in range(1, len(flown) - 1)
                if _days(flown[k], flown[k + 1]) < dial["days"] and flown[k + 1].flag != flown[k - 1].flag
            ]  # fmt: skip
            if len(hops) >= dial["hops"]:
                yield _finding(vessel, flown, hops)


def _registered(vessel: Vessel) -> list[Flown]:
    dated = [Flown(f.value, f.since, fact=f) for f in vessel.told("flag") if f.since]
    return _changes(dated)


def _sent(vessel: Vessel, sent: float) -> list[Flown]:
    """By who assigned the number: another one of the same flag is no hop."""
    often = [s for s in vessel.sightings if s.count >= sent and s.table == "positions"]
    return _changes([Flown(assigned_by(s.mmsi) or f"MID {s.mmsi[:3]}", day(s.first), sighting=s) for s in often])


def _changes(flown: list[Flown]) -> list[Flown]:
    """In order of time, each flag once for as long as it stays."""
    ordered = sorted(flown, key=lambda f: (earliest(f.since), f.flag))
    return [f for k, f in enumerate(ordered) if k == 0 or f.flag != ordered[k - 1].flag]


def _days(one: Flown, other: Flown) -> int:
    return (earliest(other.since) - earliest(one.since)).days


def _finding(vessel: Vessel, flown: list[Flown], hops: list[int]) -> Finding:
    shown = flown[hops[0] - 1 : hops[-1] + 2]
    shortest = min(_days(flown[k], flown[k + 1]) for k in hops)
    factors = {f"{len(hops)} flags held for less than three months": 1.5 if len(hops) == 1 else 3.0}
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    row = ", ".join(f"{f.flag} from {f.since}" for f in shown)
    sightings = [f.sighting for f in shown if f.sighting is not None]
    ends = next((s.ends for s in sightings if s.ends is not None), None)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{vessel.caption} flew a flag for {shortest} days and then another: {row}.",
        subjects=(vessel.entity,),
        probability=weigh(0.3, factors),
        evidence=vessel.evidence(sightings, [f.fact for f in shown if f.fact is not None], "a flag"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=shown[0].since,
        end=shown[-1].since,
        lat=None if ends is None else round(ends[0][0], 5),
        lon=None if ends is None else round(ends[0][1], 5),
        vessels=(vessel.imo,) if sightings else (),
        detail={
            "imo": vessel.imo, "flags": [f.flag for f in shown], "shortest_days": shortest, "hops": len(hops),
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="flag_hopping",
    title="Flag hopping",
    kind="ship",
    what="A ship flies a flag for less than ninety days before she takes another.",
    why="Flags are changed when they are taken away, or before somebody asks; each register knows the last one only.",
    standard="US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020): false flags and "
    "flag "
    "hopping; UN Security Council resolution 2321 (2016), paragraph 24: ships to be deregistered",
    needs=(),
    parameters={
        "days": Parameter(90, "days", "a flag held for less is a hop"),
        "hops": Parameter(1, "flags", "fewest held so shortly"),
        "sent": Parameter(5, "messages", "fewest under a number, to count it as a flag"),
    },
    benign=(
        "a provisional registration on a ship's last voyage to the breakers",
        "sold twice in short order",
        "a register's date of entry that is not the day of the change",
    ),
    refutes="The closure certificates of the registers, with their reasons.",
    detect=detect,
)
