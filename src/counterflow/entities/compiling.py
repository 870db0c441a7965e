"""Compiling kernels: plain functions of arrays stay plain, and are compiled by numba when somebody asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

__all__ = ["compiled"]


@cache
def compiled(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, and the kernels that it calls, compiled by numba; kept on disk where there is a place to write.

    The name it is kept under has a hash of all that code, for numba itself looks at one file only.
    """
    import numba

    space = dict(plain.__globals__)
    space |= {name: _helper(helper) for name, helper in _helpers(plain).items()}
    bound = FunctionType(plain.__code__, space, f"{plain.__name__}_{_mark(plain)}")
    bound.__module__, bound.__qualname__ = plain.__module__, bound.__name__
    try:
        made: Callable[..., Any] = numba.njit(cache=True)(bound)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        made = numba.njit(bound)
    return made


@cache
def _helper(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that others call; part of them where passing its many arrays would take longer than it does."""
    import numba

    space = dict(plain.__globals__)
    space |= {name: _helper(helper) for name, helper in _helpers(plain).items()}
    many = plain.__code__.co_argcount > 8
    bound = FunctionType(plain.__code__, space, plain.__name__)
    made: Callable[..., Any] = numba.njit(inline="always")(bound) if many else numba.njit(bound)
    return made


def _helpers(plain: Callable[..., Any]) -> dict[str, FunctionType]:
    found = {name: plain.__globals__.get(name) for name in plain.__code__.co_names}
    return {name: f for name, f in found.items() if isinstance(f, FunctionType)}


def _mark(plain: Callable[..., Any]) -> str:
    code = plain.__code__
    known = [plain.__globals__.get(name) for name in code.co_names]
    constants = repr([code.co_consts, [value for value in known if isinstance(value, (int, float))]])
    below = "".join(map(_mark, _helpers(plain).values()))
    return hashlib.blake2b(code.co_code + f"{constants}{below}".encode(), digest_size=6).hexdigest()
