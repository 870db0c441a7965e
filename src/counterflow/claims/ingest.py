"""Ingest: one file or folder into the ledger, whole or not at all.

1. the original is kept by its hash; 2. the reader reads it; 3. the builder validates, cleans, grades, labels; 4. what
the ledger already holds is left out, and what a complete edition no longer says is retracted; 5. segments are written;
6. one transaction makes all of it count. A process killed before 6 leaves nothing behind but files nobody knows.

An edition that fails an assertion is held back instead (`claims.held`); one that is older than the edition in force is
archived (`claims.editions`); a record that was set aside withdraws nothing (`claims.quarantine`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from counterflow.claims import assertions, held
from counterflow.claims.builder import Builder
from counterflow.claims.differences import parties_in_force
from counterflow.claims.editions import Edition, date_of, standing
from counterflow.claims.observed import Observed
from counterflow.claims.quarantine import Quarantined
from counterflow.claims.report import IngestReport
from counterflow.claims.retry import Retry
from counterflow.config import read_yaml
from counterflow.errors import NoRoom, UnreadableFile, UsageError
from counterflow.model.claim import Grade
from counterflow.model.dates import earliest, latest
from counterflow.model.handling import TLP, Audience, Label, combine, restricted
from counterflow.model.source import Assertion, Descriptor
from counterflow.sources.reader import Reader, Record, check_path
from counterflow.sources.share import watched
from counterflow.storage.tables import LEDGER, SOURCES

if TYPE_CHECKING:
    from counterflow.storage.blobs import FolderBlobs
    from counterflow.storage.duckdb import ParquetLedger
    from counterflow.storage.ibis import IbisScope
    from counterflow.storage.sql import Casebook

__all__ = ["IngestReport", "Store", "ingest"]

Progress = Callable[[str, int, float], None]

_DATASET = re.compile(r"[a-z0-9][a-z0-9._-]*")

EVERYTHING = Audience("ingest", owner=True)
"""All that the ledger holds: whoever has the workspace to themselves."""


@dataclass(frozen=True)
class Store:
    """The three places an ingest writes to."""

    ledger: ParquetLedger
    casebook: Casebook
    blobs: FolderBlobs


def ingest(
    path: Path,
    reader: Reader,
    store: Store,
    *,
    who: str,
    place: Path | None = None,
    inside: str = "",
    options: Mapping[str, Any] | None = None,
    dataset: str | None = None,
    grade: Grade | None = None,
    label: Label | None = None,
    audience: Audience = EVERYTHING,
    caveats: Sequence[str] = (),
    edition: str | None = None,
    accept: bool = False,
    supersede: bool | None = None,
    anew: Retry | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read `path` with `reader` into the ledger.

    :param place: where its content lies, if `path` is an archive that was unpacked; :param inside: which file of it
    :param dataset: instead of the descriptor's; :param grade, label: likewise; :param caveats: added to the label
    :param audience: that brings the file: what bears no label is its organisation's alone, and it is compared with what
        may be read by them: what may not be read neither stands in its way nor is taken back by it
    :param edition: partial ISO date of the edition, where the file does not state it
    :param accept: take the edition even where an assertion fails
    :param supersede: and where it is older than the one in force; None: as `accept`
    :param anew: read once more what an earlier batch set aside, although its file is known
    :param progress: called now and then with (what, number so far, share of the file, 0 where it is not known)
    :raises InputError: nothing could be read, or an assertion failed (nothing is written then)
    :raises WorkspaceError: another process is writing
    """
    began = time.perf_counter()
    options = dict(options or {})
    place = place or path
    describe = getattr(reader, "describe", None)  # a reader whose files describe themselves (a case folder)
    files = _files(path)
    with _file_errors(path):
        descriptor: Descriptor = describe(place) if describe else reader.descriptor
    if dataset is not None and not _DATASET.fullmatch(dataset):
        raise UsageError(f"'{dataset}' is no dataset id. Valid: small letters and digits, then also - . _")
    name = dataset or descriptor.dataset
    grade = grade or Grade.parse(descriptor.grade)
    label = (label or _default(descriptor, audience.organisation)).with_caveat(*caveats)
    kept: list[dict[str, str]] = []
    with store.casebook.writing(), _nothing_left(store, kept) as leaving:
        store.ledger.sweep()
        store.blobs.sweep()
        with _file_errors(path):
            for file in files:
                kept.append({"name": _relative(file, path), "sha256": store.blobs.put(file)})
        words = _kept(options)
        mark = _fingerprint(reader.name, name, words, grade, label, kept)
        with _file_errors(path):
            dated = edition or date_of(descriptor, place)
        batches = store.casebook.reader(audience).batches()
        now = standing(batches, name)
        late = descriptor.complete and not (accept if supersede is None else supersede) and _older(dated, now)
        known = _already(batches, name, reader.name, descriptor.complete, mark, now, late=late)
        if known is not None and anew is None:
            _stay_purged(store, kept)
            return _report(reader.name, name, path.name, {**known, "added": 0, "retracted": 0}, began, dated=dated,
                           archived=late, unchanged=True, handling=label.text)  # fmt: skip
        recorded_at = store.casebook.next_time()
        at = dt.datetime.fromisoformat(recorded_at)
        observed = Observed(store.ledger, name, label.id, at, wanted=anew.wanted if anew else None)
        leaving.callback(observed.close)
        builder = Builder(name, path.name, descriptor, grade, label, at, observed=observed)
        leaving.callback(builder.quarantine.close)
        told, share = 0, leaving.enter_context(watched())
        for n, record in enumerate(_records(reader, place, options, path), 1):
            builder.take(record)
            if progress is not None and n + observed.rows >= told + 1000:
                told = n + observed.rows
                progress(path.name, told, share())
        if anew is not None:
            anew.narrow(builder)
        scope = store.ledger.scope(audience)
        builder.set_dangling_aside(_known_references(scope, builder))
        details = {"edition": dated, "archived": late, "options": words, "file": path.name, "inside": inside,
                   "accepted": accept,
                   "retries": anew.batch if anew else None}  # fmt: skip
        return _commit(builder, observed, store, scope, files=kept, mark=mark, reader=reader.name, who=who,
                       at=recorded_at, accept=accept, began=began, details=details)  # fmt: skip


