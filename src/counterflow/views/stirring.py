"""Whom to ask whether there is news for them: who listens is many, whom a row of a case concerns is few.

What is told is read as ever, by `views.cases.events`, for each listener with their own rights. This only spares asking
those for whom there can be nothing: no row of the case ever named them, or they may not read what was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterflow import clock
from counterflow.casework.cases.slices import Reader
from counterflow.casework.cases.versions import version
from counterflow.model.handling import SHUT, readable
from counterflow.views.cases import KIND

if TYPE_CHECKING:
    from counterflow.model.handling import Audience, Label
    from counterflow.storage.sql import Casebook

__all__ = ["Stir", "concerned", "stirred"]


@dataclass(frozen=True)
class Stir:
    """That a row of a case was written, before anybody was asked whether they may read it. Never to be shown.

    :param named: fields of every row that ever named a member of the case
    """

    labels: tuple[Label, ...]
    named: tuple[Mapping[str, Any], ...]


def stirred(casebook: Casebook, after: int) -> list[tuple[int, Stir]]:
    """Places and rows after a place, for `concerned`: read once for all who listen."""
    rows = [version(row) for row in casebook.writings(KIND, after=after)]
    known = casebook.labels() if rows else {}
    of = {
        case: tuple(row["content"]["fields"] for row in casebook.writings("case/member", under=f"{case}/"))
        for case in {one.case for one in rows}
    }
    return [(one.seq, Stir(tuple(known.get(id, SHUT) for id in sorted(one.labels)), of[one.case])) for one in rows]


def concerned(who: Audience, unit: str, rows: Iterable[Stir]) -> bool:
    """Whether `events` may have something to tell of these rows; where it may not, it is not asked: two hundred who
    listen would ask two hundred times. What is told is read as ever: this only says whether to look."""
    own = Reader(who.organisation, unit, who.readers, who.owner)
    today = clock.today()
    return any(
        (own.owner or any(own.named_by(member) for member in one.named))
        and all(readable(label, who, today=today) for label in one.labels)
        for one in rows
    )
