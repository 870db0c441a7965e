"""The composition root: opens storage and offers one method per verb.

A `Workspace` writes (ingest, judge) and checks itself; a `View` reads, for one audience, and there is no way to read
without one. The command line and the HTTP interface put every question on the audit log before they ask it.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import config, registry
from counterflow.casework.audiences import audience as audience_of
from counterflow.errors import (
    CounterflowError,
    NotFound,
    UnknownName,
    UsageError,
    WorkspaceError,
)
from counterflow.model import dates
from counterflow.model.claim import Grade
from counterflow.model.handling import TLP, Label, combine
from counterflow.model.handling import readable as may_read
from counterflow.sources.recognise import chosen as recognised
from counterflow.sources.stream import check_path, encoding_note, read_head, unpacked

if TYPE_CHECKING:
    from counterflow.assessment.hypotheses import Question
    from counterflow.claims.ingest import IngestReport
    from counterflow.pipeline import Line, Made
    from counterflow.sources.download import Limits
    from counterflow.sources.fetch import Edition
    from counterflow.views.picture import Picture
    from counterflow.views.view import View

__all__ = ["Workspace"]

Progress = Callable[[str, float], None]


class Workspace:
    """A folder that holds one case's ledger, originals, casebook and derived results."""

    def __init__(self, path: Path) -> None:
        from counterflow.claims.ingest import Store
        from counterflow.storage.blobs import FolderBlobs
        from counterflow.storage.duckdb import ParquetLedger
        from counterflow.storage.sql import Casebook

        self.path = path
        self.settings = config.load(path / "counterflow.toml")
        casebook = Casebook(self.settings.casebook or f"sqlite:///{path / 'casebook.sqlite'}", path)
        self.store = Store(ParquetLedger(path / "ledger", casebook), casebook, FolderBlobs(path / "blobs"))
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._making = threading.Lock()

    # -- life ----------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, *, title: str = "Counterflow workspace", case: str = "") -> Workspace:
        """A new, empty workspace. :raises UsageError: there is one already, or the folder holds something else"""
        if (path / "counterflow.toml").exists():
            raise UsageError(f"{path} is a workspace already.")
        if path.exists() and any(path.iterdir()):
            raise UsageError(f"{path} is not empty. Name a new folder with --workspace DIR.")
        path.mkdir(parents=True, exist_ok=True)
        text = config.DEFAULT.format(title=json.dumps(title, ensure_ascii=False), case=json.dumps(case))
        tomllib.loads(text)
        cls(path).store.casebook.create()
        (path / "counterflow.toml").write_text(text, encoding="utf-8")  # last: its presence makes it a workspace
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """An existing workspace. :raises WorkspaceError: there is none, or it is of a newer layout"""
        if not (path / "counterflow.toml").exists():
            raise WorkspaceError(f"There is no workspace at {path}. Make one: counterflow --workspace {path} init")
        found = cls(path)
        found.store.casebook.check_layout()
        return found

    def close(self) -> None:
        """Give connections back."""
        self.store.casebook.close()

    # -- writing -------------------------------------------------------------------------------------------------

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
        :param grade: Admiralty grade, e.g. ``B2``; :param label: TLP marking, e.g. ``TLP:AMBER``
        :param edition: partial ISO date of the edition, where the file does not state it
        :param accept: take it although an assertion about it fails, or it is older than the edition in force
        :raises UsageError: the edition's date is none
        """
        from counterflow.claims.ingest import ingest

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
                who=_who(),
                place=inside,
                inside=str(inside.relative_to(place)) if inside != place else "",
                options=options,
                dataset=dataset,
                grade=Grade.parse(grade) if grade else None,
                label=Label(tlp=TLP.parse(label)) if label else None,
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

        held = waiting(self.store.casebook, dataset, self.line(audience, True).labels())
        reader, inside = registry.get("readers", held["reader"]), held["descriptor"]["inside"]
        with original(self.store.blobs, held["files"], held["file"], inside) as (path, place):
            report = ingest(
                path, reader, self.store, place=place, supersede=False, **{**self._as_before(held), "accept": True}
            )
        self.store.casebook.decide(held, "accepted", _who(), reason)
        return report

    def reject(self, dataset: str, reason: str = "", *, audience: str | None = None) -> None:
        """Drop the edition of a dataset that was held back. :raises NotFound: none waits that may be read"""
        from counterflow.claims.held import reject, waiting

        held = waiting(self.store.casebook, dataset, self.line(audience, True).labels())
        reject(self.store.casebook, self.store.blobs, held, _who(), reason)

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

        line = self.line(audience, True)
        readable, batches = line.labels(), line.batches()
        rows = [row for row in self.store.casebook.quarantine() if row["label_id"] in readable]
        wanted = retries(batches, in_force(batches, rows), dataset)
        if not wanted:
            raise NotFound("quarantined row of", dataset)
        by_number = {b["batch_id"]: b for b in batches}
        found = []
        for retry in wanted:
            batch = by_number[retry.batch]
            how = self._as_before({**batch, "own_label_id": batch["label_id"]})
            if mapping is not None:
                how["options"] = {**how["options"], "mapping": mapping}
            reader, file = registry.get("readers", batch["reader"]), batch["descriptor"]["file"]
            with original(self.store.blobs, batch["files"], file, how["inside"]) as (path, place):
                found.append(ingest(path, reader, self.store, place=place, anew=retry, **how))
        return found

    def _as_before(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """How a batch, or an edition held back, was read."""
        described = batch["descriptor"]
        return {
            "who": _who(),
            "options": described["options"],
            "dataset": batch["dataset"],
            "grade": Grade.parse(described["grade"]),
            "label": self.store.casebook.labels()[batch["own_label_id"]],
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

    def judge(self, left: str, right: str, verdict: str, reason: str, *, audience: str | None = None) -> None:
        """Record that two subjects are the same, different or unsure; ``withdrawn`` takes an earlier judgement back.

        The judgement is handled as strictly as all that is known of both, since it speaks of both.

        :raises NotFound: a subject that this audience may not read, or that is not there
        """
        self.judge_all([(left, right, verdict, reason)], audience=audience)

    def judge_all(self, judged: Sequence[tuple[str, str, str, str]], *, audience: str | None = None) -> int:
        """Record several, all seen before the first of them changes who is who. Returns how many.

        :param judged: (left, right, verdict, reason) each; see `judge`
        """
        valid = ("same", "different", "unsure", "withdrawn")
        for left, right, verdict, reason in judged:
            if verdict not in valid:
                raise UnknownName("verdict", verdict, valid)
            if left == right:
                raise UsageError("A judgement is about two subjects; both ids are the same.")
            if not reason.strip():
                raise UsageError("A judgement needs a reason.")
        picture = self.picture(audience, True)
        known = picture.scope.labels()
        labels = [
            combine(known[i] for side in (left, right) for i in picture.entity(side)["label_ids"])
            for left, right, _, _ in judged
        ]
        for (left, right, verdict, reason), label in zip(judged, labels, strict=True):
            row = {"left": left, "right": right, "verdict": verdict, "by": _who(), "at": _now(), "reason": reason}
            self.store.casebook.judge(row, label, _who())
        return len(judged)

    def dispose(
        self,
        asked: Mapping[str, Any],
        entity: str,
        verdict: str,
        reason: str,
        *,
        until: str | None = None,
        label: str | None = None,
        audience: str | None = None,
    ) -> dict[str, Any]:
        """Record what an analyst decided about a screening hit; see `model.disposition`.

        The decision is handled as strictly as all that is known of the entity, or as `label` where that is stricter.

        :param asked: the question: id, schema, properties; for ``withdrawn`` its ``party`` is enough
        :param entity: id of the hit
        :raises NotFound: an entity that this audience may not read, or no decision to withdraw; UsageError: no reason
        """
        from counterflow.model import disposition
        from counterflow.storage.writings import write
        from counterflow.views.dispositions import KIND, Decided, facts_of_entity, facts_of_query

        until = disposition.checked(verdict, reason, until)
        picture = self.picture(audience, True)
        row = picture.entity(entity)
        facts = facts_of_query(asked)
        party = str(asked.get("party") or disposition.party_of(asked.get("id"), facts))
        before = Decided(picture.line).latest.get((party, row["entity"]))
        if verdict == disposition.WITHDRAWN:
            if before is None:
                raise NotFound("disposition", f"{party} {entity}")
            facts = before[0].party_facts
        elif len(facts) < 2:
            raise UsageError("Say of whom it was decided: a question with properties, e.g. a name.")
        names = sorted(fact.partition(": ")[2] for fact in facts if fact.startswith("name: "))
        made = disposition.Disposition(
            party, names[0] if names else party, row["entity"], verdict, reason.strip(), until, _who(), "",
            facts, facts_of_entity(picture.line, row),
        )  # fmt: skip
        known = self.store.casebook.labels()
        labels = [known[i] for i in (*row["label_ids"], *(before[1] if before else ()))]
        labels += [Label(tlp=TLP.parse(label))] if label else []
        write(self.store.casebook, [(KIND, f"{party} {row['entity']}", made.to_dict())], [labels], _who())
        told = {"party": party, "entity": row["entity"], "verdict": verdict, "reason": made.reason, "until": until}
        self.audit("dispose", told)
        return told

    def mark(self, document: str, page: int, *, audience: str | None = None, **what: Any) -> dict[str, Any]:
        """Turn a passage of a document into a claim. :param what: see `claims.marking.mark`"""
        from counterflow.claims.marking import mark

        told = mark(self.store, self.line(audience, True).scope, _who(), document, page, **what)
        self.audit("mark", told)
        return told

    def unmark(self, claim: str, reason: str, *, audience: str | None = None) -> None:
        """Take back a claim that was made by marking a passage. :raises NotFound: no such mark that may be read"""
        from counterflow.claims.marking import take_back

        take_back(self.store, self.line(audience, True).scope, _who(), claim, reason)
        self.audit("unmark", {"claim": claim, "reason": reason})

    def write_hypotheses(self, question: Question, *, audience: str | None = None) -> str:
        """Keep a question with its evidence and ratings; rows that say the same as before are not written again.

        :returns: its id; :raises NotFound: a record cited that this audience may not read
        """
        from counterflow.assessment.hypotheses import to_rows
        from counterflow.storage.writings import write
        from counterflow.views.hypotheses import evidence_of, labelled

        picture = self.picture(audience, False)
        rows = to_rows(question)
        before = {(kind, row["key"]): row["content"] for kind in ("question", "evidence", "rating")
                  for row in picture.line.writings(kind)}  # fmt: skip
        fresh = [row for row in rows if before.get(row[:2]) != row[2]]
        write(self.store.casebook, fresh, labelled(evidence_of(picture), question, fresh), _who())
        return question.id

    def rate(self, question: str, item: str, hypothesis: str, rating: str, reason: str, *,
             audience: str | None = None) -> None:  # fmt: skip
        """Record how well an item fits a hypothesis; the rating before stays in the casebook.

        :raises NotFound: no such question or item that may be read; UnknownName: no such hypothesis or rating
        """
        from counterflow.assessment.hypotheses import rated
        from counterflow.views.hypotheses import question as found

        self.write_hypotheses(
            rated(found(self.line(audience, False), question), item, hypothesis, rating, reason), audience=audience
        )

    def keep_report(
        self, name: str, *, audience: str | None = None, as_of: str | None = None, of: int | None = None,
        edits: Mapping[str, Any] | None = None, note: str = "", answers: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Keep a report under a name, as a new version; the ones before stay.

        :param of: the version of that name to start from; None: the report as it is generated now
        :param edits: ``{title, sentences, drop, add}``, see `assessment.editing`; :param answers: see `View.report`
        :returns: ``{name, number, problems}``: what the linter would not let out
        :raises UsageError: something that is locked was changed; :raises NotFound: no such version, sentence or claim
        """
        from counterflow.assessment.proofreading import proofread
        from counterflow.storage.writings import write
        from counterflow.views import reports

        picture = self.picture(audience, False)
        base = self.view(audience).report(as_of, "" if of is None else f"{name}@{of}", answers)
        paper = reports.made(picture, base, edits)
        content, labels = reports.row(picture, name, base, paper, of=of, note=note)
        write(self.store.casebook, [("report", name, content)], [labels], _who())
        return {"name": name, "number": content["number"], "problems": proofread(paper)}

    def rescreen(
        self, name: str, questions: Iterable[Mapping[str, Any]] | None = None, *, audience: str | None = None,
        exercise: bool = True, limit: int = 5, threshold: float | None = None, full: bool = False,
        progress: Progress | None = None,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """Screen a file of customers that is kept for this audience; what neither changed nor met a change is not
        compared again. See `views.rescreening.rescreen`.

        :param questions: the file as it is now; None: as it was kept
        """
        from counterflow.views.rescreening import rescreen

        line = self.line(audience, exercise)
        if progress is not None:
            line.run("screen", progress)
        folder = self.path / "kept" / (line.audience.name + ("" if exercise else "-no-exercise"))
        return rescreen(line, folder, name, questions, limit=limit, threshold=threshold, full=full)

    def keep_scenario(self, name: str, question: Mapping[str, Any], *, audience: str | None = None) -> dict[str, Any]:
        """Keep a what-if question under a name, in place of one that this audience sees under it.

        It was asked with all in view that the audience may read, and is handled as strictly as all of that.

        :param question: budget, budgets, must, never, measures, as_of; :raises UsageError: no name, or an unknown key
        """
        from counterflow.views.scenarios import checked, scenario

        name, kept = checked(name, question)
        self._write_scenario(name, {"question": kept}, audience)
        return scenario(self.line(audience, True), name)

    def drop_scenario(self, name: str, *, audience: str | None = None) -> None:
        """Take a scenario off the list; it stays in the casebook. :raises NotFound: none that may be read"""
        from counterflow.views.scenarios import scenario

        found = scenario(self.line(audience, True), name)
        self._write_scenario(found["name"], {"question": found["question"], "dropped": True}, audience)

    def _write_scenario(self, name: str, content: dict[str, Any], audience: str | None) -> None:
        from counterflow.storage.writings import write
        from counterflow.views.scenarios import KIND

        seen = list(self.line(audience, True).scope.labels().values())
        write(self.store.casebook, [(KIND, name, content)], [seen], _who())

    def set_grades(self, grades: Mapping[str, float], *, audience: str | None = None) -> None:
        """Put these cells of the table from grades to probabilities in force, for all audiences; none: as shipped.

        :raises UsageError: an audience that is not the owner's; :raises InputError: no grade, or no probability
        """
        if not audience_of(self.settings, audience).owner:
            raise UsageError("What a grade is worth holds for every audience: only the workspace's owner changes it.")
        before = dict(self.settings.grades)
        config.write_grades(self.path / "counterflow.toml", grades)
        self.settings = config.load(self.path / "counterflow.toml")
        self.audit("grades", {"before": before, "after": dict(self.settings.grades)})

    def run(self, audience: str | None = None, *, exercise: bool = True, upto: str = "detect",
            progress: Progress | None = None) -> list[Made]:  # fmt: skip
        """Make every stage that changed, for one audience. Safe to interrupt and repeat."""
        return self.line(audience, exercise).run(upto, progress)

    # -- reading -------------------------------------------------------------------------------------------------

    def view(
        self,
        audience: str | None = None,
        *,
        exercise: bool = True,
        known_on: str | None = None,
        progress: Progress | None = None,
    ) -> View:
        """The reading side for an audience. What it needs is made on first use.

        :param known_on: partial ISO date or ISO time: as the ledger was at the end of it
        :raises UsageError: that is no date
        """
        from counterflow.views.view import View

        return View(self, audience, exercise, progress, known_on)

    def picture(
        self, audience: str | None, exercise: bool, progress: Progress | None = None, known_on: str | None = None
    ) -> Picture:
        """What that audience sees now, or would have seen then; kept until the ledger or a judgement changes.

        :param known_on: ISO time
        """
        from counterflow.views.picture import Picture

        with self._making:  # a browser asks several questions at once; the first one makes what all of them need
            line = self.line(audience, exercise, known_on)
            # audiences of the same rights share what is derived, not this: their rights may part with the next label
            key = (f"{line.audience.name} {exercise} {line.derived.folder.name}", line.fingerprint())
            if key not in self._pictures:
                self._pictures = {k: v for k, v in self._pictures.items() if k[0] != key[0]}
                self._pictures[key] = Picture(line, progress)
            return self._pictures[key]

    def ready(self, audience: str | None, exercise: bool, known_on: str | None = None) -> bool:
        """Whether what that audience sees has been made; makes it, but does not wait where that is under way."""
        if not self._making.acquire(blocking=False):
            return False
        self._making.release()
        self.picture(audience, exercise, None, known_on)
        return True

    def line(self, audience: str | None, exercise: bool, known_on: str | None = None) -> Line:
        """The stages for an audience, none of them made yet. :param known_on: ISO time"""
        from counterflow.pipeline import Line

        who = audience_of(self.settings, audience, exercise=exercise)
        return Line(self.store, self.settings, self.path / "derived", who, known_on)

    # -- checking ------------------------------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """Everything that is not as it was committed: segments, originals, audit log. Empty: all is well."""
        casebook = self.store.casebook
        kept = {f["sha256"] for row in (*casebook.batches(), *casebook.held()) for f in row["files"]}
        return [*self.store.ledger.verify(), *self.store.blobs.verify(kept), *self.store.casebook.verify_audit()]

    def doctor(self, audience: str | None = None, *, exercise: bool = True) -> dict[str, Any]:
        """State of the installation, and of the workspace as far as the audience may read it: a count of what it may
        not read would be an answer about it."""
        import platform
        from importlib import metadata

        who = audience_of(self.settings, audience, exercise=exercise)
        readable = {i for i, label in self.store.casebook.labels().items() if may_read(label, who, today=_now()[:10])}
        libraries = ("duckdb", "pyarrow", "ibis-framework", "sqlalchemy", "rapidfuzz", "highspy", "numba", "fastapi")
        return {
            "workspace": str(self.path),
            "title": self.settings.title,
            "audiences": sorted(self.settings.audiences) if who.owner else [who.name],
            "python": platform.python_version(),
            "counterflow": metadata.version("counterflow"),
            "libraries": {name: metadata.version(name) for name in libraries},
            "plugins": {kind: registry.names(kind) for kind in registry.KINDS},
            "broken_plugins": [str(p) for p in registry.problems()],
            "batches": sum(batch["labels"] <= readable for batch in self.store.casebook.batches()),
            "segments": len(self.store.ledger.readable_segments(who)),
            "workbench": (Path(__file__).parent / "web" / "dist" / "index.html").exists(),
        }

    def audit(self, action: str, detail: Mapping[str, Any]) -> None:
        """Put an action on the audit log."""
        self.store.casebook.audit(_who(), action, detail)


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return "unknown"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
