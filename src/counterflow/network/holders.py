"""Holders: which entity holds an account, answers to a ship number or bears a name, so that observations reach the
network.

An observation knows only numbers and printed names. ``account:NUMBER`` is looked up by account number or IBAN, ``imo:``
and ``mmsi:`` by the ship's own identifiers. Where nobody is known to own an account, the account itself is the entity.
``name:NAME`` is looked up among parties only, legal form and punctuation apart; a name that several bear is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from counterflow.model import schema as vocabulary
from counterflow.network.ties import Tables, name_key
from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["holders", "named"]

_NAMES = ("name", "alias", "previousName")
"""What a party may be called by in print; a weak alias is no name to find anybody by."""

_NUMBERS = {"accountNumber": "account", "iban": "account", "imoNumber": "imo", "mmsi": "mmsi"}


def holders(scope: Scope) -> pa.Table:
    """Rows of `storage.tables.HOLDERS`, sorted by key. Needs the scope's claims, members, entities and links."""
    parts = [scope.run(rows.order_by("key", "entity", "claim_id")) for rows in (_numbered(scope), _named(scope))]
    return pa.concat_tables([_one_each(part) for part in parts]).sort_by("key")


def _named(scope: Scope) -> ibis.Table:
    """Rows of the names that shipments print and that are one party's alone."""
    import ibis

    shipments = scope.table("shipments")
    sides = [shipments.select(text=side) for side in (shipments.shipper_name, shipments.consignee_name)]
    printed = ibis.union(*sides, distinct=True)
    printed = printed.select(key=name_key(printed.text)).filter(lambda t: t.key != "").distinct()
    rows = named(scope, printed, "LegalEntity")
    nothing = ibis.null("array<string>")
    return rows.mutate(key="name:" + rows.key, account=ibis.null("string"), owner_claims=nothing, owner_labels=nothing)


def named(tables: Tables, printed: ibis.Table, kind: str, key_of: Callable[[Any], Any] = name_key) -> ibis.Table:
    """entity, claim_id, label_id, key: which entity of a kind alone bears a printed name, and the claims that say so.

    :param printed: key of each name, made by `key_of`; :param kind: schema that entity's schema is, or extends
    """
    claims, members, entities = (tables.table(name) for name in ("claims", "members", "entities"))
    schemata = sorted(schema.name for schema in vocabulary.all().values() if schema.is_a(kind))
    parties = entities.filter(entities["schema"].isin(schemata)).select("entity")
    said = claims.filter(claims.property.isin(_NAMES) & (claims.stance == "asserts"))
    names = said.join(members, said.subject == members.subject).select(
        members.entity, said.claim_id, said.label_id, key=key_of(said.value)
    )
    names = names.join(parties, "entity").select("entity", "claim_id", "label_id", "key")
    names = names.filter(names.key.isin(printed.key))
    alone = names.group_by("key").agg(bearers=names.entity.nunique())
    return names.semi_join(alone.filter(alone.bearers == 1), "key")


def _numbered(scope: Scope) -> ibis.Table:
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
    return joined.select(
        joined.key,
        entity=ibis.coalesce(joined.owner, joined.entity),
        account=ibis.ifelse(is_account, joined.entity, ibis.null("string")),
        claim_id=joined.claim_id,
        label_id=joined.label_id,
        owner_claims=joined.owner_claims,
        owner_labels=joined.owner_labels,
    )


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
