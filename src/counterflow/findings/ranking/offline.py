"""Looking back from the end: what came after a payment, for figures that are published of whole files.

A bank that screens a payment knows nothing of what follows, and no model of a workspace is given any of this. The best
published figure of AMLworld is of a method that sees the whole file (ExSTraQt); so the protocol can do it too, when
asked. Columns are those of `findings.features`, of each part by itself with time run backwards and sides turned round:
what a payer then "received before" is what the payee paid on after. Parts end where the split ends them: no payment
that is learnt from sees one that is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.ranking.neighbours import neighbours

if TYPE_CHECKING:
    from counterflow.findings.patterns.log import Log

__all__ = ["after", "mirrored", "suspected_after"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def after(says: Mapping[str, str]) -> dict[str, str]:
    """Columns and what they are, of what comes after."""
    return {
        f"after_{name}": f"With time run backwards within the part, and payer and payee in each other's place: {what}"
        for name, what in says.items()
    }


def mirrored(log: Log, part: slice) -> Log:
    """A part of a log, which is not empty, its last payment first."""

    def back(column: Any) -> Any:
        return np.ascontiguousarray(column[part][::-1])

    at = log.at[part]
    return replace(
        log, payer=back(log.payee), payee=back(log.payer), at=at[0] + at[-1] - back(log.at), amount=back(log.amount),
        currency=back(log.currency), usd=back(log.worth), rows=log.rows.slice(part.start, len(at)),
    )  # fmt: skip


def suspected_after(log: Log, part: slice, first: Floats) -> Iterator[tuple[int, Matrix]]:
    """As `neighbours`, of what came after within a part. :param first: of every payment of the log"""
    for begin, cells in neighbours(mirrored(log, part), np.ascontiguousarray(first[part][::-1])):
        yield part.stop - begin - len(cells), cells[::-1]
