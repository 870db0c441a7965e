"""Links: every asserted relationship between two entities, one row each, with dates, stance and evidence.

Two kinds of claim make a link: a relationship record (Ownership, Directorship, Succession… whose schema names its
two ends), and a plain reference from one thing to another (an address, the parties of an event).
Rival accounts of one fact stay apart, side by side, tied by their conflict group. A link that a source *denies* is
kept: it is evidence too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.claims.repetition import rooted
from counterflow.model import schema as vocabulary
from counterflow.model.share import Share
from counterflow.model.share import read as read_share
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["links"]

_ROLES = ("role", "position", "relationship", "summary", "status", "purpose")
_STARTS = ("startDate", "date", "incorporationDate")


def links(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.LINKS`, sorted by link. Needs the scope's claims, members and entities."""
    parts = [_finish(scope.run(expr)) for expr in (_relationships(scope), _references(scope))]
    return pa.concat_tables(parts).sort_by([(key, "ascending") for key in ("link", "source", "target")])


def _relationships(scope: Scope) -> ibis.Table:
    """One pass over the claims: each record's ends, resolved, and its attributes, grouped together."""
    import ibis

    claims, members = rooted(scope, scope.table("claims")), scope.table("members")
    edges = {s.name: s.edge for s in vocabulary.all().values() if s.edge is not None}
    told = claims.filter(claims["schema"].isin(sorted(edges)))
    sides = [
        told["schema"].cases(*((n, getattr(e, side)) for n, e in sorted(edges.items())), else_="") for side in _ENDS
    ]
    told = told.mutate(
        is_source=told.property == sides[0],
        is_target=told.property == sides[1],
        other=ibis.ifelse(told.prop_type == "entity", told.value, ibis.null("string")),
    )
    whom = members.select(other=members.subject, entity=members.entity)
    known = told.left_join(whom, "other").drop("other_right")
    records = _attributes(
        known,
        sources=known.entity.collect(where=known.is_source & known.entity.notnull()),
        targets=known.entity.collect(where=known.is_target & known.entity.notnull()),
    )
    # a record may name several owners, and one owner by several of its subjects
    one = records.mutate(source=records.sources.unique().unnest()).drop("sources")
    return one.mutate(target=one.targets.unique().unnest()).select("subject", "source", "target", *_ATTRIBUTES)


_ENDS = ("source", "target")


def _references(scope: Scope) -> ibis.Table:
    import ibis

    claims = rooted(scope, scope.table("claims"))
    members, entities = scope.table("members"), scope.table("entities")
    refers = claims.filter(claims.prop_type == "entity")
    holder = members.view()
    joined = refers.join(members, refers.value == members.subject).select(refers, target=members.entity)
    joined = joined.join(holder, joined.subject == holder.subject).select(joined, source=holder.entity)
    joined = joined.semi_join(entities, joined.source == entities.entity)
    named = joined.mutate(subject=joined.subject + ">" + joined.property + ">" + joined.value)
    grouped = named.group_by(["subject", "source", "target"]).agg(
        schema=named["schema"].max(),
        role=named.property.max(),
        start=named.valid_from.min(),
        end=named.valid_to.max(),
        share=ibis.literal([], "array<string>"),
        interest=ibis.null("string"),
        directness=ibis.null("string"),
        amount=ibis.null("string"),
        currency=ibis.null("string"),
        conflict=ibis.null("string"),
        **_evidence(named),
    )
    return grouped.select("subject", "source", "target", *_ATTRIBUTES)


_ATTRIBUTES = (
    "schema", "role", "start", "end", "share", "interest", "directness", "amount", "currency", "conflict",
    "stance", "verified", "credibility", "reliability", "origins", "claim_ids", "label_ids",
)  # fmt: skip


def _attributes(claims: ibis.Table, **more: ibis.Value) -> ibis.Table:
    import ibis

    def pick(*names: str) -> Any:
        return ibis.coalesce(*(claims.value.max(where=claims.property == name) for name in names))

    starts = [claims.value.min(where=claims.property == name) for name in _STARTS]
    return claims.group_by("subject").agg(
        schema=claims["schema"].max(),
        role=pick(*_ROLES),
        start=ibis.coalesce(*starts, claims.valid_from.min()),
        end=ibis.coalesce(claims.value.max(where=claims.property == "endDate"), claims.valid_to.max()),
        # rival figures in one record stay apart
        share=claims.value.collect(where=claims.property == "percentage").unique().sort(),
        interest=pick("ownershipType", "controlType"),
        directness=pick("directness"),
        amount=pick("amountUsd", "amount"),
        currency=ibis.coalesce(
            ibis.ifelse((claims.property == "amountUsd").any(), "USD", ibis.null("string")), pick("currency")
        ),
        conflict=pick("conflictGroup"),
        **_evidence(claims),
        **more,
    )


def _evidence(claims: ibis.Table) -> dict[str, Any]:
    """What the claims of a group are worth together. Origins, not articles: a repetition adds nothing."""
    return {
        "stance": claims.stance.max(),  # asserts < denies < doubts: one record takes one stance
        "verified": claims.verified.all(),
        "credibility": claims.credibility.min(),
        "reliability": claims.reliability.min(),
        # lists made distinct afterwards: several times quicker than an aggregate that does it
        "origins": claims.root.collect().unique().length(),
        "claim_ids": claims.claim_id.collect().unique().sort(),
        "label_ids": claims.label_id.collect().unique().sort(),
    }


_RIVALS = " | "
"""Between the figures that one record gives for one share."""


def _finish(rows: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    texts = pc.fill_null(pc.binary_join(rows.column("share"), _RIVALS), "")
    shares = {text: _widest(text) for text in pc.unique(texts).to_pylist()}
    bounds: dict[str, Callable[[Share], float | bool]] = {
        "share_low": lambda share: share.low,
        "share_high": lambda share: share.high,
        "low_open": lambda share: share.low_open,
        "high_open": lambda share: share.high_open,
    }
    table = DERIVED["links"]
    made = {name: rows.column(name) for name in rows.column_names if name in table.schema.names} | {
        "link": rows.column("subject"),
        "share": pc.if_else(pc.equal(texts, ""), None, texts),
        "amount": _mapped(rows.column("amount"), _number, pa.float64()),
    }
    for name, of in bounds.items():
        kind = table.schema.field(name).type
        made[name] = _mapped(texts, lambda t, of=of: None if (s := shares[t]) is None else of(s), kind)  # type: ignore[misc]
    return table.conform(pa.table(made).select(table.schema.names))


def _mapped(texts: pa.ChunkedArray, of: Callable[[Any], Any], type: pa.DataType) -> pa.Array:
    """`of` each text, asked once for each distinct one."""
    coded = texts.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return pa.array([of(text) for text in coded.dictionary.to_pylist()], type).take(coded.indices)


def _widest(text: str) -> Share | None:
    """From the least to the most that rival figures of one record say; None where none of them is a share."""
    found = [share for part in text.split(_RIVALS) if (share := read_share(part)) is not None]
    if not found:
        return None
    least = min(found, key=lambda s: (s.low, s.low_open))
    most = max(found, key=lambda s: (s.high, not s.high_open))
    return Share(least.low, most.high, least.low_open, most.high_open)


def _number(text: str | None) -> float | None:
    try:
        return float(text.replace(",", "")) if text else None
    except ValueError:
        return None
