"""Break-glass and notices: a wider clearance for minutes, by two persons, and everybody concerned hears of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from counterflow.casework.identity import emergencies
from counterflow.errors import NotFound, UsageError
from counterflow.views.cases import one
from counterflow.workspace.signing_in import SigningIn

__all__ = ["Emergencies"]


class Emergencies(SigningIn):
    """Break-glass and notices; see `casework.identity.emergencies`."""

    def break_glass(
        self, reason: str, *, ceiling: str = "TLP:CLEAR", compartments: Collection[str] = (), minutes: int = 60
    ) -> dict[str, Any]:
        """Ask for a wider clearance for the session's case. It opens nothing until another person agrees.

        :raises UsageError: no case that one is in, no reason, or nothing that one has not
        """
        self.allow("read")
        session = self._browser()
        if session.case:
            try:
                one(self.line(None, True), session, session.case)
            except NotFound:
                raise UsageError("You are in no case of that id: declare one that you see.") from None
        return emergencies.ask(
            self.directory, session, reason, ceiling=ceiling, compartments=compartments, minutes=minutes
        )

    def decide_break_glass(self, id: str, *, agreed: bool) -> dict[str, Any]:
        """Agree to somebody else's, or not. :raises ProofNeeded: one has not just shown who one is"""
        self.allow("approve")
        return emergencies.decide(self.directory, self._fresh(), id, agreed=agreed)

    def end_break_glass(self, id: str) -> None:
        """End it before its time. :raises NotFound: none of one's own, or of the organisation where one may approve"""
        emergencies.end(self.directory, self._browser(), id)

    def emergencies(self) -> list[dict[str, Any]]:
        """Those that one may know of: one's own; to approve, or to audit, more. The folder's owner knows all."""
        if self.session is None:
            return [emergencies.shown(self.directory, row) for row in self.directory.rows("emergencies")]
        return emergencies.listed(self.directory, self.session)

    def notices(self) -> list[dict[str, Any]]:
        """What one was told, the newest first."""
        own = self._browser().principal
        return [] if own.waiting else emergencies.notices(self.directory, own.id)

    def notice_seen(self, id: str) -> None:
        """Note that one has seen a notice. :raises NotFound: none of one's own"""
        emergencies.seen(self.directory, self._browser().principal.id, id)
