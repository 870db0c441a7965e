"""The command line starts at once: nothing heavy is imported before a verb needs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "numpy", "pyarrow", "duckdb", "ibis", "fastapi", "starlette", "uvicorn", "sqlalchemy", "scipy", "numba", "highspy",
    "lxml", "rapidfuzz", "yaml", "pandas", "xgboost",
}  # fmt: skip

HELP = "import sys; sys.argv[1:] = ['--help']; from counterflow.cli import main; main(standalone_mode=False)"


def _python(code: str) -> str:
    path = [p for p in sys.path if p]
    start = f"import sys; sys.path[:0] = {path!r}; "
    done = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


MODULES = 190
"""Modules that `--help` may load, the bare interpreter's 33 and click's 60 among them: 150 by now."""
PROMISED = 0.250
"""Seconds of `--help`, as the documentation has it; some 80 ms of processor time on an idle machine."""


def test_help_imports_nothing_heavy_and_little_at_all() -> None:
    printed = _python(HELP + "; import json; print(); print(json.dumps(sorted(sys.modules)))")
    loaded = set(json.loads(printed.splitlines()[-1]))
    assert "counterflow.cli" in loaded
    assert not HEAVY & loaded
    assert len(loaded) < MODULES, sorted(loaded)
    assert "Usage:" in printed


@pytest.mark.skipif(sys.platform == "win32", reason="the time of child processes is not told apart there")
def test_help_is_quick() -> None:
    # Processor time, not the clock's, at the best of five: a busy machine fails it no sooner. The count of modules
    # above is what sees a slow growth.
    import resource

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _python(HELP)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(seconds() for _ in range(5)) < PROMISED
