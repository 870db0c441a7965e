"""Tokens for programs: shown once, kept as a hash, for some verbs, up to a ceiling, until a day.

A token is ``cf_`` and its id, ``_`` and its secret: 256 random bits, so that one round of SHA-256 keeps it. Whether it
is unknown, wrong, expired or revoked, the answer is the same, and takes as long.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from typing import Any

from counterflow import clock
from counterflow.casework.identity import people
from counterflow.casework.identity.people import By
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import TLP
from counterflow.model.principal import Session
from counterflow.storage.identity import Directory, now

__all__ = ["DAYS", "MOST_DAYS", "authenticate", "digest", "issue", "proven", "revoke", "tokens"]

DAYS, MOST_DAYS = 30, 366
"""How long a token lasts where nothing is said, and at most."""

USED_AFTER = dt.timedelta(minutes=1)
"""How exactly it is kept when a token was last used: to the minute, so that not every question writes."""

_NOBODYS = hashlib.sha256(b"").hexdigest()
"""What a secret is compared with where there is nothing to compare with."""


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def proven(secret: str, row: dict[str, Any] | None) -> bool:
    """Whether a secret is that of a row, in the same time whatever the answer; of no row it never is."""
    return secrets.compare_digest(digest(secret), row["hash"] if row else _NOBODYS) and row is not None


def issue(
    directory: Directory, owner: dict[str, Any], by: By, *, verbs: Collection[str] = ("read",), purpose: str = "",
    ceiling: str | None = None, days: int = DAYS, note: str = "",
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """A new token, which is not shown again, and what it is.

    :param owner: row of the principal in whose name it acts; :param ceiling: not above the owner's; None: TLP:GREEN,
        or the owner's where that is lower
    :raises UsageError: a verb or purpose that the owner has not, a ceiling above, or more than `MOST_DAYS`
    """
    who = people.principal(directory, owner["id"])
    if who is None:
        raise NotFound("person", owner["name"])
    wanted = sorted(set(verbs))
    beyond = [verb for verb in wanted if verb not in who.verbs]
    if beyond or not wanted:
        raise UsageError(f"A token allows what its owner may: {', '.join(sorted(who.verbs)) or 'nothing'}.")
    if purpose and purpose not in who.purposes:
        raise UsageError(
            f"'{purpose}' is no purpose of {who.name}. Known: {', '.join(sorted(who.purposes)) or 'none'}."
        )
    top = min(who.ceiling, TLP.GREEN) if ceiling is None else TLP.parse(ceiling)
    if top > who.ceiling:
        raise UsageError(f"{top.text} is above the clearance of {who.name}, {who.ceiling.text}.")
    if not 0 < days <= MOST_DAYS:
        raise UsageError(f"A token lasts 1 to {MOST_DAYS} days, not {days}.")
    at = clock.now()
    id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    row = {
        "id": id, "principal": who.id, "hash": digest(secret), "verbs": wanted, "purpose": purpose, "ceiling": int(top),
        "note": note.strip(), "created_by": by.who, "created_at": at.isoformat(timespec="microseconds"),
        "expires_at": (at + dt.timedelta(days=days)).isoformat(timespec="microseconds"),
    }  # fmt: skip
    told = {k: row[k] for k in ("id", "principal", "verbs", "purpose", "ceiling", "expires_at")}
    with directory.changing(by.who, "token issue", told) as change:
        change.put("tokens", row)
    return f"cf_{id}_{secret}", shown(row)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A token as it is printed: never its hash."""
    keys = ("id", "principal", "verbs", "purpose", "note", "created_by", "created_at", "expires_at")
    told = {**{k: row[k] for k in keys}, "ceiling": TLP(row["ceiling"]).text}
    return {**told, "used_at": row.get("used_at"), "revoked_at": row.get("revoked_at")}


def tokens(directory: Directory, principals: Collection[str]) -> list[dict[str, Any]]:
    """Tokens in the name of these, those that are void too."""
    return [shown(row) for row in directory.rows("tokens") if row["principal"] in principals]


def revoke(directory: Directory, id: str, principals: Collection[str], by: By) -> None:
    """Make a token void, at once. :raises NotFound: none in the name of these principals, or void already"""
    row = directory.one("tokens", id=id, revoked_at=None)
    if row is None or row["principal"] not in principals:
        raise NotFound("token", id)
    with directory.changing(by.who, "token revoke", {"id": id, "principal": row["principal"]}) as change:
        change.change("tokens", {"revoked_at": now()}, id=id)


def authenticate(directory: Directory, text: str) -> Session | None:
    """The session of a token as it was sent; None for anything that is none, or is no more."""
    prefix, _, rest = text.partition("_")
    id, _, secret = rest.partition("_")
    row = directory.one("tokens", id=id)
    known = proven(secret, row)
    if prefix != "cf" or not known or row is None or row["revoked_at"] is not None or row["expires_at"] <= now():
        return None
    who = people.principal(directory, row["principal"])
    if who is None:
        return None
    at = now()
    if row["used_at"] is None or dt.datetime.fromisoformat(at) - dt.datetime.fromisoformat(row["used_at"]) > USED_AFTER:
        directory.touch("tokens", id, used_at=at)
    return Session(
        who, f"t-{id}", purpose=row["purpose"], via="token", verbs=frozenset(row["verbs"]), ceiling=TLP(row["ceiling"]),
        stepped_up=True,  # who issued it with the verbs release or export has shown who they are
    )  # fmt: skip
