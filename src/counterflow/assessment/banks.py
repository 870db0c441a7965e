"""Which bank matters most: not by the money found at it, but by how much has no other way once it is cut off.

Each bank abroad serves the activities of its clients, as claims tie them: an account or payment of a party that takes
part in an activity, or of one that acts for such a party. An activity's income is shared evenly among the banks that
serve it and one that nobody has named; when a bank is cut off, the rest take what they can (their headroom), and what
they cannot is lost. Claims are believed origin by origin: draws sample origins, so ties that rest on one
account stand and fall together.

`back_test` asks this of the evidence as of a day before a measure was taken, and holds the answer against what came
after. One case proves nothing, and it says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from counterflow.assessment.evidence import Evidence, Link
from counterflow.assessment.figures import assumptions
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.mincut import Floats
from counterflow.model.dates import earliest, latest
from counterflow.model.likelihood import probability

__all__ = ["Served", "back_test", "ranking", "served"]

DRAWS = 400
_APART = ("Sanction", "CourtCaseParty", "Succession", "Membership", "Family", "Associate")
"""Relationships that are no dealing of a bank."""


@dataclass
class Served:
    """A bank and what it serves. :param ties: (client, activity) → links that say so"""

    bank: str
    caption: str
    ties: dict[tuple[str, str], list[Link]] = field(default_factory=dict)


def served(evidence: Evidence, home: set[str]) -> list[Served]:
    """Banks that lie abroad, or partly, with the activities they serve, as of the evidence's date."""
    ties = _Ties(evidence)
    found = []
    for id, row in evidence.entities.items():
        abroad = set(row["countries"] or ()) - home
        if not abroad or "fin.bank" not in (row["topics"] or ()) or "(collective)" in str(row["caption"]):
            continue
        bank = Served(id, evidence.caption(id), ties.of(id))
        if bank.ties:
            found.append(bank)
    return sorted(found, key=lambda b: b.bank)


