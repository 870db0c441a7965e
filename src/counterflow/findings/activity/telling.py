"""A pattern in words: who, what, when, why together, what it may innocently be, and what record to ask for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow.findings.activity import records, steps, weighing, words
from counterflow.model.pattern import Pattern

if TYPE_CHECKING:
    from counterflow.findings.activity.sharing import Step
    from counterflow.findings.typology import Data
    from counterflow.model.finding import Finding

__all__ = ["Known", "Tie", "tell"]

SIGNS = 4
"""Signs of a tie that are told, the weightiest."""
PARTIES = 40
"""Parties that a pattern names."""
ASKED = 3
"""Records that it names beside the first."""
_NUMBERS = {"account": "account ", "imo": "the ship IMO ", "mmsi": "the ship MMSI "}
_TIED = {"step": 0.9, "place": 0.6}
"""Probability that what ties two findings is so, before anything is known of the pattern: a link of ownership as it is
recorded; that what was near was there together."""


@dataclass(frozen=True)
class Tie:
    """Why two findings belong together. :param odds: log-odds; :param signs: (kind, thing, log-odds), weightiest first:
    party, step, record, place; :param time: log-odds of their nearness in time"""

    one: int
    other: int
    odds: float
    signs: tuple[tuple[str, str, float], ...]
    time: float


@dataclass(frozen=True)
class Known:
    """What is known of all findings, by number. :param kinds: kind of each one's typology; :param titles: its title
    :param parties: of each; :param steps: (party, other) → step; :param rows: dated records
    :param sure: party → probability that all its records are of one, where that is not certain"""

    findings: Sequence[Finding]
    kinds: Sequence[str]
    titles: Sequence[str]
    parties: Sequence[Sequence[str]]
    steps: Mapping[tuple[str, str], Step]
    rows: Mapping[str, Mapping[str, Any]]
    sure: Mapping[str, float]
    data: Data

    def caption(self, party: str) -> str:
        """The name to print of a party, or what kind of number it is."""
        kind, colon, number = party.partition(":")
        return _NUMBERS[kind] + number if colon and kind in _NUMBERS else self.data.caption(party)


def tell(known: Known, members: Sequence[int], ties: Sequence[Tie], beside: Sequence[str]) -> Pattern:
    """The pattern of these findings. :param ties: those among them"""
    order = sorted(
        members, key=lambda k: (known.findings[k].start or known.findings[k].end or "9", known.findings[k].id)
    )
    found = [known.findings[k] for k in order]
    belongs = _belonging(order, ties)
    whole = [
        weighing.Member(
            f.id, f.typology, known.kinds[k], f.probability, frozenset(e.id for e in f.evidence), belongs[k]
        )
        for k, f in zip(order, found, strict=True)
    ]
    probability, parts = weighing.together(whole)
    activities = {
        k: steps.goods_of(known.findings[k], known.rows) or words.activity(known.findings[k].typology, known.kinds[k])
        for k in order
    }
    kept = _strongest(order, ties)
    used = [known.steps[pair] for pair in sorted({pair for t in kept for pair in _stepped(known, t)})]
    parties = _parties(known, order, used)
    told = steps.timeline(
        [(known.findings[k], known.kinds[k], activities[k]) for k in order],
        {known.findings[k].id: known.parties[k] for k in order},
        known.rows,
    )
    dated = [(s["start"], s["end"] or s["start"]) for s in told if s["start"]]
    start, end = (min(d[0] for d in dated), max(d[1] for d in dated)) if dated else (None, None)
    when = start or known.data.as_of or "today", end or start or "all dates"
    asked = records.ranked(probability, [*_questions(known, whole, order, when), *_doubts(known, kept, when)])
    return Pattern(
        sentence=_sentence(known, order, parties, start, end),
        findings=tuple(f.id for f in found),
        typologies=tuple(dict.fromkeys(f.typology for f in found)),
        kinds=tuple(dict.fromkeys(known.kinds[k] for k in order)),
        activities=tuple(what for what, _ in sorted(Counter(activities.values()).items(), key=lambda c: (-c[1], c[0]))),
        probability=round(probability, 3),
        parties=tuple(parties[:PARTIES]),
        timeline=tuple(told),
        ties=tuple(_tie(known, tie) for tie in kept),
        parts=tuple(
            {"finding": p.finding, "adds": round(p.adds, 3), "new_evidence": round(p.new, 3),
             "belongs": round(p.belongs, 3), "likelier_of_its_kind": p.repeats}
            for p in parts
        ),
        benign=_benign(whole, parts, found),
        next_record=asked[0].to_dict() if asked else None,
        other_records=tuple(a.to_dict() for a in asked[1 : 1 + ASKED]),
        places=tuple(
            {"lat": f.lat, "lon": f.lon, "start": f.start, "finding": f.id} for f in found if f.lat is not None
        ),
        amounts=tuple(steps.amounts_of(found, known.rows)),
        start=start,
        end=end,
        beside=tuple(beside),
        evidence=tuple(sorted({id for s in used for id in s.claim_ids})),
        label_ids=tuple(sorted({id for f in found for id in f.label_ids} | {id for s in used for id in s.label_ids})),
    )  # fmt: skip


def _belonging(order: Sequence[int], ties: Sequence[Tie]) -> dict[int, float]:
    """Probability that each belongs to the others, by its strongest tie."""
    best = dict.fromkeys(order, -math.inf)
    for tie in ties:
        for k in (tie.one, tie.other):
            best[k] = max(best[k], tie.odds)
    return {k: 1 / (1 + math.exp(-odds)) for k, odds in best.items()}


def _strongest(order: Sequence[int], ties: Sequence[Tie]) -> list[Tie]:
    """The fewest and strongest ties that hold all together."""
    root = {k: k for k in order}

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    kept = []
    for tie in sorted(ties, key=lambda t: (-t.odds, t.one, t.other)):
        a, b = find(tie.one), find(tie.other)
        if a != b:
            root[max(a, b)] = min(a, b)
            kept.append(tie)
    return kept


def _stepped(known: Known, tie: Tie) -> Iterator[tuple[str, str]]:
    """Steps of ownership or control that a tie rests on."""
    for kind, thing, _ in tie.signs:
        if kind == "step":
            for k in (tie.one, tie.other):
                yield from ((p, thing) for p in known.parties[k] if (p, thing) in known.steps)


def _tie(known: Known, tie: Tie) -> dict[str, Any]:
    because = [_sign(known, *sign) for sign in tie.signs[:SIGNS]]
    if tie.time:
        near = "near in time" if tie.time > 0 else "far apart in time"
        because.append({"shared": "time", "what": near, "id": None, "log_odds": round(tie.time, 3)})
    one, other = known.findings[tie.one].id, known.findings[tie.other].id
    return {"one": one, "other": other, "log_odds": round(tie.odds, 3), "because": because}


def _sign(known: Known, kind: str, thing: str, weight: float) -> dict[str, Any]:
    id: str | None = thing
    if kind == "record":
        _, table, id = thing.split(":", 2)
        said = f"one of the same {table.replace('_', ' ')}"
    elif kind == "place":
        id, said = None, "near in place and time"
    else:
        apart = ", one step of ownership or control apart" if kind == "step" else ""
        said = known.caption(thing) + apart
    return {"shared": kind, "what": said, "id": id, "log_odds": round(weight, 3)}


def _parties(known: Known, order: Sequence[int], used: Sequence[Step]) -> list[dict[str, Any]]:
    """Who is in it: those in most findings first, and who stands a step away where that ties findings together."""
    having: Counter[str] = Counter()
    roles: dict[str, dict[str, None]] = {}
    for k in order:
        for party in known.parties[k]:
            having[party] += 1
            roles.setdefault(party, {})[words.role(known.kinds[k], party == known.parties[k][0])] = None
    for step in used:
        roles.setdefault(step.other, {})[f"{step.role} of {known.caption(step.party)}"] = None
        having.setdefault(step.other, 0)
    return [
        {"entity": party, "caption": known.caption(party), "roles": list(roles[party]), "findings": n,
         "listed": known.data.listed(party)}
        for party, n in sorted(having.items(), key=lambda c: (-c[1], known.caption(c[0]), c[0]))
    ]  # fmt: skip


def _sentence(
    known: Known, order: Sequence[int], parties: Sequence[Mapping[str, Any]], start: str | None, end: str | None
) -> str:
    most = [p for p in parties if p["findings"] >= 2] or list(parties)
    names = [p["caption"] for p in most[:3]]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    many = Counter(known.titles[k] for k in order)
    what = [title[:1].lower() + title[1:] + (f" ({n})" if n > 1 else "") for title, n in many.items()]
    if len(what) > 5:
        what = [*what[:4], f"{len(what) - 4} more"]
    when = (
        ""
        if not start or not end
        else f" on {start[:10]}"
        if start[:10] == end[:10]
        else f" from {start[:10]} to {end[:10]}"
    )
    return (
        f"{len(order)} findings about {who}{when} belong together: {', '.join(what[:-1])} and {what[-1]}."
        if len(what) > 1
        else (f"{len(order)} findings about {who}{when} belong together, each of them: {what[0].partition(' (')[0]}.")
    )


def _benign(
    members: Sequence[weighing.Member], parts: Sequence[weighing.Part], found: Sequence[Finding]
) -> dict[str, Any]:
    """The innocent explanation that explains most, by what each finding adds; what it leaves counts against it."""
    adds = {p.finding: max(0.0, p.adds) for p in parts}
    whole = sum(adds.values()) or 1.0
    tried: list[tuple[str, list[float]]] = [(text, weighing.explained(members, x)) for text, x in words.explanations()]
    for typology, benign in {f.typology: f.benign for f in found}.items():
        tried += [(text, weighing.explained(members, None, typology)) for text in benign]
    scored = []
    for text, own in tried:
        share = sum(adds[m.finding] * x for m, x in zip(members, own, strict=True)) / whole
        left = sum(adds[m.finding] for m, x in zip(members, own, strict=True) if x < weighing.EXPLAINED) / whole
        scored.append((round(share - left, 9), text, own, share))
    _, text, own, share = min(scored, key=lambda s: (-s[0], s[1]))
    does = [m.finding for m, x in zip(members, own, strict=True) if x >= weighing.EXPLAINED]
    return {
        "text": text,
        "explains": does,
        "leaves": [m.finding for m in members if m.finding not in set(does)],
        "share": round(share, 3),
    }


def _questions(
    known: Known, members: Sequence[weighing.Member], order: Sequence[int], when: tuple[str, str]
) -> Iterator[records.Question]:
    """What could be asked about each finding."""
    for member, k in zip(members, order, strict=True):
        f = known.findings[k]
        yield records.Question(
            of=(f.typology, known.kinds[k]), findings=(f.id,), known=f.probability,
            true=member.belongs + (1 - member.belongs) * f.probability, words=_filled(known, k, when),
            refutes=f.refutes,
        )  # fmt: skip


def _doubts(known: Known, ties: Sequence[Tie], when: tuple[str, str]) -> Iterator[records.Question]:
    """What could be asked about why findings belong together."""
    for tie in ties:
        if not tie.signs:
            continue
        kind, thing, _ = tie.signs[0]
        # that a party is itself needs no asking where no two records had to be told to be of one
        known_as = known.sure.get(thing) if kind == "party" else _TIED.get(kind)
        if known_as is None:
            continue
        ends = known.findings[tie.one].id, known.findings[tie.other].id
        filled = dict(_filled(known, tie.one, when))
        if kind == "party":
            filled["party"] = known.caption(thing)
        elif kind == "step":
            low = next((p for k in (tie.one, tie.other) for p in known.parties[k] if (p, thing) in known.steps), thing)
            filled |= {"party": known.caption(low), "other": known.caption(thing)}
        yield records.Question(of=(kind, "tie"), findings=ends, true=0.99, known=known_as, words=filled)


def _filled(known: Known, k: int, when: tuple[str, str]) -> dict[str, str]:
    """Words for the names of records about a finding; what is not known is not there.

    :param when: the pattern's own dates, for a finding without any
    """
    f = known.findings[k]
    caption = known.caption
    first, last = (f.start or f.end or when[0])[:10], (f.end or f.start or when[1])[:10]
    filled = {"bank": "", "at": "", "span": first if first == last else f"{first} to {last}", "day": first}
    if f.subjects:
        filled["party"] = caption(f.subjects[0])
        if known.kinds[k] == "ship" or f.vessels:
            filled["ship"] = caption(f.subjects[0])
        if len(f.subjects) > 1:
            filled["other"] = caption(f.subjects[1])
    if f.lat is not None and f.lon is not None:
        filled["place"] = f"{abs(f.lat):.2f} {'N' if f.lat >= 0 else 'S'} {abs(f.lon):.2f} {'E' if f.lon >= 0 else 'W'}"
    if f.accounts:
        holder = caption(f.subjects[0]) if f.subjects else ""
        filled["account"] = (
            f"{holder}'s account {f.accounts[0]}"
            if holder and f.accounts[0] not in holder
            else f"account {f.accounts[0]}"
        )
        if banks := f.detail.get("banks"):
            filled["bank"] = f" at {banks[0]}"
    rows = [row for e in f.evidence if (row := known.rows.get(e.id))]
    if place := next((row["place"] for row in rows if row.get("place")), None):
        filled["at"] = f" at {place}"
    port = next((row["load_port"] or row["discharge_port"] for row in rows if row["table"] == "shipments"), None)
    if f.typology == "terminal_visit":
        port = caption(f.subjects[-1])
    if port:
        filled["port"] = port
    return filled
