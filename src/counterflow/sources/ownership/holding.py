"""An interest of one party in another, told in the one way that the network stage reads.

Each interest is a relationship of its own, so that votes never pass for shares and each keeps its own dates and bounds:
which schema, by kind (`model.interests`); the share as text that `model.share` reads; whether it runs through others.
"""

from __future__ import annotations

from dataclasses import dataclass

from counterflow.model import interests, schema, share
from counterflow.model.share import Share
from counterflow.sources.reader import Statements

__all__ = ["FIELDS", "Holding", "bounds", "tell"]

FIELDS = (
    "Ownership.owner, Ownership.asset, Control.controller, Control.controlled, Directorship.director, "
    "Directorship.organization, UnknownLink.subject, UnknownLink.object"
)
"""The ends of the relationships that `tell` makes, for a reader's `fields`."""

_CODE = {"Ownership": "ownershipType", "Control": "controlType"}


@dataclass(slots=True)
class Holding:
    """:param kind: code of `model.interests`; :param details: the source's own words; :param directness: direct,
    indirect or unknown; :param beneficial: whether the source calls it beneficial ownership or control"""

    kind: str
    share: Share | None = None
    details: str | None = None
    directness: str | None = None
    beneficial: bool | None = None
    start: str | None = None
    end: str | None = None


def tell(record: Statements, holder: str, held: str, holding: Holding) -> Statements:
    """Say a holding in `record`, whose schema becomes the one of its kind; returns it.

    An end before the beginning, and a holding in oneself, are told as the source tells them: they say something about
    the source.
    """
    kind = interests.all()[holding.kind]
    record.schema, record.party = kind.schema, False
    edge = schema.get(kind.schema).edge
    assert edge is not None
    record.say(edge.source, holder)
    record.say(edge.target, held)
    record.say("role", kind.label)
    code = _CODE.get(kind.schema)
    if code:
        record.say(code, kind.code)
    if holding.share is not None:
        text = share.write(holding.share)
        record.say("percentage" if code else "description", text if code else f"share: {text} %")
    record.say("summary", holding.details)
    record.say("directness", holding.directness)
    record.say("beneficial", None if holding.beneficial is None else "yes" if holding.beneficial else "no")
    record.say("startDate", holding.start)
    if holding.end:
        reversed_ = bool(holding.start) and holding.end[:10] < str(holding.start)[: len(holding.end[:10])]
        record.say("endDate", holding.end, note="as told, before its beginning" if reversed_ else None)
    return record


def bounds(told: object) -> tuple[Share | None, str | None]:
    """(share, what is wrong with it) of an object with ``exact``, ``minimum``, ``maximum``, ``exclusiveMinimum`` and
    ``exclusiveMaximum``; the last two are figures, or (before version 0.4) flags of the two before."""
    if told is None or told == {}:
        return None, None
    if not isinstance(told, dict):
        return None, f"{told!r} is no share: an object with exact, minimum or maximum is expected"
    figures: dict[str, float] = {}
    for name in ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        value = told.get(name)
        if value is None or isinstance(value, bool):
            continue
        try:
            figures[name] = float(value)
        except (TypeError, ValueError):
            return None, f"{name}: {value!r} is not a number"
    if "exact" in figures:
        found = Share(figures["exact"], figures["exact"])
    elif not figures:
        return None, f"{told!r} gives no figure"
    else:
        low, high = figures.get("minimum", 0.0), figures.get("maximum", 100.0)
        above, below = figures.get("exclusiveMinimum"), figures.get("exclusiveMaximum")
        found = Share(
            low if above is None else max(low, above),
            high if below is None else min(high, below),
            told.get("exclusiveMinimum") is True or (above is not None and above >= low),
            told.get("exclusiveMaximum") is True or (below is not None and below <= high),
        )
    if not share.possible(found):
        return None, f"from {found.low:g} to {found.high:g} per cent is no share from 0 to 100"
    return found, None
