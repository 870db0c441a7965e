"""One key of the audit log follows another: said in a note that both sign, so that who trusts either can trust both.

A key signs heads up to the size at which it was replaced, and its successor those from there on: whoever gets hold of
an old key afterwards can sign nothing that fits. Keys are rotated after a suspicion, when who looks after the machine
changes, and once a year (NIST SP 800-57 part 1, table 1: a private signature key is used for one to three years).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterflow.errors import UsageError
from counterflow.storage import notes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Succession", "handed_on", "reigns", "successor"]

_MARK = "the key of this log is replaced"


@dataclass(frozen=True)
class Succession:
    """:param origin: which log; :param size: entries at which it happened; :param before, after: public keys
    :param at: ISO time"""

    origin: str
    size: int
    before: str
    after: str
    at: str

    @property
    def text(self) -> str:
        """What both keys sign."""
        return f"{self.origin}\n{self.size}\n{_MARK}\n{self.before}\n{self.after}\nat {self.at}\n"


def handed_on(origin: str, size: int, at: str, before: Ed25519PrivateKey, after: Ed25519PrivateKey) -> str:
    """The note by which one key hands on to the next."""
    told = Succession(origin, size, notes.public(origin, before), notes.public(origin, after), at)
    return notes.signed(told.text, origin, before, after)


def _read(note: str) -> Succession:
    """:raises UsageError: it is none, or not signed by both"""
    lines = note.partition("\n\n")[0].split("\n")
    try:
        origin, size, mark, before, after, at = lines
        found = Succession(origin, int(size), before, after, at.removeprefix("at "))
    except ValueError as e:
        raise UsageError("This is no note by which a key of an audit log is replaced.") from e
    if mark != _MARK or any(notes.opened(note, key) != found.text for key in (before, after)):
        raise UsageError("The note by which a key is replaced is not signed by both keys.")
    return found


def successor(note: str, key: str) -> str:
    """The key that follows one, for whoever has kept that. :raises UsageError: the note does not say so"""
    found = _read(note)
    if found.before != key.strip():
        raise UsageError(
            f"The note is about the key {found.before.split('+', 2)[1]}, not about the one that was given."
        )
    return found.after


def reigns(key: str, kept: Iterable[str]) -> Mapping[str, tuple[int, float]]:
    """Public key → sizes of the heads that it may sign, of all keys that one trusts by way of another.

    :param key: the one that is trusted; :param kept: notes of successions
    :raises UsageError: a note is none, or a key was replaced by two
    """
    found = [_read(note) for note in kept]
    if len({one.before for one in found}) < len(found):
        raise UsageError("A key of the audit log was replaced by two others: one of them was not the owner's doing.")
    trusted = {key.strip()}
    for _ in found:  # one more link of the chain with each
        trusted |= {k for one in found for k in (one.before, one.after) if trusted & {one.before, one.after}}
    return {
        k: (
            max((one.size for one in found if one.after == k), default=0),
            min((one.size for one in found if one.before == k), default=float("inf")),
        )
        for k in trusted
    }
