"""Dark meeting: a silence, a stay and perhaps a meeting that together tell of a transfer at sea.

Two ships heard beside each other are an `encounter`; most transfers that observers reported were not heard so. Three
chains are put together here (`tracks.dark`): a ship lay while another was silent nearby, with the time to come, lie
and leave; two fell silent near each other and came back near each other; a meeting was heard beside a long silence
and a stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.dark import Chain, chains
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each chain."""
    ports = harbours(data)
    found = [chain for chain in chains(data.traffic, dial) if ports.open_sea(chain.lat, chain.lon, dial)]
    known = told(data, data.traffic, [key for chain in found for key in chain.messages])
    for chain in found:
        yield _finding(chain, known)


def _finding(chain: Chain, known: Told) -> Finding:
    two = [known.ships[mmsi] for mmsi in chain.ships]
    silent = " and ".join(evidence.span(gap.seconds) for gap in chain.silences[:2])
    factors = {f"silent for {silent}": 1.5 if chain.kind == "visited" else 2.0}
    if chain.kind == "met":
        factors["they were heard beside each other"] = 4.0
    listed = sorted({s.caption for s in two if s.holder.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    if chain.stay is not None and chain.stay.company > (chain.meeting is not None):
        factors["another ship lay beside the one that waited"] = 0.5
    gone = dict.fromkeys(known.ids(end for gap in chain.silences for end in gap.ends))
    stayed = [i for i in known.ids(chain.messages) if i not in gone]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=_sentence(chain, two[0].caption, two[1].caption, silent),
        subjects=tuple(s.holder.entity for s in two),
        probability=weigh(0.2, factors),
        evidence=(
            *evidence.of_rows("positions", gone, "edge of a silence"),
            *evidence.of_rows("positions", stayed, "lay there"),
            *evidence.claims({i for s in two for i in s.holder.claim_ids}, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(chain.start),
        end=evidence.iso(chain.end),
        lat=round(chain.lat, 5),
        lon=round(chain.lon, 5),
        vessels=tuple(s.vessel for s in two),
        detail={
            "chain": chain.kind, "hours_together_at_most": round(chain.hours, 2), "mmsi": [s.mmsi for s in two],
            "uncertainty_metres": round(chain.reach), "steps": _steps(chain), "factors": factors,
        },
    )  # fmt: skip


def _sentence(chain: Chain, one: str, other: str, silent: str) -> str:
    where = place(chain.lat, chain.lon)
    if chain.kind == "visited":
        return (
            f"{one} lay at {where} while {other} was silent nearby for {silent}, with time to come, lie beside it "
            f"for up "
            f"to {evidence.span(chain.end - chain.start)} and leave."
        )
    if chain.kind == "met":
        return (
            f"{one} and {other} lay beside each other for {evidence.span(chain.end - chain.start)} at {where}, one of "
            f"them silent for {silent} before or after, one of them waiting there for longer."
        )
    return f"{one} and {other} fell silent near each other at {where}, for {silent}, and came back near each other."


def _steps(chain: Chain) -> list[dict[str, object]]:
    """The chain in order of time."""
    steps = [("silence", gap.mmsi, gap.at, gap.then_at) for gap in chain.silences]
    if chain.stay:
        steps.append(("stay", chain.stay.mmsi, chain.stay.start, chain.stay.end))
    if chain.meeting:
        steps += [("meeting", ship, chain.meeting.start, chain.meeting.end) for ship in chain.ships]
    return [
        {"step": what, "mmsi": str(mmsi), "start": evidence.iso(start), "end": evidence.iso(end),
         "hours": round((end - start) / HOUR, 2)}
        for what, mmsi, start, end in sorted(steps, key=lambda step: (step[2], step[0], step[1]))
    ]  # fmt: skip


TYPOLOGY = Typology(
    name="dark_meeting",
    title="Meeting in the dark",
    kind="ship",
    what="A ship waits at sea while another is silent nearby, or two fall silent together, long enough for a transfer.",
    why="Ships switch off their sets to hand over goods at sea; what is heard of it is who waited, and who was away.",
    standard="UN Panel of Experts S/2019/171 and S/2021/211 on ship-to-ship transfers with AIS switched off; UN "
    "Security "
    "Council resolution 2375 (2017), paragraph 11; Miller et al., Frontiers in Marine Science 5 (2018) 240",
    needs=("positions",),
    parameters={
        "dark": Parameter(2.5, "hours", "shortest silence of a ship that visits another"),
        "long": Parameter(120, "hours", "longest silence; beyond, a ship has gone elsewhere"),
        "both": Parameter(6, "hours", "shortest silence of two ships that fall silent together"),
        "about": Parameter(6, "hours", "how far apart two such silences may begin, and end"),
        "near": Parameter(20, "nautical miles", "how far off a silence may begin and end"),
        "hours": Parameter(2, "hours", "least time for which they can have been together"),
        "heard": Parameter(0.5, "share", "least part of the ships expected there that must have been heard"),
        "cell": Parameter(0.25, "degrees", "size of cells of reception, north to south"),
        "ahead": Parameter(4, "hours", "how long a silent ship is taken to have sailed on as it was going"),
        "knots": Parameter(2, "knots", "fastest that counts as lying"),
        "slot": Parameter(15, "minutes", "how far apart the instants are at which places are compared"),
        "pause": Parameter(4, "hours", "longest silence in which a ship is taken to have lain there; no more than 4"),
        "apart": Parameter(1, "hours", "longest time in a stay or meeting in which a ship moves, or is lost"),
        "seen": Parameter(0.5, "share", "least part of the instants of a stay or meeting at which a ship is at rest"),
        "sure": Parameter(0, "hours", "least time of a meeting at which neither ship is only presumed to lie there"),
        "metres": Parameter(500, "metres", "farthest apart in a meeting that is heard"),
        "roads": Parameter(3000, "metres", "size of the cells in which other resting ships are counted"),
        "ships": Parameter(3, "ships", "a place where so many others have lain counts as a roadstead"),
        "offshore": Parameter(5, "nautical miles", "a meeting so near to a port is none at sea"),
        "coast": Parameter(
            1, "nautical miles", "a meeting so near to a coast, or on land as rivers are, is none at sea"
        ),
    },
    benign=(
        "messages lost by chance, of a ship that passed by",
        "fishing vessels and their carrier, working as they are allowed to",
        "a set switched off for fear of pirates near a ship that waits",
    ),
    refutes="Messages of the silent ship from another receiver; a picture of the place and time that shows one ship.",
    detect=detect,
    part_of="dark_sts_chain",
)
