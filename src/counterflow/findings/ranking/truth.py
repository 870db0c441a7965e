"""Answers: which payments are known to be laundering, of which attempt, by which pattern.

They come from a file that any reader yields as `labels` rows (AMLworld's patterns, AMLSim's alerts, a table of your own
with payment_id, label and, if known, attempt and pattern), or are those of the workspace. No detector reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import InputError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.patterns.log import Log
    from counterflow.storage.ports import Scope

__all__ = ["Answers", "Truth", "answers", "of_file", "of_workspace", "on", "shaped"]

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int32]]

GUILTY = ("laundering", "suspicious", "illicit", "fraud")
INNOCENT = ("licit", "clean")
_COLUMNS = ("kind", "record", "label", "pattern", "attempt")


@dataclass(frozen=True)
class Truth:
    """Rows of answers: kind, record, label, pattern, attempt.

    :param name: the file, or ``workspace``
    :param aside: rows that could not be read, in words: ``labels.csv, line 7, field 'label': is none of …``
    :param label_ids: handling of those that the workspace holds
    """

    name: str
    rows: pa.Table
    aside: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What is known of each of n payments of a log.

    :param guilty: bool[n]; :param known: bool[n], there is an answer
    :param attempt: int32[n], number in `attempts`, -1: of none
    :param attempts: name of each attempt; :param patterns: its pattern, in the publisher's word, lower case; may be ""
    :param notes: how the answers were understood, and what of them fits no payment
    """

    guilty: Flags
    known: Flags
    attempt: Codes
    attempts: tuple[str, ...]
    patterns: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def of_file(path: Path) -> Truth:
    """The answers of a file, by the reader that recognises it.

    :raises InputError: it holds none, or none that could be read: with file, line and field of the first
    """
    import pyarrow as pa

    from counterflow.sources.reader import Observations, Rejected
    from counterflow.sources.recognise import chosen
    from counterflow.sources.stream import check_path, unpacked

    check_path(path)
    parts, aside = [], []
    with unpacked(path) as place:
        reader, inside = chosen(place)
        for record in reader.read(inside, {}):
            if isinstance(record, Observations) and record.table == "labels":
                parts.append(shaped(record.rows))
            elif isinstance(record, Rejected):
                aside.append(str(InputError(record.reason, file=path.name, line=record.line, field=record.field)))
    rows = pa.concat_tables(parts) if parts else shaped(pa.table({}))
    if not len(rows):
        first = f"; the first row set aside: {aside[0]}" if aside else ""
        wanted = "a table with columns payment_id and label (laundering or clean), attempt and pattern where known"
        raise InputError(f"holds no answers; wanted: {wanted}{first}", file=str(path))
    return Truth(path.name, rows, tuple(aside))


def of_workspace(scope: Scope) -> Truth:
    """The answers that this audience may read. :raises UsageError: there are none"""
    table = scope.table("labels")
    rows = scope.run(table.select(*_COLUMNS, "label_id").order_by("kind", "record", "attempt", "label"))
    if not len(rows):
        raise UsageError("This workspace holds no answers to learn from: ingest a file of labels, or name one.")
    return Truth("workspace", rows.select(_COLUMNS), (), tuple(sorted(set(rows["label_id"].to_pylist()))))


