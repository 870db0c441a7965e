"""What is read for an audience is read by its reading side; the few readings of the whole casebook are listed, with a
reason each, in docs/handling.md: a new one fails here until it has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from counterflow.storage.records import Records

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "counterflow"
READS = {name for name in vars(Records) if not name.startswith("_")} | {"engine", "audit_log", "audit_entries"}
"""Of the casebook: all that is asked of it, and ways round its own questions."""
WHOLE = READS | {"verify", "verify_audit", "sweep"}


def readings(path: Path) -> Iterator[str]:
    """Names of what a module asks of the whole casebook or ledger."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and node.id == "EVERYTHING" and isinstance(node.ctx, ast.Load):
            yield "EVERYTHING"
        if isinstance(node, ast.Attribute):
            of = node.value
            name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
            if name in ("casebook", "_casebook", "ledger") and node.attr in WHOLE:
                yield node.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            yield from ("getattr" for arg in node.args[:1] if "casebook" in ast.unparse(arg))


def test_every_reading_of_the_whole_casebook_is_listed_with_its_reason() -> None:
    found = {
        (path.relative_to(SOURCE).with_suffix("").as_posix(), name)
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in ("storage", "testing")
        for name in readings(path)
    }
    text = (ROOT / "docs" / "handling.md").read_text(encoding="utf-8")
    table = text.split("\n## What is read for nobody\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+) \|$", table, re.MULTILINE)
    listed = {(module, name) for module, names, _ in rows for name in re.findall(r"`(\w+)`", names)}
    assert found == listed
    assert all(len(why) > 20 for _, _, why in rows)


def test_what_would_be_found_is_found(tmp_path: Path) -> None:
    told = tmp_path / "m.py"
    told.write_text("def f(self, casebook):\n    self.store.casebook.labels()\n    return [*casebook.writings('x')]\n")
    assert sorted(readings(told)) == ["labels", "writings"]
