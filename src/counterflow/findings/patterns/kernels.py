"""Kernels run as plain Python on little logs, and compiled on large ones: one function for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counterflow.entities.compiling import compiled

__all__ = ["COMPILE_FROM", "chosen"]

COMPILE_FROM = 20_000
"""Payments from which compiling (some seconds, once) is quicker than interpreting."""


def chosen(plain: Callable[..., Any], payments: int) -> Callable[..., Any]:
    """The kernel as it is, or compiled where there are payments enough."""
    return compiled(plain) if payments >= COMPILE_FROM else plain
