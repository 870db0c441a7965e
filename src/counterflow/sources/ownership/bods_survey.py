"""What has to be known of a file of beneficial ownership statements before the first one can be told.

Which statement replaces which; since when each interest of a replacing statement has run, so that what it replaces is
known to have ended (40 % since May, where it was 100 %) or to be told anew (50 %, as before); which parties there are.
Memory: eight bytes a party, and a few hundred for each statement that replaces another.
"""

from __future__ import annotations

import datetime as dt
import itertools
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.errors import UnreadableFile
from counterflow.model import dates, interests
from counterflow.sources.json_shape import ANY, TEXT, shaped
from counterflow.sources.json_stream import items

__all__ = ["KINDS", "UNDER", "Survey", "Version", "kind_of", "survey"]

KINDS = {
    "entity": "entity", "person": "person", "relationship": "relationship", "entityStatement": "entity",
    "personStatement": "person", "ownershipOrControlStatement": "relationship",
}  # fmt: skip
"""Type of a statement in any version → what it describes."""
UNDER = ("statements",)
"""Keys under which an object may hold the statements."""
_FRAME = ("statementID", "statementId", "statementType", "statementDate", "recordId", "recordType", "recordStatus")
_BRIEF = {**dict.fromkeys(_FRAME, TEXT), "replacesStatements": [TEXT], "interests": ANY, "recordDetails": ANY,
          "publicationDetails": {"publicationDate": TEXT}}  # fmt: skip
_INTERESTS = {"interests": [{"type": TEXT, "startDate": TEXT}]}


@dataclass(slots=True)
class Version:
    """A statement that replaces another. :param date: partial ISO date, its own or else that of its publication, empty
    where neither is told; :param since: kind of interest → start, for a relationship"""

    id: str
    date: str
    since: dict[str, str | None]


@dataclass
class Survey:
    """See the module; `survey` makes one."""

    next: dict[tuple[str, str], Version] = field(default_factory=dict)
    first: dict[str, Version] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    parties: Any = None

    def root(self, id: str) -> str:
        """The record that a statement of 0.2 or 0.3 is about: the first statement of its chain."""
        return self.roots.get(id, id)

    def describes(self, record: str) -> bool:
        """Whether a statement of the file describes this party."""
        mark = hash(record)
        at = int(np.searchsorted(self.parties, mark))
        return at < len(self.parties) and int(self.parties[at]) == mark

    def replacement(self, record: str, id: str, new: bool) -> Version | None:
        """The statement that replaces this one. :param new: it calls itself the first of its record"""
        return self.next.get((record, id)) or (self.first.get(record) if new else None)

    def retells(self, by: Version, kind: str, start: str | None) -> bool:
        """Whether a later statement tells the same interest anew: of that kind, and not since a later day."""
        if kind not in by.since:
            return False
        since = by.since[kind]
        return since is None or (start is not None and since <= start)

    def ended(self, by: Version, kind: str) -> str | None:
        """Last day of an interest that a later statement does not tell anew; None where no date tells it."""
        since = by.since.get(kind)
        return _day_before(since) if since else by.date or None

    def standing(self, record: str, by: Version, kind: str) -> Version | None:
        """The version that tells an interest for good, of those from `by` on; None: the one in force."""
        version = by
        while (later := self.next.get((record, version.id))) is not None:
            if not self.retells(later, kind, version.since.get(kind)):
                return version
            version = later
        return None


def kind_of(text: str | None) -> str:
    """Code of `model.interests`; what is none is unknown."""
    found = interests.find(text) if text else None
    return found.code if found else "unknownInterest"


def survey(path: Path) -> Survey:
    """Read a file through for what has to be known beforehand.

    :raises UnreadableFile: not one statement in it; InputError: its array is broken or cut short
    """
    found = Survey()
    amended: dict[str, list[tuple[str, int, Version]]] = {}
    marks = array("q")
    total = 0
    for n, item in enumerate(items(path, UNDER)):
        brief = shaped(item.value, _BRIEF)[0] if isinstance(item.value, dict) else {}
        kind = KINDS.get(brief.get("recordType") or brief.get("statementType") or "")
        id = brief.get("statementId") or brief.get("statementID")
        if kind is None or not id:
            continue
        total += 1
        record, replaces = id, brief.get("replacesStatements", [])
        if "recordType" in brief:
            record = brief.get("recordId", id)
            if brief.get("recordStatus", "new") != "new":
                version = _version(id, brief)
                amended.setdefault(record, []).append((version.date, n, version))
        elif replaces:
            record = found.root(replaces[0])
            found.roots[id] = record
            for old in replaces:
                found.roots.setdefault(old, record)
                found.next[record, old] = _version(id, brief)
        if kind != "relationship":
            marks.append(hash(record))
    if not total:
        reason = "not one statement of the Beneficial Ownership Data Standard in it"
        raise UnreadableFile(reason, file=str(path))
    found.parties = np.unique(np.array(marks, dtype=np.int64))
    for record, versions in amended.items():
        versions.sort(key=lambda v: v[:2])
        found.first[record] = versions[0][2]
        for (_, _, old), (_, _, later) in itertools.pairwise(versions):
            found.next[record, old.id] = later
    return found


def _version(id: str, brief: Mapping[str, Any]) -> Version:
    told = brief.get("recordDetails", brief)
    given = shaped(told, _INTERESTS)[0].get("interests", []) if isinstance(told, dict) else []
    since: dict[str, str | None] = {}
    for interest in given:
        since.setdefault(kind_of(interest.get("type")), dates.clean(interest.get("startDate", "")))
    published = brief.get("publicationDetails", {}).get("publicationDate", "")
    date = dates.clean(brief.get("statementDate", "")) or dates.clean(published) or ""
    return Version(id, date, since)


def _day_before(day: str) -> str:
    """The day before an exact date; a month or year as it is."""
    if len(day) < 10 or day == "0001-01-01":
        return day
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
