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
    encoding: cp1252                # default: UTF-8, or what the bytes show (see `sources.encoding`)
    values: {currency: {US Dollar: USD}}
    defaults: {currency: USD}       # where the column is absent or a value empty
    scale: {amount: 1000}           # figures are written in thousands

Where a header repeats a name, the second is called ``Name.1``, the third ``Name.2``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from counterflow.config import read_yaml
from counterflow.errors import InputError, UnreadableFile, UsageError

__all__ = ["Mapping", "from_options", "plain", "resolve", "shortened"]


@dataclass(frozen=True)
class Mapping:
    """The contents of a mapping file; see the module's docstring for its keys."""

    columns: Map[str, str | Sequence[str]] = field(default_factory=dict)
    timestamp_format: str | None = None
    timezone: str = "UTC"
    decimal: str = "."
    thousands: str = ""
    delimiter: str | None = None
    encoding: str | None = None
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    defaults: Map[str, str] = field(default_factory=dict)
    scale: Map[str, str] = field(default_factory=dict)


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
        given = read_yaml(Path(given)) or {}
    if not isinstance(given, Map):
        raise UsageError(f"{name}: a mapping has keys such as `columns:`; this is {type(given).__name__}.")
    valid = [f.name for f in fields(Mapping)]
    for key in given:
        if key not in valid:
            raise UsageError(f"{name}: a mapping has no key '{key}'. Valid: {', '.join(valid)}.")
    names = set(known)
    given = {key: _checked(key, value, name) for key, value in given.items() if value is not None}
    for part in _TABLES:
        for column in given.get(part, {}):
            if column not in names:
                valid_columns = ", ".join(sorted(names))
                raise UsageError(f"{name}: {part}.{column} is no column of this table. Valid: {valid_columns}.")
    return Mapping(**given)


_TABLES = ("columns", "values", "defaults", "scale")


def _is_cell(value: Any) -> bool:
    """A text, or what YAML makes of one that looks like a number; not the truth value that it makes of NO."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_factor(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_table(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, Map) and all(_is_cell(k) and holds(v) for k, v in value.items())


def _is_column(value: Any) -> bool:
    return _is_cell(value) or (isinstance(value, list) and bool(value) and all(map(_is_cell, value)))


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:  # unknown, or no encoding of text
        return False
    return True


_WANTED: Map[str, tuple[Callable[[Any], bool], str]] = {
    "columns": (lambda v: _is_table(v, _is_column), "a table of `ours: theirs`, or `ours: [theirs, and theirs]`"),
    "values": (lambda v: _is_table(v, lambda w: _is_table(w, _is_cell)), "a table of `column: {theirs: ours}`"),
    "defaults": (lambda v: _is_table(v, _is_cell), "a table of `column: value`"),
    "scale": (lambda v: _is_table(v, _is_factor), "a table of `column: number`"),
    "decimal": (lambda v: v in (".", ","), "'.' or ','"),
    "thousands": (lambda v: isinstance(v, str) and len(v) <= 1, "one character"),
    "delimiter": (lambda v: isinstance(v, str) and len(v) == 1, "one character"),
    "encoding": (lambda v: isinstance(v, str) and _is_encoding(v), "a text encoding, e.g. utf-8, cp1252, utf-16"),
    "timestamp_format": (lambda v: isinstance(v, str), "a text"),
    "timezone": (lambda v: isinstance(v, str), "a text, e.g. Europe/Vienna"),
}
"""Key of a mapping → whether a value will do, and what would."""


def _checked(key: str, value: Any, name: str) -> Any:
    """The value of one key. :raises UsageError: it is of another kind than the key wants"""
    will_do, wanted = _WANTED[key]
    if not will_do(value):
        hint = " (YAML reads NO, yes, on and off as truth values: put such words in quotes)" if key in _TABLES else ""
        raise UsageError(f"{name}: {key} must be {wanted}; this is {shortened(repr(value))}{hint}.")
    return _texts(value)


def _texts(value: Any) -> Any:
    """Texts that YAML took for numbers, as texts again."""
    if isinstance(value, Map):
        return {str(k): _texts(v) for k, v in value.items()}
    return [str(v) for v in value] if isinstance(value, list) else str(value)


def plain(name: str) -> str:
    """A header name without case, blanks and punctuation: ``# Timestamp`` and ``timestamp`` are one name."""
    return "".join(c for c in name.casefold() if c.isalnum())


def shortened(text: str) -> str:
    """Text of a stranger's file, for a message: 300 characters of it."""
    return text if len(text) <= 300 else text[:300] + "…"


def resolve(
    mapping: Mapping, header: Sequence[str], aliases: Map[str, Sequence[str]], required: Sequence[str], file: str
) -> dict[str, tuple[str, ...]]:
    """Which columns of `header` make up each of ours.

    :param aliases: our column → other names it commonly goes by (compared by `plain`), best first
    :param required: columns that must be found, or have a default; of ``a|b`` one of the two
    :raises InputError: the mapping names a column that the file has not
    :raises UnreadableFile: a required column is not found
    """
    found: dict[str, tuple[str, ...]] = {}
    for ours, theirs in mapping.columns.items():
        parts = (theirs,) if isinstance(theirs, str) else tuple(theirs)
        for part in parts:
            if part not in header:
                reason = f"the mapping wants a column '{part}' for {ours}; the file has: {shortened(', '.join(header))}"
                raise InputError(reason, file=file, line=1, field=part)
        found[ours] = parts
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    for ours, others in aliases.items():
        for candidate in (ours, *others):
            if ours not in found and plain(candidate) in by_plain:
                found[ours] = (by_plain[plain(candidate)],)
    for wanted in required:
        ours = wanted.partition("|")[0]
        if not any(name in found or name in mapping.defaults for name in wanted.split("|")):
            has = shortened(", ".join(header))
            reason = (
                f"no column '{ours}'; the file has: {has}. Name it in a mapping: columns: {{{ours}: …}}, or give all"
                f" rows one: defaults: {{{ours}: …}}"
            )
            raise UnreadableFile(reason, file=file, line=1, field=ours)
    return found
