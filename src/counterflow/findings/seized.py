"""Seizures as the typologies read them: those that are a basis for anything, each once, with a day and those named.

A row that its source calls doubtful or improbable (Admiralty credibility 4 and 5: another country miscoded, say) proves
nothing and is left out, counted and said. So is the second of rows that are equal in all: twice reported, or two small
seizures of one day, nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["DOUBTED", "NOTES", "TOBACCO", "believed", "dated", "left_out", "of_goods"]

DOUBTED = 4
"""Admiralty credibility from which a row is no basis: 4 doubtful, 5 improbable; 6 cannot be judged, and is a basis."""

NOTES = r"currency|bank ?notes?|counterfeit.*(notes|bills|money|dollar|euro)|(dollar|euro|yen|pound|yuan) (notes|bills)|supernote"
TOBACCO = r"tobacco|cigarette|cigar|сигарет|табак|香烟|담배"
"""Words of category or goods, in lower case."""


def believed(data: Data) -> ibis.Table:
    """The rows of `data` that are a basis, each once."""
    rows = data.table("seizures")
    return rows.filter(~_doubted(rows) & (rows.repeat.isnull() | (rows.repeat == 1)))


def left_out(data: Data) -> Mapping[str, int]:
    """Reason → rows that are none."""
    rows = data.table("seizures")
    doubted = _doubted(rows)
    counts = rows.agg(
        doubted=doubted.cast("int64").sum(), again=(~doubted & (rows.repeat > 1)).fill_null(False).cast("int64").sum()
    )
    row = data.run(counts).to_pylist()[0]
    reasons = {
        "a source or grade that calls them doubtful or improbable (see their note)": row["doubted"],
        "every column equal to another's": row["again"],
    }
    return {reason: int(n) for reason, n in reasons.items() if n}


def _doubted(rows: ibis.Table) -> Any:
    return rows.credibility.isin([DOUBTED, DOUBTED + 1]).fill_null(False)


def of_goods(rows: ibis.Table, words: str) -> ibis.Table:
    """Those whose category or goods tell these words. :param words: `NOTES` or `TOBACCO`"""
    import ibis

    text = ibis.coalesce(rows.category, "") + " " + ibis.coalesce(rows.goods, "")
    return rows.filter(text.lower().re_search(words))


def dated(rows: ibis.Table) -> ibis.Table:
    """Those known to the month at least, with `day`: the first that their date can mean, as an ISO date."""
    known = rows.filter(rows.date.length() >= 7)
    return known.mutate(day=(known.date + "-01").substr(0, 10))
