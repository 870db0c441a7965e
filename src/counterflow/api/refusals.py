"""What was refused, on the audit log: wrong proofs of identity, verbs that roles do not allow, attempts to get round.

Invariant: the answer to who is refused is the same whether it was written or not; and however much is refused, only so
much of it is written, with the number of those that were not. A refusal lets nothing leave: where the log cannot hear
of one, it is answered all the same, and the server's own log is told.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from counterflow.api.access import address_of
from counterflow.api.buckets import Buckets

if TYPE_CHECKING:
    from starlette.types import Scope

    from counterflow.storage.identity import Directory

__all__ = ["EACH", "IN_ALL", "Refusals", "tells"]

EACH, IN_ALL = (20, 1 / 10), (500, 1 / 5)
"""Refusals that are written of one person or address, and of all: at once, and a second after that (9 MB a day)."""

_ORDINARY = frozenset({404, 409})
"""Not there, or not to be read: that it was asked is an entry already. Changed meanwhile: nobody's fault."""

_log = logging.getLogger(__name__)


def tells(status: int) -> bool:
    """Whether an answer of that status is a refusal that is written."""
    return 400 <= status < 500 and status not in _ORDINARY


class Refusals:
    """Writes refusals. :param directory: beside the log; None: there is none to write to"""

    def __init__(self, directory: Directory | None) -> None:
        self._directory = directory
        self._each, self._all = Buckets(*EACH), Buckets(*IN_ALL)
        self._besides = 0

    async def write(self, scope: Scope, status: int) -> None:
        """Write one: who, from where, what was asked, why not; its own words are sealed like every other entry's."""
        caller, address = scope.get("caller"), address_of(scope)
        session = None if caller is None else caller.session
        who = "nobody" if session is None else session.principal.id
        if self._directory is None:
            return
        if self._each.take(f"{who} {address}") or self._all.take(""):
            self._besides += 1
            return
        told: dict[str, Any] = {
            "status": status, "method": scope["method"][:20], "path": scope["path"][:200], "address": address,
            **scope.get("refused", {}),
        }  # fmt: skip
        if session is not None:
            told |= {"session": session.id, "via": session.via, "purpose": session.purpose, "case": session.case}
        if self._besides:
            told["besides"], self._besides = self._besides, 0
        try:
            await run_in_threadpool(self._directory.casebook.audit, who, "refused", told)
        except Exception:  # noqa: BLE001  whatever it is: it must not become an answer of another kind
            _log.exception("a refusal could not be written to the audit log")
