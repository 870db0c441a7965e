"""How often something may be tried: buckets in the database, which neither a restart nor a second server fills."""

from __future__ import annotations

import hashlib
import time

from counterflow.errors import TooMany
from counterflow.storage.identity import Directory

__all__ = ["LIMITS", "limited"]

LIMITS = {
    "account": (5, 1 / 60),  # proofs of identity for one account: five at once, then one a minute
    "address": (30, 1 / 6),  # and from one address
    "credential": (60, 1.0),  # requests from one address with a token or cookie that is none
    "export": (30, 1 / 60),  # files written in somebody's name
}
"""What is limited: how many at once, and how many a second after that."""


def limited(directory: Directory, kind: str, whose: str) -> None:
    """Count one try. :param whose: account, address…, as long as one likes; kept as a hash

    :raises TooMany: there were too many
    """
    capacity, per_second = LIMITS[kind]
    id = hashlib.blake2b(f"{kind} {whose}".encode("utf-8", "replace"), digest_size=16).hexdigest()
    wait = directory.take(id, capacity, per_second, time.time())
    if wait:
        raise TooMany(wait)
