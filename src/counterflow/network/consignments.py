"""Consignments: shipments added up between two parties, and between the carrying ship and each of them, by month.

A shipment names its parties only in print. A party is the one entity that bears the name, legal form and punctuation
apart (`network.holders`); the ship is known by its number. Where nobody or more than one is known by a name, there is
no tie. One expression, the same on every engine.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyarrow as pa

from counterflow.network.ties import name_key
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["consigned", "consignments"]


def consigned(shipments: ibis.Table, holders: ibis.Table) -> ibis.Table:
    """row_id, month, source, target, role, amount_usd, label_id, keys of each shipment and pair of known parties: an
    expression that any Ibis backend runs.

    :return: role ``sent``, from shipper to consignee, or ``carried``, from the ship to either; keys: of the holders
    """
    import ibis

    rows = shipments.mutate(
        shipper_key="name:" + name_key(shipments.shipper_name),
        consignee_key="name:" + name_key(shipments.consignee_name),
        imo_key="imo:" + shipments.imo.re_replace("[^0-9]", ""),
        mmsi_key="mmsi:" + shipments.mmsi.re_replace("[^0-9]", ""),
    )
    for side in ("shipper", "consignee", "imo", "mmsi"):
        key, entity = f"{side}_key", f"{side}_entity"
        known = holders.select(_key=holders.key, **{entity: holders.entity})
        rows = rows.left_join(known, rows[key] == known._key).drop("_key")
    by_imo = rows.imo_entity.notnull()
    rows = rows.mutate(
        ship_entity=ibis.coalesce(rows.imo_entity, rows.mmsi_entity),
        ship_key=ibis.ifelse(by_imo, rows.imo_key, rows.mmsi_key),
    )
    pairs = [
        _pair(rows, source, target, role)
        for source, target, role in (
            ("shipper", "consignee", "sent"), ("ship", "shipper", "carried"), ("ship", "consignee", "carried")
        )
    ]  # fmt: skip
    return ibis.union(*pairs, distinct=False)


def _pair(rows: ibis.Table, source: str, target: str, role: str) -> ibis.Table:
    import ibis

    one, other = (rows[f"{side}_entity"] for side in (source, target))
    known = rows.filter(one.notnull() & other.notnull() & (one != other))
    return known.select(
        "row_id",
        "label_id",
        month=known.date[0:7],
        source=known[f"{source}_entity"],
        target=known[f"{target}_entity"],
        role=ibis.literal(role),
        amount_usd=ibis.ifelse(known.currency == "USD", known.value, ibis.null("float64")),
        source_key=known[f"{source}_key"],
        target_key=known[f"{target}_key"],
    )


def consignments(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.CONSIGNMENTS`, sorted by role, month and pair. Needs the scope's holders."""
    import ibis

    holders = scope.table("holders")
    each = consigned(scope.table("shipments"), holders)
    by = ["role", "month", "source", "target"]
    sums = each.group_by(by).agg(
        shipments=each.row_id.nunique(),
        # whole cents: adding floats in parallel gives another last digit each time
        amount_usd=(each.amount_usd * 100).round().cast("int64").sum() / 100,
    )
    # a tie is as secret as the row and as what says whose name or number it gives
    shown = holders.select("key", label=holders.label_ids.unnest())
    labelled = [each.select(*by, label=each.label_id)]
    for side in ("source_key", "target_key"):
        labelled.append(each.join(shown, each[side] == shown.key).select(*by, "label"))
    labels = ibis.union(*labelled, distinct=True)
    found = scope.run(sums)
    of: dict[tuple[str, ...], list[str]] = {}
    for row in scope.run(labels.order_by(*by, "label")).to_pylist():
        of.setdefault(tuple(row[name] for name in by), []).append(row["label"])
    keys = list(zip(*(found.column(name).to_pylist() for name in by), strict=True))
    ids = [hashlib.blake2b("\x1f".join(k or "" for k in key).encode(), digest_size=12).hexdigest() for key in keys]
    found = found.append_column("consignment", pa.array(ids, pa.string()))
    found = found.append_column("label_ids", pa.array([of[key] for key in keys], pa.list_(pa.string())))
    return DERIVED["consignments"].conform(found).sort_by([(name, "ascending") for name in by])
