"""Retention: what is to be reviewed, what is kept and why, what is purged."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from counterflow.casework import retention
from counterflow.casework.cases import four_eyes
from counterflow.errors import NotFound, UsageError
from counterflow.storage import writings
from counterflow.views.marking import marking
from counterflow.workspace.base import Base, now

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.model.handling import Label
    from counterflow.pipeline import Line

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
        writings.write(self.store.casebook, [(retention.REVIEW, dataset, content)], [labels], self.who, told=told)
        return {"dataset": dataset, **content}

    def retention(self, on: str | None = None, *, audience: str | None = None) -> dict[str, Any]:
        """What is due by a day, reviews so far, purges that wait for a second person, what was purged and why."""
        line = self.line(audience, True)
        reviews = [{"dataset": row["key"], **row["content"], "by": row["by"], "at": row["at"]}
                   for row in reversed(line.writings(retention.REVIEW))]  # fmt: skip
        gone: dict[tuple[str, str, str, str], int] = {}
        for row in self.purged(audience=audience):
            key = (row["at"], row["by"], row["reason"], row["table"])
            gone[key] = gone.get(key, 0) + 1
        purged = [dict(zip(("at", "by", "reason", "table"), key, strict=True)) | {"records": n}
                  for key, n in sorted(gone.items(), reverse=True)]  # fmt: skip
        return {"due": self.retention_due(on, audience=audience), "reviews": reviews,
                "proposals": self._waiting(line), "purged": purged}  # fmt: skip

    def purge_plan(
        self, ids: Sequence[str] = (), *, dataset: str | None = None, audience: str | None = None
    ) -> dict[str, Any]:
        """What a purge would take out, of what may be read: rows of each table, originals by hash and name.

        :raises NotFound: an id or dataset that may not be read
        """
        from counterflow.storage.purging import counted

        self.allow("judge")
        line = self.line(audience, True)
        with line.epoch.lasting():
            subjects, chosen = self._chosen(line, ids, dataset, audience)
            rows = counted(self.store.ledger, self.store.ledger.readable_segments(line.audience), chosen)
            came = None if dataset is not None else self._came(line, subjects, self._of(ids, audience)[1])
        batches = [
            b for b in line.batches()
            if (b["dataset"] == dataset if came is None else (b["dataset"], b["recorded_at"]) in came)
        ]  # fmt: skip
        files = {f["sha256"]: f["name"] for b in batches for f in b["files"] if not f.get("purged")}
        return {"dataset": dataset, "ids": [*ids], "rows": rows,
                "originals": [{"sha256": digest, "name": name} for digest, name in sorted(files.items())]}  # fmt: skip

    def purge(
        self, ids: Sequence[str] = (), *, dataset: str | None = None, reason: str, audience: str | None = None,
        proposal: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Take records out for good: of a dataset, or all that is told of some parties, and what repeats it.

        Of a party goes every claim about one of its subjects, every relationship that names one, every payment of an
        account of theirs; the files that any of it was read from go whole.

        :param proposal: the one that a second person agrees to by this
        :returns: how many rows of each table, originals, writings and judgements went; or ``proposal`` where it waits
        :raises NotFound: an id or dataset that may not be read; UsageError: neither is named, no reason, or some of it
            is another organisation's; Busy: somebody is writing; Purged: there was another purge just now
        """
        from counterflow.storage.purging import purge

        rules = self.settings.four_eyes.text if self.settings.four_eyes else None
        waits = self.session is not None and proposal is None and four_eyes.wanted("purge", rules)
        self.allow("judge" if waits else "approve")
        if not reason.strip():
            raise UsageError("Say why it is purged: --reason TEXT.")
        line = self.line(audience, True)
        with line.epoch.lasting():
            subjects, chosen = self._chosen(line, ids, dataset, audience)
            held = self._own_labels(line, chosen) if self.session is not None else []
        if waits:
            return self._propose_purge(ids, dataset, reason.strip(), held)
        with self.store.casebook.writing():
            segments = self.store.ledger.readable_segments(line.audience)
            detail = {"dataset": dataset, "ids": [*ids], **({"proposal": proposal} if proposal else {})}
            found = purge(
                self.store.ledger, self.store.blobs, segments, chosen, subjects=subjects if ids else (),
                seen=line.labels_now(), reason=reason.strip(), who=self.who, detail=detail, before=line.epoch.number,
                derived=self.path / "derived",
            )  # fmt: skip
            shutil.rmtree(self.path / "kept", ignore_errors=True)  # made anew, from what is left
        self._forget()
        return found

    def approve_purge(self, proposal: str, *, audience: str | None = None) -> dict[str, Any]:
        """Agree to a purge that somebody else has proposed, and do it.

        :raises NotFound: none waits in one's organisation; UsageError: it is one's own
        """
        self.allow("approve")
        line = self.line(audience, True)
        found = next((p for p in self._waiting(line) if p["proposal"] == proposal), None)
        if found is None or (self.session is not None and found["from"] != self.session.principal.organisation):
            raise NotFound("proposal", proposal)
        if found["by"] == self.who:
            raise UsageError("A second person has to agree: this purge was proposed by you.")
        labels = [[line.labels()[i] for i in found["labels"]]]
        done = self.purge(found["ids"], dataset=found["dataset"], reason=found["reason"], audience=audience,
                          proposal=proposal)  # fmt: skip
        writings.write(self.store.casebook, [(retention.DONE, proposal, {"by": found["by"]})], labels, self.who)
        return done

    def _came(self, line: Line, subjects: set[str], rows: set[str]) -> set[tuple[str, str]]:
        """Dataset and time of recording of the batches that these came with."""
        found: set[tuple[str, str]] = set()
        named = {"claims": ("claim_id", self._claims_of(line, sorted(subjects))), "payments": ("row_id", sorted(rows))}
        for name, (key, ids) in named.items():
            table = line.scope.table(name)
            told = line.scope.run(table.filter(table[key].isin(ids)).select("dataset", "recorded_at").distinct())
            found |= {(r["dataset"], r["recorded_at"].isoformat(timespec="microseconds")) for r in told.to_pylist()}
        return found

    def _waiting(self, line: Line) -> list[dict[str, Any]]:
        """Purges that wait for a second person, oldest first."""
        gone = {row["key"] for row in line.writings(retention.DONE)}
        return [{"proposal": row["key"], **row["content"], "by": row["by"], "at": row["at"], "labels": row["labels"],
                 **marking(line.labels(), row["labels"])}
                for row in line.writings(retention.PROPOSAL) if row["key"] not in gone]  # fmt: skip

    def _own_labels(self, line: Line, chosen: Callable[[str, pa.Table], pa.Array]) -> list[Label]:
        """Labels of what would go. :raises UsageError: some of it is another organisation's, whose it is to purge"""
        from counterflow.storage.purging import counted

        segments = self.store.ledger.readable_segments(line.audience)
        hit = {s.label_id for s in segments if counted(self.store.ledger, [s], chosen)}
        held = [line.labels()[i] for i in sorted(hit)]
        mine = line.audience.organisation
        theirs = {o for label in held for o in ({label.originator} | label.orcon | label.sources) - {"", mine}}
        if theirs:
            raise UsageError(f"Some of it is for others to purge: {', '.join(sorted(theirs))}.")
        return held

    def _propose_purge(
        self, ids: Sequence[str], dataset: str | None, reason: str, labels: Sequence[Label]
    ) -> dict[str, Any]:
        id = f"u-{secrets.token_hex(8)}"
        content = {"ids": [*ids], "dataset": dataset, "reason": reason, "from": self.audience().organisation}
        told = ("propose", {"purge": id, **content})
        writings.write(self.store.casebook, [(retention.PROPOSAL, id, content)], [labels], self.who, told=told)
        return {"proposal": id, **content}

    def _chosen(
        self, line: Line, ids: Sequence[str], dataset: str | None, audience: str | None
    ) -> tuple[set[str], Callable[[str, pa.Table], pa.Array]]:
        """Subjects of which nothing may be left, and which rows go.

        :raises NotFound: an id or dataset that may not be read; UsageError: neither is named, or both
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if bool(ids) == bool(dataset):
            raise UsageError("Say what to purge: parties, or --dataset NAME.")
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

        return subjects, chosen

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
