"""Purging: rows taken out of the ledger for good, and a tombstone in place of each.

The one legal rewrite. A segment that held a purged row is written anew without it and the old file removed; originals
that hold it go too. What stays is the content hash of each record, why it went and when (28 CFR 23.20(h)): enough to
answer for it, and nothing to read.

Invariant: the catalogue never names a file that is not there. Fresh segments are written first, one transaction puts
them in the place of the old ones with the tombstones and the audit entry, and only then are old files removed; those
that a killed process leaves are swept. Whoever reads meanwhile, in this process or another, answers as before or as
after it, or raises `Purged`: purges are counted, and what is derived lies under their number (`storage.derived`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from counterflow import clock
from counterflow.errors import Purged
from counterflow.storage import catalogue, writings
from counterflow.storage.derived import emptied
from counterflow.storage.tables import LEDGER

if TYPE_CHECKING:
    from pathlib import Path

    from counterflow.storage.blobs import FolderBlobs
    from counterflow.storage.duckdb import ParquetLedger
    from counterflow.storage.ports import Segment

__all__ = ["Chosen", "counted", "purge"]

Chosen = Callable[[str, pa.Table], pa.Array]
"""(table, rows) → of each row, whether it goes."""


def counted(ledger: ParquetLedger, segments: Sequence[Segment], chosen: Chosen) -> dict[str, int]:
    """How many rows of each table `purge` would take out. Nothing is changed."""
    counts: dict[str, int] = {}
    for segment in segments:
        with pq.ParquetFile(ledger.folder / segment.path) as file:
            for group in range(file.num_row_groups):
                mask = chosen(segment.table, file.read_row_group(group, use_threads=False))
                counts[segment.table] = counts.get(segment.table, 0) + int(mask.true_count)
    return {table: rows for table, rows in counts.items() if rows}


def purge(
    ledger: ParquetLedger, blobs: FolderBlobs, segments: Sequence[Segment], chosen: Chosen, *,
    subjects: Collection[str], seen: Collection[str], reason: str, who: str, detail: Mapping[str, Any],
    before: int, derived: Path,
) -> dict[str, Any]:  # fmt: skip
    """Take rows out of these segments, with all that repeats them: originals, rows set aside, judgements, writings.

    :param subjects: ids of which nothing may be left in judgements and writings
    :param seen: labels that whoever purges may read: what also bears others goes too, and is not told of
    :param before: purges at the time when it was decided what goes; :param derived: where results lie that may hold it
    :returns: rows (table → number), originals, writings, judgements: how many went
    :raises Purged: there was another purge since; nothing was done
    """
    casebook = ledger.casebook
    writings.ready(casebook)
    gone: list[dict[str, Any]] = []
    fresh: dict[str, list[Segment]] = {}
    at = clock.stamp()
    if casebook.purges() != before:
        raise Purged
    for segment in segments:
        hit, kept = _thinned(ledger, segment, chosen)
        if hit:
            key = {"table": segment.table, "label_id": segment.label_id, "reason": reason, "by": who, "at": at}
            gone += [{**key, "hash": id} for id in hit]
            fresh[segment.path] = kept
    counts: dict[str, int] = {}
    for row in gone:
        counts[row["table"]] = counts.get(row["table"], 0) + 1
    touched = {*subjects, *(row["hash"] for row in gone)}
    sqlite = casebook.engine.dialect.name == "sqlite"
    with casebook.engine.connect() as tx:
        if sqlite:  # what is deleted is overwritten, not only taken off the list
            tx.exec_driver_sql("PRAGMA secure_delete=ON")
            tx.commit()
        casebook.audit_log.hold(tx)
        casebook.purging(tx)
        batches = _replaced(tx, fresh)
        originals = _originals(tx, batches)
        written = _forgotten(tx, touched)
        judged = _unjudged(tx, subjects)
        if gone:
            tx.execute(sa.insert(catalogue.tombstones), gone)
        went = {"originals": [*originals.values()], "writings": written, "judgements": judged}
        hashes = [row["hash"] for row in gone]
        every = {what: len(labels) for what, labels in went.items()}
        casebook.log(tx, who, "purge", {**detail, "reason": reason, "rows": counts, **every, "hashes": hashes})
        tx.commit()
        if sqlite:
            tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    # results first: whoever then finds a file of the ledger missing finds that what they rest on has gone, too
    emptied(derived, before + 1)
    for path, kept in fresh.items():
        if path not in {s.path for s in kept}:
            (ledger.folder / path).unlink(missing_ok=True)
    for digest in originals:
        blobs.drop(digest)
    own = frozenset(seen)
    return {"rows": counts} | {what: sum(map(own.issuperset, labels)) for what, labels in went.items()}


def _thinned(ledger: ParquetLedger, segment: Segment, chosen: Chosen) -> tuple[list[str], list[Segment]]:
    """Ids of the rows of a segment that go, and what stays of it, written anew."""
    key = LEDGER[segment.table].key
    hit: list[str] = []
    with pq.ParquetFile(ledger.folder / segment.path) as file:
        masks = []
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, use_threads=False)
            masks.append(chosen(segment.table, rows).to_numpy(zero_copy_only=False))
            hit += rows.column(key).filter(pa.array(masks[-1])).to_pylist()
        if not hit:
            return [], []
        writer = ledger.writer(segment.table, segment.label_id)
        for group, mask in enumerate(masks):
            writer.write(file.read_row_group(group, use_threads=False).filter(pa.array(~mask)))
    return hit, writer.close()


def _replaced(tx: sa.Connection, fresh: Mapping[str, Sequence[Segment]]) -> set[int]:
    """Segments in the place of others, of the same batch. Returns the batches."""
    batches = set()
    c = catalogue.segments.c
    for path, kept in fresh.items():
        batch, at = tx.execute(sa.select(c.batch_id, c.recorded_at).where(c.path == path)).one()
        batches.add(int(batch))
        tx.execute(sa.delete(catalogue.segments).where(c.path == path))
        if kept:
            tx.execute(sa.insert(catalogue.segments), [{**vars(s), "batch_id": batch, "recorded_at": at} for s in kept])
    return batches


def _originals(tx: sa.Connection, batches: Collection[int]) -> dict[str, list[str]]:
    """Files that these batches were read from: they hold what was purged. Their names go, their hashes stay; rows set
    aside are copies of their lines, and go too. Returns of each the labels of what came with it."""
    c = catalogue.batches.c
    gone: dict[str, list[str]] = {}
    query = sa.select(c.batch_id, c.files, c.label_id, c.labels).where(c.batch_id.in_(sorted(batches)))
    for id, files, label, labels in tx.execute(query).all():
        told = [{"name": "purged", "sha256": file["sha256"], "purged": True} for file in json.loads(files)]
        for file in told:
            gone.setdefault(file["sha256"], []).extend(json.loads(labels) if labels else [label])
        tx.execute(sa.update(catalogue.batches).where(c.batch_id == id).values(files=json.dumps(told)))
        tx.execute(sa.delete(catalogue.quarantine).where(catalogue.quarantine.c.batch_id == id))
    for id, files in tx.execute(sa.select(c.batch_id, c.files).where(c.batch_id.not_in(sorted(batches)))).all():
        told = json.loads(files)  # the same file under another name or reader
        if any(file["sha256"] in gone for file in told):
            told = [{**f, "purged": True} if f["sha256"] in gone else f for f in told]
            tx.execute(sa.update(catalogue.batches).where(c.batch_id == id).values(files=json.dumps(told)))
    return dict(sorted(gone.items()))


def _forgotten(tx: sa.Connection, ids: Collection[str]) -> list[list[str]]:
    """Take out writings that speak of any of these ids, releases excepted: these name records by hash only. Returns the
    labels of each."""
    c = catalogue.writings.c
    gone, labels = [], []
    query = sa.select(c.id, c.key, c.content, c.labels).where(c.kind.not_like("release%"))
    for id, key, content, own in tx.execute(query).all():
        text = f"{key} {content}"
        if any(json.dumps(one, ensure_ascii=False)[1:-1] in text for one in ids):
            gone.append(id)
            labels.append(json.loads(own))
    for start in range(0, len(gone), 500):
        tx.execute(sa.delete(catalogue.writings).where(c.id.in_(gone[start : start + 500])))
    return labels


def _unjudged(tx: sa.Connection, subjects: Collection[str]) -> list[list[str]]:
    """Take out judgements about these. Returns the labels of each."""
    c = catalogue.judgements.c
    own = sorted(subjects)
    about = c.left.in_(own) | c.right.in_(own)
    labels = [[id] for id in tx.execute(sa.select(c.label_id).where(about)).scalars()]
    tx.execute(sa.delete(catalogue.judgements).where(about))
    return labels
