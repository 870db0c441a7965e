"""What a record of JSON should look like, so that what reads it need not doubt every value.

A shape is ``TEXT``, ``FLAG``, ``ANY``, a list of one shape (a lone value stands for a list of one), a mapping of keys
to shapes (other keys are passed over), or a pair (``TEXT``, mapping) where both are met.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ANY", "FLAG", "TEXT", "Shape", "shaped"]

TEXT, FLAG, ANY = "text", "flag", "any"
Shape = Any


def shaped(value: Any, shape: Shape, at: str = "") -> tuple[Any, list[tuple[str, str]]]:
    """(the value as its shape says, what did not fit as (field, reason)).

    Numbers become texts where a text is expected; null and what does not fit are left out.
    """
    problems: list[tuple[str, str]] = []
    return _shaped(value, shape, at, problems), problems


def _shaped(value: Any, shape: Shape, at: str, problems: list[tuple[str, str]]) -> Any:
    if value is None or shape is ANY:
        return value
    if isinstance(shape, tuple):
        shape = shape[1] if isinstance(value, dict) else shape[0]
    if shape is TEXT:
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
    elif isinstance(shape, Mapping):
        if isinstance(value, dict):
            return _object(value, shape, at, problems)
    elif isinstance(shape, list):
        given = value if isinstance(value, list) else [value]
        listed = (_shaped(inner, shape[0], at, problems) for inner in given)
        return [kept for kept in listed if kept is not None]
    elif isinstance(value, bool):
        return value
    problems.append((at, f"{_short(value)} is not {_expected(shape)}"))
    return None


def _object(
    value: Mapping[str, Any], shape: Mapping[str, Shape], at: str, problems: list[tuple[str, str]]
) -> dict[str, Any]:
    found = {}
    for key, inner in value.items():
        wanted = shape.get(key)
        if wanted is TEXT and inner.__class__ is str:  # nearly all of them
            found[key] = inner
        elif wanted is not None:
            kept = _shaped(inner, wanted, f"{at}.{key}" if at else key, problems)
            if kept is not None:
                found[key] = kept
    return found


def _expected(shape: Shape) -> str:
    return "an object" if isinstance(shape, Mapping) else "true or false" if shape is FLAG else "a text"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
