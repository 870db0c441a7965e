"""Settings of a workspace: one frozen object, read once from ``counterflow.toml``.

Unknown keys are errors with the nearest valid name. No secret belongs here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnknownName

__all__ = ["DEFAULT", "Settings", "load"]


@dataclass(frozen=True)
class Settings:
    """:param title: what the workspace is about; :param case: id of the entity that the assessment is about;
    :param casebook: SQLAlchemy URL of the casebook, empty for SQLite in the workspace; :param audience: the audience
    used where none is named; :param audiences: name → {text, organisation, ceiling, readers, compartments, purposes,
    without, owner} (see `model.handling.Audience`); :param typologies: name → {parameter: value}; a name set to
    ``{enabled = false}`` is switched off"""

    title: str = "Counterflow workspace"
    case: str = ""
    casebook: str = ""
    audience: str = "owner"
    audiences: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: dict(_AUDIENCES))
    typologies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_AUDIENCES: dict[str, dict[str, Any]] = {
    "owner": {"text": "everything in this workspace", "owner": True, "ceiling": "TLP:RED"},
    "public": {"text": "what may be published", "ceiling": "TLP:CLEAR"},
}

DEFAULT = """# Settings of this Counterflow workspace. `counterflow doctor` shows what is in force.
title = {title}
case = {case}
audience = "owner"

# Who may be asked for. A reader of a named audience sees only records whose label it may read.
[audiences.owner]
text = "everything in this workspace"
owner = true
ceiling = "TLP:RED"

[audiences.partner]
text = "a partner agency: up to TLP:GREEN, and AMBER where released to it"
organisation = "PARTNER"
ceiling = "TLP:AMBER"

[audiences.public]
text = "what may be published"
ceiling = "TLP:CLEAR"
"""
"""What `counterflow init` writes; {title} and {case} are TOML strings."""


def load(path: Path) -> Settings:
    """Read settings; defaults where the file does not exist.

    :raises InputError: not TOML; :raises UnknownName: a key nobody knows
    """
    if not path.exists():
        return Settings()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise InputError(f"not valid TOML: {e}", file=str(path)) from e
    known = {f.name for f in fields(Settings)}
    for key in data:
        if key not in known:
            raise UnknownName("setting", key, known)
    for key, value in data.items():
        expected = Mapping if key in ("audiences", "typologies") else str
        if not isinstance(value, expected):
            raise InputError(f"must be a {'table' if expected is Mapping else 'text'}", file=str(path), field=key)
    return Settings(**data)
