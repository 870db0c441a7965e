"""Each clause of the decision is watched: change one, and the tests of handling fail.

The source of `model.handling` is changed in one place at a time. Then the plain tests of `test_handling` are run on it,
and its laws on a few labels of `counterflow.testing.policy`.
"""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from counterflow.model import handling
from counterflow.testing.policy import TODAY, audiences, labels

WATCHED = {"readable", "releasable", "due", "opened", "combine", "_mixed", "_meet", "_limits", "_both", "circle",
           "persons", "serves", "restricted", "shutting_out", "__post_init__"}  # fmt: skip
TESTS = Path(__file__).with_name("test_handling.py")
NAME = "counterflow.model.handling"

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.And: ast.Or, ast.Or: ast.And, ast.LtE: ast.Lt, ast.Lt: ast.LtE, ast.GtE: ast.Gt, ast.Gt: ast.GtE,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Sub: ast.BitOr, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
SAME: set[str] = set()
"""Changes that change nothing, each with its reason."""


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """Ways to change one place below a node: what is changed, do it, undo it."""
    for field, value in ast.iter_fields(node):
        spots = [(value, lambda new, field=field: setattr(node, field, new))] if isinstance(value, ast.AST) else []
        if isinstance(value, list):
            spots = [
                (one, lambda new, value=value, n=n: value.__setitem__(n, new))
                for n, one in enumerate(value)
                if isinstance(one, ast.AST)
            ]
        for one, put in spots:
            for made in replacements(one):
                said = [ast.unparse(x) or type(x).__name__ for x in (node if type(one) in SWAPS else one, made)]
                yield " -> ".join(said), lambda put=put, made=made: put(made), lambda put=put, one=one: put(one)
            yield from changes(one)


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand for a node."""
    if type(node) in SWAPS:
        yield SWAPS[type(node)]()
    elif isinstance(node, ast.BoolOp):
        for n in range(len(node.values)):
            rest = [value for i, value in enumerate(node.values) if i != n]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.If):
        yield ast.Pass()
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse, ast.IfExp(node.test, node.orelse, node.body))
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Name) and node.id in ("max", "min"):
        yield ast.Name("min" if node.id == "max" else "max", ast.Load())


def mutants() -> Iterator[str]:
    """Puts a changed module in the place of `model.handling`, one after the other; says what was changed."""
    tree = ast.parse(Path(handling.__file__).read_text(encoding="utf-8"))
    for function in [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name in WATCHED]:
        for said, do, undo in list(changes(ast.Module(function.body, []))):
            do()
            module = ModuleType(NAME)
            sys.modules[NAME] = module  # dataclasses look there
            try:
                exec(compile(ast.fix_missing_locations(tree), handling.__file__, "exec"), module.__dict__)
                yield f"{function.name}: {said}"
            finally:
                undo()


def laws(module: Any, made: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
    """Those of `test_handling` that hold of any labels."""
    every = [module.Label(**{**one, "tlp": module.TLP(one["tlp"]), "pap": module.PAP(one["pap"])}) for one in made]
    who = [module.Audience(**{**one, "ceiling": module.TLP(one["ceiling"])}) for one in asked]
    combine = module.combine
    for a, b, c in zip(every, every[1:], every[2:], strict=False):
        ab = combine([a, b])
        assert ab == combine([b, a]) == combine([ab, a])
        assert combine([ab, c]) == combine([a, combine([b, c])])
        assert combine([a, a]) == combine([a, module.PUBLIC]) == a
        assert ab.orcon == a.orcon | b.orcon
        assert {*a.sources, *b.sources} <= ab.sources
        for one in who:
            both = [module.readable(part, one, today=TODAY) for part in (a, b)]
            if module.readable(ab, one, today=TODAY):
                assert all(both)


def test_no_change_of_the_decision_goes_unnoticed() -> None:
    tests = compile(TESTS.read_text(encoding="utf-8"), str(TESTS), "exec")
    rng = random.Random(5)
    made = [{f.name: getattr(x, f.name) for f in fields(x)} for x in labels(rng, 60)]
    asked = [{f.name: getattr(x, f.name) for f in fields(x)} for x in audiences(rng, 12)]

    def unnoticed() -> bool:
        given: dict[str, Any] = {"__name__": "mutated"}
        try:
            exec(tests, given)
            for name, test in given.items():
                if name.startswith("test_") and not hasattr(test, "hypothesis"):
                    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
                    for values in marks[0].args[1] if marks else [()]:
                        test(*values)
            laws(sys.modules[NAME], made, asked)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - any failure is one
            return False
        return True

    kept, alive, n = sys.modules[NAME], [], 0
    try:
        assert unnoticed(), "as it stands, all hold"
        for said in mutants():
            n += 1
            if unnoticed() and said not in SAME:
                alive.append(said)
    finally:
        sys.modules[NAME] = kept
    assert n > 80
    assert not alive, "\n".join(alive)
