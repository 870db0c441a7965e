"""Links that no record states by itself: an address or number that several share, payments and shipments added up
between two parties, the flags of a ship. And what looks like a tie and is none: acts of authorities, reports, lines of
business.

Rows are those of `storage.tables.LINKS`, so that the graph takes them as it takes any other. What is shared is a node
of its own, ``phone:+8612345``, and so is the country of a flag, ``country:kp``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.claims.repetition import rooted
from counterflow.network.kinds import ACTS
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["CARRIED", "MANY", "PAID", "SENT", "acts", "edges", "flags", "payments", "shared", "shipments"]

MANY = 100
"""Parties beyond which what they share is an agent's, a tower's or a portal's, and ties nobody to anybody."""

PAID, SENT, CARRIED = "payments>", "shipments>", "carriage>"
"""Beginnings of the ids of links that are added up; the two parties follow."""

_FLAGS = ("flag", "pastFlags")


def edges(scope: Scope) -> pa.Table:
    """All of them. Needs the scope's claims and derived tables."""
    return pa.concat_tables([make(scope) for make in (shared, payments, shipments, flags)])


def shared(scope: Scope) -> pa.Table:
    """One row for each party that has an address or number which another has too, and at most `MANY`; sorted by link.

    What is compared with what is the matter of `network.ties`.
    """
    import ibis

    ties, claims = scope.table("ties"), rooted(scope, scope.table("claims"))
    ties = ties.filter(ties.what.isin(["address", "contact"]))
    ties = ties.mutate(holders=ties.entity.count().over(ibis.window(group_by=["what", "via"])))
    ties = ties.filter(ties.holders.between(2, MANY))
    ties = ties.select("entity", "what", "via", claim_id=ties.claim_ids.unnest())
    told = ties.join(claims, "claim_id")
    at = told.what == "address"
    told = told.mutate(
        source=told.entity,
        role=ibis.ifelse(at, "address", told.property),
        # the address of a party may be told by a record of another kind, which has no such property
        kind=ibis.ifelse(at & ~told.property.isin(["address", "addressEntity"]), "Thing", told["schema"]),
    )
    told = told.mutate(target=told.role + ":" + told.via)
    rows = told.group_by("source", "target").agg(schema=told.kind.max(), role=told.role.max(), **_evidence(told))
    return _linked(scope, rows.mutate(link=rows.source + ">" + rows.role + ">" + rows.target))


def flags(scope: Scope) -> pa.Table:
    """One row for each span of time that a ship is said to fly a country's flag; sorted by link."""
    claims, members = rooted(scope, scope.table("claims")), scope.table("members")
    said = claims.filter(claims.property.isin(_FLAGS))
    told = said.join(members, said.subject == members.subject).select(said, source=members.entity)
    told = told.mutate(target="country:" + told.value, role=told.property)
    spans = ["source", "target", "role", "valid_from", "valid_to", "stance"]
    rows = told.group_by(spans).agg(schema=told["schema"].max(), **_evidence(told, dated=False))
    rows = rows.rename(start="valid_from", end="valid_to")
    span = rows.start.fill_null("") + "/" + rows.end.fill_null("") + "/" + rows.stance
    return _linked(scope, rows.mutate(link=rows.source + ">" + rows.role + ">" + rows.target + ">" + span))


def _evidence(told: ibis.Table, *, dated: bool = True) -> dict[str, Any]:
    """What the claims of a group are worth together. :param dated: their dates and stance too"""
    own: dict[str, Any] = {}
    if dated:
        own = {"start": told.valid_from.min(), "end": told.valid_to.max(), "stance": told.stance.max()}
    return own | {
        "verified": told.verified.any(),
        "credibility": told.credibility.min(),
        "reliability": told.reliability.min(),
        "origins": told.root.nunique(),
        "claim_ids": told.claim_id.collect(distinct=True, order_by=told.claim_id),
        "label_ids": told.label_id.collect(distinct=True, order_by=told.label_id),
    }


def payments(scope: Scope) -> pa.Table:
    """One row for each pair of parties of which one paid the other, over all months; sorted by link."""
    flows = scope.table("flows").rename(n="payments")
    return _summed(scope, flows, PAID, "Payment", "payments")


def shipments(scope: Scope) -> pa.Table:
    """One row for each pair of parties of which one sent the other goods, and for each ship and party whose goods it
    carried, over all months; sorted by link."""
    sums = scope.table("consignments").rename(n="shipments")
    sent = _summed(scope, sums.filter(sums.role == "sent"), SENT, "Consignment", "shipments")
    carried = _summed(scope, sums.filter(sums.role == "carried"), CARRIED, "Consignment", "shipments carried")
    return pa.concat_tables([carried, sent])


def _summed(scope: Scope, sums: ibis.Table, beginning: str, schema: str, unit: str) -> pa.Table:
    import ibis

    entities = scope.table("entities")
    sources, targets = (entities.select(entities.entity.name(side)) for side in ("source", "target"))
    between = sums.semi_join(sources, "source").semi_join(targets, "target")
    between = between.filter(between.source != between.target)
    added = between.group_by("source", "target").agg(
        start=between.month.min(), end=between.month.max(), n=between.n.sum(), amount=between.amount_usd.sum(),
    )  # fmt: skip
    unfolded = between.mutate(label=between.label_ids.unnest())
    labels = unfolded.group_by("source", "target").agg(
        label_ids=unfolded.label.collect(distinct=True, order_by=unfolded.label)
    )
    rows = added.join(labels, ["source", "target"])
    return _linked(
        scope,
        rows.select(
            "source", "target", "start", "end", "label_ids",
            link=ibis.literal(beginning) + rows.source + ">" + rows.target,
            schema=ibis.literal(schema),
            role=rows.n.cast("string") + f" {unit}",
            amount=rows.amount,
            currency=ibis.literal("USD"),
            stance=ibis.literal("asserts"),
            verified=ibis.literal(True),
            # as good as the files are; a single row is hardly ever graded
            reliability=ibis.literal("F"), credibility=ibis.literal(6), origins=ibis.literal(1),
            claim_ids=ibis.literal([], "array<string>"),
        ),
    )  # fmt: skip


def acts(scope: Scope) -> list[str]:
    """Entities that bring nobody together: events of the types `kinds.ACTS`, lines of business, estimates; sorted."""
    claims, members, entities = scope.table("claims"), scope.table("members"), scope.table("entities")
    said = claims.filter((claims.property == "eventType") & claims.value.isin(ACTS))
    events = said.join(members, said.subject == members.subject).select(members.entity).distinct()
    others = entities.filter(entities["schema"].isin(["Activity", "Measure", "Estimate"])).select("entity")
    return sorted({id for rows in (events, others) for id in scope.run(rows).column("entity").to_pylist()})


def _linked(scope: Scope, rows: ibis.Table) -> pa.Table:
    return DERIVED["links"].conform(scope.run(rows).sort_by("link"))
