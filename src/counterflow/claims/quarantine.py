"""Quarantine: what was set aside, and what must not follow from it.

Invariant: a record that could not be read is not a record that was withdrawn. In a complete edition, what the earlier
one said of a subject whose new record was set aside stays in force, and the report says how many claims that are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Quarantined", "Unread", "line_of"]

MOST = 100_000
"""Things set aside of which it is kept whom they were about."""

_TOKEN = re.compile(r"[^\s,;|\"'<>=\[\](){}]+")
_LINE = re.compile(r"\b(?:line|row) (\d+)")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row, or one value of a row, that was set aside. :param line: 1-based where known"""

    file: str
    line: int | None
    field: str | None
    reason: str
    raw: str = ""


class Unread:
    """What one file would have told and did not, as far as it can be said of whom.

    :param file: what the file, or folder, is called in quarantine entries
    :param watched: it is an edition of which earlier ones may say more: else nothing is withdrawn, and nothing kept
    """

    def __init__(self, file: str, *, watched: bool = True) -> None:
        self.file, self._watched, self._all = file, watched, False
        self.of: set[tuple[str, str]] = set()
        self.unplaced: list[Quarantined] = []

    def note(self, aside: Quarantined, subject: str, property: str = "") -> None:
        """Something was set aside. :param subject: whom it was about, empty: unknown; :param property: empty: all"""
        if not self._watched or self._all:
            return
        if subject:
            self.of.add((subject, property))
        else:
            self.unplaced.append(aside)
        if len(self.unplaced) + len(self.of) > MOST:  # too many to tell whom they were about: it may be anybody
            self._all = True
            self.unplaced, self.of = [Quarantined(self.file, None, None, aside.reason)], set()

    def standing(self, gone: pa.Table, present: Mapping[str, Any]) -> set[str]:
        """Ids of those claims among `gone` that are not withdrawn, only unread.

        A subject that is absent from the new edition is unread where a row about it was set aside; where it is not
        known whom a row was about, where that row holds the subject's id or a name of it; or where a whole table, or
        the rest of the file, could not be read. What shares the place of such a subject in its file (its address, its
        listing) goes with it. Of a subject that was read, those properties are unread of which a value was set aside.

        :param gone: claims that the new edition does not make: claim_id, subject, property, prop_type, value, locator
        :param present: subjects of the new edition
        """
        if not self.of and not self.unplaced:
            return set()
        rows = gone.to_pylist()
        absent = [row for row in rows if row["subject"] not in present]
        unread = {subject for subject, _ in self.of} | self._recognised(absent)
        places = {row["locator"] for row in absent if row["subject"] in unread and row["locator"]}
        stays = {r["claim_id"] for r in absent if r["subject"] in unread or r["locator"] in places}
        return stays | {r["claim_id"] for r in rows if (r["subject"], r["property"]) in self.of}

    def _recognised(self, absent: Iterable[Mapping[str, Any]]) -> set[str]:
        """Subjects that a row which nobody could place may have been about."""
        text = "\n".join(q.raw for q in self.unplaced if q.raw)
        tokens, folded = set(_TOKEN.findall(text)), text.casefold()
        lost = {q.file.removeprefix(self.file).lstrip("/") for q in self.unplaced if not q.raw}
        found = set()
        for row in absent:
            local = row["subject"].partition(":")[2]
            named = row["prop_type"] == "name" and len(row["value"]) > 3 and row["value"].casefold() in folded
            if local in tokens or named or any(file in row["locator"] for file in lost):
                found.add(row["subject"])
        return found


def line_of(locator: str) -> int | None:
    """The line or row number that a locator names."""
    found = _LINE.search(locator)
    return int(found[1]) if found else None
