"""Joined identities: one ship is last heard at a place, and another first heard there, after a stay as in a yard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.tracks.geometry import MILE
from counterflow.findings.tracks.joins import Join, joins
from counterflow.findings.tracks.ships import Told, place, told
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.findings.vessels import Sighting, Vessel, day, first_day, numbered
from counterflow.model.finding import Evidence, Finding

__all__ = ["TYPOLOGY"]


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each pair; none where both go by one IMO number, which is a change of flag."""
    found = list(joins(data.traffic, dial["near"] * MILE, dial["days"], dial["margin"], int(dial["sent"])))
    by_mmsi: dict[int, list[Vessel]] = {}
    for vessel in data.vessels if found else ():
        for mmsi in {int(s.mmsi) for s in vessel.sightings if s.count >= 2}:
            by_mmsi.setdefault(mmsi, []).append(vessel)
    kept = []
    for join in found:
        one, other = (by_mmsi.get(end.key[0], []) for end in (join.last, join.first))
        if one and other and not {v.imo for v in one} & {v.imo for v in other} and join.rivals <= dial["rivals"]:
            kept.append(join)
    known = told(data, data.traffic, [end.key for join in kept for end in (join.last, join.first)])
    for join in kept:
        yield _finding(join, known, by_mmsi)


def _finding(join: Join, known: Told, by_mmsi: Mapping[int, Sequence[Vessel]]) -> Finding:
    mmsi = join.last.key[0], join.first.key[0]
    two = [known.ships[m] for m in mmsi]
    away, between = join.metres / MILE, join.seconds
    factors = {f"{away:.1f} nautical miles apart, {evidence.span(between)} later": 1.5 if between < 120 * DAY else 1.0}
    if join.rivals:
        factors[f"{join.rivals} others came or went there in that time"] = 1 / (1 + join.rivals)
    new = by_mmsi[mmsi[1]][0]
    if (first := first_day(new)) is not None and first[0] == day(join.first.key[1]):
        late = int(first[0][:4]) - numbered(new.imo)
        if late >= 15:
            factors[f"the new number is of about {numbered(new.imo)}, and nothing tells of it before"] = 2.5
    lengths = [_length(by_mmsi[m], m) for m in mmsi]
    sizes: list[Sighting] = [s for s in lengths if s is not None]
    if lengths[0] is not None and lengths[1] is not None and lengths[0].length and lengths[1].length:
        one, other = lengths[0].length, lengths[1].length
        alike = abs(one - other) <= 2 + 0.03 * max(one, other)
        factors[f"{one:g} m and {other:g} m long"] = 3.0 if alike else 0.5
    listed = sorted({s.caption for s in two if s.holder.listed})
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    rows = dict.fromkeys((s.table, id) for s in sizes for id in s.rows if s.table == "ship_statics")
    ends = known.ids((join.last.key, join.first.key))
    return Finding(
        typology=TYPOLOGY.name,
        sentence=(
            f"{two[0].caption} was last heard at {place(*join.last.key[2:])}, where {two[1].caption} was first heard "
            f"{evidence.span(between)} later: one ship may have become the other."
        ),
        subjects=tuple(s.holder.entity for s in two),
        probability=weigh(0.15, factors),
        evidence=(
            *evidence.of_rows("positions", ends, "last heard, and first heard"),
            *(Evidence(table, id, "size") for table, id in rows),
            *evidence.claims({i for s in two for i in s.holder.claim_ids}, "which ship answers to the number"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(join.last.key[1]),
        end=evidence.iso(join.first.key[1]),
        lat=round(join.last.key[2], 5),
        lon=round(join.last.key[3], 5),
        vessels=tuple(s.vessel for s in two),
        detail={
            "days": round(between / DAY, 1), "miles": round(away, 2), "mmsi": [s.mmsi for s in two],
            "uncertainty_metres": round(join.metres), "rivals": join.rivals, "factors": factors,
        },
    )  # fmt: skip


def _length(vessels: Sequence[Vessel], mmsi: int) -> Sighting | None:
    found = [s for v in vessels for s in v.sightings if s.mmsi == str(mmsi) and s.length]
    return max(found, key=lambda s: (s.count, s.last, s.rows), default=None)


TYPOLOGY = Typology(
    name="joined_identity",
    title="One ship ends where another begins",
    kind="ship",
    what="A ship is never heard again, and another, with a number of her own, is first heard at the same place after "
    "a stay.",
    why="A ship goes into a yard as one and comes out as another: painted, rebuilt, with a new number.",
    standard="C4ADS, Unmasked: Vessel Identity Laundering and North Korea's Maritime Sanctions Evasion (2021)",
    needs=("positions",),
    parameters={
        "near": Parameter(3, "nautical miles", "how far apart the last place and the first may be"),
        "days": Parameter(400, "days", "longest time between"),
        "margin": Parameter(30, "days", "a ship that comes or goes so near the edge of the data tells nothing"),
        "sent": Parameter(5, "messages", "fewest of each"),
        "rivals": Parameter(3, "ships", "most others that come or go there in that time: a busy port tells nothing"),
    },
    benign=(
        "one ship broken up and another launched at the same yard",
        "a ship laid up with her set off, and another that began to send there",
        "the edge of what receivers hear",
    ),
    refutes="Pictures of both ships; the yard's papers; either of them heard elsewhere meanwhile.",
    detect=detect,
)
