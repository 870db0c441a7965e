"""Break-glass: a wider clearance for minutes, for one case, asked by one person and agreed to by another.

It opens a higher circle and compartments; it makes nobody a named reader of a RED record and nobody a member of another
organisation: what these keep to themselves is asked of them. Everybody concerned is told when it is asked, when it is
decided and when it ends: those who may approve in the organisation, those who may audit anything here, and those who
hold a compartment that was opened. Notices name an id and no content.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from typing import Any

from counterflow import clock
from counterflow.casework.identity import people, roles
from counterflow.errors import Forbidden, NotFound, UsageError
from counterflow.model.handling import TLP
from counterflow.model.principal import Principal, Session
from counterflow.storage.identity import Change, Directory, now

__all__ = ["LONGEST", "WAITS", "ask", "decide", "end", "listed", "notices", "seen", "widened"]

LONGEST = 240
"""Minutes for which it is given at most."""

WAITS = dt.timedelta(hours=2)
"""How long a request may be agreed to: what was urgent then may not be any more."""


def ask(
    directory: Directory, session: Session, reason: str, *, ceiling: str, compartments: Collection[str], minutes: int
) -> dict[str, Any]:
    """Ask for a wider clearance, for the case that the session works on. It opens nothing until somebody agrees.

    :raises UsageError: no case, no reason, too long, or nothing that one has not
    """
    who, top = session.principal, TLP.parse(ceiling)
    wanted = sorted(set(compartments) - who.compartments)
    if not session.case:
        raise UsageError("Declare the case first: it is opened for that case alone.")
    if len(reason.strip()) < 20:
        raise UsageError("Say why in words that the others will understand: 20 characters at least.")
    if not 0 < minutes <= LONGEST:
        raise UsageError(f"It is given for 1 to {LONGEST} minutes, not {minutes}.")
    if top <= who.ceiling and not wanted:
        raise UsageError("Your clearance opens all of that already.")
    row = {
        "id": people.made("e"), "principal": who.id, "case": session.case, "reason": reason.strip(),
        "ceiling": int(max(top, who.ceiling)), "compartments": wanted, "minutes": minutes, "asked_at": now(),
    }  # fmt: skip
    with directory.changing(who.id, "break-glass ask", row) as change:
        change.put("emergencies", row)
        _tell(directory, change, row, "is asked for", who.id)
    return shown(directory, row)


def decide(directory: Directory, session: Session, id: str, *, agreed: bool) -> dict[str, Any]:
    """Agree or not, as somebody else of the same organisation who may approve.

    :raises NotFound: none that waits in the own organisation; :raises Forbidden: it is one's own
    """
    row = _row(directory, session, id)
    if row["decided_at"] is not None or _age(row) > WAITS:
        raise NotFound("request", id)
    if row["principal"] == session.principal.id:
        raise Forbidden("approve")
    at = clock.now()
    after = {
        "decided_by": session.principal.id, "decided_at": at.isoformat(timespec="microseconds"), "agreed": agreed,
        "until": (at + dt.timedelta(minutes=row["minutes"])).isoformat(timespec="microseconds") if agreed else None,
    }  # fmt: skip
    with directory.changing(session.principal.id, "break-glass decide", {"id": id, **after}) as change:
        if change.change("emergencies", after, id=id, decided_at=None) != 1:  # somebody else was faster
            raise NotFound("request", id)
        _tell(directory, change, row, "was agreed to" if agreed else "was refused", session.principal.id)
    return shown(directory, {**row, **after})


def end(directory: Directory, session: Session, id: str) -> None:
    """End it before its time, as the one who asked or somebody who may approve. :raises NotFound: none that is open"""
    row = _row(directory, session, id)
    mine = row["principal"] == session.principal.id
    if not (mine or session.may("approve")) or row["ended_at"] is not None:
        raise NotFound("request", id)
    with directory.changing(session.principal.id, "break-glass end", {"id": id}) as change:
        change.change("emergencies", {"ended_at": now()}, id=id)
        _tell(directory, change, row, "has ended", session.principal.id)


def widened(directory: Directory, session: Session) -> Session:
    """The session as what was agreed to for its case and its person opens it now; as it is, where nothing was."""
    rows = directory.rows("emergencies", principal=session.principal.id, case=session.case, agreed=True, ended_at=None)
    at = now()
    open_ = [row for row in rows if session.case and row["decided_at"] <= at < (row["until"] or "")]
    if not open_:
        return session
    who: Principal = dataclasses.replace(
        session.principal,
        ceiling=TLP(max(session.principal.ceiling, *(row["ceiling"] for row in open_))),
        compartments=session.principal.compartments.union(*(row["compartments"] for row in open_)),
    )
    return dataclasses.replace(session, principal=who, emergency=open_[-1]["id"])


def listed(directory: Directory, session: Session) -> list[dict[str, Any]]:
    """One's own, and those of the organisation where one may approve; auditors see all."""
    rows = directory.rows("emergencies")
    if not session.may("audit"):
        homes = _colleagues(directory, session) if session.may("approve") else {session.principal.id}
        rows = [row for row in rows if row["principal"] in homes]
    return [shown(directory, row) for row in rows]


