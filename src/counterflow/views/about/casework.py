"""Cases and what is in them, as far as the audience may see."""

from __future__ import annotations

from typing import Any

from counterflow.views.about.base import Base

__all__ = ["AboutCasework"]


class AboutCasework(Base):
    """Cases and what is in them, as far as the audience may see."""

    def cases(self, status: str = "") -> dict[str, Any]:
        """Cases that the reader is in."""
        from counterflow.views.cases import cases

        return cases(self.line, self.workspace.session, status)

    def case(self, id: str) -> dict[str, Any]:
        """One of them, with all that is in it."""
        from counterflow.views.cases import case

        named = self.workspace.settings.four_eyes
        return case(self.line, self.workspace.session, id, named.text if named else None)

    def case_history(self, id: str, row: str | None = None) -> dict[str, Any]:
        """Every version of every row of a case, or of one row."""
        from counterflow.views.cases import history

        return history(self.line, self.workspace.session, id, row)

    def case_row(self, id: str, row: str) -> dict[str, Any]:
        """One row of a case as it is now. :raises NotFound: none that may be read"""
        from counterflow.views.cases import row as found

        return found(self.line, self.workspace.session, id, row)

    def case_terms(self) -> dict[str, Any]:
        """The words in use, and which acts want a second person."""
        from counterflow.casework.cases.four_eyes import rules
        from counterflow.model.case import terms

        named = self.workspace.settings.four_eyes
        return {"terms": dict(terms()), "four_eyes": dict(rules(named.text if named else None))}

    def snapshot(self, id: str, row: str) -> dict[str, Any]:
        """A link chart as it was."""
        from counterflow.views.cases import snapshot

        return snapshot(self.line, self.workspace.session, id, row)

    def snapshots_compared(self, id: str, first: str, second: str) -> dict[str, Any]:
        """What came, went and changed between two."""
        from counterflow.views.cases import compared

        return compared(self.line, self.workspace.session, id, first, second)

    def proposals(self) -> dict[str, Any]:
        """What waits for a second person."""
        from counterflow.views.cases import proposed

        return proposed(self.line, self.workspace.session, self.workspace.who)

    def news(self, everything: bool = False) -> dict[str, Any]:
        """Pointers to what others did in one's cases."""
        from counterflow.views.cases import whats_new

        return whats_new(self.line, self.workspace.session, self.workspace.who, everything=everything)

    def events(self, since: str = "", after: int | None = None) -> tuple[list[dict[str, Any]], int]:
        """Pointers to what was written since, and the place in the casebook to go on from, which is not to be shown.

        :param since: id of the last event; :param after: place; neither: nothing yet
        """
        from counterflow.views.cases import events, newer

        now = self.event_place()
        if after is None and not since:
            return [], now
        after = newer(self.line, since) if after is None else after
        return (events(self.line, self.workspace.session, after) if now > after else []), now

    def event_place(self) -> int:
        """Place of the last row of any case that may be read: whether to look again. Not to be shown."""
        from counterflow.views.cases import KIND

        return self.line.reader.last(KIND)

    def last_event(self) -> str:
        """Id of the last event that the reader could have had; of a reader who had none, one that comes before all."""
        from counterflow.views.cases import events

        told = events(self.line, self.workspace.session, 0)
        return str(told[-1]["id"]) if told else "0"
