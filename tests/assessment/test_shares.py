"""A third in one year and half in the year before imply two wholes: both are shown, neither is dropped."""

from __future__ import annotations

from assessment.case import scope, small_case
from counterflow.assessment.evidence import Evidence
from counterflow.assessment.shares import contradictions


def test_wholes_that_shares_imply_are_held_against_each_other() -> None:
    book = small_case()
    for id, year, share, amount in (("a", "2024", 0.33, 1190), ("b", "2023", 0.5, 750)):
        when = {"startDate": year, "endDate": year, "_source_id": "s1"}
        name = f"Theft as share of foreign-currency income ({id}), share"
        book.estimate(f"share-{id}", "drugs", "share", share, share, name=name.replace(f" ({id})", ""), period="share",
                      unit="fraction", currency="", **when)  # fmt: skip
        book.estimate(f"theft-{id}", "drugs", "theft", amount, amount, **when)
    found = contradictions(Evidence(scope(book.records)))
    assert len(found) == 1
    assert "1,500 million" in found[0] and "3,606 million" in found[0]


def test_gross_and_what_the_regime_keeps_are_told_apart() -> None:
    book = small_case()
    book.estimate("gross", "notes", "gross_market", 520, 720, _source_id="s3")
    book.estimate("own", "notes", "profit", 80, 160, _source_id="s3")
    found = contradictions(Evidence(scope(book.records)))
    assert len(found) == 1 and "factor of 4.5" in found[0]
    assert contradictions(Evidence(scope(small_case().records))) == []
