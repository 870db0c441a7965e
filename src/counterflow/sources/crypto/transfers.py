"""Transfers: movements of assets on blockchains, one in each row. CSV, Parquet or JSON.

Known without a mapping: exports of Etherscan and BscScan (transactions and token transfers), Ethereum ETL (transactions
and token transfers), the edges of the Elliptic data set (which name transactions, not addresses), and any table with
sender, receiver and amount under their usual names; another by a mapping.

An address whose check digits do not agree is kept, and the row's note says so. A transfer to oneself is kept; so are
rows that are equal in all, numbered: a transaction may pay one address twice. Written after the column headers that
these services publish; of Etherscan and Ethereum ETL no file was at hand, so the tests' files are of our own making.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterflow.model import crypto_address
from counterflow.sources import descriptors
from counterflow.sources.columns import numbers
from counterflow.sources.repeats import Seen, occurrences
from counterflow.sources.table import Cells, TableReader

__all__ = ["READER"]

_TEXT, _FLOAT = pa.string(), pa.float64()
_FAILED = ("failed", "fail", "error", "error(0)", "error(1)", "reverted", "0")


class TransfersReader(TableReader):
    """Reads transfers; options: ``mapping``."""

    name = "transfers"
    descriptor = descriptors.load("transfers")
    own = frozenset({"amount", "amount_usd", "fee", "from_address", "to_address", "contract", "repeat"})
    inputs = ("value_in", "value_out", "smallest", "unit")
    made = {  # noqa: RUF012, never written to
        "Value_IN, Value_OUT": "transfers.amount",
        "number of the row among equal ones": "transfers.repeat",
    }

    def finish(self, cells: Cells, state: dict[str, Any]) -> None:
        """Addresses, amounts and what is odd about them."""
        for name in ("from_address", "to_address", "contract"):
            if cells.has(name):
                cells.columns[name] = _addresses(cells, name)
        _amounts(cells)
        _created(cells)
        _known(cells)
        if "status" in cells.columns:
            failed = pc.is_in(pc.utf8_lower(cells.columns["status"]), pa.array(_FAILED))
            cells.note(np.asarray(pc.fill_null(failed, False)), "the transaction failed: nothing moved but the fee")
        cells.columns["repeat"] = pa.array(
            occurrences([*cells.columns.values(), cells.details], state.setdefault("seen", Seen()))
        )


def _addresses(cells: Cells, name: str) -> pa.Array:
    coded = cells.rows.text(name).dictionary_encode()
    found = [crypto_address.parse(text) for text in coded.dictionary.to_pylist()]
    failed = pa.array([address.valid is False for address in found], pa.bool_()).take(coded.indices)
    wrong = np.asarray(pc.fill_null(failed, False))
    cells.note(wrong, pc.binary_join_element_wise(f"{name} fails its check digits:", cells.rows.text(name), " "))
    return pa.array([address.value for address in found], _TEXT).take(coded.indices)


def _amounts(cells: Cells) -> None:
    rows, columns = cells.rows, cells.columns
    if "value_in" in rows.found or "value_out" in rows.found:
        sides = [pc.fill_null(_number(cells, name), 0.0) for name in ("value_in", "value_out")]
        columns["amount"] = pc.max_element_wise(*sides)  # one of the two is zero
    elif "amount" in rows.found:
        columns["amount"] = _number(cells, "amount")
        rows.require("amount", columns["amount"])
    for name in ("amount_usd", "fee"):
        if cells.has(name):
            columns[name] = _number(cells, name)
    for name in ("amount", "amount_usd", "fee"):
        if name in columns:
            rows.refuse(np.asarray(pc.fill_null(pc.less(columns[name], 0.0), False)), name, "is negative")
    unit = rows.mapping.defaults.get("unit")
    if unit is not None and "amount" in columns:
        columns["amount"] = pc.multiply(columns["amount"], float(unit))
    if rows.mapping.defaults.get("smallest"):
        every = np.ones(len(rows.batch.rows), dtype=bool)
        cells.note(every, "the amount is in the smallest unit of the token, whose decimals the source does not give")


def _number(cells: Cells, name: str) -> pa.Array:
    """A number, with the dollar sign and the commas between thousands that explorers print."""
    if cells.rows.mapping.decimal != "." or cells.rows.mapping.thousands:
        return cells.rows.number(name)
    text = cells.rows.text(name)
    grouped = pc.fill_null(pc.match_substring_regex(text, r"^\$?\d{1,3}(,\d{3})+(\.\d*)?$"), False)
    plain = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    typed = numbers(pc.utf8_ltrim(plain, "$"))
    cells.rows.refuse(typed.wrong, name, "is not a number")
    return typed.values


def _created(cells: Cells) -> None:
    """A transaction that makes a contract names it instead of a receiver."""
    columns = cells.columns
    if "to_address" in columns and "contract" in columns:
        made = np.asarray(pc.and_(pc.is_null(columns["to_address"]), pc.is_valid(columns["contract"])))
        columns["to_address"] = pc.coalesce(columns["to_address"], columns["contract"])
        cells.note(made, "the receiver is the contract that the transaction makes")


def _known(cells: Cells) -> None:
    """Both ends of a transfer must be named, by address or by transaction."""
    columns, rows = cells.columns, cells.rows
    nothing = pa.nulls(len(rows.batch.rows), _TEXT)
    for address, instead in (("from_address", "spent_tx"), ("to_address", "tx")):
        if address in columns:
            rows.require(address, columns[address])
        else:
            rows.require(instead, columns.get(instead, nothing))


READER = TransfersReader()
