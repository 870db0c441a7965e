"""Cases and what is in them, as far as the audience may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterflow.views.about.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterflow.storage.cursors import Cursors
    from counterflow.views.stirring import Stir

__all__ = ["AboutCasework"]


class AboutCasework(Base):
    """Cases and what is in them, as far as the audience may see."""

    def cases(self, status: str = "", q: str = "", assignee: str = "", due: str = "") -> dict[str, Any]:
        """Cases that the reader is in; see `views.case_lists.cases`."""
        from counterflow.views.case_lists import cases

        return cases(self.line, self.workspace.session, status=status, q=q, assignee=assignee, due=due)

    def case_work(self) -> dict[str, Any]:
        """What waits for the reader in all of them."""
        from counterflow.views.case_lists import work

        return work(self.line, self.workspace.session)

    def related_cases(self, id: str) -> dict[str, Any]:
        """Other cases of the reader about the same things, or linked with this one."""
        from counterflow.views.case_lists import related

        return related(self.line, self.workspace.session, id)

    def case(self, id: str) -> dict[str, Any]:
        """One of them, with all that is in it."""
        from counterflow.views.cases import case

        named = self.workspace.settings.four_eyes
        return case(self.line, self.workspace.session, id, named.text if named else None, self.workspace.persons)

    def case_history(self, id: str, row: str | None = None) -> dict[str, Any]:
        """Every version of every row of a case, or of one row."""
        from counterflow.views.cases import history

        return history(self.line, self.workspace.session, id, row, self.workspace.persons)

    def case_row(self, id: str, row: str) -> dict[str, Any]:
        """One row of a case as it is now. :raises NotFound: none that may be read"""
        from counterflow.views.cases import row as found

        return found(self.line, self.workspace.session, id, row, self.workspace.persons)

    def case_terms(self) -> dict[str, Any]:
        """The words in use, and which acts want a second person."""
        from counterflow.casework.cases.four_eyes import rules
        from counterflow.model.case import terms

        named = self.workspace.settings.four_eyes
        return {"terms": dict(terms()), "four_eyes": dict(rules(named.text if named else None))}

    def snapshot(self, id: str, row: str) -> dict[str, Any]:
        """A link chart as it was."""
        from counterflow.views.cases import snapshot

        return snapshot(self.line, self.workspace.session, id, row, self.workspace.persons)

    def snapshots_compared(self, id: str, first: str, second: str) -> dict[str, Any]:
        """What came, went and changed between two."""
        from counterflow.views.cases import compared

        return compared(self.line, self.workspace.session, id, first, second)

    def proposals(self) -> dict[str, Any]:
        """What waits for a second person."""
        from counterflow.views.cases import proposed

        return proposed(self.line, self.workspace.session, self.workspace.who, self.workspace.persons)

    def news(self, everything: bool = False, limit: int = 100) -> dict[str, Any]:
        """Pointers to what others did in one's cases. :param limit: of pointers, not of what is counted"""
        from counterflow.views.cases import whats_new

        workspace = self.workspace
        return whats_new(self.line, workspace.session, workspace.who, everything=everything, limit=limit)

    def events(self, after: int) -> tuple[list[tuple[int, dict[str, Any]]], int]:
        """Place and pointer of what was written after a place in the casebook, and the place to go on from. None of
        these places is to be shown: see `event_cursors`."""
        from counterflow.views.cases import events

        now, workspace = self.event_place(), self.workspace
        return (events(self.line, workspace.session, after, workspace.who) if now > after else []), now

    def stirred(self, after: int) -> list[tuple[int, Stir]]:
        """Rows that anybody wrote after a place: for looking whom to ask. Not to be shown."""
        from counterflow.views.stirring import stirred

        return stirred(self.workspace.store.casebook, after)

    def concerned(self, rows: Iterable[Stir]) -> bool:
        """Whether `events` may have anything to tell of these."""
        from counterflow.views.stirring import concerned

        session = self.workspace.session
        who = self.workspace.audience(self.name, exercise=self.exercise)
        return concerned(who, session.principal.unit if session else "", rows)

    def event_place(self) -> int:
        """Place of the last row, readable or not: only for looking whether to look. Not to be shown."""
        return self.workspace.place()

    def event_cursors(self) -> Cursors:
        """What seals places, so that somebody can come back to one and learns nothing from it."""
        from counterflow.storage.cursors import Cursors

        return Cursors(self.workspace.path, "events")
