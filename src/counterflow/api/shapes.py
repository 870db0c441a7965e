"""Words and fields that the model knows and FastAPI does not, for the description of the interface.

They describe; what is sent is checked by the model itself, whose errors name what would be valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from counterflow.model.case import KINDS, terms
from counterflow.model.handling import TLP

__all__ = ["PARTIAL", "row", "tlp", "words"]

PARTIAL: dict[str, Any] = {"pattern": r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8])(T.*)?)?)?$|^$"}
"""A partial ISO date, or none."""


def words(of: str) -> dict[str, Any]:
    """One of the words of `case_terms.yaml`."""
    return {"enum": [*terms()[of]]}


def tlp() -> dict[str, Any]:
    """A label begins with one of these."""
    return {"examples": [one.text for one in TLP]}


def row(kinds: tuple[str, ...]) -> dict[str, Any]:
    """A row of a case of one of these kinds, with the fields of each."""
    return {"oneOf": [_row(kind) for kind in kinds]}


def _row(kind: str) -> dict[str, Any]:
    every = fields(KINDS[kind])
    shape = {
        "type": "object",
        "properties": {f.name: _field(f) for f in every},
        "required": [f.name for f in every if f.default is MISSING and f.default_factory is MISSING],
        "additionalProperties": False,
    }
    return {"title": kind, "properties": {"kind": {"const": kind}, "fields": shape}}


def _field(f: Field[Any]) -> dict[str, Any]:
    meta: Mapping[str, Any] = f.metadata
    if f.type == "int | None":
        return {"type": ["integer", "null"], "minimum": 0, "maximum": 4}
    if f.type != "str":
        return {"type": "array", "items": {"type": "string"}}
    found: dict[str, Any] = {"type": "string"}
    if "of" in meta:
        return found | {"enum": [*terms()[meta["of"]], *([] if meta.get("needed") else [""])]}
    if meta.get("day"):
        return found | PARTIAL
    if meta.get("needed"):
        found |= {"minLength": 1}
    return found | ({"maxLength": meta["most"]} if "most" in meta else {})
