"""What findings could share: parties, parties one step of ownership or control away, and records; and how common each
of these is.

A thing that many findings have, or a party that deals with everybody, is shared by chance. So of each thing goes with
it the number of *other* findings that have it by chance: those that do, or more where its kind or its dealings say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.roles import banks
from counterflow.network.control import Control
from counterflow.network.holdings import holdings_of
from counterflow.network.regime import Rule

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.typology import Data
    from counterflow.model.finding import Finding

__all__ = ["Ints", "Shared", "Step", "parties_of", "shared"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Smalls = np.ndarray[Any, np.dtype[np.int8]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

CONTROLS = ("Ownership", "Control", "Directorship", "Succession")
"""Relationships that are a step of ownership or control."""
RUNS = (">owner>", ">operator>", ">parent>", ">holder>")
"""Plain references that are one: of a ship to who owns or runs her, of a body to its parent, of an account to its
holder."""
NO_SIGN = ("claim", "positions", "ship_statics")
"""Records that are no sign of their own where two findings share them: what claims say of parties, and a ship's
messages, are shared as the party and the ship are."""
PLACES = ("Facility", "Address", "Territory", "Country")
"""Schemata of what is no party but a place: nearness in place and time is told by positions and dates."""
BANK = 20.0
"""Findings in which a bank is by chance, at least: it serves everybody."""
DEALINGS = 0.1
"""Findings by chance for each party that a party deals with: whoever deals with many is met in many matters."""


@dataclass(frozen=True)
class Step:
    """A step of ownership or control from a party of a finding to another. :param role: as the link has it, or the
    rule; :param claim_ids: claims that it rests on; :param label_ids: their labels"""

    party: str
    other: str
    role: str
    claim_ids: tuple[str, ...]
    label_ids: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """Columns of one row for each finding and thing; a finding has a thing once, at its lowest level.

    :param level: 0: the finding's own party or record; 1: one step of ownership or control away
    :param names: of each thing: entity, or ``record:TABLE:ID``
    :param records: number of the first thing that is a record
    :param chance: of each thing: other findings that have it by chance, at least
    :param steps: (party, other) → the step between them
    """

    finding: Ints
    thing: Ints
    level: Smalls
    names: list[str]
    records: int
    chance: Floats
    steps: Mapping[tuple[str, str], Step]


def parties_of(findings: Sequence[Finding], data: Data) -> list[list[str]]:
    """Of each finding the parties that it is about, its subjects first: entities, or the number of an account or ship
    that nobody is known to hold."""
    keys = [[*map(evidence.number_key, f.accounts), *map(_ship_key, f.vessels)] for f in findings]
    held = _held(data, {key for own in keys for key in own} | {s for f in findings for s in f.subjects if ":" in s})
    return [
        list(dict.fromkeys(held.get(name, name) for name in (*f.subjects, *own)))
        for f, own in zip(findings, keys, strict=True)
    ]


def shared(findings: Sequence[Finding], parties: Sequence[Sequence[str]], data: Data) -> Shared:
    """What these findings have. :param parties: as `parties_of` tells"""
    who, own, names = _coded(parties, {})
    kinds = _kinds(data, list(names))
    place = np.array([kinds.get(name, "") in PLACES for name in names], bool)
    keep = ~place[own]
    who, own = who[keep], own[keep]
    steps = _steps(data, [name for name in names if not place[names[name]]])
    step_who, step_to = _stepped(who, own, names, steps)
    parties_end = len(names)
    records = [sorted({f"record:{e.kind}:{e.id}" for e in f.evidence if e.kind not in NO_SIGN}) for f in findings]
    record_who, record, names = _coded(records, names)
    finding = np.concatenate([who, record_who, step_who])
    thing = np.concatenate([own, record, step_to])
    level = np.repeat(np.array([0, 0, 1], np.int8), [len(who), len(record_who), len(step_who)])
    order = np.lexsort((level, finding, thing))
    finding, thing, level = finding[order], thing[order], level[order]
    first = np.ones(len(finding), bool)
    first[1:] = (finding[1:] != finding[:-1]) | (thing[1:] != thing[:-1])
    chance = np.ones(len(names))
    for name, many in _dealings(data, names).items():
        chance[names[name]] = max(1.0, DEALINGS * many)
    for name in _banks(data, names):
        chance[names[name]] = max(chance[names[name]], BANK)
    return Shared(
        finding[first],
        thing[first],
        level[first],
        list(names),
        parties_end,
        chance,
        {(s.party, s.other): s for s in steps},
    )


def _ship_key(number: str) -> str:
    return f"imo:{number}" if len(number) == 7 else f"mmsi:{number}"


def _held(data: Data, keys: Iterable[str]) -> dict[str, str]:
    """key → entity that holds it, as far as one is known."""
    wanted = sorted(keys)
    if not wanted:
        return {}
    rows = data.run(evidence.among(data.table("holders"), "key", wanted).select("key", "entity"))
    return dict(zip(rows.column("key").to_pylist(), rows.column("entity").to_pylist(), strict=True))


def _coded(lists: Sequence[Sequence[str]], names: dict[str, int]) -> tuple[Ints, Ints, dict[str, int]]:
    """(number of the list, code) of every element, and name → code, going on from those there are."""
    coded = [names.setdefault(name, len(names)) for own in lists for name in own]
    who = np.repeat(np.arange(len(lists)), [len(own) for own in lists])
    return who, np.array(coded, np.int64), names


def _kinds(data: Data, names: list[str]) -> dict[str, str]:
    entities = data.table("entities")
    rows = data.run(evidence.among(entities, "entity", sorted(names)).select("entity", "schema"))
    return dict(zip(rows.column("entity").to_pylist(), rows.column("schema").to_pylist(), strict=True))


def _banks(data: Data, names: Mapping[str, int]) -> list[str]:
    return [name for name in data.run(banks(data).select("entity")).column("entity").to_pylist() if name in names]


def _dealings(data: Data, names: Mapping[str, int]) -> dict[str, int]:
    """party → how many others it is linked with, ships to or pays."""
    import ibis

    links = data.table("links").filter(lambda t: t.stance == "asserts")
    pairs = [(links, "source", "target"), *((data.table(t), "source", "target") for t in ("consignments", "flows"))]
    ends = [t.select(party=t[a], other=t[b]) for t, one, two in pairs for a, b in ((one, two), (two, one))]
    rows = ibis.union(*ends, distinct=False)
    counted = rows.group_by("party").agg(others=rows.other.nunique())
    many = data.run(counted.filter(counted.others * DEALINGS > 1))
    found = zip(many.column("party").to_pylist(), many.column("others").to_pylist(), strict=True)
    return {party: others for party, others in found if party in names}


def _steps(data: Data, names: list[str]) -> list[Step]:
    """Every step of ownership or control from one of these parties up to who owns or runs it, over a link or the 50 per
    cent rule. Up only: two parties with a step between them then share one of the two, once."""
    import ibis

    links = data.table("links").filter(lambda t: (t.stance == "asserts") & (t.source != t.target))
    refers: Any = ibis.literal(False)
    for what in RUNS:
        refers = refers | links.link.contains(what)
    found: dict[tuple[str, str], Step] = {}
    for rows, low, high in ((links.filter(links["schema"].isin(CONTROLS)), "target", "source"),
                            (links.filter(refers), "source", "target")):  # fmt: skip
        mine = evidence.among(rows, low, sorted(names))
        mine = mine.select("schema", "role", "claim_ids", "label_ids", "link", party=mine[low], other=mine[high])
        for row in data.run(mine.order_by("link")).to_pylist():
            role = str(row["role"] or row["schema"]).lower()
            step = Step(row["party"], row["other"], role, tuple(row["claim_ids"] or ()), tuple(row["label_ids"] or ()))
            found.setdefault((step.party, step.other), step)
    for step in _owned(data, names):
        found.setdefault((step.party, step.other), step)
    return [found[key] for key in sorted(found)]


def _owned(data: Data, names: list[str]) -> list[Step]:
    """Steps from what counts as a listed party's own to all who hold it on the way up: status is handed on whole."""
    links = data.table("links")
    rows: pa.Table = data.run(
        links.filter((links["schema"] == "Ownership") & (links.stance == "asserts")).order_by("link")
    )
    if not len(rows):
        return []
    made = holdings_of(rows, data.as_of)
    control = Control(
        made,
        {node: True for node in made.nodes.tolist() if data.listed(node)},
        Rule(line=50.0, reached_by={"shares": "together"}),
    )
    found = []
    for name in names:
        if name in control.listed or name not in made.index or control.status(name) == "not-blocked":
            continue
        path = control.answer(name).path
        records = rows.take(sorted({row for step in path for row in step.rows})).to_pylist()
        claims = tuple(sorted({id for r in records for id in r["claim_ids"] or ()}))
        labels = tuple(sorted({id for r in records for id in r["label_ids"] or ()}))
        found += [Step(name, step.owner, "50 per cent rule", claims, labels) for step in path]
    return found


def _stepped(who: Ints, own: Ints, names: dict[str, int], steps: Sequence[Step]) -> tuple[Ints, Ints]:
    """(finding, thing) for every party one step from a finding's own; those that are new get a code in `names`."""
    if not steps:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    party = np.array([names[s.party] for s in steps], np.int64)
    other = np.array([names.setdefault(s.other, len(names)) for s in steps], np.int64)
    order = np.argsort(party, kind="stable")
    party, other = party[order], other[order]
    low, high = np.searchsorted(party, own, "left"), np.searchsorted(party, own, "right")
    many = high - low
    at = np.repeat(low - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(many.sum())
    return np.repeat(who, many), other[at]
