"""From draft to paper: endnotes numbered as they are first cited, portions marked, every text made harmless to print.

A paper is plain data, the shape of ``GET /api/report``; every format is made from it and from nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from counterflow.assessment.evidence import Evidence
from counterflow.assessment.writing import Draft, Judgement, Sentence, harmless, skeleton
from counterflow.model.dates import earliest, latest
from counterflow.model.handling import PUBLIC, Label, combine

__all__ = ["Figure", "Press", "endnote"]


@dataclass(frozen=True)
class Figure:
    """A drawing. :param section: heading of the section that it belongs to; :param svg: SVG that stands alone"""

    id: str
    section: str
    title: str
    svg: str
    claim_ids: tuple[str, ...]
    caption: str


class Press:
    """Numbers the endnotes and sets the markings of one draft.

    :param base: handling of what the figures were computed from: sentences of method cite nothing, and may give it away
    """

    def __init__(self, evidence: Evidence, draft: Draft, figures: Iterable[Figure] = (), base: Label = PUBLIC) -> None:
        self.base = base
        self.evidence = evidence
        self.draft = draft
        self.figures = list(figures)
        rests = [*(s.claim_ids for s in self._all()), *(f.claim_ids for f in self.figures)]
        self.claims = evidence.claims({c for ids in rests for c in ids})
        self.numbers: dict[str, int] = {}
        self.cited: dict[str, set[str]] = {}
        self.ids: set[str] = set()

    def _all(self) -> Iterator[Sentence | Judgement]:
        d = self.draft
        yield from d.summary
        yield from d.judgements
        yield from (s for x in d.sections for p in x.paragraphs for s in p)

    def paper(self) -> dict[str, Any]:
        """The shape of ``GET /api/report``."""
        draft = self.draft
        summary = [self._sentence("summary", s) for s in draft.summary]
        judgements = [self._judgement(j) for j in draft.judgements]
        sections = [
            {"heading": s.heading, "paragraphs": [self._paragraph(s.heading, p) for p in s.paragraphs]}
            for s in draft.sections
        ]
        notes = [self._endnote(source, n) for source, n in self.numbers.items()]
        summary += [self._sentence("summary", Sentence(t, method=True)) for t in self._hindsight()]
        paper = {
            "title": draft.title,
            "date_of_information": self._date(),
            "as_of": self.evidence.as_of,
            "audience": self.evidence.scope.audience.name,
            "handling": self._marking(self.claims, computed=True),
            "base": self.base.to_dict(),
            "summary": " ".join(s["text"] for s in summary),
            "summary_sentences": summary,
            "summary_handling": self._marking_of(summary),
            "key_judgements": judgements,
            "sections": sections,
            "figures": [
                {
                    "id": f.id, "section": f.section, "title": f.title, "caption": f.caption, "svg": f.svg,
                    "handling": self._marking(f.claim_ids, computed=True), "claim_ids": list(f.claim_ids),
                }
                for f in self.figures
            ],
            "endnotes": notes,
        }  # fmt: skip
        printed: dict[str, Any] = harmless(paper)
        return printed

    def _marking(self, claim_ids: Iterable[str], *, computed: bool = False) -> str:
        own = self.evidence.handling({self.claims[c]["label_id"] for c in claim_ids if c in self.claims})
        return combine([own, self.base] if computed else [own]).text

    def _marking_of(self, told: list[dict[str, Any]]) -> str:
        return self._marking((c for s in told for c in s["claim_ids"]), computed=any(s["method"] for s in told))

    def _id(self, place: str, text: str) -> str:
        """The same sentence on the same records bears the same id on another day, whatever its numbers are then."""
        stem = hashlib.blake2b(f"{place}\x1f{skeleton(text)}".encode(), digest_size=5).hexdigest()
        id = next(x for x in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if x not in self.ids)
        self.ids.add(id)
        return id

    def _sentence(self, place: str, s: Sentence) -> dict[str, Any]:
        return {
            "id": self._id(place, s.text),
            "text": s.text,
            "endnotes": self._cite(s.claim_ids),
            "claim_ids": list(s.claim_ids),
            "method": s.method,
        }

    def _judgement(self, j: Judgement) -> dict[str, Any]:
        return {
            "id": self._id("judgement", j.text),
            "text": j.text,
            "likelihood": j.likelihood,
            "probability": round(j.probability, 2),
            "confidence": j.confidence,
            "because": j.because,
            "endnotes": self._cite(j.claim_ids),
            "claim_ids": list(j.claim_ids),
            "handling": self._marking(j.claim_ids, computed=True),
        }

    def _paragraph(self, place: str, sentences: tuple[Sentence, ...]) -> dict[str, Any]:
        told = [self._sentence(place, s) for s in sentences]
        return {
            "text": " ".join(s.text for s in sentences),
            "endnotes": sorted({n for t in told for n in t["endnotes"]}),
            "sentences": told,
            "handling": self._marking_of(told),
        }

    def _cite(self, claim_ids: Iterable[str]) -> list[int]:
        """Numbers of the sources of these claims, given out as they come."""
        found = []
        for id in claim_ids:
            row = self.claims.get(id)
            if row is None:
                continue
            source = row["source_id"] or row["dataset"]
            self.numbers.setdefault(source, len(self.numbers) + 1)
            self.cited.setdefault(source, set()).add(id)
            found.append(self.numbers[source])
        return sorted(set(found))

    def _endnote(self, source: str, number: int) -> dict[str, Any]:
        return endnote(self.evidence, source, number, [self.claims[c] for c in sorted(self.cited[source])])

    def _date(self) -> str:
        """The date asked for; else the latest publication that is cited."""
        return self.evidence.as_of or max(self._published(), default="")

    def _published(self) -> list[str]:
        """Date of each source cited, as far as it is known."""
        dates = [(self.evidence.sources.get(s) or {}).get("date_published") for s in self.numbers]
        return [date for date in dates if date]

    def _hindsight(self) -> list[str]:
        """What a reader must know of a report on an earlier day: it was not known then what is known now."""
        asked = self.evidence.as_of
        later = [date for date in self._published() if asked and earliest(date) > latest(asked)]
        if not later:
            return []
        return [
            f"This is what held on {asked} as it is known now: of the {len(self.numbers)} sources cited, {len(later)}"
            f" were published later, the last on {max(later)}."
        ]


def endnote(evidence: Evidence, source: str, number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A source as cited. :param rows: the claims of it that the text rests on"""
    row = evidence.sources.get(source) or {}
    grades = sorted({f"{r['reliability']}{r['credibility']}" for r in rows if r["reliability"]})
    places = sorted({r["locator"] for r in rows if r["locator"]}, key=lambda x: (len(x), x))
    parts = [
        f"{row['author']}." if row.get("author") else "",
        f"{row.get('title') or source}.",
        f"{row['publisher']}." if row.get("publisher") and row.get("publisher") != row.get("author") else "",
        f"{row['date_published']}." if row.get("date_published") else "",
        f"{row['url']}." if row.get("url") else "",
        f"[{', '.join(grades)}" + (f"; {_few(places)}" if places else "") + "]",
    ]
    url = row.get("url") or ""
    return {
        "n": number,
        "text": " ".join(p for p in parts if p),
        "url": url if re.match(r"https?://", url) else "",
        "source_id": source,
        "claim_ids": sorted(r["claim_id"] for r in rows),
    }


def _few(places: list[str], limit: int = 4) -> str:
    shown = ", ".join(places[:limit])
    return shown if len(places) <= limit else f"{shown} and {len(places) - limit} more"
