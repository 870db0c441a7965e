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


def test_help_imports_nothing_heavy() -> None:
    printed = _python(HELP + "; import json; print(); print(json.dumps(sorted(sys.modules)))")
    loaded = set(json.loads(printed.splitlines()[-1]))
    assert "counterflow.cli" in loaded
    assert not HEAVY & loaded
    assert "Usage:" in printed


@pytest.mark.skipif(sys.platform == "win32", reason="the time of child processes is not told apart there")
def test_help_costs_little_over_python_itself() -> None:
    # 250 ms is the promise on a quiet machine, where python -c pass takes some 15 ms. What is held here is processor
    # time, not the clock's, as a multiple and at the best of five: so a busy machine fails it no sooner.
    import resource

    def seconds(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _python(code)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    pairs = [(seconds("pass"), seconds(HELP)) for _ in range(5)]
    bare, whole = min(b for b, _ in pairs), min(w for _, w in pairs)
    assert whole / bare < 10, f"--help took {whole * 1000:.0f} ms, python itself {bare * 1000:.0f} ms"
