"""Impossible IMO number: a ship goes by a number that the IMO cannot have given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Vessel
from counterflow.model import check_digits
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each number whose check digit is wrong, and that is told often enough to be meant."""
    for vessel in data.vessels:
        if not check_digits.imo(vessel.imo):
            told = sum(s.count for s in vessel.sightings) + len(vessel.told("imoNumber"))
            if told >= dial["told"]:
                yield _finding(vessel)


def _finding(vessel: Vessel) -> Finding:
    facts, sightings = vessel.told("imoNumber"), vessel.sightings
    count = sum(s.count for s in sightings)
    registers = sorted({fact.dataset for fact in facts})
    wrong = "its last digit does not check the others" if len(vessel.imo) == 7 else "it has not seven digits"
    factors = {wrong: 1.0}
    if count:
        factors[f"the ship sent it {count:,} times"] = 1.5 if count > 10 else 1.0
    if registers:
        factors[f"in writing: {', '.join(registers)}"] = 1.5
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    names = sorted({s.name for s in sightings if s.name} | {f.value for f in vessel.told("name")})
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{vessel.caption} goes by IMO number {vessel.imo}, which the IMO cannot have given: {wrong}.",
        subjects=(vessel.entity,),
        probability=weigh(0.2, factors),
        evidence=vessel.evidence(sightings, facts, "tells the number"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(min(s.first for s in sightings)) if sightings else None,
        end=evidence.iso(max(s.last for s in sightings)) if sightings else None,
        vessels=(vessel.imo,) if sightings else (),
        detail={
            "imo": vessel.imo, "sent": count, "names": names, "mmsi": sorted({s.mmsi for s in sightings}),
            "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="impossible_imo",
    title="IMO number that cannot be one",
    kind="ship",
    what="A ship goes by an IMO number whose check digit is wrong.",
    why="A number made up, or changed by a digit, hides which ship it is.",
    standard="IMO Resolution A.1117(30), IMO Ship Identification Number Scheme; US State, Treasury and Coast Guard, "
    "Guidance to Address Illicit Shipping (May 2020): physically altering vessel identification",
    needs=(),
    parameters={"told": Parameter(1, "records", "fewest that tell the number")},
    benign=(
        "a number typed wrongly when the set was installed",
        "another number in its place: a national one, or that of the owner's company",
        "a message garbled on the way",
    ),
    refutes="The ship's certificate of registry; the number on her hull.",
    detect=detect,
)
