"""The audit log, for those who answer for it: read, verified, proved to others, purged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UsageError
from counterflow.storage import audit_checks
from counterflow.workspace.base import Base

__all__ = ["Auditing", "verify_file"]


class Auditing(Base):
    """The audit log: what an entry tells may be of records of any label, so only an owner's audience may read it."""

    def audit_entries(self, audience: str | None, first: int = 0) -> Iterator[dict[str, Any]]:
        """n, at, who, action, detail of each entry from `first` on; detail is JSON, None once shredded.

        :raises UsageError: the audience is not the owner's
        """
        self._owned(audience, "audit log", {"first": first})
        return self.store.casebook.audit_log.entries(first)

    def audit_head(self) -> tuple[str, str]:
        """A signed head of the log as it is now, and the public key that checks it: neither says what is in it."""
        self.allow("audit")
        return self.store.casebook.audit_log.head()

    def audit_rotate(self, audience: str | None, reason: str) -> str:
        """Replace the key that signs heads; the note by which whoever kept the old one can trust the new one.

        :raises UsageError: no reason
        """
        if not reason.strip():
            raise UsageError("A key is replaced for a reason: --reason TEXT.")
        self._owned(audience, "audit rotate", {"reason": reason})
        return self.store.casebook.audit_log.rotate(self.who, reason)

    def audit_problems(self, head: str | None, key: str | None) -> list[str]:
        """What is not as it was appended and signed, in words.

        :param head: a signed head that was kept elsewhere; :param key: public key that all heads must be signed by
        """
        self.allow("audit")
        return audit_checks.problems(self.store.casebook.engine, head, key)

    def audit_proof(self, audience: str | None, n: int) -> dict[str, Any]:
        """That entry n is in the log under its newest signed head, for somebody who does not have the log."""
        self._owned(audience, "audit prove", {"n": n})
        return self.store.casebook.audit_log.proof(n)

    def audit_export(self, audience: str | None, out: Path) -> dict[str, Any]:
        """Write every entry as it was hashed, one a line, what it tells of persons sealed; beside it the signed head.

        :return: entries, head (the note), key (public)
        """
        self._owned(audience, "audit export", {"file": out.name})
        note, key = self.audit_head()
        partial = out.with_name(out.name + ".part")
        entries = 0
        with partial.open("wb") as file:
            for leaf in self.store.casebook.audit_log.leaves():
                file.write(leaf + b"\n")
                entries += 1
        partial.replace(out)
        return {"file": str(out), "entries": entries, "head": note, "key": key}

    def audit_shred(self, audience: str | None, before: str, reason: str) -> list[str]:
        """Destroy the keys of the months before one; that it was done, and why, is an entry of its own.

        :return: the months
        """
        self._owned(audience, "audit shred", {"before": before, "reason": reason})
        return self.store.casebook.audit_log.shred(before)

    def _owned(self, audience: str | None, action: str, detail: dict[str, Any]) -> None:
        self.allow("audit")
        if self.session is not None:
            self.audit(action, detail)
            return
        found = self.audience(audience)
        self.store.casebook.audit(self.who, action, {"audience": found.name, **detail})
        if not found.owner:
            raise UsageError(f"The audit log is read by the workspace's owner; '{found.name}' is not.")


def verify_file(path: Path, note: str, key: str) -> int:
    """Check an exported log against a signed head, with no workspace.

    :return: entries that the head covers
    :raises InputError: they are not those that were signed
    """
    with path.open("rb") as file:
        try:
            return audit_checks.covered((line.rstrip(b"\n") for line in file), note, key)
        except UsageError as e:
            raise InputError(str(e), file=str(path)) from e
