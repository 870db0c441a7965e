"""How often something may be tried: buckets in the database, which neither a restart nor a second server fills."""

from __future__ import annotations

import hashlib

from counterflow import clock
from counterflow.errors import TooMany
from counterflow.storage.identity import Directory

__all__ = ["AN_HOUR", "LIMITS", "limited"]

LIMITS = {
    "account": (5, 1 / 60),  # proofs of identity for one account: five at once, then one a minute
    "address": (30, 1 / 6),  # and from one address
    "credential": (60, 1.0),  # requests from one address with a token or cookie that is none
}
"""Guesses that are limited: how many at once, and how many a second after that."""

AN_HOUR = {"question": 36_000, "change": 18_000, "export": 60}
"""What one person may ask an hour: questions, changes, files written. The setting `limits` says otherwise.

Two minutes' worth of questions and changes, and half an hour's of files, at once.
"""


def limited(directory: Directory, kind: str, whose: str, an_hour: float = 0) -> None:
    """Count one try. :param whose: account, address…, as long as one likes; kept as a hash

    :param an_hour: of what is no guess: half of it at once, the rest steadily
    :raises TooMany: there were too many
    """
    capacity, per_second = (an_hour / 2, an_hour / 3600) if an_hour else LIMITS[kind]
    id = hashlib.blake2b(f"{kind} {whose}".encode("utf-8", "replace"), digest_size=16).hexdigest()
    wait = directory.take(id, capacity, per_second, clock.now().timestamp())
    if wait:
        raise TooMany(wait)
