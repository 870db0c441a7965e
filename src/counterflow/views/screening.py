"""Screening in print: one answer a question, in order, whatever one line holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.errors import UsageError
from counterflow.pipeline import Line
from counterflow.views.marking import marking

if TYPE_CHECKING:
    from counterflow.entities.screening import Hit, Query

__all__ = ["asked", "screen"]

SCHEMA = "Thing"
"""Asked for where a question does not say what it is about: a person, a body or a ship."""

LONGEST = 1_000
"""Characters of a name; what is longer is no name."""


def screen(
    line: Line, queries: Iterable[Mapping[str, Any]], *, limit: int, threshold: float, exhaustive: bool = False,
    as_of: str | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Each question against all entities, answered as soon as it is read.

    :param queries: FollowTheMoney-shaped: id, schema, properties (property → values); one that holds ``error`` instead,
        or that cannot be asked, is answered with that error and the rest goes on
    :param exhaustive: compare with everybody, not only with those found by keys
    :param as_of: partial ISO date: names and listings that held then
    :returns: ``{"id", "results": [hit…]}`` or ``{"id", "results": [], "error"}``
    :raises UsageError: the threshold is no probability, the limit below one
    """
    if not 0 <= threshold <= 1:
        raise UsageError(f"threshold must be 0 to 1, not {threshold}")
    if limit < 1:
        raise UsageError(f"limit must be 1 or more, not {limit}")
    return _answers(line, queries, limit, threshold, exhaustive, as_of)


def _answers(
    line: Line, queries: Iterable[Mapping[str, Any]], limit: int, threshold: float, exhaustive: bool, as_of: str | None
) -> Iterator[dict[str, Any]]:
    screener = line.screener(as_of)
    labels = line.labels()
    markings: dict[tuple[str, ...], dict[str, Any]] = {}

    def printed(hit: Hit) -> dict[str, Any]:
        if hit.labels not in markings:
            markings[hit.labels] = marking(labels, hit.labels)
        return {**hit.to_dict(), **markings[hit.labels]}

    for n, query in enumerate(queries, 1):
        id = str(query.get("id") or n) if isinstance(query, Mapping) else str(n)
        try:
            hits = screener.screen(asked(id, query).profile(), limit, threshold, exhaustive=exhaustive)
        except UsageError as e:
            yield {"id": id, "results": [], "error": str(e)}
        else:
            yield {"id": id, "results": [printed(hit) for hit in hits]}


def asked(id: str, query: Mapping[str, Any]) -> Query:
    """A question as it can be asked. :raises UsageError: it cannot; says why"""
    from counterflow.entities.screening import Query

    if not isinstance(query, Mapping):
        raise UsageError("a question must be an object with schema and properties")
    if "error" in query:
        raise UsageError(str(query["error"]))
    schema = query.get("schema") or SCHEMA
    if not isinstance(schema, str):
        raise UsageError(f"schema must be text, not {schema!r:.60}")
    return Query(id, schema, _properties(schema, query.get("properties")))


def _properties(schema: str, given: Any) -> dict[str, list[str]]:
    from counterflow.entities.questions import cleaned

    if not isinstance(given, Mapping) or not given:
        raise UsageError('a question needs properties, e.g. {"name": ["Kim Jong Un"]}')
    return cleaned(schema, given)
