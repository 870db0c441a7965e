"""Doubled IMO number: one hull number is sent under two MMSI at the same time, or registers have it so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Fact, Sighting, Vessel
from counterflow.model import check_digits
from counterflow.model.dates import earliest, latest
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


@dataclass(frozen=True)
class Spell:
    """A number's time under an IMO number. :param first, last: seconds since 1970"""

    mmsi: str
    first: int
    last: int
    count: int
    sightings: tuple[Sighting, ...] = ()
    facts: tuple[Fact, ...] = ()


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each IMO number, and kind of record, under which the times of two MMSI or more overlap."""
    for vessel in data.vessels:
        if not check_digits.imo(vessel.imo):
            continue
        for spells, days in ((_heard(vessel, dial["sent"]), dial["days"]), (_registered(vessel), dial["registered"])):
            pairs = [
                (a, b) for a, b in combinations(spells, 2) if min(a.last, b.last) - max(a.first, b.first) >= days * DAY
            ]
            if pairs:
                yield _finding(vessel, pairs)


def _heard(vessel: Vessel, sent: float) -> list[Spell]:
    found = []
    for mmsi in sorted({s.mmsi for s in vessel.sightings}):
        mine = [s for s in vessel.sightings if s.mmsi == mmsi and s.table == "positions"]
        count = sum(s.count for s in mine)
        if count >= sent:
            first, last = min(mine, key=lambda s: s.first), max(mine, key=lambda s: s.last)
            found.append(Spell(mmsi, first.first, last.last, count, tuple(dict.fromkeys((first, last)))))
    return found


def _registered(vessel: Vessel) -> list[Spell]:
    """Times in which a register has each number, where it says from when to when."""
    found = []
    dated = [fact for fact in vessel.told("mmsi") if fact.since and fact.until]
    for mmsi in sorted({fact.value for fact in dated}):
        mine = tuple(fact for fact in dated if fact.value == mmsi)
        first = min(_seconds(f.since or "") for f in mine)
        last = max(_seconds(f.until or "", end=True) for f in mine)
        found.append(Spell(mmsi, first, last, len(mine), facts=mine))
    return found


def _seconds(date: str, *, end: bool = False) -> int:
    found = latest(date) if end else earliest(date)
    return (found.toordinal() - 719_163) * DAY


def _finding(vessel: Vessel, pairs: list[tuple[Spell, Spell]]) -> Finding:
    spells = sorted({spell for pair in pairs for spell in pair}, key=lambda spell: spell.mmsi)
    heard = bool(spells[0].sightings)
    start = min(max(one.first, other.first) for one, other in pairs)
    end = max(min(one.last, other.last) for one, other in pairs)
    longest = max(min(one.last, other.last) - max(one.first, other.first) for one, other in pairs)
    numbers = [spell.mmsi for spell in spells]
    factors = {f"for {evidence.span(longest)} at the same time": 1.5 if longest < 30 * DAY else 2.0}
    if heard:
        factors[f"sent {', '.join(f'{spell.count:,}' for spell in spells)} times"] = 1.5
    else:
        factors["by what a register has from broadcasts, or was told"] = 0.7
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    ends = next((s.ends for spell in spells for s in spell.sightings if s.ends is not None), None)
    facts = [*(f for spell in spells for f in spell.facts), *(vessel.told("imoNumber") if not heard else ())]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"IMO number {vessel.imo} ({vessel.caption}) went with MMSI {', '.join(numbers[:-1])} and {numbers[-1]} at "
            f"the same time, for up to {evidence.span(longest)}: two ships, or one with two identities."
        ),
        subjects=(vessel.entity,),
        probability=weigh(0.25, factors),
        evidence=vessel.evidence([s for spell in spells for s in spell.sightings], facts, "one number of several"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(start),
        end=evidence.iso(end),
        lat=None if ends is None else round(ends[0][0], 5),
        lon=None if ends is None else round(ends[0][1], 5),
        vessels=(vessel.imo, *numbers) if heard else (),
        detail={
            "imo": vessel.imo, "mmsi": numbers, "days": round(longest / DAY, 1),
            "told_by": "broadcasts" if heard else "a register", "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="doubled_imo",
    title="One IMO number, two MMSI at once",
    kind="ship",
    what="The same IMO number goes with two MMSI at the same time.",
    why="A number is for one hull for life: a second ship that uses it hides behind the first, or one ship plays two.",
    standard="IMO Resolution A.1117(30); UN Panel of Experts S/2021/211 on ships' false AIS identities; C4ADS, "
    "Unmasked "
    "(2021)",
    needs=(),
    parameters={
        "days": Parameter(1, "days", "least time for which both are heard"),
        "registered": Parameter(30, "days", "least time for which a register has both"),
        "sent": Parameter(5, "messages", "fewest of each"),
    },
    benign=(
        "a change of flag: the old set sends on for a while",
        "two sets aboard, one of them a spare",
        "a number typed wrongly on another ship",
    ),
    refutes="A record of the change of flag; pictures of both ships at one time.",
    detect=detect,
)
