"""What the columns of a plain table mean, from YAML.

::

    id: unique_id              # column that names a row; default: the row's number
    columns:
      given: given name        # the short form; or with settings:
      family: surname
      born: {kind: date, order: dmy}
      town: place
      passport: {kind: number, one_per_party: true}

Settings: ``order`` of a date written in figures (ymd, dmy, mdy; default ymd), ``one_per_party``: two different values
are two parties whatever else agrees. On the whole: ``distinct: true`` says that no table names a party twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterflow.errors import UsageError

__all__ = ["KINDS", "Field", "Spec", "read"]

KINDS = ("name", "given name", "surname", "date", "place", "number", "free text", "category")
"""What a column may hold. ``name``: a whole name, in any order of words; ``number``: an identifier or code, also with
letters; ``category``: one of few values."""

ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True)
class Field:
    """:param column: its name in the table; :param kind: one of `KINDS`"""

    column: str
    kind: str
    order: str = "ymd"
    one_per_party: bool = False


@dataclass(frozen=True)
class Spec:
    """:param id: column with the row's own name, None: its number; :param distinct: no table names a party twice"""

    fields: tuple[Field, ...]
    id: str | None = None
    distinct: bool = False


def read(path: Path) -> Spec:
    """The spec in a YAML file. :raises UsageError: it cannot be read, or says what is not known here"""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as e:
        raise UsageError(f"{path} cannot be read as YAML: {' '.join(str(e).split())}") from e
    return parse(data, str(path))


def parse(data: Any, where: str = "spec") -> Spec:
    """A spec from plain data. :raises UsageError: with the key at fault"""
    if not isinstance(data, Mapping) or not isinstance(data.get("columns"), Mapping) or not data["columns"]:
        raise UsageError(f"{where}: 'columns' must say of each column what it holds, e.g. 'surname: surname'.")
    if unknown := set(data) - {"id", "columns", "distinct"}:
        raise UsageError(f"{where}: unknown key '{min(map(str, unknown))}'. Valid: id, columns, distinct.")
    fields = []
    for column, told in data["columns"].items():
        settings = {"kind": told} if isinstance(told, str) else told
        if not isinstance(settings, Mapping) or "kind" not in settings:
            raise UsageError(f"{where}, column '{column}': say its kind. Valid: {', '.join(KINDS)}.")
        if unknown := set(settings) - {"kind", "order", "one_per_party"}:
            raise UsageError(f"{where}, column '{column}': unknown setting '{min(map(str, unknown))}'.")
        if settings["kind"] not in KINDS:
            raise UsageError(f"{where}, column '{column}': '{settings['kind']}' is no kind. Valid: {', '.join(KINDS)}.")
        if settings.get("order", "ymd") not in ORDERS:
            raise UsageError(f"{where}, column '{column}': order is one of {', '.join(ORDERS)}.")
        fields.append(Field(str(column), **settings))
    id = data.get("id")
    return Spec(tuple(fields), str(id) if id is not None else None, bool(data.get("distinct", False)))
