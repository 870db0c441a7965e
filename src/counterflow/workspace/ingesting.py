"""Files into the ledger: read, held back, taken or dropped, read once more, fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.errors import (
    CounterflowError,
    NotFound,
    UsageError,
)
from counterflow.model import dates
from counterflow.model.claim import Grade
from counterflow.sources.recognise import chosen as recognised
from counterflow.sources.stream import check_path, encoding_note, read_head, unpacked

if TYPE_CHECKING:
    from counterflow.claims.ingest import IngestReport
    from counterflow.model.handling import Audience
    from counterflow.sources.download import Limits
    from counterflow.sources.fetch import Edition

from counterflow.workspace.base import Base

__all__ = ["Ingesting"]

Progress = Callable[[str, float], None]


class Ingesting(Base):
    """Files into the ledger: read, held back, taken or dropped, read once more, fetched."""

    def ingest(
        self,
        path: Path,
        *,
        reader: str | None = None,
        dataset: str | None = None,
        grade: str | None = None,
        label: str | None = None,
        caveats: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        edition: str | None = None,
        accept: bool = False,
        progress: Callable[[str, int, float], None] | None = None,
    ) -> IngestReport:
        """Read one file or folder into the ledger, whole or not at all.

        :param reader: its name; None: the one that recognises the content
        :param grade: Admiralty grade, e.g. ``B2``; :param label: marking, e.g. ``TLP:AMBER//REL FIU-B``
        :param edition: partial ISO date of the edition, where the file does not state it
        :param accept: take it although an assertion about it fails, or it is older than the edition in force
        :raises UsageError: the edition's date is none
        """
        from counterflow.claims.ingest import ingest

        self.allow("ingest")
        if edition is not None and dates.clean(edition) is None:
            raise UsageError(f"edition '{edition}' is not a date. Valid: 2016, 2016-09 or 2016-09-29.")
        check_path(path)
        with unpacked(path) as place:
            notes = (
                [f"unpacked: {len(list(place.rglob('*')))} files and folders"]
                if place.is_dir() and place != path
                else []
            )
            chosen, inside = (registry.get("readers", reader), place) if reader else recognised(place)
            notes += [f"read from it: {inside.relative_to(place)}"] if inside != place else []
            told = encoding_note(inside, getattr(chosen, "encoding", None))
            beside = getattr(chosen, "lacks", None)
            told += [words] if beside and (words := beside(read_head(inside))) else []
            report = ingest(
                path,
                chosen,
                self.store,
                who=self.who,
                place=inside,
                inside=str(inside.relative_to(place)) if inside != place else "",
                options=options,
                dataset=dataset,
                grade=Grade.parse(grade) if grade else None,
                label=self.label_of(label) if label else None,
                audience=self.audience(),
                caveats=caveats,
                edition=edition,
                accept=accept,
                progress=progress,
            )
            return replace(report, notes=[*notes, *told, *report.notes])

    def accept(self, dataset: str, reason: str = "", *, audience: str | None = None) -> IngestReport:
        """Take the edition of a dataset that was held back. :raises NotFound: none waits that may be read"""
        from counterflow.claims.held import waiting
        from counterflow.claims.ingest import ingest
        from counterflow.claims.rereading import original

        self.allow("ingest")
        held = waiting(self.line(audience, True).reader, dataset)
        reader, inside = registry.get("readers", held["reader"]), held["descriptor"]["inside"]
        with original(self.store.blobs, held["files"], held["file"], inside) as (path, place):
            report = ingest(
                path,
                reader,
                self.store,
                place=place,
                supersede=False,
                **{**self._as_before(held, self.audience(audience)), "accept": True},
            )
        self.store.casebook.decide(held, "accepted", self.who, reason)
        return report

    def reject(self, dataset: str, reason: str = "", *, audience: str | None = None) -> None:
        """Drop the edition of a dataset that was held back. :raises NotFound: none waits that may be read"""
        from counterflow.claims.held import reject, waiting

        self.allow("ingest")
        held = waiting(self.line(audience, True).reader, dataset)
        reject(self.store.casebook, self.store.blobs, held, self.who, reason)

    def retry(
        self, dataset: str, mapping: Mapping[str, Any] | None = None, *, audience: str | None = None
    ) -> list[IngestReport]:
        """Read once more what was set aside of a dataset; what is understood now is added, the rest stays.

        :param mapping: in place of the one that was used
        :raises NotFound: nothing of it is set aside that may be read
        """
        from counterflow.claims.ingest import ingest
        from counterflow.claims.rereading import original
        from counterflow.claims.retry import in_force, retries

        self.allow("ingest")
        line = self.line(audience, True)
        readable, batches = line.labels(), line.batches()
        rows = [row for row in line.reader.quarantine() if row["label_id"] in readable]
        wanted = retries(batches, in_force(batches, rows), dataset)
        if not wanted:
            raise NotFound("quarantined row of", dataset)
        by_number = {b["batch_id"]: b for b in batches}
        found = []
        for retry in wanted:
            batch = by_number[retry.batch]
            how = self._as_before({**batch, "own_label_id": batch["label_id"]}, self.audience())
            if mapping is not None:
                how["options"] = {**how["options"], "mapping": mapping}
            reader, file = registry.get("readers", batch["reader"]), batch["descriptor"]["file"]
            with original(self.store.blobs, batch["files"], file, how["inside"]) as (path, place):
                found.append(ingest(path, reader, self.store, place=place, anew=retry, **how))
        return found

    def _as_before(self, batch: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
        """How a batch, or an edition held back, was read; an audience that may read either may read its label."""
        described = batch["descriptor"]
        return {
            "audience": audience,
            "who": self.who,
            "options": described["options"],
            "dataset": batch["dataset"],
            "grade": Grade.parse(described["grade"]),
            "label": self.store.casebook.reader(audience).labels()[batch["own_label_id"]],
            "edition": described["edition"],
            "inside": described["inside"],
            "accept": described["accepted"],
        }

    def fetch(self, name: str, *, folder: Path | None = None, limits: Limits | None = None,
              progress: Callable[[str, int, int | None], None] | None = None) -> Edition:  # fmt: skip
        """Bring the newest edition of a publisher's files from its address; the attempt is on the audit log either way.

        :param name: of a descriptor, e.g. ``un``; :param folder: where editions lie, ``fetched`` in the workspace
        :raises UnknownName: no such, or none that says what to download; FetchFailed: it could not be had
        """
        from counterflow.sources.download import PATIENCE
        from counterflow.sources.fetch import fetch, named
        from counterflow.sources.recognise import check

        self.allow("ingest")
        _, descriptor = named(name)
        outcome: dict[str, Any] = {"dataset": descriptor.dataset}
        try:
            edition = fetch(
                descriptor,
                folder or self.path / "fetched",
                check=check,
                limits=limits or PATIENCE,
                progress=progress,
            )
            outcome |= edition.to_dict()
            return edition
        except CounterflowError as e:
            outcome["failed"] = str(e)
            raise
        finally:
            self.audit("fetch", outcome)
