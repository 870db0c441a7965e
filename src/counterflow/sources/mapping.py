"""Mapping: which column of somebody's table is which column of ours.

A table that uses our own column names needs none. Anything else is described by a small YAML file, e.g. for payments::

    columns:
      payment_id: Txn Ref           # ours: theirs
      timestamp: [Date, Time]       # several columns are joined by a blank
      from_account: Debit Account
    timestamp_format: "%d.%m.%Y %H:%M"   # default: ISO 8601; `epoch` and `epoch_ms` count from 1970
    timezone: Europe/Vienna         # of times that state none; default UTC
    decimal: ","                    # default "."
    thousands: "."                  # default none
    delimiter: ";"                  # default: seen from the header line
    encoding: cp1252                # default UTF-8
    values: {currency: {US Dollar: USD}}
    defaults: {currency: USD}       # where the column is absent or a value empty

Where a header repeats a name, the second is called ``Name.1``, the third ``Name.2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnreadableFile, UsageError

__all__ = ["Mapping", "from_options", "plain", "resolve"]


@dataclass(frozen=True)
class Mapping:
    """The contents of a mapping file; see the module's docstring for its keys."""

    columns: Map[str, str | Sequence[str]] = field(default_factory=dict)
    timestamp_format: str | None = None
    timezone: str = "UTC"
    decimal: str = "."
    thousands: str = ""
    delimiter: str | None = None
    encoding: str = "utf-8"
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    defaults: Map[str, str] = field(default_factory=dict)


def from_options(options: Map[str, Any], known: Iterable[str]) -> Mapping:
    """The mapping in a reader's options: ``{"mapping": {...}}`` or ``{"mapping": "file.yaml"}``; none: an empty one.

    :param known: the reader's own column names
    :raises UsageError: an option or key that does not exist, or a column that the table does not have
    :raises InputError: the mapping file cannot be read
    """
    unknown = sorted(set(options) - {"mapping"})
    if unknown:
        raise UsageError(f"This reader has no option '{unknown[0]}'. It takes: mapping (a YAML file, or its contents).")
    given = options.get("mapping") or {}
    name = "mapping"
    if isinstance(given, str | Path):
        name = str(given)
        given = _load(Path(given))
    if not isinstance(given, Map):
        raise UsageError(f"{name}: a mapping has keys such as `columns:`; this is {type(given).__name__}.")
    valid = [f.name for f in fields(Mapping)]
    for key in given:
        if key not in valid:
            raise UsageError(f"{name}: a mapping has no key '{key}'. Valid: {', '.join(valid)}.")
    names = set(known)
    for part in ("columns", "values", "defaults"):
        for column in given.get(part) or {}:
            if column not in names:
                valid_columns = ", ".join(sorted(names))
                raise UsageError(f"{name}: {part}.{column} is no column of this table. Valid: {valid_columns}.")
    return Mapping(**{key: value for key, value in given.items() if value is not None})


def _load(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as e:
        raise InputError(f"the mapping file cannot be opened ({e.strerror})", file=str(path)) from e
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        mark = getattr(e, "problem_mark", None)
        raise InputError(f"this is not YAML: {e}", file=str(path), line=mark.line + 1 if mark else None) from e


def plain(name: str) -> str:
    """A header name without case, blanks and punctuation: ``# Timestamp`` and ``timestamp`` are one name."""
    return "".join(c for c in name.casefold() if c.isalnum())


def resolve(
    mapping: Mapping, header: Sequence[str], aliases: Map[str, Sequence[str]], required: Sequence[str], file: str
) -> dict[str, tuple[str, ...]]:
    """Which columns of `header` make up each of ours.

    :param aliases: our column → other names it commonly goes by (compared by `plain`), best first
    :param required: columns that must be found, or have a default
    :raises InputError: the mapping names a column that the file has not
    :raises UnreadableFile: a required column is not found
    """
    found: dict[str, tuple[str, ...]] = {}
    for ours, theirs in mapping.columns.items():
        parts = (theirs,) if isinstance(theirs, str) else tuple(theirs)
        for part in parts:
            if part not in header:
                reason = f"the mapping wants a column '{part}' for {ours}; the file has: {', '.join(header)}"
                raise InputError(reason, file=file, line=1, field=part)
        found[ours] = parts
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    for ours, others in aliases.items():
        for candidate in (ours, *others):
            if ours not in found and plain(candidate) in by_plain:
                found[ours] = (by_plain[plain(candidate)],)
    for ours in required:
        if ours not in found and ours not in mapping.defaults:
            has = ", ".join(header)
            reason = f"no column '{ours}'; the file has: {has}. Name it in a mapping: columns: {{{ours}: …}}"
            raise UnreadableFile(reason, file=file, line=1, field=ours)
    return found
