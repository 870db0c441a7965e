"""Profiles on disk: one JSON object each, in one file, read back only when somebody asks for them.

A name is kept with its forms, so that nothing is analysed again when an index is opened. Every value is plain JSON: a
folder from a stranger can hold wrong answers, never code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import orjson

from counterflow.entities.identifiers import Identifier
from counterflow.entities.names import Form, Name
from counterflow.entities.profile import Named, Profile

__all__ = ["pack", "unpack"]


def pack(profile: Profile, **beside: Any) -> bytes:
    """One profile as JSON. :param beside: plain data kept with it, see `unpack`"""
    told = {f.name: value for f in fields(Profile) if (value := getattr(profile, f.name)) and f.name != "names"}
    names = [[n.name.text, n.property, n.subject, [_form(form) for form in n.name.forms]] for n in profile.names]
    return orjson.dumps({**told, "names": names, "beside": beside}, default=sorted)


def _form(form: Form) -> dict[str, Any]:
    return {key: value for key, value in asdict(form).items() if value}


def unpack(data: bytes) -> tuple[Profile, Mapping[str, Any]]:
    """The profile, and what was kept beside it."""
    told: dict[str, Any] = orjson.loads(data)
    beside: dict[str, Any] = told.pop("beside")
    named = [_named(*row) for row in told.pop("names")]
    numbers = [Identifier(**row) for row in told.pop("identifiers", ())]
    rest = {key: _tuples(value) for key, value in told.items()}
    return Profile(**rest, names=tuple(named), identifiers=tuple(numbers)), beside


def _named(text: str, property: str, subject: str, forms: list[dict[str, Any]]) -> Named:
    return Named(Name(text, tuple(_as_form(**form) for form in forms)), property, subject)


def _as_form(**told: Any) -> Form:
    sounds = tuple(frozenset(sound) for sound in told.pop("sounds", ()))
    return Form(**{key: _tuples(value) for key, value in told.items()}, sounds=sounds)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
