"""`make demo ARGS=--no-serve` as someone new runs it: in a fresh clone with an empty home, and then again."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from measured import run, tell

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Downloads included: what pip and npm have in a cache of this user's is not used."""
    with tempfile.TemporaryDirectory() as room:
        clone, home = Path(room) / "project", Path(room) / "home"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        home.mkdir()
        settings = Path.home() / ".npmrc"
        if settings.exists():
            (home / ".npmrc").write_bytes(settings.read_bytes())
        env = os.environ | {"HOME": str(home)}
        for what in ("fresh", "again"):
            seconds, peak, _ = run(["make", "demo", "ARGS=--no-serve"], cwd=clone, env=env)
            tell(f"make demo ARGS=--no-serve, {what}", seconds=round(seconds, 1), peak_mib=round(peak))
        size = sum(p.stat().st_size for p in clone.rglob("*") if p.is_file() and not p.is_symlink())
        workspace = sum(p.stat().st_size for p in (clone / "counterflow.d").rglob("*") if p.is_file())
        tell("disk after make demo", clone_mib=round(size / 2**20), workspace_mib=round(workspace / 2**20, 1))


if __name__ == "__main__":
    main()
