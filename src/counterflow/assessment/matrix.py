"""The matrix of a question for one audience: its evidence looked up, weighed, and left out piece by piece.

Everything is read through the audience's `Evidence`: an item whose claims it may not read is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from counterflow.assessment.ach import FITS, RATINGS, Analysis, Item, analyse, diagnosticity, logs_of
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.hypotheses import Cited, Question
from counterflow.assessment.writing import it_is
from counterflow.errors import UnknownName
from counterflow.model.likelihood import probability

__all__ = ["Matrix", "cited_claims", "stands_for"]

GOOD = 0.7
"""From this probability on an origin counts as good (B2 and better, by the table as it stands)."""


def cited_claims(evidence: Evidence, cites: Collection[str]) -> list[dict[str, Any]]:
    """Rows of the claims that these ids stand for: claims, records, or ``record#property``; by id."""
    records = {c.partition("#")[0] for c in cites}
    rows = evidence.scope.find("claims", "subject", records).to_pylist()
    there = {r["claim_id"] for r in rows}
    rows += evidence.scope.find("claims", "claim_id", {c for c in cites if c not in there}).to_pylist()
    told = sorted(rows, key=lambda r: str(r["claim_id"]))
    return [r for r in told if stands_for(r) & set(cites)]


def stands_for(row: Mapping[str, Any]) -> set[str]:
    """What of `Cited.cites` means this claim."""
    return {row["claim_id"], row["subject"], f"{row['subject']}#{row['property']}"}


