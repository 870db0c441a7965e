"""Listings: which authority names which party, under which programme, from when to when.

A Sanction record is one listing. A party that a list's data set marks as sanctioned without such a record is listed by
that data set, on a day that is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterflow.model import dates

if TYPE_CHECKING:
    import ibis

    from counterflow.network.regime import Regime
    from counterflow.storage.ports import Scope

__all__ = ["Listing", "listed_by", "listings"]


@dataclass(frozen=True)
class Listing:
    """:param entity: canonical id; :param start: partial ISO date of the listing, None: not known; :param end: of the
    delisting; :param claim_ids: what it rests on"""

    entity: str
    authority: str | None
    program: str | None
    publisher: str | None
    dataset: str
    start: str | None
    end: str | None
    claim_ids: tuple[str, ...]
    label_ids: tuple[str, ...]

    def on(self, as_of: str | None) -> bool | None:
        """Whether it was in force: True, False, or None where its dates leave it open, as none at all do. None asks for
        now."""
        if as_of is None:
            return self.end is None
        if not dates.holds_on(self.start, self.end, as_of):
            return False
        begun = self.start is not None and dates.latest(self.start) <= dates.earliest(as_of)
        return True if begun and (self.end is None or dates.earliest(self.end) >= dates.latest(as_of)) else None


def listings(scope: Scope) -> list[Listing]:
    """Every listing the audience may read, by entity, authority and date."""
    rows = [*scope.run(_records(scope)).to_pylist(), *scope.run(_marked(scope)).to_pylist()]
    recorded = {(row["entity"], row["dataset"]) for row in rows if row["authority"]}
    found = {
        Listing(
            row["entity"], row["authority"], row["program"], row["publisher"], row["dataset"], _date(row["start"]),
            _date(row["end"]), tuple(row["claim_ids"]), tuple(row["label_ids"]),
        )
        for row in rows
        if row["authority"] or (row["entity"], row["dataset"]) not in recorded
    }  # fmt: skip
    return sorted(found, key=lambda x: tuple(part or "" for part in (x.entity, x.authority, x.start, *x.claim_ids)))


def listed_by(found: list[Listing], regime: Regime, as_of: str | None) -> dict[str, tuple[bool, list[Listing]]]:
    """entity → (surely listed, its listings) for those whom the regime's own lists name, or may name, on that day."""
    out: dict[str, tuple[bool, list[Listing]]] = {}
    for listing in found:
        held = listing.on(as_of)
        if held is not False and regime.lists.name(
            listing.authority, listing.program, listing.publisher, listing.dataset
        ):
            sure, others = out.get(listing.entity, (False, []))
            out[listing.entity] = (sure or held is True, [*others, listing])
    return out


def _date(text: str | None) -> str | None:
    return dates.clean(text) if text else None


def _records(scope: Scope) -> ibis.Table:
    import ibis

    claims, members = scope.table("claims"), scope.table("members")
    made = claims.filter((claims["schema"] == "Sanction") & (claims.stance == "asserts"))

    def least(name: str) -> ibis.Value:
        return made.value.min(where=made.property == name)

    records = made.group_by("subject").agg(
        party=least("entity"),
        authority=least("authority").fill_null("not named"),
        program=ibis.coalesce(least("program"), least("programId"), least("provisions")),
        publisher=least("publisher"),
        dataset=made.dataset.min(),
        start=ibis.coalesce(least("listingDate"), least("startDate"), least("date")),
        end=made.value.max(where=made.property == "endDate"),
        claim_ids=made.claim_id.collect(distinct=True, order_by=made.claim_id),
        label_ids=made.label_id.collect(distinct=True, order_by=made.label_id),
    )
    joined = records.join(members, records.party == members.subject)
    columns = ("authority", "program", "publisher", "dataset", "start", "end", "claim_ids", "label_ids")
    return joined.select(joined.entity, *(joined[c] for c in columns))


def _marked(scope: Scope) -> ibis.Table:
    import ibis

    claims, members = scope.table("claims"), scope.table("members")
    marks = claims.filter((claims.property == "topics") & (claims.value == "sanction") & (claims.stance == "asserts"))
    joined = marks.join(members, marks.subject == members.subject)
    rows = joined.select(joined.entity, joined.dataset, joined.claim_id, joined.label_id)
    unknown = {name: ibis.null("string") for name in ("authority", "program", "publisher", "start", "end")}
    return rows.group_by("entity", "dataset").agg(
        claim_ids=rows.claim_id.collect(distinct=True, order_by=rows.claim_id),
        label_ids=rows.label_id.collect(distinct=True, order_by=rows.label_id),
        **unknown,
    )
