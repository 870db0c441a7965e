"""What people write about what is there: decisions, hypotheses, cases of every kind of row, charts, releases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.casework import sharing
from counterflow.casework.cases import snapshots
from counterflow.casework.cases.slices import HEAD
from counterflow.model.case import checked
from counterflow.model.disposition import Disposition
from counterflow.model.triage import Triage
from counterflow.testing.noninterference.people import ORGANISATIONS, STRANGERS

if TYPE_CHECKING:
    from counterflow.testing.noninterference.records import Hand

__all__ = ["KINDS", "NAMES", "Written", "ours"]

Written = tuple[str, str, dict[str, Any]]
"""kind, key, content"""

NAMES = (
    "Office 39", "Korea Daesong Bank", "Vanishing Trading", "Kim Chol Su", "Ocean Star", "Dandong Hongxiang",
    "39호실", "Ivan Petrov", "Pacific Shipping Ltd", "Zeta Holdings", "Office 38", "Korean Bank",
)  # fmt: skip


def _disposition(m: Hand) -> list[Written]:
    r, (entity, _) = m.random, m.party() or ("alpha:1", "")
    party = f"c-{r.randint(1, 3)}"
    facts = ("name: X", "country: kp"), ("name: Y",)
    decided = Disposition(
        party, r.choice(NAMES), entity, "false-positive", f"why {r.randint(1, 99)}", None, "", "", *facts
    )
    m.note("party", party)
    return [("disposition", f"{party} {entity}", decided.to_dict())]


def _triage(m: Hand) -> list[Written]:
    finding, note = f"f-{m.random.randint(1, 9)}", f"note {m.random.randint(1, 99)}"
    m.note("finding", finding)
    triaged = Triage(finding, "fan_in", "A sentence.", "dismiss", "known", note, None, "", "", ())
    return [("triage", finding, triaged.to_dict())]


def _scenario(m: Hand) -> list[Written]:
    r = m.random
    known = sorted(m.pools.get("scenario", ())) if m.sees else []
    name = r.choice(known) if known and r.random() < 0.5 else f"scenario {r.randint(1, 9)}"
    m.note("scenario", name)
    return [("scenario", name, {"question": {"budget": r.randint(1, 50)}})]


def _question(m: Hand) -> list[Written]:
    r, id, claim = m.random, f"q{m.random.randint(1, 3)}", m.claim()
    item = f"{id}/e{r.randint(1, 2)}"
    head: dict[str, Any] = {
        "title": r.choice(NAMES), "hypotheses": {"a": "it is", "b": "it is not"}, "about": [], "label": None,
        "dependence": 0.5, "dependent": [],
    }  # fmt: skip
    m.note("hypothesis", id)
    m.note("item", item.partition("/")[2])
    cites = [claim.id] if claim is not None else []
    return [
        ("question", id, head),
        ("evidence", item, {"text": r.choice(NAMES), "cites": cites, "label": None}),
        ("rating", f"{item}/a", {"value": r.choice(("C", "I", "N")), "reason": "so"}),
    ]


def _case(m: Hand, organisation: str = "") -> list[Written]:
    """A case with a row of each kind, or later versions of what is there. :param organisation: of a member"""
    r = m.random
    case = "case-0" if organisation else r.choice(("case-1", "case-2", *(["case-0"] * 2 if m.sees else [])))
    m.note("case", case)
    center, _ = m.party() or ("alpha:1", "")
    given = {"act": "refer", "given": {"fields": {}, "label": {}}}
    fields: dict[str, tuple[str, dict[str, Any]]] = {
        HEAD: ("case", {"title": r.choice(NAMES), "purpose": "tax", "basis": "mandate"}),
        "member-1": ("member", {"organisation": organisation or r.choice((*ORGANISATIONS, STRANGERS)),
                                "role": r.choice(("member", "lead"))}),
        "task-1": ("task", {"title": r.choice(NAMES)}),
        "note-1": ("note", {"text": r.choice(NAMES)}),
        "thing-1": ("thing", {"thing": "entity", "id": center}),
        "request-1": ("request", {"question": "Who?", "purpose": "tax", "to": r.choice(ORGANISATIONS)}),
        "referral-1": ("referral", {"to": "B", "what": r.choice(NAMES), "why": "so", "predicate": "that"}),
        "decision-1": ("decision", {"what": r.choice(NAMES)}),
        "proposal-1": ("proposal", given),
        **{f"snapshot-{n}": ("snapshot", {"title": r.choice(NAMES), "center": center, "known_on": "2024-01-09T00:00Z"})
           for n in (1, 2)},
    }  # fmt: skip
    found: list[Written] = []
    for row, (kind, told) in fields.items():
        # a version follows one that is there; what is hidden follows what is seen, and not the other way round
        known = [v for v in (*m.versions, *(m.sees.versions if m.sees else ())) if v.startswith(f"{case} {row} ")]
        follows = [r.choice(known)] if known and r.random() < 0.5 and not organisation else []
        version = f"{case} {row} {r.randrange(16**6):06x}"
        m.versions.append(version)
        content = {"version": version, "follows": follows, "fields": checked(kind, told)}
        found.append((f"case/{kind}", f"{case}/{row}", content))
        m.note("version", version)
        m.note("proposal" if kind == "proposal" else "snapshot" if kind == "snapshot" else "case row", row)
    found += [part for n in (1, 2) for part in _parts(m, case, f"snapshot-{n}", center)]
    return found


def _parts(m: Hand, case: str, snapshot: str, center: str) -> list[Written]:
    other, _ = m.party() or ("alpha:2", "")
    ids = sorted({center, other})
    nodes = [{"id": id, "caption": m.random.choice(NAMES), "schema": "Company", "topics": ["sanction"]} for id in ids]
    none = {id: frozenset[str]() for id in (*ids, "l")}
    edges = [{"id": "l", "source": center, "target": other, "schema": "Ownership"}] if len(ids) > 1 else []
    chart = snapshots.Chart(center, nodes, edges, none, none, {center: (0.0, 1.0)})
    return [
        ("case/part", f"{case}/{snapshot}/part", {
            "version": f"{case} {snapshot} part {m.random.randint(1, 9)}", "follows": [],
            "fields": checked("part", {**part, "nodes": tuple(part["nodes"]), "edges": tuple(part["edges"])}),
        })
        for _, part in snapshots.parts(chart)
    ]  # fmt: skip


def _release(m: Hand) -> list[Written]:
    """What left, was found useful, was called back; and what waits for leave to go."""
    r, id = m.random, f"r-{m.random.randint(1, 3)}"
    m.note("release", id)
    entity, _ = m.party() or ("alpha:1", "")
    claim = m.claim()
    told = {"to": r.choice(ORGANISATIONS), "format": "ftm", "ids": [entity], "terms": "T", "purpose": "tax", "case": ""}
    digest = hashlib.sha256(f"{r.random()}".encode()).hexdigest()
    left = {
        **told, "release": id, "audience": "public", "records": [claim.id] if claim else [], "sha256": digest,
        "file": "out.json", "written": r.randint(1, 9), "proposal": None, "gaps": 0, "losses": [],
    }  # fmt: skip
    found: list[Written] = [(sharing.RELEASE, id, left)]
    if r.random() < 0.5:
        found.append((sharing.FEEDBACK, id, {**sharing.useful(r.randint(1, 5), r.choice(NAMES))}))
    if r.random() < 0.3:
        found.append((sharing.RECALL, id, {"reason": r.choice(NAMES), "what": id, "notice": "so"}))
    if r.random() < 0.5:
        found.append((sharing.PROPOSAL, f"rp-{r.randint(1, 3)}", {**told, "options": {}, "with_exercise": True}))
    return found


def ours(m: Hand, organisation: str) -> list[Written]:
    """One of everything that has an address of its own, for a reader of that organisation."""
    return [*_case(m, organisation), *_release(m), *_question(m), *_scenario(m)]


KINDS: Mapping[str, Callable[[Hand], list[Written]]] = {
    "disposition": _disposition, "triage": _triage, "scenario": _scenario, "question": _question,
    "case": _case, "release": _release,
}  # fmt: skip
