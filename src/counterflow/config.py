"""Settings of a workspace: one frozen object, read once from ``counterflow.toml``.

Unknown keys are errors with the nearest valid name. No secret belongs here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnknownName, UnreadableFile

__all__ = ["DEFAULT", "Named", "Settings", "checked_grades", "load", "read_yaml", "secret", "write_grades"]


@dataclass(frozen=True)
class Named:
    """A file that the settings name, as it was when they were read."""

    path: Path
    text: str


@dataclass(frozen=True)
class Settings:
    """:param title: what the workspace is about; :param case: id of the entity that the assessment is about;
    :param casebook: SQLAlchemy URL of the casebook, empty for SQLite in the workspace;
    :param casebook_reader: URL of another PostgreSQL user, of role ``counterflow_reader``, that reads for audiences,
    empty for the same user in that role; :param audience: the audience
    used where none is named; :param audiences: name → {text, organisation, ceiling, readers, compartments, purposes,
    without, owner} (see `model.handling.Audience`); :param typologies: name → {parameter: value}; a name set to
    ``{enabled = false}`` is switched off; :param grades: Admiralty grade → probability that a single claim of it is
    true, in place of the shipped one (`counterflow grades` shows all); :param measures: a YAML file, its path from
    the settings' folder: costs, delays, chances of measures in place of the shipped ones; :param four_eyes: a YAML
    file: which acts want a second person (see `casework.cases.four_eyes`); :param mail: how news of cases are sent:
    {server = "host:port", sender, to}; STARTTLS is wanted of any server but this machine's own; :param provider: an
    identity provider that people may come in by: {issuer, client, title}; what we are trusted with there is
    COUNTERFLOW_OIDC_SECRET;
    :param sharing: acknowledge_days: by when a recall is to be answered (14); review_years: after how many records are
    reviewed (5); :param limits: what one person may ask an hour: {question, change, export} (36,000, 18,000, 60);
    :param passwords: {words, breached}: words that no password may hold, and a file of SHA-1 hashes of passwords that
    were breached, sorted, one a line (see docs/identity.md)"""

    title: str = "Counterflow workspace"
    case: str = ""
    casebook: str = ""
    casebook_reader: str = ""
    audience: str = "owner"
    audiences: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: dict(_AUDIENCES))
    typologies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    grades: Mapping[str, float] = field(default_factory=dict)
    sharing: Mapping[str, Any] = field(default_factory=dict)
    measures: Named | None = None
    four_eyes: Named | None = None
    mail: Mapping[str, str] = field(default_factory=dict)
    provider: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    passwords: Mapping[str, Any] = field(default_factory=dict)


_TABLES = frozenset({"audiences", "typologies", "grades", "mail", "provider", "sharing", "limits", "passwords"})

_NUMBERS = {"sharing": ("acknowledge_days", "review_years"), "limits": ("question", "change", "export")}
"""Tables of whole numbers, and what may stand in each."""

_TEXTS = {"mail": ("server", "sender", "to"), "provider": ("issuer", "client", "title")}
"""Tables of texts, and what may stand in each."""

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


def secret(name: str) -> str:
    """A secret that others trust us by, empty: there is none. From the file that ``NAME_FILE`` names, as vaults' agents
    write it; from systemd's credentials; or from the environment.

    :param name: e.g. ``COUNTERFLOW_OIDC_SECRET``
    :raises UnreadableFile: the file that is named cannot be read
    """
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    handed = Path(credentials) / name if credentials else None
    file = os.environ.get(f"{name}_FILE") or (str(handed) if handed and handed.exists() else "")
    if not file:
        return os.environ.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise UnreadableFile(f"the secret {name} cannot be read ({type(e).__name__})", file=file) from e


def read_yaml(path: Path) -> Any:
    """What a YAML file holds that somebody wrote by hand; tags that would build objects are refused.

    :raises UnreadableFile: no file, no text, or no YAML; with the line
    """
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as e:
        raise UnreadableFile(f"cannot be opened ({e.strerror})", file=str(path)) from e
    except UnicodeDecodeError as e:
        raise UnreadableFile(f"is no YAML: byte {e.start + 1} is not UTF-8 text", file=str(path)) from e
    except RecursionError as e:
        raise UnreadableFile("is no YAML that can be read: too many levels", file=str(path)) from e
    except yaml.YAMLError as e:
        mark, problem = getattr(e, "problem_mark", None), getattr(e, "problem", None)
        line = mark.line + 1 if mark is not None else None
        raise UnreadableFile(f"is no YAML: {problem or 'unreadable character'}", file=str(path), line=line) from e


def load(path: Path) -> Settings:
    """Read settings; defaults where the file does not exist.

    :raises InputError: not TOML, a key nobody knows, or a value of another kind
    """
    if not path.exists():
        return Settings()
    import tomllib  # a twentieth of the start of every command, and most workspaces have no settings

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise InputError(f"not valid TOML: {e}", file=str(path)) from e
    known = {f.name for f in fields(Settings)}
    for key in data:
        if key not in known:
            raise InputError(str(UnknownName("setting", key, known)), file=str(path), field=key)
    for key, value in data.items():
        expected = Mapping if key in _TABLES else str
        if not isinstance(value, expected):
            raise InputError(f"must be a {'table' if expected is Mapping else 'text'}", file=str(path), field=key)
    _checked_tables(path, data)
    checked_grades(data.get("grades", {}), str(path))
    for key in data.keys() & {"measures", "four_eyes"}:
        data[key] = _named(path, key, data[key])
    return Settings(**data)


def _checked_tables(path: Path, data: dict[str, Any]) -> None:
    """:raises InputError: a key that its table has not, or a value of another kind"""
    for table, names in _NUMBERS.items():
        for key, value in data.get(table, {}).items():
            if key not in names or type(value) is not int or value < 1:
                raise InputError(f"has the whole numbers {' and '.join(names)}", file=str(path), field=f"{table}.{key}")
    for table, names in _TEXTS.items():
        for key, value in data.get(table, {}).items():
            if key not in names or not isinstance(value, str):
                raise InputError(f"has the texts {', '.join(names)}", file=str(path), field=f"{table}.{key}")
    if "passwords" in data:
        data["passwords"] = _passwords(path, data["passwords"])


def _passwords(settings: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """What passwords may not be; `breached` as a path. :raises InputError: not as it must be, or no such file"""
    words, file = list(given.get("words", [])), given.get("breached")
    if given.keys() - {"words", "breached"} or not all(isinstance(word, str) and len(word) > 3 for word in words):
        raise InputError("has words (of four letters or more) and breached", file=str(settings), field="passwords")
    path = None if file is None else settings.parent / str(file)
    if path is not None and not path.is_file():
        raise InputError(f"{path} is no file", file=str(settings), field="passwords.breached")
    return {"words": words, "breached": path}


def checked_grades(grades: Mapping[str, Any], file: str = "") -> dict[str, float]:
    """Grade → probability. :raises InputError: no Admiralty grade, or no probability between 0 and 1"""
    for grade, value in grades.items():
        if not re.fullmatch("[A-F][1-6]", grade):
            raise InputError(f"'{grade}' is no grade; valid: A1 to F6", file=file, field="grades")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            raise InputError(f"'{value}' is no probability between 0 and 1", file=file, field=f"grades.{grade}")
    return {grade: float(value) for grade, value in sorted(grades.items())}


def write_grades(path: Path, grades: Mapping[str, float]) -> None:
    """Put these cells in place of the ``[grades]`` of a settings file; the rest of it stays as somebody wrote it.

    :param grades: none: those shipped hold again; :raises InputError: see `checked_grades`
    """
    cells = "".join(f"{grade} = {p!r}\n" for grade, p in checked_grades(grades, str(path)).items())
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    rest = re.sub(r"^\[grades\][^\n]*\n.*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL).rstrip("\n") + "\n"
    fresh = path.with_suffix(".toml.new")
    fresh.write_text(rest + (f"\n[grades]\n{cells}" if cells else ""), encoding="utf-8")
    load(fresh)  # a file that cannot be read is not put in its place
    fresh.replace(path)


def _named(settings: Path, key: str, name: str) -> Named:
    """A file that a setting names. :raises UnreadableFile: there is none, or it is no text"""
    path = settings.parent / name
    try:
        return Named(path, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "not UTF-8 text"
        raise UnreadableFile(f"cannot be read ({reason}); the setting '{key}' names it", file=str(path)) from e
