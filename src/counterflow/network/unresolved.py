"""Unresolved ends: interests of which one end is nobody on record. No link can be made of them, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterflow.model import schema as vocabulary
from counterflow.network.holdings import Problem

if TYPE_CHECKING:
    from counterflow.storage.ports import Scope

__all__ = ["unresolved"]

_SCHEMATA = ("Ownership", "Control", "Directorship")


def unresolved(scope: Scope) -> list[Problem]:
    """One problem for each record whose owner, asset… is not on record, or not named; by record."""
    import ibis

    claims, members = scope.table("claims"), scope.table("members")
    edges = {name: edge for name in _SCHEMATA if (edge := vocabulary.get(name).edge) is not None}
    records = claims.filter(claims["schema"].isin(sorted(edges)) & (claims.stance == "asserts"))
    side = ibis.cases(
        *((records.property == edge.source, "from") for edge in edges.values()),
        *((records.property == edge.target, "to") for edge in edges.values()),
        else_="",
    )
    ends = records.mutate(side=side).filter(lambda t: t.side != "")
    joined = ends.left_join(members, ends.value == members.subject).select(
        ends.subject, ends["schema"], ends.side, named=ends.value, entity=members.entity
    )
    rows = joined.group_by("subject").agg(
        schema=joined["schema"].max(),
        from_=joined.entity.max(where=joined.side == "from"),
        to_=joined.entity.max(where=joined.side == "to"),
        from_named=joined.named.max(where=joined.side == "from"),
        to_named=joined.named.max(where=joined.side == "to"),
    )
    broken = scope.run(rows.filter(rows.from_.isnull() | rows.to_.isnull()).order_by("subject")).to_pylist()
    found = []
    for row in broken:
        edge = edges[row["schema"]]
        said = [
            f"{name} '{named}' is not on record" if named else f"no {name} is named"
            for name, entity, named in (
                (edge.source, row["from_"], row["from_named"]),
                (edge.target, row["to_"], row["to_named"]),
            )
            if entity is None
        ]
        whom = row["to_"] or row["from_"] or row["to_named"] or row["from_named"] or row["subject"]
        found.append(Problem("unresolved end", str(whom), (row["subject"],), "; ".join(said)))
    return found
