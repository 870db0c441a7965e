"""Screening in print, and the files of questions it takes: one answer a question, in order, whatever one line holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UsageError
from counterflow.sources.reader import Lines, open_text
from counterflow.views.picture import Picture

__all__ = ["read_queries", "screen"]

SCHEMA = "Thing"
"""Asked for where a question does not say what it is about: a person, a body or a ship."""


def screen(
    picture: Picture, queries: Iterable[Mapping[str, Any]], *, limit: int, threshold: float
) -> Iterator[dict[str, Any]]:
    """Each question against all entities.

    :param queries: FollowTheMoney-shaped: id, schema, properties (property → values); one that holds ``error`` instead,
        or that cannot be asked, is answered with that error and the rest goes on
    :returns: ``{"id", "results": [hit…]}`` or ``{"id", "results": [], "error"}``
    """
    from counterflow.entities.screening import Query

    if not 0 <= threshold <= 1:
        raise UsageError(f"threshold must be 0 to 1, not {threshold}")
    for n, asked in enumerate(queries, 1):
        id = str(asked.get("id") or n)
        try:
            if "error" in asked:
                raise UsageError(str(asked["error"]))
            query = Query(id, str(asked.get("schema") or SCHEMA), _properties(asked))
            hits = picture.screening_index.match(query, limit, threshold)
        except UsageError as e:
            yield {"id": id, "results": [], "error": str(e)}
        else:
            results = [{**h.to_dict(), **picture.handling(picture.entities[h.id]["label_ids"])} for h in hits]
            yield {"id": id, "results": results}


def _properties(asked: Mapping[str, Any]) -> dict[str, list[str]]:
    given = asked.get("properties")
    if not isinstance(given, Mapping) or not given:
        raise UsageError('a question needs properties, e.g. {"name": ["Kim Jong Un"]}')
    found = {}
    for name, values in given.items():
        listed = values if isinstance(values, list) else [values]
        found[str(name)] = [str(v) for v in listed if v is not None and str(v).strip()]
    return found


def read_queries(path: Path) -> Iterator[dict[str, Any]]:
    """Questions of a file: ``.jsonl`` (FollowTheMoney-shaped) or ``.csv`` (columns are properties, beside id, schema).

    :raises InputError: there is no such file, or a table without a usable column
    """
    if not path.is_file():
        raise InputError("there is no such file", file=str(path))
    return _from_table(path) if path.suffix == ".csv" else _from_lines(path)


def _from_lines(path: Path) -> Iterator[dict[str, Any]]:
    with open_text(path, errors="replace") as stream:
        for n, line in enumerate(Lines(stream, path), 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as e:
                found = {"id": f"line {n}", "error": f"line {n} is not JSON: {e}"}
            if not isinstance(found, dict):
                found = {"id": f"line {n}", "error": f"line {n} must be an object with schema and properties"}
            yield found


def _from_table(path: Path) -> Iterator[dict[str, Any]]:
    with open_text(path, errors="replace") as stream:
        table = csv.DictReader(Lines(stream, path))
        columns = table.fieldnames or []
        if "name" not in columns:
            raise InputError(f"a table of questions needs a column 'name'; found {columns}", file=str(path), line=1)
        for n, row in enumerate(table, 2):
            properties = {
                k: [v.strip() for v in value.split(";") if v.strip()]
                for k, value in row.items()
                if k not in (None, "id", "schema") and isinstance(value, str)
            }
            yield {"id": row.get("id") or f"line {n}", "schema": row.get("schema"), "properties": properties}
