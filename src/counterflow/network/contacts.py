"""Links that no record states by itself: a telephone number, e-mail address or web site that several have, and payments
added up between two parties. And what looks like a tie and is none: acts of authorities, reports, lines of business.

Rows are those of `storage.tables.LINKS`, so that the graph takes them as it takes any other. A number is a node of its
own, ``phone:+8612345``; what only one party has is no tie and is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterflow.claims.repetition import rooted
from counterflow.network.kinds import ACTS
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.storage.ports import Scope

__all__ = ["acts", "contacts", "payments"]

_CONTACTS = ("phone", "email", "website")


def contacts(scope: Scope) -> pa.Table:
    """One row for each party that has a number or address which another has too; sorted by link."""
    claims, members = rooted(scope, scope.table("claims")), scope.table("members")
    said = claims.filter(claims.property.isin(_CONTACTS) & (claims.stance == "asserts"))
    joined = said.join(members, said.subject == members.subject).select(said, source=members.entity)
    named = joined.mutate(target=joined.property + ":" + joined.value)
    rows = named.group_by("source", "target").agg(
        schema=named["schema"].max(),
        role=named.property.max(),
        start=named.valid_from.min(),
        end=named.valid_to.max(),
        stance=named.stance.max(),
        verified=named.verified.any(),
        credibility=named.credibility.min(),
        reliability=named.reliability.min(),
        origins=named.root.nunique(),
        claim_ids=named.claim_id.collect(distinct=True, order_by=named.claim_id),
        label_ids=named.label_id.collect(distinct=True, order_by=named.label_id),
    )
    holders = rows.group_by("target").agg(holders=rows.source.nunique())
    shared = rows.semi_join(holders.filter(holders.holders > 1), "target")
    return _linked(scope, shared.mutate(link=shared.source + ">" + shared.role + ">" + shared.target))


def payments(scope: Scope) -> pa.Table:
    """One row for each pair of parties of which one paid the other, over all months; sorted by link."""
    import ibis

    flows, entities = scope.table("flows"), scope.table("entities")
    payers, payees = (entities.select(entities.entity.name(side)) for side in ("source", "target"))
    between = flows.semi_join(payers, "source").semi_join(payees, "target")
    between = between.filter(between.source != between.target)
    sums = between.group_by("source", "target").agg(
        start=between.month.min(), end=between.month.max(), n=between.payments.sum(), amount=between.amount_usd.sum(),
    )  # fmt: skip
    unfolded = between.mutate(label=between.label_ids.unnest())
    labels = unfolded.group_by("source", "target").agg(
        label_ids=unfolded.label.collect(distinct=True, order_by=unfolded.label)
    )
    rows = sums.join(labels, ["source", "target"])
    return _linked(
        scope,
        rows.select(
            "source", "target", "start", "end", "label_ids",
            link=ibis.literal("payments>") + rows.source + ">" + rows.target,
            schema=ibis.literal("Payment"),
            role=rows.n.cast("string") + " payments",
            amount=rows.amount,
            currency=ibis.literal("USD"),
            stance=ibis.literal("asserts"),
            verified=ibis.literal(True),
            # as good as the files are; a single booking is hardly ever graded
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
