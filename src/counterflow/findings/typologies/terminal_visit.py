"""Terminal visit: a ship lies at a port or terminal that is listed or lies under an embargo, or is silent around one.

The places are facilities that claims tell of, with degrees, and those of `terminals.yaml`. A call that was heard is a
stay near one; a call in the dark is a silence that begins and ends within reach of one, long enough to go in, lie and
come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from counterflow.findings import evidence
from counterflow.findings.observations import HOUR
from counterflow.findings.sites import Site, terminals
from counterflow.findings.tracks.calls import STAYS
from counterflow.findings.tracks.gaps import Gap, silent
from counterflow.findings.tracks.geometry import KNOT, MILE, apart
from counterflow.findings.tracks.ships import Key, Told, told
from counterflow.findings.tracks.stays import Stay, stays
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]

_EMBARGOED = {"kp": "coal, ores, fish and arms may not leave it, and fuel comes within a quota (UN resolution 2397)"}


@dataclass(frozen=True)
class Visit:
    """A stay at a site, or a silence around it.

    :param metres: how far from it the ship lay, or was last or next heard
    """

    site: Site
    mmsi: int
    start: int
    end: int
    metres: float
    heard: bool
    messages: tuple[Key, ...]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each visit."""
    wanted = [site for site in terminals(data) if site.listed or site.country in _EMBARGOED]
    found = list(_stays(data, wanted, dial))
    lain = [(v.mmsi, v.start, v.end) for v in found]
    for visit in _silences(data, wanted, dial):
        if not any(m == visit.mmsi and a <= visit.end and b >= visit.start for m, a, b in lain):
            found.append(visit)
    known = told(data, data.traffic, [key for visit in found for key in visit.messages])
    for visit in sorted(found, key=lambda v: (v.mmsi, v.start, v.site.entity)):
        yield _finding(visit, known)


def _nearest(lat: float, lon: float, wanted: list[Site]) -> tuple[float, Site]:
    found = [(apart(lat, lon, site.lat, site.lon), k) for k, site in enumerate(wanted)]
    way, k = min(found)
    return way, wanted[k]


def _stays(data: Data, wanted: list[Site], dial: Mapping[str, float]) -> Iterator[Visit]:
    for stay in stays(data.traffic, {**STAYS, "knots": dial["knots"], "hours": dial["hours"]}):
        way, site = _nearest(stay.lat, stay.lon, wanted)
        if way <= dial["near"] * MILE:
            yield _visit(stay, way, site)


def _visit(stay: Stay, way: float, site: Site) -> Visit:
    return Visit(site, stay.mmsi, stay.start, stay.end, way, True, stay.messages)


def _silences(data: Data, wanted: list[Site], dial: Mapping[str, float]) -> Iterator[Visit]:
    for tracks in data.traffic.spans():
        for gap in silent(tracks, dial["silent"] * HOUR):
            before, site = _nearest(gap.lat, gap.lon, wanted)
            after = apart(gap.then_lat, gap.then_lon, site.lat, site.lon)
            if max(before, after) <= dial["reach"] * MILE and _time(gap, before + after) >= dial["hours"] * HOUR:
                yield Visit(site, gap.mmsi, gap.at, gap.then_at, max(before, after), False, gap.ends)


def _time(gap: Gap, way: float) -> float:
    """Seconds left to lie there, at ten knots in and out."""
    return gap.seconds - way / (10 * KNOT)


def _finding(visit: Visit, known: Told) -> Finding:
    ship, site = known.ships[visit.mmsi], visit.site
    lasted = evidence.span(visit.end - visit.start)
    why = "listed" if site.listed else _EMBARGOED[site.country]
    factors = {f"{site.caption}: {why}": 2.0 if site.listed else 1.5}
    if visit.heard:
        what = f"lay at {site.caption} for {lasted}"
        factors[f"it lay {visit.metres / MILE:.1f} nautical miles from there"] = 2.0
    else:
        what = f"was silent for {lasted} within {visit.metres / MILE:.0f} nautical miles of {site.caption}"
        factors["no message tells where it was meanwhile"] = 0.7
    if ship.holder.listed:
        factors["the ship is named by a sanctions list"] = 3.0
    doing = f" ({site.activity})" if site.activity else ""
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{ship.caption} {what}{doing}.",
        subjects=(ship.holder.entity, site.entity) if site.entity else (ship.holder.entity,),
        probability=weigh(0.35, factors),
        evidence=(
            *evidence.of_rows("positions", dict.fromkeys(known.ids(visit.messages)), "at or near the place"),
            *evidence.claims(site.claim_ids, "where the place is"),
            *evidence.claims(set(ship.holder.claim_ids) - set(site.claim_ids), "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(visit.start),
        end=evidence.iso(visit.end),
        lat=round(site.lat, 5),
        lon=round(site.lon, 5),
        vessels=(ship.vessel,),
        detail={
            "site": site.caption, "heard": visit.heard, "hours": round((visit.end - visit.start) / HOUR, 2),
            "uncertainty_metres": round(visit.metres), "mmsi": ship.mmsi, "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="terminal_visit",
    title="Call at a listed or embargoed terminal",
    kind="ship",
    what="A ship lies at a port or terminal that is listed or lies under an embargo, or is silent around it long "
    "enough to.",
    why="Coal is loaded and fuel unloaded at a few known terminals; who calls there carries it.",
    standard="UN Security Council resolutions 2371, 2375 and 2397 (2017); UN Panel of Experts S/2019/171 and "
    "S/2021/211: "
    "calls at Nampo, Taean and other terminals",
    needs=("positions",),
    parameters={
        "near": Parameter(4, "nautical miles", "how far from the place's degrees a ship may lie"),
        "hours": Parameter(2, "hours", "shortest stay, or time left for one"),
        "knots": Parameter(2, "knots", "fastest that counts as lying"),
        "silent": Parameter(6, "hours", "shortest silence that may hide a call"),
        "reach": Parameter(25, "nautical miles", "how far from the place a silence may begin and end"),
    },
    benign=(
        "a call for relief goods, repairs or shelter, or with an exemption of the Committee",
        "anchoring off a coast that has more than one port",
        "a place whose degrees are those of a town",
    ),
    refutes="The port's record; the ship's log and bills of lading; a picture of the berth at that time.",
    detect=detect,
    part_of="dark_sts_chain",
)
