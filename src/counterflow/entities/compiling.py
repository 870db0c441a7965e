"""Compiling kernels: plain functions of arrays stay plain, and are compiled by numba when somebody asks for it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

__all__ = ["compiled", "fetch"]


def fetch(array: Any, at: Any) -> None:
    """Have the memory of an element brought near, because it will be written or read soon. Changes nothing."""


_ONE = threading.RLock()
_WAY = "counted"
"""How kernels are compiled: part of the name under which they are kept."""


def compiled(plain: Callable[..., Any], *, nogil: bool = False) -> Callable[..., Any]:
    """A kernel, and the kernels that it calls, compiled by numba; kept on disk where there is a place to write.

    The name it is kept under has a hash of all that code, for numba itself looks at one file only. A kernel must not
    count from an array's end by a negative number: compiled, there is no such thing (`_counting`).

    :param nogil: other threads of Python run beside it: it must change no array that another one reads
    """
    with _ONE:  # two threads that ask for one kernel compile it once
        return _compiled(plain, nogil)


@cache
def _compiled(plain: Callable[..., Any], nogil: bool) -> Callable[..., Any]:
    import numba

    space = dict(plain.__globals__)
    space |= {name: _helper(helper) for name, helper in _helpers(plain).items()}
    bound = FunctionType(plain.__code__, space, f"{plain.__name__}_{_mark(plain)}{'_nogil' * nogil}")
    bound.__module__, bound.__qualname__ = plain.__module__, bound.__name__
    asked = {"nogil": nogil, "pipeline_class": _counting()}
    try:
        made: Callable[..., Any] = numba.njit(cache=True, **asked)(bound)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        made = numba.njit(**asked)(bound)
    return made


@cache
def _helper(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that others call; part of them where passing its many arrays would take longer than it does."""
    import numba

    if plain is fetch:
        return _fetching()
    space = dict(plain.__globals__)
    space |= {name: _helper(helper) for name, helper in _helpers(plain).items()}
    many = plain.__code__.co_argcount > 8
    bound = FunctionType(plain.__code__, space, plain.__name__)
    made: Callable[..., Any] = numba.njit(inline="always" if many else "never", pipeline_class=_counting())(bound)
    return made


@cache
def _counting() -> Any:
    """A compiler that takes every index of an array for a count from its beginning.

    Python's ``array[-1]`` is the last; so numba compares each index with nought, which costs a quarter of all the time
    that kernels over arrays take, and keeps loops from being done sixteen numbers at once.
    """
    from numba.core import compiler, compiler_machinery, ir, untyped_passes

    machinery: Any = compiler_machinery
    passing: Any = compiler
    code: Any = ir
    unsigned = _unsigned()

    class Count(machinery.FunctionPass):  # type: ignore[misc]
        _name = "counterflow_count"

        def __init__(self) -> None:
            super().__init__()

        def run_pass(self, state: Any) -> bool:
            for block in state.func_ir.blocks.values():
                block.body = [each for line in block.body for each in self.counted(line, block.scope)]
            return True

        def counted(self, line: Any, scope: Any) -> list[Any]:
            access = line.value if isinstance(line, code.Assign) else line
            if isinstance(access, code.SetItem):
                array = access.target
            elif isinstance(access, code.Expr) and access.op == "getitem":
                array = access.value
            else:
                return [line]
            cast, index = scope.redefine("$cast", line.loc), scope.redefine("$count", line.loc)
            call = code.Expr.call(cast, (array, access.index), (), line.loc)
            access.index = index
            named = code.Global("unsigned", unsigned, line.loc)
            return [code.Assign(named, cast, line.loc), code.Assign(call, index, line.loc), line]

    machinery.register_pass(mutates_CFG=False, analysis_only=False)(Count)

    class Counting(passing.CompilerBase):  # type: ignore[misc]
        def define_pipelines(self) -> list[Any]:
            passes = passing.DefaultPassBuilder.define_nopython_pipeline(self.state)
            passes.add_pass_after(Count, untyped_passes.InlineInlinables)
            passes.finalize()
            return [passes]

    return Counting


def _unsigned() -> Any:
    """What turns an index of an array, or several, into numbers without a sign; anything else stays as it is."""
    from numba import types
    from numba.core import imputils
    from numba.extending import intrinsic

    kinds: Any = types
    tools: Any = imputils

    @intrinsic
    def unsigned(_context: Any, array: Any, at: Any) -> Any:
        several = isinstance(at, kinds.BaseTuple)
        numbers = all(isinstance(each, kinds.Integer) for each in (at if several else [at]))
        kind = at
        if isinstance(array, kinds.Array) and numbers:
            kind = kinds.UniTuple(kinds.uintp, len(at)) if several else kinds.uintp

        def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
            # an array of indices is handed on: it is held once more
            return tools.impl_ret_borrowed(context, builder, kind, context.cast(builder, given[1], at, kind))

        return kind(array, at), generate

    made: Any = unsigned
    return made


def _fetching() -> Callable[..., Any]:
    """`fetch` as one instruction of the processor."""
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np import arrayobj

    memory: Any = arrayobj
    tools: Any = cgutils
    ir = tools.ir

    @intrinsic
    def instruction(_context: Any, array: Any, at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            data = memory.make_array(signature.args[0])(context, builder, given[0]).data
            place = context.cast(builder, given[1], signature.args[1], types.intp)
            word, pointer = ir.IntType(32), tools.voidptr_t
            kind = ir.FunctionType(ir.VoidType(), [pointer, word, word, word])
            called = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            spot = builder.bitcast(builder.gep(data, [place]), pointer)
            builder.call(called, [spot, word(1), word(3), word(1)])  # to write, near, data
            return context.get_dummy_value()

        return types.void(array, at), generate

    made: Callable[..., Any] = instruction
    return made


def _helpers(plain: Callable[..., Any]) -> dict[str, FunctionType]:
    found = {name: plain.__globals__.get(name) for name in plain.__code__.co_names}
    return {name: f for name, f in found.items() if isinstance(f, FunctionType)}


def _mark(plain: Callable[..., Any]) -> str:
    code = plain.__code__
    known = [plain.__globals__.get(name) for name in code.co_names]
    constants = repr([code.co_consts, [value for value in known if isinstance(value, (int, float))]])
    below = "".join(map(_mark, _helpers(plain).values()))
    return hashlib.blake2b(code.co_code + f"{_WAY}{constants}{below}".encode(), digest_size=6).hexdigest()
