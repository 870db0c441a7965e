"""Ship and register do not match: sizes, tonnages, names and flags under one IMO number that are not of one ship."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from counterflow.findings import evidence
from counterflow.findings.flags import assigned_by, same_digits
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Fact, Sighting, Vessel, day
from counterflow.model.dates import latest
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]

_BY_TONNAGE = {"grossRegisteredTonnage": 5.6, "deadweightTonnage": 4.7}
"""Length in metres over tonnage to the power of 0.347: our fit to round figures of tankers and dry cargo ships from
3,000 to 300,000 tons, good to a fifth; ships of other kinds are further off."""


@dataclass(frozen=True)
class Odd:
    """A contradiction. :param factor: how much likelier it is where a ship goes by another's number"""

    says: str
    factor: float
    sightings: tuple[Sighting, ...]
    facts: tuple[Fact, ...] = ()


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each number under which something contradicts something."""
    for vessel in data.vessels:
        odd = [*_sizes(vessel, dial), *_tonnages(vessel, dial), *_names(vessel, dial), *_flags(vessel, dial)]
        if odd:
            yield _finding(vessel, odd)


def _sizes(vessel: Vessel, dial: Mapping[str, float]) -> Iterator[Odd]:
    """Lengths and widths that she told, of which one is not of the same hull as another."""
    for name, least in (("length", dial["metres"]), ("width", dial["metres"] / 3)):
        told = sorted((size, s.rows, s) for s in vessel.sightings if (size := getattr(s, name)))
        if not told:
            continue
        (low, _, one), (high, _, other) = told[0], told[-1]
        if high - low > least and high > low * (1 + dial["part"]):
            changed = one.mmsi != other.mmsi
            yield Odd(f"a {name} of {low:g} m and of {high:g} m", 2.5 if changed else 2.0, (one, other))


def _tonnages(vessel: Vessel, dial: Mapping[str, float]) -> Iterator[Odd]:
    """A length that no ship of the register's tonnage has."""
    lengths = [s for s in vessel.sightings if s.length]
    for fact in vessel.told(*_BY_TONNAGE):
        tons = _number(fact.value)
        if tons is None or tons < 300:
            continue
        usual = _BY_TONNAGE[fact.property] * tons**0.347
        for s in lengths[:1] + lengths[-1:]:
            assert s.length is not None
            if not 1 / dial["times"] <= s.length / usual <= dial["times"]:
                kind = "gross tons" if fact.property.startswith("gross") else "tons deadweight"
                yield Odd(f"a length of {s.length:g} m with {tons:,.0f} {kind}", 2.0, (s,), (fact,))
                break


def _names(vessel: Vessel, dial: Mapping[str, float]) -> Iterator[Odd]:
    """A name, sent often, that is like none the registers give her."""
    known = vessel.told("name", "alias", "previousName")
    if not known:
        return
    written = {_letters(fact.value) for fact in known} - {""}
    for name in sorted({s.name for s in vessel.sightings if s.name}):
        those = [s for s in vessel.sightings if s.name == name]
        if sum(s.count for s in those) < dial["sent"] or not _letters(name) or not written:
            continue
        if max(SequenceMatcher(None, _letters(name), other).ratio() for other in written) < dial["alike"]:
            yield Odd(f"the name {name}, which no register gives her", 2.0, tuple(those[:2]), tuple(known))


def _flags(vessel: Vessel, dial: Mapping[str, float]) -> Iterator[Odd]:
    """A number of another flag than any register gives her, then or within `days` of it: registers and sets are not
    changed on one day."""
    known = vessel.told("flag", "pastFlags")
    for by in sorted({by for s in vessel.sightings if (by := assigned_by(s.mmsi))}):
        those = [s for s in vessel.sightings if assigned_by(s.mmsi) == by]
        about = [f for f in known if any(_held(f, s, dial["days"]) for s in those)]
        if sum(s.count for s in those) < dial["sent"] or not about:
            continue
        if not any(same_digits(f.value, those[0].mmsi) for f in known):
            flags = ", ".join(sorted({f.value.upper() for f in about}))
            yield Odd(
                f"a number of {by.upper()}, while registers have her under {flags}", 1.5, tuple(those[:2]), tuple(about)
            )


def _held(fact: Fact, sighting: Sighting, days: float) -> bool:
    """Whether a flag was hers at some time of a sighting, or within so many days of it."""
    begins = latest(fact.since) if fact.since else None
    ends = latest(fact.until) if fact.until else None
    first, last = (dt.date.fromisoformat(day(s)) for s in (sighting.first, sighting.last))
    slack = dt.timedelta(days=days)
    return (begins is None or begins <= last + slack) and (ends is None or ends >= first - slack)


def _letters(name: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", re.sub(r"^(M/?[VT]|MT)\b", "", name.upper()))


def _number(text: str) -> float | None:
    found = re.fullmatch(r"\s*([\d,. ]*\d)\s*\w*\s*", text)
    try:
        return float(found[1].replace(",", "").replace(" ", "")) if found else None
    except ValueError:
        return None


def _finding(vessel: Vessel, odd: list[Odd]) -> Finding:
    sightings = sorted({s for o in odd for s in o.sightings}, key=lambda s: (s.first, s.rows))
    factors = {o.says: o.factor for o in odd}
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    ends = next((s.ends for s in sightings if s.ends is not None), None)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"Under IMO number {vessel.imo} {vessel.caption} told {_and([o.says for o in odd])}: not of one ship.",
        subjects=(vessel.entity,),
        probability=weigh(0.15, factors),
        evidence=vessel.evidence(sightings, {f for o in odd for f in o.facts}, "contradicts another"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(min(s.first for s in sightings)),
        end=evidence.iso(max(s.last for s in sightings)),
        lat=None if ends is None else round(ends[0][0], 5),
        lon=None if ends is None else round(ends[0][1], 5),
        vessels=(vessel.imo,),
        detail={
            "imo": vessel.imo, "contradictions": [o.says for o in odd], "mmsi": sorted({s.mmsi for s in sightings}),
            "factors": factors,
        },
    )  # fmt: skip


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


TYPOLOGY = Typology(
    name="ship_mismatch",
    title="Ship that is not the one of her number",
    kind="ship",
    what="Sizes, tonnage, names or flags told under one IMO number are not of one ship.",
    why="A hull that goes by another's number keeps its own size; whoever lends it a name must send it.",
    standard="C4ADS, Unmasked: Vessel Identity Laundering and North Korea's Maritime Sanctions Evasion (2021); US "
    "State, "
    "Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020): altering vessel identification",
    needs=("positions",),
    parameters={
        "part": Parameter(0.1, "share", "how far two sizes must differ, as a part of the lesser"),
        "metres": Parameter(6, "metres", "how far two lengths must differ; widths a third of it"),
        "times": Parameter(1.7, "times", "how far a length must be from the usual one of its tonnage"),
        "alike": Parameter(0.6, "share", "least likeness of a name sent with one of the register's, letter by letter"),
        "sent": Parameter(5, "messages", "fewest in which a name, or a number of a flag, must be sent"),
        "days": Parameter(90, "days", "how much later a register may be changed than the set, or earlier"),
    },
    benign=(
        "a set installed with wrong dimensions, or taken from another ship",
        "a ship renamed or reflagged of late, or lengthened",
        "a number typed wrongly that is another ship's",
    ),
    refutes="A picture with its scale; the certificate of registry with the present name and tonnage.",
    detect=detect,
)
