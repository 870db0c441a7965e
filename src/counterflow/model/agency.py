"""Kinds of organisations and of their units: `agencies.yaml` beside this module, one list for accounts and cases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from counterflow.errors import UnknownName

__all__ = ["kind", "kinds"]


@cache
def _file() -> Mapping[str, Mapping[str, Any]]:
    import yaml

    text = resources.files("counterflow.model").joinpath("agencies.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return found


def kinds() -> Mapping[str, str]:
    """Word → what it is for."""
    return {word: str(told["title"]) for word, told in _file().items()}


def kind(text: str) -> str:
    """The word for a kind that may be given by another one for the same. :raises UnknownName: no such kind"""
    for word, told in _file().items():
        if text in (word, *told.get("was", ())):
            return word
    raise UnknownName("kind of organisation", text, _file())
