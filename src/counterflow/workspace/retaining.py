"""Retention: what is to be reviewed, what is kept and why, what is purged."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from counterflow.casework import retention
from counterflow.errors import NotFound, UsageError
from counterflow.workspace.base import Base, now

__all__ = ["Retaining"]


class Retaining(Base):
    """Retention: what is to be reviewed, what is kept and why, what is purged."""

    def retention_due(self, on: str | None = None, *, audience: str | None = None) -> list[dict[str, Any]]:
        """Records that are to be reviewed by a day, the longest overdue first, by dataset, label and day recorded.

        :param on: ISO date; None: today
        """
        line = self.line(audience, True)
        years = int(self.settings.sharing.get("review_years", retention.YEARS))
        labels = line.labels()
        held = retention.due(line.scope, labels, line.writings(retention.REVIEW), on or now()[:10], years)
        return [{**asdict(h), "handling": labels[h.label_id].text} for h in held]

    def retention_keep(
        self, dataset: str, reason: str, predicate: str, *, audience: str | None = None
    ) -> dict[str, Any]:
        """Record that a dataset was reviewed and is kept. :param predicate: the suspicion that still holds, in words

        :raises NotFound: no such dataset that may be read; UsageError: no reason or predicate
        """
        from counterflow.storage.writings import write

        self.allow("judge")
        if not reason.strip() or not predicate.strip():
            raise UsageError("To keep it, say why it is needed and on which suspicion: --reason TEXT --predicate TEXT.")
        line = self.line(audience, True)
        batches = [b for b in line.batches() if b["dataset"] == dataset]
        if not batches:
            raise NotFound("dataset", dataset)
        years = int(self.settings.sharing.get("review_years", retention.YEARS))
        content = {
            "reason": reason.strip(),
            "predicate": predicate.strip(),
            "until": retention.later(now()[:10], years),
        }
        known = line.labels()
        labels = [known[i] for i in sorted({i for b in batches for i in b["labels"]})]
        told = ("review", {"dataset": dataset, **content})
        write(self.store.casebook, [(retention.REVIEW, dataset, content)], [labels], self.who, told=told)
        return {"dataset": dataset, **content}

    def purge(
        self, ids: Sequence[str] = (), *, dataset: str | None = None, reason: str, audience: str | None = None
    ) -> dict[str, Any]:
        """Take records out for good: of a dataset, or all that is told of some parties, and what repeats it.

        Of a party goes every claim about one of its subjects, every relationship that names one, every payment of an
        account of theirs; the files that any of it was read from go whole.

        :returns: how many rows of each table, originals, writings and judgements went
        :raises NotFound: an id or dataset that may not be read; UsageError: neither is named, or no reason
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        from counterflow.storage.purging import purge

        self.allow("approve")
        if not reason.strip() or bool(ids) == bool(dataset):
            raise UsageError("Say what to purge, parties or --dataset NAME, and why: --reason TEXT.")
        line = self.line(audience, True)
        subjects, rows = set[str](), set[str]()
        if dataset is not None:
            if dataset not in {b["dataset"] for b in line.batches()}:
                raise NotFound("dataset", dataset)
            told = line.scope.table("claims")
            subjects = set(line.scope.run(told.filter(told.dataset == dataset).select("subject").distinct())
                           .column("subject").to_pylist())  # fmt: skip
        else:
            subjects, rows = self._of(ids, audience)
        own, paid = pa.array(sorted(subjects), pa.string()), pa.array(sorted(rows), pa.string())
        claims = self._claims_of(line, sorted(subjects)) if dataset is None else []
        hit = pa.array(claims, pa.string())

        def chosen(table: str, part: pa.Table) -> pa.Array:
            if dataset is not None:
                mask = pc.equal(part["dataset"], dataset)
            elif table == "claims":
                mask = pc.is_in(part["subject"], own) if "subject" in part.column_names else None
                mask = pc.or_(mask, pc.is_in(part["claim_id"], hit))
            elif table == "retractions":
                mask = pc.is_in(part["claim_id"], hit)
            else:
                key = "row_id" if "row_id" in part.column_names else part.column_names[0]
                mask = pc.is_in(part[key], paid)
            return pc.fill_null(mask, False).combine_chunks()

        with self.store.casebook.writing():
            segments = self.store.ledger.readable_segments(line.audience)
            detail = {"dataset": dataset, "ids": [*ids]}
            found = purge(self.store.ledger, self.store.blobs, segments, chosen, subjects=subjects if ids else (),
                          reason=reason.strip(), who=self.who, detail=detail)  # fmt: skip
        self._pictures.clear()
        for folder in ("derived", "kept"):  # made anew, from what is left
            shutil.rmtree(self.path / folder, ignore_errors=True)
        return found

    def purged(self, *, audience: str | None = None) -> list[dict[str, Any]]:
        """Tombstones: what was purged, by its hash, and why."""
        return self.line(audience, True).reader.tombstones()

    def _of(self, ids: Sequence[str], audience: str | None) -> tuple[set[str], set[str]]:
        """Subjects of these parties and of relationships that name them, and payments of their accounts."""
        from counterflow.casework.selection import Selection

        picture = self.picture(audience, True)
        named = {picture.entity(id)["entity"] for id in ids}
        own = {subject for subject, row in picture.members.items() if row["entity"] in named}
        claims = picture.scope.table("claims")
        refers = claims.filter((claims.prop_type == "entity") & claims.value.isin(sorted(own)))
        relations = set(picture.scope.run(refers.select("subject").distinct()).column("subject").to_pylist())
        rows = {row["row_id"] for row in Selection(picture.scope, sorted(named)).payments()}
        return own | {s for s in relations if s not in picture.members}, rows

    def _claims_of(self, line: Any, subjects: Sequence[str]) -> list[str]:
        """Claims about these subjects, retracted ones too, and those that name one."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        own, found = pa.array(subjects, pa.string()), []
        for segment in self.store.ledger.readable_segments(line.audience):
            if segment.table == "claims":
                rows = pq.read_table(self.store.ledger.folder / segment.path,
                                     columns=["claim_id", "subject", "prop_type", "value"])  # fmt: skip
                names = pc.and_(pc.equal(rows["prop_type"], "entity"), pc.is_in(rows["value"], own))
                mask = pc.or_(pc.is_in(rows["subject"], own), pc.fill_null(names, False))
                found += rows.filter(mask).column("claim_id").to_pylist()
        return sorted(set(found))
