"""The default ledger: immutable Parquet segments, read through an in-memory DuckDB per process.

Invariant: a segment holds rows of one table and of *one label*, is named by the hash of its content, and is never
changed. So an audience is a set of segments: the engine is only ever given files that the audience may read, and what
it may not read cannot influence a plan, a count or an order.

Not one DuckDB file: while that is open for writing no other process can read it, and a server beside a command line
and a notebook is the normal case. DuckDB extensions are not used (they cannot be loaded without a network).
"""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from counterflow.errors import Corrupt
from counterflow.model.handling import Audience, Label, opened
from counterflow.storage import policy
from counterflow.storage.blobs import sha256_of
from counterflow.storage.compiling import remembering
from counterflow.storage.ibis import IbisScope, in_force
from counterflow.storage.ports import Segment
from counterflow.storage.tables import LEDGER, Table

if TYPE_CHECKING:
    import ibis
    import numpy as np

    from counterflow.storage.sql import Casebook

__all__ = ["ParquetLedger", "connect", "rules_of", "write_batches", "write_parquet"]

MAX_ROWS = 2_000_000
"""Rows of one segment at most: keeps a single file's write and hash within a second or two."""

SAMPLE = 10_000
"""Rows at the beginning of a segment that tell how its columns are best written."""

FEW = 100
"""Labels that are named in a statement; of a long list the engine would compare each with each segment."""

BATCH = 100_000
"""Rows that come out of the engine at once."""


def write_parquet(rows: pa.Table, path: Path) -> None:
    """Write so that the same rows give the same bytes: fixed codec, no pandas or time metadata."""
    pq.write_table(rows.replace_schema_metadata(None), path, compression="zstd", compression_level=3)


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> None:
    """The same, some rows at a time."""
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, store_schema=False) as file:
        for batch in batches:
            file.write_batch(batch.cast(schema))


