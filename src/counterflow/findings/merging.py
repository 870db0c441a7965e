"""Merging: several patterns over the same payments are one attempt, told once, by the strongest of them.

Invariant: patterns join by the payments that they share, never by an account, and each with the strongest pattern
itself, not with what that has gathered: so a hub glues nothing together, and the order of the input decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.attempts import figures, placed
from counterflow.model.finding import Evidence, Finding

if TYPE_CHECKING:
    from counterflow.findings.typology import Data

__all__ = ["MOST", "OVERLAP", "PRINTED", "groups", "merged"]

OVERLAP = 0.6
"""Part of the weaker pattern's payments that the stronger one has too, from which on they are one attempt. Chosen on
half of the real AMLworld attempts among generated payments: less, and more strange payments come along; more, and an
attempt stays in pieces."""
MOST = 300
"""Payments of an attempt at which no further pattern joins it."""
PRINTED = 12
"""Other patterns that a finding names; of more it says how many."""


def groups(members: Sequence[Collection[str]], overlap: float = OVERLAP, most: int = MOST) -> list[list[int]]:
    """Numbers of patterns that are one attempt, the strongest of each first.

    :param members: payments of each pattern, the strongest pattern first
    """
    leads: list[list[int]] = []
    size: list[set[str]] = []
    having: dict[str, list[int]] = {}
    for number, own in enumerate(members):
        shared = Counter(lead for payment in own for lead in having.get(payment, ()))
        best = -1
        for lead, n in sorted(shared.items(), key=lambda s: (-s[1], s[0])):
            if n >= overlap * len(own) and len(size[lead] | set(own)) <= most:
                best = lead
                break
        if best >= 0:
            leads[best].append(number)
            size[best] |= set(own)
            continue
        for payment in own:
            having.setdefault(payment, []).append(len(leads))
        leads.append([number])
        size.append(set(own))
    return leads


def merged(found: Iterable[Finding], data: Data) -> list[Finding]:
    """The findings, those over the same payments as one.

    :param found: with their labels
    """
    findings = list(found)
    paid = [{e.id for e in f.evidence if e.kind == "payments"} for f in findings]
    order = sorted(
        (i for i in range(len(findings)) if paid[i]),
        key=lambda i: (-findings[i].probability, -len(paid[i]), findings[i].id),
    )
    joined = [[order[n] for n in group] for group in groups([paid[i] for i in order])]
    several = [group for group in joined if len(group) > 1]
    if not several:
        return findings
    places = placed(data.log, {id for group in several for i in group for id in paid[i]})
    gone: set[int] = set()
    for group in several:
        # a payment that is in no log, as one without an amount, has no place in an order
        whole = [i for i in group if all(id in places for id in paid[i])]
        if len(whole) > 1 and whole[0] == group[0]:
            findings[group[0]] = _one([findings[i] for i in whole], places, data)
            gone.update(whole[1:])
    return sorted((f for i, f in enumerate(findings) if i not in gone), key=lambda f: (-f.probability, f.id))


def _one(patterns: list[Finding], places: dict[str, int], data: Data) -> Finding:
    """The first of these findings, over the payments of all."""
    import numpy as np

    first, others = patterns[0], patterns[1:]
    rows: dict[str, Evidence] = {}
    claims: dict[str, Evidence] = {}
    payment: dict[str, str] = {}
    for f in patterns:
        records = [e for e in f.evidence if e.kind == "payments"]
        for e, id in zip(records, f.payments, strict=True):
            rows.setdefault(e.id, e if f is first else replace(e, role=f"{e.role} ({f.typology})"))
            payment.setdefault(e.id, id)
        claims |= {e.id: e for e in f.evidence if e.kind != "payments" and e.id not in claims}
    ids = sorted(rows, key=places.__getitem__)
    members = np.array([places[id] for id in ids], np.int64)
    at = data.log.at[members]
    detail: dict[str, Any] = {
        **first.detail, **figures(data.log, members),
        "patterns": [
            {"typology": f.typology, "finding": f.id, "likelihood": f.likelihood, "sentence": f.sentence,
             "payments": len(f.payments)}
            for f in others[:PRINTED]
        ],
    }  # fmt: skip
    if len(others) > PRINTED:
        detail["patterns_more"] = len(others) - PRINTED
    for what in ("banks", "jurisdictions"):
        detail[what] = list(dict.fromkeys(x for f in patterns for x in f.detail.get(what, ())))
    entities = {e["entity"]: e for f in reversed(patterns) for e in f.detail.get("entities", ())}
    detail["entities"] = list(entities.values())
    return replace(
        first,
        subjects=tuple(dict.fromkeys(s for f in patterns for s in f.subjects)),
        evidence=(*(rows[id] for id in ids), *(claims[id] for id in sorted(claims))),
        start=evidence.iso(at[0]),
        end=evidence.iso(at[-1]),
        payments=tuple(payment[id] for id in ids),
        accounts=tuple(dict.fromkeys(a for f in patterns for a in f.accounts)),
        label_ids=tuple(sorted({label for f in patterns for label in f.label_ids})),
        detail=detail,
    )
