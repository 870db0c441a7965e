"""Links: every asserted relationship between two entities, one row each, with dates, stance and evidence.

Two kinds of claim make a link: a relationship record (Ownership, Directorship, Succession… whose schema names its
two ends), and a plain reference from one thing to another (an address, the parties of an event).
Rival accounts of one fact stay apart, side by side, tied by their conflict group. A link that a source *denies* is
kept: it is evidence too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from counterflow.claims.repetition import rooted
from counterflow.model import schema as vocabulary
from counterflow.model.share import Share
from counterflow.model.share import read as read_share
from counterflow.network.grouping import coded_texts
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["links"]

_ROLES = ("role", "position", "relationship", "summary", "status", "purpose")
_STARTS = ("startDate", "date", "incorporationDate")


def links(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.LINKS`, sorted by link. Needs the scope's claims, members and entities."""
    import ibis

    labels = _distinct(scope, scope.table("claims"), "label_id")["label_id"]
    parts = [part for part in (_relationships(scope, labels), _references(scope, labels)) if part is not None]
    rows = scope.run(ibis.union(*parts, distinct=False).order_by("link", "source", "target"))
    return _finish(_counted(scope, _once(rows)), labels)


def _distinct(scope: Scope, claims: ibis.Table, *columns: str) -> dict[str, list[str]]:
    """The values that occur in columns of few values, sorted: what does not occur need not be asked for."""
    found = scope.run(claims.select(*columns).distinct())
    return {name: sorted(set(found.column(name).to_pylist())) for name in columns}


def _relationships(scope: Scope, labels: list[str]) -> ibis.Table | None:
    """One pass over the claims of relationship records, grouped by record; then its ends, resolved."""
    claims, members = rooted(scope, scope.table("claims")), scope.table("members")
    edges = {s.name: s.edge for s in vocabulary.all().values() if s.edge is not None}
    told = claims.filter(claims["schema"].isin(sorted(edges)))
    occur = _distinct(scope, told, "schema", "property")
    if not occur["schema"]:
        return None
    named = told.prop_type == "entity"
    source, target = (
        named
        & (told.property == told["schema"].cases(*((n, getattr(edges[n], side)) for n in occur["schema"]), else_=""))
        for side in ("source", "target")
    )
    records = told.group_by("subject").agg(
        # a record may name several owners
        sources=told.value.collect(where=source),
        targets=told.value.collect(where=target),
        **_attributes(told, occur["property"]),
        **_evidence(told, labels),
    )
    one = records.mutate(source_subject=records.sources.unnest())
    one = one.mutate(target_subject=one.targets.unnest())
    owners = members.select(source_subject=members.subject, source=members.entity)
    owned = members.select(target_subject=members.subject, target=members.entity)
    ends = one.join(owners, "source_subject").join(owned, "target_subject")
    return ends.select(*_COLUMNS, *_masks(labels), link=ends.subject)


def _references(scope: Scope, labels: list[str]) -> ibis.Table:
    import ibis

    claims = rooted(scope, scope.table("claims"))
    members, entities = scope.table("members"), scope.table("entities")
    refers = claims.filter(claims.prop_type == "entity")
    holder = members.view()
    joined = refers.join(members, refers.value == members.subject).select(refers, target=members.entity)
    joined = joined.join(holder, joined.subject == holder.subject).select(joined, source=holder.entity)
    joined = joined.semi_join(entities, joined.source == entities.entity)
    named = joined.mutate(link=joined.subject + ">" + joined.property + ">" + joined.value)
    grouped = named.group_by(["link", "source", "target"]).agg(
        schema=named["schema"].max(),
        role=named.property.max(),
        start=named.valid_from.min(),
        end=named.valid_to.max(),
        share=ibis.literal([], "array<string>"),
        **dict.fromkeys(("interest", "directness", "amount", "currency", "conflict"), ibis.null("string")),
        **_evidence(named, labels),
    )
    return grouped.select(*_COLUMNS, *_masks(labels), "link")


_COLUMNS = (
    "source", "target", "schema", "role", "start", "end", "share", "interest", "directness", "amount", "currency",
    "conflict", "stance", "verified", "credibility", "reliability", "first_root", "last_root", "claim_ids",
)  # fmt: skip


def _attributes(claims: ibis.Table, properties: list[str]) -> dict[str, Any]:
    """What a record says of itself. :param properties: that occur; the others are null without being asked for"""
    import ibis

    nothing = ibis.null("string")

    def pick(*names: str, least: bool = False) -> list[Any]:
        asked = [claims.property == name for name in names if name in properties]
        return [claims.value.min(where=where) if least else claims.value.max(where=where) for where in asked]

    dollars = (claims.property == "amountUsd").any()
    return {
        "schema": claims["schema"].max(),
        "role": ibis.coalesce(*pick(*_ROLES), nothing),
        "start": ibis.coalesce(*pick(*_STARTS, least=True), claims.valid_from.min()),
        "end": ibis.coalesce(*pick("endDate"), claims.valid_to.max()),
        # rival figures in one record stay apart
        "share": claims.value.collect(where=claims.property == "percentage"),
        "interest": ibis.coalesce(*pick("ownershipType", "controlType"), nothing),
        "directness": ibis.coalesce(*pick("directness"), nothing),
        "amount": ibis.coalesce(*pick("amountUsd", "amount"), nothing),
        "currency": ibis.coalesce(
            *([ibis.ifelse(dollars, "USD", nothing)] if "amountUsd" in properties else []), *pick("currency"), nothing
        ),
        "conflict": ibis.coalesce(*pick("conflictGroup"), nothing),
    }


