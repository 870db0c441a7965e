"""Signed heads: one short text that fixes a whole log, in the form that transparency logs share.

Source: C2SP tlog-checkpoint and signed-note: origin, size and root on a line each, further lines as the log likes, an
empty line, then ``— NAME SIGNATURE``. Signatures are Ed25519 (RFC 8032); a public key is written
``NAME+KEYID+KEY``. Any tool for such logs can check one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from counterflow.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Head", "key_in", "opened", "public", "read", "sign", "signed"]

_ED25519 = b"\x01"


@dataclass(frozen=True)
class Head:
    """What a signed note says. :param origin: which log; :param size: entries; :param root: of its tree
    :param at: ISO time at which it was signed"""

    origin: str
    size: int
    root: bytes
    at: str

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\nat {self.at}\n"


def key_in(path: Path) -> Ed25519PrivateKey:
    """The private key in a file, made where there is none; only its owner may read it."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
        )
        partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
        try:
            os.link(partial, path)  # the first of two that start at once
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    try:
        found = form.load_pem_private_key(path.read_bytes(), None)
    except ValueError as e:
        raise UsageError(f"{path} does not hold a private key of the audit log ({e}).") from e
    if not isinstance(found, Ed25519PrivateKey):
        raise UsageError(f"{path} holds a key of another kind than Ed25519.")
    return found


def public(name: str, key: Ed25519PrivateKey) -> str:
    """The public key as text, to be handed to those who check."""
    raw = key.public_key().public_bytes_raw()
    return f"{name}+{_id(name, raw).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def sign(head: Head, key: Ed25519PrivateKey) -> str:
    """The note."""
    return signed(head.text, head.origin, key)


def signed(text: str, name: str, *keys: Ed25519PrivateKey) -> str:
    """Any text as a signed note. :param text: lines, none of them empty; :param name: whose keys they are"""
    told = f"{text}\n"
    for key in keys:
        signature = _id(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
        told += f"\N{EM DASH} {name} {base64.b64encode(signature).decode()}\n"
    return told


def read(note: str, key: str) -> Head:
    """What a note says, once its signature has been checked.

    :param key: public key, as `public` writes it
    :raises UsageError: the key is none, the note is none, or the signature is not by that key
    """
    text = note.partition("\n\n")[0]
    lines = text.split("\n")
    try:
        head = Head(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True), lines[3].removeprefix("at "))
    except (IndexError, ValueError) as e:
        raise UsageError("This is no head of an audit log: it wants origin, size, root and time on a line each.") from e
    if "\n\n" not in note or head.text != text + "\n":
        raise UsageError("This is no head of an audit log: it is not written as one.")
    if _public(key)[0] != head.origin or opened(note, key) is None:
        raise UsageError(f"The head of {head.size} entries is not signed by the key {key.split('+', 2)[1]}.")
    return head


def opened(note: str, key: str) -> str | None:
    """The text of a note that is signed by that key; None: it is not.

    :raises UsageError: the key is none
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, raw = _public(key)
    text, gap, signatures = note.partition("\n\n")
    for line in signatures.splitlines() if gap else ():
        dash, _, rest = line.partition(" ")
        signer, _, written = rest.rpartition(" ")
        try:
            signature = base64.b64decode(written, validate=True)
        except binascii.Error:
            continue
        if dash == "\N{EM DASH}" and signer == name and signature[:4] == _id(name, raw):
            try:
                Ed25519PublicKey.from_public_bytes(raw).verify(signature[4:], f"{text}\n".encode())
            except InvalidSignature:
                continue
            return text + "\n"
    return None


def _id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


def _public(key: str) -> tuple[str, bytes]:
    try:
        name, id, written = key.strip().split("+", 2)
        raw = base64.b64decode(written, validate=True)
        if raw[:1] != _ED25519 or len(raw) != 33 or bytes.fromhex(id) != _id(name, raw[1:]):
            raise ValueError("its parts do not go together")
    except ValueError as e:
        raise UsageError(f"'{key}' is no public key of an audit log ({e}). See: counterflow audit head --key") from e
    return name, raw[1:]
