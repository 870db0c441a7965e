"""How much flows where, what would cut it, the report, grades and hypotheses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from counterflow.errors import UsageError
from counterflow.views.about.base import Base

__all__ = ["AboutAssessment"]


class AboutAssessment(Base):
    """How much flows where, what would cut it, the report, grades and hypotheses."""

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

        self.workspace.allow("export")
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


def _named(saved: str) -> tuple[str, int | None]:
    """``name@number`` as both. :raises UsageError: what stands behind @ is no number"""
    name, at, number = saved.rpartition("@")
    if not at:
        return saved, None
    if not number.isdecimal():
        raise UsageError(f"'{saved}' names no version. Valid: NAME, or NAME@2.")
    return name, int(number)
