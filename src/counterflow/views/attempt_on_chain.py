"""An attempt on blockchains as it is drawn: its transfers as payments between addresses, a chain in place of a bank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.parties import Party
from counterflow.findings.run import ScopeData

if TYPE_CHECKING:
    from counterflow.findings.crypto.book import Book
    from counterflow.views.picture import Picture

__all__ = ["parties", "transfers"]

_COLUMNS = (
    "row_id", "tx", "spent_tx", "timestamp", "chain", "from_address", "to_address", "amount", "asset", "contract",
    "amount_usd", "method", "status", "locator", "label_id",
)  # fmt: skip

Row = dict[str, Any]


def transfers(picture: Picture, roles: Mapping[str, str]) -> list[Row]:
    """These rows of the transfers table in time order, in the shape of payments. :param roles: row_id → role"""
    moved = picture.scope.table("transfers")
    rows = evidence.among(moved, "row_id", sorted(roles)).select(*_COLUMNS, "block")
    found = picture.scope.run(rows.order_by("timestamp", "block", "row_id")).to_pylist()
    return [
        {
            "id": row["row_id"],
            "payment": row["tx"],
            "at": row["timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ") if row["timestamp"] is not None else None,
            "from": f"{row['chain'] or ''}/{row['from_address'] or row['spent_tx']}",
            "to": f"{row['chain'] or ''}/{row['to_address'] or row['tx']}",
            "amount": row["amount"],
            "currency": row["asset"] or row["contract"],
            "purpose": row["method"],
            "status": row["status"],
            "locator": row["locator"],
            "usd": row["amount_usd"],
            "usd_basis": "stated" if row["amount_usd"] is not None else None,
            "role": roles[row["row_id"]],
            **picture.handling([row["label_id"]]),
        }
        for row in found
    ]


def parties(picture: Picture, keys: Iterable[str]) -> dict[str, Party]:
    """``CHAIN/ADDRESS`` → who holds the address, as the claims about wallets say."""
    book: Book = picture.once(("book", None), lambda: ScopeData(picture.scope).book)
    asked = list(keys)
    numbers = book.transfers.numbers({key.partition("/")[2] for key in asked})
    found = {}
    for key in asked:
        chain, _, address = key.partition("/")
        label = book.label(numbers[address])
        known = label.entity in picture.entities
        holder = evidence.Holder(key, label.entity, label.caption, known, label.listed, label.claim_ids)
        found[key] = Party(chain, address, holder, label.caption)
    return found
