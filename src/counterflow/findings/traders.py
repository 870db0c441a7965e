"""Traders: which known parties stand behind the names that consignments print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterflow.findings import evidence
from counterflow.network.ties import name_key

if TYPE_CHECKING:
    import ibis

    from counterflow.findings.typology import Data

__all__ = ["Trade", "trades"]


@dataclass(frozen=True)
class Trade:
    """Who sent a consignment to whom. :param shipper, consignee: canonical ids; None: nobody alone is known by the name
    :param claim_ids: that give the names"""

    shipper: str | None = None
    consignee: str | None = None
    claim_ids: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Those who are known, the sender first."""
        return tuple(p for p in (self.shipper, self.consignee) if p)


def trades(data: Data, row_ids: Iterable[str]) -> dict[str, Trade]:
    """row_id of a consignment → its known parties."""
    wanted = sorted(set(row_ids))
    if not wanted:
        return {}
    rows = evidence.among(data.table("shipments"), "row_id", wanted)
    return {
        row["row_id"]: Trade(
            row["shipper"], row["consignee"], tuple(sorted({*(row["sent"] or ()), *(row["received"] or ())}))
        )
        for row in data.run(named(rows, data.table("holders"))).to_pylist()
    }


def named(shipments: ibis.Table, holders: ibis.Table) -> ibis.Table:
    """row_id, shipper, consignee, sent, received (claims of the names)."""
    rows = shipments.select(
        "row_id",
        sender="name:" + name_key(shipments.shipper_name),
        receiver="name:" + name_key(shipments.consignee_name),
    )
    one, other = holders.view(), holders.view()
    rows = rows.left_join(one, rows.sender == one.key).select(rows, shipper=one.entity, sent=one.claim_ids)
    rows = rows.left_join(other, rows.receiver == other.key).select(
        "row_id", "shipper", "sent", consignee=other.entity, received=other.claim_ids
    )
    return rows.order_by("row_id")