class Matrix:
    """One question, weighed. :param without: ids of items or origins to leave out"""

    def __init__(
        self, question: Question, evidence: Evidence, *, without: Collection[str] = (), dependence: float | None = None
    ) -> None:
        self.question = question
        self.evidence = evidence
        self.dependence = question.dependence if dependence is None else dependence
        self.ids = list(question.hypotheses)
        every = cited_claims(evidence, {c for i in question.evidence for c in i.cites})
        self.claims = {i.id: [r for r in every if stands_for(r) & set(i.cites)] for i in question.evidence}
        self.seen = [i for i in question.evidence if self.claims[i.id]]
        self.items = [Item(i.id, self._ratings(i), self._origins(i)) for i in self.seen]
        self.origins = sorted({o for i in self.items for o in i.origins})
        self.families = self._families()
        valid = {i.id for i in self.items} | set(self.origins)
        for id in without:
            if id not in valid:
                raise UnknownName("item or origin", id, valid)
        self.without = frozenset(without)
        self.result = self._analyse(self.without)

    def _ratings(self, item: Cited) -> tuple[str, ...]:
        return tuple(item.ratings[h].value if h in item.ratings else "N" for h in self.ids)

    def _origins(self, item: Cited) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.claims[item.id]:
            origin = self.evidence.origin(row["subject"], row["source_id"] or row["dataset"], row["origin"])
            p = probability(row["reliability"] or "F", row["credibility"] or 6, self.evidence.scope.grades)
            found[origin] = max(p, found.get(origin, 0.0))
        return found

    def _families(self) -> dict[str, str]:
        """Origin → the group it leans on: declared, or of one publisher."""
        found = {}
        for origin in self.origins:
            publisher = (self.evidence.sources.get(origin) or {}).get("publisher")
            declared = next((n for n, group in enumerate(self.question.dependent) if origin in group), None)
            if declared is not None:
                found[origin] = f"group {declared + 1}"
            elif publisher:
                found[origin] = str(publisher)
        return found

    def _analyse(self, without: Collection[str]) -> Analysis:
        return analyse(
            self.items, len(self.ids), without=without, families=self.families, dependence=self.dependence
        )  # fmt: skip

    # -- in print ------------------------------------------------------------------------------------------------

    @property
    def preferred(self) -> str | None:
        """Id of the hypothesis that the evidence prefers, if any."""
        return None if self.result.preferred is None else self.ids[self.result.preferred]

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Claims of the items that speak for an origin."""
        speaking = {i for w in self.result.witnesses for i in w.items}
        return tuple(sorted({r["claim_id"] for i in speaking for r in self.claims[i]}))

    def confidence(self) -> tuple[str, str]:
        """high, moderate or low, and why: by good origins, and by whether any one of them carries the answer."""
        best = {o: max(i.origins.get(o, 0.0) for i in self.items) for o in self.origins}
        good = [w.origin for w in self.result.witnesses if best[w.origin] >= GOOD]
        hinges = self.rests_on()
        count = len(self.result.witnesses)
        because = f"{count} origin{'s' * (count != 1)}, {len(good)} of them good"
        if hinges:
            because += f"; without {' or '.join(self.title(o) for o in hinges[:2])} it would not stand"
            return "low", because
        because += "; it stands without any one of them"
        return ("high" if len(good) >= 3 else "moderate" if len(good) >= 2 else "low"), because

    def rests_on(self) -> list[str]:
        """Origins without which the preference would be another, or none."""
        if self.result.preferred is None:
            return []
        found = [o for o in self.origins if o not in self.without]
        return [o for o in found if self._analyse(self.without | {o}).preferred != self.result.preferred]

    def title(self, origin: str) -> str:
        """What to call an origin."""
        row = self.evidence.sources.get(origin) or {}
        return str(row.get("title") or origin)

    def judgement(self) -> str:
        """What the evidence allows to say, with the word of its number; "" where it prefers nothing."""
        best = self.result.preferred
        if best is None:
            return ""
        return f"{it_is(self.result.probability[best])} {self.question.hypotheses[self.ids[best]]}."

    def to_dict(self) -> dict[str, Any]:
        """The shape of ``GET /api/hypotheses/{id}``."""
        r, q = self.result, self.question
        confidence, because = self.confidence()
        return {
            "id": q.id,
            "title": q.title,
            "about": [{"id": id, "caption": self.evidence.caption(id)} for id in q.about],
            "by": q.by,
            "at": q.at,
            "dependence": self.dependence,
            "scale": [{"rating": k, "words": RATINGS[k], "probability": FITS[k]} for k in FITS],
            "without": sorted(self.without),
            "hypotheses": [
                {
                    "id": self.ids[h], "text": q.hypotheses[self.ids[h]], "rank": rank,
                    "against": round(r.against[h], 3), "probability": round(r.probability[h], 3),
                    "likelihood": r.bands()[h],
                }
                for rank, h in enumerate(r.order, 1)
            ],
            "evidence": [self._item(i) for i in self.items],
            "origins": [self._origin(o) for o in self.origins],
            "preference": {
                "hypothesis": self.preferred, "sentence": self.judgement(), "why_none": r.why_none,
                "confidence": confidence, "because": because, "chance": round(r.chance, 3), "rests_on": self.rests_on(),
            },
        }  # fmt: skip

    def _item(self, item: Item) -> dict[str, Any]:
        cited = self.question.item(item.id)
        rows = self.claims[item.id]
        own = self.evidence.scope.grades
        best = max(
            rows, key=lambda r: (probability(r["reliability"] or "F", r["credibility"] or 6, own), r["claim_id"])
        )
        credible = max(item.origins.values())
        speaks = sorted(w.origin for w in self.result.witnesses if item.id in w.items)
        told_apart = diagnosticity(logs_of(item.ratings, credible))
        return {
            "id": item.id,
            "text": cited.text,
            "by": cited.by,
            "at": cited.at,
            "grade": f"{best['reliability'] or 'F'}{best['credibility'] or 6}",
            "probability": round(credible, 3),
            "origins": sorted(item.origins),
            "speaks_for": speaks,
            "out": item.id in self.without,
            "why_silent": "" if speaks else self._silent(item, told_apart),
            "diagnosticity": round(told_apart, 3),
            "ratings": {
                h: {
                    "rating": item.ratings[n],
                    **({"by": x.by, "at": x.at, "reason": x.reason} if (x := cited.ratings.get(h)) else {}),
                }
                for n, h in enumerate(self.ids)
            },
            "cites": list(cited.cites),
            "claim_ids": [r["claim_id"] for r in rows],
            "label_ids": sorted({r["label_id"] for r in rows}),
            "sensitivity": self._leave_out(item.id),
        }

    def _silent(self, item: Item, told_apart: float) -> str:
        if item.id in self.without or set(item.origins) <= self.without:
            return "left out"
        if len(set(item.ratings)) == 1:
            return "rated alike under every hypothesis"
        if told_apart <= 1 + 1e-12:
            return "its grade is too low to tell anything"
        by = sorted({i for w in self.result.witnesses if w.origin in item.origins for i in w.items})
        return f"its origin has said as much in {', '.join(by)}" if by else "its origin contradicts itself"

    def _origin(self, origin: str) -> dict[str, Any]:
        witness = next((w for w in self.result.witnesses if w.origin == origin), None)
        return {
            "id": origin,
            "title": self.title(origin),
            "items": [i.id for i in self.items if origin in i.origins],
            "speaks": list(witness.items) if witness else [],
            "weight": round(witness.weight, 3) if witness else 0.0,
            "diagnosticity": round(diagnosticity(witness.logs) ** witness.weight, 3) if witness else 1.0,
            "family": self.families.get(origin, ""),
            "out": origin in self.without,
            "sensitivity": self._leave_out(origin),
        }

    def _leave_out(self, id: str) -> dict[str, Any]:
        """What would change without it: who leads, what is preferred, which hypotheses go to another band."""
        if id in self.without:
            return {"leader": self.ids[self.result.leader], "preferred": self.preferred, "moves": []}
        other = self._analyse(self.without | {id})
        moves: list[Mapping[str, str]] = [
            {"hypothesis": h, "from": a, "to": b}
            for h, a, b in zip(self.ids, self.result.bands(), other.bands(), strict=True)
            if a != b
        ]
        preferred = None if other.preferred is None else self.ids[other.preferred]
        return {"leader": self.ids[other.leader], "preferred": preferred, "moves": moves}
