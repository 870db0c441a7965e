"""Codes that are used once: printed for a person to type, or kept for an answer that somebody else will send."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from counterflow import clock
from counterflow.casework.identity.tokens import digest, proven
from counterflow.storage.identity import Directory, now

__all__ = ["INVITED_FOR", "LOCAL_FOR", "challenge", "code", "row_of", "spent"]

INVITED_FOR = dt.timedelta(hours=48)
"""How long an invitation, or the first-run code, can be used."""

LOCAL_FOR = dt.timedelta(hours=24)
"""How long the address that ``serve`` prints can be used."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter is mistaken for another or for a digit."""

_SAME = str.maketrans("ILO", "110")


def _random(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def code(
    directory: Directory, kind: str, principal: str, lasts: dt.timedelta, who: str, content: Mapping[str, Any] = {}
) -> str:
    """A code for a person: 28 letters, 100 random bits of them secret. Earlier ones of the kind for them are void.

    :param kind: ``first``, ``invitation`` or ``local``; :param principal: id, empty: nobody yet
    :param content: what is to be known when it is used
    """
    id, secret, at = _random(8), _random(20), clock.now()
    with directory.changing(who, "code", {"kind": kind, "principal": principal}) as change:
        time = at.isoformat(timespec="microseconds")
        if kind != "local":
            change.change("codes", {"used_at": time}, kind=kind, principal=principal, used_at=None)
        change.put("codes", _row(id, secret, kind, principal, content, at, lasts))
    text = id + secret
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def challenge(directory: Directory, kind: str, principal: str, content: Mapping[str, Any], lasts: dt.timedelta) -> str:
    """Something to be answered soon, by this browser: a passkey's challenge, a provider's state. Returns its text."""
    id, secret, at = secrets.token_hex(8), secrets.token_urlsafe(32), clock.now()
    directory.put("codes", _row(id, secret, kind, principal, content, at, lasts))
    return f"{id}.{secret}"


def _row(
    id: str, secret: str, kind: str, principal: str, content: Mapping[str, Any], at: dt.datetime, lasts: dt.timedelta
) -> dict[str, Any]:
    return {
        "id": id, "hash": digest(secret), "kind": kind, "principal": principal, "content": dict(content),
        "created_at": at.isoformat(timespec="microseconds"),
        "expires_at": (at + lasts).isoformat(timespec="microseconds"),
    }  # fmt: skip


def row_of(directory: Directory, text: str, kinds: Collection[str]) -> dict[str, Any] | None:
    """The row of a code or challenge as it was sent, if it can still be used; it is not used up yet."""
    if "." in text:
        id, _, secret = text.partition(".")
    else:
        letters = text.upper().translate(_SAME).replace("-", "").replace(" ", "")
        id, secret = letters[:8], letters[8:]
    row = directory.one("codes", id=id)
    if not proven(secret, row) or row is None or row["kind"] not in kinds:
        return None
    return row if row["used_at"] is None and row["expires_at"] > now() else None


def spent(directory: Directory, text: str, kinds: Collection[str]) -> dict[str, Any] | None:
    """The same, used up: of two who send it at once, one gets it."""
    row = row_of(directory, text, kinds)
    return row if row is not None and directory.spend(row["id"], now()) else None
