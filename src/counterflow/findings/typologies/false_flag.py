"""False flag: a ship under a flag in whose name fraudulent registries sell registrations, or that has no register.

The list is `false_flags.yaml`: what states told the IMO. It is a reason to ask the administration, and no proof: most
such flags are lawfully flown as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from counterflow.findings.flags import assigned_by
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Fact, Sighting, Vessel, day
from counterflow.model.dates import latest
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


@cache
def _flags() -> list[dict[str, Any]]:
    import yaml

    text = (resources.files("counterflow.findings") / "false_flags.yaml").read_text("utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each ship and flag."""
    for vessel in data.vessels:
        for flag in _flags():
            facts = [
                f for f in vessel.told("flag")
                if f.value == flag["country"] and (not f.until or latest(f.until).isoformat() >= flag["since"])
            ]  # fmt: skip
            sent = [
                s for s in vessel.sightings
                if assigned_by(s.mmsi) == flag["country"] and day(s.last) >= flag["since"] and s.count >= dial["sent"]
            ]  # fmt: skip
            if facts or sent:
                yield _finding(vessel, flag, facts, sent)


def _finding(vessel: Vessel, flag: Mapping[str, Any], facts: list[Fact], sent: list[Sighting]) -> Finding:
    dated = sorted([f.since for f in facts if f.since] + [day(s.first) for s in sent])
    factors = {flag["what"]: 1.0}
    if sent:
        factors["its number was sent over AIS"] = 1.2
    claimed = sorted({f.value for f in vessel.told("flag")})
    if not facts and claimed:
        factors[f"registers have her under {', '.join(claimed).upper()}, and not under this flag"] = 2.0
    if vessel.listed:
        factors["the ship is named by a sanctions list"] = 4.0
    ends = next((s.ends for s in sent if s.ends is not None), None)
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{vessel.caption} flew the flag of {flag['country'].upper()}: {flag['what']}.",
        subjects=(vessel.entity,),
        probability=weigh(0.25, factors),
        evidence=vessel.evidence(sent, facts, "the flag"),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=dated[0] if dated else None,
        end=max((day(s.last) for s in sent), default=None),
        lat=None if ends is None else round(ends[0][0], 5),
        lon=None if ends is None else round(ends[0][1], 5),
        vessels=(vessel.imo,) if sent else (),
        detail={"imo": vessel.imo, "flag": flag["country"], "mmsi": sorted({s.mmsi for s in sent}), "factors": factors},
    )


TYPOLOGY = Typology(
    name="false_flag",
    title="Flag that fraudulent registries sell",
    kind="ship",
    what="A ship flies a flag in whose name fraudulent registries are known to sell registrations.",
    why="A false registration gives a ship papers that no state stands behind: no survey, no insurance, nobody to ask.",
    standard="IMO Legal Committee, measures to prevent unlawful practices of fraudulent registration (resolution "
    "A.1142(31)); "
    "US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020)",
    needs=(),
    parameters={"sent": Parameter(5, "messages", "fewest under a number of that flag")},
    benign=(
        "a lawful registration: most of these states keep a register of their own",
        "a number set wrongly",
    ),
    refutes="The administration's own word, by the contact point that the IMO publishes.",
    detect=detect,
)