def shown(directory: Directory, row: dict[str, Any]) -> dict[str, Any]:
    """One as it is printed, with how it stands: asked, lapsed, refused, open or over."""
    who = directory.one("principals", id=row["principal"])
    if row.get("decided_at") is None:
        state = "asked" if _age(row) <= WAITS else "lapsed"
    elif not row["agreed"]:
        state = "refused"
    else:
        state = "open" if row.get("ended_at") is None and now() < (row["until"] or "") else "over"
    keys = ("id", "principal", "case", "reason", "compartments", "minutes", "asked_at")
    more = {key: row.get(key) for key in ("decided_by", "decided_at", "until", "ended_at")}
    name = who["name"] if who else ""
    return {**{k: row[k] for k in keys}, **more, "name": name, "state": state, "ceiling": TLP(row["ceiling"]).text}


def notices(directory: Directory, principal: str) -> list[dict[str, Any]]:
    """What somebody was told: id, kind, about, text, created_at, seen_at; the newest first."""
    rows = directory.rows("notices", principal=principal)
    keys = ("id", "kind", "about", "text", "created_at", "seen_at")
    return [{key: row[key] for key in keys} for row in reversed(rows)]


def seen(directory: Directory, principal: str, id: str) -> None:
    """Note that somebody has seen a notice. :raises NotFound: none of theirs"""
    row = directory.one("notices", id=id, principal=principal)
    if row is None:
        raise NotFound("notice", id)
    if row["seen_at"] is None:
        directory.touch("notices", id, seen_at=now())


def _row(directory: Directory, session: Session, id: str) -> dict[str, Any]:
    """One that the session may know of: its own, or of its organisation where it may approve."""
    row = directory.one("emergencies", id=id)
    known = {session.principal.id, *(_colleagues(directory, session) if session.may("approve") else ())}
    if row is None or row["principal"] not in known:
        raise NotFound("request", id)
    return row


def _colleagues(directory: Directory, session: Session) -> set[str]:
    own = directory.one("principals", id=session.principal.id)
    return {row["id"] for row in directory.rows("principals", organisation=own["organisation"])} if own else set()


def _age(row: dict[str, Any]) -> dt.timedelta:
    return clock.now() - dt.datetime.fromisoformat(row["asked_at"])


def _tell(directory: Directory, change: Change, row: dict[str, Any], what: str, by: str) -> None:
    """Everybody concerned hears of it, in the same transaction."""
    asked = directory.one("principals", id=row["principal"])
    for one in directory.rows("principals", closed_at=None, kind="person"):
        verbs = roles.verbs_of(one["roles"])
        home = asked is not None and one["organisation"] == asked["organisation"]
        concerned = (
            ("approve" in verbs and home)
            or "audit" in verbs
            or one["id"] == row["principal"]
            or ("read" in verbs and set(one["compartments"]) & set(row["compartments"]))
        )
        if concerned and one["id"] != by:
            change.put("notices", {
                "id": people.made("n"), "principal": one["id"], "kind": "emergency", "about": row["id"],
                "text": f"Break-glass {row['id']} {what}.", "created_at": now(),
            })  # fmt: skip