def _default(descriptor: Descriptor, own: str) -> Label:
    """The label of a file that was given none: its publisher's, where what it publishes has one."""
    if not descriptor.label:
        return restricted(own)
    label = Label.from_dict(descriptor.label)
    mine = label.tlp in (TLP.AMBER, TLP.AMBER_STRICT) and not label.originator
    return replace(label, originator=own) if mine else label


def _records(reader: Reader, place: Path, options: Mapping[str, Any], path: Path) -> Iterator[Record]:
    with _file_errors(path):  # of the reading alone: what fails in writing is no fault of the file
        yield from reader.read(place, dict(options))


@contextlib.contextmanager
def _nothing_left(store: Store, kept: Sequence[Mapping[str, str]]) -> Iterator[contextlib.ExitStack]:
    """Take away what was written and did not come to count: segments, and originals where the ingest failed."""
    try:
        with contextlib.ExitStack() as leaving:
            yield leaving
    except BaseException:
        used = {f["sha256"] for row in (*store.casebook.batches(), *store.casebook.held()) for f in row["files"]}
        for digest in sorted({file["sha256"] for file in kept} - used):
            store.blobs.drop(digest)
        raise
    finally:
        store.ledger.sweep()


def _stay_purged(store: Store, kept: Sequence[Mapping[str, str]]) -> None:
    """Originals that were purged do not come back because somebody offers them again."""
    files = [f for row in (*store.casebook.batches(), *store.casebook.held()) for f in row["files"]]
    wanted = {f["sha256"] for f in files if not f.get("purged")}
    for digest in {f["sha256"] for f in kept} - wanted:
        store.blobs.drop(digest)


@contextlib.contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    """What the machine says of a file that a reader opens, as an error that names it."""
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeError) as e:
        if NoRoom.told_by(e):  # of the workspace's disk: the file is not to blame
            raise NoRoom from e
        file = str(getattr(e, "filename", None) or path)
        raise UnreadableFile(f"cannot be read ({getattr(e, 'strerror', None) or e})", file=file) from e