@cache
def _spill() -> str:
    """Folder for what does not fit in memory: this user's alone, and gone with the process."""
    folder = tempfile.mkdtemp(prefix="counterflow-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def connect() -> Any:
    """A fresh in-memory DuckDB behind Ibis: no network, no extension; it spills where only this user can read."""
    import ibis

    connection = remembering(ibis.duckdb.connect())
    for setting in ("autoinstall_known_extensions=false", "autoload_known_extensions=false"):
        connection.raw_sql(f"SET {setting}")
    # The engine folds nested selections itself. Ibis can, for nicer SQL, and it takes a fifth of the time of compiling.
    ibis.options.sql.fuse_selects = False
    connection.raw_sql("SET TimeZone='UTC'")
    spill = _spill().replace("'", "''")
    connection.raw_sql(f"SET temp_directory='{spill}'")  # by default a folder where the command was given
    connection.raw_sql("SET parquet_metadata_cache=true")  # segments never change: their footers are read once
    return connection


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether values repeat so much that a dictionary of them is worth its making."""
    return pa.types.is_dictionary(column.type) or len(pc.unique(column)) * 4 < len(column)


class DuckDBScope(IbisScope):
    """A scope on DuckDB. Ibis 12 asks for batches by a name that DuckDB 2 no longer has: here they are asked for by the
    present one.

    What a table stands for is told to the engine once, as a view, when it is first asked for: the expressions over it
    are short then, and short ones take less to compile, which over little data is most of what a question costs.
    """

    def __init__(self, connection: Any, audience: Audience, labels: Mapping[str, Label]) -> None:
        super().__init__(connection, audience, labels)
        self._views: Counter[str] = Counter()

    def table(self, name: str) -> ibis.Table:
        """See `IbisScope.table`."""
        import ibis.expr.operations as ops

        found = super().table(name)
        if isinstance(found.op(), ops.PhysicalTable):
            return found
        with self._lock:
            found = super().table(name)
            if not isinstance(found.op(), ops.PhysicalTable):
                self._views[name] += 1  # none is ever replaced: an expression may hold an older one
                view = f"cf_view_{name}_{self._views[name]}"
                with self._lasting():
                    self.connection.create_view(view, found)
                found = ops.DatabaseTable(view, schema=found.schema(), source=self.connection).to_expr()
                self._tables[name] = found
        return found

    def find(self, name: str, column: str, values: Iterable[str]) -> pa.Table:
        """See `IbisScope.find`: in a statement that is the same whatever is looked for, so that nothing is compiled."""
        import ibis.expr.operations as ops

        table = self.table(name)
        file = self._files.get(name)
        if (file is not None and file.column == column) or not isinstance(table.op(), ops.DatabaseTable):
            return super().find(name, column, values)
        view, by = (part.replace('"', '""') for part in (table.op().name, column))
        asked = f'SELECT * FROM "{view}" WHERE "{by}" IN (SELECT unnest($1::VARCHAR[]))'  # noqa: S608
        with self._lock, self._lasting():
            found = self.connection.con.sql(asked, params=[sorted(set(values))]).to_arrow_table()
        return found.cast(table.schema().to_pyarrow())

    def batches(self, expr: ibis.Table) -> Iterator[pa.RecordBatch]:
        """See `IbisScope.batches`."""
        with self._lock, self._lasting():
            yield from self.connection._to_duckdb_relation(expr).to_arrow_reader(BATCH)


class SegmentWriter:
    """Segments of one table and one label, written batch by batch: what has been given is not held in memory.

    :param partial: the file while it is being written
    """

    def __init__(self, ledger: ParquetLedger, partial: Path, table: str, label_id: str) -> None:
        self._ledger, self._partial, self._table, self._label_id = ledger, partial, table, label_id
        self._file: pq.ParquetWriter | None = None
        self._rows = 0
        self._done: list[Segment] = []

    def write(self, rows: pa.Table) -> None:
        """Add rows, with columns of the table in order, without those that are null throughout; texts may be
        dictionaries. A batch is a row group. A column that none of the rows before had begins a segment of its own."""
        if not len(rows):
            return
        names = set(rows.column_names)
        if self._file is not None and not names <= set(self._file.schema.names):
            self._seal()
        if self._file is None:
            self._file = self._opened(rows)
        schema = self._file.schema
        columns = [rows.column(f.name) if f.name in names else pa.nulls(len(rows), f.type) for f in schema]
        self._file.write_table(pa.table(columns, names=schema.names).cast(schema))
        self._rows += len(rows)
        if self._rows >= MAX_ROWS:
            self._seal()

    def _opened(self, rows: pa.Table) -> pq.ParquetWriter:
        names = rows.column_names
        # quick to pack rather than small: rows come by the million; and the digits of a hash do not shrink
        packed = dict.fromkeys(names, "lz4") | {"row_id": "none"}
        repeating = [name for name in names if _repeats(rows.column(name).slice(0, SAMPLE))]
        # the bounds of a text that hardly repeats tell hardly anything, and cost as much as packing it
        told = [f.name for f in rows.schema if not pa.types.is_string(f.type) or f.name in repeating]
        return pq.ParquetWriter(self._partial, rows.schema, compression=packed,
                                use_dictionary=repeating, write_statistics=told, store_schema=False)  # fmt: skip

    def close(self) -> list[Segment]:
        """The segments that were written."""
        self._seal()
        return self._done

    def abandon(self) -> None:
        """Write no further; the unfinished file stays for `ParquetLedger.sweep`."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _seal(self) -> None:
        if self._file is not None:
            self._file.close()
            self._done.append(self._ledger.seal(self._partial, self._table, self._label_id, self._rows))
            self._file, self._rows = None, 0


class ParquetLedger:
    """Segments in ``<folder>/<table>/<hash>.parquet``; which of them count is what the casebook has committed."""

    def __init__(self, folder: Path, casebook: Casebook) -> None:
        self.folder = folder
        self.casebook = casebook

    def append(self, parts: Sequence[tuple[str, str, pa.Table]]) -> list[Segment]:
        """Write (table, label_id, rows) parts; returns segments for the casebook to commit. Empty parts are left out.

        A segment file that nobody commits (the process was killed) is ignored and swept by `sweep`.
        """
        whole = [(table, label_id, LEDGER[table].conform(rows)) for table, label_id, rows in parts]
        return [
            self._write(table, label_id, rows.slice(start, MAX_ROWS))
            for table, label_id, rows in whole
            for start in range(0, len(rows), MAX_ROWS)
        ]

    def _write(self, table: str, label_id: str, rows: pa.Table) -> Segment:
        partial = self._partial(table)
        write_parquet(rows, partial)
        return self.seal(partial, table, label_id, len(rows))

    def _partial(self, table: str) -> Path:
        place = self.folder / table
        place.mkdir(parents=True, exist_ok=True)
        return place / f".writing-{os.getpid()}"

    def seal(self, partial: Path, table: str, label_id: str, rows: int) -> Segment:
        """Name a file that has been written by its content."""
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        digest = sha256_of(partial)
        final = partial.with_name(f"{digest[:32]}.parquet")
        partial.replace(final)
        return Segment(table, label_id, str(final.relative_to(self.folder)), rows, digest)

    def writer(self, table: str, label_id: str) -> SegmentWriter:
        """For rows that come in batches. One at a time writes to a table."""
        return SegmentWriter(self, self._partial(table), table, label_id)

    def thinned(self, segments: Sequence[Segment], keep: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Segment]:
        """Fresh segments, not committed yet, without some of their rows; those that keep all stay as they are.

        :param keep: one for each row of all of them, in order
        """
        kept: list[Segment] = []
        thinned, start = [], 0
        for segment in segments:
            mine = keep[start : start + segment.rows]
            start += segment.rows
            if mine.all():
                kept.append(segment)
                continue
            path, writer, at = self.folder / segment.path, self.writer(segment.table, segment.label_id), 0
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    rows = file.read_row_group(group, use_threads=False)
                    writer.write(rows.filter(pa.array(mine[at : at + len(rows)])))
                    at += len(rows)
            thinned.append(segment.path)
            kept += writer.close()
        for name in {*thinned} - {segment.path for segment in kept}:
            (self.folder / name).unlink()
        return kept

    def readable_segments(self, audience: Audience, *, known_on: str | None = None) -> list[Segment]:
        """Committed segments whose label the audience may read, in a fixed order.

        :param known_on: ISO time; only those committed by then
        """
        reader = self.casebook.reader(audience)

        def read() -> list[Segment]:
            labels = opened(reader.labels(), audience)
            found = [Segment(**row) for row in reader.segments(known_on) if row["label_id"] in labels]
            return sorted(found, key=lambda s: (s.table, s.path))

        return read() if known_on else [*reader.standing("segments", read)]

    def fingerprint(self, audience: Audience, *, known_on: str | None = None, tables: Collection[str] = LEDGER) -> str:
        """Hash of all segments of these tables the audience may read (by `known_on`), and of nothing else."""

        def read() -> str:
            segments = self.readable_segments(audience, known_on=known_on)
            text = "\n".join(f"{s.table} {s.sha256}" for s in segments if s.table in tables)
            return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

        of = f"fingerprint of {' '.join(sorted(tables))}"
        return read() if known_on else self.casebook.reader(audience).standing(of, read)

    def scope(self, audience: Audience, *, known_on: str | None = None, derived: Path | None = None) -> IbisScope:
        """A scope over the audience's segments; the engine can open no other file.

        :param derived: folder of what was derived for this audience, which may be opened as well
        """
        import duckdb
        import ibis

        segments = self.readable_segments(audience, known_on=known_on)
        wanted = {s.label_id for s in segments}
        labels = {i: label for i, label in self.casebook.reader(audience).labels().items() if i in wanted}
        if not all((self.folder / s.path).exists() for s in segments):
            raise Corrupt(self._differing(segments))
        connection = connect()
        ids = _decided(connection, labels, audience)
        many = _kept(connection, ids) if len(ids) > FEW else None
        scope = DuckDBScope(connection, audience, labels)
        for name, table in LEDGER.items():
            files = [str(self.folder / s.path) for s in segments if s.table == name]
            if files:
                try:
                    rows = connection.read_parquet(files, table_name=f"cf_{name}", union_by_name=True)
                except duckdb.Error as e:  # cut short or overwritten: the exact file is named by its hash
                    raise Corrupt(self._differing(segments) or [f"{name}: {e}"]) from e
                # second wall: the engine has decided for itself, and looks at the label of each row
                shown = rows.filter(rows.label_id.isin(ids)) if many is None else rows.semi_join(many, "label_id")
                rows = _widened(shown, table)
            else:
                rows = ibis.memtable(table.schema.empty_table())
            if known_on is not None:
                rows = rows.filter(rows.recorded_at <= dt.datetime.fromisoformat(known_on))
            scope.define(name, rows)
        if any(s.table == "retractions" for s in segments):
            scope.define("claims", in_force(scope.table("claims"), scope.table("retractions")))
        _shut(connection, [self.folder / s.path for s in segments], derived)
        return scope

    def verify(self) -> list[str]:
        """Every committed segment against its recorded hash."""
        return self._differing([Segment(**row) for row in self.casebook.segments()])

    def _differing(self, segments: Sequence[Segment]) -> list[str]:
        """Those that are not there, or not as they were committed."""
        problems = []
        for segment in segments:
            path = self.folder / segment.path
            if not path.exists():
                problems.append(f"segment {segment.path} is missing")
            elif sha256_of(path) != segment.sha256:
                problems.append(f"segment {segment.path} has been altered")
        return problems

    def sweep(self) -> int:
        """Remove segment files that no commit knows (left by a killed process). Returns how many."""
        known = {row["path"] for row in self.casebook.segments()}
        stray = [p for p in self.folder.glob("*/*") if p.is_file() and str(p.relative_to(self.folder)) not in known]
        for path in stray:
            path.unlink()
        return len(stray)


def rules_of(labels: Mapping[str, Label]) -> pa.Table:
    """What labels ask of a reader, as `storage.policy` compiles it."""
    types = {"tlp": pa.int64(), "label_id": pa.string(), "expires": pa.string()}
    schema = pa.schema([(c.name, types.get(c.name, pa.list_(pa.string()))) for c in policy.rules.columns])
    return pa.Table.from_pylist([policy.rule(id, label) for id, label in sorted(labels.items())], schema)


def _decided(connection: Any, labels: Mapping[str, Label], audience: Audience) -> list[str]:
    """Ids of the labels that the engine itself opens for the audience."""
    query = f"SELECT label_id FROM cf_rules WHERE {policy.predicate(policy.DUCKDB)} ORDER BY label_id"  # noqa: S608
    cursor = connection.con.cursor()
    cursor.register("cf_rules", rules_of(labels))
    try:
        return [id for (id,) in cursor.execute(query, policy.asked(audience, policy.today())).fetchall()]
    finally:
        cursor.unregister("cf_rules")
        cursor.close()


def _kept(connection: Any, ids: Sequence[str]) -> ibis.Table:
    """The same as a table: one label a row."""
    connection.con.execute("CREATE TABLE cf_opened AS SELECT unnest($1::VARCHAR[]) AS label_id", [ids])
    kept: ibis.Table = connection.table("cf_opened")
    return kept


def _shut(connection: Any, files: Iterable[Path], derived: Path | None) -> None:
    """From here on the engine opens these files and no others, and can be told nothing else."""

    def listed(paths: Iterable[Path]) -> str:
        return "[" + ", ".join("'" + str(path.absolute()).replace("'", "''") + "'" for path in paths) + "]"

    connection.raw_sql(f"SET allowed_paths = {listed(files)}")
    connection.raw_sql(f"SET allowed_directories = {listed([derived] if derived else [])}")
    connection.raw_sql("SET enable_external_access = false")
    connection.raw_sql("SET lock_configuration = true")


def _widened(rows: Any, table: Table) -> Any:
    """`rows` with the columns that the table has gained since its segments were written, as nulls."""
    import ibis

    missing = [field for field in table.schema if field.name not in rows.columns]
    if not missing:
        return rows
    added = {f.name: ibis.null(ibis.Schema.from_pyarrow(pa.schema([f]))[f.name]) for f in missing}
    return rows.mutate(**added).select(*table.schema.names)
