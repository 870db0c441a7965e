"""The composition root: opens storage and offers one method per verb.

A `Workspace` writes (ingest, judge, expunge) and checks itself; a `View` reads, for one audience. There is no way to
read without a view, and every call on either is on the audit log.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import config, registry
from counterflow.casework.audiences import audience as audience_of
from counterflow.errors import NotFound, UnknownName, UnreadableFile, UsageError, WorkspaceError
from counterflow.model.claim import Grade
from counterflow.model.handling import TLP, Label, combine
from counterflow.sources.reader import read_head

if TYPE_CHECKING:
    from counterflow.claims.ingest import IngestReport
    from counterflow.pipeline import Line, Made
    from counterflow.views.picture import Picture

__all__ = ["View", "Workspace"]

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
        accept: bool = False,
        progress: Callable[[str, int], None] | None = None,
    ) -> IngestReport:
        """Read one file or folder into the ledger, whole or not at all.

        :param reader: its name; None: the one that recognises the content
        :param grade: Admiralty grade, e.g. ``B2``; :param label: TLP marking, e.g. ``TLP:AMBER``
        """
        from counterflow.claims.ingest import ingest

        chosen = registry.get("readers", reader) if reader else recognise(path)
        return ingest(
            path,
            chosen,
            self.store,
            who=_who(),
            options=options,
            dataset=dataset,
            grade=Grade.parse(grade) if grade else None,
            label=Label(tlp=TLP.parse(label)) if label else None,
            caveats=caveats,
            accept=accept,
            progress=progress,
        )

    def judge(self, left: str, right: str, verdict: str, reason: str, *, audience: str | None = None) -> None:
        """Record that two subjects are the same, different or unsure; ``withdrawn`` takes an earlier judgement back.

        The judgement is handled as strictly as all that is known of both, since it speaks of both.

        :raises NotFound: a subject that this audience may not read, or that is not there
        """
        valid = ("same", "different", "unsure", "withdrawn")
        if verdict not in valid:
            raise UnknownName("verdict", verdict, valid)
        if not reason.strip():
            raise UsageError("A judgement needs a reason.")
        picture = self.picture(audience, True)
        known = picture.scope.labels()
        label = combine(known[i] for side in (left, right) for i in picture.entity(side)["label_ids"])
        row = {"left": left, "right": right, "verdict": verdict, "by": _who(), "at": _now(), "reason": reason}
        self.store.casebook.judge(row, label, _who())

    def run(self, audience: str | None = None, *, exercise: bool = True, upto: str = "detect",
            progress: Progress | None = None) -> list[Made]:  # fmt: skip
        """Make every stage that changed, for one audience. Safe to interrupt and repeat."""
        return self._line(audience, exercise).run(upto, progress)

    # -- reading -------------------------------------------------------------------------------------------------

    def view(self, audience: str | None = None, *, exercise: bool = True, progress: Progress | None = None) -> View:
        """The reading side for an audience. What it needs is made on first use."""
        return View(self, audience, exercise, progress)

    def picture(self, audience: str | None, exercise: bool, progress: Progress | None = None) -> Picture:
        """What that audience sees now; kept until the ledger or a judgement changes."""
        from counterflow.views.picture import Picture

        with self._making:  # a browser asks several questions at once; the first one makes what all of them need
            line = self._line(audience, exercise)
            key = (line.derived.folder.name, line.fingerprint())
            if key not in self._pictures:
                self._pictures = {k: v for k, v in self._pictures.items() if k[0] != key[0]}
                self._pictures[key] = Picture(line, progress)
            return self._pictures[key]

    def _line(self, audience: str | None, exercise: bool) -> Line:
        from counterflow.pipeline import Line

        who = audience_of(self.settings, audience, exercise=exercise)
        return Line(self.store, self.settings, self.path / "derived", who)

    # -- checking ------------------------------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """Everything that is not as it was committed: segments, originals, audit log. Empty: all is well."""
        return [*self.store.ledger.verify(), *self.store.blobs.verify(), *self.store.casebook.verify_audit()]

    def doctor(self) -> dict[str, Any]:
        """State of the workspace and of the installation."""
        import platform
        from importlib import metadata

        libraries = ("duckdb", "pyarrow", "ibis-framework", "sqlalchemy", "rapidfuzz", "highspy", "numba", "fastapi")
        return {
            "workspace": str(self.path),
            "title": self.settings.title,
            "audiences": sorted(self.settings.audiences),
            "python": platform.python_version(),
            "counterflow": metadata.version("counterflow"),
            "libraries": {name: metadata.version(name) for name in libraries},
            "plugins": {kind: registry.names(kind) for kind in registry.KINDS},
            "broken_plugins": [str(p) for p in registry.problems()],
            "batches": len(self.store.casebook.batches()),
            "segments": len(self.store.casebook.segments()),
            "workbench": (Path(__file__).parent / "web" / "dist" / "index.html").exists(),
        }

    def audit(self, action: str, detail: Mapping[str, Any]) -> None:
        """Put an action on the audit log."""
        self.store.casebook.audit(_who(), action, detail)


class View:
    """The reading side of a workspace for one audience: one method per question, answers ready for JSON."""

    def __init__(self, workspace: Workspace, audience: str | None, exercise: bool, progress: Progress | None) -> None:
        self.workspace = workspace
        self.exercise = exercise
        self.name = audience or workspace.settings.audience
        self._progress = progress
        audience_of(workspace.settings, audience)  # an unknown audience is an error now, not at the first question

    @cached_property
    def picture(self) -> Picture:
        """All tables of this audience."""
        return self.workspace.picture(self.name, self.exercise, self._progress)

    # -- overview ------------------------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """Counts, first findings and the assessment's headline, on one screen."""
        from counterflow.views.findings import brief
        from counterflow.views.sources import counts, sources

        datasets = sources(self.picture)["datasets"]
        report = self.report()
        flow = self.flow()
        return {
            "title": self.workspace.settings.title,
            "case": self.workspace.settings.case,
            "audience": self.name,
            "exercise": self.exercise,
            "counts": counts(self.picture),
            "datasets": [
                {k: d[k] for k in ("dataset", "title", "claims", "observations", "handling")} for d in datasets
            ],
            "findings": [brief(self.picture, f) for f in self.picture.findings[:5]],
            "cashbox": {**flow["balance"]["inflow"], "unit": flow["unit"]} if flow["arcs"] else None,
            "report": {"title": report["title"], "summary": report["summary"]},
        }

    def audiences(self) -> dict[str, Any]:
        """Audiences that may be asked for, and the current one."""
        known = self.workspace.settings.audiences
        texts = [{"name": name, "text": known[name].get("text", name)} for name in known]
        return {"current": self.name, "exercise": self.exercise, "audiences": texts}

    def sources(self) -> dict[str, Any]:
        """Datasets with their files, sources cited, quarantine."""
        from counterflow.views.sources import sources

        return sources(self.picture)

    def quarantine(self) -> list[dict[str, Any]]:
        """Rows set aside, with file, line, field and reason."""
        from counterflow.views.sources import quarantine

        return quarantine(self.picture)

    # -- entities and network ------------------------------------------------------------------------------------

    def search(self, text: str, limit: int = 20) -> dict[str, Any]:
        """Entities by name in any script, or by number."""
        from counterflow.views.entity import search

        return search(self.picture, text, limit)

    def entity(self, id: str, as_of: str | None = None) -> dict[str, Any]:
        """The page of an entity."""
        from counterflow.views.entity import entity

        return entity(self.picture, id, as_of)

    def claims(self, id: str, property: str | None = None, value: str | None = None) -> dict[str, Any]:
        """Claims about an entity."""
        from counterflow.views.claims import of_entity

        return {"claims": of_entity(self.picture, id, property, value)}

    def claims_by_id(self, ids: Iterable[str]) -> dict[str, Any]:
        """Claims by their ids."""
        from counterflow.views.claims import by_ids

        return {"claims": by_ids(self.picture, ids)}

    def network(self, center: str, hops: int = 1, as_of: str | None = None, limit: int = 300) -> dict[str, Any]:
        """The link chart around an entity."""
        from counterflow.views.network import neighbourhood

        return neighbourhood(self.picture, center, hops, as_of, limit)

    def path(self, source: str, target: str, as_of: str | None = None) -> dict[str, Any]:
        """A shortest chain of links between two entities."""
        from counterflow.views.network import path

        return path(self.picture, source, target, as_of)

    def map(self) -> dict[str, Any]:
        """Events, tracks and findings with a place."""
        from counterflow.views.map import world

        return world(self.picture)

    def explain(self, id: str) -> dict[str, Any]:
        """Unfold an entity, value, link, finding, figure, claim or row to its sources."""
        from counterflow.views.explain import explain, figure

        try:
            return explain(self.picture, id)
        except NotFound:
            return figure(self._assessed, self.flow(), id)

    def screen(
        self, queries: Iterable[Mapping[str, Any]], *, limit: int = 5, threshold: float = 0.5
    ) -> Iterator[dict[str, Any]]:
        """Each query against all entities: one answer a query, in order."""
        from counterflow.views.screening import screen

        return screen(self.picture, queries, limit=limit, threshold=threshold)

    # -- findings ------------------------------------------------------------------------------------------------

    def findings(self) -> dict[str, Any]:
        """All findings, most probable first."""
        from counterflow.views.findings import in_print

        return {"findings": [in_print(self.picture, f) for f in self.picture.findings]}

    def finding(self, id: str) -> dict[str, Any]:
        """One finding with its evidence unfolded."""
        from counterflow.views.findings import finding

        return finding(self.picture, id)

    def detect(self, typologies: Sequence[str] = (), as_of: str | None = None) -> list[dict[str, Any]]:
        """Findings of some typologies (none named: all), with what had happened by a date."""
        from counterflow.findings.run import detect_all
        from counterflow.views.findings import in_print
        from counterflow.views.network import checked_date

        if not typologies and as_of is None:
            return list(self.findings()["findings"])
        for name in typologies:
            registry.get("typologies", name)
        settings = self.workspace.settings.typologies
        found = detect_all(self.picture.scope, settings, only=typologies, as_of=checked_date(as_of))
        return [in_print(self.picture, json.loads(json.dumps(f.to_dict()))) for f in found]

    # -- assessment ----------------------------------------------------------------------------------------------

    @cached_property
    def _assessed(self) -> Picture:
        """What the assessment rests on: this audience's picture without the exercise layer."""
        return self.workspace.picture(self.name, False, self._progress)

    def assess(self, as_of: str | None = None, *, with_exercise: bool = False) -> dict[str, Any]:
        """Flow, measures, a first plan and the report, as of a date."""
        from counterflow.views.assessment import assessed

        return assessed(self.picture if with_exercise and self.exercise else self._assessed, as_of)

    def flow(self, as_of: str | None = None) -> dict[str, Any]:
        """The money flow with intervals."""
        found: dict[str, Any] = self.assess(as_of)["flow"]
        return found

    def measures(self, as_of: str | None = None) -> dict[str, Any]:
        """The catalogue of measures."""
        found: dict[str, Any] = self.assess(as_of)["measures"]
        return found

    def whatif(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The best plan within a budget, and the flow before, after, and after rerouting."""
        from counterflow.views.assessment import whatif

        return whatif(self._assessed, request)

    def report(self, as_of: str | None = None) -> dict[str, Any]:
        """The written assessment, as data."""
        found: dict[str, Any] = self.assess(as_of)["report"]
        return found

    def report_text(self, format: str = "html", as_of: str | None = None) -> str:
        """The written assessment as ``html`` or ``md``."""
        from counterflow.views.assessment import report_text

        return report_text(self._assessed, format, as_of)

    # -- casework ------------------------------------------------------------------------------------------------

    def export(self, format: str, out: Path, ids: Sequence[str] = ()) -> dict[str, Any]:
        """Write these entities (none named: everything) as a file; says its handling and what the format loses."""
        from counterflow.casework.export import export

        def released(report: dict[str, Any]) -> None:
            told = {key: report[key] for key in ("format", "file", "records", "handling", "sha256")}
            self.workspace.audit("release", {"audience": self.name, "exercise": self.exercise, "ids": [*ids], **told})

        exporter = registry.get("exporters", format)
        return export(exporter, self.picture.scope, out, ids or None, log=released)


def recognise(path: Path) -> Any:
    """The reader that recognises a file or folder by its content.

    :raises UnreadableFile: none does; names the readers there are
    """
    if not path.exists():
        raise UnreadableFile("there is no such file or folder", file=str(path))
    head = read_head(path)
    readers = [registry.get("readers", name) for name in registry.names("readers")]
    sure = sorted(((r.recognises(head), r.name, r) for r in readers), key=lambda x: (-x[0], x[1]))
    if not sure or sure[0][0] <= 0:
        names = ", ".join(registry.names("readers"))
        raise UnreadableFile(f"no reader recognises this content. Name one with --reader: {names}", file=str(path))
    return sure[0][2]


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return "unknown"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
