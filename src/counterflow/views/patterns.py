"""Patterns of activity in print: a list in portions, and one with its timeline, members, and the record to ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from counterflow.errors import NotFound, UsageError
from counterflow.views.findings import brief as finding_brief
from counterflow.views.picture import Picture

__all__ = ["MOST", "in_print", "pattern", "patterns"]

MOST = 1000
"""Rows in one answer at most."""
_BRIEF = ("id", "sentence", "likelihood", "probability", "kinds", "activities", "start", "end", "next_record")
_NAMED = 5
"""Parties that a line names."""


def in_print(picture: Picture, found: Mapping[str, Any]) -> dict[str, Any]:
    """A pattern as an answer."""
    return {**found, **picture.handling(found["label_ids"])}


def patterns(
    picture: Picture, *, activity: str | None = None, across: bool = False, entity: str | None = None,
    finding: str | None = None, offset: int = 0, limit: int = 100,
) -> dict[str, Any]:  # fmt: skip
    """A portion of the patterns, their number, and how many there are of each activity.

    :param activity: only those in which this is done; :param across: only those that join findings of several kinds
    :param entity: only those that this party is in; :param finding: only the one that this finding is in
    :raises UsageError: bounds out of range
    """
    if not (0 < limit <= MOST and offset >= 0):
        raise UsageError(f"limit must be 1 to {MOST} and offset 0 or more, not {limit} and {offset}")
    party = picture.canonical(entity) if entity else None
    every = picture.patterns if finding is None else [p for p in [picture.pattern_of.get(finding)] if p]
    of = [p for p in every if party is None or any(x["entity"] == party for x in p["parties"])]
    of = [p for p in of if not across or len(p["kinds"]) > 1]
    kept = [p for p in of if activity is None or activity in p["activities"]]
    counted = Counter(what for p in of for what in p["activities"])
    return {
        "total": len(kept),
        "all": len(picture.patterns),
        "offset": offset,
        "activities": dict(sorted(counted.items(), key=lambda c: (-c[1], c[0]))),
        "patterns": [_line(picture, p) for p in kept[offset : offset + limit]],
    }


def _line(picture: Picture, found: Mapping[str, Any]) -> dict[str, Any]:
    parties = [{key: p[key] for key in ("entity", "caption", "listed")} for p in found["parties"][:_NAMED]]
    told = {key: found[key] for key in _BRIEF}
    return {**told, "findings": len(found["findings"]), "parties": parties, **picture.handling(found["label_ids"])}


def pattern(picture: Picture, id: str) -> dict[str, Any]:
    """One pattern with its findings in a line each, in the order of time.

    :raises NotFound: not readable, or not there
    """
    found = next((p for p in picture.patterns if p["id"] == id), None)
    if found is None:
        raise NotFound("pattern", id)
    members = {f["id"]: f for f in picture.findings if f["id"] in set(found["findings"])}
    others = {p["id"]: p for p in picture.patterns if p["id"] in found["beside"]}
    return {
        **in_print(picture, found),
        "members": [finding_brief(picture, members[f]) for f in found["findings"]],
        "beside": [_line(picture, others[p]) for p in found["beside"] if p in others],
    }
