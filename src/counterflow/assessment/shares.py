"""Cross-checks of figures that are never added up: what a share implies for the whole, and gross beside the regime's.

"Crypto is a third of income" and "cyber is half of it" each imply a whole, with the amount of their own year; where two
wholes of neighbouring years differ by more than `FACTOR`, one of the four figures, or a definition, is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from counterflow.assessment.evidence import Evidence, Record
from counterflow.assessment.figures import described

__all__ = ["contradictions"]

FACTOR = 2.0
_AMOUNTS = ("theft", "revenue", "profit")


@dataclass(frozen=True)
class _Whole:
    """What a share and an amount of one year imply, in millions."""

    of: str
    year: int
    amount: float
    share: Record
    part: Record


def contradictions(evidence: Evidence) -> list[str]:
    """Sentences, each of which begins with "Conflict"; figures stay as they are."""
    records = [r for r in evidence.of("Estimate") if evidence.had_begun(r) and r.first.stance == "asserts"]
    return [*_wholes(list(_implied(records))), *_gross(records)]


def _implied(records: list[Record]) -> Iterator[_Whole]:
    for share in records:
        value, year = share.number("low"), _year(share)
        of = share.text("name").partition(" share of ")[2].partition(",")[0]
        if share.text("kind") != "share" or not of or value is None or not 0 < value <= 1 or year is None:
            continue
        parts = [
            r
            for r in records
            if r.text("kind") in _AMOUNTS
            and r.text("activity") == share.text("activity")
            and (r.text("period") or "per year") == "per year"
            and _year(r) == year
            and (r.text("unit"), r.text("currency")) == ("million", "USD")
        ]
        for part in parts[:1]:
            amount = part.number("low") or part.number("high")
            if amount:
                yield _Whole(of, year, amount / value, share, part)


def _wholes(wholes: list[_Whole]) -> Iterator[str]:
    for i, a in enumerate(wholes):
        for b in wholes[i + 1 :]:
            low, high = sorted((a, b), key=lambda w: w.amount)
            if a.of == b.of and abs(a.year - b.year) <= 2 and high.amount > FACTOR * low.amount:
                yield (
                    f"Conflict on {a.of}: {described(low.share)} with {described(low.part)} implies {low.amount:,.0f}"
                    f" million, {described(high.share)} with {described(high.part)} implies {high.amount:,.0f} million;"
                    " both hold only if the whole multiplied in that time or the definitions differ."
                )


def _gross(records: list[Record]) -> Iterator[str]:
    """The value of a market beside what the regime keeps of it, where one origin gives both."""
    for gross in records:
        for own in records:
            same = gross.text("activity") == own.text("activity") and _year(gross) == _year(own)
            one = (gross.first.origin or gross.first.source_id) == (own.first.origin or own.first.source_id)
            if gross.text("kind") == "gross_market" and own.text("kind") == "profit" and same and one:
                high, low = gross.number("high"), own.number("high")
                if high and low and high > FACTOR * low:
                    yield (
                        f"Conflict if taken for one another: {described(gross)} is the whole market,"
                        f" {described(own)} what the regime keeps of it, a factor of {high / low:.1f}; only the latter"
                        " is used."
                    )


def _year(record: Record) -> int | None:
    text = record.end or record.start or ""
    return int(text[:4]) if text[:4].isdigit() else None