def _commit(
    builder: Builder,
    observed: Observed,
    store: Store,
    scope: IbisScope,
    *,
    files: list[dict[str, str]],
    mark: str,
    reader: str,
    who: str,
    at: str,
    accept: bool,
    began: float,
    details: Mapping[str, Any],
) -> IngestReport:
    dated: str | None = details["edition"]
    claims = builder.claim_rows()
    # whether exactly this is there, content and label, is asked of the whole ledger: who brings it knows both, and may
    # not be able to read it
    everything = scope.audience.owner and not scope.audience.without
    whole = scope if everything else store.ledger.scope(EVERYTHING)
    segments = observed.finish(whole)
    counts = {
        "parties": builder.parties,
        "entities": len(builder.subjects),
        "claims": len(claims),
        "observations": observed.distinct,
        "repeated": observed.repeated,
        "known": observed.known,
    }
    d = builder.descriptor
    described = {
        k: getattr(d, k) for k in ("title", "publisher", "licence", "url", "schedule", "every", "kind", "complete")
    }
    described |= {"grade": str(builder.grade), **details}
    counts |= {"quarantined": len(builder.quarantine), "added": 0, "retracted": 0}
    batch = {
        "dataset": builder.dataset,
        "reader": reader,
        "files": files,
        "fingerprint": mark,
        "counts": counts,
        "descriptor": described,
        "label_id": builder.label.id,
        "recorded_at": at,
    }
    labels = [builder.label, *(label for _, label in builder.sources.values())]
    strictest = combine(labels)  # a row that was not understood may hold anything the file holds
    labels.append(strictest)
    aside = ({**asdict(q), "label_id": strictest.id} for q in builder.quarantine)
    if details["archived"]:
        store.casebook.commit_batch({**batch, "label_id": strictest.id}, [], labels, aside, who)
        return _report(reader, builder.dataset, builder.file, counts, began, dated=dated, archived=True,
                       quarantined=builder.quarantine.first, handling=builder.label.text)  # fmt: skip
    if not accept:
        failed = _failing(builder, counts, claims, scope)
        if failed:
            raise held.hold(store.casebook, batch, builder.file, failed, (builder.label, strictest), who)
    before = _in_force_ids(scope, builder.dataset)
    there = before if whole is scope else _in_force_ids(whole, builder.dataset)
    fresh = claims.filter(pc.invert(pc.is_in(claims.column("claim_id"), value_set=there.column("claim_id"))))
    parts = [("claims", *part) for part in _by_label(fresh)]
    retracted, unread = _withdrawn(builder, scope, before, claims)
    parts += [("retractions", *part) for part in _by_label(_retractions(retracted, builder))]
    parts += _source_parts(builder, whole)
    segments += store.ledger.append(parts)
    counts |= {"added": len(fresh), "retracted": len(retracted), "unread": unread}
    store.casebook.commit_batch(batch, segments, labels, aside, who)
    return _report(reader, builder.dataset, builder.file, counts, began, dated=dated,
                   quarantined=builder.quarantine.first, handling=builder.label.text)  # fmt: skip


def _failing(
    builder: Builder, counts: Mapping[str, int], claims: pa.Table, scope: IbisScope
) -> list[tuple[Assertion, str]]:
    rules = builder.descriptor.assertions
    in_force: set[str] = set()
    if builder.descriptor.complete and any(rule.what == "lost" for rule in rules):
        in_force = parties_in_force(scope, builder.dataset)
    return assertions.failing(rules, counts, claims, builder.listed, builder.subjects.keys(), in_force)


def _older(dated: str | None, now: Edition | None) -> bool:
    return dated is not None and now is not None and now.dated and latest(dated) < earliest(now.date)


def _withdrawn(builder: Builder, scope: IbisScope, before: pa.Table, claims: pa.Table) -> tuple[pa.Table, int]:
    """claim_id and label_id of what a complete edition no longer says; and of how many claims it is not known."""
    if not builder.descriptor.complete:
        return before.slice(0, 0), 0
    gone = before.filter(pc.invert(pc.is_in(before.column("claim_id"), value_set=claims.column("claim_id"))))
    if not len(builder.quarantine) or not len(gone):
        return gone, 0
    import ibis

    ours = _of_dataset(scope, "claims", builder.dataset)
    wanted = ours.semi_join(ibis.memtable(gone.select(["claim_id"])), "claim_id")
    rows = scope.run(wanted.select("claim_id", "subject", "property", "prop_type", "value", "locator").distinct())
    unread = builder.unread.standing(rows, builder.subjects)
    stays = pc.is_in(gone.column("claim_id"), value_set=pa.array(sorted(unread), pa.string()))
    return gone.filter(pc.invert(stays)), len(unread)


def _of_dataset(scope: IbisScope, table: str, dataset: str) -> Any:
    rows = scope.table(table)
    return rows.filter(rows.dataset == dataset)


