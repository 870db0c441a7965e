"""Editions of a complete list: of which day one is, which is in force, and which came late.

Invariant: it is the publisher's date that orders editions, not the order in which they reached us. An older edition
that is ingested after a newer one is *archived*: its original and its date are kept, so that the two can be compared,
and nothing that is in force changes. Without that rule a file from an old mail would silently bring back who was taken
off the list since, and take off who was added. Where a file states no date, and nobody gives one, the order of arrival
has to do. Whoever wants an older edition in force all the same says so (``ingest --accept``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import NotFound, UsageError
from counterflow.model import dates
from counterflow.model.source import Descriptor
from counterflow.sources import written_dates
from counterflow.sources.reader import read_head

__all__ = ["Edition", "date_of", "editions", "pair", "standing"]


@dataclass(frozen=True)
class Edition:
    """One complete edition of a dataset.

    :param batch: number of the batch that brought it
    :param date: ISO date: the publisher's, or where the file states none the day on which it was read
    :param dated: whether it is the publisher's
    :param archived: it came after a newer one, and was never in force
    :param labels: labels of all that came with it
    """

    batch: int
    dataset: str
    reader: str
    date: str
    dated: bool
    archived: bool
    recorded_at: str
    files: tuple[Mapping[str, str], ...]
    counts: Mapping[str, int]
    descriptor: Mapping[str, Any]
    label_id: str
    labels: frozenset[str]


def date_of(descriptor: Descriptor, path: Path) -> str | None:
    """The date that an edition bears, by the patterns of its descriptor; None where it states none."""
    if not descriptor.dated_by:
        return None
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        text = read_head(file).text
        for pattern in descriptor.dated_by:
            found = re.search(pattern, text)
            if found is not None:
                return _day(found)
    return None


def _day(found: re.Match[str]) -> str | None:
    if found["month"].isdecimal():
        return dates.clean(f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}")
    written = written_dates.read(f"{found['day']} {found['month']} {found['year']}")
    return written.values[0] if written else None


def editions(batches: Iterable[Mapping[str, Any]], dataset: str) -> list[Edition]:
    """The editions of a dataset, oldest first by their date; one that was read anew stands once.

    :param batches: of the casebook, oldest first
    """
    found: dict[tuple[str, ...], Edition] = {}
    for batch in batches:
        if batch["dataset"] == dataset and batch["descriptor"]["complete"]:
            edition = _edition(batch)
            found[edition.date, *sorted(f["sha256"] for f in edition.files)] = edition
    return sorted(found.values(), key=lambda e: (e.date, e.batch))


def _edition(batch: Mapping[str, Any]) -> Edition:
    described = batch["descriptor"]
    date = described.get("edition")
    return Edition(
        batch=batch["batch_id"],
        dataset=batch["dataset"],
        reader=batch["reader"],
        date=date or batch["recorded_at"][:10],
        dated=date is not None,
        archived=bool(described.get("archived")),
        recorded_at=batch["recorded_at"],
        files=tuple(batch["files"]),
        counts=batch["counts"],
        descriptor=described,
        label_id=batch["label_id"],
        labels=frozenset(batch["labels"]),
    )


def standing(batches: Iterable[Mapping[str, Any]], dataset: str) -> Edition | None:
    """The edition of a dataset that is in force: the last one that was taken."""
    taken = [b for b in batches if b["dataset"] == dataset and b["descriptor"]["complete"]]
    return next((_edition(b) for b in reversed(taken) if not b["descriptor"].get("archived")), None)


def pair(known: list[Edition], dataset: str, first: str | None, last: str | None) -> tuple[Edition, Edition]:
    """The two editions to compare: those in force on two dates, by default the last two.

    :param known: oldest first
    :raises NotFound: there is no such dataset; :raises UsageError: fewer than two editions, or none so early
    """
    if not known:
        raise NotFound("list with editions", dataset)
    have = ", ".join(e.date for e in known)
    if first is None or last is None:
        if len(known) < 2:
            raise UsageError(f"{dataset} has one edition, of {have}: nothing to compare. Ingest another first.")
        return known[-2], known[-1]
    return _on(known, first, have), _on(known, last, have)


def _on(known: list[Edition], date: str, have: str) -> Edition:
    day = dates.clean(date)
    if day is None:
        raise UsageError(f"'{date}' is not a date. Valid: 2016, 2016-09 or 2016-09-29.")
    until = [e for e in known if e.date <= dates.latest(day).isoformat()]
    if not until:
        raise UsageError(f"There is no edition of {date} or before. Editions: {have}.")
    return until[-1]
