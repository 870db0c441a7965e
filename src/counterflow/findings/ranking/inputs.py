"""What the trees are given of each payment: the columns of `findings.features`, and the currency.

No time stamp and no payment format is among them: the first is a calendar that ends, the second an artefact of some
generators (all of AMLworld's laundering is ACH). `Kind.methods` adds the format, for those who want to see by how much
it flatters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings.features import State, Windows, columns
from counterflow.findings.features.table import COMPILE_FROM, PIECE
from counterflow.findings.ranking.neighbours import SAYS
from counterflow.findings.ranking.offline import after, mirrored
from counterflow.findings.ranking.sheet import Sheet, slabs

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.patterns.log import Log
    from counterflow.findings.typology import Data

__all__ = ["Inputs", "Kind", "inputs", "kind_of", "methods"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


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
    """Columns of n payments, NaN where empty.

    :param says: column → what it is; :param first: how many of the columns the first look has, others are of the second
    :param version: hash of names and meanings: a model is used on no others
    :param known: the columns of the first look, in one sheet or two; :param suspected: those of the second, filled by
        `looking`
    :param hidden: columns of the first look that are shown empty
    :param parts: of which each payment's columns also tell what came after it (see `offline`); none: they are causal
    """

    names: tuple[str, ...]
    says: Mapping[str, str]
    first: int
    version: str
    known: tuple[Sheet, ...]
    suspected: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    parts: tuple[slice, ...] = ()

    def slabs(self, part: slice, *, looks: int = 2) -> Iterator[tuple[slice, Matrix]]:
        """Some of the payments, slab by slab. :param looks: 1: only the columns of the first look"""
        for some in slabs(part.start, part.stop):
            yield some, self._shown([sheet.read(some.start, some.stop) for sheet in self._sheets(looks)])

    def take(self, rows: Rows, *, looks: int = 2) -> Matrix:
        """These payments, in this order."""
        return self._shown([sheet.take(rows) for sheet in self._sheets(looks)])

    def _sheets(self, looks: int) -> tuple[Sheet, ...]:
        return (*self.known, *self.suspected) if looks == 2 else self.known

    def _shown(self, parts: list[Matrix]) -> Matrix:
        cells = np.hstack(parts) if len(parts) > 1 or self.hidden else parts[0]
        cells[:, [self.names.index(name) for name in self.hidden]] = np.nan
        return cells


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


def inputs(log: Log, kind: Kind, formats: pa.Array | None = None, offline: Sequence[slice] = ()) -> Inputs:
    """The columns of every payment of a log; those of the second look are still to be filled (see `looking`).

    :param formats: as `methods` gives them, where `kind` asks for them
    :param offline: parts that together are the log, in which columns may look ahead (see `offline`); none: nowhere
    """
    windows = Windows(*kind.windows) if kind.windows else Windows()
    says = {column.name: column.says for column in columns(windows)}
    engine = len(says)
    says["currency"] = "Currency of the payment, numbered by how common it was."
    if kind.methods is not None:
        says["method"] = "How the payment moved, numbered likewise."
    of_engine = dict(list(says.items())[:engine])
    own = len(says)
    says |= after(of_engine) if offline else {}
    first = len(says)
    says |= SAYS | (after(SAYS) if offline else {})
    known, suspected = [Sheet(len(log), own)], [Sheet(len(log), len(SAYS))]
    if offline:
        known.append(Sheet(len(log), engine))
        suspected.append(Sheet(len(log), len(SAYS)))
    words = [_numbered(log.currencies, log.currency, kind.currencies)]
    if kind.methods is not None:
        coded = _one(formats).dictionary_encode() if formats is not None else None
        none = np.full(len(log), np.nan, np.float32)
        words.append(none if coded is None else _numbered(coded.dictionary, _codes(coded), kind.methods))
    for begin, piece in _described(log, windows):
        some = slice(begin, begin + len(piece))
        known[0].write(begin, np.column_stack([piece, *(column[some] for column in words)]))
    parts = tuple(part for part in offline if part.stop > part.start)
    for part in parts:
        for begin, piece in _described(mirrored(log, part), windows):
            known[1].write(part.stop - begin - len(piece), piece[::-1])
    text = "\x1f".join(f"{name}\x1e{what}" for name, what in says.items()) + "amounts in USD where a rate is known"
    version = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    return Inputs(tuple(says), says, first, version, tuple(known), tuple(suspected), parts=parts)


def _described(log: Log, windows: Windows) -> Iterator[tuple[int, Matrix]]:
    """Columns of the engine, slab by slab with the row that it begins with; good until the next is asked for."""
    state = State(windows, plain=len(log) < COMPILE_FROM)
    cells = np.empty((min(PIECE, len(log)), len(state.names)), np.float32)
    for begin in range(0, len(log), PIECE):
        described = state.extend(_payments(log, slice(begin, begin + PIECE)), cells)
        for some in slabs(begin, begin + len(described)):
            yield some.start, described[some.start - begin : some.stop - begin]


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
