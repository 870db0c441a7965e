"""Sessions of browsers: begun by a proof of identity, for a purpose and a case, until idle, old, ended or revoked.

A cookie holds the session's id and its secret, of which only the hash is kept. No id that a browser brings is ever
taken up: a session begins with a secret of our making, and gets a new one with each proof (no fixation). What a
principal may do is looked up for every request, so that what an administrator takes back counts at once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections import OrderedDict
from collections.abc import Collection
from typing import Any

from counterflow import clock
from counterflow.casework.identity import emergencies, people
from counterflow.casework.identity.people import By
from counterflow.casework.identity.tokens import digest, proven
from counterflow.errors import NotFound, UsageError
from counterflow.model.principal import Session
from counterflow.storage.identity import Directory, now

__all__ = [
    "ABSOLUTE", "FRESH_FOR", "IDLE", "LOCAL", "MOST", "begin", "declare", "end", "end_others", "prove", "resume",
    "sessions", "with_two_factors",
]  # fmt: skip

IDLE, ABSOLUTE = dt.timedelta(minutes=30), dt.timedelta(hours=12)
"""A session ends when nothing was asked for so long, and so long after it began whatever is asked."""

LOCAL = dt.timedelta(hours=24), dt.timedelta(days=7)
"""The same for whoever has the workspace to themselves, on this machine alone."""

MOST = 5
"""Sessions of one person at once; a further one ends the one in which nothing was asked for longest."""

FRESH_FOR = dt.timedelta(minutes=5)
"""For so long a proof of identity counts for what asks for a fresh one."""

SEEN_AFTER = dt.timedelta(minutes=1)
"""How exactly it is kept when a session was last seen, so that not every question writes."""

FORGOTTEN_AFTER = dt.timedelta(days=30)
"""Sessions and codes that ran out so long ago are deleted; that they were is on the audit log."""

SKEW = dt.timedelta(minutes=5)
"""A session that began later than now by more than this is of a clock that went back: it is over."""


def begin(
    directory: Directory, principal: str, *, address: str = "", agent: str = "", how: str, before: str | None = None
) -> str:
    """Begin a session; returns what the cookie holds.

    :param principal: id; empty: whoever has the workspace to themselves; :param how: the proof, for the log
    :param before: id of the session that this browser had until now: it ends
    """
    at = clock.now()
    id, secret = f"s-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    time = at.isoformat(timespec="microseconds")
    lasts = ABSOLUTE if principal else LOCAL[1]
    row = {
        "id": id, "principal": principal, "hash": digest(secret), "purpose": "", "case": "", "address": address,
        "agent": agent[:200], "created_at": time, "seen_at": time, "proved_at": time,
        "expires_at": (at + lasts).isoformat(timespec="microseconds"),
    }  # fmt: skip
    directory.forget((at - FORGOTTEN_AFTER).isoformat(timespec="microseconds"))
    open_ = [one for one in directory.rows("sessions", principal=principal) if principal and one["id"] != before]
    elsewhere = bool(open_) and address not in {one["address"] for one in open_}
    told = {"session": id, "how": how, "address": address, **({"address_new": True} if elsewhere else {})}
    with directory.changing(principal or "owner", "sign in", told) as change:
        change.put("sessions", row)
        running = [one for one in open_ if one["ended_at"] is None and one["expires_at"] > time]
        for one in sorted(running, key=lambda one: str(one["seen_at"]), reverse=True)[MOST - 1 :]:
            change.change("sessions", {"ended_at": time, "ended_why": "too many"}, id=one["id"])
        if elsewhere:
            change.put("notices", {
                "id": people.made("n"), "principal": principal, "kind": "session", "about": id,
                "text": f"Somebody came in to your account from {address}, where you had not been.", "created_at": time,
            })  # fmt: skip
        if before is not None:
            change.change("sessions", {"ended_at": time, "ended_why": "replaced"}, id=before, ended_at=None)
    return f"{id}.{secret}"


def resume(
    directory: Directory, cookie: str, address: str = "", agent: str = ""
) -> tuple[dict[str, Any], Session | None] | None:
    """The session of a cookie: its row, and who acts in it (None: whoever has the workspace to themselves).

    None for a cookie that is none, of a session that is over, or of somebody who may no more sign in. Of another
    browser than the one it began in a session is over; from another address, what asks for a fresh proof asks anew.
    """
    id, _, secret = cookie.partition(".")
    row = directory.one("sessions", id=id)
    if not proven(secret, row) or row is None or row["ended_at"] is not None:
        return None
    at = clock.now()
    began, seen, expires, proved = (
        dt.datetime.fromisoformat(row[k]) for k in ("created_at", "seen_at", "expires_at", "proved_at")
    )
    idle = IDLE if row["principal"] else LOCAL[0]
    if at >= expires or at - seen > idle or began - at > SKEW:
        return None
    if at - seen > SEEN_AFTER:
        directory.touch("sessions", id, seen_at=at.isoformat(timespec="microseconds"))
    if not row["principal"]:
        return row, None
    if agent[:200] != row["agent"]:
        _over(directory, row, "another browser", address)
        return None
    if address != row["address"]:
        _moved(directory, row, address)
    who = people.principal(directory, row["principal"])
    if who is None:
        return None
    fresh = dt.timedelta(0) <= at - proved <= FRESH_FOR and address == row["address"]
    purpose = row["purpose"] if row["purpose"] in who.purposes else ""
    own = Session(who, id, purpose=purpose, case=row["case"], via="web", stepped_up=fresh, address=address)
    return row, emergencies.widened(directory, own)


_TOLD: OrderedDict[tuple[str, str], None] = OrderedDict()
"""Sessions and addresses of which the log has been told since this process began: once is enough."""


def _moved(directory: Directory, row: dict[str, Any], address: str) -> None:
    """A session goes on from another address than the one where its person last showed who they are."""
    if (row["id"], address) not in _TOLD:
        told = {"session": row["id"], "proved_at": row["address"], "address": address}
        directory.casebook.audit(row["principal"], "address change", told)
        _TOLD[row["id"], address] = None
        if len(_TOLD) > 10_000:
            _TOLD.popitem(last=False)


def _over(directory: Directory, row: dict[str, Any], why: str, address: str) -> None:
    told = {"session": row["id"], "why": why, "address": address}
    with directory.changing(row["principal"], "sign out", told) as change:
        change.change("sessions", {"ended_at": now(), "ended_why": why}, id=row["id"], ended_at=None)


def with_two_factors(directory: Directory, session: Session) -> Session:
    """The session, of an account that has a passkey or a provider; of one that has not, without any verb."""
    for kind in ("passkey", "oidc"):
        if directory.one("credentials", principal=session.principal.id, kind=kind, revoked_at=None) is not None:
            return session
    nobody = dataclasses.replace(session.principal, verbs=frozenset())
    return dataclasses.replace(session, principal=nobody, one_factor=True)


def prove(directory: Directory, id: str, how: str, address: str) -> str:
    """The person of a session has shown again who they are, at an address. Returns what the cookie holds next."""
    row = directory.one("sessions", id=id, ended_at=None)
    if row is None:
        raise NotFound("session", id)
    secret = secrets.token_urlsafe(32)
    with directory.changing(row["principal"], "prove", {"session": id, "how": how, "address": address}) as change:
        change.change("sessions", {"hash": digest(secret), "proved_at": now(), "address": address}, id=id)
    return f"{id}.{secret}"


def declare(directory: Directory, session: Session, *, purpose: str | None = None, case: str | None = None) -> Session:
    """Declare for what one works from now on; None: as before. :raises UsageError: a purpose that one has not"""
    known = session.principal.purposes
    if purpose and purpose not in known:
        raise UsageError(f"'{purpose}' is no purpose of yours. Known: {', '.join(sorted(known)) or 'none'}.")
    after = {"purpose": session.purpose if purpose is None else purpose, "case": session.case if case is None else case}
    told = {"session": session.id, "before": {"purpose": session.purpose, "case": session.case}, "after": after}
    with directory.changing(session.principal.id, "declare", told) as change:
        change.change("sessions", after, id=session.id)
    return dataclasses.replace(session, purpose=after["purpose"], case=after["case"])


def sessions(directory: Directory, principals: Collection[str]) -> list[dict[str, Any]]:
    """Sessions of these that are under way: id, principal, where from, since when."""
    at = now()
    keys = ("id", "principal", "purpose", "case", "address", "agent", "created_at", "seen_at", "expires_at")
    rows = [row for row in directory.rows("sessions", ended_at=None) if row["expires_at"] > at]
    return [{k: row[k] for k in keys} for row in rows if row["principal"] in principals]


def end(directory: Directory, id: str, principals: Collection[str], by: By, why: str = "signed out") -> None:
    """End a session, at once. :raises NotFound: none of these principals, or over already"""
    row = directory.one("sessions", id=id, ended_at=None)
    if row is None or row["principal"] not in principals:
        raise NotFound("session", id)
    with directory.changing(by.who, "sign out", {"session": id, "why": why}) as change:
        change.change("sessions", {"ended_at": now(), "ended_why": why}, id=id)


def end_others(directory: Directory, session: Session) -> int:
    """End all other sessions of a person. Returns how many there were."""
    at, own = now(), session.principal.id
    others = [row["id"] for row in directory.rows("sessions", principal=own, ended_at=None) if row["id"] != session.id]
    with directory.changing(own, "sign out", {"sessions": others, "why": "all others"}) as change:
        for id in others:
            change.change("sessions", {"ended_at": at, "ended_why": "all others"}, id=id)
    return len(others)
