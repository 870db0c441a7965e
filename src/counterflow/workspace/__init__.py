"""The composition root: opens storage and offers one method per verb.

A `Workspace` writes (ingest, judge) and checks itself; a `View` reads, for one audience, and there is no way to read
without one. The command line and the HTTP interface put every question on the audit log before they ask it.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

from counterflow import config, registry
from counterflow.errors import UsageError, WorkspaceError
from counterflow.model.handling import opened
from counterflow.workspace.assessing import Assessing
from counterflow.workspace.casework import Casework
from counterflow.workspace.casework_acts import CaseActs
from counterflow.workspace.custody import Custody
from counterflow.workspace.emergencies import Emergencies
from counterflow.workspace.identifying import Identifying
from counterflow.workspace.ingesting import Ingesting
from counterflow.workspace.judging import Judging
from counterflow.workspace.ranking import Ranking
from counterflow.workspace.retaining import Retaining
from counterflow.workspace.sanitising import Sanitising
from counterflow.workspace.sharing import Sharing

__all__ = ["Workspace"]


class Workspace(
    Ingesting, Casework, CaseActs, Judging, Ranking, Assessing, Sharing, Sanitising, Retaining, Custody, Identifying,
    Emergencies,
):  # fmt: skip
    """A folder that holds one case's ledger, originals, casebook and derived results."""

    @classmethod
    def create(
        cls, path: Path, *, title: str = "Counterflow workspace", case: str = "", casebook: str = ""
    ) -> Workspace:
        """A new, empty workspace.

        :param casebook: URL of an empty PostgreSQL database that holds the casebook; none: SQLite in the folder
        :raises UsageError: there is one already, or the folder or the database holds something else
        """
        if (path / "counterflow.toml").exists():
            raise UsageError(f"{path} is a workspace already.")
        if path.exists() and any(path.iterdir()):
            raise UsageError(f"{path} is not empty. Name a new folder with --workspace DIR.")
        fresh = not path.exists()
        text = config.DEFAULT.format(title=json.dumps(title, ensure_ascii=False), case=json.dumps(case))
        if casebook:
            text = text.replace('audience = "owner"\n', f'audience = "owner"\ncasebook = {json.dumps(casebook)}\n', 1)
        tomllib.loads(text)
        path.mkdir(parents=True, exist_ok=True)
        try:
            if casebook:
                _empty(casebook, path)
            else:
                cls(path).store.casebook.create()
        except BaseException:
            if fresh:  # no folder is left of what is no workspace
                shutil.rmtree(path, ignore_errors=True)
            raise
        (path / "counterflow.toml").write_text(text, encoding="utf-8")  # last: its presence makes it a workspace
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """An existing workspace. :raises WorkspaceError: there is none, or it is of a newer layout"""
        if not (path / "counterflow.toml").exists():
            raise WorkspaceError(f"There is no workspace at {path}. Make one: counterflow --workspace {path} init")
        found = cls(path)
        found.store.casebook.check_layout()
        return found

    def close(self) -> None:
        """Give connections back."""
        self.store.casebook.close()

    def verify(self) -> list[str]:
        """Everything that is not as it was committed: segments, originals, audit log. Empty: all is well."""
        self.allow("audit")
        casebook = self.store.casebook
        rows = (*casebook.batches(), *casebook.held())
        kept = {f["sha256"] for row in rows for f in row["files"] if not f.get("purged")}
        return [*self.store.ledger.verify(), *self.store.blobs.verify(kept), *self.store.casebook.verify_audit()]

    def doctor(self, audience: str | None = None, *, exercise: bool = True) -> dict[str, Any]:
        """State of the installation, and of the workspace as far as the audience may read it: a count of what it may
        not read would be an answer about it."""
        import platform
        from importlib import metadata

        self.allow("read")
        who = self.audience(audience, exercise=exercise)
        reader = self.store.casebook.reader(who)
        readable = opened(reader.labels(), who).keys()
        libraries = ("duckdb", "pyarrow", "ibis-framework", "sqlalchemy", "rapidfuzz", "highspy", "numba", "fastapi")
        return {
            "workspace": str(self.path),
            "title": self.settings.title,
            "audiences": sorted(self.settings.audiences) if who.owner else [who.name],
            "python": platform.python_version(),
            "counterflow": metadata.version("counterflow"),
            "libraries": {name: metadata.version(name) for name in libraries},
            "plugins": {kind: registry.names(kind) for kind in registry.KINDS},
            "broken_plugins": [str(p) for p in registry.problems()],
            "batches": sum(batch["labels"] <= readable for batch in reader.batches()),
            "segments": len(self.store.ledger.readable_segments(who)),
            "workbench": (Path(__file__).parents[1] / "web" / "dist" / "index.html").exists(),
        }


def _empty(url: str, path: Path) -> None:
    """Make a casebook in a database that holds none: two workspaces that shared one would mix up their files.

    :raises UsageError: it holds one; :raises WorkspaceError: it cannot be opened
    """
    from counterflow.storage.sql import Casebook

    made = Casebook(url, path)
    try:
        if made.exists():
            raise UsageError("That database holds the casebook of a workspace already. Name an empty one.")
        made.create()
    finally:
        made.close()
