"""What every question of a view starts from: for whom it answers, and the tables that those may read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any

from counterflow.errors import Purged, UsageError
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

    def __init_subclass__(cls) -> None:
        for name, question in [*vars(cls).items()]:
            if inspect.isfunction(question) and not name.startswith("_"):
                setattr(cls, name, _lasting(question))

    @property
    def picture(self) -> Picture:
        """All tables of this audience."""
        if self._picture is None or not self._picture.stands:
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
        if self._picture is None or not self._picture.stands:
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
        if self._without is None or not self._without.stands:
            self._without = self.workspace.picture(self.name, False, self._progress, self.known_on)
        return self._without

    def _overtaken(self, *, failed: bool = False) -> bool:
        """Whether it rests on what was purged since; then it forgets that. :param failed: look closely"""
        pictures = [picture for picture in (self._picture, self._without) if picture is not None]
        lines = [*(picture.line for picture in pictures), *([self._line] if self._line else [])] if failed else []
        if all(picture.stands for picture in pictures) and not any(line.epoch.over for line in lines):
            return False
        self._picture = self._without = self._line = None
        return True


def _lasting(question: Callable[..., Any]) -> Callable[..., Any]:
    """The question, asked once more where there was a purge while it was being answered."""

    @functools.wraps(question)
    def asked(view: Base, *args: Any, **named: Any) -> Any:
        try:
            found = question(view, *args, **named)
            if not view._overtaken():
                return found
        except Exception as e:
            if not view._overtaken(failed=True) and not isinstance(e, Purged):
                raise
        if any(isinstance(one, Iterator) for one in (*args, *named.values())):
            raise Purged  # what it was asked with has been used up
        return question(view, *args, **named)

    return asked


def _instant(known_on: str | None) -> str | None:
    """:raises UsageError: no date and no time"""
    if not known_on:
        return None
    found = dates.end_of(known_on)
    if found is None:
        raise UsageError(f"'{known_on}' is not a date. Valid: 2016, 2016-09, 2016-09-29 or 2016-09-29T12:00:00Z.")
    return found