class _Ties:
    """Who deals with whom, and who takes part in what, on the evidence's date."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        income = {r.id: r.code for r in evidence.of("Activity") if "income" in r.texts("keywords")}
        self.codes = set(income.values()) - set(assumptions()["aggregates"])
        self.takes_part: dict[str, dict[str, list[Link]]] = {}
        self.near: dict[str, list[tuple[str, Link]]] = {}
        for x in evidence.links:
            if not evidence.holds(x) or x.schema in _APART or x.source == x.target:
                continue
            if x.target in income:
                self.takes_part.setdefault(x.source, {}).setdefault(income[x.target], []).append(x)
            else:
                self.near.setdefault(x.source, []).append((x.target, x))
                self.near.setdefault(x.target, []).append((x.source, x))

    def of(self, bank: str) -> dict[tuple[str, str], list[Link]]:
        """(client, activity) → links that tie a bank to it: by the dealing itself, by what the client takes part in, or
        by what one takes part in that the client owns, pays or acts for."""
        topics = self.evidence.topics
        found: dict[tuple[str, str], list[Link]] = {}
        for client, link in self.near.get(bank, ()):
            if link.activity:
                found.setdefault((client, link.activity), []).append(link)
            if "gov.national" in topics(client):
                continue
            for code, links in self.takes_part.get(client, {}).items():
                found.setdefault((client, code), []).extend([link, *links])
            for further, step in self.near.get(client, ()):
                acts = step.schema in ("Representation", "Payment", "Ownership", "Control")
                if acts and further != bank and not topics(further) & {"gov.national", "gov.financial"}:
                    for code, links in self.takes_part.get(further, {}).items():
                        found.setdefault((client, code), []).extend([link, step, *links])
        return {k: v for k, v in found.items() if k[1] in self.codes}


def ranking(evidence: Evidence, flow: MoneyFlow, *, draws: int = DRAWS, seed: int = 39) -> list[dict[str, Any]]:
    """Banks by what is lost when each alone is cut off, after rerouting; most first.

    :param flow: gives the income of each activity, in draws; one it has no figure for is drawn from the prior
    """
    home = set((evidence.entities.get(flow.box or "") or {}).get("countries") or ())
    banks = served(evidence, home)
    if not banks:
        return []
    rng = np.random.default_rng(seed)
    incomes = _incomes(evidence, flow, {code for b in banks for _, code in b.ties}, draws, rng)
    believed = _believed(evidence, [x for b in banks for links in b.ties.values() for x in links], draws, rng)
    serves = {  # (bank, activity) → whether it does, draw by draw: by any client whose every link is believed
        (b.bank, code): np.any(
            [np.all([believed[x.id] for x in _best(links)], axis=0) for (_, c), links in b.ties.items() if c == code],
            axis=0,
        )
        for b in banks
        for code in sorted({c for _, c in b.ties})
    }
    room = 1.0 + float(assumptions()["headroom"])
    passes, lost = np.zeros((2, len(banks), draws))
    for code, income in incomes.items():
        on = np.array([serves.get((b.bank, code), np.zeros(draws, dtype=bool)) for b in banks])
        ways = on.sum(axis=0) + 1.0  # and one that nobody has named
        share = np.where(on, income / ways, 0.0)
        passes += share
        lost += np.where(on, np.maximum(0.0, income - (ways - 1.0) * room * income / ways), 0.0)
    order = np.argsort(np.argsort(-lost, axis=0, kind="stable"), axis=0)
    rows: list[dict[str, Any]] = []
    for i, b in enumerate(banks):
        rows.append(
            {
                "bank": b.bank,
                "caption": b.caption,
                "clients": sorted({evidence.caption(c) for c, _ in b.ties}),
                "activities": sorted({code for _, code in b.ties}),
                "passes": _band(passes[i]),
                "lost": _band(lost[i]),
                "top_three": round(float((order[i] < 3).mean()), 3),
                "claim_ids": sorted({id for links in b.ties.values() for x in links for id in x.claim_ids}),
            }
        )
    rows.sort(key=lambda r: (-r["lost"]["central"], -r["top_three"], r["bank"]))
    return [{"rank": i + 1, **row} for i, row in enumerate(rows)]


def _best(links: list[Link]) -> list[Link]:
    return list({x.id: x for x in links}.values())


def _incomes(
    evidence: Evidence, flow: MoneyFlow, codes: set[str], draws: int, rng: np.random.Generator
) -> dict[str, Floats]:
    at = {r.code: flow.index.get(r.id) for r in evidence.of("Activity")}
    prior = assumptions()["prior_without_figure"]
    found: dict[str, Floats] = {}
    for code in sorted(codes):
        node = at.get(code)
        known = flow.draws[:, flow.tail == node].sum(axis=1) if node is not None and len(flow.draws) else np.zeros(0)
        if len(known):
            found[code] = known[rng.integers(0, len(known), draws)]
        else:
            found[code] = np.exp(rng.normal(math.log(prior["middle"]), prior["spread"], draws))
    return found


def _believed(evidence: Evidence, links: list[Link], draws: int, rng: np.random.Generator) -> dict[str, Any]:
    """Link → whether it is believed, draw by draw. One throw a draw and origin: they stand or fall."""
    claims = evidence.claims(i for x in links for i in x.claim_ids)
    throws: dict[str, Floats] = {}
    found: dict[str, Any] = {}
    for x in sorted({x.id: x for x in links}.values(), key=lambda x: x.id):
        yes = np.zeros(draws, dtype=bool)
        for row in (claims[i] for i in x.claim_ids if i in claims):
            origin = evidence.origin(row["subject"], row["source_id"] or "", row["origin"])
            throw = throws.setdefault(origin, rng.random(draws))
            yes |= throw < probability(row["reliability"] or "F", row["credibility"] or 6, evidence.scope.grades)
        found[x.id] = yes
    return found


def _band(values: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {"low": round(float(low), 3), "central": round(float(middle), 3), "high": round(float(high), 3)}


def back_test(evidence: Evidence, later: Evidence, flow: MoneyFlow, target: str, *, months: int = 36) -> dict[str, Any]:
    """The ranking as of the evidence's day, and what came of it.

    :param evidence: as of the day before; `later` all that is known now
    :param target: bank that the measure was then taken against
    :param months: after the day in which an end of dealings counts as withdrawal
    """
    day = evidence.as_of or ""
    rows = ranking(evidence, flow)
    mine = next((r for r in rows if r["bank"] == target), None)
    seen = _seen(evidence, [r["bank"] for r in rows])
    by_value = sorted(seen, key=lambda b: (-seen[b], b))
    clients = {b.bank: {c for c, _ in b.ties} for b in served(evidence, _home(evidence, flow))}
    predicted = sorted(b for b, theirs in clients.items() if b != target and theirs & clients.get(target, set()))
    left = _withdrew(later, day, months, [r["bank"] for r in rows if r["bank"] != target])
    kept = 1 - mine["lost"]["central"] / mine["passes"]["central"] if mine and mine["passes"]["central"] > 0 else None
    return {
        "day": day,
        "published_by": evidence.published_by,
        "target": {"id": target, "caption": later.caption(target)},
        "banks": rows,
        "rank": mine["rank"] if mine else None,
        "of": len(rows),
        "top_three": mine["top_three"] if mine else 0.0,
        "rank_by_value": by_value.index(target) + 1 if target in by_value else None,
        "value_seen": {b: seen[b] for b in by_value},
        "contagion": {
            "predicted": [{"id": b, "caption": later.caption(b)} for b in predicted],
            "withdrew": [{"id": b, "caption": later.caption(b)} for b in left],
            "hits": len(set(predicted) & set(left)),
        },
        "rerouted": None if kept is None else round(kept, 3),
        **_by_value(later, flow, target, day),
    }


def _by_value(later: Evidence, flow: MoneyFlow, target: str, day: str) -> dict[str, Any]:
    """What was frozen at the target after the day, beside the flow: what a ranking by seized value sees."""
    frozen = [x.amount / 1e6 for x in later.links if target in (x.source, x.target) and x.amount and x.currency == "USD"
              and x.start and earliest(x.start) >= earliest(day or x.start)]  # fmt: skip
    income = flow.cashbox["central"]
    if not frozen or income <= 0:
        return {"frozen": None, "words": "Nothing frozen at it is on record."}
    amount = max(frozen)
    more = sum(float(flow.central[flow.tail == i].sum()) > amount for i in range(len(flow.nodes)))
    return {
        "frozen": round(amount, 3),
        "words": (
            f"What was frozen there, {amount:,.0f} million, is {amount / income:.0%} of a year's income; {more} of"
            f" {len(flow.nodes)} parties to the flow handle more, so a ranking by seized value puts it low. One case"
            " proves nothing."
        ),
    }


def _home(evidence: Evidence, flow: MoneyFlow) -> set[str]:
    return set((evidence.entities.get(flow.box or "") or {}).get("countries") or ())


def _seen(evidence: Evidence, banks: list[str]) -> Mapping[str, float]:
    """Millions of US dollars seen at each bank by then: the amounts on its links."""
    found = dict.fromkeys(banks, 0.0)
    for x in evidence.links:
        if evidence.holds(x) and x.amount and x.currency == "USD":
            for end in (x.source, x.target):
                if end in found:
                    found[end] += x.amount / 1e6
    return {b: round(v, 3) for b, v in found.items()}


def _withdrew(later: Evidence, day: str, months: int, banks: list[str]) -> list[str]:
    """Banks of which a dealing ended after the day, and within some months of it."""
    began = latest(day)
    limit = began.toordinal() + round(months * 30.44)
    found: set[str] = set()
    for x in later.links:
        ends = {x.source, x.target} & set(banks)
        if not ends or not x.asserted or x.schema in _APART or not x.end:
            continue
        if latest(x.end) > began and earliest(x.end).toordinal() <= limit:
            found |= ends
    return sorted(found)
