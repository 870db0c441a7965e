"""What analysts write: hypotheses and ratings, reports, what-if questions, what a grade is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow import config
from counterflow.errors import (
    UsageError,
)

if TYPE_CHECKING:
    from counterflow.assessment.hypotheses import Question

from counterflow.workspace.base import Base

__all__ = ["Assessing"]

Progress = Callable[[str, float], None]


class Assessing(Base):
    """What analysts write: hypotheses and ratings, reports, what-if questions, what a grade is worth."""

    def write_hypotheses(self, question: Question, *, audience: str | None = None) -> str:
        """Keep a question with its evidence and ratings; rows that say the same as before are not written again.

        :returns: its id; :raises NotFound: a record cited that this audience may not read
        """
        from counterflow.assessment.hypotheses import to_rows
        from counterflow.storage.writings import write
        from counterflow.views.hypotheses import evidence_of, labelled

        self.allow("judge")
        picture = self.picture(audience, False)
        rows = to_rows(question)
        before = {(kind, row["key"]): row["content"] for kind in ("question", "evidence", "rating")
                  for row in picture.line.writings(kind)}  # fmt: skip
        fresh = [row for row in rows if before.get(row[:2]) != row[2]]
        write(self.store.casebook, fresh, labelled(evidence_of(picture), question, fresh), self.who)
        return question.id

    def rate(self, question: str, item: str, hypothesis: str, rating: str, reason: str, *,
             audience: str | None = None) -> None:  # fmt: skip
        """Record how well an item fits a hypothesis; the rating before stays in the casebook.

        :raises NotFound: no such question or item that may be read; UnknownName: no such hypothesis or rating
        """
        from counterflow.assessment.hypotheses import rated
        from counterflow.views.hypotheses import question as found

        self.allow("judge")
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

        self.allow("judge")
        picture = self.picture(audience, False)
        base = self.view(audience).report(as_of, "" if of is None else f"{name}@{of}", answers)
        paper = reports.made(picture, base, edits)
        content, labels = reports.row(picture, name, base, paper, of=of, note=note)
        write(self.store.casebook, [("report", name, content)], [labels], self.who)
        return {"name": name, "number": content["number"], "problems": proofread(paper)}

    def keep_scenario(self, name: str, question: Mapping[str, Any], *, audience: str | None = None) -> dict[str, Any]:
        """Keep a what-if question under a name, in place of one that this audience sees under it.

        It was asked with all in view that the audience may read, and is handled as strictly as all of that.

        :param question: budget, budgets, must, never, measures, as_of; :raises UsageError: no name, or an unknown key
        """
        from counterflow.views.scenarios import checked, scenario

        self.allow("judge")
        name, kept = checked(name, question)
        self._write_scenario(name, {"question": kept}, audience)
        return scenario(self.line(audience, True), name)

    def drop_scenario(self, name: str, *, audience: str | None = None) -> None:
        """Take a scenario off the list; it stays in the casebook. :raises NotFound: none that may be read"""
        from counterflow.views.scenarios import scenario

        self.allow("judge")
        found = scenario(self.line(audience, True), name)
        self._write_scenario(found["name"], {"question": found["question"], "dropped": True}, audience)

    def _write_scenario(self, name: str, content: dict[str, Any], audience: str | None) -> None:
        from counterflow.storage.writings import write
        from counterflow.views.scenarios import KIND

        seen = list(self.line(audience, True).scope.labels().values())
        write(self.store.casebook, [(KIND, name, content)], [seen], self.who)

    def set_grades(self, grades: Mapping[str, float], *, audience: str | None = None) -> None:
        """Put these cells of the table from grades to probabilities in force, for all audiences; none: as shipped.

        :raises UsageError: an audience that is not the owner's; :raises InputError: no grade, or no probability
        """
        self.allow("train")
        if not self.audience(audience).owner:
            raise UsageError("What a grade is worth holds for every audience: only the workspace's owner changes it.")
        before = dict(self.settings.grades)
        config.write_grades(self.path / "counterflow.toml", grades)
        self.audit("grades", {"before": before, "after": dict(self.settings.grades)})
