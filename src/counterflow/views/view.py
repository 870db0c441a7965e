"""The reading side of a workspace for one audience: one method per question, answers ready for JSON.

Everything that is read from a workspace is read through a `View`, and a view can reach only what its audience may read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow import registry
from counterflow.casework.audiences import audience as audience_of
from counterflow.entities.evidence.verdicts import SHOWN
from counterflow.errors import NotFound, UsageError
from counterflow.model import dates

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.views.picture import Picture
    from counterflow.workspace import Workspace

__all__ = ["View"]

Progress = Callable[[str, float], None]


class View:
    """The reading side of a workspace for one audience: one method per question, answers ready for JSON."""

    def __init__(
        self,
        workspace: Workspace,
        audience: str | None,
        exercise: bool,
        progress: Progress | None,
        known_on: str | None = None,
    ) -> None:
        self.known_on = _instant(known_on)
        self.workspace = workspace
        self.exercise = exercise
        self.name = audience or workspace.settings.audience
        self._progress = progress
        audience_of(workspace.settings, audience)  # an unknown audience is an error now, not at the first question

    @cached_property
    def picture(self) -> Picture:
        """All tables of this audience."""
        return self.workspace.picture(self.name, self.exercise, self._progress, self.known_on)

    @cached_property
    def line(self) -> Line:
        """The stages of this audience, none of them made yet: for what needs no conclusion."""
        return self.workspace.line(self.name, self.exercise, self.known_on)

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
            # what is real comes before what is exercised, each most probable first
            "findings": sorted((brief(self.picture, f) for f in self.picture.findings), key=lambda f: f["exercise"])[
                :5
            ],
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

    def diff(self, dataset: str, first: str | None = None, last: str | None = None) -> dict[str, Any]:
        """What two editions of a list say differently, in words; by default the last two."""
        from counterflow.views.editions import diff

        return diff(self.line, dataset, first, last)

    def quarantine(self, dataset: str | None = None) -> list[dict[str, Any]]:
        """Rows set aside, with file, line, field and reason."""
        from counterflow.views.sources import quarantine

        return quarantine(self.line, dataset)

    def quarantine_file(self, out: Path, dataset: str | None = None) -> int:
        """Write rows set aside as CSV that no spreadsheet runs; returns how many."""
        from counterflow.views.sources import write_quarantine

        return write_quarantine(self.line, out, dataset)

    # -- entities and network ------------------------------------------------------------------------------------

    def search(self, text: str, limit: int = 20) -> dict[str, Any]:
        """Entities by name in any script, or by number."""
        from counterflow.views.entity import search

        return search(self.picture, text, limit)

    def entity(self, id: str, as_of: str | None = None) -> dict[str, Any]:
        """The page of an entity."""
        from counterflow.views.entity import entity

        return entity(self.picture, id, as_of)

    def conflicts(self, entity: str | None = None, as_of: str | None = None) -> list[dict[str, Any]]:
        """Accounts that cannot all be true, side by side: about an entity, or all."""
        from counterflow.views.conflicts import conflicts
        from counterflow.views.network import checked_date

        return conflicts(self.picture, entity, checked_date(as_of))

    def claims(self, id: str, property: str | None = None, value: str | None = None) -> dict[str, Any]:
        """Claims about an entity."""
        from counterflow.views.claims import of_entity

        return {"claims": of_entity(self.picture, id, property, value)}

    def claims_by_id(self, ids: Iterable[str]) -> dict[str, Any]:
        """Claims by their ids."""
        from counterflow.views.claims import by_ids

        return {"claims": by_ids(self.picture, ids)}

    def network(
        self, center: str, hops: int = 1, as_of: str | None = None, limit: int = 300, until: str | None = None
    ) -> dict[str, Any]:
        """The link chart around an entity."""
        from counterflow.views.network import neighbourhood

        return neighbourhood(self.picture, center, hops, as_of, limit, until)

    def difference(self, first: str, second: str, center: str | None = None, limit: int = 300) -> dict[str, Any]:
        """Links that began and ended between two dates."""
        from counterflow.views.network import difference

        return difference(self.picture, first, second, center, limit)

    def path(
        self, source: str, target: str, as_of: str | None = None, count: int = 1, in_time: bool = False,
        kinds: Sequence[str] = (),
    ) -> dict[str, Any]:  # fmt: skip
        """A chain of links between two entities: the shortest, the likeliest few, or one that runs in time."""
        from counterflow.views.chains import path

        return path(self.picture, source, target, as_of, count, in_time=in_time, only=kinds)

    def nearest(self, entity: str, as_of: str | None = None) -> dict[str, Any]:
        """The chain to the nearest listed party."""
        from counterflow.views.chains import nearest

        return nearest(self.picture, entity, as_of)

    def nearest_of_all(self, as_of: str | None = None) -> Iterator[dict[str, Any]]:
        """How far everybody is from a listed party: one answer an entity."""
        from counterflow.views.chains import nearest_of_all

        return nearest_of_all(self.picture, as_of)

    def lineage(self, entity: str, as_of: str | None = None) -> dict[str, Any]:
        """What an entity was before and after: mergers, splits, new names, rival accounts side by side."""
        from counterflow.views.lineage import lineage

        return lineage(self.picture, entity, as_of)

    def controlled(
        self, regime: str, as_of: str | None = None, ids: Iterable[str] = (), statuses: Iterable[str] = ()
    ) -> Iterator[dict[str, Any]]:
        """Who counts as a listed party's own under a regime: one answer a party, as many as there are."""
        from counterflow.views.control import answers

        return answers(self.picture, regime, as_of, ids, statuses)

    def control(
        self, regime: str, as_of: str | None = None, entity: str | None = None, status: str | None = None,
        offset: int = 0, limit: int = 100,
    ) -> dict[str, Any]:  # fmt: skip
        """A regime's answers in portions, with counts and what is wrong with the data."""
        from counterflow.views.control import page

        return page(self.picture, regime, as_of, entity, status, offset, limit)

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
        self,
        queries: Iterable[Mapping[str, Any]],
        *,
        limit: int = 5,
        threshold: float = SHOWN,
        as_of: str | None = None,
        exhaustive: bool = False,
        dispositions: str = "all",
    ) -> Iterator[dict[str, Any]]:
        """Each query against all entities: one answer a query, in order, as soon as it is read.

        :param dispositions: ``open`` leaves out hits that an analyst called false positives, while that holds
        """
        from counterflow.views.network import checked_date
        from counterflow.views.screening import screen

        day = checked_date(as_of)
        return screen(self.line, queries, limit=limit, threshold=threshold, as_of=day, exhaustive=exhaustive,
                      dispositions=dispositions)  # fmt: skip

    def screened(self, queries: Iterable[Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """Part of a file of queries, answered together; see `screen`."""
        from counterflow.views.screening import batch

        return batch(self.line, queries, **options)

    def dispositions(self, party: str | None = None, entity: str | None = None) -> dict[str, Any]:
        """What analysts decided about screening hits, the newest first."""
        from counterflow.views.dispositions import dispositions

        return {"dispositions": dispositions(self.line, party, entity)}

    # -- as yente and OpenRefine ask -----------------------------------------------------------------------------

    def match(self, dataset: str, queries: Mapping[str, Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """A batch of examples against the entities of a dataset; see `views.matching`."""
        from counterflow.views.matching import match

        return match(self.picture, dataset, queries, **options)

    def lookup(self, dataset: str, text: str = "", **options: Any) -> dict[str, Any]:
        """Free search with filters, facets, order and pages; see `views.lookup`."""
        from counterflow.views.lookup import lookup

        return lookup(self.picture, dataset, text, **options)

    def record(self, id: str, *, nested: bool = True) -> dict[str, Any]:
        """An entity or relationship in FollowTheMoney's shape; its ``id`` differs from what was asked where that is a
        referent."""
        from counterflow.views import records

        found = records.find_id(self.picture, id)
        return records.nested(self.picture, found) if nested else records.record(self.picture, found)

    def adjacent(
        self, id: str, property: str | None = None, sort: Sequence[str] = (), limit: int = 10, offset: int = 0
    ) -> dict[str, Any]:
        """What is next to a record, by one property or by each, in pages."""
        from counterflow.views import records

        found = records.find_id(self.picture, id)
        if property is None:
            return records.adjacent(self.picture, found, sort, limit, offset)
        return records.adjacent_by(self.picture, found, property, sort, limit, offset)

    def catalog(self) -> dict[str, Any]:
        """Datasets that may be asked about."""
        from counterflow.views.catalog import catalog

        return catalog(self.picture)

    def ready(self) -> bool:
        """Whether everything that an answer needs has been made; makes it, unless somebody else is at it."""
        return self.workspace.ready(self.name, self.exercise, self.known_on)

    def manifest(self, dataset: str, base: str, query: str = "") -> dict[str, Any]:
        """What the reconciliation service of a dataset can do."""
        from counterflow.views.reconcile import manifest

        return manifest(self.picture, dataset, base, query)

    def reconcile(self, dataset: str, queries: Mapping[str, Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """A batch of reconciliation queries."""
        from counterflow.views.reconcile import reconcile

        return reconcile(self.picture, dataset, queries, **options)

    def extend(self, dataset: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Values of some properties of some entities, for the columns of a table."""
        from counterflow.views.reconcile import extend

        return extend(self.picture, dataset, request)

    def suggest(self, kind: str, dataset: str, prefix: str, limit: int = 10) -> dict[str, Any]:
        """Entities, properties or types whose name begins so. :param kind: entity, property or type"""
        from counterflow.views import reconcile

        if kind == "entity":
            return reconcile.suggest_entity(self.picture, dataset, prefix, limit)
        suggest = {"property": reconcile.suggest_property, "type": reconcile.suggest_type}[kind]
        return suggest(self.picture, dataset, prefix)

    def proposed(self, dataset: str, type: str, limit: int = 0) -> dict[str, Any]:
        """Properties that a column of such parties may be extended by."""
        from counterflow.views.reconcile import proposed

        return proposed(self.picture, dataset, type, limit)

    def preview(self, dataset: str, id: str) -> str:
        """A small page about one entity, as HTML."""
        from counterflow.views.reconcile import preview

        return preview(self.picture, dataset, id)

    def review(
        self, limit: int = 50, offset: int = 0, entity: str | None = None, outcome: str | None = None
    ) -> dict[str, Any]:
        """Pairs that a person should look at, what matters most first."""
        from counterflow.views.review import review

        return review(self.picture, limit, offset, entity, outcome)

    def judgements(self) -> dict[str, Any]:
        """Judgements on who is who that are in force, the newest first."""
        from counterflow.views.review import judgements

        return {"judgements": judgements(self.picture)}

    # -- documents -----------------------------------------------------------------------------------------------

    def documents(self) -> dict[str, Any]:
        """Documents, newest first."""
        from counterflow.views.documents import documents

        return {"documents": documents(self.line)}

    def document(self, id: str) -> dict[str, Any]:
        """One document: its pages, its references, and the claims that cite it."""
        from counterflow.views.documents import document

        return document(self.line, id)

    def page(self, id: str, number: int) -> dict[str, Any]:
        """Text of one page of a document."""
        from counterflow.views.documents import page

        return page(self.line, id, number)

    def mentions(self, id: str, number: int | None = None, *, suggest: str = "") -> dict[str, Any]:
        """What is named in a document, or on one page of it."""
        from counterflow.views.documents import mentions

        return {"mentions": mentions(self.picture, id, number, suggest)}

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
        return self.workspace.picture(self.name, False, self._progress, self.known_on)

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

    def scenarios(self) -> dict[str, Any]:
        """What-if questions kept under a name."""
        from counterflow.views.scenarios import scenarios

        return {"scenarios": scenarios(self.line)}

    def scenario(self, name: str) -> dict[str, Any]:
        """One of them. :raises NotFound: none of that name that may be read"""
        from counterflow.views.scenarios import scenario

        return scenario(self.line, name)

    def questions(self) -> dict[str, Any]:
        """The four questions that `ask` answers."""
        from counterflow.views.asking import QUESTIONS

        return {"questions": [{"question": name, "title": title} for name, title in QUESTIONS.items()]}

    def ask(
        self, question: str, as_of: str | None = None, budget: float | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """One of the four questions. :param config: the user's own assumptions, in place of the shipped ones"""
        from counterflow.views.asking import ask

        return ask(self._assessed, question, as_of=as_of, budget=budget, config=config)

    def report(self, as_of: str | None = None, saved: str = "", answers: bool = False) -> dict[str, Any]:
        """The written assessment, as data.

        :param saved: ``name`` or ``name@number`` of one that was kept; :param answers: with the questions answered
        """
        from counterflow.views.reports import answered, version

        if saved:
            return version(self._assessed.line, *_named(saved))
        found: dict[str, Any] = self.assess(as_of)["report"]
        return answered(self._assessed, found, as_of) if answers else found

    def report_file(
        self, format: str = "html", as_of: str | None = None, saved: str = "", answers: bool = False
    ) -> bytes:
        """The written assessment as ``html``, ``md``, ``pdf``, ``docx`` or ``json``.

        :raises Unsupported: the linter refuses a sentence of it
        """
        from counterflow.assessment.proofreading import refuse
        from counterflow.views.assessment import report_file

        paper = self.report(as_of, saved, answers)
        refuse(paper)
        return report_file(paper, format)

    def report_versions(self) -> dict[str, Any]:
        """Reports that were kept for this audience."""
        from counterflow.views.reports import versions

        return versions(self._assessed.line)

    def report_changes(self, saved: str, against: str = "now") -> dict[str, Any]:
        """What changed between a report that was kept and another.

        :param against: ``now``, the same report from the records of today; ``generated``, before it was edited; or
            ``name@number``, an earlier one
        """
        from counterflow.views import reports

        line, one = self._assessed.line, self.report(saved=saved)
        if against == "now":
            return reports.compared(
                self._assessed, one, self.report(one["as_of"], answers=bool(one.get("answers"))), words=False
            )
        if against == "generated":
            before = reports.as_generated(line, *_named(saved))
            return reports.compared(self._assessed, before, {**one, "figures": []}, words=True)
        return reports.compared(self._assessed, self.report(saved=against), one, words=True)

    def report_lint(
        self, edits: Mapping[str, Any] | None = None, text: str | None = None, as_of: str | None = None,
        saved: str = "", answers: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """What may not stand: in a report with edits, or in a text that was made from one."""
        from counterflow.assessment.proofreading import proofread, proofread_text
        from counterflow.views.reports import made

        base = self.report(as_of, saved, answers)
        if text is not None:
            return {"problems": proofread_text(text, base)}
        locked: list[dict[str, str]] = []
        paper = made(self._assessed, base, edits, locked)
        return {"problems": [*locked, *proofread(paper)]}

    def grades(self) -> dict[str, Any]:
        """What probability stands for each Admiralty grade in this workspace, and how it was come by."""
        from counterflow.views.grades import in_force

        return in_force(self.workspace.settings.grades)

    def grades_tried(self, grades: Mapping[str, float]) -> dict[str, Any]:
        """What another table would change, without putting it in force."""
        from counterflow.views.grades import tried

        return tried(self._assessed, grades)

    def grades_fitted(self, path: Path) -> dict[str, Any]:
        """A table fitted to claims of known truth, and its calibration on those it was not fitted to."""
        from counterflow.views.grades import fitted

        return fitted(self.workspace.settings.grades, path)

    def hypotheses(self) -> dict[str, Any]:
        """Questions with rival hypotheses."""
        from counterflow.views.hypotheses import questions

        return questions(self._assessed)

    def matrix(self, id: str, without: Iterable[str] = (), dependence: float | None = None) -> dict[str, Any]:
        """One question: hypotheses ranked, evidence weighed, what would change without each piece."""
        from counterflow.views.hypotheses import matrix

        return matrix(self._assessed, id, without, dependence)

    # -- casework ------------------------------------------------------------------------------------------------

    def export(self, format: str, out: Path, ids: Sequence[str] = ()) -> dict[str, Any]:
        """Write these entities (none named: everything) as a file; says its handling and what the format loses."""
        from counterflow.casework.export import export

        def released(report: dict[str, Any]) -> None:
            told = {key: report[key] for key in ("format", "file", "records", "handling", "sha256")}
            self.workspace.audit("release", {"audience": self.name, "exercise": self.exercise, "ids": [*ids], **told})

        exporter = registry.get("exporters", format)
        return export(exporter, self.picture.scope, out, ids or None, log=released)


def _named(saved: str) -> tuple[str, int | None]:
    """``name@number`` as both. :raises UsageError: what stands behind @ is no number"""
    name, at, number = saved.rpartition("@")
    if not at:
        return saved, None
    if not number.isdecimal():
        raise UsageError(f"'{saved}' names no version. Valid: NAME, or NAME@2.")
    return name, int(number)


def _instant(known_on: str | None) -> str | None:
    """:raises UsageError: no date and no time"""
    if not known_on:
        return None
    found = dates.end_of(known_on)
    if found is None:
        raise UsageError(f"'{known_on}' is not a date. Valid: 2016, 2016-09, 2016-09-29 or 2016-09-29T12:00:00Z.")
    return found
