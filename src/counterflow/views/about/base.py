"""What every question of a view starts from: for whom it answers, and the tables that those may read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
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
        self._picture: Picture | None = None
        self._without: Picture | None = None
        self._line: Line | None = None

    # Not cached_property: until Python 3.12 that has one lock for all views there are, held while a picture is made.

    @property
    def picture(self) -> Picture:
        """All tables of this audience."""
        if self._picture is None:
            self._picture = self.workspace.picture(self.name, self.exercise, self._progress, self.known_on)
        return self._picture

    @property
    def line(self) -> Line:
        """The stages of this audience, none of them made yet: for what needs no conclusion."""
        if self._line is None:
            self._line = self.workspace.line(self.name, self.exercise, self.known_on)
        return self._line

    @property
    def at_hand(self) -> bool:
        """Whether what this audience sees has been made."""
        if self._picture is None:
            self._picture = self.workspace.made(self.name, self.exercise, self.known_on)
        return self._picture is not None

    @property
    def opened(self) -> Line:
        """A line whose tables are open: that of the picture where there is one, else `line`, which opens them."""
        return self._picture.line if self.at_hand and self._picture else self.line

    def kept(self, question: Hashable, make: Callable[[], bytes]) -> bytes:
        """An answer that rests on the picture alone, as it is sent: made once for all who share it."""
        return self._picture.answers.get(question, make) if self.at_hand and self._picture else make()

    @property
    def _assessed(self) -> Picture:
        """What the assessment rests on: this audience's picture without the exercise layer."""
        if not self.exercise:
            return self.picture
        if self._without is None:
            self._without = self.workspace.picture(self.name, False, self._progress, self.known_on)
        return self._without


def _instant(known_on: str | None) -> str | None:
    """:raises UsageError: no date and no time"""
    if not known_on:
        return None
    found = dates.end_of(known_on)
    if found is None:
        raise UsageError(f"'{known_on}' is not a date. Valid: 2016, 2016-09, 2016-09-29 or 2016-09-29T12:00:00Z.")
    return found
