"""What the trees are given of each payment: the columns of `findings.features`, and the currency.

No time stamp and no payment format is among them: the first is a calendar that ends, the second an artefact of some
generators (all of AMLworld's laundering is ACH). `Kind.methods` adds the format, for those who want to see by how much
it flatters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.features import State, Windows, columns
from counterflow.findings.features.table import COMPILE_FROM, PIECE
from counterflow.findings.ranking.neighbours import SAYS

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.patterns.log import Log
    from counterflow.findings.typology import Data

__all__ = ["Inputs", "Kind", "inputs", "kind_of", "methods"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Kind:
    """Which columns. The words of text columns are numbered as they were when the model was made; a new one is empty.

    :param currencies: ISO 4217, commonest first; :param methods: payment formats, likewise; None: not asked
    :param windows: (stats, fans, cycle, relay) of `features.Windows`, in seconds; empty: its defaults
    """

    currencies: tuple[str, ...] = ()
    methods: tuple[str, ...] | None = None
    windows: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """:param values: float32[n, columns], NaN where empty; :param says: column → what it is
    :param first: how many of the columns the first look has; the others are of the second
    :param version: hash of names and meanings: a model is used on no others
    """

    names: tuple[str, ...]
    says: Mapping[str, str]
    values: Matrix
    first: int
    version: str


def kind_of(log: Log, until: int, formats: pa.Array | None = None) -> Kind:
    """The numbering of text columns, from the payments before row `until`: those that are learnt from."""
    counts = np.bincount(log.currency[:until], minlength=len(log.currencies))
    currencies = [log.currencies[int(i)].as_py() for i in np.argsort(-counts, kind="stable") if counts[i]]
    if formats is None:
        return Kind(tuple(currencies))
    told = sorted(formats[:until].value_counts().to_pylist(), key=lambda x: (-x["counts"], x["values"] or ""))
    return Kind(tuple(currencies), tuple(x["values"] for x in told if x["values"] is not None))


def methods(data: Data, log: Log) -> pa.Array:
    """How each payment of the log moved, in the source's word."""
    import pyarrow.compute as pc

    table = data.table("payments")
    rows = data.run(table.select("row_id", "method"))
    at = pc.index_in(log.rows["row_id"], value_set=rows["row_id"].combine_chunks())
    return rows["method"].take(at).combine_chunks()


def inputs(log: Log, kind: Kind, formats: pa.Array | None = None) -> Inputs:
    """The columns of every payment of a log; those of the second look are there, and empty (see `neighbours`).

    :param formats: as `methods` gives them, where `kind` asks for them
    """
    windows = Windows(*kind.windows) if kind.windows else Windows()
    says = {column.name: column.says for column in columns(windows)}
    engine = len(says)
    says["currency"] = "Currency of the payment, numbered by how common it was."
    if kind.methods is not None:
        says["method"] = "How the payment moved, numbered likewise."
    first = len(says)
    says |= SAYS
    values = np.empty((len(log), len(says)), np.float32)
    state = State(windows, plain=len(log) < COMPILE_FROM)
    for begin in range(0, len(log), PIECE):
        part = slice(begin, begin + PIECE)
        values[part, :engine] = state.extend(_payments(log, part))
    values[:, engine] = _numbered(log.currencies, log.currency, kind.currencies)
    if kind.methods is not None:
        coded = _one(formats).dictionary_encode() if formats is not None else None
        values[:, engine + 1] = np.nan if coded is None else _numbered(coded.dictionary, _codes(coded), kind.methods)
    values[:, first:] = np.nan
    text = "\x1f".join(f"{name}\x1e{what}" for name, what in says.items()) + "amounts in USD where a rate is known"
    return Inputs(tuple(says), says, values, first, hashlib.blake2b(text.encode(), digest_size=6).hexdigest())


def _payments(log: Log, part: slice) -> pa.Table:
    """A piece of the log as the engine takes it; amounts in dollars where a rate is known, so that they add up."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.split_pattern(log.accounts, "/", max_splits=1)
    bank, number = pc.list_element(parts, 0), pc.list_element(parts, 1)
    bank = pc.if_else(pc.equal(bank, ""), pa.scalar(None, bank.type), bank)
    payer, payee = pa.array(log.payer[part]), pa.array(log.payee[part])
    worth = log.worth[part]
    return pa.table(
        {
            "timestamp": pa.array(log.at[part]),
            "from_bank": bank.take(payer), "from_account": number.take(payer),
            "to_bank": bank.take(payee), "to_account": number.take(payee),
            "amount": pa.array(np.where(np.isnan(worth), log.amount[part], worth)),
        }
    )  # fmt: skip


def _numbered(words: Any, codes: Any, known: tuple[str, ...]) -> Matrix:
    """The number of each word among those known; NaN of others."""
    place = {word: float(k) for k, word in enumerate(known)}
    numbers = np.array([place.get(word.as_py(), np.nan) for word in words] + [np.nan], dtype=np.float32)
    found: Matrix = numbers[codes]
    return found


def _one(column: Any) -> Any:
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _codes(coded: Any) -> Any:
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(coded.indices, -1), dtype=np.int32)
