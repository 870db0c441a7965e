"""Encounter: two ships close together, hardly moving, for hours, where ships do not otherwise lie.

Ships are compared at the same instants (`tracks.instants`); where ships lie as a matter of course (roadsteads, ports)
is learnt from the traffic itself: places where several have lain alone, or many together (`tracks.meetings`). Ports,
and what lies close to a coast (`coast`) or on a river, are not at sea either.

Source of the thresholds: Miller et al., Identifying Global Patterns of Transshipment Behavior, Frontiers in Marine
Science 5 (2018): two vessels within 500 m at under 2 knots for over two hours, away from an anchorage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterflow.findings import evidence
from counterflow.findings.coast import shore
from counterflow.findings.observations import HOUR
from counterflow.findings.sites import harbours
from counterflow.findings.tracks.encounters import Meeting, meetings
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.ships import Key, Told, place, told
from counterflow.findings.tracks.steps import near_silences
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each meeting."""
    met = [m for m in meetings(data.traffic, dial) if m.others < dial["ships"]]
    ports = harbours(data)
    met = [m for m in met if ports.open_sea(m.lat, m.lon, dial)]
    spans = [(ship, m.start - 12 * HOUR, m.end + 12 * HOUR) for m in met for ship in m.ships]
    dark = near_silences(data.traffic, dial["dark"] * HOUR, spans)
    edges = [[edge for ship in range(2) for edge in dark[2 * k + ship]] for k in range(len(met))]
    known = told(
        data, data.traffic, [key for m in met for key in m.messages] + [key for found in edges for key in found]
    )
    for meeting, edge in zip(met, edges, strict=True):
        yield _finding(meeting, edge, known)


def _finding(meeting: Meeting, edges: list[Key], known: Told) -> Finding:
    two = [known.ships[mmsi] for mmsi in meeting.ships]
    lasted, sure = meeting.seconds, meeting.sure / meeting.together
    silent = sorted({str(mmsi) for mmsi, *_ in edges})
    near = f"within {meeting.metres.min():.0f} m of each other for {evidence.span(lasted)}"
    factors = {near: 2.0 if lasted < 6 * HOUR else 3.0}
    if silent:
        factors[f"silent for hours around the meeting: {len(silent)} of the two"] = 2.5 * len(silent)
    listed = sorted({s.caption for s in two if s.holder.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    if meeting.others > 0:
        factors[f"{meeting.others} other ships have lain there"] = 1 / (1 + meeting.others)
    if sure < 1:
        factors[f"for {1 - sure:.0%} of that time one was not heard, and is presumed to have lain there"] = (
            0.5 + sure / 2
        )
    going = " One of them had been silent." if len(silent) == 1 else " Both had been silent." if silent else ""
    alongside = list(dict.fromkeys(known.ids(meeting.messages)))
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{two[0].caption} and {two[1].caption} lay {near} at {place(meeting.lat, meeting.lon)}, away from any "
            f"roadstead.{going}"
        ),
        subjects=tuple(s.holder.entity for s in two),
        probability=weigh(0.35, factors),
        evidence=(
            *evidence.of_rows("positions", alongside, "lay alongside"),
            *evidence.of_rows("positions", [i for i in known.ids(edges) if i not in alongside], "edge of a silence"),
            *evidence.claims({i for s in two for i in s.holder.claim_ids}, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(meeting.start),
        end=evidence.iso(meeting.end),
        lat=round(meeting.lat, 5),
        lon=round(meeting.lon, 5),
        vessels=tuple(s.vessel for s in two),
        detail={
            "hours": round(lasted / HOUR, 2), "closest_metres": round(float(meeting.metres.min()), 1),
            "slots_together": meeting.together, "slots_presumed": meeting.together - meeting.sure,
            "miles_from_coast": round(shore(meeting.lat, meeting.lon) / MILE, 1),
            "mmsi": [s.mmsi for s in two], "silent_ships": silent, "other_ships_there": meeting.others,
            "uncertainty_metres": round(float(meeting.metres.max())), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="encounter",
    title="Ship-to-ship encounter",
    kind="ship",
    what="Two ships lie within some hundred metres of each other at sea for hours, hardly moving.",
    why="Fuel and coal change ships at sea to hide where they come from; UN resolution 2375 (2017) forbids it to "
    "ships of North Korea.",
    standard="UN Security Council resolution 2375 (2017), paragraph 11; UN Panel of Experts S/2019/171; thresholds "
    "after Miller et al., Frontiers in Marine Science 5 (2018) 240",
    needs=("positions",),
    parameters={
        "metres": Parameter(500, "metres", "farthest apart"),
        "knots": Parameter(2, "knots", "fastest either may move"),
        "hours": Parameter(2, "hours", "shortest meeting"),
        "slot": Parameter(15, "minutes", "how far apart the instants are at which places are compared"),
        "pause": Parameter(
            4, "hours", "longest silence of a ship that is taken to have lain there all along; no more than 4"
        ),
        "apart": Parameter(1.5, "hours", "longest time in a meeting in which they are apart, or one is lost"),
        "seen": Parameter(0.3, "share", "least part of the instants of a meeting at which they are together"),
        "sure": Parameter(
            0, "hours", "least time at which neither is only presumed to lie there, having come or left unheard"
        ),
        "roads": Parameter(3000, "metres", "size of the cells in which other resting ships are counted"),
        "ships": Parameter(3, "ships", "a place where so many others have lain counts as a roadstead"),
        "offshore": Parameter(5, "nautical miles", "a meeting so near to a port is none at sea"),
        "coast": Parameter(
            1, "nautical miles", "a meeting so near to a coast, or on land as rivers are, is none at sea"
        ),
        "dark": Parameter(6, "hours", "a silence of this length around the meeting is mentioned"),
    },
    benign=(
        "bunkering or lightering that is declared and allowed",
        "pilot boats, tugs and tows",
        "fishing vessels working together",
        "waiting for a berth outside a port whose traffic is not in the data",
    ),
    refutes="Papers of a declared transfer; a picture of the place and time that shows one ship or none.",
    detect=detect,
    part_of="dark_sts_chain",
)
