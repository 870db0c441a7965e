"""IMO number without a history: old by its number, and nowhere to be found before it appears.

Shell identities are got by telling the IMO of a ship that does not exist: an old one, new to international trade. The
number is real; no yard, flag, name or track goes before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Fact, Vessel, day, first_day, numbered
from counterflow.model import check_digits
from counterflow.model.dates import earliest
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each ship that appears late."""
    every = data.vessels
    dated = _dated(every)
    first = {vessel.imo: told[0] for vessel in every if (told := first_day(vessel)) is not None}
    if not first:
        return
    for vessel in every:
        when = first.get(vessel.imo)
        before = min((day_ for imo, day_ in first.items() if imo != vessel.imo), default=None)
        if when is None or before is None or not check_digits.imo(vessel.imo):
            continue
        earlier = _earlier(vessel)
        if _days(before, when) < dial["before"] or vessel.told("pastFlags") or len(earlier) > 1:
            continue
        if earlier and not vessel.sightings:
            continue
        late = int(when[:4]) - numbered(vessel.imo)
        unbuilt = not vessel.told("buildDate") and any(fact.dataset in dated for fact in vessel.facts)
        if late >= dial["years"] and (unbuilt or vessel.sightings):
            yield _finding(vessel, when, late, unbuilt, earlier)


def _earlier(vessel: Vessel) -> list[Fact]:
    """Earlier names that may be of before her first trace: a shell identity can be renamed, but then she sends them."""
    sent = {(s.name or "").casefold() for s in vessel.sightings}
    return [f for f in vessel.told("previousName") if not f.since and f.value.casefold() not in sent]


def _dated(every: Sequence[Vessel]) -> set[str]:
    """Registers that say of most ships when they were built."""
    ships: Counter[str] = Counter()
    built: Counter[str] = Counter()
    for vessel in every:
        ships.update({fact.dataset for fact in vessel.facts})
        built.update({fact.dataset for fact in vessel.told("buildDate")})
    return {name for name, n in ships.items() if built[name] * 2 >= n}


def _days(one: str, other: str) -> int:
    return (earliest(other) - earliest(one)).days


def _finding(vessel: Vessel, when: str, late: int, unbuilt: bool, earlier: Sequence[Fact]) -> Finding:
    built = vessel.told("buildDate")
    # what the first day rests on, and what tells the number
    facts: list[Fact] = [*vessel.told("imoNumber"), *built, *earlier, *(f for f in vessel.facts if f.since)]
    factors = {f"{late} years from the number's time to its first trace": 1.5 if late < 20 else 2.0}
    if unbuilt:
        factors["a register that says of most ships when they were built does not say it of this one"] = 2.0
    if built:
        factors[f"built {built[0].value}, says a register"] = 0.8
    if earlier:
        factors[f"a register gives her one earlier name, {earlier[0].value}, without a date"] = 0.4
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    about = numbered(vessel.imo)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{vessel.caption} has an IMO number of about {about} ({vessel.imo}) and was nowhere told of before "
            f"{when}: no dated name, flag or track, where those of others go further back."
        ),
        subjects=(vessel.entity,),
        probability=weigh(0.2, factors),
        evidence=vessel.evidence(vessel.sightings[:1], facts, "first trace"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=when,
        end=day(max(s.last for s in vessel.sightings)) if vessel.sightings else None,
        lat=_place(vessel, 0),
        lon=_place(vessel, 1),
        vessels=(vessel.imo,) if vessel.sightings else (),
        detail={
            "imo": vessel.imo, "number_given_about": about, "first_trace": when, "years": late,
            "mmsi": sorted({s.mmsi for s in vessel.sightings}), "built": built[0].value if built else None,
            "factors": factors,
        },
    )  # fmt: skip


def _place(vessel: Vessel, axis: int) -> float | None:
    """Where she was first heard: latitude or longitude."""
    ends = next((s.ends for s in vessel.sightings if s.ends is not None), None)
    return None if ends is None else round(ends[0][axis], 5)


TYPOLOGY = Typology(
    name="imo_without_history",
    title="IMO number without a history",
    kind="ship",
    what="A ship appears years after her number was due, with no earlier name, flag, owner or track.",
    why="Numbers are got for ships that do not exist, and blacklisted ships go on under them.",
    standard="C4ADS, Unmasked: Vessel Identity Laundering and North Korea's Maritime Sanctions Evasion (2021): "
    "Kingsway as "
    "Apex or Shun Fa (IMO 8528864), Subblic as Hai Zhou 168 (IMO 8514045)",
    needs=(),
    parameters={
        "years": Parameter(15, "years", "least time from the number's to the first trace"),
        "before": Parameter(180, "days", "how much further back other ships must go, at least"),
    },
    benign=(
        "a coaster or fishing vessel that sailed within one country, and got a number for her first voyage abroad",
        "a register or a receiver that came to know her late",
        "a number typed wrongly into the set",
    ),
    refutes="The builder's certificate; a picture, a name or a flag of her from before.",
    detect=detect,
)
