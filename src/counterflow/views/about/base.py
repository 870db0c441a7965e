"""What every question of a view starts from: for whom it answers, and the tables that those may read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from counterflow.errors import UsageError
from counterflow.model import dates

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.views.picture import Picture
    from counterflow.workspace import Workspace

__all__ = ["Base"]

Progress = Callable[[str, float], None]


class Base:
    """What every question of a view starts from: for whom it answers, and the tables that those may read."""

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
        self.name = workspace.audience(audience).name  # an unknown audience is an error now, not at the first question
        self._progress = progress

    @cached_property
    def picture(self) -> Picture:
        """All tables of this audience."""
        return self.workspace.picture(self.name, self.exercise, self._progress, self.known_on)

    @cached_property
    def line(self) -> Line:
        """The stages of this audience, none of them made yet: for what needs no conclusion."""
        return self.workspace.line(self.name, self.exercise, self.known_on)

    @cached_property
    def _assessed(self) -> Picture:
        """What the assessment rests on: this audience's picture without the exercise layer."""
        return self.workspace.picture(self.name, False, self._progress, self.known_on)


def _instant(known_on: str | None) -> str | None:
    """:raises UsageError: no date and no time"""
    if not known_on:
        return None
    found = dates.end_of(known_on)
    if found is None:
        raise UsageError(f"'{known_on}' is not a date. Valid: 2016, 2016-09, 2016-09-29 or 2016-09-29T12:00:00Z.")
    return found
