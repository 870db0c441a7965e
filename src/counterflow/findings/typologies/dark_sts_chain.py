"""Dark transfer: a silence, a stay and a meeting in sequence, of ships that listed parties sail, own or run.

What ships did is told by the other typologies of tracks, and by others who worked it out from tracks that are not at
hand (`ship_events`: encounters, loitering and gaps of Global Fishing Watch and the like). None of these steps says much
by itself, and a listed owner says nothing of a voyage; here they are put together (`tracks.sequences`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from counterflow.findings import evidence
from counterflow.findings.hands import Hand, hands
from counterflow.findings.observations import HOUR
from counterflow.findings.tracks.sequences import Passage, passages, steps
from counterflow.findings.tracks.ships import place
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding

__all__ = ["TYPOLOGY"]


def gather(data: Data, parts: Sequence[Finding], dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each sequence with a silence, about a meeting or a stay, of which a ship is tied to a listing."""
    found = [
        passage for passage in passages(steps(data, parts), dial["between"])
        if "silence" in passage.kinds and len(passage.kinds) >= dial["kinds"]
    ]  # fmt: skip
    keys = {key for passage in found for step in passage.steps for numbers in step.numbers for key in numbers}
    held = evidence.holders(data, keys)
    behind = hands(data, dial["line"]) if found else {}
    for passage in found:
        ships = _holders(passage, held)
        tied = {ship.entity: behind.get(ship.entity, []) for ship in ships}
        if any(ship.listed for ship in ships) or any(hand.sure for those in tied.values() for hand in those):
            yield _finding(passage, ships, tied)


def _holders(passage: Passage, held: Mapping[str, evidence.Holder]) -> list[evidence.Holder]:
    """Who answers to each number: by IMO number where any step has one, else by MMSI."""
    keys: dict[str, set[str]] = {ship: set() for ship in passage.ships}
    for step in passage.steps:
        for ship, numbers in zip(step.ships, step.numbers, strict=True):
            keys.get(ship, set()).update(numbers)
    found = []
    for ship in passage.ships:
        every = [held[key] for key in sorted(keys[ship])]  # those by IMO number first
        found.append(next((holder for holder in every if holder.known), held[f"mmsi:{ship}"]))
    return found


def _finding(passage: Passage, ships: Sequence[evidence.Holder], tied: Mapping[str, Sequence[Hand]]) -> Finding:
    about, kinds = passage.about, sorted(passage.kinds)
    start, end = min(s.start for s in passage.steps), max(s.end for s in passage.steps)
    told_by = sorted({step.by for step in passage.steps} - {"us"})
    factors = {f"{_and(kinds)} within {evidence.span(end - start)}": 1.5 if len(kinds) == 2 else 3.0}
    silent = {ship for step in passage.steps if "silence" in step.kinds for ship in step.ships}
    if len(silent & set(passage.ships)) > 1:
        factors["both ships were silent"] = 1.5
    if "call" in kinds:
        factors["a call at a listed or embargoed terminal belongs to it"] = 3.0
    if told_by and len({step.by for step in passage.steps}) > 1:
        factors[f"also told by {', '.join(told_by)}"] = 1.5
    listed = [ship.caption for ship in ships if ship.listed]
    if listed:
        factors[f"named by a sanctions list: {', '.join(listed)}"] = 4.0
    if said := "; ".join(dict.fromkeys(hand.says for those in tied.values() for hand in those)):
        factors[f"behind them: {said}"] = 3.0
    lat, lon = next(((s.lat, s.lon) for s in (about, *passage.steps) if s.lat is not None), (None, None))
    where = "" if lat is None or lon is None else f" at {place(lat, lon)}"
    records = {(item.kind, item.id): item for step in passage.steps for item in step.evidence}
    for ids, role in (
        ({id for ship in ships for id in ship.claim_ids}, "which ship answers to the number"),
        ({id for those in tied.values() for hand in those for id in hand.claim_ids}, "who has to do with the ship"),
    ):
        for item in evidence.claims(ids, role):
            records.setdefault((item.kind, item.id), item)
    hidden = f" Behind them: {said}." if said else ""
    parties = [hand.party for those in tied.values() for hand in those]
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{_did(passage, ships)}{where}, {_steps(passage)}.{hidden}",
        subjects=tuple(dict.fromkeys([*(ship.entity for ship in ships), *parties])),
        probability=weigh(0.2, factors),
        evidence=tuple(records.values()),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(start),
        end=evidence.iso(end),
        lat=lat,
        lon=lon,
        vessels=passage.ships,
        detail={
            "kinds": kinds, "hours": round((end - start) / HOUR, 2), "mmsi": list(passage.ships),
            "told_by": sorted({step.by for step in passage.steps}),
            "hands": [hand.says for those in tied.values() for hand in those],
            "steps": [step.to_dict() for step in passage.steps], "factors": factors,
        },
    )  # fmt: skip


def _did(passage: Passage, ships: Sequence[evidence.Holder]) -> str:
    names = _and([ship.caption for ship in ships])
    if "meeting" in passage.about.kinds:
        return f"{names} met"
    return f"{names} may have met" if len(ships) > 1 else f"{names} lay"


def _steps(passage: Passage) -> str:
    """How long each was silent, and what else belongs to it."""
    silences = [s for s in passage.steps if s.kinds == ("silence",)]
    gone = f"after or before silences of {_and([evidence.span(s.end - s.start) for s in silences])}" if silences else ""
    more = len(passage.steps) - 1 - len(silences)
    others = f"with {more} more stays, meetings or calls" if more else ""
    return " ".join(filter(None, (gone, others))) or "one of them silent meanwhile"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _none(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """It finds nothing by itself."""
    yield from ()


TYPOLOGY = Typology(
    name="dark_sts_chain",
    title="Dark transfer by ships of listed parties",
    kind="ship",
    what="A ship that is listed, or in the hands of listed parties, is silent, lies and meets another within days.",
    why="Ships that may not trade meet others at sea unheard; the steps are seen by different eyes, and who is behind "
    "them stands in registers.",
    standard="UN Security Council resolutions 2375 (2017), paragraph 11, and 2397 (2017), paragraph 13; UN Panel of "
    "Experts S/2019/171; US State, Treasury and Coast Guard, Guidance to Address Illicit Shipping (May 2020)",
    needs=(),
    parameters={
        "between": Parameter(36, "hours", "how long before or after the meeting or stay a step still belongs to it"),
        "kinds": Parameter(2, "kinds", "fewest of silence, stay, meeting and call; a silence is always asked for"),
        "line": Parameter(50, "per cent", "share of listed owners together from which a party is owned"),
    },
    benign=(
        "a declared transfer, in a sea where receivers hear little",
        "an owner or manager of former years: see the dates",
        "events that another service worked out wrongly",
    ),
    refutes="Papers of a declared transfer; messages of the ship for the silence; the owner's and manager's papers of "
    "that day.",
    detect=_none,
    gather=gather,
)
