"""Places in the casebook, sealed: whoever holds one can come back to it, and cannot tell how far two are apart.

The key is derived from the workspace's own, so that a place outlives the process that sealed it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from counterflow.storage import notes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Cursors"]

_NONCE = 12


class Cursors:
    """Seals and opens places. :param folder: of the workspace; :param use: what for, so that no other use opens them"""

    def __init__(self, folder: Path, use: str) -> None:
        self._folder, self._use = folder, use.encode()

    @cached_property
    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        own = notes.key_in(self._folder / "audit.key").private_bytes_raw()
        return AESGCM(hashlib.blake2b(self._use, key=own, digest_size=32, person=b"cursor").digest())

    def seal(self, place: int) -> str:
        """Another text each time."""
        nonce = os.urandom(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, place.to_bytes(8, "big"), None)).decode()

    def open(self, text: str) -> int | None:
        """The place, or None: nothing that was sealed here."""
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
            return int.from_bytes(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None), "big")
        except (binascii.Error, InvalidTag, ValueError):
            return None
