"""Holders: which entity holds an account or answers to a ship number, so that observations reach the network.

An observation knows only numbers. ``account:NUMBER`` is looked up by account number or IBAN, ``imo:`` and ``mmsi:`` by
the ship's own identifiers. Where nobody is known to own an account, the account itself is the entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["holders"]

_NUMBERS = {"accountNumber": "account", "iban": "account", "imoNumber": "imo", "mmsi": "mmsi"}


def holders(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.HOLDERS`, sorted by key. Needs the scope's claims, members and links."""
    import ibis

    claims, members, links = scope.table("claims"), scope.table("members"), scope.table("links")
    numbers = claims.filter(claims.property.isin(sorted(_NUMBERS)))
    numbered = numbers.join(members, numbers.subject == members.subject).select(
        numbers.claim_id, numbers.label_id, numbers.property, numbers.value, members.entity
    )
    kind = numbered.property.cases(*_NUMBERS.items(), else_="")
    bare = ibis.ifelse(
        kind == "account",
        numbered.value.upper().re_replace("[^0-9A-Z]", ""),
        numbered.value.re_replace("[^0-9]", ""),  # "IMO 7937317"
    )
    keyed = numbered.mutate(key=kind + ":" + bare)
    owned = links.filter((links["schema"] == "Ownership") & (links.stance == "asserts")).select(
        owner=links.source, owned=links.target, owner_claims=links.claim_ids, owner_labels=links.label_ids
    )
    joined = keyed.left_join(owned, (keyed.entity == owned.owned) & keyed.key.startswith("account:"))
    is_account = joined.key.startswith("account:")
    rows = joined.select(
        joined.key,
        entity=ibis.coalesce(joined.owner, joined.entity),
        account=ibis.ifelse(is_account, joined.entity, ibis.null("string")),
        claim_id=joined.claim_id,
        label_id=joined.label_id,
        owner_claims=joined.owner_claims,
        owner_labels=joined.owner_labels,
    )
    return _one_each(scope.run(rows.order_by("key", "entity", "claim_id")))


def _one_each(rows: pa.Table) -> pa.Table:
    """One row a key; where several entities hold one number the first in order stands, with everyone's claims."""
    first: dict[str, dict[str, Any]] = {}
    claims: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for row in rows.to_pylist():
        key = row["key"]
        first.setdefault(key, {"key": key, "entity": row["entity"], "account": row["account"]})
        claims.setdefault(key, set()).update([row["claim_id"], *(row["owner_claims"] or [])])
        labels.setdefault(key, set()).update([row["label_id"], *(row["owner_labels"] or [])])
    out = [{**first[key], "claim_ids": sorted(claims[key]), "label_ids": sorted(labels[key])} for key in sorted(first)]
    return pa.Table.from_pylist(out, DERIVED["holders"].schema)
