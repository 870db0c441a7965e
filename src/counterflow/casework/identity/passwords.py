"""Passwords that an account begins with: kept as argon2id hashes, and no longer taken once there is a passkey."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from counterflow.casework.identity import guessable, people
from counterflow.errors import NotFound, UsageError
from counterflow.storage.identity import Directory, now

__all__ = ["LONGEST", "SHORTEST", "check", "keep"]

SHORTEST, LONGEST = 15, 256
"""Characters (NIST SP 800-63B-4: 15 where it is the only factor); a longer text would cost us more than it is worth."""

_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$Y291bnRlcmZsb3dub29uZQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Checked where there is no password, so that the answer takes as long; nothing hashes to it."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each check takes 64 MB: those who guess from many addresses at once wait for one another, not for our memory."""


def keep(directory: Directory, principal: str, text: str, rules: Mapping[str, Any] | None = None) -> None:
    """Keep a password for somebody, in place of one before, exactly as it was given.

    :param rules: the setting `passwords`
    :raises UsageError: too short or long, or easily guessed (see `guessable`); or there is a passkey
    """
    import argon2

    row = directory.one("principals", id=principal, closed_at=None)
    if row is None or row["kind"] != "person":
        raise NotFound("person", principal)
    if directory.one("credentials", principal=principal, kind="passkey", revoked_at=None) is not None:
        raise UsageError("You sign in with a passkey; a password is what an account begins with.")
    if not SHORTEST <= len(text) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST} characters, any characters.")
    told = rules or {}
    known = guessable.words(directory, row, told.get("words", ()))
    if (why := guessable.guessable(text, known, told.get("breached"))) is not None:
        raise UsageError(why)
    at = now()
    kept = {
        "id": people.made("c"), "principal": principal, "kind": "password", "handle": people.made("h"),
        "secret": argon2.PasswordHasher().hash(text), "count": 0, "note": "password", "created_at": at,
    }  # fmt: skip
    with directory.changing(principal, "password", {"principal": principal}) as change:
        change.change("credentials", {"revoked_at": at}, principal=principal, kind="password", revoked_at=None)
        change.put("credentials", kept)


def check(directory: Directory, principal: dict[str, Any] | None, text: str) -> bool:
    """Whether this is somebody's password; as long in coming whether there is one, none, or nobody of that name."""
    import argon2

    row = None
    if principal is not None and principal["closed_at"] is None:
        row = directory.one("credentials", principal=principal["id"], kind="password", revoked_at=None)
    hasher = argon2.PasswordHasher()
    try:
        with _AT_ONCE:
            hasher.verify(row["secret"] if row else _NOBODYS, text[: LONGEST + 1])
    except argon2.exceptions.VerifyMismatchError:
        return False
    if row is None:
        return False
    anew = {"secret": hasher.hash(text)} if hasher.check_needs_rehash(row["secret"]) else {}  # of weaker parameters
    directory.touch("credentials", row["id"], used_at=now(), **anew)
    return True