def on(log: Log, truth: Truth) -> Answers:
    """The answers laid on a log of payments.

    Answers about payments go first. Where there are only answers about accounts, a payment is laundering when both of
    its accounts are so labelled, in one alert. Where no answer says of a payment that it is clean, those not named
    count as clean; where some do, those not named are unknown: neither learnt from nor counted.

    :raises InputError: not one answer fits a payment, or not one payment is laundering
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = set(truth.rows["kind"].unique().to_pylist())
    own = pc.is_in(truth.rows["kind"], pa.array(["payment", "transaction"]))
    if not kinds & {"payment", "transaction"}:
        return _by_account(log, truth)
    rows = truth.rows.filter(own)
    guilty = pc.is_in(rows["label"], pa.array(GUILTY))
    told = pc.or_(guilty, pc.is_in(rows["label"], pa.array(INNOCENT)))
    ids = log.rows["payment_id"]
    # what is laundering by one answer is so whatever another one says, and the answer that names an attempt goes first
    order = pc.sort_indices(
        pa.table({"guilty": guilty.cast(pa.int8()), "named": pc.is_valid(rows["attempt"]).cast(pa.int8())}),
        sort_keys=[("guilty", "descending"), ("named", "descending")],
    )
    rows, guilty, told = rows.take(order), guilty.take(order), told.take(order)
    place = pc.index_in(ids, value_set=_one(rows["record"]))  # the first of those equal
    at = np.asarray(pc.fill_null(place, -1), dtype=np.int64)
    has = at >= 0
    is_guilty, is_told = np.asarray(guilty), np.asarray(told)
    y = np.zeros(len(log), dtype=np.bool_)
    y[has] = is_guilty[at[has]]
    known = np.ones(len(log), dtype=np.bool_)
    notes = list(truth.aside[:3])
    if len(truth.aside) > 3:
        notes.append(f"and {len(truth.aside) - 3} more rows of {truth.name} set aside")
    if (is_told & ~is_guilty).any():
        known = np.zeros(len(log), dtype=np.bool_)
        known[has] = is_told[at[has]]
        if n := int((~known).sum()):
            notes.append(f"{n:,} payments have no answer and are left out")
    else:
        known[has] = is_told[at[has]]
        notes.append("no answer says clean: payments that are not named count as clean")
    fits = pc.is_in(rows["record"], value_set=_one(ids))
    if lost := len(rows) - int(pc.sum(fits).as_py() or 0):
        example = rows["record"].filter(pc.invert(fits))[0].as_py()
        notes.append(f"{lost:,} of {len(rows):,} answers name no payment here, such as '{example}'")
    return _checked(truth, y, known, *_attempts(rows, at, y), tuple(notes))


def answers(log: Log, scope: Scope, path: Path | None) -> tuple[Truth, Answers]:
    """The answers of a file, or of the workspace, and what they say of these payments."""
    truth = of_file(path) if path is not None else of_workspace(scope)
    return truth, on(log, truth)


def _attempts(rows: pa.Table, at: Any, y: Flags) -> tuple[Codes, tuple[str, ...], tuple[str, ...]]:
    import pyarrow.compute as pc

    number = np.full(len(at), -1, dtype=np.int32)
    coded = _one(rows["attempt"]).dictionary_encode()
    codes = np.asarray(pc.fill_null(coded.indices, -1), dtype=np.int32)
    number[y] = codes[at[y]]
    patterns = rows["pattern"].to_numpy(zero_copy_only=False)
    names = coded.dictionary.to_pylist()
    first: dict[int, str] = {}
    for i in np.flatnonzero(number >= 0).tolist():
        first.setdefault(int(number[i]), str(patterns[at[i]] or "").lower())
    return number, tuple(names), tuple(first.get(n, "") for n in range(len(names)))


def _by_account(log: Log, truth: Truth) -> Answers:
    """A payment between two accounts of one alert, or of any where the answers tell none apart."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = truth.rows.filter(pc.equal(truth.rows["kind"], "account"))
    rows = rows.filter(pc.is_in(rows["label"], pa.array(GUILTY)))
    coded = _one(rows["attempt"]).dictionary_encode()
    alerts: dict[str, set[int]] = {}
    for record, alert in zip(rows["record"].to_pylist(), pc.fill_null(coded.indices, -1).to_pylist(), strict=True):
        alerts.setdefault(record, set()).add(alert)
    names = log.accounts.to_pylist()
    of = [alerts.get(name) or alerts.get(name.partition("/")[2]) for name in names]
    bad = np.array([found is not None for found in of], dtype=np.bool_)
    y = bad[log.payer] & bad[log.payee] & (log.payer != log.payee)
    number = np.full(len(log), -1, dtype=np.int32)
    for i in np.flatnonzero(y).tolist():
        both = (of[log.payer[i]] or set()) & (of[log.payee[i]] or set())
        y[i] = bool(both)
        number[i] = min(both, default=-1)
    told = dict(zip(rows["attempt"].to_pylist(), rows["pattern"].to_pylist(), strict=True))
    attempts = tuple(coded.dictionary.to_pylist())
    patterns = tuple(str(told[a] or "").lower() for a in attempts)
    note = (
        "answers are about accounts: a payment counts as laundering when both of its accounts are so labelled, in one "
        "alert where alerts are told"
    )
    return _checked(truth, y, np.ones(len(log), dtype=np.bool_), number, attempts, patterns, (*truth.aside[:3], note))


def _checked(
    truth: Truth, y: Flags, known: Flags, number: Codes, attempts: tuple[str, ...], patterns: tuple[str, ...],
    notes: tuple[str, ...],
) -> Answers:  # fmt: skip
    if not (y & known).any():
        few = ", ".join(truth.rows["record"].slice(0, 3).to_pylist())
        told = "; ".join(notes)
        raise InputError(
            f"not one of its {len(truth.rows):,} answers makes a payment here laundering (they name {few}…); "
            f"are its payments in this workspace, under the same ids? {told}",
            file=truth.name, field="label",
        )  # fmt: skip
    return Answers(y & known, known, number, attempts, patterns, notes)


def shaped(rows: pa.Table) -> pa.Table:
    """The columns of answers, those that the reader leaves out as nulls."""
    import pyarrow as pa

    none = pa.nulls(len(rows), pa.string())
    return pa.table({c: rows[c].cast(pa.string()) if c in rows.column_names else none for c in _COLUMNS})


def _one(column: Any) -> Any:
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column