def _evidence(claims: ibis.Table, labels: list[str]) -> dict[str, Any]:
    """What the claims of a group are worth together. Origins, not articles: a repetition adds nothing."""
    masks = {
        name: claims.label_id.cases(*((label, 1 << n) for n, label in enumerate(some)), else_=0).bit_or()
        for name, some in _masks(labels).items()
    }
    return {
        "stance": claims.stance.max(),  # asserts < denies < doubts: one record takes one stance
        "verified": claims.verified.all(),
        "credibility": claims.credibility.min(),
        "reliability": claims.reliability.min(),
        "first_root": claims.root.min(),
        "last_root": claims.root.max(),
        "claim_ids": claims.claim_id.collect().sort().cast("array<string>"),
        **masks,
    }


_BITS = 62


def _masks(labels: list[str]) -> dict[str, list[str]]:
    """Columns of numbers of which each bit is a label: quicker to add up than lists of texts."""
    return {f"labels_{n}": labels[n : n + _BITS] for n in range(0, len(labels), _BITS)}


def _once(rows: pa.Table) -> pa.Table:
    """Sorted rows without those that repeat the one before: several subjects of one owner in one record."""
    import pyarrow.compute as pc

    if len(rows) < 2:
        return rows
    same = [
        pc.equal(rows.column(name).slice(1), rows.column(name).slice(0, len(rows) - 1))
        for name in ("link", "source", "target")
    ]
    repeated = pc.and_(pc.and_(same[0], same[1]), same[2])
    if not pc.any(repeated).as_py():
        return rows
    return rows.filter(pa.chunked_array([pa.array([True]), *pc.invert(repeated).chunks]))


_RIVALS = " | "
"""Between the figures that one record gives for one share."""


def _finish(rows: pa.Table, labels: list[str]) -> pa.Table:
    import pyarrow.compute as pc

    texts = _joined(rows.column("share"))
    shares = {text: _widest(text) for text in pc.unique(texts).to_pylist()}
    bounds: dict[str, Callable[[Share], float | bool]] = {
        "share_low": lambda share: share.low,
        "share_high": lambda share: share.high,
        "low_open": lambda share: share.low_open,
        "high_open": lambda share: share.high_open,
    }
    table = DERIVED["links"]
    made = {name: rows.column(name) for name in rows.column_names if name in table.schema.names} | {
        "share": pc.if_else(pc.equal(texts, ""), None, texts),
        "amount": _mapped(rows.column("amount"), _number, pa.float64()),
        "claim_ids": _distinct_each(rows.column("claim_ids")),
        "label_ids": _unmasked(rows, labels),
    }
    for name, of in bounds.items():
        kind = table.schema.field(name).type
        made[name] = _mapped(texts, lambda t, of=of: None if (s := shares[t]) is None else of(s), kind)  # type: ignore[misc]
    return table.conform(pa.table(made).select(table.schema.names))


def _counted(scope: Scope, rows: pa.Table) -> pa.Table:
    """Rows with `origins`. Most rest on one, whose first is its last; only those of several are counted one by one."""
    import ibis
    import pyarrow.compute as pc

    origins = np.ones(len(rows), np.int64)
    differ = pc.fill_null(pc.not_equal(rows.column("first_root"), rows.column("last_root")), False)
    several = np.flatnonzero(differ.to_numpy())
    if len(several):
        told = rows.select(["link", "claim_ids"]).take(pa.array(several))
        at = pc.list_parent_indices(told.column("claim_ids"))
        pairs = ibis.memtable(pa.table({"nth": at, "claim_id": pc.list_flatten(told.column("claim_ids"))}))
        claims = rooted(scope, scope.table("claims")).select("claim_id", "root")
        rooted_pairs = pairs.join(claims, "claim_id")
        counted = scope.run(rooted_pairs.group_by("nth").agg(origins=rooted_pairs.root.nunique()))
        origins[several[counted.column("nth").to_numpy()]] = counted.column("origins").to_numpy()
    return rows.append_column("origins", pa.array(origins))


def _joined(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    """The different figures of each record, sorted, as one text; empty where there is none."""
    import pyarrow.compute as pc

    texts = pc.fill_null(pc.binary_join(lists, _RIVALS), "")
    several = pc.fill_null(pc.greater(pc.list_value_length(lists), 1), False)
    rivals = [_RIVALS.join(sorted(set(found))) for found in lists.filter(several).to_pylist()]
    whole = pc.replace_with_mask(texts.combine_chunks(), several.combine_chunks(), pa.array(rivals, pa.string()))
    return pa.chunked_array([whole])


def _distinct_each(lists: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Sorted lists without what they hold twice."""
    import pyarrow.compute as pc

    whole = lists.combine_chunks()
    flat, of = pc.list_flatten(whole), pc.list_parent_indices(whole)
    if len(flat) < 2:
        return lists
    last = len(flat) - 1
    twice = pc.and_(pc.equal(flat.slice(1), flat.slice(0, last)), pc.equal(of.slice(1), of.slice(0, last)))
    if not pc.any(twice).as_py():
        return lists
    return pa.array([list(dict.fromkeys(found)) for found in whole.to_pylist()], pa.list_(pa.string()))


def _unmasked(rows: pa.Table, labels: list[str]) -> pa.Array:
    """The labels of each row, sorted; made once for each distinct set."""
    masks = _masks(labels)
    if not masks:
        return pa.nulls(len(rows), pa.list_(pa.string()))
    sets, codes = coded_texts(*(rows.column(name) for name in masks))
    named = [
        [label for part, some in zip(text.split("\x1f"), masks.values(), strict=True)
         for n, label in enumerate(some) if int(part) >> n & 1]
        for text in sets
    ]  # fmt: skip
    return pa.array(named, pa.list_(pa.string())).take(pa.array(codes))


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