def _in_force_ids(scope: IbisScope, dataset: str) -> pa.Table:
    """claim_id and label_id of the dataset's claims in force."""
    return scope.run(_of_dataset(scope, "claims", dataset).select("claim_id", "label_id").distinct())


def _known_references(scope: IbisScope, builder: Builder) -> set[str]:
    """Those subjects of the ledger that the file refers to without bringing them."""
    wanted = builder.dangling()
    if not wanted:
        return set()
    claims = scope.table("claims")
    found = scope.run(claims.filter(claims.subject.isin(sorted(wanted))).select("subject").distinct())
    return set(found.column("subject").to_pylist())


def _retractions(rows: pa.Table, builder: Builder) -> pa.Table:
    n = len(rows)
    schema = LEDGER["retractions"].schema
    return pa.table(
        {
            "claim_id": rows.column("claim_id"),
            "dataset": pa.repeat(builder.dataset, n),
            "reason": pa.repeat(f"no longer in {builder.file}", n),
            "label_id": rows.column("label_id"),
            "recorded_at": pa.repeat(pa.scalar(builder.recorded_at, schema.field("recorded_at").type), n),
        }
    ).sort_by("claim_id")


def _source_parts(builder: Builder, scope: IbisScope) -> list[tuple[str, str, pa.Table]]:
    """Sources that are new or changed, by label."""
    old = scope.run(_of_dataset(scope, "sources", builder.dataset)).to_pylist()
    known = {_source_key(row) for row in old}
    rows = [row for _, row in builder.source_rows() if _source_key(row) not in known]
    if not rows:
        return []
    table = SOURCES.conform(
        pa.Table.from_pylist([{**r, "recorded_at": builder.recorded_at} for r in rows], SOURCES.schema)
    )
    return [("sources", *part) for part in _by_label(table)]


def _source_key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row.get(name) or "" for name in SOURCES.schema.names if name != "recorded_at")


def _by_label(rows: pa.Table) -> list[tuple[str, pa.Table]]:
    """(label_id, rows) for each label, in label order: a segment holds one label only."""
    found = sorted(pc.unique(rows.column("label_id")).to_pylist())
    return [(label, rows.filter(pc.equal(rows.column("label_id"), label))) for label in found]


def _files(path: Path) -> list[Path]:
    check_path(path)
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    return [path]


def _relative(file: Path, path: Path) -> str:
    return str(file.relative_to(path)) if path.is_dir() else file.name


def _fingerprint(
    reader: str, dataset: str, options: Mapping[str, Any], grade: Grade, label: Label, files: list[dict[str, str]]
) -> str:
    content = [reader, dataset, options, str(grade), label.to_dict(), [f["sha256"] for f in files]]
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _kept(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as they can be kept: what a file that they name said, in place of its name."""
    return {k: read_yaml(Path(v)) if isinstance(v, str | Path) and Path(v).is_file() else v for k, v in options.items()}


def _already(
    batches: Iterable[Mapping[str, Any]], dataset: str, reader: str, complete: bool, mark: str, now: Edition | None, *,
    late: bool,
) -> dict[str, int] | None:  # fmt: skip
    """Counts of an earlier ingest of exactly this, if nothing it says can have been withdrawn since."""
    batches = [b for b in batches if b["dataset"] == dataset and b["reader"] == reader]
    if complete and not late:
        batches = [b for b in batches if now is not None and b["batch_id"] == now.batch]
    found = [b["counts"] for b in batches if b["fingerprint"] == mark]
    return found[-1] if found else None


def _report(
    reader: str,
    dataset: str,
    file: str,
    counts: Mapping[str, int],
    began: float,
    *,
    dated: str | None = None,
    archived: bool = False,
    unchanged: bool = False,
    quarantined: Sequence[Quarantined] = (),
    handling: str,
) -> IngestReport:
    return IngestReport(
        reader=reader,
        source=dataset,
        file=file,
        parties=counts["parties"],
        entities=counts["entities"],
        claims=counts["claims"],
        observations=counts["observations"],
        added=counts["added"],
        retracted=counts["retracted"],
        unchanged=unchanged,
        seconds=round(time.perf_counter() - began, 3),
        edition=dated,
        archived=archived,
        unread=counts.get("unread", 0),
        repeated=counts.get("repeated", 0),
        known=counts.get("known", 0),
        aside=0 if unchanged else counts["quarantined"],
        quarantined=list(quarantined),
        handling=handling,
    )
