"""Passwords that an account begins with: kept as argon2id hashes, and no longer taken once there is a passkey."""

from __future__ import annotations

import threading
from typing import Any

from counterflow.casework.identity import people
from counterflow.errors import NotFound, UsageError
from counterflow.storage.identity import Directory, now

__all__ = ["LONGEST", "SHORTEST", "check", "keep"]

SHORTEST, LONGEST = 15, 256
"""Characters (NIST SP 800-63B-4: 15 where it is the only factor); a longer text would cost us more than it is worth."""

_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$Y291bnRlcmZsb3dub29uZQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Checked where there is no password, so that the answer takes as long; nothing hashes to it."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each check takes 64 MB: those who guess from many addresses at once wait for one another, not for our memory."""


def keep(directory: Directory, principal: str, text: str) -> None:
    """Keep a password for somebody, in place of one before.

    :raises UsageError: too short or long, made of few characters, or the own name; or there is a passkey
    """
    import argon2

    row = directory.one("principals", id=principal, closed_at=None)
    if row is None or row["kind"] != "person":
        raise NotFound("person", principal)
    if directory.one("credentials", principal=principal, kind="passkey", revoked_at=None) is not None:
        raise UsageError("You sign in with a passkey; a password is what an account begins with.")
    if not SHORTEST <= len(text) <= LONGEST or len(set(text)) < 6 or row["folded"] in text.casefold():
        raise UsageError(
            f"A password has {SHORTEST} to {LONGEST} characters, several different ones, and not your name in it."
        )
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
    try:
        with _AT_ONCE:
            argon2.PasswordHasher().verify(row["secret"] if row else _NOBODYS, text[:LONGEST])
    except argon2.exceptions.VerifyMismatchError:
        return False
    if row is None:
        return False
    directory.touch("credentials", row["id"], used_at=now())
    return True
