"""The marking of an answer: the joint handling of all that it rests on, in print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from counterflow.model.handling import EXERCISE, Label, combine

__all__ = ["marking"]


def marking(labels: Mapping[str, Label], ids: Iterable[str]) -> dict[str, Any]:
    """``{"handling": marking in print, "exercise": bool}`` of something that rests on records with these labels."""
    joint = combine(labels[i] for i in sorted(set(ids)))
    return {"handling": joint.text, "exercise": EXERCISE in joint.caveats}
