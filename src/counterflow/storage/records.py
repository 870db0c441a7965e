"""What is read of a casebook: labels, catalogue, quarantine, judgements, writings; of all of it, or behind a wall.

One set of questions for both sides. The side that writes (`sql.Casebook`) asks the tables; a reader for an audience
(`walls`) is given others in their place that hold only what the audience may read.
"""

from __future__ import annotations

import abc
import contextlib
import datetime as dt
import json
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa

from counterflow import clock
from counterflow.errors import UsageError
from counterflow.model.handling import SHUT, Label
from counterflow.storage import catalogue
from counterflow.storage.memo import Memo

__all__ = ["JSON", "Narrowed", "Records", "label_of", "plain", "utc"]

JSON = frozenset({"files", "counts", "descriptor", "failed", "labels", "content"})
"""Columns that hold data as JSON."""

AT_A_TIME = 500
"""Rows that are asked for by id in one statement."""

T = TypeVar("T")


class Records(abc.ABC):
    """The reading side of a casebook.

    :param parsed: labels by id that need not be read from their content again
    :param memo: likewise what was made of writings
    :param generation: asks for that of its database, see `storage.generation`; None: nothing is remembered
    """

    def __init__(
        self,
        parsed: dict[str, Label] | None = None,
        memo: Memo | None = None,
        generation: Callable[[], int] | None = None,
    ) -> None:
        self._parsed = {} if parsed is None else parsed
        self._memo = Memo() if memo is None else memo
        self._generation = generation
        self._once: dict[str, tuple[Any, Any]] = {}

    def once(self, name: str, stamp: Any, read: Callable[[], Any]) -> Any:
        """What was read before, where nothing that it rests on is another: all of that is in the stamp."""
        known = self._once.get(name)
        if known is None or known[0] != stamp:
            known = self._once[name] = stamp, read()
        return known[1]

    def standing(self, name: str, read: Callable[[], T], *on: Hashable) -> T:
        """What `read` found before, where no label, rule, batch, segment or judgement is another since, nor the day,
        by which labels expire; else it reads. Never to be changed by who is given it.

        :param on: what else it depends on
        """
        if self._generation is None:
            return read()
        found: T = self.once(name, (self._generation(), clock.today(), *on), read)
        return found

    @abc.abstractmethod
    def reading(self) -> contextlib.AbstractContextManager[sa.Connection]:
        """A connection to ask questions on."""

    def seen(self, table: sa.Table) -> Any:
        """What stands for a table here."""
        return table

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        """Rows of a query over what `seen` gives."""
        with self.reading() as tx:
            return tx.execute(query).mappings().all()

    def labels(self) -> dict[str, Label]:
        """Interned labels by id. One that cannot be understood, by a newer version for instance, is shut."""
        return dict(self.standing("labels", self._labels))

    def _labels(self) -> dict[str, Label]:
        table = self.seen(catalogue.labels)
        with self.reading() as tx:
            ids = tx.execute(sa.select(table.c.label_id)).scalars().all()
            fresh = [id for id in ids if id not in self._parsed]
            if fresh:
                for row in tx.execute(sa.select(table).where(table.c.label_id.in_(fresh))):
                    self._parsed[row.label_id] = label_of(row.content)
        return {id: self._parsed[id] for id in ids if id in self._parsed}

    def labels_of_records(self) -> frozenset[str]:
        """Ids of the labels that something bears from which results are derived: segments, batches, judgements."""
        return self.standing("labels of records", self._labels_of_records)

    def _labels_of_records(self) -> frozenset[str]:
        tables = [self.seen(table) for table in (catalogue.segments, catalogue.batches, catalogue.judgements)]
        with self.reading() as tx:
            return frozenset(tx.execute(sa.union(*(sa.select(table.c.label_id) for table in tables))).scalars())

    def segments(self, known_on: str | None = None) -> list[dict[str, Any]]:
        """Committed segments: table, label_id, path, rows, sha256. :param known_on: ISO time; committed by then"""
        c = self.seen(catalogue.segments).c
        query = sa.select(c.table, c.label_id, c.path, c.rows, c.sha256).order_by(c.path)
        if known_on is not None:
            query = query.where(c.recorded_at <= utc(known_on))
        return [dict(row) for row in self.rows(query)]

    def batches(self) -> list[dict[str, Any]]:
        """Committed batches, oldest first; files, counts and descriptor as data, `labels` of all that came with it."""
        table = self.seen(catalogue.batches)
        found = [plain(row) for row in self.rows(sa.select(table).order_by(table.c.batch_id))]
        return [{**row, "labels": set(row["labels"])} for row in found]

    def quarantine(self) -> list[dict[str, Any]]:
        """Rows kept aside, with their batch's dataset, oldest first."""
        aside, batches = self.seen(catalogue.quarantine), self.seen(catalogue.batches)
        query = sa.select(aside, batches.c.dataset).join(batches, aside.c.batch_id == batches.c.batch_id)
        return [dict(row) for row in self.rows(query.order_by(aside.c.id))]

    def held(self) -> list[dict[str, Any]]:
        """Editions that wait for a decision, oldest first; files, counts, descriptor and failed rules as data."""
        table = self.seen(catalogue.held)
        query = sa.select(table).where(table.c.decided.is_(None)).order_by(table.c.held_id)
        return [plain(row) for row in self.rows(query)]

    def judgements(
        self, known_on: str | None = None, *, readable: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """Judgements in force, oldest first: of each pair the last one that may be read, unless it withdraws.

        :param known_on: ISO time; those that were in force then; :param readable: ids of labels; None: all
        """
        table = self.seen(catalogue.judgements)
        c = table.c
        query = sa.select(table).order_by(c.id)
        if known_on is None:
            query = query.where(c.withdrawn_at.is_(None))
        else:
            then = utc(known_on)
            query = query.where((c.at <= then) & (c.withdrawn_at.is_(None) | (c.withdrawn_at > then)))
        last: dict[frozenset[str], dict[str, Any]] = {}
        for row in self.rows(query):
            if readable is None or row["label_id"] in readable:
                last[frozenset((row["left"], row["right"]))] = {**row, "withdrawn_at": None}
        return sorted((row for row in last.values() if row["verdict"] != "withdrawn"), key=lambda row: row["id"])

    def tombstones(self) -> list[dict[str, Any]]:
        """What was purged, oldest first: table, hash, reason, by, at."""
        c = self.seen(catalogue.tombstones).c
        return [dict(row) for row in self.rows(sa.select(c.table, c.hash, c.reason, c.by, c.at).order_by(c.id))]

    def writings(
        self, kind: str, *, known_on: str | None = None, under: str | Sequence[str] = "", after: int = 0
    ) -> list[dict[str, Any]]:
        """What analysts wrote, of a kind, oldest first: id, key, content, labels, by, at.

        :param kind: one, or all that begin so where it ends in ``/``
        :param known_on: ISO time with its offset in UTC; rows of up to then
        :param under: only rows whose key begins so, or so, or so; :param after: only rows after the one of this id
        """
        table = self.seen(catalogue.writings)
        rows = self.rows(_asked(sa.select(table), table, kind, known_on, under, after))
        return [plain(row) for row in rows if _is_of(kind, row["kind"])]

    def written(
        self, kind: str, make: Callable[[dict[str, Any]], T], *, known_on: str | None = None,
        under: str | Sequence[str] = "", after: int = 0,
    ) -> list[tuple[frozenset[str], T]]:  # fmt: skip
        """The same, each as `make` has it, beside its labels: made once of each row, for all who may read it.

        :param make: depends on nothing but the row; what it makes is nobody's to change
        """
        table = self.seen(catalogue.writings)
        own = sa.select(table.c.id, table.c.at, table.c.kind)
        with self.reading() as tx:
            found = tx.execute(_asked(own, table, kind, known_on, under, after)).all()
            # the time as well: after a purge a database may give an id again
            wanted = [(id, at) for id, at, one in found if _is_of(kind, one)]
            made, lacking = self._memo.get(make, wanted)
            for start in range(0, len(lacking), AT_A_TIME):
                some = lacking[start : start + AT_A_TIME]
                for row in tx.execute(sa.select(table).where(table.c.id.in_([id for id, _ in some]))).mappings():
                    content, size = plain(row), len(row["content"])
                    one = frozenset(content["labels"]), make(content)
                    made[row["id"], row["at"]] = one
                    self._memo.keep(make, (row["id"], row["at"]), one, size)
        return [made[one] for one in wanted if one in made]  # one that was purged just now is not there

    def newest(self, kind: str) -> tuple[int, int]:
        """Number of writings of a kind and the id of the last: what was read at the same two is still all there is."""
        c = self.seen(catalogue.writings).c
        [row] = self.rows(sa.select(sa.func.count().label("n"), sa.func.max(c.id).label("last")).where(c.kind == kind))
        return int(row["n"]), int(row["last"] or 0)

    def last(self) -> int:
        """Id of the last writing of any kind, 0 where there is none: whether to look again."""
        [row] = self.rows(sa.select(sa.func.max(self.seen(catalogue.writings).c.id).label("last")))
        return int(row["last"] or 0)


class Narrowed(Records):
    """A reading side as if there were nothing but what bears some labels. :param of: the side; :param ids: of labels"""

    def __init__(self, of: Records, ids: Collection[str]) -> None:
        super().__init__(of._parsed, of._memo)
        self._of, self._ids = of, frozenset(ids)

    def reading(self) -> contextlib.AbstractContextManager[sa.Connection]:
        """See `Records.reading`."""
        return self._of.reading()

    def seen(self, table: sa.Table) -> Any:
        """See `Records.seen`."""
        found = self._of.seen(table)
        if "label_id" not in table.c:
            return found
        return sa.select(found).where(found.c.label_id.in_(sorted(self._ids))).subquery()

    def batches(self) -> list[dict[str, Any]]:
        """See `Records.batches`."""
        return [row for row in super().batches() if row["labels"] <= self._ids]

    def writings(
        self, kind: str, *, known_on: str | None = None, under: str | Sequence[str] = "", after: int = 0
    ) -> list[dict[str, Any]]:
        """See `Records.writings`."""
        found = super().writings(kind, known_on=known_on, under=under, after=after)
        return [row for row in found if self._ids.issuperset(row["labels"])]

    def written(self, kind: str, make: Callable[[dict[str, Any]], T], **where: Any) -> list[tuple[frozenset[str], T]]:
        """See `Records.written`."""
        return [one for one in super().written(kind, make, **where) if one[0] <= self._ids]


def label_of(content: str) -> Label:
    """A label as it was stored; one that cannot be understood is shut."""
    try:
        return Label.from_dict(json.loads(content))
    except (UsageError, ValueError, TypeError, AttributeError):
        return SHUT


def utc(time: str) -> str:
    """An ISO time as recording times are written, so that the two compare as text."""
    return dt.datetime.fromisoformat(time).astimezone(dt.UTC).isoformat(timespec="microseconds")


def _asked(
    query: sa.Select[Any], table: Any, kind: str, known_on: str | None, under: str | Sequence[str], after: int
) -> sa.Select[Any]:
    # keys tell more rows apart than kinds, and one index is used
    starts = [under] if isinstance(under, str) else under
    among = sa.or_(*(_begins(table.c.key, one) for one in starts)) if under else _of(table.c.kind, kind)
    query = query.where(among).order_by(table.c.id)
    if known_on is not None:
        query = query.where(table.c.at <= utc(known_on))
    return query.where(table.c.id > after) if after else query


def _is_of(kind: str, one: str) -> bool:
    return one.startswith(kind) if kind.endswith("/") else one == kind


def _of(column: sa.ColumnElement[str], kind: str) -> sa.ColumnElement[bool]:
    return _begins(column, kind) if kind.endswith("/") else column == kind


def _begins(column: sa.ColumnElement[str], start: str) -> sa.ColumnElement[bool]:
    """In a form that an index serves."""
    return (column >= start) & (column < start[:-1] + chr(ord(start[-1]) + 1))


def plain(row: sa.RowMapping) -> dict[str, Any]:
    """A row with its JSON as data."""
    return {key: _data(value) if key in JSON and value is not None else value for key, value in row.items()}


def _data(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # what our own encoder writes and JSON has not, such as NaN
        return json.loads(text)
