"""Custody: from whom a file came, when, what was done with it and where what was made of it went, by hash."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.casework import sharing
from counterflow.errors import NotFound
from counterflow.workspace.auditing import Auditing

__all__ = ["Custody"]

_TOLD = frozenset(
    {"ingest", "fetch", "hold", "accept", "reject", "mark", "unmark", "release", "recall", "purge", "custody"}
)
_SAID = ("dataset", "file", "url", "document", "page", "format", "reason", "handling")
"""Actions that a chain is made of, and what is told of them. Reading is on the log too, and is no change of hands."""


class Custody(Auditing):
    """Custody: from whom a file came, when, what was done with it and where what was made of it went, by hash."""

    def custody(self, what: str | Path, *, audience: str | None = None) -> dict[str, Any]:
        """The chain of an original, or of a file that left, oldest first.

        :param what: a file, or the SHA-256 of one
        :returns: sha256, names, came (dataset, when, publisher, address), originals (of a file that left: those it was
            made of), steps: {n, at, who, action, …}; n is the number of the audit entry, to be proved with
        :raises NotFound: neither came in nor left
        """
        from counterflow.storage.blobs import sha256_of

        path = Path(what)
        digest = str(what) if re.fullmatch("[0-9a-f]{64}", str(what)) else sha256_of(path) if path.is_file() else ""
        self._owned(audience, "custody", {"sha256": digest})
        line = self.line(audience, True)
        batches = [b for b in line.batches() if any(f["sha256"] == digest for f in b["files"])]
        left = [row for row in line.writings(sharing.RELEASE) if row["content"]["sha256"] == digest]
        originals: list[str] = []
        claims = self._claims(batches, audience)
        if left:
            mine = {id for row in left for id in row["content"]["records"]}
            of = [b for b in line.batches() if mine & self._claims([b], audience)]
            originals = sorted({f["sha256"] for b in of for f in b["files"]})
        used = {row["key"] for row in line.writings(sharing.RELEASE) if claims & set(row["content"]["records"])}
        used |= {row["key"] for row in left}
        steps = list(self._steps(digest, used))
        if not batches and all(step["action"] == "custody" for step in steps):
            raise NotFound("original or released file", str(what))
        names = sorted({f["name"] for b in batches for f in b["files"] if f["sha256"] == digest})
        came = [
            {"dataset": b["dataset"], "recorded_at": b["recorded_at"], "reader": b["reader"],
             **{key: b["descriptor"].get(key) for key in ("publisher", "url", "edition")}}
            for b in batches
        ]  # fmt: skip
        return {"sha256": digest, "names": names, "came": came, "originals": originals, "steps": steps}

    def custody_check(self, what: str | Path, *, audience: str | None = None) -> dict[str, Any]:
        """Whether the originals are still what they were by their hashes, and each step is in the log as it was signed.

        :returns: sha256, files: [{sha256, state}] (``whole``, ``changed`` or ``gone``), steps (proved), signed,
            entries, key (public), problems: in words
        """
        from counterflow.errors import UsageError
        from counterflow.storage import audit_checks
        from counterflow.storage.blobs import sha256_of

        chain = self.custody(what, audience=audience)
        _note, key = self.audit_head()
        files, problems, head, proved = [], list[str](), None, 0
        for digest in chain["originals"] or ([chain["sha256"]] if chain["came"] else []):
            path = self.store.blobs.path(digest)
            state = "gone" if not path.is_file() else "whole" if sha256_of(path) == digest else "changed"
            files.append({"sha256": digest, "state": state})
        for step in chain["steps"]:
            try:
                head = audit_checks.check(self.store.casebook.audit_log.proof(step["n"]), key)
                proved += 1
            except UsageError as e:
                problems.append(f"step {step['n']}: {e}")
        return {"sha256": chain["sha256"], "files": files, "steps": proved, "entries": head.size if head else 0,
                "signed": head.at if head else None, "key": key, "problems": problems}  # fmt: skip

    def custody_bag(self, what: str | Path, out: Path, *, audience: str | None = None) -> dict[str, Any]:
        """Pack an original, or the originals that a released file was made of, with its chain and proofs of it.

        :returns: bag, files, bytes, proofs, key (public, that the proofs are checked with)
        """
        from counterflow.casework import bag

        chain = self.custody(what, audience=audience)
        _note, key = self.audit_head()
        proofs = [self.store.casebook.audit_log.proof(step["n"]) for step in chain["steps"]]
        wanted = chain["originals"] or [chain["sha256"]]
        known = {f["sha256"]: f["name"] for b in self.line(audience, True).batches() for f in b["files"]}
        files = {}
        for digest in wanted:
            name = re.sub(r"[^\w.\-]", "_", known.get(digest, digest).rpartition("/")[2])
            files[name if name not in files else f"{digest[:12]}-{name}"] = self.store.blobs.path(digest)
        about = {"External-Identifier": f"sha256:{chain['sha256']}", "Bag-Software-Agent": "Counterflow",
                 "Audit-Log-Key": key}  # fmt: skip
        return {**bag.write(out, files, chain, proofs, about), "key": key}

    def _claims(self, batches: list[dict[str, Any]], audience: str | None) -> set[str]:
        """Claims and rows that came with these batches."""
        import datetime as dt

        found: set[str] = set()
        scope = self.line(audience, True).scope
        for batch in batches:
            at = dt.datetime.fromisoformat(batch["recorded_at"])
            for name, key in (("claims", "claim_id"), ("payments", "row_id")):
                rows = scope.table(name)
                rows = rows.filter((rows.dataset == batch["dataset"]) & (rows.recorded_at == at)).select(key)
                found |= set(scope.run(rows).column(key).to_pylist())
        return found

    def _steps(self, digest: str, releases: set[str]) -> Iterator[dict[str, Any]]:
        """Entries of the log that name the file, or a release that rests on it."""
        for entry in self.store.casebook.audit_log.entries(actions=_TOLD):
            told: Mapping[str, Any] = json.loads(entry["detail"]) if entry["detail"] else {}
            if entry["action"] == "custody" and told.get("sha256") == digest:
                yield {**_step(entry), "what": "asked where it came from"}
            elif entry["action"] in ("release", "recall") and told.get("release") in releases:
                yield {
                    **_step(entry),
                    **{k: told.get(k) for k in ("release", "to", "sha256", "purpose", "terms", "case")},
                }
            elif entry["action"] != "custody" and digest and digest in str(entry["detail"]):
                yield {**_step(entry), **{key: told[key] for key in _SAID if key in told}}


def _step(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("n", "at", "who", "action")}
