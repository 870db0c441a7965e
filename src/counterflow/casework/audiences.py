"""Audiences by name: from the workspace's settings to the reader sets that handling decides on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from counterflow.config import Settings
from counterflow.errors import UnknownName, UsageError
from counterflow.model.handling import EXERCISE, TLP, Audience, Label, opened

__all__ = ["audience", "key"]

_SETS = ("readers", "compartments", "purposes", "without", "client_of")
_KINDS: Mapping[type, str] = {list: "list of texts", bool: "truth value, true or false", str: "text"}
_KEYS = frozenset({*_SETS, "text", "organisation", "ceiling", "owner"})


def audience(settings: Settings, name: str | None, *, exercise: bool = True) -> Audience:
    """The audience of that name (None: the default), with or without the exercise layer.

    :raises UnknownName: no such audience, or a key in its settings that nobody knows
    """
    name = name or settings.audience
    if name not in settings.audiences:
        raise UnknownName("audience", name, settings.audiences)
    data: Mapping[str, Any] = settings.audiences[name]
    for key_ in data:
        if key_ not in _KEYS:
            raise UnknownName(f"key of audience '{name}'", key_, _KEYS)
    for key_, wanted in (*((s, list) for s in _SETS), ("owner", bool), ("ceiling", str), ("organisation", str)):
        if key_ in data and not isinstance(data[key_], wanted):  # owner = "false" must not make an owner
            raise UsageError(f"audiences.{name}.{key_} in counterflow.toml must be a {_KINDS[wanted]}.")
    found = Audience(
        name=name,
        organisation=str(data.get("organisation", "")),
        ceiling=TLP.parse(str(data.get("ceiling", "TLP:CLEAR"))),
        owner=bool(data.get("owner", False)),
        **{s: frozenset(str(w) for w in data.get(s, ())) for s in _SETS},  # type: ignore[arg-type]
    )
    found = replace(found, without=frozenset(word.upper() for word in found.without))  # caveats are in capitals
    return found if exercise else found.shutting_out(EXERCISE)


def key(who: Audience, labels: Mapping[str, Label], *, today: str) -> str:
    """Name of an audience's derived results: a hash of the labels it may read, and of nothing else.

    Two audiences with the same rights share results; a label that one may not read leaves no trace in its key.
    """
    ids = sorted(opened(labels, who, today=today))
    return hashlib.blake2b(json.dumps(ids).encode(), digest_size=8).hexdigest()
