"""The reading side of a workspace for one audience: one method per question, answers ready for JSON.

Everything that is read from a workspace is read through a `View`, and a view can reach only what its audience may read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from counterflow import registry
from counterflow.errors import NotFound
from counterflow.views.about.assessment import AboutAssessment
from counterflow.views.about.casework import AboutCasework
from counterflow.views.about.entities import AboutEntities
from counterflow.views.about.exchange import AboutExchange
from counterflow.views.about.network import AboutNetwork
from counterflow.views.about.patterns import AboutPatterns
from counterflow.views.about.ranking import AboutRanking
from counterflow.views.about.sources import AboutSources

__all__ = ["View"]


class View(
    AboutSources,
    AboutEntities,
    AboutExchange,
    AboutNetwork,
    AboutPatterns,
    AboutRanking,
    AboutAssessment,
    AboutCasework,
):
    """The reading side of a workspace for one audience: one method per question, answers ready for JSON."""

    def summary(self) -> dict[str, Any]:
        """Counts, first findings and the assessment's headline, on one screen."""
        from counterflow.views.assessment import headline
        from counterflow.views.findings import brief
        from counterflow.views.sources import counts, sources

        datasets = sources(self.picture)["datasets"]

        def exercised(found: Mapping[str, Any]) -> bool:
            return bool(self.picture.handling(found["label_ids"])["exercise"])

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
            "findings": [brief(self.picture, f) for f in sorted(self.picture.findings, key=exercised)[:5]],
            **headline(self._assessed),
        }

    def audiences(self) -> dict[str, Any]:
        """Audiences that may be asked for, and the current one."""
        known = self.workspace.settings.audiences if self.workspace.session is None else {self.name: {}}
        texts = [{"name": name, "text": known[name].get("text", name)} for name in known]
        return {"current": self.name, "exercise": self.exercise, "audiences": texts}

    def explain(self, id: str) -> dict[str, Any]:
        """Unfold an entity, value, link, finding, figure, claim or row to its sources."""
        from counterflow.views.explain import explain, figure

        try:
            return explain(self.picture, id)
        except NotFound:
            return figure(self._assessed, self.flow(), id)

    def export(
        self, format: str, out: Path, ids: Sequence[str] = (), options: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Write these entities and findings (none named: everything) as a file.

        :param options: of the format's own: profile, schema, report (see `Exporter.configured`)
        :returns: its handling, what the format loses, what its receiver will miss
        """
        from counterflow.casework.export import export
        from counterflow.views.exporting import wanted

        self.workspace.allow("export")

        def released(report: dict[str, Any]) -> None:
            told = {key: report[key] for key in ("format", "file", "records", "handling", "sha256")}
            self.workspace.audit("release", {"audience": self.name, "exercise": self.exercise, "ids": [*ids], **told})

        exporter = registry.get("exporters", format).with_options(options or {})
        entities, findings = wanted(self.picture, ids)
        return export(exporter, self.picture.scope, out, entities, findings=findings, log=released)

    def dissemination(self) -> dict[str, Any]:
        """Releases of which all may be read, newest first, and proposals that wait for a second person."""
        from counterflow.views.dissemination import proposals, releases

        line = self.picture.line
        gave, wait = releases(line), proposals(line)
        told = {row["by"] for one in gave for row in (one, *one["feedback"], *one["recalls"], *one["acknowledged"])}
        people = self.workspace.persons(sorted(told | {one["by"] for one in wait}))
        # by name at home, by organisation abroad
        named = {id: p.name if line.audience.owner or p.organisation == line.audience.organisation else p.organisation
                 for id, p in sorted(people.items())}  # fmt: skip
        return {"releases": gave, "proposals": wait, "names": named}

    def release_terms(self) -> dict[str, Any]:
        """To whom something can be released, in which formats, and what each format loses."""
        from counterflow.casework.goaml.profile import named

        exporters = [registry.get("exporters", name) for name in registry.names("exporters")]
        return {
            "recipients": self.workspace.recipients(audience=self.name),
            "formats": [
                {"name": e.name, "title": e.title, "losses": [{"field": x.field, "reason": x.reason} for x in e.losses]}
                for e in exporters
            ],
            "profiles": [{"name": name, "title": title} for name, title in named().items()],
        }

    def dissemination_of(self, release: str) -> dict[str, Any]:
        """One release, with the ids of its records. :raises NotFound: none that may be read"""
        from counterflow.views.dissemination import by_id

        return by_id(self.picture.line, release)
